use super::*;
use crate::zone::RecordKey;

fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name in a test")
}

fn key(owner: &str, rtype: RecordType) -> RecordKey {
    RecordKey {
        owner: name(owner),
        rtype,
    }
}

fn set(rdata: &[u8]) -> RecordSet {
    RecordSet::new(60, vec![rdata.into()])
}

fn create(owner: &str, rtype: RecordType, rdata: &[u8]) -> Change {
    Change::Create {
        key: key(owner, rtype),
        after: set(rdata),
    }
}

#[test]
fn what_swaps_with_a_cname_goes_into_one_message_and_every_change_into_exactly_one() {
    let mut changes = vec![create("w.z.", RecordType::CNAME, b"\x01z\0")];
    changes.extend((0..5000).map(|n| create(&format!("n{n}.z."), RecordType::A, &[0; 4])));
    changes.push(Change::Delete {
        key: key("w.z.", RecordType::A),
        before: set(&[0; 4]),
    });
    let batches = batches(&name("z."), &changes).expect("small changes");
    assert!(batches.len() > 1);
    assert!(batches[0].contains(&0) && batches[0].contains(&5001));
    let mut all: Vec<usize> = batches.concat();
    all.sort_unstable();
    assert_eq!(all, (0..5002).collect::<Vec<_>>());
    for batch in batches {
        let octets = message(&name("z."), batch.iter().map(|&index| &changes[index]), 1);
        assert!(octets.len() <= LARGEST, "{} octets", octets.len());
    }
}

#[test]
fn a_cname_is_replaced_and_never_removed_first() {
    let replace = |rtype| Change::Replace {
        key: key("w.z.", rtype),
        before: set(b"\x01a\0"),
        after: set(b"\x01b\0"),
    };
    for (rtype, removals) in [(RecordType::CNAME, 0), (RecordType::TXT, 1)] {
        let zone = name("z.");
        let mut message = Message::new(&zone);
        message.add(&replace(rtype));
        assert_eq!(
            (message.removals.count, message.additions.count),
            (removals, 1)
        );
    }
}

#[test]
fn a_cname_that_comes_to_a_signed_name_is_added_again() {
    use crate::zone::{Position, ZoneBuilder};
    let mut held = ZoneBuilder::new(name("z."));
    for (owner, rtype) in [
        ("s.z.", RecordType::A),
        ("s.z.", RecordType::NSEC),
        ("u.z.", RecordType::A),
    ] {
        held.push(
            name(owner).borrow(),
            rtype,
            60,
            &[0; 4],
            Position::default(),
        );
    }
    let changes = [
        create("s.z.", RecordType::CNAME, b"\x01z\0"),
        create("s.z.", RecordType::TXT, b"\x01z"),
        create("u.z.", RecordType::CNAME, b"\x01z\0"),
    ];
    let again: Vec<_> = cnames_again(&held.finish(), &changes).collect();
    assert_eq!(again, [[&changes[0]]]);
}

#[test]
fn the_apex_cannot_lose_its_soa_or_its_last_nameserver() {
    for rtype in [RecordType::SOA, RecordType::NS] {
        let delete = |owner| Change::Delete {
            key: key(owner, rtype),
            before: set(b"\0"),
        };
        let error = batches(&name("z."), &[delete("z.")]).expect_err("the apex");
        assert_eq!(error.kind, ErrorKind::Rejected);
        assert!(batches(&name("z."), &[delete("w.z.")]).is_ok());
    }
}
