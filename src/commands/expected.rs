//! What the servers of each account are expected to say: the zone file, what is declared otherwise, and what is
//! somebody else's.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::fleet::Connected;
use super::session::{Loaded, Session};
use super::survey::Surveyed;
use crate::plan::{Change, IgnoreRule, LeftAlone, apply, may_be_ignored};
use crate::verdict::{Declaration, Expectations, Others};
use crate::zone::{Name, NameRef, RecordKey, RecordType, SetRef, Zone};

/// What is expected of each account's servers beside the zone file.
pub(super) struct Expected<'a> {
    /// The zone file, where the run is about one.
    loaded: Option<&'a Loaded>,
    origin: Name,
    ignore: Vec<IgnoreRule>,
    own_apex_ns: Vec<String>,
    /// What each account shall hold.
    desired: BTreeMap<String, Arc<Zone>>,
    /// What each account that was read shall hold, with what is somebody else's there.
    held: BTreeMap<String, Arc<Zone>>,
    read: BTreeSet<String>,
    /// What is to be deleted anywhere, or was.
    gone: BTreeSet<RecordKey>,
}

impl<'a> Expected<'a> {
    /// What settings and declarations say; nobody was read yet.
    pub(super) fn new(session: &Session, origin: &Name, connected: &[&Connected<'_>]) -> Self {
        let accounts = connected.iter().map(|member| member.account);
        Self {
            loaded: None,
            origin: origin.clone(),
            ignore: session.project.policy.ignore_of(origin),
            own_apex_ns: accounts
                .filter(|account| account.own_apex_ns)
                .map(|account| account.id.clone())
                .collect(),
            desired: BTreeMap::new(),
            held: BTreeMap::new(),
            read: BTreeSet::new(),
            gone: BTreeSet::new(),
        }
    }

    /// Takes in the file and its exceptions.
    pub(super) fn read_file(&mut self, loaded: &'a Loaded) {
        self.loaded = Some(loaded);
    }

    /// What the file says, where there is one.
    pub(super) fn file(&self) -> Option<&Zone> {
        self.loaded.map(|loaded| &*loaded.zone)
    }

    /// Takes in what providers hold.
    pub(super) fn learn(&mut self, surveyed: &[Surveyed<'_>]) {
        for one in surveyed {
            self.desired
                .insert(one.account.id.clone(), Arc::clone(&one.desired));
            let deletions = one.plan.changes().filter(|change| change.after().is_none());
            self.gone
                .extend(deletions.map(|change| change.key().clone()));
            let Some(base) = &one.base else { continue };
            self.read.insert(one.account.id.clone());
            if let Some(held) = with_others(&one.desired, &base.zone, &self.ignore) {
                self.held.insert(one.account.id.clone(), Arc::new(held));
            }
        }
    }

    /// Takes in what was deleted before.
    pub(super) fn remember_gone(&mut self, keys: impl IntoIterator<Item = RecordKey>) {
        self.gone.extend(keys);
    }

    /// Whether a set at an account can be somebody else's.
    pub(super) fn is_others(
        &self,
        id: Option<&str>,
        owner: NameRef<'_>,
        rtype: RecordType,
    ) -> bool {
        let unread = id.is_none_or(|id| !self.read.contains(id));
        may_be_ignored(&self.ignore, owner, rtype, self.origin.borrow(), unread)
    }

    /// What is expected where `zone` shall be served: by `account`, which holds just that, or by all of them.
    pub(super) fn of<'z>(
        &'z self,
        zone: &'z Zone,
        account: Option<&str>,
        others: Others<'z>,
    ) -> Expectations<'z> {
        let mut all = Expectations::from(zone).gone(self.gone.iter().cloned());
        for id in &self.own_apex_ns {
            all = all.own_apex_ns(id);
        }
        if !self.ignore.is_empty() {
            all = all.others(others);
        }
        if account.is_some() {
            return all;
        }
        let Some(loaded) = self.loaded else {
            return all;
        };
        for (id, own) in loaded.own_zones() {
            all = all.own(id, own);
        }
        for (id, held) in &self.held {
            all = all.own(id, held);
        }
        let exceptions = loaded.exceptions.iter();
        all.declaring(exceptions.map(|one| Declaration {
            provider: one.provider.clone(),
            key: one.key.clone(),
            reason: one.reason.clone(),
        }))
    }

    /// The part of what an account holds that is ours, to ask for; nothing where all of it is.
    pub(super) fn ours(&self, held: &Zone, id: &str) -> Option<Zone> {
        let desired = self.desired.get(id)?;
        let left_alone = LeftAlone::new(&self.ignore, held, desired);
        let others: Vec<Change> = held
            .sets()
            .filter(|set| left_alone.rule(*set).is_some())
            .map(|set| Change::Delete {
                key: set.key(),
                before: set.to_record_set(),
            })
            .collect();
        (!others.is_empty()).then(|| apply(held, &others))
    }
}

/// `desired` with what is somebody else's in `held`; nothing where there is none.
fn with_others(desired: &Zone, held: &Zone, ignore: &[IgnoreRule]) -> Option<Zone> {
    let left_alone = LeftAlone::new(ignore, held, desired);
    let others: Vec<Change> = held
        .sets()
        .filter(|set| left_alone.rule(*set).is_some())
        .map(|set| Change::Create {
            key: set.key(),
            after: set.to_record_set(),
        })
        .collect();
    (!others.is_empty()).then(|| apply(desired, &others))
}

/// Whether two zones are the same but for the SOA, whose serial is each provider's own.
pub(super) fn is_alike(one: &Zone, other: &Zone) -> bool {
    let is_shared = |set: &SetRef<'_>| set.rtype() != RecordType::SOA;
    std::ptr::eq(one, other)
        || one
            .sets()
            .filter(is_shared)
            .eq(other.sets().filter(is_shared))
}
