//! From the octets of a response to an [`Answer`].

use std::fmt;

use super::{Answer, Question};
use crate::zone::message::{MessageError, MessageRef, RecordRef, Section};
use crate::zone::{Name, NameRef, RecordSet, RecordType, rdata};

/// Class IN.
const IN: u16 = 1;

/// NSID's option code, RFC 5001.
const NSID: u16 = 3;

/// What makes a response unreadable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Malformed {
    /// Its structure.
    Message(MessageError),
    /// The data of a record that matters.
    Data(RecordType),
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(error) => error.fmt(f),
            Self::Data(rtype) => write!(f, "the data of a {rtype} record cannot be read"),
        }
    }
}

impl std::error::Error for Malformed {}

impl From<MessageError> for Malformed {
    fn from(error: MessageError) -> Self {
        Self::Message(error)
    }
}

/// Whether `message` is a response to `question`; its id is the caller's business. A server that reports an error
/// may leave the question out, as one that cannot read it has to.
pub fn answers(message: &MessageRef<'_>, question: &Question) -> bool {
    let same = message.question_is(question.name.borrow(), question.rtype, IN);
    let left_out = message.question().is_none() && !matches!(message.rcode(), 0 | 3);
    message.qr() && message.opcode() == 0 && (same || left_out)
}

/// The NSID option of a response.
pub fn nsid(message: &MessageRef<'_>) -> Option<Vec<u8>> {
    let opt = message
        .records()
        .map_while(Result::ok)
        .find(|record| record.rtype == RecordType::OPT)?;
    let mut rest = &message.octets()[opt.rdata];
    while let Some((&[c0, c1, l0, l1], tail)) = rest.split_first_chunk() {
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        let value = tail.get(..length)?;
        if u16::from_be_bytes([c0, c1]) == NSID {
            return Some(value.to_vec());
        }
        rest = &tail[length..];
    }
    None
}

/// What a response says about `question` in the zone at `origin`. [`answers`] must have said that it is one.
///
/// Only the `RRset` at the QNAME counts: what a chain of CNAMEs leads to is another question's business, and the
/// RCODE at the end of the chain too. Where the TTLs in the set differ the lowest counts, as a resolver has it
/// (RFC 2181, section 5.2).
pub fn classify(
    message: &MessageRef<'_>,
    question: &Question,
    origin: NameRef<'_>,
) -> Result<Answer, Malformed> {
    let rcode = message.rcode();
    match rcode {
        0 | 3 => {}
        5 | 9 => return Ok(Answer::Refused),
        _ => {
            return Ok(Answer::Failure {
                what: rcode_text(rcode),
            });
        }
    }
    let records: Vec<RecordRef<'_>> = message.records().collect::<Result<_, _>>()?;
    let qname = question.name.borrow();
    let at_qname = |rtype| {
        set_at(
            records
                .iter()
                .filter(|record| record.section == Section::Answer),
            qname,
            rtype,
        )
    };
    if let Some((rtype, set)) = match at_qname(question.rtype)? {
        Some(set) => Some((question.rtype, set)),
        None => at_qname(RecordType::CNAME)?.map(|set| (RecordType::CNAME, set)),
    } {
        if message.aa() {
            return Ok(Answer::Records { rtype, set });
        }
        // Some servers put the NS set of a zone cut into the answer section when it is asked for.
        let is_cut = rtype == RecordType::NS && qname != origin && !message.ra();
        return Ok(if is_cut {
            Answer::Referral {
                cut: question.name.clone(),
                set,
            }
        } else {
            Answer::NotAuthoritative
        });
    }
    let authority = || {
        records
            .iter()
            .filter(|record| record.section == Section::Authority && record.class == IN)
    };
    let soa = authority().find(|record| record.rtype == RecordType::SOA);
    if rcode == 0
        && soa.is_none()
        && let Some(cut) = cut_of(authority(), qname, origin)?
        && let Some(set) = set_at(authority(), cut.borrow(), RecordType::NS)?
    {
        return Ok(Answer::Referral { cut, set });
    }
    if !message.aa() {
        return Ok(Answer::NotAuthoritative);
    }
    let negative_ttl = soa.and_then(|soa| {
        let minimum = message.octets()[soa.rdata.clone()].last_chunk()?;
        Some(soa.ttl.min(u32::from_be_bytes(*minimum)))
    });
    Ok(if rcode == 3 {
        Answer::NxDomain { negative_ttl }
    } else {
        Answer::NoData { negative_ttl }
    })
}

