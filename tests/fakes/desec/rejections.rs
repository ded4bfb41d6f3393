//! What deSEC refuses, and where it says so.

use super::super::Rejection;

const RRSETS: &str = "https://desec.readthedocs.io/en/latest/dns/rrsets.html";
const VALIDATION: &str = "https://desec.readthedocs.io/en/latest/dns/rrsets.html#input-validation";
const FIELDS: &str = "https://desec.readthedocs.io/en/latest/dns/rrsets.html#rrset-field-reference";
const CNAME: &str = "https://desec.readthedocs.io/en/latest/dns/rrsets.html#caveats";
const BULK: &str = "https://desec.readthedocs.io/en/latest/dns/rrsets.html#field-requirements";
const AUTOMATIC: &str =
    "https://desec.readthedocs.io/en/latest/dns/rrsets.html#automatically-managed-types";
const UNSUPPORTED: &str =
    "https://desec.readthedocs.io/en/latest/dns/rrsets.html#unsupported-types";
const DOMAINS: &str = "https://desec.readthedocs.io/en/latest/dns/domains.html#creating-a-domain";
/// Read in the source of the API: api/desecapi/serializers/records.py and models/records.py.
const SOURCE: &str = "https://github.com/desec-io/desec-stack";

const SETS: &str = "/api/v1/domains/{zone}/rrsets/";

/// A PATCH of the zone's sets that is refused with 400.
const fn patch(
    name: &'static str,
    body: &'static str,
    says: &'static str,
    page: &'static str,
) -> Rejection {
    Rejection {
        name,
        method: "PATCH",
        path: SETS,
        body,
        status: 400,
        says,
        page,
    }
}

