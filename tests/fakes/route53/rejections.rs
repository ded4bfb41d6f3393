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

/// The table: batches of changes (action, owner, type, TTL, values), what is said of them, and the page; behind them
/// requests of other kinds.
macro_rules! rows {
    ($($name:ident: $([$action:ident $owner:literal $rtype:ident $ttl:literal $($value:literal)+])+
        => $says:literal, $page:ident;)+ + others: $($other:expr),+ $(,)?) => {
        &[
            $(post(
                stringify!($name),
                concat!(
                    "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\">",
                    "<ChangeBatch><Changes>",
                    $("<Change><Action>", stringify!($action), "</Action><ResourceRecordSet><Name>", $owner,
                    "</Name><Type>", stringify!($rtype), "</Type><TTL>", $ttl, "</TTL><ResourceRecords>",
                    $("<ResourceRecord><Value>", $value, "</Value></ResourceRecord>",)+
                    "</ResourceRecords></ResourceRecordSet></Change>",)+
                    "</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"
                ),
                $says,
                $page,
            ),)+
            $($other),+
        ]
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
pub const REJECTIONS: &[Rejection] = rows! {
    create_what_exists:
        [CREATE "www.{zone}" A "300" "192.0.2.9"]
        => "but it already exists", CHANGE;
    delete_what_is_not_there:
        [DELETE "none.{zone}" A "300" "192.0.2.9"]
        => "but it was not found", CHANGE;
    delete_other_values:
        [DELETE "www.{zone}" A "300" "192.0.2.10"]
        => "but the values provided do not match the current values", CHANGE;
    delete_another_ttl:
        [DELETE "www.{zone}" A "301" "192.0.2.10" "192.0.2.11"]
        => "but the values provided do not match the current values", CHANGE;
    delete_twice_in_a_batch:
        [DELETE "www.{zone}" A "300" "192.0.2.10" "192.0.2.11"]
        [DELETE "www.{zone}" A "300" "192.0.2.10" "192.0.2.11"]
        => "but it was not found", CHANGE;
    half_of_a_batch:
        [CREATE "good.{zone}" A "300" "192.0.2.9"]
        [CREATE "www.{zone}" A "300" "192.0.2.9"]
        => "but it already exists", CHANGE;
    delete_the_apex_ns_set:
        [DELETE "{zone}" NS "3600" "ns1.{zone}." "ns2.{zone}."]
        => "A HostedZone must contain at least one NS record", APEX;
    delete_the_soa:
        [DELETE "{zone}" SOA "3600" "ns1.{zone}. hostmaster.{zone}. 1 7200 3600 1209600 300"]
        => "A HostedZone must contain exactly one SOA record", APEX;
    cname_at_the_apex:
        [CREATE "{zone}" CNAME "300" "www.{zone}."]
        => "is not permitted at apex in zone", TYPES;
    cname_beside_data:
        [CREATE "www.{zone}" CNAME "300" "alias.{zone}."]
        => "conflicts with other records with the same DNS name", TYPES;
    data_beside_a_cname:
        [CREATE "alias.{zone}" A "300" "192.0.2.9"]
        => "a conflicting RRSet of type CNAME with the same DNS name already exists", TYPES;
    outside_of_the_zone:
        [CREATE "www.example.net" A "300" "192.0.2.9"]
        => "is not permitted in zone", CHANGE;
    wildcard_delegation:
        [CREATE "*.{zone}" NS "300" "ns.example.net."]
        => "wildcard NS", SET;
    unknown_type:
        [CREATE "loc.{zone}" LOC "300" "52 22 23.000 N 4 53 32.000 E -2.00m"]
        => "Member must satisfy enum value set", SET;
    unknown_action:
        [REPLACE "www.{zone}" A "300" "192.0.2.9"]
        => "[CREATE, DELETE, UPSERT]", CHANGE;
    ttl_above_the_maximum:
        [CREATE "high.{zone}" A "2147483648" "192.0.2.9"]
        => "less than or equal to 2147483647", SET;
    ttl_that_is_a_word:
        [CREATE "word.{zone}" A "1h" "192.0.2.9"]
        => "2147483647", SET;
    no_address:
        [CREATE "bad.{zone}" A "300" "192.0.2.256"]
        => "Value is not a valid IPv4 address", TYPES;
    no_ipv6_address:
        [CREATE "bad.{zone}" AAAA "300" "2001:db8::x"]
        => "Value is not a valid IPv6 address", TYPES;
    mx_without_preference:
        [CREATE "bad.{zone}" MX "300" "mail.example.net."]
        => "MX", TYPES;
    text_without_quotes:
        [CREATE "bad.{zone}" TXT "300" "no quotes"]
        => "Value should be enclosed in quotation marks", TYPES;
    string_too_long:
        [CREATE "bad.{zone}" TXT "300" r#""{64}{64}{64}{64}""#]
        => "CharacterStringTooLong (Value is too long)", TYPES;
    decimal_escape:
        [CREATE "bad.{zone}" TXT "300" r#""\195\188""#]
        => "three-digit octal code", TYPES;
    raw_octets_in_a_text:
        [CREATE "bad.{zone}" TXT "300" r#""ü""#]
        => "must be escaped", TYPES;
    value_too_long:
        [CREATE "bad.{zone}" CAA "300" r#"0 issue "{4001}""#]
        => "less than or equal to 4000", RECORD;
    one_value_twice:
        [CREATE "twice.{zone}" A "300" "192.0.2.9" "192.0.2.9"]
        => "Duplicate Resource Record", CHANGE;
    label_too_long:
        [CREATE "{64}.{zone}" A "300" "192.0.2.9"]
        => "DomainNameNotSyntacticallyCorrect", NAMES;
    two_cnames:
        [CREATE "two.{zone}" CNAME "300" "a.example.net." "b.example.net."]
        => "exactly one resource record", RECORD;
    + others:
    post(
        "ttl_missing",
        "<ChangeResourceRecordSetsRequest><ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet><Name>none.{zone}</Name><Type>A</Type><ResourceRecords><ResourceRecord><Value>192.0.2.9</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>",
        "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]",
        SET,
    ),
    post(
        "empty_batch",
        "<ChangeResourceRecordSetsRequest><ChangeBatch><Changes></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>",
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
};
