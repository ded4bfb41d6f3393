//! Tables.

use super::*;

fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name in a test")
}

/// A response to `WWW.example. A`: one answer whose owner is a pointer, and an OPT record with BADVERS.
fn response() -> Vec<u8> {
    let mut octets = vec![0x12, 0x34, 0x84, 0x00, 0, 1, 0, 1, 0, 0, 0, 1];
    octets.extend_from_slice(b"\x03WWW\x07example\0\0\x01\0\x01");
    octets.extend_from_slice(b"\xc0\x0c\0\x01\0\x01\0\0\x01\x2c\0\x04\xc0\0\x02\x01");
    octets.extend_from_slice(b"\0\0\x29\x04\xd0\x01\0\0\0\0\0");
    octets
}

#[test]
fn header_question_and_records_are_read() {
    let octets = response();
    let message = MessageRef::read(&octets).expect("a message");
    assert_eq!((message.id(), message.opcode()), (0x1234, 0));
    assert!(message.qr() && message.aa() && !message.tc() && !message.rd() && !message.ra());
    assert_eq!(message.rcode(), 16);
    assert_eq!(
        message.question(),
        Some((name("www.example."), RecordType::A, 1))
    );
    assert!(message.question_is(name("www.example.").borrow(), RecordType::A, 1));
    assert!(!message.question_is(name("www.example.").borrow(), RecordType::AAAA, 1));
    let records: Vec<_> = message
        .records()
        .map(|record| record.expect("whole"))
        .collect();
    assert_eq!(records.len(), 2);
    let first = &records[0];
    assert_eq!(
        (first.section, first.rtype, first.class, first.ttl),
        (Section::Answer, RecordType::A, 1, 300)
    );
    assert_eq!(octets[first.rdata.clone()], [192, 0, 2, 1]);
    assert_eq!(first.owner(), Ok(name("www.example.")));
    assert!(first.owner_is(name("www.example").borrow()));
    for other in ["example.", "a.www.example.", "wwx.example.", "."] {
        assert!(!first.owner_is(name(other).borrow()), "{other}");
    }
    assert_eq!(records[1].section, Section::Additional);
}

#[test]
fn every_shorter_message_is_an_error_and_never_a_panic() {
    let octets = response();
    for length in 0..octets.len() {
        let whole = MessageRef::read(&octets[..length])
            .is_ok_and(|message| message.records().all(|record| record.is_ok()));
        assert!(!whole, "{length} octets");
    }
}

#[test]
fn pointers_go_backward_and_names_have_a_limit() {
    for (owner, error) in [
        (&b"\xc0\x0c"[..], MessageError::BadName),
        (b"\xc0\xff", MessageError::BadName),
        (b"\x01a\xc0\x0c", MessageError::BadName),
        (b"\x40", MessageError::BadName),
        (b"\x80", MessageError::BadName),
        (b"\x05ab", MessageError::Truncated),
    ] {
        let mut octets = vec![0, 0, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0];
        octets.extend_from_slice(owner);
        octets.extend_from_slice(
            &[0, 1, 0, 1, 0, 0, 0, 0, 0, 0][..if owner.len() == 3 { 0 } else { 10 }],
        );
        let message = MessageRef::read(&octets).expect("a header");
        let result = message
            .records()
            .next()
            .expect("one record")
            .and_then(|record| record.owner());
        assert_eq!(result, Err(error), "{owner:?}");
    }
    let mut octets = vec![0, 0, 0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0];
    octets.extend((0..5).flat_map(|_| std::iter::once(63).chain([b'a'; 63])));
    octets.extend_from_slice(&[0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0]);
    let message = MessageRef::read(&octets).expect("a header");
    let record = message.records().next().expect("one").expect("whole");
    assert_eq!(record.owner(), Err(MessageError::BadName));
}
