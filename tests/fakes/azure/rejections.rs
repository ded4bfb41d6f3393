//! What Azure DNS refuses, and where it, or somebody it refused, says so.

use super::super::Rejection;

const ZONES: &str = "https://learn.microsoft.com/en-us/azure/dns/dns-zones-records";
const LIMITS: &str = "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/azure-subscription-service-limits#azure-dns-limits";
const REFERENCE: &str =
    "https://learn.microsoft.com/en-us/rest/api/dns/record-sets/create-or-update";
const REFERENCE_ZONES: &str =
    "https://learn.microsoft.com/en-us/rest/api/dns/zones/create-or-update";
const MANAGER: &str = "https://learn.microsoft.com/en-us/azure/azure-resource-manager/troubleshooting/common-deployment-errors";
/// What `DNSControl` keeps from being sent.
const DNSCONTROL: &str =
    "https://github.com/DNSControl/dnscontrol/blob/main/providers/azuredns/auditrecords.go";
const BESIDE: &str = "https://github.com/rcl-letsencrypt-auto-ssl/Lets-Encrypt-Auto/issues/26";
const BESIDE_CNAME: &str = "https://github.com/kubernetes-sigs/external-dns/issues/5358";
const INVALID_NAME: &str = "https://github.com/kubernetes-sigs/external-dns/issues/4855";
const LONG_STRING: &str = "https://github.com/Azure/azure-rest-api-specs/issues/8249";
const LONG_TEXTS: &str = "https://github.com/hashicorp/terraform-provider-azurerm/pull/24169";

/// A path below the resource group that the fake has.
macro_rules! below {
    ($path:literal) => {
        concat!(
            "/subscriptions/93d1f0b2-5c7e-4b1a-9a64-0000000000cc/resourceGroups/group-of-zones/providers/Microsoft.Network/",
            $path
        )
    };
}

/// The path of a set in the zone.
macro_rules! set {
    ($set:literal) => {
        concat!(
            "/subscriptions/93d1f0b2-5c7e-4b1a-9a64-0000000000cc/resourceGroups/group-of-zones/providers/Microsoft.Network/dnsZones/{zone}/",
            $set,
            "?api-version=2018-05-01"
        )
    };
}

/// As many as make too much of strings of 255 characters.
macro_rules! seventeen {
    ($string:literal) => {
        concat!(
            $string, ",", $string, ",", $string, ",", $string, ",", $string, ",", $string, ",",
            $string, ",", $string, ",", $string, ",", $string, ",", $string, ",", $string, ",",
            $string, ",", $string, ",", $string, ",", $string, ",", $string
        )
    };
}

/// A PUT that is refused with 400.
const fn put(
    name: &'static str,
    path: &'static str,
    body: &'static str,
    says: &'static str,
    page: &'static str,
) -> Rejection {
    Rejection {
        name,
        method: "PUT",
        path,
        body,
        status: 400,
        says,
        page,
    }
}

/// The same with 409.
const fn conflict(
    name: &'static str,
    path: &'static str,
    body: &'static str,
    says: &'static str,
    page: &'static str,
) -> Rejection {
    Rejection {
        status: 409,
        ..put(name, path, body, says, page)
    }
}

const fn delete(name: &'static str, path: &'static str, says: &'static str) -> Rejection {
    Rejection {
        method: "DELETE",
        ..put(name, path, "", says, ZONES)
    }
}

const fn get(
    name: &'static str,
    path: &'static str,
    status: u16,
    says: &'static str,
    page: &'static str,
) -> Rejection {
    Rejection {
        method: "GET",
        status,
        ..put(name, path, "", says, page)
    }
}

const ADDRESS: &str =
    r#"{"properties": {"TTL": 3600, "ARecords": [{"ipv4Address": "192.0.2.1"}]}}"#;

