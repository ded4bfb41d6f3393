//! What a nameserver does that is lost, and how it looks in octets.

use std::fmt;

use crate::zone::RecordType;
use crate::zone::message::{MessageRef, Section};

/// What the nameservers of the lost provider do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    Silent,
    /// Refuse every query, as servers that lack the zone do.
    Refused,
    /// Lose this share of the queries over UDP, in percent; TCP sends again what is lost.
    Lossy(u8),
    /// Answer with another address than the zone's, as servers do that missed a change.
    Stale,
    /// Say that no name exists, as servers do that lost or never got its records.
    Empty,
}

/// The address of stale answers: 203.0.113.255, of a network for examples (RFC 5737).
const STALE_A: [u8; 4] = [203, 0, 113, 255];

/// `2001:db8::ffff`, of a prefix for examples (RFC 3849).
const STALE_AAAA: [u8; 16] = [
    0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff,
];

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Silent => "silent",
            Self::Refused => "refused",
            Self::Lossy(_) => "lossy",
            Self::Stale => "stale",
            Self::Empty => "empty",
        })
    }
}

/// The response that refuses `query`; nothing where it is no query.
pub(super) fn refusal(query: &[u8]) -> Option<Vec<u8>> {
    const REFUSED: u8 = 5;
    bare(query, 0, REFUSED)
}

/// The authoritative response that the name of `query` does not exist; nothing where it is no query.
pub(super) fn denial(query: &[u8]) -> Option<Vec<u8>> {
    const AUTHORITATIVE: u8 = 0x04;
    const NXDOMAIN: u8 = 3;
    bare(query, AUTHORITATIVE, NXDOMAIN)
}

/// A response to `query` without records.
fn bare(query: &[u8], flags: u8, rcode: u8) -> Option<Vec<u8>> {
    let message = MessageRef::read(query).ok()?;
    if message.qr() {
        return None;
    }
    let mut octets = query[..message.records().offset()].to_vec();
    octets[2] |= 0x80 | flags;
    octets[3] = rcode;
    // No records, an OPT record neither: nobody need speak EDNS to say no.
    octets[6..12].fill(0);
    Some(octets)
}

/// Puts another address into every address record of the answer section.
pub(super) fn make_stale(response: &mut [u8]) {
    let mut places = Vec::new();
    if let Ok(message) = MessageRef::read(response) {
        let records = message.records().map_while(Result::ok);
        for record in records.filter(|record| record.section == Section::Answer) {
            let address: &[u8] = match record.rtype {
                RecordType::A => &STALE_A,
                RecordType::AAAA => &STALE_AAAA,
                _ => continue,
            };
            if record.rdata.len() == address.len() {
                places.push((record.rdata.clone(), address));
            }
        }
    }
    for (place, address) in places {
        response[place].copy_from_slice(address);
    }
}

#[cfg(test)]
mod tests {
    use hickory_proto::op::{Edns, Message, Query, ResponseCode};
    use hickory_proto::rr::rdata::{A, AAAA, TXT};
    use hickory_proto::rr::{Name, RData, Record, RecordType as HickoryType};

    use super::*;

    fn message() -> Message {
        let mut message = Message::query();
        let name = Name::from_ascii("www.example.com.").expect("a name");
        message.add_query(Query::query(name, HickoryType::A));
        message.set_edns(Edns::new());
        message
    }

    #[test]
    fn a_refusal_is_a_response_to_the_query() {
        let query = message();
        let octets = refusal(&query.to_vec().expect("octets")).expect("a response");
        let response = Message::from_vec(&octets).expect("a message");
        assert_eq!(response.metadata.id, query.metadata.id);
        assert_eq!(response.metadata.response_code, ResponseCode::Refused);
        assert_eq!(response.queries, query.queries);
        assert_eq!(refusal(&octets), None, "a response is not answered");
        assert_eq!(refusal(b"no message"), None);
        let octets = denial(&query.to_vec().expect("octets")).expect("a response");
        let response = Message::from_vec(&octets).expect("a message");
        assert_eq!(response.metadata.response_code, ResponseCode::NXDomain);
        assert!(response.metadata.authoritative);
    }

    #[test]
    fn stale_answers_have_other_addresses_and_nothing_else() {
        let name = Name::from_ascii("www.example.com.").expect("a name");
        let mut response = message();
        let text = RData::TXT(TXT::new(vec!["kept".to_owned()]));
        let data = [
            RData::A(A::new(192, 0, 2, 1)),
            RData::AAAA(AAAA::new(1, 2, 3, 4, 5, 6, 7, 8)),
            text.clone(),
        ];
        for data in data {
            response.add_answer(Record::from_rdata(name.clone(), 60, data));
        }
        let glue = RData::A(A::new(192, 0, 2, 53));
        response.add_additional(Record::from_rdata(name, 60, glue.clone()));
        let mut octets = response.to_vec().expect("octets");
        make_stale(&mut octets);
        let stale = Message::from_vec(&octets).expect("a message");
        let said: Vec<&RData> = stale.answers.iter().map(|record| &record.data).collect();
        let expected = [
            RData::A(A::new(203, 0, 113, 255)),
            RData::AAAA(AAAA::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xffff)),
            text,
        ];
        assert_eq!(said, expected.iter().collect::<Vec<_>>());
        assert_eq!(stale.additionals[0].data, glue);
    }
}
