//! What Scaleway refuses, and where it or somebody who tried says so. The form of its answers is that of its client for
//! Go; words of messages are ours, but for those that issues quote.

use super::super::Rejection;

const API: &str = "https://www.scaleway.com/en/developers/api/domains-and-dns/";
const SCHEMA: &str = "https://www.scaleway.com/en/developers/api/domains-and-dns/~schemas";
const DYNAMIC: &str = "https://www.scaleway.com/en/docs/domains-and-dns/how-to/manage-dns-records/#how-to-configure-dynamic-records";
const TERRAFORM: &str = "https://github.com/scaleway/terraform-provider-scaleway/blob/master/internal/services/domain/record.go";
const CLIENT: &str = "https://github.com/scaleway/scaleway-sdk-python/blob/main/scaleway/scaleway/domain/v2beta1/types.py";
const ERRORS: &str =
    "https://github.com/scaleway/scaleway-sdk-go/blob/main/api/domain/v2beta1/domain_utils.go";
const TRIED: &str = "https://github.com/DNSControl/dnscontrol/pull/4919";
const APEX: &str = "https://github.com/kubernetes-sigs/external-dns/issues/4387";
const ZONE: &str = "https://github.com/scaleway/terraform-provider-scaleway/pull/3808";

const RECORDS: &str = "/domain/v2beta1/dns-zones/{zone}/records";

/// A PATCH of the zone's records that is refused with 400.
const fn patch(
    name: &'static str,
    body: &'static str,
    says: &'static str,
    page: &'static str,
) -> Rejection {
    Rejection {
        name,
        method: "PATCH",
        path: RECORDS,
        body,
        status: 400,
        says,
        page,
    }
}