/// The lowest zone cut above or at the QNAME and below the apex that the authority section names.
fn cut_of<'m>(
    authority: impl Iterator<Item = &'m RecordRef<'m>>,
    qname: NameRef<'_>,
    origin: NameRef<'_>,
) -> Result<Option<Name>, Malformed> {
    for record in authority.filter(|record| record.rtype == RecordType::NS) {
        let cut = record.owner()?;
        let owner = cut.borrow();
        if owner != origin && owner.is_at_or_below(origin) && qname.is_at_or_below(owner) {
            return Ok(Some(cut));
        }
    }
    Ok(None)
}

/// The set of `owner` and `rtype` among `records`, class IN.
fn set_at<'m>(
    records: impl Iterator<Item = &'m RecordRef<'m>>,
    owner: NameRef<'_>,
    rtype: RecordType,
) -> Result<Option<RecordSet>, Malformed> {
    let mut data: Vec<Box<[u8]>> = Vec::new();
    let mut ttl = u32::MAX;
    for record in records {
        if record.rtype != rtype || record.class != IN || !record.owner_is(owner) {
            continue;
        }
        let mut octets = Vec::with_capacity(record.rdata.len());
        rdata::from_message(rtype, record.message(), record.rdata.clone(), &mut octets)
            .map_err(|_| Malformed::Data(rtype))?;
        data.push(octets.into());
        ttl = ttl.min(record.ttl);
    }
    Ok((!data.is_empty()).then(|| RecordSet::new(ttl, data)))
}

