//! What each provider's servers are expected to answer from: the zone file, or what is declared otherwise.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Answer, Expected, Nameserver, Question, expect, questions};
use crate::zone::{Lookup, Name, NameRef, RecordKey, RecordSet, RecordType, SetRef, Zone};

/// Says whether a set of a provider can be somebody else's: account id, owner and type.
pub type Others<'a> = &'a (dyn Fn(Option<&str>, NameRef<'_>, RecordType) -> bool + Sync);

/// The zone that all servers answer from, and what is known to be different at some provider.
#[derive(Clone)]
pub struct Expectations<'a> {
    common: &'a Zone,
    own: BTreeMap<String, &'a Zone>,
    declared: Vec<Declaration>,
    own_apex_ns: Vec<String>,
    others: Option<Others<'a>>,
    gone: Vec<RecordKey>,
}

/// A difference that is declared, and so explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    /// Account id.
    pub provider: String,
    /// Which record set.
    pub key: RecordKey,
    /// Why.
    pub reason: String,
}

/// A declared difference at one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// Account id.
    pub provider: String,
    /// What its servers are expected to say; `None` where any apex NS set is its own business.
    pub expected: Option<Expected>,
    /// Why.
    pub reason: String,
}

impl<'a> From<&'a Zone> for Expectations<'a> {
    fn from(common: &'a Zone) -> Self {
        Self {
            common,
            own: BTreeMap::new(),
            declared: Vec::new(),
            own_apex_ns: Vec::new(),
            others: None,
            gone: Vec::new(),
        }
    }
}

impl<'a> Expectations<'a> {
    /// With what the servers of one provider answer from instead.
    #[must_use]
    pub fn own(mut self, provider: &str, zone: &'a Zone) -> Self {
        self.own.insert(provider.to_owned(), zone);
        self
    }

    /// With declared differences.
    #[must_use]
    pub fn declaring(mut self, declared: impl IntoIterator<Item = Declaration>) -> Self {
        self.declared.extend(declared);
        self
    }

    /// With a provider whose apex NS set is its own business.
    #[must_use]
    pub fn own_apex_ns(mut self, provider: &str) -> Self {
        self.own_apex_ns.push(provider.to_owned());
        self
    }

    /// With sets that can be somebody else's: a server that has them where nothing is expected is right.
    #[must_use]
    pub fn others(mut self, others: Others<'a>) -> Self {
        self.others = Some(others);
        self
    }

