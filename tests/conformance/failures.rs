//! What a provider says when it cannot.

use redundns::provider::ErrorKind;
use redundns::zone::RecordType;

use crate::Behaviour;
use crate::case::{Case, wait};

pub(crate) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        name: "refuses_a_base_that_moved",
        is_claimed: |capabilities| capabilities.detects_conflict,
        prepared: true,
        check: refuses_a_base_that_moved,
    },
    Behaviour {
        name: "tells_how_much_happened",
        is_claimed: |_| true,
        prepared: true,
        check: tells_how_much_happened,
    },
    Behaviour {
        name: "is_unauthorized_with_a_wrong_key",
        is_claimed: |_| true,
        prepared: true,
        check: is_unauthorized_with_a_wrong_key,
    },
    Behaviour {
        name: "is_unreachable_where_nobody_listens",
        is_claimed: |_| true,
        prepared: true,
        check: is_unreachable_where_nobody_listens,
    },
];

fn refuses_a_base_that_moved(case: &Case<'_>) {
    let base = case.fetch();
    let after = |text: &str| case.set(RecordType::A, 300, &[text]);
    case.apply(&[case.replace(&base, "www", RecordType::A, after("192.0.2.77"))]);
    let late = case.replace(&base, "www", RecordType::A, after("192.0.2.88"));
    let error = case.try_apply(&[late], &base).expect_err("the base moved");
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::Conflict, Some(0)),
        "{error}"
    );
    let now = case.held(&case.fetch(), "www", RecordType::A);
    assert_eq!(now, Some(after("192.0.2.77")));
}

fn tells_how_much_happened(case: &Case<'_>) {
    let Some((owner, record)) = case.bed.refused else {
        return;
    };
    let base = case.fetch();
    let mut words = record.splitn(4, ' ');
    let (_, _, rtype, content) = (words.next(), words.next(), words.next(), words.next());
    let rtype: RecordType = rtype.and_then(|rtype| rtype.parse().ok()).expect("a type");
    let changes = [
        case.create("before", RecordType::A, 300, &["192.0.2.1"]),
        case.create(owner, rtype, 300, &[content.expect("data")]),
        case.create("behind", RecordType::A, 300, &["192.0.2.1"]),
    ];
    let error = case.try_apply(&changes, &base).expect_err("a refusal");
    assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
    let applied = error.applied.expect("a refusal leaves no doubt");
    if case.bed.capabilities.atomic {
        assert_eq!(applied, 0);
    }
    let now = case.fetch();
    for (index, change) in changes.iter().enumerate() {
        let key = change.key();
        let is_there = now.zone.get(key.owner.borrow(), key.rtype).is_some();
        assert_eq!(is_there, index < applied, "{key}");
    }
}

fn is_unauthorized_with_a_wrong_key(case: &Case<'_>) {
    let Some(stranger) = &case.bed.stranger else {
        return;
    };
    let error = wait(stranger.fetch(&case.origin)).err().expect("a refusal");
    assert_eq!(error.kind, ErrorKind::Unauthorized, "{error}");
    let base = case.fetch();
    let change = case.create("stranger", RecordType::A, 300, &["192.0.2.1"]);
    let error = wait(stranger.apply(&case.origin, &[change], &base)).expect_err("a refusal");
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::Unauthorized, Some(0)),
        "{error}"
    );
}

fn is_unreachable_where_nobody_listens(case: &Case<'_>) {
    let Some(nobody) = &case.bed.nobody else {
        return;
    };
    let error = wait(nobody.fetch(&case.origin)).err().expect("a failure");
    assert_eq!(error.kind, ErrorKind::Unreachable, "{error}");
    assert!(error.message.contains("refused"), "{error}");
    let base = case.fetch();
    let change = case.create("nobody", RecordType::A, 300, &["192.0.2.1"]);
    let error = wait(nobody.apply(&case.origin, &[change], &base)).expect_err("a failure");
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::Unreachable, Some(0)),
        "{error}"
    );
}
