//! The outcome of judging, ready to be shown.

use super::{Answer, Declared, Expected, Statistics};
use crate::zone::{Name, RecordType};

/// What is the matter with one question: what the worst of its answers is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Every server says what it should.
    Agree,
    /// Some server's answer is not known; all known ones are right.
    Unverified,
    /// A server says what was right before.
    Stale,
    /// A server says something else.
    Differs,
    /// A server has records that should not be.
    Extra,
    /// A server denies records that should be.
    Missing,
}

impl Verdict {
    /// The spelling in JSON output.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Unverified => "unverified",
            Self::Stale => "stale",
            Self::Differs => "differs",
            Self::Extra => "extra",
            Self::Missing => "missing",
        }
    }
}

/// The two axes together, for one question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// All servers say the same, and it is what the zone file says.
    Current,
    /// All servers say the same, and it is something else: drift.
    AgreeStale,
    /// Servers differ, and some are current: an unfinished rollout.
    Unfinished,
    /// Servers differ, and none is current: somebody else may be editing.
    Disputed,
    /// Nothing is known.
    Unknown,
}

/// Servers that gave the same answer.
#[derive(Clone, Debug)]
pub struct Group {
    /// Indexes of nameservers, ascending.
    pub nameservers: Vec<usize>,
    /// What they said.
    pub answer: Answer,
    /// What it is worth.
    pub verdict: Verdict,
    /// What exactly is wrong, or why it could not be verified; empty where nothing is.
    pub why: String,
}

/// One question that not every server answered as it should.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What `explain` takes; empty where nobody is known to be wrong.
    pub code: &'static str,
    /// Index of the question.
    pub question: usize,
    /// QNAME.
    pub name: Name,
    /// QTYPE.
    pub rtype: RecordType,
    /// The worst of `answers`.
    pub verdict: Verdict,
    /// Both axes.
    pub standing: Standing,
    /// What the zone file says.
    pub expected: Expected,
    /// Who is expected to say something else, as declared.
    pub declared: Vec<Declared>,
    /// Every distinct answer, the right ones included.
    pub answers: Vec<Group>,
}

/// Something that is no difference, and still worth a line: the cut of a TXT, a compact denial, an unstable server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// `txt-cut`, `compact-denial`, `child-zone`, `negative-ttl`, `soa-fields`, `unstable`, `no-route`.
    pub code: &'static str,
    /// One sentence, no final period.
    pub message: String,
    /// Index of the question, where it is about one.
    pub question: Option<usize>,
    /// QNAME and QTYPE of that question.
    pub about: Option<(Name, RecordType)>,
    /// Indexes of the nameservers it is about.
    pub nameservers: Vec<usize>,
}

/// How many questions came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// How many were asked of anybody.
    pub questions: usize,
    /// Every server answered as it should.
    pub agree: usize,
    /// Some server answered something else.
    pub differ: usize,
    /// No wrong answer, but not every server was verified.
    pub unverified: usize,
}

/// What the observations of one zone amount to.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// Everything that is not [`Verdict::Agree`], in the order of the questions.
    pub differences: Vec<Difference>,
    /// Questions that every server answered as it should, and not all alike, as declared.
    pub explained: Vec<Difference>,
    /// Remarks.
    pub notices: Vec<Notice>,
    /// Counts.
    pub agreement: Agreement,
    /// By index of the nameserver.
    pub nameservers: Vec<Statistics>,
    /// Accounts none of whose servers said anything with authority; `None` in it stands for servers of no account.
    pub unverified_providers: Vec<Option<String>>,
}

impl Judgement {
    /// Whether every server answered every question as it should.
    pub fn is_clean(&self) -> bool {
        self.differences.is_empty()
    }

    /// Whether some answer is known to be wrong: exit code 1.
    pub fn differs(&self) -> bool {
        self.agreement.differ > 0
    }

    /// Whether nothing is known of some provider, or nothing at all was asked: exit code 2.
    pub fn is_trouble(&self) -> bool {
        !self.unverified_providers.is_empty() || self.agreement.questions == 0
    }

    /// Whether some answer is not known: *could not verify is never 0*.
    pub fn is_unverified(&self) -> bool {
        self.agreement.unverified > 0
            || self.differences.iter().any(|difference| {
                difference
                    .answers
                    .iter()
                    .any(|group| group.verdict == Verdict::Unverified)
            })
    }

    /// `(nameserver, question)` of every answer that is not right, to be asked again.
    pub fn open_pairs(&self) -> Vec<(usize, usize)> {
        self.pairs(|verdict| verdict != Verdict::Agree)
    }

    /// The same of every answer that is known to be wrong.
    pub fn wrong_pairs(&self) -> Vec<(usize, usize)> {
        self.pairs(|verdict| verdict > Verdict::Unverified)
    }

    fn pairs(&self, wanted: impl Fn(Verdict) -> bool) -> Vec<(usize, usize)> {
        let mut pairs: Vec<(usize, usize)> = Vec::new();
        for difference in &self.differences {
            for group in difference
                .answers
                .iter()
                .filter(|group| wanted(group.verdict))
            {
                let servers = group.nameservers.iter();
                pairs.extend(servers.map(|&server| (server, difference.question)));
            }
        }
        pairs
    }
}
