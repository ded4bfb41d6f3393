//! What Cloud DNS refuses, and where it says so.

use super::super::Rejection;

const ERRORS: &str = "https://docs.cloud.google.com/dns/docs/error-messages";
const QUOTAS: &str = "https://docs.cloud.google.com/dns/quotas";
const SETS: &str =
    "https://docs.cloud.google.com/dns/docs/reference/rest/v1/resourceRecordSets/list";
const ZONES: &str = "https://docs.cloud.google.com/dns/docs/reference/rest/v1/managedZones";
const TYPES: &str = "https://docs.cloud.google.com/dns/docs/records-overview";
/// Google's own test server: `LocalDnsHelper`.
const JAVA: &str = "https://github.com/googleapis/google-cloud-java";

const CHANGES: &str = "/dns/v1/projects/test-project/managedZones/{dashed}/changes";
const CREATE: &str = "/dns/v1/projects/test-project/managedZones";

/// A change that is refused.
const fn change(
    name: &'static str,
    body: &'static str,
    status: u16,
    says: &'static str,
    page: &'static str,
) -> Rejection {
    Rejection {
        name,
        method: "POST",
        path: CHANGES,
        body,
        status,
        says,
        page,
    }
}

/// A managed zone that is refused.
const fn zone(
    name: &'static str,
    body: &'static str,
    status: u16,
    says: &'static str,
    page: &'static str,
) -> Rejection {
    Rejection {
        name,
        method: "POST",
        path: CREATE,
        body,
        status,
        says,
        page,
    }
}

const fn read(
    name: &'static str,
    path: &'static str,
    status: u16,
    says: &'static str,
    page: &'static str,
) -> Rejection {
    Rejection {
        name,
        method: "GET",
        path,
        body: "",
        status,
        says,
        page,
    }
}

