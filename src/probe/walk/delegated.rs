//! A delegation, read from a response.

use crate::audit::{Delegated, Glue, Reply};
use crate::probe::hints::address_of;
use crate::verdict::{Answer, Question, classify};
use crate::zone::message::Section;
use crate::zone::{Name, RecordType};

/// What a server of `parent` said about `zone`. Addresses count only for names that are the parent's to tell of.
pub(super) fn delegated(reply: &Reply, zone: &Name, parent: &Name) -> Result<Delegated, String> {
    let message = reply.message().ok_or("no DNS message")?;
    let question = Question {
        name: zone.clone(),
        rtype: RecordType::NS,
    };
    let answer =
        classify(&message, &question, parent.borrow()).map_err(|error| error.to_string())?;
    let (ns, authoritative) = match answer {
        Answer::Referral { cut, set } if cut == *zone => (set, false),
        Answer::Records {
            rtype: RecordType::NS,
            set,
        } => (set, true),
        Answer::NoData { .. } | Answer::NxDomain { .. } => {
            return Err(format!("`{zone}` is not delegated"));
        }
        other => {
            return Err(format!(
                "unexpected answer: {}",
                other.kind().replace('_', " ")
            ));
        }
    };
    let mut glue: Vec<Glue> = message
        .records()
        .map_while(Result::ok)
        .filter(|record| {
            let is_address = matches!(record.rtype, RecordType::A | RecordType::AAAA);
            record.section == Section::Additional && is_address
        })
        .filter_map(|record| {
            let name = record.owner().ok()?;
            let rdata = message.octets().get(record.rdata.clone())?;
            let is_listed = ns.rdata.iter().any(|own| **own == *name.borrow().wire());
            let is_own = name.borrow().is_at_or_below(parent.borrow());
            let address = address_of(rdata).filter(|_| is_listed && is_own)?;
            Some(Glue { name, address })
        })
        .collect();
    glue.sort();
    glue.dedup();
    Ok(Delegated {
        ns,
        glue,
        authoritative,
        truncated: message.tc(),
        octets: reply.octets.len(),
    })
}
