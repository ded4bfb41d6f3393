//! All observations of one zone against what the zone says.

mod answers;
mod code;
mod unstable;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

pub(super) use answers::value;
use answers::{newer, same, split, standing};

use crate::verdict::expectation::ByZone;
use crate::verdict::pair::Worth;
use crate::verdict::seen::right_answer;
use crate::verdict::statistics::{Last, statistics};
use crate::verdict::{
    Answer, Declared, Difference, Expectations, Expected, Group, Judgement, Nameserver, Notice,
    Observation, Question, Seen, SoaFields, Verdict, expect,
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
    /// Whether all observations were made within a moment, so that a server with two answers is no server that was
    /// brought up to date meanwhile.
    pub at_once: bool,
}

/// Judges `observations` as [`judge_seen`] does.
pub fn judge<'a>(
    expectations: impl Into<Expectations<'a>>,
    nameservers: &'a [Nameserver],
    questions: &[Question],
    observations: &[Observation],
    options: JudgeOptions<'_>,
) -> Judgement {
    let mut seen = Seen::new(expectations, nameservers, &questions.into());
    for one in observations {
        seen.take(one.clone());
    }
    judge_seen(&seen, options)
}

/// Judges what was seen, in the order in which it was made: the last observation of a nameserver and question counts,
/// earlier ones tell whether the server is stable.
pub fn judge_seen(seen: &Seen<'_>, options: JudgeOptions<'_>) -> Judgement {
    let mut judge = Judge {
        zones: seen.expectations.zone_numbers(seen.nameservers),
        expectations: &seen.expectations,
        nameservers: seen.nameservers,
        questions: &seen.questions,
        seen,
        options,
        excused: BTreeSet::new(),
        remarks: BTreeMap::new(),
        judgement: Judgement::default(),
    };
    judge.measure();
    for number in 0..judge.questions.len() {
        judge.question(number);
    }
    judge.finish()
}

struct Judge<'a> {
    expectations: &'a Expectations<'a>,
    /// By nameserver: the number of the zone that it is expected to answer from.
    zones: Vec<usize>,
    nameservers: &'a [Nameserver],
    questions: &'a [Question],
    seen: &'a Seen<'a>,
    options: JudgeOptions<'a>,
    /// Nameservers out of reach from here that were verified at another address.
    excused: BTreeSet<usize>,
    /// Code, question and message of each notice, and whom it is about.
    remarks: BTreeMap<(&'static str, Option<usize>, String), BTreeSet<usize>>,
    judgement: Judgement,
}

impl<'a> Judge<'a> {
    /// What was seen beside right answers.
    fn others(&self, question: usize, nameserver: usize) -> &'a [Observation] {
        let others = self.seen.others.get(&(question, nameserver));
        others.map_or(&[], Vec::as_slice)
    }

    /// How the last one came out.
    fn last(&self, question: usize, nameserver: usize) -> Option<Last<'a>> {
        match self.others(question, nameserver).last() {
            Some(seen) => Some(Last::Seen(seen)),
            None => self.seen.right(question, nameserver).map(Last::Right),
        }
    }

    /// Statistics, and what they say about servers and providers as a whole.
    fn measure(&mut self) {
        let each: Vec<_> = (0..self.nameservers.len())
            .map(|nameserver| {
                let last = |question| self.last(question, nameserver);
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
        match self.seen.is_all_right(number) {
            None => return,
            Some(true) if self.excused.is_empty() && self.expectations.is_uniform() => {
                self.judgement.agreement.questions += 1;
                self.judgement.agreement.agree += 1;
                return;
            }
            Some(_) => {}
        }
        let question = &self.questions[number];
        let Some(expected) = self.expectations.expect(question) else {
            return;
        };
        let before = self
            .options
            .previous
            .and_then(|previous| expect(previous, question));
        let is_soa =
            question.rtype == RecordType::SOA && question.name == *self.expectations.origin();
        let mut groups: Vec<Group> = Vec::new();
        let mut worths: Vec<Worth> = Vec::new();
        // Of each group: the zone that it is judged by.
        let mut zones: Vec<usize> = Vec::new();
        for nameserver in 0..self.nameservers.len() {
            let zone = self.zones[nameserver];
            let answer = match self.last(number, nameserver) {
                None => continue,
                Some(_) if self.excused.contains(&nameserver) => continue,
                Some(Last::Seen(seen)) => Cow::Borrowed(&seen.answer),
                Some(Last::Right(_)) => Cow::Owned(right_answer(expected.of(zone))),
            };
            // The same answer can be right at one provider alone: its own apex NS set, a set of somebody else.
            let worth = self.worth(nameserver, &expected, before.as_ref(), &answer, question);
            let known = (0..groups.len()).find(|&at| {
                expected.is_same(zones[at], zone)
                    && worths[at] == worth
                    && same(&groups[at].answer, &answer)
            });
            if let Some(at) = known {
                groups[at].nameservers.push(nameserver);
                continue;
            }
            zones.push(zone);
            groups.push(Group {
                nameservers: vec![nameserver],
                answer: answer.into_owned(),
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
        let declared = self.expectations.declared(question, &expected);
        let expected = expected.into_common();
        if is_soa {
            self.compare_soa(number, &expected, &mut groups);
        }
        self.count(number, expected, declared, groups);
    }

    /// What an answer is worth to the zone that its server answers from.
    fn worth(
        &self,
        nameserver: usize,
        expected: &ByZone,
        before: Option<&Expected>,
        answer: &Answer,
        question: &Question,
    ) -> Worth {
        let server = &self.nameservers[nameserver];
        if self.expectations.is_free(server, question, answer) {
            return Worth::of(Verdict::Agree, "");
        }
        let worth = value(
            expected.of(self.zones[nameserver]),
            before,
            answer,
            question,
        );
        if worth.verdict == Verdict::Extra && self.expectations.is_others(server, question, answer)
        {
            return Worth::of(Verdict::Agree, "");
        }
        worth
    }

    fn count(
        &mut self,
        number: usize,
        expected: Expected,
        declared: Vec<Declared>,
        groups: Vec<Group>,
    ) {
        let verdict = groups
            .iter()
            .map(|group| group.verdict)
            .max()
            .unwrap_or(Verdict::Unverified);
        let agreement = &mut self.judgement.agreement;
        agreement.questions += 1;
        match verdict {
            Verdict::Agree => agreement.agree += 1,
            Verdict::Unverified => agreement.unverified += 1,
            _ => agreement.differ += 1,
        }
        let is_explained = verdict == Verdict::Agree;
        if is_explained && (declared.is_empty() || groups.len() < 2) {
            return;
        }
        let question = &self.questions[number];
        let mut difference = Difference {
            code: "",
            question: number,
            name: question.name.clone(),
            rtype: question.rtype,
            verdict,
            standing: standing(&groups),
            expected,
            declared,
            answers: groups,
        };
        difference.code = code::code(&difference, self.expectations.common(), self.nameservers);
        if is_explained {
            self.judgement.explained.push(difference);
        } else {
            self.judgement.differences.push(difference);
        }
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
                about: question.map(|number| {
                    let asked = &self.questions[number];
                    (asked.name.clone(), asked.rtype)
                }),
                nameservers: nameservers.into_iter().collect(),
            })
            .collect();
        self.judgement
    }
}

#[cfg(test)]
mod tests;
