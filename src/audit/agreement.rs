//! AGR: whose answers differ. With a zone file the judge of [`crate::verdict`] compares with that; without one what
//! most servers say stands in its place, so that the same judge serves.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{Evidence, Probe, Reply, ServerView};
use super::note::{Notes, dig_probe};
use super::read::answer;
use crate::verdict::{Answer, Nameserver, Observation, Question};
use crate::zone::message::{MessageRef, RecordRef, Section};
use crate::zone::{Finding, Name, Position, RecordType, Zone, ZoneBuilder};

/// Stands for whatever else is at a name that exists; nobody asks for it (RFC 6895, section 3.1: reserved).
const SOMETHING: RecordType = RecordType(65_535);

/// The zone that most servers answer from: by distinct names of servers, the first where as many say otherwise.
pub fn consensus(
    origin: &Name,
    nameservers: &[Nameserver],
    questions: &[Question],
    observations: &[Observation],
) -> Zone {
    let mut builder = ZoneBuilder::new(origin.clone());
    let mut bare: Vec<&Name> = Vec::new();
    let mut seen: Vec<Vec<&Observation>> = vec![Vec::new(); questions.len()];
    for one in observations {
        seen[one.question].push(one);
    }
    for (question, seen) in questions.iter().zip(seen) {
        let Some(usual) = usual(seen.into_iter(), nameservers) else {
            continue;
        };
        match usual {
            Answer::Records { rtype, set } => {
                builder.push_set(question.name.borrow(), *rtype, set);
            }
            Answer::Referral { cut, set } => {
                builder.push_set(cut.borrow(), RecordType::NS, set);
            }
            Answer::NoData { .. } => bare.push(&question.name),
            _ => {}
        }
    }
    let zone = builder.finish();
    // An empty non-terminal exists by what is below it, and has to stay empty.
    bare.retain(|name| !zone.has_at_or_below(name.borrow()));
    if bare.is_empty() {
        return zone;
    }
    let mut builder = ZoneBuilder::new(origin.clone());
    for set in zone.sets() {
        builder.push_set(set.owner(), set.rtype(), &set.to_record_set());
    }
    for name in bare {
        builder.push(name.borrow(), SOMETHING, 0, &[], Position::default());
    }
    builder.finish()
}

/// The verified answer that most nameservers give.
fn usual<'o>(
    seen: impl Iterator<Item = &'o Observation>,
    nameservers: &[Nameserver],
) -> Option<&'o Answer> {
    let mut votes: Vec<(&Answer, BTreeSet<&Name>)> = Vec::new();
    for one in seen.filter(|one| one.answer.is_verified()) {
        let name = &nameservers[one.nameserver].name;
        match votes
            .iter_mut()
            .find(|(answer, _)| same(answer, &one.answer))
        {
            Some((_, names)) => {
                names.insert(name);
            }
            None => votes.push((&one.answer, [name].into())),
        }
    }
    let most = votes.iter().map(|(_, names)| names.len()).max()?;
    let mut best = votes.into_iter().filter(|(_, names)| names.len() == most);
    best.next().map(|(answer, _)| answer)
}

fn same(one: &Answer, other: &Answer) -> bool {
    one.kind() == other.kind() && one.set() == other.set()
}

/// AGR06 and AGR07, as far as the apex shows them: the same address asked in another way, and once more.
pub(super) fn judge(evidence: &Evidence) -> Vec<Finding> {
    let zone = &evidence.zone().zone;
    let mut notes = Notes::default();
    for view in &evidence.servers {
        let pairs = [
            (Probe::Soa, Probe::Again, RecordType::SOA, "AGR07"),
            (Probe::Soa, Probe::SoaTcp, RecordType::SOA, "AGR06"),
            (Probe::Ns, Probe::NsTcp, RecordType::NS, "AGR06"),
        ];
        for (one, other, rtype, code) in pairs {
            if differ(view, one, other, zone, rtype) {
                let message = match code {
                    "AGR06" => format!("{rtype} of the apex is another over TCP than over UDP"),
                    _ => format!("two answers to the same question, {rtype} of the apex"),
                };
                let command = dig_probe(view.server.address, zone, other);
                notes.add(code, message, &view.server, command);
                break;
            }
        }
    }
    notes.finish()
}

fn differ(view: &ServerView, one: Probe, other: Probe, zone: &Name, rtype: RecordType) -> bool {
    let said = |probe| {
        let reply = view.reply(probe).filter(|reply| {
            let message = reply.message();
            message.is_some_and(|message| !message.tc())
        })?;
        answer(reply, zone, rtype).filter(Answer::is_verified)
    };
    let (Some(one), Some(other)) = (said(one), said(other)) else {
        return false;
    };
    !same(&one, &other)
}

/// What one server says over TCP beside what it said over UDP; nothing where it is the same.
pub fn other_over_tcp(question: &Question, over_udp: &Answer, over_tcp: &Answer) -> Option<String> {
    let known = over_udp.is_verified() && over_tcp.is_verified();
    if !known || same(over_udp, over_tcp) {
        return None;
    }
    let (name, rtype) = (&question.name, question.rtype);
    Some(format!("{name} {rtype} is another over TCP than over UDP"))
}

/// AGR08: what is wrong with the order of an answer that follows an alias (RFC 1034, section 4.3.2): each name is
/// there before what it leads to.
pub fn out_of_order(reply: &Reply, question: &Question) -> Option<String> {
    let message = reply.message()?;
    let answers: Vec<(Name, RecordRef<'_>)> = message
        .records()
        .map_while(Result::ok)
        .filter(|record| record.section == Section::Answer)
        .filter_map(|record| Some((record.owner().ok()?, record)))
        .collect();
    let mut reached: BTreeSet<Name> = [question.name.clone()].into();
    let all: BTreeMap<Name, Name> = answers
        .iter()
        .filter(|(_, record)| record.rtype == RecordType::CNAME)
        .filter_map(|(owner, record)| Some((owner.clone(), target(&message, record)?)))
        .collect();
    for (owner, record) in &answers {
        let synthesized = record.rtype == RecordType::DNAME || record.rtype == RecordType::RRSIG;
        if synthesized {
            continue;
        }
        if !reached.contains(owner) {
            let is_late = all.values().any(|target| target == owner);
            return Some(if is_late {
                format!("`{owner}` stands before the alias that leads to it")
            } else {
                format!(
                    "`{owner}` is in the answer to `{}`, which does not lead to it",
                    question.name
                )
            });
        }
        if record.rtype == RecordType::CNAME {
            reached.extend(target(&message, record));
        }
    }
    None
}

fn target(message: &MessageRef<'_>, record: &RecordRef<'_>) -> Option<Name> {
    let mut wire = Vec::new();
    crate::zone::rdata::from_message(
        record.rtype,
        message.octets(),
        record.rdata.clone(),
        &mut wire,
    )
    .ok()?;
    Name::from_wire(&wire).ok()
}
