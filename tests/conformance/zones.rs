//! Zones as a whole.

use redundns::plan::{Change, DiffRules, import};
use redundns::provider::{ApexNs, ErrorKind, Snapshot, Soa};
use redundns::zone::{Name, RecordType, master_file};

use crate::Behaviour;
use crate::case::{Case, wait};

pub(crate) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        name: "creates_a_zone",
        is_claimed: |capabilities| capabilities.creates_zones,
        prepared: false,
        check: creates_a_zone,
    },
    Behaviour {
        name: "lists_its_zones",
        is_claimed: |capabilities| capabilities.lists_zones,
        prepared: true,
        check: lists_its_zones,
    },
    Behaviour {
        name: "has_no_such_zone",
        is_claimed: |_| true,
        prepared: false,
        check: has_no_such_zone,
    },
    Behaviour {
        name: "shows_the_whole_zone",
        is_claimed: |_| true,
        prepared: true,
        check: shows_the_whole_zone,
    },
    Behaviour {
        name: "needs_no_change_after_an_import",
        is_claimed: |_| true,
        prepared: true,
        check: needs_no_change_after_an_import,
    },
    Behaviour {
        name: "replaces_the_soa",
        is_claimed: |capabilities| capabilities.soa == Soa::Settable,
        prepared: true,
        check: replaces_the_soa,
    },
    Behaviour {
        name: "counts_the_serial_upwards",
        is_claimed: |_| true,
        prepared: true,
        check: counts_the_serial_upwards,
    },
];

fn creates_a_zone(case: &Case<'_>) {
    let desired = case.zone(&case.zone_text());
    let creates = case
        .bed
        .provider
        .creates_zones()
        .expect("the ability that the capabilities claim");
    wait(creates.create_zone(&desired)).unwrap_or_else(|error| panic!("{error}"));
    let base = case.fetch();
    let apex = |rtype| case.held(&base, "@", rtype);
    let shows_soa = case.bed.capabilities.soa == Soa::Settable;
    assert!(apex(RecordType::SOA).is_some() || !shows_soa);
    let shows_ns = case.bed.capabilities.apex_ns != ApexNs::Hidden;
    assert!(apex(RecordType::NS).is_some() || !shows_ns);
    let changes = case.plan(&base, &desired);
    assert!(!changes.is_empty());
    let after = case.apply(&changes);
    case.expect(&after, &desired);
    wait(creates.create_zone(&desired)).expect("creating a zone that exists is no error");
    case.expect(&case.fetch(), &desired);
}

fn lists_its_zones(case: &Case<'_>) {
    let lists = case
        .bed
        .provider
        .lists_zones()
        .expect("the ability that the capabilities claim");
    let zones = wait(lists.list_zones()).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(zones.iter().filter(|zone| **zone == case.origin).count(), 1);
}

fn has_no_such_zone(case: &Case<'_>) {
    let error = wait(case.bed.provider.fetch(&case.origin))
        .err()
        .expect("no zone");
    assert_eq!(error.kind, ErrorKind::NoSuchZone, "{error}");
    assert!(!error.message.contains('\n'), "{error}");
}

fn shows_the_whole_zone(case: &Case<'_>) {
    case.expect(&case.fetch(), &case.zone(&case.zone_text()));
}

fn needs_no_change_after_an_import(case: &Case<'_>) {
    let before = case.fetch();
    let mut more: Vec<Change> = [
        ("import", RecordType::MX, "10 www"),
        ("*.import", RecordType::TXT, "\"; no comment\" \"$TTL\""),
        ("_sip._tcp", RecordType::SRV, "1 2 5060 www"),
        ("@", RecordType::CAA, "0 issue \"ca.example\""),
        ("sub", RecordType::NS, "ns.elsewhere.example."),
    ]
    .into_iter()
    .filter(|(_, rtype, content)| case.takes(*rtype, content))
    .map(|(owner, rtype, content)| case.create(owner, rtype, 3600, &[content]))
    .collect();
    more.retain(|change| {
        before
            .zone
            .get(change.key().owner.borrow(), change.key().rtype)
            .is_none()
    });
    let held = case.apply(&more);
    let servers = wait(case.bed.provider.nameservers(&case.origin)).expect("nameservers");
    let servers: Vec<Name> = servers.into_iter().map(|server| server.name).collect();
    let rules = DiffRules::of(&case.bed.capabilities, Vec::new());
    let imported = import(&held, &rules, &servers).zone;
    let text = master_file(&imported, &["a heading".to_owned()]);
    let read = case.zone(&text);
    assert_eq!(read, imported, "{text}");
    for rtype in [RecordType::SOA, RecordType::NS] {
        assert!(read.get(case.origin.borrow(), rtype).is_some(), "{text}");
    }
    assert!(read.len() >= before.zone.len() + more.len(), "{text}");
    let left = case.difference(&case.fetch().zone, &read);
    assert!(left.changes.is_empty(), "{:#?}\n{text}", left.changes);
}

fn soa(case: &Case<'_>, ttl: u32, serial: u32) -> redundns::zone::RecordSet {
    let content = format!("ns2 other.mailbox {serial} 3601 1801 604801 61");
    case.set(RecordType::SOA, ttl, &[&content])
}

/// The serial, asked by DNS where the API does not show it.
fn serial(case: &Case<'_>) -> u32 {
    let shown = case.fetch();
    let served = || case.served().map(Snapshot::of);
    let soa = case
        .held(&shown, "@", RecordType::SOA)
        .or_else(|| case.held(&served()?, "@", RecordType::SOA))
        .expect("a SOA");
    let at = soa.rdata[0].len() - 20;
    u32::from_be_bytes(soa.rdata[0][at..at + 4].try_into().expect("four octets"))
}

fn replaces_the_soa(case: &Case<'_>) {
    let base = case.fetch();
    let after = soa(case, 1800, serial(case).wrapping_add(1));
    let after = case.apply(&[case.replace(&base, "@", RecordType::SOA, after)]);
    assert_eq!(
        case.held(&after, "@", RecordType::SOA).map(|soa| soa.ttl),
        Some(1800)
    );
}

/// RFC 1982, section 3.2.
fn is_newer(serial: u32, than: u32) -> bool {
    let ahead = serial.wrapping_sub(than);
    ahead != 0 && ahead < 1 << 31
}

fn counts_the_serial_upwards(case: &Case<'_>) {
    let first = serial(case);
    case.apply(&[case.create("one", RecordType::A, 300, &["192.0.2.1"])]);
    let second = serial(case);
    if case.bed.counts_serials {
        assert!(is_newer(second, first), "from {first} to {second}");
    } else {
        assert_eq!(second, first);
    }
    if case.bed.capabilities.soa == Soa::Settable {
        let base = case.fetch();
        let changes: Vec<Change> = vec![
            case.replace(
                &base,
                "@",
                RecordType::SOA,
                soa(case, 900, second.wrapping_add(1)),
            ),
            case.create("two", RecordType::A, 300, &["192.0.2.2"]),
        ];
        case.apply(&changes);
        let third = serial(case);
        assert!(is_newer(third, second), "from {second} to {third}");
    }
    let zone: &Name = &case.origin;
    assert_eq!(case.fetch().zone.origin(), zone);
}