/// Every row is tried without and with the vendor's client.
pub const REJECTIONS: &[Rejection] = &[
    patch(
        "ttl_below_a_minute",
        r#"{"changes": [{"add": {"records": [{"name": "low", "type": "A", "ttl": 59, "data": "192.0.2.1"}]}}]}"#,
        "between 60 and 2592000",
        TERRAFORM,
    ),
    patch(
        "ttl_above_30_days",
        r#"{"changes": [{"add": {"records": [{"name": "high", "type": "A", "ttl": 2592001, "data": "192.0.2.1"}]}}]}"#,
        "between 60 and 2592000",
        TERRAFORM,
    ),
    patch(
        "ttl_that_is_a_word",
        r#"{"changes": [{"add": {"records": [{"name": "word", "type": "A", "ttl": "1h", "data": "192.0.2.1"}]}}]}"#,
        "\"argument_name\":\"ttl\"",
        SCHEMA,
    ),
    patch(
        "type_that_is_none",
        r#"{"changes": [{"add": {"records": [{"name": "what", "type": "WHAT", "ttl": 300, "data": "x"}]}}]}"#,
        "\"argument_name\":\"type\"",
        SCHEMA,
    ),
    patch(
        "type_soa",
        r#"{"changes": [{"add": {"records": [{"name": "", "type": "SOA", "ttl": 300, "data": "a. b. 1 2 3 4 5"}]}}]}"#,
        "not a record type",
        CLIENT,
    ),
    patch(
        "type_by_number",
        r#"{"changes": [{"add": {"records": [{"name": "n", "type": "TYPE65280", "ttl": 300, "data": "\\# 1 00"}]}}]}"#,
        "not a record type",
        CLIENT,
    ),
    patch(
        "record_without_data",
        r#"{"changes": [{"add": {"records": [{"name": "none", "type": "A", "ttl": 300}]}}]}"#,
        "\"argument_name\":\"data\"",
        CLIENT,
    ),
    patch(
        "cname_at_the_apex",
        r#"{"changes": [{"add": {"records": [{"name": "", "type": "CNAME", "ttl": 300, "data": "www.example.net."}]}}]}"#,
        "cname can not be used in root zone, you can use alias",
        APEX,
    ),
    patch(
        "no_changes",
        r#"{"changes": []}"#,
        "\"argument_name\":\"changes\"",
        CLIENT,
    ),
    patch(
        "change_of_two_kinds",
        r#"{"changes": [{"add": {"records": [{"name": "two", "type": "A", "ttl": 300, "data": "192.0.2.1"}]}, "clear": {}}]}"#,
        "exactly one of add, set, delete, clear",
        CLIENT,
    ),
    patch(
        "change_of_no_kind",
        r#"{"changes": [{}]}"#,
        "exactly one of add, set, delete, clear",
        CLIENT,
    ),
    patch(
        "deletion_of_nobody_knows_what",
        r#"{"changes": [{"delete": {}}]}"#,
        "exactly one of id, id_fields",
        CLIENT,
    ),
    patch(
        "set_by_id_and_by_name",
        r#"{"changes": [{"set": {"id": "1", "id_fields": {"name": "www", "type": "A"}, "records": [{"name": "www", "type": "A", "ttl": 300, "data": "192.0.2.1"}]}}]}"#,
        "exactly one of id, id_fields",
        CLIENT,
    ),
    Rejection {
        name: "deletion_of_a_record_that_is_not_there",
        method: "PATCH",
        path: RECORDS,
        body: r#"{"changes": [{"delete": {"id": "df2f9a18-7657-4c16-ba11-b8e2b06b5108"}}]}"#,
        status: 404,
        says: "\"resource\":\"record\"",
        page: ERRORS,
    },
    patch(
        "text_that_is_empty",
        r#"{"changes": [{"add": {"records": [{"name": "empty", "type": "TXT", "ttl": 300, "data": "\"\""}]}}]}"#,
        "can not be empty",
        TRIED,
    ),
    patch(
        "parameters_between_quotes",
        r#"{"changes": [{"add": {"records": [{"name": "s", "type": "HTTPS", "ttl": 300, "data": "1 . alpn=\"h2,h3\""}]}}]}"#,
        "parameters",
        TRIED,
    ),
    patch(
        "fingerprint_in_capitals",
        r#"{"changes": [{"add": {"records": [{"name": "f", "type": "SSHFP", "ttl": 300, "data": "1 1 ABABABABABABABABABABABABABABABABABABABAB"}]}}]}"#,
        "fingerprint",
        TRIED,
    ),
    patch(
        "mail_by_place",
        r#"{"changes": [{"add": {"records": [{"name": "m", "type": "MX", "ttl": 300, "data": "1 a.example.", "geo_ip_config": {"matches": [], "default": "1 a.example."}}]}}]}"#,
        "geo_ip_config is not available for MX",
        DYNAMIC,
    ),
    patch(
        "alias_by_weight",
        r#"{"changes": [{"add": {"records": [{"name": "w", "type": "CNAME", "ttl": 300, "data": "a.example.", "weighted_config": {"weighted_ips": []}}]}}]}"#,
        "weighted_config is not available for CNAME",
        DYNAMIC,
    ),
    patch(
        "text_by_health",
        r#"{"changes": [{"add": {"records": [{"name": "h", "type": "TXT", "ttl": 300, "data": "x", "http_service_config": {"ips": [], "url": "https://a.example"}}]}}]}"#,
        "http_service_config is not available for TXT",
        DYNAMIC,
    ),
    patch(
        "by_weight_and_by_place",
        r#"{"changes": [{"add": {"records": [{"name": "b", "type": "A", "ttl": 300, "data": "192.0.2.1", "weighted_config": {"weighted_ips": []}, "geo_ip_config": {"matches": []}}]}}]}"#,
        "one kind of dynamic record",
        TERRAFORM,
    ),
    patch(
        "one_bad_record_among_good_ones",
        r#"{"changes": [{"add": {"records": [{"name": "good", "type": "A", "ttl": 300, "data": "192.0.2.1"}]}}, {"add": {"records": [{"name": "worse", "type": "A", "ttl": 1, "data": "192.0.2.2"}]}}]}"#,
        "between 60 and 2592000",
        TERRAFORM,
    ),
    patch("body_that_is_a_list", r"[]", "invalid JSON", SCHEMA),
    Rejection {
        name: "zone_that_shall_not_be_made",
        method: "PATCH",
        path: "/domain/v2beta1/dns-zones/none.{zone}/records",
        body: r#"{"disallow_new_zone_creation": true, "changes": [{"add": {"records": [{"name": "a", "type": "A", "ttl": 300, "data": "192.0.2.1"}]}}]}"#,
        status: 404,
        says: "\"resource\":\"dns_zone\"",
        page: API,
    },
    Rejection {
        name: "zone_that_is_not_there",
        method: "GET",
        path: "/domain/v2beta1/dns-zones/none.{zone}/records",
        body: "",
        status: 404,
        says: "not found",
        page: ERRORS,
    },
    Rejection {
        name: "zone_of_somebody_else",
        method: "GET",
        path: "/domain/v2beta1/dns-zones/scaleway.com/records",
        body: "",
        status: 403,
        says: "insufficient permissions",
        page: API,
    },
    Rejection {
        name: "zone_that_exists",
        method: "POST",
        path: "/domain/v2beta1/dns-zones",
        body: r#"{"domain": "{zone}", "subdomain": ""}"#,
        status: 409,
        says: "already exists",
        page: ZONE,
    },
    Rejection {
        name: "zone_below_a_domain_of_somebody_else",
        method: "POST",
        path: "/domain/v2beta1/dns-zones",
        body: r#"{"domain": "scaleway.com", "subdomain": "mine"}"#,
        status: 403,
        says: "insufficient permissions",
        page: API,
    },
];
