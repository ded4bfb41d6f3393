//! What Hetzner refuses, and where it says so. Codes and statuses are from its table of errors; words of messages are ours,
//! but for those that its issues quote.

use super::super::Rejection;

const RRSETS: &str = "https://docs.hetzner.cloud/reference/cloud#tag/zone-rrsets/create_zone_rrset";
const TYPES: &str = "https://docs.hetzner.com/networking/dns/record-types/overview/";
const ERRORS: &str = "https://docs.hetzner.cloud/reference/cloud#errors";
const SET_RECORDS: &str =
    "https://docs.hetzner.cloud/reference/cloud#tag/zone-rrset-actions/set_zone_rrset_records";
const CHANGE_TTL: &str =
    "https://docs.hetzner.cloud/reference/cloud#tag/zone-rrset-actions/change_zone_rrset_ttl";
const ADD_RECORDS: &str =
    "https://docs.hetzner.cloud/reference/cloud#tag/zone-rrset-actions/add_zone_rrset_records";
const IMPORT: &str = "https://docs.hetzner.cloud/reference/cloud#tag/zones/zone-file-import";
const ZONES: &str = "https://docs.hetzner.cloud/reference/cloud#tag/zones/create_zone";
const TEXT: &str =
    "https://registry.terraform.io/providers/hetznercloud/hcloud/latest/docs/resources/zone_rrset";
const LONG: &str = "https://github.com/ansible-collections/hetzner.hcloud/issues/752";
const SERVERS: &str =
    "https://docs.hetzner.com/networking/dns/migration-to-hetzner-console/process";

const SETS: &str = "/v1/zones/{zone}/rrsets";

/// A POST that is refused with 422.
const fn post(
    name: &'static str,
    path: &'static str,
    body: &'static str,
    says: &'static str,
    page: &'static str,
) -> Rejection {
    Rejection {
        name,
        method: "POST",
        path,
        body,
        status: 422,
        says,
        page,
    }
}

