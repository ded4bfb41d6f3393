//! What was seen of one zone so far, without what need not be kept.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::judge::value;
use super::{Answer, Expectations, Expected, Nameserver, Observation, Question, Verdict};
use crate::zone::Name;

/// Observations in the order in which they were made. Of an answer that is exactly what its server was expected to say
/// only the time and the node are kept, so that a large zone that is served well takes hardly any memory.
pub struct Seen<'a> {
    pub(super) expectations: Expectations<'a>,
    pub(super) nameservers: &'a [Nameserver],
    pub(super) questions: Arc<[Question]>,
    /// By question and then nameserver.
    right: Vec<Right>,
    /// Nodes that gave right answers (RFC 5001), each once.
    nodes: Vec<Vec<u8>>,
    /// By question and nameserver: what else was seen, and whatever was seen after that.
    pub(super) others: BTreeMap<(usize, usize), Vec<Observation>>,
    first: Option<String>,
}

/// A right answer, if there was one.
#[derive(Clone, Copy, Default)]
struct Right {
    /// Microseconds until it came, and one; 0 where there is none.
    time: u32,
    /// Its place among the nodes, counted from 1; 0 where none is known.
    node: u16,
}

impl<'a> Seen<'a> {
    /// Of these servers and questions nothing yet.
    pub fn new(
        expectations: impl Into<Expectations<'a>>,
        nameservers: &'a [Nameserver],
        questions: &Arc<[Question]>,
    ) -> Self {
        Self {
            expectations: expectations.into(),
            nameservers,
            right: vec![Right::default(); questions.len() * nameservers.len()],
            questions: Arc::clone(questions),
            nodes: Vec::new(),
            others: BTreeMap::new(),
            first: None,
        }
    }

    /// The apex.
    pub fn origin(&self) -> &'a Name {
        self.expectations.origin()
    }

    /// Who is asked, and what.
    pub fn asked(&self) -> (&'a [Nameserver], Arc<[Question]>) {
        (self.nameservers, Arc::clone(&self.questions))
    }

    /// Takes in one more.
    pub fn take(&mut self, seen: Observation) {
        let pair = (seen.question, seen.nameserver);
        let question = &self.questions[seen.question];
        let server = &self.nameservers[seen.nameserver];
        // What comes after something else tells how a server changed its mind.
        if !self.others.contains_key(&pair)
            && self.expectations.is_exact(server, question, &seen.answer)
        {
            let micros = u32::try_from(seen.elapsed.as_micros()).unwrap_or(u32::MAX);
            let node = seen.nsid.map_or(0, |node| self.node(node));
            let at = self.place(pair.0, pair.1);
            self.right[at] = Right {
                time: micros.saturating_add(1),
                node,
            };
            return;
        }
        if self.first.is_none() {
            self.first = self.wrong(&seen);
        }
        self.others.entry(pair).or_default().push(seen);
    }

    /// The first answer that was known to be wrong when it came, in a few words.
    pub fn first_difference(&self) -> Option<&str> {
        self.first.as_deref()
    }

    /// How long the right answer took that came before anything else.
    pub(super) fn right(&self, question: usize, nameserver: usize) -> Option<Duration> {
        let time = self.right[self.place(question, nameserver)].time;
        let micros = time.checked_sub(1)?;
        Some(Duration::from_micros(micros.into()))
    }

    /// Which node gave it.
    pub(super) fn right_node(&self, question: usize, nameserver: usize) -> Option<&Vec<u8>> {
        let node = self.right[self.place(question, nameserver)].node;
        self.nodes.get(usize::from(node).checked_sub(1)?)
    }

    /// Whether everybody who was asked this gave the right answer and no other; `None` where nobody was asked.
    pub(super) fn is_all_right(&self, question: usize) -> Option<bool> {
        let mut others = self.others.range((question, 0)..(question + 1, 0));
        if others.next().is_some() {
            return Some(false);
        }
        let all = 0..self.nameservers.len();
        let anybody = all
            .clone()
            .any(|server| self.right(question, server).is_some());
        anybody.then_some(true)
    }

    fn place(&self, question: usize, nameserver: usize) -> usize {
        question * self.nameservers.len() + nameserver
    }

    fn node(&mut self, node: Vec<u8>) -> u16 {
        let at = self.nodes.iter().position(|own| *own == node);
        let at = at.unwrap_or_else(|| {
            // More are not told apart: no message could name them.
            if self.nodes.len() < usize::from(u8::MAX) {
                self.nodes.push(node);
            }
            self.nodes.len() - 1
        });
        at as u16 + 1
    }

    fn wrong(&self, seen: &Observation) -> Option<String> {
        let question = &self.questions[seen.question];
        let server = &self.nameservers[seen.nameserver];
        let expected = self.expectations.expect_of(server, question)?;
        let worth = value(&expected, None, &seen.answer, question);
        if worth.verdict <= Verdict::Unverified
            || self.expectations.is_free(server, question, &seen.answer)
            || self.expectations.is_others(server, question, &seen.answer)
        {
            return None;
        }
        Some(format!(
            "{} {} at {} {}: {}",
            question.name, question.rtype, server.name, server.address, worth.why
        ))
    }
}

/// The answer that is exactly what is expected.
pub(super) fn right_answer(expected: &Expected) -> Answer {
    match expected {
        Expected::Records { rtype, set, .. } => Answer::Records {
            rtype: *rtype,
            set: set.clone(),
        },
        Expected::NoData { .. } => Answer::NoData { negative_ttl: None },
        Expected::NxDomain => Answer::NxDomain { negative_ttl: None },
        Expected::Referral { cut, set } => Answer::Referral {
            cut: cut.clone(),
            set: set.clone(),
        },
    }
}