    /// The zone that all servers answer from, declared differences apart.
    pub(super) fn common(&self) -> &'a Zone {
        self.common
    }

    /// With record sets that were there before: that they are gone has to be proved, too.
    #[must_use]
    pub fn gone(mut self, keys: impl IntoIterator<Item = RecordKey>) -> Self {
        self.gone.extend(keys);
        self
    }

    /// The apex.
    pub fn origin(&self) -> &'a Name {
        self.common.origin()
    }

    /// Every question whose answers prove it: those of [`questions`], and those that declared differences and sets that
    /// are gone add.
    pub fn questions(&self, deep: bool, seed: u64) -> Vec<Question> {
        self.questions_about(self.common, deep, seed)
    }

    /// The same where only the part `zone` of it is asked for.
    pub fn questions_about(&self, zone: &Zone, deep: bool, seed: u64) -> Vec<Question> {
        let mut all = questions(zone, deep, seed);
        let declared = self.declared.iter().map(|one| &one.key);
        let added: BTreeSet<&RecordKey> = declared
            .chain(&self.gone)
            .filter(|key| self.common.get(key.owner.borrow(), key.rtype).is_none())
            .collect();
        if added.is_empty() {
            return all;
        }
        let asked: HashSet<(Name, RecordType)> = all
            .iter()
            .map(|question| (question.name.clone(), question.rtype))
            .collect();
        let added = added.into_iter().map(|key| Question {
            name: key.owner.clone(),
            rtype: key.rtype,
        });
        all.extend(
            added.filter(|question| !asked.contains(&(question.name.clone(), question.rtype))),
        );
        all
    }

    /// For each nameserver the number of the zone that it answers from; 0 is the common one.
    pub(super) fn zone_numbers(&self, nameservers: &[Nameserver]) -> Vec<usize> {
        let number = |server: &Nameserver| {
            let id = server.provider.as_ref()?;
            self.own.keys().position(|own| own == id)
        };
        nameservers
            .iter()
            .map(|server| number(server).map_or(0, |at| at + 1))
            .collect()
    }

    /// What each zone says to `question`, by the numbers of [`Self::zone_numbers`]; `None` where that is outside of
    /// the zone.
    pub(super) fn expect(&self, question: &Question) -> Option<ByZone> {
        let common = expect(self.common, question)?;
        let mut distinct = vec![common];
        let mut of_zone = vec![0];
        for zone in self.own.values() {
            let expected = expect(zone, question)?;
            let known = distinct.iter().position(|one| *one == expected);
            of_zone.push(known.unwrap_or(distinct.len()));
            if known.is_none() {
                distinct.push(expected);
            }
        }
        Some(ByZone { distinct, of_zone })
    }

    /// The zone that a server is expected to answer from.
    fn zone_of(&self, server: &Nameserver) -> &'a Zone {
        let own = server.provider.as_ref().and_then(|id| self.own.get(id));
        own.copied().unwrap_or(self.common)
    }

    /// What a server is expected to say.
    pub(super) fn expect_of(&self, server: &Nameserver, question: &Question) -> Option<Expected> {
        expect(self.zone_of(server), question)
    }

    /// Whether an answer is to the last octet what the server is expected to say, so that nothing is left to judge. An
    /// SOA is judged beside others.
    pub(super) fn is_exact(
        &self,
        server: &Nameserver,
        question: &Question,
        answer: &Answer,
    ) -> bool {
        let lookup = self
            .zone_of(server)
            .lookup(question.name.borrow(), question.rtype);
        match (lookup, answer) {
            (
                Lookup::Records { set, .. } | Lookup::Alias { set, .. },
                Answer::Records { rtype, set: got },
            ) => *rtype != RecordType::SOA && *rtype == set.rtype() && is_same(set, got),
            (Lookup::Referral { set }, Answer::Referral { cut, set: got }) => {
                set.owner() == cut.borrow() && is_same(set, got)
            }
            (Lookup::NoData { .. }, Answer::NoData { .. })
            | (Lookup::NxDomain, Answer::NxDomain { .. }) => true,
            _ => false,
        }
    }

    /// Whether servers differ in nothing that they are expected to say.
    pub(super) fn is_uniform(&self) -> bool {
        self.own.is_empty() && self.own_apex_ns.is_empty()
    }

    /// What is declared about `question`, as far as it makes a difference.
    pub(super) fn declared(&self, question: &Question, by_zone: &ByZone) -> Vec<Declared> {
        let mut all: Vec<Declared> = Vec::new();
        for (number, id) in (1..).zip(self.own.keys()) {
            if by_zone.of_zone[number] == 0 {
                continue;
            }
            let declaration = self
                .declared
                .iter()
                .find(|one| one.provider == *id && bears_on(&one.key.owner, &question.name));
            all.extend(declaration.map(|one| Declared {
                provider: id.clone(),
                expected: Some(by_zone.of(number).clone()),
                reason: one.reason.clone(),
            }));
        }
        if self.is_apex_ns(question) {
            all.extend(self.own_apex_ns.iter().map(|id| Declared {
                provider: id.clone(),
                expected: None,
                reason: "the provider's own apex NS set".to_owned(),
            }));
        }
        all
    }

    /// Whether the answer is the server's own apex NS set, and may be whatever it is.
    pub(super) fn is_free(
        &self,
        server: &Nameserver,
        question: &Question,
        answer: &Answer,
    ) -> bool {
        let is_ns = |rtype: &RecordType| *rtype == RecordType::NS;
        matches!(answer, Answer::Records { rtype, .. } if is_ns(rtype))
            && self.is_apex_ns(question)
            && self.is_own_apex_ns(server)
    }

    /// Whether `answer` tells of a set that can be somebody else's.
    pub(super) fn is_others(
        &self,
        server: &Nameserver,
        question: &Question,
        answer: &Answer,
    ) -> bool {
        let Some(others) = self.others else {
            return false;
        };
        let provider = server.provider.as_deref();
        match answer {
            Answer::Records { rtype, .. } => others(provider, question.name.borrow(), *rtype),
            Answer::Referral { cut, .. } => others(provider, cut.borrow(), RecordType::NS),
            _ => false,
        }
    }

    fn is_apex_ns(&self, question: &Question) -> bool {
        question.rtype == RecordType::NS && question.name == *self.origin()
    }

    fn is_own_apex_ns(&self, server: &Nameserver) -> bool {
        server
            .provider
            .as_ref()
            .is_some_and(|id| self.own_apex_ns.contains(id))
    }
}

fn is_same(set: SetRef<'_>, got: &RecordSet) -> bool {
    set.ttl() == got.ttl && set.rdata().eq(got.rdata.iter().map(AsRef::as_ref))
}

/// What the zones say to one question; zones that say the same share an entry.
pub(super) struct ByZone {
    distinct: Vec<Expected>,
    of_zone: Vec<usize>,
}

impl ByZone {
    /// What the zone of this number says.
    pub(super) fn of(&self, zone: usize) -> &Expected {
        &self.distinct[self.of_zone[zone]]
    }

    /// Whether two zones say the same.
    pub(super) fn is_same(&self, one: usize, other: usize) -> bool {
        self.of_zone[one] == self.of_zone[other]
    }

    /// What the common zone says.
    pub(super) fn into_common(self) -> Expected {
        self.distinct
            .into_iter()
            .next()
            .expect("the common zone says something")
    }
}

/// Whether a set at `owner` can change what is said of `name`: it is there, below an alias or a cut, above as an
/// empty non-terminal, or covered by a wildcard.
fn bears_on(owner: &Name, name: &Name) -> bool {
    let (owner, name) = (owner.borrow(), name.borrow());
    let covered = if owner.is_wildcard() {
        owner.parent().unwrap_or(owner)
    } else {
        owner
    };
    name.is_at_or_below(covered) || owner.is_at_or_below(name)
}
