//! What Cloudflare refuses, and where it says so.

use super::super::Rejection;

const CREATE: &str =
    "https://developers.cloudflare.com/api/resources/dns/subresources/records/methods/create/";
const TYPES: &str =
    "https://developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types/";
const TXT: &str =
    "https://developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types/#txt";
const TTL: &str = "https://github.com/timothymiller/cloudflare-ddns/issues/179";
const SAME_NAME: &str = "https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name/";
const NS: &str =
    "https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/existing-ns-record/";
const BATCH: &str =
    "https://developers.cloudflare.com/dns/manage-dns-records/how-to/batch-record-changes/";
const ZONES: &str = "https://developers.cloudflare.com/api/resources/zones/methods/create/";
/// The vendor's settings of the apex NS set.
const SETTINGS: &str =
    "https://developers.cloudflare.com/dns/nameservers/nameserver-options/#nameserver-ttl";
/// The providers of octoDNS and `DNSControl`, for what the documentation leaves out.
const OCTODNS: &str =
    "https://github.com/octodns/octodns-cloudflare/blob/main/octodns_cloudflare/__init__.py";
const DNSCONTROL: &str =
    "https://github.com/DNSControl/dnscontrol/blob/main/providers/cloudflare/auditrecords.go";

const RECORDS: &str = "/client/v4/zones/{hex}/dns_records";
const TOGETHER: &str = "/client/v4/zones/{hex}/dns_records/batch";

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
        "ttl_below_a_minute",
        RECORDS,
        r#"{"type": "A", "name": "low.{zone}", "content": "192.0.2.1", "ttl": 59}"#,
        "between 60 and 86400",
        TTL,
    ),
    row(
        "ttl_above_a_day",
        RECORDS,
        r#"{"type": "A", "name": "high.{zone}", "content": "192.0.2.1", "ttl": 86401}"#,
        "9021",
        TTL,
    ),
    row(
        "address_out_of_range",
        RECORDS,
        r#"{"type": "A", "name": "bad.{zone}", "content": "192.0.2.256", "ttl": 300}"#,
        "9005",
        "https://github.com/timothymiller/cloudflare-ddns/issues/230",
    ),
    row(
        "ipv4_as_ipv6",
        RECORDS,
        r#"{"type": "AAAA", "name": "bad.{zone}", "content": "192.0.2.1", "ttl": 300}"#,
        "IPv6",
        TYPES,
    ),
    row(
        "address_beside_a_cname",
        RECORDS,
        r#"{"type": "A", "name": "alias.{zone}", "content": "192.0.2.1", "ttl": 300}"#,
        "81054",
        "https://github.com/favonia/cloudflare-ddns/issues/990",
    ),
    row(
        "cname_beside_an_address",
        RECORDS,
        r#"{"type": "CNAME", "name": "www.{zone}", "content": "example.net", "ttl": 300}"#,
        "81053",
        SAME_NAME,
    ),
    row(
        "second_cname",
        RECORDS,
        r#"{"type": "CNAME", "name": "alias.{zone}", "content": "example.net", "ttl": 300}"#,
        "81053",
        SAME_NAME,
    ),
    row(
        "record_that_is_there",
        RECORDS,
        r#"{"type": "A", "name": "www.{zone}", "content": "192.0.2.10", "ttl": 600}"#,
        "81058",
        "https://github.com/jeessy2/ddns-go/issues/1378",
    ),
    row(
        "address_beside_ns",
        TOGETHER,
        r#"{"posts": [{"type": "NS", "name": "sub.{zone}", "content": "ns.example.net"}, {"type": "A", "name": "sub.{zone}", "content": "192.0.2.1"}]}"#,
        "81056",
        NS,
    ),
    row(
        "ds_without_ns",
        RECORDS,
        r#"{"type": "DS", "name": "sub.{zone}", "data": {"key_tag": 1, "algorithm": 13, "digest_type": 2, "digest": "abababababababababababababababababababababababababababababababab"}}"#,
        "NS records with the same name",
        OCTODNS,
    ),
    row(
        "empty_text",
        RECORDS,
        r#"{"type": "TXT", "name": "text.{zone}", "content": "\"\"", "ttl": 300}"#,
        "must not be empty",
        DNSCONTROL,
    ),
    row(
        "text_too_long",
        RECORDS,
        r#"{"type": "TXT", "name": "text.{zone}", "content": "{4001}", "ttl": 300}"#,
        "2048 characters",
        TXT,
    ),
    row(
        "text_with_one_quote",
        RECORDS,
        r#"{"type": "TXT", "name": "text.{zone}", "content": "\"this", "ttl": 300}"#,
        "quotation marks",
        TXT,
    ),
    row(
        "type_that_it_lacks",
        RECORDS,
        r#"{"type": "HINFO", "name": "host.{zone}", "content": "\"a\" \"b\"", "ttl": 300}"#,
        "Invalid dns record type",
        CREATE,
    ),
    row(
        "soa",
        RECORDS,
        r#"{"type": "SOA", "name": "{zone}", "content": "ns. mail. 1 2 3 4 5", "ttl": 300}"#,
        "Invalid dns record type",
        TYPES,
    ),
    row(
        "label_too_long",
        RECORDS,
        r#"{"type": "A", "name": "{64}.{zone}", "content": "192.0.2.1", "ttl": 300}"#,
        "9000",
        TYPES,
    ),
    row(
        "two_dots_in_a_row",
        RECORDS,
        r#"{"type": "A", "name": "a..b.{zone}", "content": "192.0.2.1", "ttl": 300}"#,
        "9000",
        "https://github.com/octodns/octodns-cloudflare/issues/109",
    ),
    row(
        "mx_without_priority",
        RECORDS,
        r#"{"type": "MX", "name": "mail.{zone}", "content": "mail.example.net", "ttl": 300}"#,
        "priority is a required field",
        CREATE,
    ),
    row(
        "srv_as_text",
        RECORDS,
        r#"{"type": "SRV", "name": "_sip._tcp.{zone}", "content": "1 2 5060 sip.example.net", "ttl": 300}"#,
        "data is a required field",
        CREATE,
    ),
    row(
        "proxied_text",
        RECORDS,
        r#"{"type": "TXT", "name": "text.{zone}", "content": "\"a\"", "proxied": true}"#,
        "cannot be proxied",
        "https://github.com/octodns/octodns-cloudflare/issues/5",
    ),
    row(
        "one_bad_record_among_good_ones",
        TOGETHER,
        r#"{"posts": [{"type": "A", "name": "good.{zone}", "content": "192.0.2.1"}, {"type": "A", "name": "worse.{zone}", "content": "192.0.2"}]}"#,
        "9005",
        BATCH,
    ),
    row(
        "more_than_200_at_once",
        TOGETHER,
        r#"{"deletes": [{201 ids}]}"#,
        "200",
        BATCH,
    ),
    Rejection {
        method: "PATCH",
        status: 404,
        ..row(
            "record_that_is_gone",
            "/client/v4/zones/{hex}/dns_records/0123456789abcdef0123456789abcdef",
            r#"{"ttl": 300}"#,
            "81044",
            "https://github.com/zanjie1999/cloudflare-api-v4-ddns/issues/5",
        )
    },
    Rejection {
        method: "PATCH",
        ..row(
            "ns_ttl_too_short",
            "/client/v4/zones/{hex}/dns_settings",
            r#"{"ns_ttl": 29}"#,
            "between 30 and 86400",
            SETTINGS,
        )
    },
    Rejection {
        method: "GET",
        status: 404,
        ..row(
            "name_for_an_id",
            "/client/v4/zones/{zone}/dns_records",
            "",
            "7003",
            "https://github.com/timothymiller/cloudflare-ddns/issues/152",
        )
    },
    Rejection {
        method: "GET",
        ..row(
            "too_many_zones_on_a_page",
            "/client/v4/zones?per_page=51",
            "",
            "at most 50",
            "https://developers.cloudflare.com/api/resources/zones/methods/list/",
        )
    },
    row(
        "zone_that_is_there",
        "/client/v4/zones",
        r#"{"name": "{zone}", "account": {"id": "023e105f4ecef8ad9ca31a8372d0c353"}, "type": "full"}"#,
        "1061",
        "https://github.com/midl-dev/tezos-on-gke/issues/3",
    ),
    row(
        "zone_of_another_account",
        "/client/v4/zones",
        r#"{"name": "new.{zone}", "account": {"id": "ffffffffffffffffffffffffffffffff"}, "type": "full"}"#,
        "1067",
        "https://github.com/DNSControl/dnscontrol/issues/929",
    ),
    row(
        "zone_that_is_no_domain",
        "/client/v4/zones",
        r#"{"name": "nodots", "account": {"id": "023e105f4ecef8ad9ca31a8372d0c353"}, "type": "full"}"#,
        "not a registered domain",
        ZONES,
    ),
];
