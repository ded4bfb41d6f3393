//! Whether credentials write is told without a write, by whoever can tell.

use std::path::Path;

use redundns::adapters::adapter;
use redundns::plan::Change;
use redundns::provider::ErrorKind;
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};

use super::{SPEED, account, prepare};
use crate::bed::connect;
use crate::case::wait;
use crate::fakes::clock::Clock;
use crate::fakes::{Fake, Vendor};

pub(super) fn check(vendor: &'static Vendor) {
    let fake = Fake::start(vendor, Clock::times(SPEED));
    prepare(vendor, &fake, "own.example.");
    let origin = Name::absolute("own.example").expect("a name");
    let held = || fake.store().get(&origin).expect("the zone").zone();
    let before = held();
    let adapter = adapter(vendor.adapter).expect("a registered adapter");
    let whole = account(vendor, &fake.http().endpoint());
    let provider = connect(adapter, Path::new("."), &whole);
    let told = wait(provider.may_write(Some(&origin))).expect("an answer");
    assert_eq!(told, (!vendor.reads_only.is_empty()).then_some(true));
    let of_none = wait(provider.may_write(None)).expect("an answer");
    assert_eq!(of_none, None, "of no zone");
    assert_eq!(held(), before, "something was written");
    if vendor.reads_only.is_empty() {
        return;
    }
    let mut reader = whole;
    for (key, secret) in &mut reader.secrets {
        let other = vendor.reads_only.iter().find(|(other, _)| other == key);
        if let Some((_, other)) = other {
            *secret = other.replace("{endpoint}", &fake.http().endpoint());
        }
    }
    let provider = connect(adapter, Path::new("."), &reader);
    let base = wait(provider.fetch(&origin)).expect("it may read");
    let told = wait(provider.may_write(Some(&origin))).expect("an answer");
    assert_eq!(told, Some(false));
    // And so it is.
    let data = rdata::from_text(RecordType::A, "192.0.2.50", None).expect("an address");
    let change = Change::Create {
        key: RecordKey {
            owner: Name::absolute("new.own.example").expect("a name"),
            rtype: RecordType::A,
        },
        after: RecordSet::new(3600, vec![data.into()]),
    };
    let error = wait(provider.apply(&origin, &[change], &base)).expect_err("a refusal");
    assert_eq!(error.kind, ErrorKind::Unauthorized, "{error}");
    assert_eq!(held(), before);
}
