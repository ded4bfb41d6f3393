//! What OVH refuses, and where somebody says so.

use super::super::Rejection;

const SCHEMA: &str = "https://eu.api.ovh.com/console/?section=%2Fdomain&branch=v1";
const NATIVE: &str = "https://github.com/DNSControl/dnscontrol/blob/main/providers/ovh/protocol.go";
const AUDIT: &str =
    "https://github.com/DNSControl/dnscontrol/blob/main/providers/ovh/auditrecords.go";
const ALIAS: &str = "https://github.com/ovh-ux/ovh-manager-web/pull/910";
const CLIENT: &str = "https://github.com/ovh/python-ovh/blob/master/ovh/client.py";
const NO_ZONE: &str = "https://github.com/go-acme/lego/issues/618";
const UNDERSCORE: &str = "https://github.com/ovh/python-ovh/issues/144";

const RECORDS: &str = "/1.0/domain/zone/{zone}/record";

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
        "type_that_it_lacks",
        RECORDS,
        r#"{"fieldType": "HINFO", "subDomain": "host", "target": "\"a\" \"b\""}"#,
        "not valid for type zone.NamedResolutionFieldTypeEnum",
        SCHEMA,
    ),
    row(
        "soa",
        RECORDS,
        r#"{"fieldType": "SOA", "subDomain": "", "target": "ns. mail. 1 2 3 4 5"}"#,
        "not valid for type zone.NamedResolutionFieldTypeEnum",
        SCHEMA,
    ),
    row(
        "no_type",
        RECORDS,
        r#"{"subDomain": "host", "target": "192.0.2.1"}"#,
        "fieldType",
        SCHEMA,
    ),
    row(
        "no_target",
        RECORDS,
        r#"{"fieldType": "A", "subDomain": "host"}"#,
        "[target]",
        SCHEMA,
    ),
    row(
        "ttl_that_is_no_number",
        RECORDS,
        r#"{"fieldType": "A", "subDomain": "host", "target": "192.0.2.1", "ttl": "soon"}"#,
        "not valid for type long",
        SCHEMA,
    ),
    row(
        "address_out_of_range",
        RECORDS,
        r#"{"fieldType": "A", "subDomain": "bad", "target": "192.0.2.256"}"#,
        "Invalid target",
        SCHEMA,
    ),
    row(
        "ipv4_as_ipv6",
        RECORDS,
        r#"{"fieldType": "AAAA", "subDomain": "bad", "target": "192.0.2.1"}"#,
        "Invalid target",
        SCHEMA,
    ),
    row(
        "address_below_an_underscore",
        RECORDS,
        r#"{"fieldType": "A", "subDomain": "1.0.0.127.in-addr._spf", "target": "127.0.0.2"}"#,
        "underscore not allowed",
        UNDERSCORE,
    ),
    row(
        "label_too_long",
        RECORDS,
        r#"{"fieldType": "A", "subDomain": "{64}", "target": "192.0.2.1"}"#,
        "Invalid domain name",
        UNDERSCORE,
    ),
    row(
        "two_dots_in_a_row",
        RECORDS,
        r#"{"fieldType": "A", "subDomain": "a..b", "target": "192.0.2.1"}"#,
        "Invalid domain name",
        UNDERSCORE,
    ),
    row(
        "alias_at_the_apex",
        RECORDS,
        r#"{"fieldType": "CNAME", "subDomain": "", "target": "example.net."}"#,
        "CNAME",
        "https://github.com/ovh-ux/ovh-manager-web/pull/887",
    ),
    row(
        "alias_beside_an_address",
        RECORDS,
        r#"{"fieldType": "CNAME", "subDomain": "www", "target": "example.net."}"#,
        "not allowed to coexist",
        ALIAS,
    ),
    row(
        "address_beside_an_alias",
        RECORDS,
        r#"{"fieldType": "A", "subDomain": "alias", "target": "192.0.2.1"}"#,
        "not allowed to coexist",
        ALIAS,
    ),
    row(
        "second_alias",
        RECORDS,
        r#"{"fieldType": "CNAME", "subDomain": "alias", "target": "example.net."}"#,
        "not allowed to coexist",
        ALIAS,
    ),
    row(
        "text_with_a_backslash",
        RECORDS,
        r#"{"fieldType": "TXT", "subDomain": "text", "target": "\"a\\\\b\""}"#,
        "TXT",
        AUDIT,
    ),
    row(
        "text_with_a_quote",
        RECORDS,
        r#"{"fieldType": "TXT", "subDomain": "text", "target": "say \"hello\""}"#,
        "TXT",
        AUDIT,
    ),
    row(
        "dmarc_with_quotes",
        RECORDS,
        r#"{"fieldType": "DMARC", "subDomain": "_dmarc", "target": "\"v=DMARC1; p=none\""}"#,
        "Invalid subfield found in DMARC",
        NATIVE,
    ),
    row(
        "dmarc_elsewhere",
        RECORDS,
        r#"{"fieldType": "DMARC", "subDomain": "mail", "target": "v=DMARC1; p=none"}"#,
        "_dmarc",
        NATIVE,
    ),
    Rejection {
        method: "PUT",
        ..row(
            "another_type_for_a_record",
            "/1.0/domain/zone/{zone}/record/5000001",
            r#"{"fieldType": "DMARC", "target": "v=DMARC1; p=none"}"#,
            "Try to alter read-only properties: fieldType",
            NATIVE,
        )
    },
    Rejection {
        method: "PUT",
        status: 404,
        ..row(
            "record_that_is_gone",
            "/1.0/domain/zone/{zone}/record/42",
            r#"{"target": "192.0.2.1"}"#,
            "does not exist",
            CLIENT,
        )
    },
    Rejection {
        method: "DELETE",
        status: 404,
        ..row(
            "record_that_is_gone_already",
            "/1.0/domain/zone/{zone}/record/42",
            "",
            "does not exist",
            CLIENT,
        )
    },
    Rejection {
        method: "GET",
        status: 404,
        ..row(
            "zone_of_somebody_else",
            "/1.0/domain/zone/not-{zone}/record",
            "",
            "This service does not exist",
            NO_ZONE,
        )
    },
    Rejection {
        status: 404,
        ..row(
            "refresh_of_somebody_elses_zone",
            "/1.0/domain/zone/not-{zone}/refresh",
            "",
            "This service does not exist",
            NO_ZONE,
        )
    },
    Rejection {
        method: "GET",
        status: 460,
        ..row(
            "zone_that_was_given_up",
            "/1.0/domain/zone/expired.{zone}/record",
            "",
            "This service is expired",
            "https://github.com/kubernetes-sigs/external-dns/issues/1908",
        )
    },
    Rejection {
        method: "GET",
        status: 403,
        ..row(
            "call_that_was_not_granted",
            "/1.0/me",
            "",
            "This call has not been granted",
            "https://github.com/go-acme/lego/issues/2618",
        )
    },
];