/// Every row is tried without and with the vendor's client.
pub const REJECTIONS: &[Rejection] = &[
    put(
        "ttl_of_zero",
        set!("A/low"),
        r#"{"properties": {"TTL": 0, "ARecords": [{"ipv4Address": "192.0.2.1"}]}}"#,
        "TTL must be between",
        ZONES,
    ),
    put(
        "ttl_of_32_bits",
        set!("A/high"),
        r#"{"properties": {"TTL": 2147483648, "ARecords": [{"ipv4Address": "192.0.2.1"}]}}"#,
        "TTL must be between",
        ZONES,
    ),
    put(
        "ttl_missing",
        set!("A/none"),
        r#"{"properties": {"ARecords": [{"ipv4Address": "192.0.2.1"}]}}"#,
        "TTL must be between",
        "https://github.com/polymind-inc/acmebot/pull/823",
    ),
    conflict(
        "cname_beside_an_address",
        set!("CNAME/www"),
        r#"{"properties": {"TTL": 3600, "CNAMERecord": {"cname": "example.net"}}}"#,
        "another record with the same name already exists",
        BESIDE,
    ),
    conflict(
        "text_beside_a_cname",
        set!("TXT/alias"),
        r#"{"properties": {"TTL": 3600, "TXTRecords": [{"value": ["beside"]}]}}"#,
        "a CNAME record with the same name already exists",
        BESIDE_CNAME,
    ),
    conflict(
        "cname_at_the_apex",
        set!("CNAME/@"),
        r#"{"properties": {"TTL": 3600, "CNAMERecord": {"cname": "example.net"}}}"#,
        "CNAME record could not be created",
        ZONES,
    ),
    put(
        "wildcard_of_nameservers",
        set!("NS/%2A.wild"),
        r#"{"properties": {"TTL": 3600, "NSRecords": [{"nsdname": "ns.example.net."}]}}"#,
        "Wildcard",
        ZONES,
    ),
    put(
        "apex_without_its_own_nameservers",
        set!("NS/@"),
        r#"{"properties": {"TTL": 3600, "NSRecords": [{"nsdname": "ns.example.net."}]}}"#,
        "cannot be removed",
        ZONES,
    ),
    delete(
        "deletion_of_the_apex_nameservers",
        set!("NS/@"),
        "cannot be deleted",
    ),
    delete("deletion_of_the_soa", set!("SOA/@"), "cannot be deleted"),
    put(
        "another_soa",
        set!("SOA/below"),
        r#"{"properties": {"TTL": 3600, "SOARecord": {"host": "ns1.example.net.", "email": "a.example.net", "serialNumber": 1, "refreshTime": 1, "retryTime": 1, "expireTime": 1, "minimumTTL": 1}}}"#,
        "cannot be created",
        ZONES,
    ),
    put(
        "host_of_the_soa",
        set!("SOA/@"),
        r#"{"properties": {"TTL": 3600, "SOARecord": {"host": "ns1.elsewhere.example.", "email": "a.example.net", "serialNumber": 1, "refreshTime": 1, "retryTime": 1, "expireTime": 1, "minimumTTL": 1}}}"#,
        "host of the SOA",
        ZONES,
    ),
    put(
        "text_of_more_than_255_characters",
        set!("TXT/long"),
        r#"{"properties": {"TTL": 3600, "TXTRecords": [{"value": ["{64}{64}{64}{64}"]}]}}"#,
        "exceeds the maximum length",
        LONG_STRING,
    ),
    put(
        "texts_of_more_than_4096_characters",
        set!("TXT/longer"),
        concat!(
            r#"{"properties": {"TTL": 3600, "TXTRecords": [{"value": ["#,
            seventeen!(
                r#""{64}{64}{64}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx""#
            ),
            r#"]}]}}"#
        ),
        "combined length of all TXT records",
        LONG_TEXTS,
    ),
    put(
        "text_of_nothing",
        set!("TXT/empty"),
        r#"{"properties": {"TTL": 3600, "TXTRecords": [{"value": [""]}]}}"#,
        "may not be empty",
        DNSCONTROL,
    ),
    put(
        "null_mx",
        set!("MX/null"),
        r#"{"properties": {"TTL": 3600, "MXRecords": [{"preference": 0, "exchange": "."}]}}"#,
        "is invalid",
        DNSCONTROL,
    ),
    put(
        "target_in_quotes",
        set!("CNAME/quoted"),
        r#"{"properties": {"TTL": 3600, "CNAMERecord": {"cname": "\"example.net\""}}}"#,
        "is invalid",
        INVALID_NAME,
    ),
    put(
        "address_out_of_range",
        set!("A/bad"),
        r#"{"properties": {"TTL": 3600, "ARecords": [{"ipv4Address": "192.0.2.256"}]}}"#,
        "is invalid",
        REFERENCE,
    ),
    put(
        "address_of_the_other_family",
        set!("AAAA/bad"),
        r#"{"properties": {"TTL": 3600, "AAAARecords": [{"ipv6Address": "192.0.2.1"}]}}"#,
        "is invalid",
        REFERENCE,
    ),
    put(
        "port_of_17_bits",
        set!("SRV/_sip._udp"),
        r#"{"properties": {"TTL": 3600, "SRVRecords": [{"priority": 1, "weight": 1, "port": 65536, "target": "sip.example.net"}]}}"#,
        "is invalid",
        REFERENCE,
    ),
    put(
        "caa_tag_of_others",
        set!("CAA/tag"),
        r#"{"properties": {"TTL": 3600, "caaRecords": [{"flags": 0, "tag": "tbs", "value": "x"}]}}"#,
        "CAA tag",
        ZONES,
    ),
    put(
        "caa_flags_of_nine_bits",
        set!("CAA/flags"),
        r#"{"properties": {"TTL": 3600, "caaRecords": [{"flags": 256, "tag": "issue", "value": "x"}]}}"#,
        "is invalid",
        ZONES,
    ),
    put(
        "more_than_20_records",
        set!("PTR/many"),
        r#"{"properties": {"TTL": 3600, "PTRRecords": [
            {"ptrdname": "a.example"}, {"ptrdname": "b.example"}, {"ptrdname": "c.example"}, {"ptrdname": "d.example"},
            {"ptrdname": "e.example"}, {"ptrdname": "f.example"}, {"ptrdname": "g.example"}, {"ptrdname": "h.example"},
            {"ptrdname": "i.example"}, {"ptrdname": "j.example"}, {"ptrdname": "k.example"}, {"ptrdname": "l.example"},
            {"ptrdname": "m.example"}, {"ptrdname": "n.example"}, {"ptrdname": "o.example"}, {"ptrdname": "p.example"},
            {"ptrdname": "q.example"}, {"ptrdname": "r.example"}, {"ptrdname": "s.example"}, {"ptrdname": "t.example"},
            {"ptrdname": "u.example"}]}}"#,
        "more than 20 records",
        LIMITS,
    ),
    Rejection {
        status: 404,
        ..put(
            "type_that_it_does_not_have",
            set!("DNAME/tree"),
            r#"{"properties": {"TTL": 3600}}"#,
            "InvalidResourceType",
            REFERENCE,
        )
    },
    put(
        "without_a_version",
        below!("dnsZones/{zone}/A/new"),
        ADDRESS,
        "MissingApiVersionParameter",
        MANAGER,
    ),
    put(
        "version_that_never_was",
        below!("dnsZones/{zone}/A/new?api-version=2018-05-02"),
        ADDRESS,
        "NoRegisteredProviderFound",
        MANAGER,
    ),
    get(
        "zone_of_somebody_else",
        below!("dnsZones/nobody-has-{zone}/recordsets?api-version=2018-05-01"),
        404,
        "ParentResourceNotFound",
        MANAGER,
    ),
    get(
        "set_that_is_not_there",
        set!("A/nowhere"),
        404,
        "does not exist",
        REFERENCE,
    ),
    get(
        "group_that_is_not_there",
        "/subscriptions/93d1f0b2-5c7e-4b1a-9a64-0000000000cc/resourceGroups/other/providers/Microsoft.Network/dnsZones?api-version=2018-05-01",
        404,
        "ResourceGroupNotFound",
        MANAGER,
    ),
    get(
        "subscription_that_is_not_there",
        "/subscriptions/93d1f0b2-0000-4b1a-9a64-0000000000cc/resourceGroups/group-of-zones/providers/Microsoft.Network/dnsZones?api-version=2018-05-01",
        404,
        "SubscriptionNotFound",
        MANAGER,
    ),
    put(
        "zone_without_a_location",
        below!("dnsZones/new.{zone}?api-version=2018-05-01"),
        "{}",
        "LocationRequired",
        REFERENCE_ZONES,
    ),
    put(
        "zone_in_one_region",
        below!("dnsZones/new.{zone}?api-version=2018-05-01"),
        r#"{"location": "westeurope"}"#,
        "LocationNotAvailableForResourceType",
        REFERENCE_ZONES,
    ),
    put(
        "zone_of_one_label",
        below!("dnsZones/example?api-version=2018-05-01"),
        r#"{"location": "global"}"#,
        "zone name",
        "https://learn.microsoft.com/en-us/azure/azure-resource-manager/management/resource-name-rules#microsoftnetwork",
    ),
];