/// Every row is tried without and with the vendor's client.
pub const REJECTIONS: &[Rejection] = &[
    post(
        "ttl_below_a_minute",
        SETS,
        r#"{"name": "low", "type": "A", "ttl": 59, "records": [{"value": "192.0.2.1"}]}"#,
        "between 60 and",
        RRSETS,
    ),
    post(
        "ttl_above_31_bits",
        SETS,
        r#"{"name": "high", "type": "A", "ttl": 2147483648, "records": [{"value": "192.0.2.1"}]}"#,
        "between 60 and",
        RRSETS,
    ),
    post(
        "ttl_that_is_a_word",
        SETS,
        r#"{"name": "word", "type": "A", "ttl": "1h", "records": [{"value": "192.0.2.1"}]}"#,
        "between 60 and",
        RRSETS,
    ),
    post(
        "name_in_capitals",
        SETS,
        r#"{"name": "WWW2", "type": "A", "records": [{"value": "192.0.2.1"}]}"#,
        "lower case",
        RRSETS,
    ),
    post(
        "name_with_a_final_dot",
        SETS,
        r#"{"name": "absolute.", "type": "A", "records": [{"value": "192.0.2.1"}]}"#,
        "end with a dot",
        RRSETS,
    ),
    post(
        "name_with_the_zone",
        SETS,
        r#"{"name": "www2.{zone}", "type": "A", "records": [{"value": "192.0.2.1"}]}"#,
        "the zone name",
        RRSETS,
    ),
    post(
        "apex_as_nothing",
        SETS,
        r#"{"name": "", "type": "A", "records": [{"value": "192.0.2.1"}]}"#,
        "must not be empty",
        RRSETS,
    ),
    post(
        "type_in_small_letters",
        SETS,
        r#"{"name": "small", "type": "a", "records": [{"value": "192.0.2.1"}]}"#,
        "supported record type",
        RRSETS,
    ),
    post(
        "type_alias",
        SETS,
        r#"{"name": "flat", "type": "ALIAS", "records": [{"value": "example.com."}]}"#,
        "supported record type",
        RRSETS,
    ),
    post(
        "type_sshfp",
        SETS,
        r#"{"name": "shell", "type": "SSHFP", "records": [{"value": "1 1 abababababababababababababababababababab"}]}"#,
        "supported record type",
        RRSETS,
    ),
    post(
        "type_naptr",
        SETS,
        r#"{"name": "number", "type": "NAPTR", "records": [{"value": "1 1 \"u\" \"E2U+sip\" \"\" ."}]}"#,
        "supported record type",
        RRSETS,
    ),
    post(
        "set_without_records",
        SETS,
        r#"{"name": "empty", "type": "A", "records": []}"#,
        "between 1 and 50",
        RRSETS,
    ),
    post(
        "one_record_twice",
        SETS,
        r#"{"name": "twice", "type": "AAAA", "records": [{"value": "::1"}, {"value": "0:0::1"}]}"#,
        "distinct record values",
        RRSETS,
    ),
    post(
        "record_without_a_value",
        SETS,
        r#"{"name": "none", "type": "A", "records": [{"comment": "nothing"}]}"#,
        "is required",
        RRSETS,
    ),
    post(
        "address_out_of_range",
        SETS,
        r#"{"name": "bad", "type": "A", "records": [{"value": "192.0.2.256"}]}"#,
        "invalid record value",
        TYPES,
    ),
    post(
        "text_without_quotes",
        SETS,
        r#"{"name": "bare", "type": "TXT", "records": [{"value": "hello"}]}"#,
        "quoted strings",
        TEXT,
    ),
    post(
        "text_of_a_long_string",
        SETS,
        r#"{"name": "long", "type": "TXT", "records": [{"value": "\"{4001}\""}]}"#,
        "exceeds 255 characters",
        LONG,
    ),
    post(
        "alias_of_two",
        SETS,
        r#"{"name": "two", "type": "CNAME", "records": [{"value": "a.example."}, {"value": "b.example."}]}"#,
        "exactly one record",
        TYPES,
    ),
    post(
        "alias_beside_an_address",
        SETS,
        r#"{"name": "www", "type": "CNAME", "records": [{"value": "example.com."}]}"#,
        "beside other records",
        TYPES,
    ),
    post(
        "text_beside_an_alias",
        SETS,
        r#"{"name": "alias", "type": "TXT", "records": [{"value": "\"beside\""}]}"#,
        "beside other records",
        TYPES,
    ),
    post(
        "alias_at_the_apex",
        SETS,
        r#"{"name": "@", "type": "CNAME", "records": [{"value": "example.com."}]}"#,
        "beside other records",
        TYPES,
    ),
    Rejection {
        name: "creation_of_what_exists",
        method: "POST",
        path: SETS,
        body: r#"{"name": "www", "type": "A", "records": [{"value": "192.0.2.1"}]}"#,
        status: 409,
        says: "uniqueness_error",
        page: ERRORS,
    },
    Rejection {
        name: "broken_json",
        method: "POST",
        path: SETS,
        body: r#"{"name": "www""#,
        status: 400,
        says: "json_error",
        page: ERRORS,
    },
    Rejection {
        name: "setting_what_is_not_there",
        method: "POST",
        path: "/v1/zones/{zone}/rrsets/nowhere/A/actions/set_records",
        body: r#"{"records": [{"value": "192.0.2.1"}]}"#,
        status: 404,
        says: "not_found",
        page: ERRORS,
    },
    post(
        "setting_no_records",
        "/v1/zones/{zone}/rrsets/www/A/actions/set_records",
        r#"{"records": []}"#,
        "between 1 and 50",
        SET_RECORDS,
    ),
    post(
        "setting_51_records",
        "/v1/zones/{zone}/rrsets/www/A/actions/set_records",
        r#"{"records": [{"value": "10.0.0.0"}, {"value": "10.0.0.1"}, {"value": "10.0.0.2"}, {"value": "10.0.0.3"}, {"value": "10.0.0.4"}, {"value": "10.0.0.5"}, {"value": "10.0.0.6"}, {"value": "10.0.0.7"}, {"value": "10.0.0.8"}, {"value": "10.0.0.9"}, {"value": "10.0.0.10"}, {"value": "10.0.0.11"}, {"value": "10.0.0.12"}, {"value": "10.0.0.13"}, {"value": "10.0.0.14"}, {"value": "10.0.0.15"}, {"value": "10.0.0.16"}, {"value": "10.0.0.17"}, {"value": "10.0.0.18"}, {"value": "10.0.0.19"}, {"value": "10.0.0.20"}, {"value": "10.0.0.21"}, {"value": "10.0.0.22"}, {"value": "10.0.0.23"}, {"value": "10.0.0.24"}, {"value": "10.0.0.25"}, {"value": "10.0.0.26"}, {"value": "10.0.0.27"}, {"value": "10.0.0.28"}, {"value": "10.0.0.29"}, {"value": "10.0.0.30"}, {"value": "10.0.0.31"}, {"value": "10.0.0.32"}, {"value": "10.0.0.33"}, {"value": "10.0.0.34"}, {"value": "10.0.0.35"}, {"value": "10.0.0.36"}, {"value": "10.0.0.37"}, {"value": "10.0.0.38"}, {"value": "10.0.0.39"}, {"value": "10.0.0.40"}, {"value": "10.0.0.41"}, {"value": "10.0.0.42"}, {"value": "10.0.0.43"}, {"value": "10.0.0.44"}, {"value": "10.0.0.45"}, {"value": "10.0.0.46"}, {"value": "10.0.0.47"}, {"value": "10.0.0.48"}, {"value": "10.0.0.49"}, {"value": "10.0.0.50"}]}"#,
        "between 1 and 50",
        SET_RECORDS,
    ),
    post(
        "ttl_changed_below_a_minute",
        "/v1/zones/{zone}/rrsets/www/A/actions/change_ttl",
        r#"{"ttl": 30}"#,
        "between 60 and",
        CHANGE_TTL,
    ),
    post(
        "ttl_changed_to_nothing",
        "/v1/zones/{zone}/rrsets/www/A/actions/change_ttl",
        "{}",
        "is required",
        CHANGE_TTL,
    ),
    post(
        "records_added_with_another_ttl",
        "/v1/zones/{zone}/rrsets/www/A/actions/add_records",
        r#"{"ttl": 4711, "records": [{"value": "192.0.2.99"}]}"#,
        "must be the same",
        ADD_RECORDS,
    ),
    Rejection {
        name: "deletion_of_what_is_not_there",
        method: "DELETE",
        path: "/v1/zones/{zone}/rrsets/nowhere/A",
        body: "",
        status: 404,
        says: "not_found",
        page: ERRORS,
    },
    post(
        "own_servers_unlisted",
        "/v1/zones/{zone}/rrsets/@/NS/actions/set_records",
        r#"{"records": [{"value": "ns.other.example."}]}"#,
        "must be present",
        SERVERS,
    ),
    Rejection {
        name: "own_servers_deleted",
        method: "DELETE",
        path: "/v1/zones/{zone}/rrsets/@/NS",
        body: "",
        status: 422,
        says: "must be present",
        page: SERVERS,
    },
    Rejection {
        name: "soa_deleted",
        method: "DELETE",
        path: "/v1/zones/{zone}/rrsets/@/SOA",
        body: "",
        status: 422,
        says: "managed by the API",
        page: TEXT,
    },
    post(
        "import_without_soa",
        "/v1/zones/{zone}/actions/import_zonefile",
        r#"{"zonefile": "@ IN NS hydrogen.ns.hetzner.com.\n@ IN NS oxygen.ns.hetzner.com.\n@ IN NS helium.ns.hetzner.de.\n"}"#,
        "SOA record must be present",
        IMPORT,
    ),
    post(
        "import_without_own_servers",
        "/v1/zones/{zone}/actions/import_zonefile",
        r#"{"zonefile": "@ IN SOA hydrogen.ns.hetzner.com. dns.hetzner.com. 1 86400 10800 3600000 3600\n@ IN NS ns.other.example.\n"}"#,
        "must be present",
        IMPORT,
    ),
    post(
        "import_of_another_zone",
        "/v1/zones/{zone}/actions/import_zonefile",
        r#"{"zonefile": "$ORIGIN other.example.\n@ IN SOA hydrogen.ns.hetzner.com. dns.hetzner.com. 1 86400 10800 3600000 3600\n@ IN NS hydrogen.ns.hetzner.com.\n@ IN NS oxygen.ns.hetzner.com.\n@ IN NS helium.ns.hetzner.de.\n"}"#,
        "$ORIGIN must match",
        IMPORT,
    ),
    post(
        "import_of_class_chaos",
        "/v1/zones/{zone}/actions/import_zonefile",
        r#"{"zonefile": "@ IN SOA hydrogen.ns.hetzner.com. dns.hetzner.com. 1 86400 10800 3600000 3600\n@ IN NS hydrogen.ns.hetzner.com.\n@ IN NS oxygen.ns.hetzner.com.\n@ IN NS helium.ns.hetzner.de.\nwww CH A 192.0.2.1\n"}"#,
        "only class IN",
        IMPORT,
    ),
    post(
        "import_of_mixed_ttls",
        "/v1/zones/{zone}/actions/import_zonefile",
        r#"{"zonefile": "@ IN SOA hydrogen.ns.hetzner.com. dns.hetzner.com. 1 86400 10800 3600000 3600\n@ IN NS hydrogen.ns.hetzner.com.\n@ IN NS oxygen.ns.hetzner.com.\n@ IN NS helium.ns.hetzner.de.\nwww 300 IN A 192.0.2.1\nwww 600 IN A 192.0.2.2\n"}"#,
        "share the TTL",
        SERVERS,
    ),
    Rejection {
        name: "zone_that_exists",
        method: "POST",
        path: "/v1/zones",
        body: r#"{"name": "{zone}", "mode": "primary"}"#,
        status: 409,
        says: "uniqueness_error",
        page: ERRORS,
    },
    post(
        "zone_without_a_mode",
        "/v1/zones",
        r#"{"name": "new-{zone}"}"#,
        "mode",
        ZONES,
    ),
    post(
        "zone_below_a_zone",
        "/v1/zones",
        r#"{"name": "www.{zone}", "mode": "primary"}"#,
        "public suffix",
        ZONES,
    ),
    post(
        "zone_in_capitals",
        "/v1/zones",
        r#"{"name": "NEW-{zone}", "mode": "primary"}"#,
        "lower case",
        ZONES,
    ),
    post(
        "zone_with_a_final_dot",
        "/v1/zones",
        r#"{"name": "new-{zone}.", "mode": "primary"}"#,
        "end with a dot",
        ZONES,
    ),
    Rejection {
        name: "zone_of_somebody_else",
        method: "GET",
        path: "/v1/zones/nobody-has-{zone}/rrsets",
        body: "",
        status: 404,
        says: "not_found",
        page: ERRORS,
    },
];
