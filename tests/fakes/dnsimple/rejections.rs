//! What `DNSimple` refuses, and where it says so.

use super::super::Rejection;

const ERRORS: &str = "https://developer.dnsimple.com/v2/#errors";
const RECORD: &str = "https://developer.dnsimple.com/v2/zones/records/#createZoneRecord";
const BATCH: &str = "https://developer.dnsimple.com/v2/zones/batch-change-zone-records/";
const NS: &str = "https://developer.dnsimple.com/v2/zones/ns-records/";
const APEX: &str = "https://support.dnsimple.com/articles/ns-record-format/";
const TYPES: &str = "https://support.dnsimple.com/articles/supported-dns-records/";
const TEXT: &str = "https://support.dnsimple.com/articles/txt-record-format/";
const ALIAS: &str = "https://github.com/dnsimple/dnsimple-support/pull/351";
const CLIENT: &str =
    "https://github.com/dnsimple/dnsimple-python/blob/main/dnsimple/struct/zone_record.py";

const RECORDS: &str = "/v2/731/zones/{zone}/records";
const TOGETHER: &str = "/v2/731/zones/{zone}/batch";

const fn row(
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
        status: 400,
        says,
        page,
    }
}

/// Every row is tried without and with the vendor's client.
pub const REJECTIONS: &[Rejection] = &[
    row(
        "type_that_is_gone",
        RECORDS,
        r#"{"name": "", "type": "SPF", "content": "v=spf1 -all"}"#,
        "unsupported",
        "https://github.com/dnsimple/dnsimple-developer/pull/864",
    ),
    row(
        "ds_of_a_child",
        RECORDS,
        r#"{"name": "sub", "type": "DS", "content": "1 13 2 ABAB"}"#,
        "unsupported",
        TYPES,
    ),
    row(
        "soa",
        RECORDS,
        r#"{"name": "", "type": "SOA", "content": "ns. mail. 1 2 3 4 5"}"#,
        "unsupported",
        TYPES,
    ),
    row(
        "no_content",
        RECORDS,
        r#"{"name": "host", "type": "A"}"#,
        "can't be blank",
        ERRORS,
    ),
    row(
        "ttl_that_is_no_number",
        RECORDS,
        r#"{"name": "host", "type": "A", "content": "192.0.2.1", "ttl": "soon"}"#,
        "is not a number",
        ERRORS,
    ),
    row(
        "ttl_below_zero",
        RECORDS,
        r#"{"name": "host", "type": "A", "content": "192.0.2.1", "ttl": -1}"#,
        "greater than or equal to 0",
        "https://developer.dnsimple.com/v2/openapi.yml",
    ),
    row(
        "address_out_of_range",
        RECORDS,
        r#"{"name": "bad", "type": "A", "content": "192.0.2.256"}"#,
        "content",
        RECORD,
    ),
    row(
        "ipv4_as_ipv6",
        RECORDS,
        r#"{"name": "bad", "type": "AAAA", "content": "192.0.2.1"}"#,
        "content",
        RECORD,
    ),
    row(
        "label_too_long",
        RECORDS,
        r#"{"name": "{64}", "type": "A", "content": "192.0.2.1"}"#,
        "name",
        RECORD,
    ),
    row(
        "alias_beside_an_address",
        RECORDS,
        r#"{"name": "www", "type": "CNAME", "content": "example.net"}"#,
        "CNAME must be the only record",
        ALIAS,
    ),
    row(
        "address_beside_an_alias",
        RECORDS,
        r#"{"name": "alias", "type": "A", "content": "192.0.2.1"}"#,
        "Cannot add a new record where a CNAME exists",
        ALIAS,
    ),
    row(
        "second_alias",
        RECORDS,
        r#"{"name": "alias", "type": "CNAME", "content": "example.net"}"#,
        "Cannot add a new record where a CNAME exists",
        ALIAS,
    ),
    row(
        "alias_at_the_apex",
        RECORDS,
        r#"{"name": "", "type": "CNAME", "content": "example.net"}"#,
        "apex",
        "https://support.dnsimple.com/articles/cname-record/",
    ),
    row(
        "apex_ns_as_a_record",
        RECORDS,
        r#"{"name": "", "type": "NS", "content": "ns.example.net"}"#,
        "apex",
        APEX,
    ),
    row(
        "text_too_long",
        RECORDS,
        r#"{"name": "text", "type": "TXT", "content": "{4001}"}"#,
        "maximum is 1000 characters",
        TEXT,
    ),
    row(
        "text_with_one_quote",
        RECORDS,
        r#"{"name": "text", "type": "TXT", "content": "\"this"}"#,
        "double-quotes",
        "https://github.com/dnsimple/terraform-provider-dnsimple/issues/165",
    ),
    row(
        "empty_text",
        RECORDS,
        r#"{"name": "text", "type": "TXT", "content": "\"\""}"#,
        "can't be blank",
        "https://github.com/DNSControl/dnscontrol/blob/v3.20.0/providers/dnsimple/auditrecords.go",
    ),
    row(
        "service_nowhere",
        RECORDS,
        r#"{"name": "_sip._tcp", "type": "SRV", "content": "0 0 .", "priority": 0}"#,
        "no target",
        "https://github.com/octodns/octodns-dnsimple/blob/main/octodns_dnsimple/__init__.py",
    ),
    Rejection {
        method: "PATCH",
        ..row(
            "change_of_a_system_record",
            "/v2/731/zones/{zone}/records/1",
            r#"{"ttl": 60}"#,
            "read-only",
            CLIENT,
        )
    },
    Rejection {
        method: "DELETE",
        ..row(
            "deletion_of_a_system_record",
            "/v2/731/zones/{zone}/records/1",
            "",
            "read-only",
            CLIENT,
        )
    },
    Rejection {
        method: "PATCH",
        status: 404,
        ..row(
            "record_that_is_gone",
            "/v2/731/zones/{zone}/records/4711",
            r#"{"ttl": 60}"#,
            "not found",
            ERRORS,
        )
    },
    Rejection {
        method: "GET",
        status: 404,
        ..row(
            "zone_of_somebody_else",
            "/v2/731/zones/not-{zone}/records",
            "",
            "not found",
            ERRORS,
        )
    },
    Rejection {
        method: "GET",
        status: 404,
        ..row(
            "account_of_somebody_else",
            "/v2/1010/zones",
            "",
            "Not Found",
            "https://developer.dnsimple.com/v2/#account-scope",
        )
    },
    Rejection {
        method: "GET",
        ..row(
            "too_many_on_a_page",
            "/v2/731/zones?per_page=101",
            "",
            "at most 100",
            "https://developer.dnsimple.com/v2/#pagination",
        )
    },
    Rejection {
        status: 412,
        ..row(
            "batch_on_a_small_plan",
            "/v2/732/zones/{zone}/batch",
            r#"{"creates": [{"name": "host", "type": "A", "content": "192.0.2.1"}]}"#,
            "not enabled",
            BATCH,
        )
    },
    row(
        "one_bad_record_among_good_ones",
        TOGETHER,
        r#"{"creates": [{"name": "host", "type": "A", "content": "192.0.2.1"}, {"name": "host", "type": "SPF", "content": "a"}]}"#,
        r#""index":1"#,
        BATCH,
    ),
    row(
        "more_than_a_batch_may_hold",
        TOGETHER,
        r#"{"deletes": [{201 ids}]}"#,
        "operations",
        BATCH,
    ),
    Rejection {
        method: "PUT",
        status: 412,
        ..row(
            "apex_ns_on_a_small_plan",
            "/v2/732/zones/{zone}/ns_records",
            r#"{"ns_names": ["ns.example.net"], "ns_set_ids": []}"#,
            "not enabled",
            NS,
        )
    },
    Rejection {
        method: "PUT",
        ..row(
            "apex_without_nameservers",
            "/v2/731/zones/{zone}/ns_records",
            r#"{"ns_names": [], "ns_set_ids": []}"#,
            "ns_names",
            NS,
        )
    },
    row(
        "domain_that_is_there",
        "/v2/731/domains",
        r#"{"name": "{zone}"}"#,
        "has already been taken",
        "https://developer.dnsimple.com/v2/domains/#createDomain",
    ),
];
