//! Values that are easy to spoil on the way.

use redundns::plan::Change;
use redundns::zone::RecordType;

use crate::Behaviour;
use crate::case::Case;

const fn always(name: &'static str, check: fn(&Case<'_>)) -> Behaviour {
    Behaviour {
        name,
        is_claimed: |_| true,
        prepared: true,
        check,
    }
}

pub(crate) const BEHAVIOURS: &[Behaviour] = &[
    always("keeps_texts_as_they_are", keeps_texts_as_they_are),
    always("keeps_deep_and_long_names", keeps_deep_and_long_names),
    always(
        "keeps_wildcards_and_underscores",
        keeps_wildcards_and_underscores,
    ),
    always("keeps_data_of_every_type", keeps_data_of_every_type),
];

fn keeps_texts_as_they_are(case: &Case<'_>) {
    let (long, longest) = (
        "x".repeat(255),
        format!("\"{}\" ", "y".repeat(255)).repeat(16),
    );
    let texts = [
        r#""say \"hello\"""#.to_owned(),
        r#""back\\slash""#.to_owned(),
        r#""ends in a backslash\\""#.to_owned(),
        r#""v=DMARC1; p=none; rua=mailto:a@b.example""#.to_owned(),
        r#""semi\;colon""#.to_owned(),
        r#""\195\188ber""#.to_owned(),
        r#""\000\001\031\127\255""#.to_owned(),
        r#""""#.to_owned(),
        r#""" """#.to_owned(),
        r#""  two  spaces  ""#.to_owned(),
        r#""tab\009inside""#.to_owned(),
        r#""(not a group) @ $ORIGIN ; no comment""#.to_owned(),
        r#""cut" "in" "three""#.to_owned(),
        format!("\"{long}\""),
        format!("\"{long}\" \"and more\""),
        longest.trim_end().to_owned(),
    ];
    let lengths = [254, 255, 256, 509, 510, 511, 2000].map(text_of);
    let texts: Vec<String> = texts
        .into_iter()
        .chain(lengths)
        .filter(|text| case.takes(RecordType::TXT, text))
        .collect();
    assert!(texts.len() > 5, "hardly any text is taken");
    let changes: Vec<Change> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| case.create(&format!("t{index}"), RecordType::TXT, 300, &[text]))
        .collect();
    case.apply(&changes);
    let capabilities = &case.bed.capabilities;
    let mut left = capabilities.txt_set_octets.unwrap_or(usize::MAX);
    let fits = |text: &&String| {
        let is_it = text.len() <= left;
        left -= if is_it { text.len() } else { 0 };
        is_it
    };
    let several = texts.iter().filter(fits).map(String::as_str);
    let several = several.take(capabilities.records_per_set.unwrap_or(usize::MAX));
    let several: Vec<&str> = several.collect();
    case.apply(&[case.create("all", RecordType::TXT, 300, &several)]);
}

/// A text of so many octets, cut as few times as can be.
fn text_of(octets: usize) -> String {
    let octets = vec![b'z'; octets];
    let strings = octets
        .chunks(255)
        .map(|part| format!("\"{}\"", String::from_utf8_lossy(part)));
    strings.collect::<Vec<_>>().join(" ")
}

fn keeps_deep_and_long_names(case: &Case<'_>) {
    let (long, deep) = ("l".repeat(63), "d.".repeat(20));
    case.apply(&[
        case.create(&long, RecordType::A, 300, &["192.0.2.1"]),
        case.create(&format!("{deep}e"), RecordType::A, 300, &["192.0.2.2"]),
        case.create("MiXed", RecordType::A, 300, &["192.0.2.3"]),
        case.create(
            "points",
            RecordType::CNAME,
            300,
            &[&format!("{long}.Example.NET.")],
        ),
    ]);
}

fn keeps_wildcards_and_underscores(case: &Case<'_>) {
    case.apply(&[
        case.create("*", RecordType::A, 300, &["192.0.2.1"]),
        case.create("*.below", RecordType::MX, 300, &["10 mail"]),
        case.create("_sip._tcp", RecordType::SRV, 300, &["10 60 5060 sip"]),
        case.create("_dmarc", RecordType::TXT, 300, &["\"v=DMARC1; p=none\""]),
        case.create("under_score", RecordType::A, 300, &["192.0.2.2"]),
        case.create("0", RecordType::A, 300, &["192.0.2.3"]),
        case.create("-dash-", RecordType::A, 300, &["192.0.2.4"]),
        case.create("xn--bcher-kva", RecordType::A, 300, &["192.0.2.5"]),
    ]);
}

