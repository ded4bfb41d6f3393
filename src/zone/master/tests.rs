use super::*;
use crate::zone::{Name, NoIncludes, Source, parse};

fn zone(text: &str) -> Zone {
    let source = Source {
        name: "test",
        text: text.as_bytes(),
    };
    let parsed = parse(
        &source,
        Name::absolute("example.com").expect("a name"),
        &NoIncludes,
    );
    assert!(!parsed.has_errors(), "{:?}", parsed.findings);
    parsed.zone
}

const GIVEN: &str = "\
$TTL 300
@ 3600 SOA ns1.provider.example. hostmaster 2024010101 4h 1h 2w 300
@ 3600 NS ns2.provider.example.
@ 3600 NS ns1.provider.example.
@ A 192.0.2.10
@ CAA 0 issue \"ca.example\"
@ MX 10 mail
@ TXT \"v=spf1 mx -all\"
h10 A 192.0.2.110
h2 A 192.0.2.102
h02 A 192.0.2.103
www CNAME @
mail 60 A 192.0.2.25
mail AAAA 2001:db8::25
_dmarc TXT \"v=DMARC1; p=none\"
_sip._tcp SRV 1 2 5060 mail
_443._tcp.www TLSA 3 1 1 00
sub NS ns.sub
sub DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000
ns.sub A 192.0.2.99
* A 192.0.2.80
odd TYPE65280 \\# 4 c0000201
";

#[test]
fn what_a_person_would_write() {
    let zone = zone(GIVEN);
    let heading = ["from `a`,\n not here".to_owned(), String::new()];
    let text = master_file(&zone, &heading);
    let expected = "\
; from `a`,  not here
;
$ORIGIN example.com.
$TTL 300

@              3600  SOA      ns1.provider.example. hostmaster (
                                2024010101  ; serial, kept by each provider for itself
                                14400       ; refresh, 4h
                                3600        ; retry, 1h
                                1209600     ; expire, 2w
                                300         ; negative TTL, 5m
                              )
@              3600  NS       ns1.provider.example.
@              3600  NS       ns2.provider.example.

; Mail
@                    MX       10 mail
@                    TXT      \"v=spf1 mx -all\"
_dmarc               TXT      \"v=DMARC1; p=none\"

; The domain itself
@                    A        192.0.2.10
@                    CAA      0 issue \"ca.example\"

; Services
_sip._tcp            SRV      1 2 5060 mail

; Names
*                    A        192.0.2.80
h02                  A        192.0.2.103
h2                   A        192.0.2.102
h10                  A        192.0.2.110
mail           60    A        192.0.2.25
mail                 AAAA     2001:db8::25
odd                  TYPE65280  \\# 4 c0000201
www                  CNAME    @
_443._tcp.www        TLSA     3 1 1 00

; Delegations
sub                  NS       ns.sub
sub                  DS       1 13 2 0000000000000000000000000000000000000000000000000000000000000000
ns.sub               A        192.0.2.99
";
    assert_eq!(text, expected, "{text}");
    assert_eq!(self::zone(&text), zone);
}

#[test]
fn a_long_text_is_broken_between_its_strings() {
    let long = "x".repeat(200);
    let given = format!(
        "$TTL 300\n@ SOA a. b. 1 2 3 604801 5\n@ NS a.\nk._domainkey TXT \"{long}\" \" \" \"{long}\"\n"
    );
    let zone = zone(&given);
    let text = master_file(&zone, &[]);
    let indent = " ".repeat("k._domainkey  TXT  ".len());
    let broken = format!("TXT  ( \"{long}\"\n{indent}  \" \"\n{indent}  \"{long}\" )\n");
    assert!(text.contains(&broken), "{text}");
    assert_eq!(self::zone(&text), zone);
}

#[test]
fn a_zone_without_records_is_a_heading() {
    let zone = Zone::empty(Name::root());
    assert_eq!(master_file(&zone, &[]), "$ORIGIN .\n$TTL 3600\n");
}
