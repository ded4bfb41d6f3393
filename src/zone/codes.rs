//! Codes of what can be wrong with the text of a zone, or with the zone it makes. Those of RDATA are beside it.

macro_rules! codes {
    ($($name:ident = $code:literal $text:literal,)*) => {
        $(#[doc = $text] pub(super) const $name: &str = $code;)*

        /// Every code with its explanation, in order.
        pub const CODES: &[(&str, &str)] = &[$(($code, $text),)*];
    };
}

/// What a code of the text of a zone stands for.
pub(super) fn rule(code: &str) -> Option<&'static str> {
    let mut all = CODES.iter().chain(super::rdata::CODES);
    all.find(|(own, _)| *own == code).map(|(_, text)| *text)
}

codes! {
    PARENTHESES = "ZON01" "Each `(` needs a `)` in the same record (RFC 1035, section 5.1).",
    OPEN_QUOTE = "ZON02" "A quoted string ends on the line where it begins.",
    UNKNOWN_DIRECTIVE = "ZON03" "The directives are $ORIGIN, $TTL, $INCLUDE and $GENERATE.",
    DIRECTIVE_WORDS = "ZON04" "$ORIGIN takes a name, $TTL a TTL, $INCLUDE a file and perhaps an origin for it, and nothing else stands on the line.",
    INCLUDE = "ZON05" "$INCLUDE names a file that can be read, from the directory of the file that it stands in; none includes itself, and none is nested too deep.",
    GENERATE = "ZON06" "$GENERATE takes START-STOP[/STEP], an owner, optionally TTL and class, a type and data; both texts may contain $ or ${OFFSET,WIDTH,BASE}.",
    BAD_OWNER = "ZON07" "The owner is no domain name: labels have 1 to 63 octets, names at most 255 (RFC 1035, section 2.3.4).",
    NO_OWNER = "ZON08" "A record begins with white space, but there is no owner before it that it could share.",
    NO_TYPE = "ZON09" "A record needs a type and data after its owner.",
    UNKNOWN_TYPE = "ZON10" "The word is no record type; one without a mnemonic is written TYPE and its number (RFC 3597).",
    BAD_TTL = "ZON11" "A TTL is a number of seconds, plain or with the units w d h m s, up to 2147483647 (RFC 2181, section 8).",
    NO_TTL = "ZON12" "A record has no TTL, and there is no $TTL, no earlier TTL and no SOA before it to take one from (RFC 2308, section 4).",
    CLASS = "ZON13" "Only class IN is served.",
    META_TYPE = "ZON14" "The type exists in questions only and cannot stand in a zone (RFC 6895, section 3.1).",
    OUT_OF_ZONE = "ZON15" "The owner is not in the zone; nameservers would drop the record.",
    TOO_LARGE = "ZON16" "The zone holds more than 4 GiB of names and data.",
    SOA_MISSING = "ZON17" "A zone has one SOA record at its apex (RFC 1035, section 5.2), such as `@ SOA ns1.example.net. hostmaster.example.net. 1 7200 3600 1209600 300`.",
    SOA_NOT_AT_APEX = "ZON18" "An SOA record stands at the apex of the zone and nowhere else.",
    SEVERAL_SOA = "ZON19" "A zone has a single SOA record.",
    NS_MISSING = "ZON20" "A zone has NS records at its apex, one for each of its nameservers (RFC 1034, section 4.2.1), such as `@ NS ns1.example.net.`.",
    CNAME_AND_OTHER = "ZON21" "A name that is an alias has no other data (RFC 1034, section 3.6.2).",
    SEVERAL_CNAME = "ZON22" "A name is an alias of one name only (RFC 2181, section 10.1).",
    SEVERAL_DNAME = "ZON23" "A name has a single DNAME record (RFC 6672, section 2.4).",
    BELOW_DNAME = "ZON24" "A DNAME redirects everything below its owner, so that nothing below it can be served (RFC 6672, section 2.4).",
    NS_WITHOUT_ADDRESS = "ZON25" "A nameserver within the zone or below a delegation needs an address record in the zone.",
    NS_IS_ALIAS = "ZON26" "A nameserver's name must not be an alias (RFC 2181, section 10.3).",
    TARGET_IS_ALIAS = "ZON27" "The target of an MX or SRV record must not be an alias (RFC 2181, section 10.3; RFC 2782).",
    SOA_MINIMUM = "ZON28" "There is no $TTL and no TTL on the SOA; the SOA's MINIMUM becomes the default TTL.",
    MIXED_TTL = "ZON29" "The records of an `RRset` have one TTL (RFC 2181, section 5.2); the first one counts.",
    DUPLICATE = "ZON30" "The record is there twice and counts once.",
    DANGLING = "ZON31" "The target lies within the zone but does not exist there.",
    ADDRESS_AS_NAME = "ZON32" "A domain name is expected, but the target looks like an address.",
    FINAL_DOT = "ZON33" "A name without a final dot is relative: the origin was appended to one that seems to contain it already.",
    OCCLUDED = "ZON34" "The name is below a delegation; only addresses of its nameservers are used there (RFC 1034, section 4.2.1).",
    WILDCARD_NS = "ZON35" "NS at a wildcard is not a delegation that resolvers can follow (RFC 4592, section 4.2).",
    ODD_TTL = "ZON36" "A TTL of zero, of less than 30 seconds or of more than a week is rarely meant.",
    SEVERAL_SPF = "ZON37" "Several SPF texts at one name are an error to every receiver (RFC 7208, section 4.5).",
    LARGE_SET = "ZON38" "BIND refuses `RRsets` of more than 100 records unless told otherwise.",
    WILDCARD_DNAME = "ZON39" "DNAME at a wildcard is discouraged and behaves differently from server to server (RFC 4592, section 4.4).",
}
