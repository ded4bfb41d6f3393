//! What Gandi refuses, and where it or somebody who tried says so. The form of its answers is that of octodns-gandi's
//! recordings; words of messages are ours, but for those that issues quote.

use super::super::Rejection;

const API: &str = "https://api.gandi.net/docs/livedns/";
const LOW: &str = "https://github.com/octodns/octodns/issues/1234";
const HIGH: &str = "https://github.com/DNSControl/dnscontrol/issues/108";
const APEX_NS: &str = "https://github.com/DNSControl/dnscontrol/issues/135";
const ALIAS: &str = "https://github.com/octodns/octodns/pull/619";
const RECORDED: &str =
    "https://github.com/octodns/octodns-gandi/blob/main/tests/test_provider_octodns_gandi.py";
const README: &str = "https://github.com/octodns/octodns-gandi/blob/main/README.md";
const TWICE: &str =
    "https://github.com/apache/libcloud/blob/trunk/libcloud/dns/drivers/gandi_live.py";
const RULES: &str = "https://www.rfc-editor.org/rfc/rfc2181#section-10.1";

const RECORDS: &str = "/v5/livedns/domains/{zone}/records";

const fn row(
    name: &'static str,
    (method, path): (&'static str, &'static str),
    body: &'static str,
    (status, says): (u16, &'static str),
    page: &'static str,
) -> Rejection {
    Rejection {
        name,
        method,
        path,
        body,
        status,
        says,
        page,
    }
}

/// A record set that is not taken.
const fn post(
    name: &'static str,
    body: &'static str,
    says: &'static str,
    page: &'static str,
) -> Rejection {
    row(name, ("POST", RECORDS), body, (400, says), page)
}

/// A whole zone that is not taken.
const fn put(
    name: &'static str,
    body: &'static str,
    says: &'static str,
    page: &'static str,
) -> Rejection {
    row(name, ("PUT", RECORDS), body, (400, says), page)
}

/// Every row is tried without and with the vendor's client.
pub const REJECTIONS: &[Rejection] = &[
    post(
        "ttl_below_300",
        r#"{"rrset_name": "low", "rrset_type": "A", "rrset_ttl": 60, "rrset_values": ["192.0.2.1"]}"#,
        "60 is less than minimum value 300",
        LOW,
    ),
    post(
        "ttl_above_30_days",
        r#"{"rrset_name": "high", "rrset_type": "A", "rrset_ttl": 2592001, "rrset_values": ["192.0.2.1"]}"#,
        "2592001 is greater than maximum value 2592000",
        HIGH,
    ),
    post(
        "ttl_that_is_a_word",
        r#"{"rrset_name": "word", "rrset_type": "A", "rrset_ttl": "hour", "rrset_values": ["192.0.2.1"]}"#,
        "is not of type integer",
        API,
    ),
    post(
        "alias_below_the_apex",
        r#"{"rrset_name": "www2", "rrset_type": "ALIAS", "rrset_ttl": 300, "rrset_values": ["www.example.net."]}"#,
        "only '@' is allowed for ALIAS records",
        ALIAS,
    ),
    post(
        "apex_ns",
        r#"{"rrset_name": "@", "rrset_type": "NS", "rrset_ttl": 300, "rrset_values": ["ns1.example.net."]}"#,
        "can't use '@' for NS records",
        APEX_NS,
    ),
    row(
        "apex_ns_deleted",
        ("DELETE", "/v5/livedns/domains/{zone}/records/@/NS"),
        "",
        (400, "can't use '@' for NS records"),
        APEX_NS,
    ),
    post(
        "ns_that_is_an_address",
        r#"{"rrset_name": "sub", "rrset_type": "NS", "rrset_ttl": 300, "rrset_values": ["6.2.3.4."]}"#,
        "'6.2.3.4.': invalid hostname",
        RECORDED,
    ),
    post(
        "unknown_type",
        r#"{"rrset_name": "n", "rrset_type": "TYPE65280", "rrset_ttl": 300, "rrset_values": ["\\# 1 00"]}"#,
        "is not one of A, AAAA",
        API,
    ),
    post(
        "soa",
        r#"{"rrset_name": "@", "rrset_type": "SOA", "rrset_ttl": 300, "rrset_values": ["a. b. 1 2 3 4 5"]}"#,
        "is not one of A, AAAA",
        API,
    ),
    post(
        "set_without_values",
        r#"{"rrset_name": "n", "rrset_type": "A", "rrset_ttl": 300}"#,
        "\"name\":\"rrset_values\"",
        API,
    ),
    post(
        "set_with_no_value",
        r#"{"rrset_name": "n", "rrset_type": "A", "rrset_ttl": 300, "rrset_values": []}"#,
        "\"name\":\"rrset_values\"",
        API,
    ),
    post(
        "set_without_name",
        r#"{"rrset_type": "A", "rrset_ttl": 300, "rrset_values": ["192.0.2.1"]}"#,
        "\"name\":\"rrset_name\"",
        API,
    ),
    post(
        "set_without_type",
        r#"{"rrset_name": "n", "rrset_ttl": 300, "rrset_values": ["192.0.2.1"]}"#,
        "\"name\":\"rrset_type\"",
        API,
    ),
    post(
        "bad_address",
        r#"{"rrset_name": "n", "rrset_type": "A", "rrset_ttl": 300, "rrset_values": ["192.0.2.300"]}"#,
        "\"name\":\"rrset_values\"",
        API,
    ),
    post(
        "label_of_64",
        r#"{"rrset_name": "{64}", "rrset_type": "A", "rrset_ttl": 300, "rrset_values": ["192.0.2.1"]}"#,
        "invalid name",
        API,
    ),
    post(
        "cname_at_the_apex",
        r#"{"rrset_name": "@", "rrset_type": "CNAME", "rrset_ttl": 300, "rrset_values": ["www.example.net."]}"#,
        "for CNAME records",
        RULES,
    ),
    post(
        "cname_beside_another",
        r#"{"rrset_name": "www", "rrset_type": "CNAME", "rrset_ttl": 300, "rrset_values": ["www.example.net."]}"#,
        "other records",
        RULES,
    ),
    post(
        "cname_with_two_values",
        r#"{"rrset_name": "two", "rrset_type": "CNAME", "rrset_ttl": 300, "rrset_values": ["a.example.", "b.example."]}"#,
        "one value",
        RULES,
    ),
    put(
        "zone_without_items",
        r#"{"records": []}"#,
        "\"name\":\"items\"",
        API,
    ),
    put(
        "zone_with_a_set_twice",
        r#"{"items": [{"rrset_name": "n", "rrset_type": "A", "rrset_ttl": 300, "rrset_values": ["192.0.2.1"]}, {"rrset_name": "n", "rrset_type": "A", "rrset_ttl": 600, "rrset_values": ["192.0.2.2"]}]}"#,
        "twice",
        API,
    ),
    put(
        "one_bad_set_in_a_zone",
        r#"{"items": [{"rrset_name": "n", "rrset_type": "A", "rrset_ttl": 300, "rrset_values": ["192.0.2.1"]}, {"rrset_name": "m", "rrset_type": "A", "rrset_ttl": 1, "rrset_values": ["192.0.2.2"]}]}"#,
        "1 is less than minimum value 300",
        LOW,
    ),
    post("no_object", "[]", "Invalid JSON", API),
    row(
        "set_that_is_there",
        ("POST", RECORDS),
        r#"{"rrset_name": "www", "rrset_type": "A", "rrset_ttl": 300, "rrset_values": ["192.0.2.1"]}"#,
        (409, "Record www already exists"),
        TWICE,
    ),
    row(
        "domain_that_is_there",
        ("POST", "/v5/livedns/domains"),
        r#"{"fqdn": "{zone}", "zone": {}}"#,
        (409, "already exists"),
        TWICE,
    ),
    row(
        "domain_registered_elsewhere",
        ("POST", "/v5/livedns/domains"),
        r#"{"fqdn": "elsewhere.invalid", "zone": {}}"#,
        (404, "could not be found"),
        README,
    ),
    row(
        "unknown_domain",
        ("GET", "/v5/livedns/domains/none.invalid/records"),
        "",
        (404, "could not be found"),
        RECORDED,
    ),
    row(
        "unknown_set",
        ("DELETE", "/v5/livedns/domains/{zone}/records/none/A"),
        "",
        (404, "could not be found"),
        RECORDED,
    ),
];
