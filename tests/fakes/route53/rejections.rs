//! What Route 53 refuses, and where it says so. Its words are quoted where public reports of refusals have them.

use super::super::Rejection;

const CHANGE: &str =
    "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html";
const SET: &str =
    "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecordSet.html";
const RECORD: &str =
    "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ResourceRecord.html";
const LIST: &str =
    "https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html";
const CREATE: &str =
    "https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html";
const GET_CHANGE: &str =
    "https://docs.aws.amazon.com/Route53/latest/APIReference/API_GetChange.html";
const APEX: &str = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/SOA-NSrecords.html";
const TYPES: &str =
    "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html";
const NAMES: &str =
    "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html";

/// The body of a batch with one change in it.
macro_rules! batch {
    ($($part:expr),*) => {
        concat!(
            "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">",
            "<ChangeBatch><Changes>", $($part,)*
            "</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"
        )
    };
}

/// One change of one set with one value.
macro_rules! change {
    ($action:literal, $name:literal, $rtype:literal, $ttl:literal, $($value:literal),+) => {
        concat!(
            "<Change><Action>", $action, "</Action><ResourceRecordSet><Name>", $name, "</Name><Type>", $rtype,
            "</Type><TTL>", $ttl, "</TTL><ResourceRecords>",
            $("<ResourceRecord><Value>", $value, "</Value></ResourceRecord>",)+
            "</ResourceRecords></ResourceRecordSet></Change>"
        )
    };
}

/// A batch that is refused with 400.
const fn post(
    name: &'static str,
    body: &'static str,
    says: &'static str,
    page: &'static str,
) -> Rejection {
    Rejection {
        name,
        method: "POST",
        path: "/2013-04-01/hostedzone/Z{ID}/rrset/",
        body,
        status: 400,
        says,
        page,
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
        name,
        method: "GET",
        path,
        body: "",
        status,
        says,
        page,
    }
}

const fn create(
    name: &'static str,
    body: &'static str,
    status: u16,
    says: &'static str,
) -> Rejection {
    Rejection {
        name,
        method: "POST",
        path: "/2013-04-01/hostedzone",
        body,
        status,
        says,
        page: CREATE,
    }
}

