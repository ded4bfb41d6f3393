//! What DigitalOcean refuses, and where that is to be seen.

use super::super::Rejection;

const RECORDS: &str =
    "https://docs.digitalocean.com/reference/api/digitalocean/#tag/Domain-Records";
const DOMAINS: &str = "https://docs.digitalocean.com/reference/api/digitalocean/#tag/Domains";
const DOT: &str = "https://github.com/digitalocean/api-v2/issues/130";
const PARTS: &str = "https://github.com/digitalocean/doctl/issues/919";
const TTL: &str = "https://github.com/Pelado-Nerdworks/peladonerd/pull/44";
const ALIAS: &str = "https://github.com/kubernetes-sigs/external-dns/issues/4802";
const BLANK: &str = "https://github.com/DNSControl/dnscontrol/issues/536";
const AUDIT: &str =
    "https://github.com/DNSControl/dnscontrol/blob/main/providers/digitalocean/auditrecords.go";
const TYPES: &str =
    "https://github.com/DNSControl/dnscontrol/blob/main/documentation/provider/digitalocean.md";
const FIELDS: &str = "https://github.com/digitalocean/terraform-provider-digitalocean/blob/main/digitalocean/domain/resource_record.go";
const CAA: &str =
    "https://docs.digitalocean.com/products/networking/dns/how-to/create-caa-records/";

/// A record that is refused with 422.
const fn post(
    name: &'static str,
    body: &'static str,
    says: &'static str,
    page: &'static str,
) -> Rejection {
    Rejection {
        name,
        method: "POST",
        path: "/v2/domains/{zone}/records",
        body,
        status: 422,
        says,
        page,
    }
}

/// Something that is not there.
const fn missing(
    name: &'static str,
    method: &'static str,
    path: &'static str,
    body: &'static str,
) -> Rejection {
    Rejection {
        name,
        method,
        path,
        body,
        status: 404,
        says: "not_found",
        page: RECORDS,
    }
}

/// A domain that is refused with 422.
const fn domain(name: &'static str, body: &'static str, says: &'static str) -> Rejection {
    Rejection {
        name,
        method: "POST",
        path: "/v2/domains",
        body,
        status: 422,
        says,
        page: DOMAINS,
    }
}

/// Every row is tried without and with the vendor's client.
pub const REJECTIONS: &[Rejection] = &[
    missing(
        "no_such_domain",
        "GET",
        "/v2/domains/no-such-domain.example",
        "",
    ),
    missing(
        "no_records_of_no_domain",
        "GET",
        "/v2/domains/no-such-domain.example/records",
        "",
    ),
    missing("no_such_record", "GET", "/v2/domains/{zone}/records/1", ""),
    missing(
        "change_of_no_record",
        "PUT",
        "/v2/domains/{zone}/records/1",
        r#"{"type": "A", "name": "www", "data": "192.0.2.1"}"#,
    ),
    missing(
        "deletion_of_no_record",
        "DELETE",
        "/v2/domains/{zone}/records/1",
        "",
    ),
    domain(
        "domain_that_is_there",
        r#"{"name": "{zone}"}"#,
        "already exists",
    ),
    domain("domain_without_a_name", r#"{"name": ""}"#, "can't be blank"),
    post(
        "alias_target_without_a_dot",
        r#"{"type": "CNAME", "name": "new", "data": "www.example.net"}"#,
        "Data needs to end with a dot (.)",
        PARTS,
    ),
    post(
        "nameserver_without_a_dot",
        r#"{"type": "NS", "name": "@", "data": "ns1.example.net"}"#,
        "Data needs to end with a dot (.)",
        DOT,
    ),
    post(
        "issuer_without_a_dot",
        r#"{"type": "CAA", "name": "@", "data": "ca.example.net", "flags": 0, "tag": "issue"}"#,
        "Data needs to end with a dot (.)",
        "https://github.com/octodns/octodns/pull/692",
    ),
    post(
        "ttl_below_thirty",
        r#"{"type": "A", "name": "new", "data": "192.0.2.1", "ttl": 29}"#,
        "record ttl must be greater than 30",
        TTL,
    ),
    post(
        "alias_beside_an_address",
        r#"{"type": "CNAME", "name": "www", "data": "www.example.net."}"#,
        "CNAME records cannot share a name with other records",
        ALIAS,
    ),
    post(
        "address_beside_an_alias",
        r#"{"type": "A", "name": "alias", "data": "192.0.2.1"}"#,
        "CNAME records cannot share a name with other records",
        ALIAS,
    ),
    post(
        "record_without_data",
        r#"{"type": "A", "name": "new", "data": ""}"#,
        "Data can't be blank",
        BLANK,
    ),
    post(
        "address_that_is_none",
        r#"{"type": "A", "name": "new", "data": "192.0.2"}"#,
        "Data is not valid",
        RECORDS,
    ),
    post(
        "type_that_it_has_not",
        r#"{"type": "LOC", "name": "new", "data": "52 22 23.000 N 4 53 32.000 E -2.00m"}"#,
        "Type is not included",
        TYPES,
    ),
    post(
        "mail_exchanger_without_priority",
        r#"{"type": "MX", "name": "@", "data": "mail.example.net."}"#,
        "priority",
        FIELDS,
    ),
    post(
        "service_without_a_port",
        r#"{"type": "SRV", "name": "_x._tcp", "data": "x.example.net.", "priority": 1, "weight": 1}"#,
        "port",
        FIELDS,
    ),
    post(
        "issuer_without_a_tag",
        r#"{"type": "CAA", "name": "@", "data": "ca.example.net.", "flags": 0}"#,
        "Tag",
        FIELDS,
    ),
    post(
        "issuer_with_parameters",
        r#"{"type": "CAA", "name": "@", "data": "ca.example.net; account=1.", "flags": 0, "tag": "issue"}"#,
        "Data is not",
        AUDIT,
    ),
    post(
        "no_issuer_at_all",
        r#"{"type": "CAA", "name": "@", "data": ";.", "flags": 0, "tag": "issue"}"#,
        "Data is not",
        CAA,
    ),
    post(
        "null_mail_exchanger",
        r#"{"type": "MX", "name": "new", "data": ".", "priority": 0}"#,
        "Data is not",
        AUDIT,
    ),
    post(
        "empty_text",
        r#"{"type": "TXT", "name": "new", "data": ""}"#,
        "Data can't be blank",
        AUDIT,
    ),
    post(
        "text_with_a_backslash",
        r#"{"type": "TXT", "name": "new", "data": "a\\b"}"#,
        "not allowed",
        AUDIT,
    ),
    post(
        "text_that_is_too_long",
        r#"{"type": "TXT", "name": "new", "data": "{4001}"}"#,
        "too long",
        AUDIT,
    ),
    post(
        "soa_that_is_new",
        r#"{"type": "SOA", "name": "@", "data": "1800", "ttl": 1800}"#,
        "SOA",
        RECORDS,
    ),
];
