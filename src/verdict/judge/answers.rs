//! Answers beside each other: which are the same, which is newer, what they are worth together.

use std::collections::BTreeMap;

use crate::verdict::pair::{Worth, weigh};
use crate::verdict::{Answer, Expected, Group, Question, Standing, Verdict};
use crate::zone::RecordType;

/// The worth of an answer. An SOA's data is compared among servers instead of with the file.
pub(in crate::verdict) fn value(
    expected: &Expected,
    before: Option<&Expected>,
    answer: &Answer,
    question: &Question,
) -> Worth {
    let is_soa = |rtype| rtype == RecordType::SOA;
    if let (Expected::Records { rtype, .. }, Answer::Records { rtype: given, .. }) =
        (expected, answer)
        && is_soa(*rtype)
        && is_soa(*given)
    {
        return Worth::of(Verdict::Agree, "");
    }
    let worth = weigh(expected, answer, question.rtype);
    let was_right = |before| weigh(before, answer, question.rtype).verdict == Verdict::Agree;
    if worth.verdict > Verdict::Unverified && before.is_some_and(was_right) {
        return Worth::of(Verdict::Stale, "what was right before");
    }
    worth
}

/// Whether two answers are the same to whoever asked: the negative TTL is the SOA's business.
pub(super) fn same(a: &Answer, b: &Answer) -> bool {
    match (a, b) {
        (Answer::NoData { .. }, Answer::NoData { .. })
        | (Answer::NxDomain { .. }, Answer::NxDomain { .. }) => true,
        _ => a == b,
    }
}

/// The newer of two serials (RFC 1982).
pub(super) fn newer(a: u32, b: u32) -> u32 {
    if b.wrapping_sub(a) < 1 << 31 { b } else { a }
}

/// Takes the servers that are behind out of their groups, into groups with a verdict of their own.
pub(super) fn split(groups: &mut Vec<Group>, behind: &BTreeMap<usize, String>) {
    let mut apart: Vec<Group> = Vec::new();
    for group in groups.iter_mut() {
        for nameserver in std::mem::take(&mut group.nameservers) {
            match behind.get(&nameserver) {
                None => group.nameservers.push(nameserver),
                Some(why) => apart.push(Group {
                    nameservers: vec![nameserver],
                    answer: group.answer.clone(),
                    verdict: Verdict::Differs,
                    why: why.clone(),
                }),
            }
        }
    }
    groups.retain(|group| !group.nameservers.is_empty());
    groups.extend(apart);
}

/// Both axes, from answers that differ from each other.
pub(super) fn standing(groups: &[Group]) -> Standing {
    let known = || groups.iter().filter(|group| group.answer.is_verified());
    let right = known()
        .filter(|group| group.verdict == Verdict::Agree)
        .count();
    match (known().count(), right) {
        (0, _) => Standing::Unknown,
        (all, right) if all == right => Standing::Current,
        (1, _) => Standing::AgreeStale,
        (_, 0) => Standing::Disputed,
        _ => Standing::Unfinished,
    }
}