fn rcode_text(rcode: u16) -> String {
    match rcode {
        1 => "FORMERR".to_owned(),
        2 => "SERVFAIL".to_owned(),
        4 => "NOTIMP".to_owned(),
        6 => "YXDOMAIN".to_owned(),
        16 => "BADVERS".to_owned(),
        other => format!("RCODE {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `www.example. A` asked; records are section (0 to 2), owner, type, TTL and data.
    fn response(flags: u16, records: &[(u8, &str, RecordType, u32, &[u8])]) -> Vec<u8> {
        let mut octets = vec![0, 7];
        octets.extend(flags.to_be_bytes());
        octets.extend([0, 1]);
        for section in 0..3 {
            let count = records.iter().filter(|record| record.0 == section).count();
            octets.extend((count as u16).to_be_bytes());
        }
        octets.extend(b"\x03wWw\x07example\0\0\x01\0\x01");
        for (_, owner, rtype, ttl, data) in records {
            octets.extend(name(owner).borrow().wire());
            octets.extend(rtype.0.to_be_bytes());
            octets.extend([0, 1]);
            octets.extend(ttl.to_be_bytes());
            octets.extend((data.len() as u16).to_be_bytes());
            octets.extend(*data);
        }
        octets
    }

    fn name(text: &str) -> Name {
        Name::absolute(text).expect("a name in a test")
    }

    fn question() -> Question {
        Question {
            name: name("www.example."),
            rtype: RecordType::A,
        }
    }

    /// The answer in short.
    fn told(octets: &[u8]) -> String {
        let message = MessageRef::read(octets).expect("a message");
        assert!(answers(&message, &question()));
        match classify(&message, &question(), name("example.").borrow()) {
            Ok(Answer::Records { rtype, set }) => format!("{rtype} {} {:?}", set.ttl, set.rdata),
            Ok(Answer::NoData { negative_ttl }) => format!("nodata {negative_ttl:?}"),
            Ok(Answer::NxDomain { negative_ttl }) => format!("nxdomain {negative_ttl:?}"),
            Ok(Answer::Referral { cut, set }) => format!("referral {cut} {}", set.rdata.len()),
            Ok(Answer::Failure { what }) => what,
            Ok(other) => other.kind().to_owned(),
            Err(error) => format!("malformed: {error}"),
        }
    }

    const AA: u16 = 0x8400;
    const SOA: &[u8] = b"\0\0\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x3c";

    /// Flags, records as for [`response`], and the answer in short.
    type Row<'a> = (u16, &'a [(u8, &'a str, RecordType, u32, &'a [u8])], &'a str);

    #[test]
    fn every_kind_of_response_has_its_class() {
        use RecordType as T;
        let a: &[u8] = &[192, 0, 2, 1];
        let table: &[Row<'_>] = &[
            (
                AA,
                &[(0, "WWW.example", T::A, 300, a)],
                "A 300 [[192, 0, 2, 1]]",
            ),
            (
                AA,
                &[
                    (0, "www.example", T::A, 300, a),
                    (0, "www.example", T::A, 60, &[192, 0, 2, 0]),
                ],
                "A 60 [[192, 0, 2, 0], [192, 0, 2, 1]]",
            ),
            (
                0x8000,
                &[(0, "www.example", T::A, 300, a)],
                "not_authoritative",
            ),
            (
                AA,
                &[
                    (0, "www.example", T::CNAME, 9, b"\x01a\0"),
                    (0, "a", T::A, 300, a),
                ],
                "CNAME 9 [[1, 97, 0]]",
            ),
            // A dangling chain: NXDOMAIN is about the target.
            (
                AA | 3,
                &[(0, "www.example", T::CNAME, 9, b"\x01a\0")],
                "CNAME 9 [[1, 97, 0]]",
            ),
            (AA, &[(1, "example", T::SOA, 900, SOA)], "nodata Some(60)"),
            (AA, &[(1, "example", T::SOA, 30, SOA)], "nodata Some(30)"),
            (AA, &[], "nodata None"),
            (
                AA | 3,
                &[(1, "example", T::SOA, 900, SOA)],
                "nxdomain Some(60)",
            ),
            (
                0x8003,
                &[(1, "example", T::SOA, 900, SOA)],
                "not_authoritative",
            ),
            (0x8000, &[], "not_authoritative"),
            (
                0x8000,
                &[
                    (1, "www.example", T::NS, 1, b"\x01a\0"),
                    (1, "www.example", T::NS, 1, b"\x01b\0"),
                ],
                "referral www.example. 2",
            ),
            // Upward, at the apex, and beside the QNAME.
            (
                0x8000,
                &[(1, ".", T::NS, 1, b"\x01a\0")],
                "not_authoritative",
            ),
            (
                0x8000,
                &[(1, "example", T::NS, 1, b"\x01a\0")],
                "not_authoritative",
            ),
            (
                0x8000,
                &[(1, "x.example", T::NS, 1, b"\x01a\0")],
                "not_authoritative",
            ),
            (0x8005, &[], "refused"),
            (0x8009, &[], "refused"),
            (0x8002, &[], "SERVFAIL"),
            (0x8001, &[], "FORMERR"),
            (0x8004, &[], "NOTIMP"),
            (0x800b, &[], "RCODE 11"),
            (
                AA,
                &[(0, "www.example", T::A, 300, &[1, 2, 3])],
                "malformed: the data of a A record cannot be read",
            ),
        ];
        for (flags, records, expected) in table {
            assert_eq!(
                told(&response(*flags, records)),
                *expected,
                "{flags:x} {records:?}"
            );
        }
    }

    #[test]
    fn a_response_to_something_else_is_none() {
        let octets = response(AA, &[]);
        let message = MessageRef::read(&octets).expect("a message");
        let other = Question {
            name: name("www.example."),
            rtype: RecordType::AAAA,
        };
        assert!(!answers(&message, &other));
        let query = response(0, &[]);
        assert!(!answers(
            &MessageRef::read(&query).expect("a message"),
            &question()
        ));
        // Without a question only an error is believed.
        for (flags, believed) in [(0x8001, true), (0x8005, true), (AA, false), (AA | 3, false)] {
            let mut header = response(flags, &[]);
            header[5] = 0;
            header.truncate(12);
            let message = MessageRef::read(&header).expect("a message");
            assert_eq!(answers(&message, &question()), believed, "{flags:x}");
        }
    }

    #[test]
    fn a_message_cut_anywhere_is_no_answer() {
        let octets = response(
            AA,
            &[(0, "www.example", RecordType::A, 300, &[192, 0, 2, 1])],
        );
        for length in 0..octets.len() {
            if let Ok(message) = MessageRef::read(&octets[..length]) {
                let got = classify(&message, &question(), name("example.").borrow());
                assert!(got.is_err(), "{length} octets: {got:?}");
            }
        }
    }
}
