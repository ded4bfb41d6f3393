//! All observations of one zone against what the zone says.

use std::collections::{BTreeMap, BTreeSet};

use crate::verdict::pair::{Worth, weigh};
use crate::verdict::statistics::statistics;
use crate::verdict::{
    Answer, Difference, Expected, Group, Judgement, Nameserver, Notice, Observation, Question,
    SoaFields, Standing, Verdict, expect,
};
use crate::zone::{RecordSet, RecordType, Zone};

/// What judging may take into account.
#[derive(Clone, Copy, Default)]
pub struct JudgeOptions<'a> {
    /// What was served before: an answer that is right by it is stale.
    pub previous: Option<&'a Zone>,
    /// Whether an address that this machine has no route to counts as unverified even where the same server was
    /// verified at another address.
    pub require_all_families: bool,
}

/// Judges `observations`, in the order in which they were made: the last one of a nameserver and question counts,
/// earlier ones tell whether the server is stable.
pub fn judge(
    zone: &Zone,
    nameservers: &[Nameserver],
    questions: &[Question],
    observations: &[Observation],
    options: JudgeOptions<'_>,
) -> Judgement {
    let mut judge = Judge {
        zone,
        nameservers,
        questions,
        options,
        history: vec![Vec::new(); questions.len() * nameservers.len()],
        excused: BTreeSet::new(),
        remarks: BTreeMap::new(),
        judgement: Judgement::default(),
    };
    for seen in observations {
        judge.history[seen.question * nameservers.len() + seen.nameserver].push(seen);
    }
    judge.measure();
    for number in 0..questions.len() {
        judge.question(number);
    }
    judge.finish()
}

struct Judge<'a> {
    zone: &'a Zone,
    nameservers: &'a [Nameserver],
    questions: &'a [Question],
    options: JudgeOptions<'a>,
    /// By question and then nameserver.
    history: Vec<Vec<&'a Observation>>,
    /// Nameservers out of reach from here that were verified at another address.
    excused: BTreeSet<usize>,
    /// Code, question and message of each notice, and whom it is about.
    remarks: BTreeMap<(&'static str, Option<usize>, String), BTreeSet<usize>>,
    judgement: Judgement,
}

impl<'a> Judge<'a> {
    fn of(&self, question: usize, nameserver: usize) -> &[&'a Observation] {
        &self.history[question * self.nameservers.len() + nameserver]
    }

    /// Statistics, and what they say about servers and providers as a whole.
    fn measure(&mut self) {
        let each: Vec<_> = (0..self.nameservers.len())
            .map(|nameserver| {
                let last = |question| self.of(question, nameserver).last().copied();
                statistics((0..self.questions.len()).filter_map(last))
            })
            .collect();
        for (index, own) in self.nameservers.iter().enumerate() {
            let elsewhere = self.nameservers.iter().zip(&each).any(|(other, its)| {
                other.name == own.name && other.provider == own.provider && its.answered > 0
            });
            if each[index].no_route {
                let message = format!("no route to `{}` from here", own.address.ip());
                self.remark("no-route", None, message, index);
                if elsewhere && !self.options.require_all_families {
                    self.excused.insert(index);
                }
            }
        }
        let mut providers: BTreeMap<&Option<String>, bool> = BTreeMap::new();
        for (nameserver, statistics) in self.nameservers.iter().zip(&each) {
            if statistics.asked > 0 {
                *providers.entry(&nameserver.provider).or_default() |= statistics.answered > 0;
            }
        }
        self.judgement.unverified_providers = providers
            .into_iter()
            .filter(|(_, verified)| !verified)
            .map(|(provider, _)| provider.clone())
            .collect();
        self.judgement.nameservers = each;
    }

    fn question(&mut self, number: usize) {
        let question = &self.questions[number];
        let Some(expected) = expect(self.zone, question) else {
            return;
        };
        let before = self
            .options
            .previous
            .and_then(|previous| expect(previous, question));
        let is_soa = question.rtype == RecordType::SOA && question.name == *self.zone.origin();
        let mut groups: Vec<Group> = Vec::new();
        let mut worths: Vec<Worth> = Vec::new();
        for nameserver in 0..self.nameservers.len() {
            let Some(&seen) = self.of(number, nameserver).last() else {
                continue;
            };
            if self.excused.contains(&nameserver) {
                continue;
            }
            let known = groups
                .iter_mut()
                .find(|group| same(&group.answer, &seen.answer));
            if let Some(group) = known {
                group.nameservers.push(nameserver);
                continue;
            }
            let worth = value(&expected, before.as_ref(), &seen.answer, question);
            groups.push(Group {
                nameservers: vec![nameserver],
                answer: seen.answer.clone(),
                verdict: worth.verdict,
                why: worth.why.clone(),
            });
            worths.push(worth);
        }
        if groups.is_empty() {
            return;
        }
        for (group, worth) in groups.iter().zip(worths) {
            if let Some(code) = worth.notice {
                self.explain(code, number, &group.nameservers);
            }
        }
        self.look_back(number, &expected, is_soa);
        if is_soa {
            self.compare_soa(number, &expected, &mut groups);
        }
        self.count(number, expected, groups);
    }