/// Every row is tried without and with the vendor's client.
pub const REJECTIONS: &[Rejection] = &[
    patch(
        "ttl_below_the_minimum",
        r#"[{"subname": "low", "type": "A", "ttl": 3599, "records": ["192.0.2.1"]}]"#,
        "greater than or equal to 3600",
        FIELDS,
    ),
    patch(
        "ttl_above_a_day",
        r#"[{"subname": "high", "type": "A", "ttl": 86401, "records": ["192.0.2.1"]}]"#,
        "less than or equal to 86400",
        FIELDS,
    ),
    patch(
        "ttl_missing",
        r#"[{"subname": "none", "type": "A", "records": ["192.0.2.1"]}]"#,
        "This field is required.",
        BULK,
    ),
    patch(
        "ttl_that_is_a_word",
        r#"[{"subname": "word", "type": "A", "ttl": "1h", "records": ["192.0.2.1"]}]"#,
        "A valid integer is required.",
        FIELDS,
    ),
    patch(
        "subname_missing_in_bulk",
        r#"[{"type": "A", "ttl": 3600, "records": ["192.0.2.1"]}]"#,
        "This field is required.",
        BULK,
    ),
    patch(
        "apex_as_at_sign",
        r#"[{"subname": "@", "type": "A", "ttl": 3600, "records": ["192.0.2.1"]}]"#,
        "Subname can only use",
        "https://desec.readthedocs.io/en/latest/dns/rrsets.html#bulk-operations",
    ),
    patch(
        "subname_in_capitals",
        r#"[{"subname": "WWW2", "type": "A", "ttl": 3600, "records": ["192.0.2.1"]}]"#,
        "Subname can only use",
        FIELDS,
    ),
    patch(
        "wildcard_in_the_middle",
        r#"[{"subname": "a.*.b", "type": "A", "ttl": 3600, "records": ["192.0.2.1"]}]"#,
        "Subname can only use",
        FIELDS,
    ),
    patch(
        "label_of_64_octets",
        r#"[{"subname": "{64}", "type": "A", "ttl": 3600, "records": ["192.0.2.1"]}]"#,
        "Components may not exceed 63 characters",
        FIELDS,
    ),
    patch(
        "type_in_small_letters",
        r#"[{"subname": "small", "type": "a", "ttl": 3600, "records": ["192.0.2.1"]}]"#,
        "Type must be uppercase",
        FIELDS,
    ),
    patch(
        "type_soa",
        r#"[{"subname": "", "type": "SOA", "ttl": 3600, "records": ["a.example. b.example. 1 2 3 4 5"]}]"#,
        "managed automatically",
        AUTOMATIC,
    ),
    patch(
        "type_rrsig",
        r#"[{"subname": "", "type": "RRSIG", "ttl": 3600, "records": ["A 13 2 60 20300101000000 20200101000000 1 example. AA=="]}]"#,
        "managed automatically",
        AUTOMATIC,
    ),
    patch(
        "type_alias",
        r#"[{"subname": "flat", "type": "ALIAS", "ttl": 3600, "records": ["example.com."]}]"#,
        "currently unsupported",
        UNSUPPORTED,
    ),
    patch(
        "type_by_number",
        r#"[{"subname": "number", "type": "TYPE65280", "ttl": 3600, "records": ["\\# 1 00"]}]"#,
        "Generic type format is not supported",
        SOURCE,
    ),
    patch(
        "cname_beside_an_address",
        r#"[{"subname": "www", "type": "CNAME", "ttl": 3600, "records": ["example.com."]}]"#,
        "No other RRsets are allowed alongside CNAME",
        CNAME,
    ),
    patch(
        "text_beside_a_cname",
        r#"[{"subname": "alias", "type": "TXT", "ttl": 3600, "records": ["\"beside\""]}]"#,
        "No other RRsets are allowed alongside CNAME",
        CNAME,
    ),
    patch(
        "cname_at_the_apex",
        r#"[{"subname": "", "type": "CNAME", "ttl": 3600, "records": ["example.com."]}]"#,
        "CNAME",
        CNAME,
    ),
    patch(
        "cname_of_two",
        r#"[{"subname": "two", "type": "CNAME", "ttl": 3600, "records": ["a.example.", "b.example."]}]"#,
        "cannot have multiple records",
        CNAME,
    ),
    patch(
        "cname_target_without_dot",
        r#"[{"subname": "dotless", "type": "CNAME", "ttl": 3600, "records": ["example.com"]}]"#,
        "fully qualified",
        CNAME,
    ),
    patch(
        "ds_at_the_apex",
        r#"[{"subname": "", "type": "DS", "ttl": 3600, "records": ["1 13 2 abababababababababababababababababababababababababababababababab"]}]"#,
        "cannot have empty subname",
        SOURCE,
    ),
    patch(
        "address_out_of_range",
        r#"[{"subname": "bad", "type": "A", "ttl": 3600, "records": ["192.0.2.256"]}]"#,
        "malformed",
        VALIDATION,
    ),
    patch(
        "text_without_quotes",
        r#"[{"subname": "bare", "type": "TXT", "ttl": 3600, "records": ["hello"]}]"#,
        "quotation marks",
        SOURCE,
    ),
    patch(
        "exchange_that_is_no_host",
        r#"[{"subname": "mail", "type": "MX", "ttl": 3600, "records": ["10 under_score.example."]}]"#,
        "invalid exchange",
        SOURCE,
    ),
    patch(
        "one_address_twice",
        r#"[{"subname": "twice", "type": "AAAA", "ttl": 3600, "records": ["::1", "0:0000::1"]}]"#,
        "semantically unique",
        SOURCE,
    ),
    patch(
        "one_set_twice",
        r#"[{"subname": "again", "type": "A", "ttl": 3600, "records": ["192.0.2.1"]}, {"subname": "again", "type": "A", "ttl": 3600, "records": ["192.0.2.2"]}]"#,
        "must be unique",
        VALIDATION,
    ),
    patch(
        "one_bad_set_among_good_ones",
        r#"[{"subname": "good", "type": "A", "ttl": 3600, "records": ["192.0.2.1"]}, {"subname": "worse", "type": "A", "ttl": 60, "records": ["192.0.2.2"]}]"#,
        "[{},",
        "https://desec.readthedocs.io/en/latest/dns/rrsets.html#atomicity",
    ),
    patch(
        "no_list",
        r#"{"subname": "single", "type": "A", "ttl": 3600, "records": ["192.0.2.1"]}"#,
        "Expected a list of items",
        RRSETS,
    ),
    Rejection {
        name: "creation_of_what_exists",
        method: "POST",
        path: SETS,
        body: r#"{"subname": "www", "type": "A", "ttl": 3600, "records": ["192.0.2.1"]}"#,
        status: 400,
        says: "Another RRset with the same subdomain and type exists",
        page: "https://desec.readthedocs.io/en/latest/dns/rrsets.html#creating-an-rrset",
    },
    Rejection {
        name: "creation_of_nothing",
        method: "POST",
        path: SETS,
        body: r#"{"subname": "empty", "type": "A", "ttl": 3600, "records": []}"#,
        status: 400,
        says: "must not be empty",
        page: SOURCE,
    },
    Rejection {
        name: "reading_the_soa",
        method: "GET",
        path: "/api/v1/domains/{zone}/rrsets/?type=SOA",
        body: "",
        status: 403,
        says: "cannot tinker",
        page: AUTOMATIC,
    },
    Rejection {
        name: "domain_of_somebody_else",
        method: "GET",
        path: "/api/v1/domains/nobody-has-{zone}/rrsets/",
        body: "",
        status: 404,
        says: "Not found.",
        page: RRSETS,
    },
    Rejection {
        name: "public_suffix_as_domain",
        method: "POST",
        path: "/api/v1/domains/",
        body: r#"{"name": "co.uk"}"#,
        status: 400,
        says: "disallowed by policy",
        page: DOMAINS,
    },
    Rejection {
        name: "domain_in_capitals",
        method: "POST",
        path: "/api/v1/domains/",
        body: r#"{"name": "EXAMPLE.{zone}"}"#,
        status: 400,
        says: "not lowercase",
        page: DOMAINS,
    },
];
