//! Servers that misbehave in ways that no real one can be brought to.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::plan::Change;
use crate::zone::{RecordKey, Zone};

const SOA: &[u8] = b"\x01a\0\x01b\0\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x05";
const OTHER_SOA: &[u8] = b"\x01a\0\x01b\0\0\0\0\x02\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x05";
const ADDRESS: &[u8] = &[192, 0, 2, 1];

/// What the fake says before it closes the connection or falls silent.
enum Then {
    Closes,
    Hangs,
}

fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name in a test")
}

/// A response to `id` with the records in its answer section.
fn response(id: u16, flags: [u8; 2], records: &[(&str, u16, u16, &[u8])]) -> Vec<u8> {
    let mut message = header(id, flags[0]);
    message[3] = flags[1];
    message[4..6].copy_from_slice(&[0, 0]);
    message[7] = records.len() as u8;
    for (owner, rtype, class, rdata) in records {
        message.extend_from_slice(name(owner).borrow().wire());
        message.extend_from_slice(&rtype.to_be_bytes());
        message.extend_from_slice(&class.to_be_bytes());
        message.extend_from_slice(&[0, 0, 0, 60]);
        message.extend_from_slice(&(rdata.len() as u16).to_be_bytes());
        message.extend_from_slice(rdata);
    }
    message
}

async fn read_id(stream: &mut TcpStream) -> u16 {
    let length = stream.read_u16().await.expect("a request");
    let mut request = vec![0; usize::from(length)];
    stream.read_exact(&mut request).await.expect("a request");
    u16::from_be_bytes([request[0], request[1]])
}

/// A provider whose server answers the first request with what `script` makes of its id.
async fn fake(script: fn(u16) -> (Vec<Vec<u8>>, Then), key: Option<Key>) -> Rfc2136 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let server = listener.local_addr().expect("an address").to_string();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let (messages, then) = script(read_id(&mut stream).await);
        for message in messages {
            let _ = stream.write_u16(message.len() as u16).await;
            let _ = stream.write_all(&message).await;
        }
        if matches!(then, Then::Hangs) {
            std::future::pending::<()>().await;
        }
    });
    Rfc2136 {
        server,
        key,
        nameservers: Vec::new(),
        deadlines: Deadlines {
            connect: Duration::from_secs(5),
            message: Duration::from_millis(200),
        },
        next_id: AtomicU16::new(7),
    }
}

fn key() -> Key {
    Key::new(name("k."), "HMAC-SHA256.", b"secret".to_vec()).expect("a known algorithm")
}

const ANSWER: [u8; 2] = [0x84, 0];
const OPENING: (&str, u16, u16, &[u8]) = ("z.", 6, 1, SOA);
const RECORD: (&str, u16, u16, &[u8]) = ("w.z.", 1, 1, ADDRESS);

