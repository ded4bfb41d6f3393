//! What replies say, as several judges want to know it.

use super::evidence::{Probe, Reply, ServerView};
use crate::verdict::{Answer, Question, classify};
use crate::zone::message::{MessageRef, RecordRef, Section};
use crate::zone::{Name, RecordSet, RecordType};

/// FORMERR, RFC 1035, section 4.1.1.
pub(super) const FORMERR: u16 = 1;

/// NOTIMP, ditto.
pub(super) const NOTIMP: u16 = 4;

/// The OPT record of a message.
pub(super) fn opt<'m>(message: &MessageRef<'m>) -> Option<RecordRef<'m>> {
    let records = message.records().map_while(Result::ok);
    let mut all = records.filter(|record| record.section == Section::Additional);
    all.find(|record| record.rtype == RecordType::OPT)
}

/// What a reply says to `rtype` at the apex.
pub(super) fn answer(reply: &Reply, zone: &Name, rtype: RecordType) -> Option<Answer> {
    let question = Question {
        name: zone.clone(),
        rtype,
    };
    classify(&reply.message()?, &question, zone.borrow()).ok()
}

/// The reply to the SOA question that counts: with EDNS, or without where the server does not know it.
pub(super) fn soa_reply(view: &ServerView) -> Option<&Reply> {
    let knows = |reply: &&Reply| {
        reply
            .message()
            .is_some_and(|message| !matches!(message.rcode(), FORMERR | NOTIMP))
    };
    let whole = |reply: &&Reply| reply.message().is_some_and(|message| !message.tc());
    let with_edns = view.reply(Probe::Soa).filter(knows);
    let cut = with_edns.is_some_and(|reply| !whole(&reply));
    let over_tcp = view.reply(Probe::SoaTcp).filter(|_| cut);
    over_tcp
        .or(with_edns)
        .or_else(|| view.reply(Probe::Plain))
        .or_else(|| view.reply(Probe::SoaTcp))
}

/// The apex NS set that a server gives with authority.
pub(super) fn apex_ns(view: &ServerView, zone: &Name) -> Option<RecordSet> {
    let replies = [Probe::Ns, Probe::NsTcp].into_iter();
    let mut answers = replies.filter_map(|probe| answer(view.reply(probe)?, zone, RecordType::NS));
    answers.find_map(|answer| match answer {
        Answer::Records {
            rtype: RecordType::NS,
            set,
        } => Some(set),
        _ => None,
    })
}

/// The SOA set that a server gives with authority.
pub(super) fn soa(view: &ServerView, zone: &Name) -> Option<RecordSet> {
    match answer(soa_reply(view)?, zone, RecordType::SOA)? {
        Answer::Records {
            rtype: RecordType::SOA,
            set,
        } => Some(set),
        _ => None,
    }
}

/// Why a server that answers does not serve the zone; nothing where it does, or is not heard.
pub(super) fn lameness(view: &ServerView, zone: &Name) -> Option<String> {
    let reply = soa_reply(view)?;
    let message = reply.message()?;
    if message.tc() {
        return None;
    }
    match answer(reply, zone, RecordType::SOA)? {
        Answer::Records { .. } | Answer::Silent { .. } => None,
        Answer::NotAuthoritative if is_upward(&message) => Some(
            "the server refers to the root instead of answering: it does not serve the zone"
                .to_owned(),
        ),
        Answer::NotAuthoritative => Some("the server answers without authority".to_owned()),
        Answer::Refused => Some("the server refuses to answer for the zone".to_owned()),
        Answer::Failure { what } => Some(format!("the server answers {what}")),
        Answer::NxDomain { .. } => Some("the server says that the zone does not exist".to_owned()),
        Answer::NoData { .. } => Some("the server has no SOA at the apex".to_owned()),
        Answer::Referral { .. } => Some("the server refers to others".to_owned()),
    }
}

/// Whether a message without authority refers to the root.
pub(super) fn is_upward(message: &MessageRef<'_>) -> bool {
    let root = Name::root();
    !message.aa()
        && message.rcode() == 0
        && message.records().map_while(Result::ok).any(|record| {
            record.section == Section::Authority
                && record.rtype == RecordType::NS
                && record.owner_is(root.borrow())
        })
}
