//! Codes of findings about zone text.

/// Every code with what it says.
pub const CODES: &[(&str, &str)] = &[
    ("ZON01", "a quote is not closed on its line"),
    (
        "ZON02",
        "a parenthesis is not closed, or closed without having been opened",
    ),
    ("ZON03", "a name cannot be read"),
    ("ZON04", "a type is unknown, or exists only in questions"),
    ("ZON05", "a class other than IN"),
    (
        "ZON06",
        "a TTL cannot be read, or is longer than 2147483647 seconds (RFC 2181, section 8)",
    ),
    (
        "ZON07",
        "a record without a TTL where none is known: no `$TTL`, no TTL before, no SOA before",
    ),
    (
        "ZON08",
        "a line without a type, or without an owner where there is none before",
    ),
    (
        "ZON09",
        "a directive that does not exist, or whose words cannot be read",
    ),
    (
        "ZON10",
        "an `$INCLUDE` that cannot be read, or that includes itself",
    ),
    (
        "ZON11",
        "an owner outside of the zone: often a final dot too many or an `$ORIGIN` of another zone",
    ),
    (
        "ZON12",
        "no SOA at the apex, several of them, or one elsewhere (RFC 1035, section 5.2)",
    ),
    ("ZON13", "no NS set at the apex"),
    (
        "ZON14",
        "a CNAME beside other data of the same name, or several CNAMEs (RFC 1034, section 3.6.2)",
    ),
    (
        "ZON15",
        "several DNAMEs of one name, or data below a DNAME (RFC 6672, section 2.4)",
    ),
    (
        "ZON16",
        "an NS target that is a CNAME or has no address in the zone (RFC 2181, section 10.3)",
    ),
    (
        "ZON17",
        "the TTLs of a record set differ (RFC 2181, section 5.2); the first one counts",
    ),
    ("ZON18", "a record is given twice"),
    (
        "ZON19",
        "a target in the zone that does not exist, or has no address",
    ),
    (
        "ZON20",
        "the target of an MX or SRV is a CNAME (RFC 2181, section 10.3)",
    ),
    (
        "ZON21",
        "a target whose end repeats the zone's name, or looks like an address: often a final dot is missing",
    ),
    (
        "ZON22",
        "a record below a delegation that is not an address of a nameserver: nobody will ever be given it",
    ),
    (
        "ZON23",
        "several SPF records of one name (RFC 7208, section 3.2)",
    ),
    ("ZON24", "a wildcard NS set (RFC 4592, section 4.2)"),
];