#[tokio::test]
async fn a_transfer_is_whole_or_an_error() {
    type Script = fn(u16) -> (Vec<Vec<u8>>, Then);
    let cases: &[(&str, Script, ErrorKind)] = &[
        (
            "closes before the closing SOA",
            |id| (vec![response(id, ANSWER, &[OPENING, RECORD])], Then::Closes),
            ErrorKind::Protocol,
        ),
        (
            "one SOA and no more",
            |id| (vec![response(id, ANSWER, &[OPENING])], Then::Closes),
            ErrorKind::Protocol,
        ),
        (
            "closes at once",
            |_| (vec![], Then::Closes),
            ErrorKind::Protocol,
        ),
        (
            "hangs in the middle",
            |id| (vec![response(id, ANSWER, &[OPENING])], Then::Hangs),
            ErrorKind::Unreachable,
        ),
        ("hangs", |_| (vec![], Then::Hangs), ErrorKind::Unreachable),
        (
            "another id",
            |id| {
                (
                    vec![response(id ^ 1, ANSWER, &[OPENING, OPENING])],
                    Then::Closes,
                )
            },
            ErrorKind::Protocol,
        ),
        (
            "another id later",
            |id| {
                (
                    vec![
                        response(id, ANSWER, &[OPENING]),
                        response(id ^ 1, ANSWER, &[OPENING]),
                    ],
                    Then::Closes,
                )
            },
            ErrorKind::Protocol,
        ),
        (
            "no response",
            |id| {
                (
                    vec![response(id, [0, 0], &[OPENING, OPENING])],
                    Then::Closes,
                )
            },
            ErrorKind::Protocol,
        ),
        (
            "SERVFAIL later",
            |id| {
                (
                    vec![
                        response(id, ANSWER, &[OPENING, RECORD]),
                        response(id, [0x84, 2], &[]),
                    ],
                    Then::Closes,
                )
            },
            ErrorKind::Protocol,
        ),
        (
            "REFUSED",
            |id| (vec![response(id, [0x80, 5], &[])], Then::Closes),
            ErrorKind::Unauthorized,
        ),
        (
            "NOTAUTH",
            |id| (vec![response(id, [0x80, 9], &[])], Then::Closes),
            ErrorKind::NoSuchZone,
        ),
        (
            "no record",
            |id| (vec![response(id, ANSWER, &[])], Then::Hangs),
            ErrorKind::Protocol,
        ),
        (
            "begins with data",
            |id| {
                (
                    vec![response(id, ANSWER, &[RECORD, OPENING, OPENING])],
                    Then::Closes,
                )
            },
            ErrorKind::Protocol,
        ),
        (
            "data behind the closing SOA",
            |id| {
                (
                    vec![response(id, ANSWER, &[OPENING, OPENING, RECORD])],
                    Then::Closes,
                )
            },
            ErrorKind::Protocol,
        ),
        (
            "another closing SOA",
            |id| {
                (
                    vec![response(id, ANSWER, &[OPENING, ("z.", 6, 1, OTHER_SOA)])],
                    Then::Closes,
                )
            },
            ErrorKind::Protocol,
        ),
        (
            "a SOA below the apex",
            |id| {
                (
                    vec![response(id, ANSWER, &[("w.z.", 6, 1, SOA), OPENING])],
                    Then::Closes,
                )
            },
            ErrorKind::Protocol,
        ),
        (
            "an owner outside",
            |id| {
                (
                    vec![response(
                        id,
                        ANSWER,
                        &[OPENING, ("w.y.", 1, 1, ADDRESS), OPENING],
                    )],
                    Then::Closes,
                )
            },
            ErrorKind::Protocol,
        ),
        (
            "class CH",
            |id| {
                (
                    vec![response(
                        id,
                        ANSWER,
                        &[OPENING, ("w.z.", 1, 3, ADDRESS), OPENING],
                    )],
                    Then::Closes,
                )
            },
            ErrorKind::Protocol,
        ),
        (
            "an address of three octets",
            |id| {
                (
                    vec![response(
                        id,
                        ANSWER,
                        &[OPENING, ("w.z.", 1, 1, &[1, 2, 3]), OPENING],
                    )],
                    Then::Closes,
                )
            },
            ErrorKind::Protocol,
        ),
        (
            "garbage",
            |_| (vec![vec![0xff; 40]], Then::Closes),
            ErrorKind::Protocol,
        ),
        (
            "an empty message",
            |_| (vec![vec![]], Then::Closes),
            ErrorKind::Protocol,
        ),
    ];
    for (what, script, kind) in cases {
        let provider = fake(*script, None).await;
        let error = provider.fetch(&name("z.")).await.err().expect(what);
        assert_eq!(error.kind, *kind, "{what}: {error}");
    }
    let whole = |id| {
        let messages = [[OPENING], [RECORD], [OPENING]];
        (
            messages
                .map(|records| response(id, ANSWER, &records))
                .to_vec(),
            Then::Closes,
        )
    };
    let snapshot = fake(whole, None)
        .await
        .fetch(&name("z."))
        .await
        .expect("a whole zone");
    assert_eq!(snapshot.zone.record_count(), 2);
}

#[tokio::test]
async fn an_answer_without_the_signature_that_was_asked_for_is_not_believed() {
    let unsigned = |id| {
        (
            vec![response(id, ANSWER, &[OPENING, OPENING])],
            Then::Closes,
        )
    };
    let error = fake(unsigned, Some(key()))
        .await
        .fetch(&name("z."))
        .await
        .err();
    assert_eq!(error.expect("no signature").kind, ErrorKind::Protocol);
}

#[tokio::test]
async fn an_update_without_an_answer_may_have_been_made() {
    type Script = fn(u16) -> (Vec<Vec<u8>>, Then);
    let cases: &[(&str, Script, Option<usize>)] = &[
        ("closes", |_| (vec![], Then::Closes), None),
        ("hangs", |_| (vec![], Then::Hangs), None),
        ("garbage", |_| (vec![vec![1, 2, 3]], Then::Closes), None),
        (
            "another id",
            |id| (vec![response(id ^ 1, [0xa8, 0], &[])], Then::Closes),
            None,
        ),
        (
            "SERVFAIL",
            |id| (vec![response(id, [0xa8, 2], &[])], Then::Closes),
            Some(0),
        ),
        (
            "NXRRSET",
            |id| (vec![response(id, [0xa8, 8], &[])], Then::Closes),
            Some(0),
        ),
        (
            "NOTIMP",
            |id| (vec![response(id, [0xa8, 4], &[])], Then::Closes),
            Some(0),
        ),
    ];
    let change = Change::Create {
        key: RecordKey {
            owner: name("w.z."),
            rtype: RecordType::A,
        },
        after: RecordSet::new(60, vec![ADDRESS.into()]),
    };
    let base = Snapshot::of(Zone::empty(name("z.")));
    for (what, script, applied) in cases {
        let provider = fake(*script, None).await;
        let error = provider
            .apply(&name("z."), std::slice::from_ref(&change), &base)
            .await
            .expect_err(what);
        assert_eq!(error.applied, *applied, "{what}: {error}");
    }
}
