//! Record sets that come, change and go.

use redundns::plan::Change;
use redundns::provider::{ApexNs, Capabilities};
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
    always("creates_a_set", creates_a_set),
    always("replaces_a_set", replaces_a_set),
    always("deletes_a_set", deletes_a_set),
    always("changes_a_ttl_alone", changes_a_ttl_alone),
    always(
        "does_nothing_when_asked_for_nothing",
        does_nothing_when_asked_for_nothing,
    ),
    always(
        "swaps_cname_and_address_in_one_apply",
        swaps_cname_and_address_in_one_apply,
    ),
    always("delegates_and_secures", delegates_and_secures),
    always("makes_1500_changes", makes_1500_changes),
    Behaviour {
        name: "replaces_the_apex_ns_set",
        is_claimed: sets_apex_ns,
        prepared: true,
        check: replaces_the_apex_ns_set,
    },
    Behaviour {
        name: "holds_a_set_of_many_values",
        is_claimed: |capabilities| capabilities.records_per_set.is_none_or(|limit| limit >= 50),
        prepared: true,
        check: holds_a_set_of_many_values,
    },
];

fn sets_apex_ns(capabilities: &Capabilities) -> bool {
    capabilities.apex_ns >= ApexNs::AddOnly
}

fn creates_a_set(case: &Case<'_>) {
    case.apply(&[
        case.create("new", RecordType::A, 600, &["192.0.2.20"]),
        case.create("deep.er.new", RecordType::AAAA, 600, &["2001:db8::1"]),
    ]);
}

fn replaces_a_set(case: &Case<'_>) {
    let base = case.fetch();
    let after = case.set(RecordType::A, 300, &["192.0.2.11", "192.0.2.12"]);
    case.apply(&[case.replace(&base, "www", RecordType::A, after)]);
}

fn deletes_a_set(case: &Case<'_>) {
    let base = case.fetch();
    let after = case.apply(&[case.delete(&base, "www", RecordType::A)]);
    assert!(case.held(&after, "www", RecordType::A).is_none());
}

fn changes_a_ttl_alone(case: &Case<'_>) {
    let base = case.fetch();
    let mut after = case.held(&base, "www", RecordType::A).expect("the set");
    after.ttl = 7200;
    case.apply(&[case.replace(&base, "www", RecordType::A, after)]);
}

fn does_nothing_when_asked_for_nothing(case: &Case<'_>) {
    let base = case.fetch();
    case.try_apply(&[], &base)
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(case.fetch().zone, base.zone);
}

fn swaps_cname_and_address_in_one_apply(case: &Case<'_>) {
    let base = case.fetch();
    let there = [
        case.delete(&base, "alias", RecordType::CNAME),
        case.create("alias", RecordType::A, 300, &["192.0.2.30"]),
        case.create("alias", RecordType::TXT, 300, &["\"beside\""]),
    ];
    let base = case.apply(&there);
    let back = [
        case.delete(&base, "alias", RecordType::A),
        case.delete(&base, "alias", RecordType::TXT),
        case.create("alias", RecordType::CNAME, 300, &["www"]),
    ];
    case.apply(&back);
}

fn delegates_and_secures(case: &Case<'_>) {
    let digest = "ab".repeat(32);
    let mut changes = vec![
        case.create(
            "sub",
            RecordType::NS,
            3600,
            &["ns.sub", "ns.elsewhere.example."],
        ),
        case.create("ns.sub", RecordType::A, 3600, &["192.0.2.99"]),
    ];
    if case.holds(RecordType::DS) {
        let ds = format!("4711 13 2 {digest}");
        changes.push(case.create("sub", RecordType::DS, 3600, &[&ds]));
    }
    case.apply(&changes);
}

fn makes_1500_changes(case: &Case<'_>) {
    let creations: Vec<Change> = (0..1500)
        .map(|index| {
            let address = format!("10.0.{}.{}", index / 250, index % 250);
            case.create(&format!("n{index}"), RecordType::A, 300, &[&address])
        })
        .collect();
    let base = case.apply(&creations);
    let deletions: Vec<Change> = (0..1500)
        .map(|index| case.delete(&base, &format!("n{index}"), RecordType::A))
        .collect();
    case.apply(&deletions);
}

fn replaces_the_apex_ns_set(case: &Case<'_>) {
    let base = case.fetch();
    let servers = ["ns1", "ns2", "ns.other.example.", "ns.third.example."];
    let own = match case.bed.capabilities.apex_ns {
        ApexNs::Full => &[][..],
        _ => &case.bed.own,
    };
    let own = own.iter().map(String::as_str);
    let servers: Vec<&str> = servers.into_iter().chain(own).collect();
    let more = case.set(RecordType::NS, 3600, &servers);
    let base = {
        let change = case.replace(&base, "@", RecordType::NS, more);
        case.apply(&[change])
    };
    if case.bed.capabilities.apex_ns == ApexNs::Full {
        let other = case.set(
            RecordType::NS,
            3600,
            &["ns.other.example.", "ns.third.example."],
        );
        case.apply(&[case.replace(&base, "@", RecordType::NS, other)]);
    }
}

fn holds_a_set_of_many_values(case: &Case<'_>) {
    let addresses: Vec<String> = (1..=50).map(|last| format!("198.51.100.{last}")).collect();
    let addresses: Vec<&str> = addresses.iter().map(String::as_str).collect();
    let base = case.apply(&[case.create("many", RecordType::A, 300, &addresses)]);
    let fewer = case.set(RecordType::A, 300, &addresses[10..40]);
    case.apply(&[case.replace(&base, "many", RecordType::A, fewer)]);
}
