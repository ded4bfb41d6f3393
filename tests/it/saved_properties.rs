//! What holds for every saved plan.

use proptest::prelude::*;
use redundns::plan::{Change, Hash, SavedPlan, SavedProvider, SavedZone};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, Zone, rdata};

fn origin() -> Name {
    Name::absolute("example.test").expect("a constant name")
}

/// Names of any octets at or below the origin.
fn owner() -> impl Strategy<Value = Name> {
    let label = proptest::collection::vec(any::<u8>(), 1..20);
    proptest::collection::vec(label, 0..4).prop_map(|labels| {
        let name = origin();
        labels.iter().fold(name, |name, label| {
            name.borrow().child(label).unwrap_or_else(|_| name.clone())
        })
    })
}

/// Data of many shapes, as canonical octets.
fn record_set(rtype: RecordType) -> BoxedStrategy<RecordSet> {
    let text = move |text: String| rdata::from_text(rtype, &text, None).expect("valid data");
    let data = match rtype {
        RecordType::A => any::<[u8; 4]>().prop_map(Vec::from).boxed(),
        RecordType::TXT => proptest::collection::vec(any::<u8>(), 0..255)
            .prop_map(|octets| [vec![octets.len() as u8], octets].concat())
            .boxed(),
        RecordType::MX => any::<u16>()
            .prop_map(move |n| text(format!("{n} m{n}.example.net.")))
            .boxed(),
        RecordType::CAA => "[a-z;= ]{0,20}"
            .prop_map(move |value| text(format!("0 issue \"{value}\"")))
            .boxed(),
        RecordType::SVCB => (1..9_u16, any::<u16>())
            .prop_map(move |(n, port)| text(format!("{n} . alpn=h2,h3 port={port}")))
            .boxed(),
        _ => proptest::collection::vec(any::<u8>(), 0..60).boxed(),
    };
    let records = proptest::collection::vec(data.prop_map(Vec::into_boxed_slice), 1..4);
    (any::<u32>(), records)
        .prop_map(|(ttl, records)| RecordSet::new(ttl, records))
        .boxed()
}

fn change() -> impl Strategy<Value = Change> {
    let rtype = proptest::sample::select(vec![
        RecordType::A,
        RecordType::TXT,
        RecordType::MX,
        RecordType::CAA,
        RecordType::SVCB,
        RecordType(65280),
    ]);
    let sets = rtype.prop_flat_map(|rtype| (Just(rtype), record_set(rtype), record_set(rtype)));
    (owner(), sets, 0..3).prop_map(|(owner, (rtype, before, after), kind)| {
        let key = RecordKey { owner, rtype };
        match kind {
            0 => Change::Create { key, after },
            1 => Change::Replace { key, before, after },
            _ => Change::Delete { key, before },
        }
    })
}

fn plan() -> impl Strategy<Value = SavedPlan> {
    let changes = proptest::collection::vec(change(), 0..12);
    let provider = (changes, 0..12_usize, proptest::option::of(any::<[u8; 4]>()));
    proptest::collection::vec(provider, 1..4).prop_map(|providers| {
        let zone = Zone::empty(origin());
        let saved =
            providers
                .into_iter()
                .zip(["c", "a", "b"])
                .map(|((mut changes, wave, base), id)| {
                    changes.sort_by(|a, b| a.key().cmp(b.key()));
                    changes.dedup_by(|a, b| a.key() == b.key());
                    let apex_ns = changes.split_off(wave.min(changes.len()));
                    SavedProvider {
                        id: id.to_owned(),
                        adapter: "embedded".to_owned(),
                        follows: base.iter().map(|_| "b".to_owned()).collect(),
                        base: base.map(|octets| Hash::of(&octets)),
                        body: changes,
                        apex_ns,
                    }
                });
        let left_out = vec!["z".to_owned(), "y".to_owned()];
        SavedPlan::new(vec![SavedZone::new(
            &zone,
            "zones/example.test.zone",
            saved.collect(),
            left_out,
        )])
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(plan in plan()) {
        let json = plan.to_json();
        let again = SavedPlan::read(json.as_bytes());
        prop_assert_eq!(again.as_ref(), Ok(&plan));
        prop_assert_eq!(again.map(|plan| plan.to_json()), Ok(json));
    }

    #[test]
    fn no_octets_make_the_reader_panic(plan in plan(), at in any::<usize>(), octets in proptest::collection::vec(any::<u8>(), 0..5)) {
        let mut json = plan.to_json().into_bytes();
        let at = at % json.len();
        json.splice(at..(at + octets.len()).min(json.len()), octets.iter().copied());
        let damaged = SavedPlan::read(&json);
        if let Err(error) = damaged {
            prop_assert!(!error.message.contains(char::is_control), "{}", error.message);
        }
        let _ = SavedPlan::read(&octets);
    }
}
