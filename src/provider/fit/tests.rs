use std::time::Duration;

use super::*;
use crate::provider::{Granularity, Soa};
use crate::zone::{Position, ZoneBuilder, rdata};

fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: Some(
            [RecordType::A, RecordType::TXT, RecordType::NS]
                .to_vec()
                .into(),
        ),
        ttl: 60..=86400,
        ttl_steps: (&[]).into(),
        txt_octets: Some(255),
        txt_set_octets: Some(300),
        records_per_set: Some(2),
        apex_ns: ApexNs::Full,
        apex_ns_ttl: None,
        soa: Soa::Fixed,
        granularity: Granularity::RecordSet,
        batch: 1,
        atomic: true,
        detects_conflict: false,
        lists_zones: false,
        creates_zones: false,
        follows: false,
        limits: &[],
        settle: Duration::ZERO,
        quirks: &[],
    }
}

fn zone(lines: &[&str]) -> Zone {
    let origin = Name::absolute("example.com").expect("a name");
    let mut builder = ZoneBuilder::new(origin.clone());
    builder.add_file("zones/example.com.zone".to_owned());
    for (line, text) in (1..).zip(lines) {
        let words: Vec<&str> = text.splitn(4, ' ').collect();
        let owner = Name::parse(words[0].as_bytes(), Some(origin.borrow())).expect("an owner");
        let rtype = words[2].parse().expect("a type");
        let data = rdata::from_text(rtype, words[3], Some(origin.borrow())).expect("data");
        let at = Position {
            file: 0,
            line,
            column: 1,
        };
        builder.push(
            owner.borrow(),
            rtype,
            words[1].parse().expect("a TTL"),
            &data,
            at,
        );
    }
    builder.finish()
}

fn alone(
    zone: &Zone,
    capabilities: &Capabilities,
    nameservers: &[Name],
    own_apex_ns: bool,
) -> Vec<Misfit> {
    let member = Member {
        id: "p",
        capabilities,
        nameservers,
        own_apex_ns,
    };
    fit(zone, &[member])
}

#[test]
fn every_limit_names_who_and_what() {
    let narrow = capabilities();
    let steps = Capabilities {
        rtypes: None,
        ttl: 1..=u32::MAX,
        ttl_steps: (&[1, 120, 300]).into(),
        txt_octets: None,
        txt_set_octets: None,
        records_per_set: None,
        ..capabilities()
    };
    let members = [("narrow", &narrow), ("steps", &steps)].map(|(id, capabilities)| Member {
        id,
        capabilities,
        nameservers: &[],
        own_apex_ns: false,
    });
    let long = format!("t 300 TXT \"{}\" \"a\"", "x".repeat(255));
    let [one, two] = ["x", "y"].map(|x| format!("two 300 TXT {}", x.repeat(151)));
    let zone = zone(&[
        "ok 120 A 192.0.2.1",
        "loc 300 LOC 52 22 23.000 N 4 53 32.000 E -2.00m",
        "low 5 A 192.0.2.1",
        "high 86401 A 192.0.2.1",
        "three 300 A 192.0.2.1",
        "three 300 A 192.0.2.2",
        "three 300 A 192.0.2.3",
        &long,
        &one,
        &two,
    ]);
    let found: Vec<String> = fit(&zone, &members)
        .iter()
        .map(|misfit| {
            let finding = misfit.to_finding(&zone);
            let hint = finding
                .hint
                .map(|hint| format!(" ({hint})"))
                .unwrap_or_default();
            format!(
                "{}: {} {}{hint}",
                finding.line, finding.code, finding.message
            )
        })
        .collect();
    let nearest = |ttl: u32| format!("({ttl} is the nearest TTL that every provider holds)");
    assert_eq!(
        found,
        [
            format!("4: FIT02 `high A` does not fit `narrow`: TTL 86401 is above its maximum of 86400 {}", nearest(300)),
            format!("4: FIT03 `high A` does not fit `steps`: TTL 86401 is none of those it knows {}", nearest(300)),
            "2: FIT01 `loc LOC` does not fit `narrow`: it does not hold LOC records".to_owned(),
            format!("3: FIT02 `low A` does not fit `narrow`: TTL 5 is below its minimum of 60 {}", nearest(120)),
            format!("3: FIT03 `low A` does not fit `steps`: TTL 5 is none of those it knows {}", nearest(120)),
            "8: FIT04 `t TXT` does not fit `narrow`: a TXT record of 256 octets is longer than its limit of 255".to_owned(),
            "5: FIT05 `three A` does not fit `narrow`: 3 records are more than its limit of 2 in a set".to_owned(),
            "9: FIT04 `two TXT` does not fit `narrow`: its TXT records hold 302 octets together, more than its limit of 300".to_owned(),
        ]
    );
}

#[test]
fn an_apex_ns_set_has_to_suit_those_who_insist_on_their_own() {
    let own =
        ["ns1.own.example", "ns2.own.example"].map(|name| Name::absolute(name).expect("a name"));
    let zone = zone(&[
        "@ 300 NS ns1.own.example.",
        "@ 300 NS ns2.own.example.",
        "@ 300 NS ns.else.example.",
    ]);
    for (apex_ns, servers, misfits) in [
        (ApexNs::Full, &own[..1], 0),
        (ApexNs::AddOnly, &own[..], 0),
        (ApexNs::Fixed, &own[..], 1),
        (ApexNs::Hidden, &own[..], 1),
        (ApexNs::Fixed, &[][..], 0),
    ] {
        let capabilities = Capabilities {
            apex_ns,
            records_per_set: None,
            ..capabilities()
        };
        let found = alone(&zone, &capabilities, servers, false);
        assert_eq!(found.len(), misfits, "{apex_ns:?} {found:?}");
    }
    let missing = [Name::absolute("ns9.own.example").expect("a name")];
    let capabilities = Capabilities {
        apex_ns: ApexNs::AddOnly,
        ..capabilities()
    };
    let found = alone(&zone, &capabilities, &missing, false);
    assert_eq!(
        found[0].why,
        "it always lists its own nameserver `ns9.own.example.`, and the file does not"
    );
}

#[test]
fn an_apex_ns_set_has_the_ttl_that_the_provider_gives_it() {
    let zone = zone(&["@ 300 NS ns.own.example.", "child 600 NS ns.own.example."]);
    for (only, own_apex_ns, misfits) in [(300, false, 0), (3600, false, 1), (3600, true, 0)] {
        let capabilities = Capabilities {
            apex_ns_ttl: Some(only),
            ..capabilities()
        };
        let found = alone(&zone, &capabilities, &[], own_apex_ns);
        assert_eq!(found.len(), misfits, "{found:?}");
    }
}