/// Every row is tried without and with the vendor's client.
pub const REJECTIONS: &[Rejection] = &[
    change(
        "change_of_nothing",
        r#"{"additions": [], "deletions": []}"#,
        400,
        "required",
        JAVA,
    ),
    change(
        "name_without_dot",
        r#"{"additions": [{"name": "new.{zone}", "type": "A", "ttl": 60, "rrdatas": ["192.0.2.1"]}]}"#,
        400,
        "Invalid value for 'entity.change.additions[0].name'",
        ERRORS,
    ),
    change(
        "name_outside_of_the_zone",
        r#"{"additions": [{"name": "new.example.org.", "type": "A", "ttl": 60, "rrdatas": ["192.0.2.1"]}]}"#,
        400,
        "Invalid value for 'entity.change.additions[0].name'",
        JAVA,
    ),
    change(
        "name_with_an_empty_label",
        r#"{"additions": [{"name": "a..b.{zone}.", "type": "A", "ttl": 60, "rrdatas": ["192.0.2.1"]}]}"#,
        400,
        "Invalid value for 'entity.change.additions[0].name'",
        ERRORS,
    ),
    change(
        "label_of_64_octets",
        r#"{"additions": [{"name": "{64}.{zone}.", "type": "A", "ttl": 60, "rrdatas": ["192.0.2.1"]}]}"#,
        400,
        "Invalid value for 'entity.change.additions[0].name'",
        ERRORS,
    ),
    change(
        "type_that_is_none",
        r#"{"additions": [{"name": "new.{zone}.", "type": "group", "ttl": 60, "rrdatas": ["x"]}]}"#,
        400,
        "Invalid value for 'entity.change.additions[0].type': 'group'",
        ERRORS,
    ),
    change(
        "type_by_number",
        r#"{"additions": [{"name": "new.{zone}.", "type": "TYPE65280", "ttl": 60, "rrdatas": ["\\# 1 00"]}]}"#,
        400,
        "Invalid value for 'entity.change.additions[0].type'",
        TYPES,
    ),
    change(
        "type_loc",
        r#"{"additions": [{"name": "new.{zone}.", "type": "LOC", "ttl": 60, "rrdatas": ["42 21 54 N 71 6 18 W -24m 30m"]}]}"#,
        400,
        "Invalid value for 'entity.change.additions[0].type'",
        TYPES,
    ),
    change(
        "ttl_below_zero",
        r#"{"additions": [{"name": "new.{zone}.", "type": "A", "ttl": -1, "rrdatas": ["192.0.2.1"]}]}"#,
        400,
        "Invalid value for 'entity.change.additions[0].ttl'",
        ERRORS,
    ),
    change(
        "no_record",
        r#"{"additions": [{"name": "new.{zone}.", "type": "A", "ttl": 60, "rrdatas": []}]}"#,
        400,
        "Invalid value for 'entity.change.additions[0].rrdata': '<empty>'",
        ERRORS,
    ),
    change(
        "address_that_is_none",
        r#"{"additions": [{"name": "new.{zone}.", "type": "A", "ttl": 60, "rrdatas": ["X.X.X.X"]}]}"#,
        400,
        "Invalid value for 'entity.change.additions[0].rrdata[0]': 'X.X.X.X'",
        ERRORS,
    ),
    change(
        "target_without_dot",
        r#"{"additions": [{"name": "sub.{zone}.", "type": "NS", "ttl": 60, "rrdatas": ["ns1.example.net.", "ns2.example.net"]}]}"#,
        400,
        "Invalid value for 'entity.change.additions[0].rrdata[1]': 'ns2.example.net'",
        "https://github.com/DNSControl/dnscontrol/issues/349",
    ),
    change(
        "string_that_is_too_long",
        r#"{"additions": [{"name": "new.{zone}.", "type": "TXT", "ttl": 60, "rrdatas": ["\"{4001}\""]}]}"#,
        400,
        "Invalid value for 'entity.change.additions[0].rrdata[0]'",
        "https://mailhardener.com/blog/how-to-enter-txt-values-in-google-cloud-dns",
    ),
    change(
        "deletion_of_nothing",
        r#"{"deletions": [{"name": "nobody.{zone}.", "type": "A", "ttl": 60, "rrdatas": ["192.0.2.1"]}]}"#,
        404,
        "The 'entity.change.deletions[0]' resource named 'nobody.",
        JAVA,
    ),
    change(
        "deletion_with_another_ttl",
        r#"{"deletions": [{"name": "www.{zone}.", "type": "A", "ttl": 301, "rrdatas": ["192.0.2.10", "192.0.2.11"]}]}"#,
        412,
        "Precondition not met for 'entity.change.deletions[0]'",
        "https://github.com/kubernetes-sigs/external-dns/issues/3311",
    ),
    change(
        "deletion_of_some_records",
        r#"{"deletions": [{"name": "www.{zone}.", "type": "A", "ttl": 300, "rrdatas": ["192.0.2.10"]}]}"#,
        412,
        "conditionNotMet",
        ERRORS,
    ),
    change(
        "creation_of_what_exists",
        r#"{"additions": [{"name": "www.{zone}.", "type": "A", "ttl": 300, "rrdatas": ["192.0.2.12"]}]}"#,
        409,
        "already exists",
        ERRORS,
    ),
    change(
        "one_bad_set_among_good_ones",
        r#"{"additions": [{"name": "good.{zone}.", "type": "A", "ttl": 60, "rrdatas": ["192.0.2.1"]}, {"name": "kept.{zone}.", "type": "TXT", "ttl": 60, "rrdatas": ["\"x\""]}]}"#,
        409,
        "entity.change.additions[1]",
        "https://docs.cloud.google.com/dns/docs/records",
    ),
    change(
        "cname_beside_an_address",
        r#"{"additions": [{"name": "www.{zone}.", "type": "CNAME", "ttl": 60, "rrdatas": ["example.com."]}]}"#,
        400,
        "cnameResourceRecordSetConflict",
        ERRORS,
    ),
    change(
        "text_beside_a_cname",
        r#"{"additions": [{"name": "alias.{zone}.", "type": "TXT", "ttl": 60, "rrdatas": ["\"beside\""]}]}"#,
        400,
        "but not both",
        "https://github.com/kubernetes-sigs/external-dns/issues/3885",
    ),
    change(
        "cname_at_the_apex",
        r#"{"additions": [{"name": "{zone}.", "type": "CNAME", "ttl": 60, "rrdatas": ["example.com."]}]}"#,
        400,
        "recordTypeDisallowedAtZoneApex",
        ERRORS,
    ),
    change(
        "cname_of_two",
        r#"{"additions": [{"name": "two.{zone}.", "type": "CNAME", "ttl": 60, "rrdatas": ["a.example.", "b.example."]}]}"#,
        400,
        "invalidRecordCount",
        ERRORS,
    ),
    change(
        "soa_below_the_apex",
        r#"{"additions": [{"name": "sub.{zone}.", "type": "SOA", "ttl": 60, "rrdatas": ["a.example. b.example. 1 2 3 4 5"]}]}"#,
        400,
        "invalidZoneApex",
        ERRORS,
    ),
    change(
        "zone_without_soa",
        r#"{"deletions": [{"name": "{zone}.", "type": "SOA", "ttl": 3600, "rrdatas": ["ns1.{zone}. hostmaster.{zone}. 1 7200 3600 1209600 300"]}]}"#,
        400,
        "exactly one resource record set of type 'SOA'",
        ERRORS,
    ),
    change(
        "zone_without_nameservers",
        r#"{"deletions": [{"name": "{zone}.", "type": "NS", "ttl": 3600, "rrdatas": ["ns1.{zone}.", "ns2.{zone}."]}]}"#,
        400,
        "exactly one resource record set of type 'NS'",
        ERRORS,
    ),
    change(
        "wildcard_delegation",
        r#"{"additions": [{"name": "*.{zone}.", "type": "NS", "ttl": 60, "rrdatas": ["ns.example.net."]}]}"#,
        400,
        "wildcardNotAllowed",
        ERRORS,
    ),
    change(
        "nine_nameservers",
        r#"{"additions": [{"name": "sub.{zone}.", "type": "NS", "ttl": 60, "rrdatas": ["a.example.", "b.example.", "c.example.", "d.example.", "e.example.", "f.example.", "g.example.", "h.example.", "i.example."]}]}"#,
        403,
        "quotaExceeded",
        QUOTAS,
    ),
    zone(
        "zone_without_description",
        r#"{"name": "new", "dnsName": "new.example."}"#,
        400,
        "The 'entity.managedZone.description' parameter is required",
        ERRORS,
    ),
    zone(
        "zone_name_with_a_dot",
        r#"{"name": "new.example", "dnsName": "new.example.", "description": "x"}"#,
        400,
        "Invalid value for 'entity.managedZone.name'",
        ZONES,
    ),
    zone(
        "zone_name_that_is_too_long",
        r#"{"name": "{64}", "dnsName": "new.example.", "description": "x"}"#,
        400,
        "Invalid value for 'entity.managedZone.name'",
        ZONES,
    ),
    zone(
        "dns_name_without_dot",
        r#"{"name": "new", "dnsName": "new.example", "description": "x"}"#,
        400,
        "Invalid value for 'entity.managedZone.dnsName'",
        JAVA,
    ),
    zone(
        "dns_name_that_is_reserved",
        r#"{"name": "new", "dnsName": "com.", "description": "x"}"#,
        400,
        "managedZoneDnsNameNotAvailable",
        ERRORS,
    ),
    zone(
        "zone_name_that_is_taken",
        r#"{"name": "{dashed}", "dnsName": "new.example.", "description": "x"}"#,
        409,
        "alreadyExists",
        ERRORS,
    ),
    read(
        "zone_of_nobody",
        "/dns/v1/projects/test-project/managedZones/nobodys/rrsets",
        404,
        "The 'parameters.managedZone' resource named 'nobodys' does not exist",
        "https://github.com/stacklok/sigstore-the-hard-way/issues/10",
    ),
    read(
        "project_of_somebody_else",
        "/dns/v1/projects/other-project/managedZones",
        403,
        "Forbidden",
        "https://docs.cloud.google.com/dns/docs/access-control",
    ),
    read(
        "type_without_name",
        "/dns/v1/projects/test-project/managedZones/{dashed}/rrsets?type=A",
        400,
        "name must be specified if type is specified",
        SETS,
    ),
    read(
        "page_token_from_nowhere",
        "/dns/v1/projects/test-project/managedZones/{dashed}/rrsets?pageToken=nonsense",
        400,
        "parameters.pageToken",
        SETS,
    ),
];
