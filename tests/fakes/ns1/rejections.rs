//! What NS1 refuses, and where that is to be seen. Words are those that its clients look for or that users have quoted,
//! where any did.

use super::super::Rejection;

const PYTHON: &str = "https://github.com/ns1/ns1-python/blob/master/ns1/rest/records.py";
const RECORD: &str = "https://github.com/ns1/ns1-go/blob/v2/rest/record.go";
const ZONE: &str = "https://github.com/ns1/ns1-go/blob/v2/rest/zone.go";
const EXISTS: &str = "https://github.com/ns1/ns1-go/issues/163";
const FILTERS: &str = "https://github.com/ns1/ns1-go/pull/51";
const CAA: &str = "https://github.com/ns1-terraform/terraform-provider-ns1/issues/238";
const DOTS: &str =
    "https://registry.terraform.io/providers/ns1-terraform/ns1/latest/docs/resources/record";
const OUTSIDE: &str = "https://github.com/Shopify/record_store/blob/main/test/fixtures/vcr_cassettes/ns1_add_changeset_missing_zone.yml";
const SIGNED: &str = "https://github.com/DNSControl/dnscontrol/pull/1443";
const EMPTY: &str =
    "https://github.com/DNSControl/dnscontrol/blob/main/providers/ns1/auditrecords.go";
const LINKED: &str = "https://www.rubydoc.info/gems/ns-1/0.3.4/NSOne/API/Records";
const TYPES: &str =
    "https://www.ibm.com/docs/en/ns1-connect?topic=answers-reference-dns-record-types";

const fn refused(
    name: &'static str,
    request: (&'static str, &'static str, &'static str),
    status: u16,
    says: &'static str,
    page: &'static str,
) -> Rejection {
    Rejection {
        name,
        method: request.0,
        path: request.1,
        body: request.2,
        status,
        says,
        page,
    }
}

/// The creation of a record of a type at `new`.
macro_rules! create {
    ($rtype:literal, $body:literal) => {
        (
            "PUT",
            concat!("/v1/zones/{zone}/new.{zone}/", $rtype),
            $body,
        )
    };
}

/// Every row is tried without and with the vendor's client.
pub const REJECTIONS: &[Rejection] = &[
    refused(
        "no_such_zone",
        ("GET", "/v1/zones/no-such-zone.example", ""),
        404,
        "zone not found",
        ZONE,
    ),
    refused(
        "no_zone_for_a_record",
        (
            "PUT",
            "/v1/zones/no-such-zone.example/www.no-such-zone.example/A",
            r#"{"answers": [{"answer": ["192.0.2.1"]}]}"#,
        ),
        404,
        "zone not found",
        RECORD,
    ),
    refused(
        "zone_with_a_final_dot",
        ("GET", "/v1/zones/{zone}.", ""),
        404,
        "zone not found",
        DOTS,
    ),
    refused(
        "zone_that_is_there",
        ("PUT", "/v1/zones/{zone}", r#"{"zone": "{zone}"}"#),
        400,
        "FQDN already exists in the view",
        EXISTS,
    ),
    refused(
        "no_such_record",
        ("GET", "/v1/zones/{zone}/new.{zone}/A", ""),
        404,
        "record not found",
        RECORD,
    ),
    refused(
        "change_of_no_record",
        ("POST", "/v1/zones/{zone}/new.{zone}/A", r#"{"ttl": 60}"#),
        404,
        "record not found",
        RECORD,
    ),
    refused(
        "deletion_of_no_record",
        ("DELETE", "/v1/zones/{zone}/new.{zone}/A", ""),
        404,
        "record not found",
        RECORD,
    ),
    refused(
        "record_that_is_there",
        (
            "PUT",
            "/v1/zones/{zone}/www.{zone}/A",
            r#"{"answers": [{"answer": ["192.0.2.1"]}]}"#,
        ),
        400,
        "record already exists",
        RECORD,
    ),
    refused(
        "apex_ns_that_is_there",
        (
            "PUT",
            "/v1/zones/{zone}/{zone}/NS",
            r#"{"answers": [{"answer": ["ns.other.example."]}]}"#,
        ),
        400,
        "record already exists",
        "https://github.com/octodns/octodns-ns1/blob/main/octodns_ns1/__init__.py",
    ),
    refused(
        "name_outside_of_the_zone",
        (
            "PUT",
            "/v1/zones/{zone}/www.elsewhere.example/A",
            r#"{"answers": [{"answer": ["192.0.2.1"]}]}"#,
        ),
        400,
        "not a valid domain in",
        OUTSIDE,
    ),
    refused(
        "name_with_a_final_dot",
        (
            "PUT",
            "/v1/zones/{zone}/new.{zone}./A",
            r#"{"answers": [{"answer": ["192.0.2.1"]}]}"#,
        ),
        400,
        "not a valid domain in",
        DOTS,
    ),
    refused(
        "filters_that_are_none",
        create!(
            "A",
            r#"{"answers": [{"answer": ["192.0.2.1"]}], "filters": null}"#
        ),
        400,
        "Value None for field '<obj>.filters' is not of type array",
        FILTERS,
    ),
    refused(
        "caa_in_four_parts",
        create!(
            "CAA",
            r#"{"answers": [{"answer": ["0", "issue", "ca.example;", "account=1"]}]}"#
        ),
        400,
        "is invalid for \\\"CAA\\\" record type",
        CAA,
    ),
    refused(
        "address_that_is_none",
        create!("A", r#"{"answers": [{"answer": ["192.0.2"]}]}"#),
        400,
        "is invalid for \\\"A\\\" record type",
        CAA,
    ),
    refused(
        "mail_exchanger_without_preference",
        create!("MX", r#"{"answers": [{"answer": ["mail.example."]}]}"#),
        400,
        "is invalid for \\\"MX\\\" record type",
        PYTHON,
    ),
    refused(
        "service_in_three_parts",
        create!(
            "SRV",
            r#"{"answers": [{"answer": [1, 2, "sip.example."]}]}"#
        ),
        400,
        "is invalid for \\\"SRV\\\" record type",
        PYTHON,
    ),
    refused(
        "empty_text",
        create!("TXT", r#"{"answers": [{"answer": [""]}]}"#),
        400,
        "is invalid for \\\"TXT\\\" record type",
        EMPTY,
    ),
    refused(
        "record_without_answers",
        create!("A", r#"{"answers": []}"#),
        400,
        "at least one answer",
        RECORD,
    ),
    refused(
        "ttl_that_is_a_word",
        create!(
            "A",
            r#"{"ttl": "1h", "answers": [{"answer": ["192.0.2.1"]}]}"#
        ),
        400,
        "'<obj>.ttl' is not of type integer",
        FILTERS,
    ),
    refused(
        "link_with_answers",
        create!(
            "A",
            r#"{"link": "www.{zone}", "answers": [{"answer": ["192.0.2.1"]}]}"#
        ),
        400,
        "linked",
        LINKED,
    ),
    refused(
        "key_of_a_signer",
        create!(
            "DNSKEY",
            r#"{"answers": [{"answer": ["257", "3", "13", "AQIDBA=="]}]}"#
        ),
        405,
        "Operation on DNSSEC record is not allowed",
        SIGNED,
    ),
    refused(
        "type_that_it_has_not",
        create!(
            "LOC",
            r#"{"answers": [{"answer": ["52", "22", "23", "N"]}]}"#
        ),
        400,
        "not a valid record type",
        TYPES,
    ),
];
