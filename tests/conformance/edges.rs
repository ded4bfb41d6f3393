//! The smallest, the largest, and what somebody else does meanwhile.

use redundns::plan::Change;
use redundns::provider::ErrorKind;
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
    always("holds_an_empty_zone", holds_an_empty_zone),
    always(
        "keeps_the_least_and_the_largest_ttl",
        keeps_the_least_and_the_largest_ttl,
    ),
    always(
        "goes_from_one_value_to_many_and_back",
        goes_from_one_value_to_many_and_back,
    ),
    always("reads_every_page", reads_every_page),
    always(
        "leaves_alone_what_came_meanwhile",
        leaves_alone_what_came_meanwhile,
    ),
];

fn holds_an_empty_zone(case: &Case<'_>) {
    let text = case.zone_text();
    let apex: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with(['$', '@']))
        .collect();
    let empty =
        case.zone(&(apex.join("\n") + "\nns1 3600 IN A 192.0.2.1\nns2 3600 IN A 192.0.2.2\n"));
    let base = case.fetch();
    let bare = case.apply(&case.plan(&base, &empty));
    let again = case.apply(&case.plan(&bare, &case.zone(&text)));
    case.expect(&again, &case.zone(&text));
}

fn keeps_the_least_and_the_largest_ttl(case: &Case<'_>) {
    let held = &case.bed.capabilities;
    let (least, largest) = (*held.ttl.start(), *held.ttl.end());
    let ttls = match &*held.ttl_steps {
        [] => vec![least, least + 1, largest - 1, largest],
        steps => steps.to_vec(),
    };
    let changes: Vec<Change> = ttls
        .iter()
        .map(|&ttl| case.create(&format!("ttl{ttl}"), RecordType::A, ttl, &["192.0.2.1"]))
        .collect();
    let after = case.apply(&changes);
    for ttl in ttls {
        let set = case.held(&after, &format!("ttl{ttl}"), RecordType::A);
        assert_eq!(set.map(|set| set.ttl), Some(ttl));
    }
}

fn goes_from_one_value_to_many_and_back(case: &Case<'_>) {
    let mut base = case.apply(&[case.create("count", RecordType::A, 300, &["192.0.2.1"])]);
    for values in [
        &["192.0.2.1", "192.0.2.2", "192.0.2.3"][..],
        &["192.0.2.3", "192.0.2.4"],
        &["192.0.2.5"],
        &["192.0.2.1"],
    ] {
        let after = case.set(RecordType::A, 300, values);
        base = case.apply(&[case.replace(&base, "count", RecordType::A, after)]);
    }
}

/// Sizes around the usual pages, of record sets in the zone.
fn reads_every_page(case: &Case<'_>) {
    let mut made = 0;
    for size in [99, 100, 101, 600, 1200] {
        let base = case.fetch();
        let more: Vec<Change> = (0..size - base.zone.len())
            .map(|index| {
                let (owner, last) = (format!("p{}", made + index), index % 250);
                case.create(&owner, RecordType::A, 300, &[&format!("10.1.1.{last}")])
            })
            .collect();
        made += more.len();
        assert_eq!(case.apply(&more).zone.len(), size);
    }
}

fn leaves_alone_what_came_meanwhile(case: &Case<'_>) {
    let base = case.fetch();
    case.apply(&[
        case.create("foreign", RecordType::TXT, 300, &["\"somebody else\""]),
        case.delete(&base, "alias", RecordType::CNAME),
    ]);
    let after = case.set(RecordType::A, 300, &["192.0.2.77"]);
    let late = case.replace(&base, "www", RecordType::A, after.clone());
    let expected = match case.try_apply(&[late], &base) {
        Ok(()) => after,
        Err(error) => {
            let refused = (error.kind, error.applied) == (ErrorKind::Conflict, Some(0));
            assert!(refused && case.bed.capabilities.detects_conflict, "{error}");
            case.held(&base, "www", RecordType::A).expect("the set")
        }
    };
    let now = case.fetch();
    assert_eq!(case.held(&now, "www", RecordType::A), Some(expected));
    assert!(case.held(&now, "foreign", RecordType::TXT).is_some());
    assert!(case.held(&now, "alias", RecordType::CNAME).is_none());
}
