//! What becomes of queries and answers on their way through a proxy.

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::rdata::{A, NS};
use hickory_proto::rr::{Name, RData, Record, RecordType};

use super::Twist;

/// EDNS options up to this code have a meaning (RFC 7871, 7873, 8914, 9660 and the like).
const LAST_KNOWN_OPTION: u16 = 20;

/// The only names of the zone that exist by what is below them.
const EMPTY_NON_TERMINALS: [&str; 2] = ["dc.shop.example.", "rack.dc.shop.example."];

/// What becomes of a query.
pub(super) enum Query {
    /// Nothing.
    Ignore,
    /// The real server is not asked.
    Answer(Vec<u8>),
    /// It is asked this.
    Pass(Vec<u8>),
}

/// On the way in.
pub(super) fn query(query: &[u8], twist: Twist) -> Query {
    let pass = Query::Pass(query.to_vec());
    let Ok(mut message) = Message::from_vec(query) else {
        return pass;
    };
    let refuse = |code| {
        let mut answer = message.clone().into_response();
        answer.metadata.response_code = code;
        answer.edns = None;
        Query::Answer(encode(&answer))
    };
    match twist {
        Twist::DropEdns if message.edns.is_some() => Query::Ignore,
        Twist::FormerrOnEdns if message.edns.is_some() => refuse(ResponseCode::FormErr),
        Twist::FormerrOnUnknownOption => {
            let unknown = message.edns.as_ref().is_some_and(|edns| {
                let mut codes = edns
                    .options()
                    .as_ref()
                    .iter()
                    .map(|(code, _)| u16::from(*code));
                codes.any(|code| code > LAST_KNOWN_OPTION)
            });
            if unknown {
                refuse(ResponseCode::FormErr)
            } else {
                pass
            }
        }
        Twist::NoBadvers => {
            let Some(edns) = message.edns.as_mut().filter(|edns| edns.version() > 0) else {
                return pass;
            };
            edns.set_version(0);
            Query::Pass(encode(&message))
        }
        Twist::DenyUpperCase => {
            let name = message
                .queries
                .first()
                .map(|query| query.name().to_string());
            if name.is_some_and(|name| name.bytes().any(|octet| octet.is_ascii_uppercase())) {
                refuse(ResponseCode::NXDomain)
            } else {
                pass
            }
        }
        Twist::TruncateWithoutTcp => {
            let mut answer = message.into_response();
            answer.metadata.authoritative = true;
            answer.metadata.truncation = true;
            Query::Answer(encode(&answer))
        }
        _ => pass,
    }
}

/// On the way out; `turn` counts how often the same was asked.
pub(super) fn answer(mut octets: Vec<u8>, twist: Twist, tcp: bool, turn: usize) -> Vec<u8> {
    if twist == Twist::WrongId {
        octets[0] ^= 0x55;
        return octets;
    }
    if twist == Twist::NoAuthority {
        octets[2] &= !0x04;
        return octets;
    }
    let Ok(mut message) = Message::from_vec(&octets) else {
        return octets;
    };
    let denied = message.metadata.response_code == ResponseCode::NXDomain;
    let negative =
        message.answers.is_empty() && message.metadata.response_code == ResponseCode::NoError;
    match twist {
        Twist::UpwardReferral => {
            message.metadata.authoritative = false;
            message.metadata.response_code = ResponseCode::NoError;
            message.answers.clear();
            message.additionals.clear();
            let target = Name::from_ascii("a.root.lab.").expect("a name");
            message.authorities = vec![Record::from_rdata(
                Name::root(),
                3600,
                RData::NS(NS(target)),
            )];
        }
        Twist::DenyEmptyNonTerminals if negative => {
            let name = message
                .queries
                .first()
                .map(|query| query.name().to_lowercase().to_string());
            if name.is_some_and(|name| EMPTY_NON_TERMINALS.contains(&name.as_str())) {
                message.metadata.response_code = ResponseCode::NXDomain;
            }
        }
        Twist::NodataForNxdomain if denied => {
            message.metadata.response_code = ResponseCode::NoError;
        }
        Twist::LieOverTcp if tcp => lie(&mut message),
        Twist::LieNowAndThen if turn.is_multiple_of(2) => lie(&mut message),
        Twist::CnameLast if message.answers.len() > 1 => message.answers.reverse(),
        Twist::NoOpt => message.edns = None,
        Twist::LowerCase => lower_case(&mut message),
        Twist::NoDenialProof => message.authorities.retain(|record| !is_proof(record)),
        _ => return octets,
    }
    encode(&message)
}

/// Another address in every A record of the answer.
fn lie(message: &mut Message) {
    for record in &mut message.answers {
        if record.record_type() == RecordType::A {
            record.data = RData::A(A::new(192, 0, 2, 66));
        }
    }
}

fn lower_case(message: &mut Message) {
    for query in &mut message.queries {
        let lower = query.name().to_lowercase();
        query.set_name(lower);
    }
    let sections = [
        &mut message.answers,
        &mut message.authorities,
        &mut message.additionals,
    ];
    for record in sections.into_iter().flatten() {
        record.name = record.name.to_lowercase();
    }
}

/// NSEC, NSEC3 and their signatures.
fn is_proof(record: &Record) -> bool {
    let proofs = ["NSEC ", "NSEC3 "];
    let shown = format!("{} {}", record.record_type(), record.data);
    proofs.iter().any(|proof| shown.starts_with(proof))
        || shown
            .strip_prefix("RRSIG ")
            .is_some_and(|rest| proofs.iter().any(|proof| rest.starts_with(proof)))
}

fn encode(message: &Message) -> Vec<u8> {
    message.to_vec().expect("what was read can be written")
}
