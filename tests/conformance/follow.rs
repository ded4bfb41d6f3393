//! What holds of a provider whose data arrive by zone transfer.

use redundns::provider::{ErrorKind, Snapshot};
use redundns::zone::{RecordType, Zone};

use crate::Behaviour;
use crate::case::{Case, wait};

pub(crate) const BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        name: "is_neither_read_nor_written",
        is_claimed: |_| true,
        prepared: true,
        check: is_neither_read_nor_written,
    },
    Behaviour {
        name: "hears_what_is_new",
        is_claimed: |_| true,
        prepared: true,
        check: hears_what_is_new,
    },
];

fn is_neither_read_nor_written(case: &Case<'_>) {
    let provider = &case.bed.provider;
    let error = wait(provider.fetch(&case.origin)).err().expect("a refusal");
    assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
    let change = case.create("new", RecordType::A, 300, &["192.0.2.1"]);
    let base = Snapshot::of(Zone::empty(case.origin.clone()));
    let error = wait(provider.apply(&case.origin, &[change], &base)).expect_err("a refusal");
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::Rejected, Some(0)),
        "{error}"
    );
    let servers = wait(provider.nameservers(&case.origin)).expect("its account says them");
    assert!(!servers.is_empty());
}

fn hears_what_is_new(case: &Case<'_>) {
    let notify = |provider: &dyn redundns::provider::Provider| {
        let ability = provider.follows().expect("the ability");
        wait(ability.notify(&case.origin))
    };
    notify(&*case.bed.provider).expect("acknowledged");
    if let Some(nobody) = &case.bed.nobody {
        let error = notify(&**nobody).expect_err("nobody listens");
        assert_eq!(error.kind, ErrorKind::Unreachable, "{error}");
    }
}