/// Every row is tried without and with the vendor's client.
pub const REJECTIONS: &[Rejection] = &[
    post(
        "create_what_exists",
        batch!(change!(
            r#"CREATE"#,
            r#"www.{zone}"#,
            r#"A"#,
            r#"300"#,
            r#"192.0.2.9"#
        )),
        "but it already exists",
        CHANGE,
    ),
    post(
        "delete_what_is_not_there",
        batch!(change!(
            r#"DELETE"#,
            r#"none.{zone}"#,
            r#"A"#,
            r#"300"#,
            r#"192.0.2.9"#
        )),
        "but it was not found",
        CHANGE,
    ),
    post(
        "delete_other_values",
        batch!(change!(
            r#"DELETE"#,
            r#"www.{zone}"#,
            r#"A"#,
            r#"300"#,
            r#"192.0.2.10"#
        )),
        "but the values provided do not match the current values",
        CHANGE,
    ),
    post(
        "delete_another_ttl",
        batch!(change!(
            r#"DELETE"#,
            r#"www.{zone}"#,
            r#"A"#,
            r#"301"#,
            r#"192.0.2.10"#,
            r#"192.0.2.11"#
        )),
        "but the values provided do not match the current values",
        CHANGE,
    ),
    post(
        "delete_twice_in_a_batch",
        batch!(
            change!(
                r#"DELETE"#,
                r#"www.{zone}"#,
                r#"A"#,
                r#"300"#,
                r#"192.0.2.10"#,
                r#"192.0.2.11"#
            ),
            change!(
                r#"DELETE"#,
                r#"www.{zone}"#,
                r#"A"#,
                r#"300"#,
                r#"192.0.2.10"#,
                r#"192.0.2.11"#
            )
        ),
        "but it was not found",
        CHANGE,
    ),
    post(
        "half_of_a_batch",
        batch!(
            change!(
                r#"CREATE"#,
                r#"good.{zone}"#,
                r#"A"#,
                r#"300"#,
                r#"192.0.2.9"#
            ),
            change!(
                r#"CREATE"#,
                r#"www.{zone}"#,
                r#"A"#,
                r#"300"#,
                r#"192.0.2.9"#
            )
        ),
        "but it already exists",
        CHANGE,
    ),
    post(
        "delete_the_apex_ns_set",
        batch!(change!(
            r#"DELETE"#,
            r#"{zone}"#,
            r#"NS"#,
            r#"3600"#,
            r#"ns1.{zone}."#,
            r#"ns2.{zone}."#
        )),
        "A HostedZone must contain at least one NS record",
        APEX,
    ),
    post(
        "delete_the_soa",
        batch!(change!(
            r#"DELETE"#,
            r#"{zone}"#,
            r#"SOA"#,
            r#"3600"#,
            r#"ns1.{zone}. hostmaster.{zone}. 1 7200 3600 1209600 300"#
        )),
        "A HostedZone must contain exactly one SOA record",
        APEX,
    ),
    post(
        "cname_at_the_apex",
        batch!(change!(
            r#"CREATE"#,
            r#"{zone}"#,
            r#"CNAME"#,
            r#"300"#,
            r#"www.{zone}."#
        )),
        "is not permitted at apex in zone",
        TYPES,
    ),
    post(
        "cname_beside_data",
        batch!(change!(
            r#"CREATE"#,
            r#"www.{zone}"#,
            r#"CNAME"#,
            r#"300"#,
            r#"alias.{zone}."#
        )),
        "conflicts with other records with the same DNS name",
        TYPES,
    ),
    post(
        "data_beside_a_cname",
        batch!(change!(
            r#"CREATE"#,
            r#"alias.{zone}"#,
            r#"A"#,
            r#"300"#,
            r#"192.0.2.9"#
        )),
        "a conflicting RRSet of type CNAME with the same DNS name already exists",
        TYPES,
    ),
    post(
        "outside_of_the_zone",
        batch!(change!(
            r#"CREATE"#,
            r#"www.example.net"#,
            r#"A"#,
            r#"300"#,
            r#"192.0.2.9"#
        )),
        "is not permitted in zone",
        CHANGE,
    ),
    post(
        "wildcard_delegation",
        batch!(change!(
            r#"CREATE"#,
            r#"*.{zone}"#,
            r#"NS"#,
            r#"300"#,
            r#"ns.example.net."#
        )),
        "wildcard NS",
        SET,
    ),
    post(
        "unknown_type",
        batch!(change!(
            r#"CREATE"#,
            r#"loc.{zone}"#,
            r#"LOC"#,
            r#"300"#,
            r#"52 22 23.000 N 4 53 32.000 E -2.00m"#
        )),
        "Member must satisfy enum value set",
        SET,
    ),
    post(
        "unknown_action",
        batch!(change!(
            r#"REPLACE"#,
            r#"www.{zone}"#,
            r#"A"#,
            r#"300"#,
            r#"192.0.2.9"#
        )),
        "[CREATE, DELETE, UPSERT]",
        CHANGE,
    ),
    post(
        "ttl_above_the_maximum",
        batch!(change!(
            r#"CREATE"#,
            r#"high.{zone}"#,
            r#"A"#,
            r#"2147483648"#,
            r#"192.0.2.9"#
        )),
        "less than or equal to 2147483647",
        SET,
    ),
    post(
        "ttl_that_is_a_word",
        batch!(change!(
            r#"CREATE"#,
            r#"word.{zone}"#,
            r#"A"#,
            r#"1h"#,
            r#"192.0.2.9"#
        )),
        "2147483647",
        SET,
    ),
    post(
        "ttl_missing",
        batch!(
            "<Change><Action>CREATE</Action><ResourceRecordSet><Name>none.{zone}</Name><Type>A</Type><ResourceRecords><ResourceRecord><Value>192.0.2.9</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>"
        ),
        "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]",
        SET,
    ),
    post(
        "no_address",
        batch!(change!(
            r#"CREATE"#,
            r#"bad.{zone}"#,
            r#"A"#,
            r#"300"#,
            r#"192.0.2.256"#
        )),
        "Value is not a valid IPv4 address",
        TYPES,
    ),
    post(
        "no_ipv6_address",
        batch!(change!(
            r#"CREATE"#,
            r#"bad.{zone}"#,
            r#"AAAA"#,
            r#"300"#,
            r#"2001:db8::x"#
        )),
        "Value is not a valid IPv6 address",
        TYPES,
    ),
    post(
        "mx_without_preference",
        batch!(change!(
            r#"CREATE"#,
            r#"bad.{zone}"#,
            r#"MX"#,
            r#"300"#,
            r#"mail.example.net."#
        )),
        "MX",
        TYPES,
    ),
    post(
        "text_without_quotes",
        batch!(change!(
            r#"CREATE"#,
            r#"bad.{zone}"#,
            r#"TXT"#,
            r#"300"#,
            r#"no quotes"#
        )),
        "Value should be enclosed in quotation marks",
        TYPES,
    ),
    post(
        "string_too_long",
        batch!(change!(
            r#"CREATE"#,
            r#"bad.{zone}"#,
            r#"TXT"#,
            r#"300"#,
            r#""{64}{64}{64}{64}""#
        )),
        "CharacterStringTooLong (Value is too long)",
        TYPES,
    ),
    post(
        "decimal_escape",
        batch!(change!(
            r#"CREATE"#,
            r#"bad.{zone}"#,
            r#"TXT"#,
            r#"300"#,
            r#""\195\188""#
        )),
        "three-digit octal code",
        TYPES,
    ),
    post(
        "raw_octets_in_a_text",
        batch!(change!(
            r#"CREATE"#,
            r#"bad.{zone}"#,
            r#"TXT"#,
            r#"300"#,
            r#""ü""#
        )),
        "must be escaped",
        TYPES,
    ),
    post(
        "value_too_long",
        batch!(change!(
            r#"CREATE"#,
            r#"bad.{zone}"#,
            r#"CAA"#,
            r#"300"#,
            r#"0 issue "{4001}""#
        )),
        "less than or equal to 4000",
        RECORD,
    ),
    post(
        "one_value_twice",
        batch!(change!(
            r#"CREATE"#,
            r#"twice.{zone}"#,
            r#"A"#,
            r#"300"#,
            r#"192.0.2.9"#,
            r#"192.0.2.9"#
        )),
        "Duplicate Resource Record",
        CHANGE,
    ),
    post(
        "label_too_long",
        batch!(change!(
            r#"CREATE"#,
            r#"{64}.{zone}"#,
            r#"A"#,
            r#"300"#,
            r#"192.0.2.9"#
        )),
        "DomainNameNotSyntacticallyCorrect",
        NAMES,
    ),
    post(
        "two_cnames",
        batch!(change!(
            r#"CREATE"#,
            r#"two.{zone}"#,
            r#"CNAME"#,
            r#"300"#,
            r#"a.example.net."#,
            r#"b.example.net."#
        )),
        "exactly one resource record",
        RECORD,
    ),
    post(
        "empty_batch",
        batch!(""),
        "greater than or equal to 1",
        CHANGE,
    ),
    post("no_xml", "{\"Changes\": []}", "MalformedInput", CHANGE),
    get(
        "no_such_zone",
        "/2013-04-01/hostedzone/ZNOTHERE/rrset",
        404,
        "NoSuchHostedZone",
        LIST,
    ),
    get(
        "type_without_name",
        "/2013-04-01/hostedzone/Z{ID}/rrset?type=A",
        400,
        "InvalidInput",
        LIST,
    ),
    get(
        "page_of_no_size",
        "/2013-04-01/hostedzone/Z{ID}/rrset?maxitems=0",
        400,
        "maxitems",
        LIST,
    ),
    get(
        "no_such_change",
        "/2013-04-01/change/CNOTHERE",
        404,
        "NoSuchChange",
        GET_CHANGE,
    ),
    create(
        "zone_that_is_no_name",
        "<CreateHostedZoneRequest><Name>{64}.example</Name><CallerReference>a</CallerReference></CreateHostedZoneRequest>",
        400,
        "InvalidDomainName",
    ),
    create(
        "reference_used_before",
        "<CreateHostedZoneRequest><Name>other.example</Name><CallerReference>Z{ID}</CallerReference></CreateHostedZoneRequest>",
        409,
        "HostedZoneAlreadyExists",
    ),
    create(
        "no_such_delegation_set",
        "<CreateHostedZoneRequest><Name>other.example</Name><CallerReference>b</CallerReference><DelegationSetId>NNONE</DelegationSetId></CreateHostedZoneRequest>",
        400,
        "NoSuchDelegationSet",
    ),
    create(
        "no_reference",
        "<CreateHostedZoneRequest><Name>other.example</Name></CreateHostedZoneRequest>",
        400,
        "CallerReference",
    ),
];
