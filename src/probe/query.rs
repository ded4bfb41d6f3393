//! Queries as octets: hickory encodes one, and what differs from question to question is put in its place.

use hickory_proto::op::{DEFAULT_MAX_PAYLOAD_LEN, Edns, Message, Query};
use hickory_proto::rr::rdata::opt::{EdnsOption, NSIDPayload};
use hickory_proto::rr::{Name as HickoryName, RecordType as HickoryType};

use crate::verdict::Question;

/// Octets of a header.
pub(super) const HEADER: usize = 12;

/// Octets of the template's question: the root name, a type and a class.
pub(super) const ROOT_QUESTION: usize = 5;

/// A query without recursion desired, with everything but its id and question in place.
pub(super) struct Template {
    header: [u8; HEADER],
    /// The OPT record, or nothing.
    tail: Vec<u8>,
}

impl Template {
    /// With or without an OPT record (RFC 6891), and in it requests for the server's identifier (RFC 5001) and for
    /// signatures (RFC 3225).
    pub(super) fn new(edns: bool, nsid: bool, dnssec: bool) -> Self {
        let mut message = Message::query();
        message.metadata.recursion_desired = false;
        message.add_query(Query::query(HickoryName::root(), HickoryType::A));
        if edns {
            let mut opt = Edns::new();
            opt.set_max_payload(DEFAULT_MAX_PAYLOAD_LEN);
            opt.set_dnssec_ok(dnssec);
            if nsid {
                let empty = NSIDPayload::new(Vec::new()).expect("an empty payload is short enough");
                opt.options_mut().insert(EdnsOption::NSID(empty));
            }
            message.set_edns(opt);
        }
        let octets = message
            .to_vec()
            .expect("a query for the root name can be encoded");
        Self {
            header: *octets
                .first_chunk()
                .expect("every message begins with a header"),
            tail: octets[HEADER + ROOT_QUESTION..].to_vec(),
        }
    }

    /// Writes the query in place of what `out` holds.
    pub(super) fn write(&self, id: u16, question: &Question, out: &mut Vec<u8>) {
        out.clear();
        out.extend_from_slice(&id.to_be_bytes());
        out.extend_from_slice(&self.header[2..]);
        out.extend_from_slice(question.name.borrow().wire());
        out.extend_from_slice(&question.rtype.0.to_be_bytes());
        out.extend_from_slice(&1_u16.to_be_bytes());
        out.extend_from_slice(&self.tail);
    }
}

/// An id nobody can guess, from the generator that hickory's own queries use.
pub(super) fn random_id() -> u16 {
    Message::query().metadata.id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{Name, RecordType};

    #[test]
    fn hickory_reads_what_was_put_together() {
        let question = Question {
            name: Name::absolute("www.example.com").expect("a name"),
            rtype: RecordType(65280),
        };
        for (edns, nsid) in [(true, true), (true, false), (false, false)] {
            let mut octets = Vec::new();
            Template::new(edns, nsid, !nsid).write(0x1234, &question, &mut octets);
            let message = Message::from_vec(&octets).expect("a message");
            assert_eq!(message.metadata.id, 0x1234);
            assert!(!message.metadata.recursion_desired);
            assert_eq!(message.queries[0].name().to_string(), "www.example.com.");
            assert_eq!(u16::from(message.queries[0].query_type()), 65280);
            assert_eq!(message.edns.is_some(), edns);
            let signed = message
                .edns
                .as_ref()
                .is_some_and(|edns| edns.flags().dnssec_ok);
            assert_eq!(signed, edns && !nsid);
            let wanted = message
                .edns
                .is_some_and(|edns| !edns.options().as_ref().is_empty());
            assert_eq!(wanted, nsid);
        }
    }
}