    fn count(&mut self, number: usize, expected: Expected, groups: Vec<Group>) {
        let verdict = groups
            .iter()
            .map(|group| group.verdict)
            .max()
            .unwrap_or(Verdict::Unverified);
        let agreement = &mut self.judgement.agreement;
        agreement.questions += 1;
        match verdict {
            Verdict::Agree => {
                agreement.agree += 1;
                return;
            }
            Verdict::Unverified => agreement.unverified += 1,
            _ => agreement.differ += 1,
        }
        let question = &self.questions[number];
        self.judgement.differences.push(Difference {
            question: number,
            name: question.name.clone(),
            rtype: question.rtype,
            verdict,
            standing: standing(&groups),
            expected,
            answers: groups,
        });
    }

    /// SOAs: the serial within each provider, the negative TTL among all, the rest as a remark. The serial is each
    /// provider's own and never compared with the file.
    fn compare_soa(&mut self, number: usize, expected: &Expected, groups: &mut Vec<Group>) {
        let read = |set: &RecordSet| {
            let fields = SoaFields::read(set.rdata.first()?)?;
            let negative = fields.negative_ttl(set.ttl);
            Some((fields, negative))
        };
        let given: Vec<(usize, SoaFields, u32)> = groups
            .iter()
            .flat_map(|group| {
                let soa = group.answer.set().and_then(read);
                let each = move |&nameserver: &usize| {
                    let (fields, negative) = soa.clone()?;
                    Some((nameserver, fields, negative))
                };
                group.nameservers.iter().filter_map(each)
            })
            .collect();
        let mut behind: BTreeMap<usize, String> = BTreeMap::new();
        for (nameserver, fields, _) in &given {
            let provider = &self.nameservers[*nameserver].provider;
            let newest = given
                .iter()
                .filter(|(other, ..)| self.nameservers[*other].provider == *provider)
                .map(|(_, fields, _)| fields.serial)
                .reduce(newer);
            if let Some(newest) = newest.filter(|newest| *newest != fields.serial) {
                let why = format!(
                    "serial {} while another server of the provider has {newest}",
                    fields.serial
                );
                behind.insert(*nameserver, why);
            }
        }
        let Some((wanted, negative)) = expected.set().and_then(read) else {
            return;
        };
        for (nameserver, fields, its) in &given {
            if *its != negative {
                let message = format!("negative TTL {its} instead of {negative}");
                self.remark("negative-ttl", Some(number), message, *nameserver);
            }
            if (&fields.names, fields.timers) != (&wanted.names, wanted.timers) {
                let message = "MNAME, RNAME or timers of the SOA are not the file's".to_owned();
                self.remark("soa-fields", Some(number), message, *nameserver);
            }
        }
        split(groups, &behind);
    }

    /// A server that went back to an earlier answer, or away from the right one, has more than one opinion.
    fn look_back(&mut self, number: usize, expected: &Expected, is_soa: bool) {
        let rtype = self.questions[number].rtype;
        for nameserver in 0..self.nameservers.len() {
            let mut told: Vec<&Answer> = Vec::new();
            let mut unstable = false;
            for seen in self.of(number, nameserver) {
                let answer = &seen.answer;
                if !answer.is_verified() || told.last().is_some_and(|last| same(last, answer)) {
                    continue;
                }
                let was_right = !is_soa
                    && told
                        .last()
                        .is_some_and(|last| weigh(expected, last, rtype).verdict == Verdict::Agree);
                unstable |= was_right || told.iter().any(|earlier| same(earlier, answer));
                told.push(answer);
            }
            if unstable {
                let message = "the server gives different answers in turn".to_owned();
                self.remark("unstable", Some(number), message, nameserver);
            }
        }
    }

    fn explain(&mut self, code: &'static str, number: usize, nameservers: &[usize]) {
        let (question, message) = match code {
            "txt-cut" => (Some(number), "same text, cut into other character-strings"),
            "child-zone" => (
                Some(number),
                "the server answers for the zone below the cut as well",
            ),
            _ => (None, "NODATA where a name does not exist"),
        };
        for &nameserver in nameservers {
            self.remark(code, question, message.to_owned(), nameserver);
        }
    }

    fn remark(
        &mut self,
        code: &'static str,
        question: Option<usize>,
        message: String,
        nameserver: usize,
    ) {
        self.remarks
            .entry((code, question, message))
            .or_default()
            .insert(nameserver);
    }

    fn finish(mut self) -> Judgement {
        self.judgement.notices = self
            .remarks
            .into_iter()
            .map(|((code, question, message), nameservers)| Notice {
                code,
                message,
                question,
                nameservers: nameservers.into_iter().collect(),
            })
            .collect();
        self.judgement
    }
}

/// The worth of an answer. An SOA's data is compared among servers instead of with the file.
fn value(
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
fn same(a: &Answer, b: &Answer) -> bool {
    match (a, b) {
        (Answer::NoData { .. }, Answer::NoData { .. })
        | (Answer::NxDomain { .. }, Answer::NxDomain { .. }) => true,
        _ => a == b,
    }
}

/// The newer of two serials (RFC 1982).
fn newer(a: u32, b: u32) -> u32 {
    if b.wrapping_sub(a) < 1 << 31 { b } else { a }
}

/// Takes the servers that are behind out of their groups, into groups with a verdict of their own.
fn split(groups: &mut Vec<Group>, behind: &BTreeMap<usize, String>) {
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
fn standing(groups: &[Group]) -> Standing {
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

#[cfg(test)]
mod tests;