/// One line a record: type and data. `HASH` is 32 octets in hexadecimal.
const DATA: &str = r#"
A 192.0.2.1
AAAA 2001:db8::1
AAAA ::ffff:192.0.2.1
AAAA ::192.0.2.1
AAAA 2001:db8:0:0:1:0:0:1
AAAA ::
MB mailbox
MG mailbox
MR mailbox
PTR host.example.net.
HINFO "a machine" "Linux"
MINFO owner errors
MX 10 mail.example.net.
MX 0 .
RP mailbox.example.net. text
AFSDB 1 afs
X25 "311061700956"
ISDN "150862028003217" "004"
RT 2 relay
NSAP 0x47000580005A0000000001E133FFFFFF00016100
KEY 256 3 8 AQIDBA==
PX 10 a b
GPOS "-32.6882" "116.8652" "10.0"
LOC 52 22 23.000 N 4 53 32.000 E -2.00m 0.00m 10000.00m 10.00m
LOC 42 21 54.500 S 71 6 18.250 W -24m 30m
EID \# 2 abcd
NIMLOC \# 2 abcd
SRV 0 5 5060 sip.example.net.
SRV 0 0 0 .
NAPTR 100 10 "u" "E2U+sip" "!^.*$!sip:a\\b@example.com!" .
NAPTR 100 10 "" "" "" next
KX 10 exchange
CERT 1 2 3 AQIDBA==
CERT PKIX 0 RSASHA256 AQIDBA==
DNAME elsewhere.example.net.
APL 1:192.0.2.0/24 !2:2001:db8::/32
APL 1:0.0.0.0/0 2:::/0
SSHFP 1 2 HASH
IPSECKEY 10 0 2 . AQIDBA==
IPSECKEY 10 1 2 192.0.2.1 AQIDBA==
IPSECKEY 10 2 2 2001:db8::1 AQIDBA==
IPSECKEY 10 3 2 gateway AQIDBA==
DHCID AAIBY2/AuCccgoJbsaxcQc9TUapptP69lOjxfNuVAA2kjEA=
TLSA 3 1 1 HASH
SMIMEA 3 0 0 HASHHASHHASH
HIP 2 200100107B1A74DF365639CC39F1D578 AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+Upr1gsNrut79ryra+bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D rvs
NINFO "status" "fine"
TALINK before after
OPENPGPKEY AQIDBA==
SVCB 0 pool
SVCB 1 host alpn="h2,h3" port=8443 ipv4hint=192.0.2.1,192.0.2.2 ipv6hint=2001:db8::1
SVCB 1 host alpn="f\\\\oo\\,bar,h2"
HTTPS 1 . alpn=h2 no-default-alpn
HTTPS 1 . mandatory=alpn,port alpn=h3 port=443 ech=AQIDBA==
HTTPS 2 . alpn=h2 dohpath=/dns-query{?dns}
HTTPS 3 . key65333="a\"b\\c\195 d" key65334=""
SPF "v=spf1 -all"
NID 10 0014:4fff:ff20:ee64
L32 10 10.1.2.0
L64 10 2001:0db8:1140:1000
LP 10 locator
EUI48 00-00-5e-00-53-2a
EUI64 00-00-5e-ef-10-00-00-2a
URI 10 1 "ftp://example.com/\"quoted\""
CAA 0 issue "ca.example.net; account=230123"
CAA 0 issue ";"
CAA 128 tbs "un\\known \"thing\""
AVC "app-name:WOLFGANG|app-class:OAM"
AMTRELAY 10 0 1 192.0.2.1
RESINFO "qnamemin" "exterr=15,16,17"
WALLET "ETH" "0x1111111111111111111111111111111111111111"
TA 4711 13 2 HASH
DLV 4711 13 2 HASH
TYPE65280 \# 4 0a000001
TYPE65281 \# 0
TYPE731 \# 6 abcdef012345
"#;

fn keeps_data_of_every_type(case: &Case<'_>) {
    let hash = "ab".repeat(32);
    let mut lost = Vec::new();
    let lines = DATA.lines().filter(|line| !line.is_empty());
    for (index, line) in lines.enumerate() {
        let (rtype, content) = line.split_once(' ').expect("type and data");
        let rtype: RecordType = rtype.parse().expect("a type");
        let content = content.replace("HASH", &hash);
        if !case.takes(rtype, &content) {
            continue;
        }
        let owner = format!("d{index}");
        let change = case.create(&owner, rtype, 300, &[&content]);
        let base = case.fetch();
        if let Err(error) = case.try_apply(std::slice::from_ref(&change), &base) {
            lost.push(format!("{line}: {error}"));
            continue;
        }
        if case.held(&case.fetch(), &owner, rtype).as_ref() != change.after() {
            lost.push(format!("{line}: held otherwise"));
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
    // Once more all together, which also compares what is served.
    case.apply(&[case.create("done", RecordType::A, 300, &["192.0.2.1"])]);
}
