//! One behaviour in one zone of one bed, and what trials do all the time.

use std::process::Command;
use std::sync::{MutexGuard, OnceLock, PoisonError};

use redundns::plan::{Change, Diff, DiffRules, apply, diff, order};
use redundns::provider::{ProviderError, Snapshot};
use redundns::zone::{
    Name, NoIncludes, RecordKey, RecordSet, RecordType, Source, Zone, parse, rdata,
};
use tokio::runtime::Runtime;

use crate::bed::{self, Bed, Only};
use crate::world::program;

/// A zone of a bed.
pub(crate) struct Case<'b> {
    pub(crate) bed: &'b Bed,
    pub(crate) origin: Name,
    _alone: Option<MutexGuard<'b, ()>>,
}

/// Runs a provider's future to its end. All of them share one runtime, since connections that stay open live in it.
pub(crate) fn wait<T>(future: impl Future<Output = T>) -> T {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME
        .get_or_init(|| Runtime::new().expect("a runtime"))
        .block_on(future)
}

impl<'b> Case<'b> {
    pub(crate) fn new(bed: &'b Bed, origin: &str) -> Self {
        Self {
            bed,
            origin: Name::absolute(origin).expect("a name"),
            _alone: None,
        }
    }

    /// In the bed's only zone, which is made as trials expect it; where there is to be none, one below it.
    pub(crate) fn within(bed: &'b Bed, only: &'b Only, prepared: bool) -> Self {
        if !prepared {
            return Self::new(bed, &format!("no-such-zone.{}", only.origin));
        }
        let alone = only.alone.lock().unwrap_or_else(PoisonError::into_inner);
        let case = Self {
            _alone: Some(alone),
            ..Self::new(bed, &only.origin)
        };
        let base = case.fetch();
        let changes = case.plan(&base, &case.zone(&case.zone_text()));
        case.try_apply(&changes, &base)
            .unwrap_or_else(|error| panic!("the zone cannot be made ready: {error}"));
        case
    }

    /// Whether the provider takes a value.
    pub(crate) fn takes(&self, rtype: RecordType, content: &str) -> bool {
        if !self.holds(rtype) || !(self.bed.takes)(rtype, content) {
            return false;
        }
        let Some(most) = self.bed.capabilities.txt_octets else {
            return true;
        };
        let data = rdata::from_text(rtype, content, Some(self.origin.borrow()));
        // Each string has an octet for its length.
        let octets = data.map_or(0, |data| data.len() - data.len().div_ceil(256));
        rtype != RecordType::TXT || octets <= most
    }

    /// What the provider holds.
    pub(crate) fn fetch(&self) -> Snapshot {
        wait(self.bed.provider.fetch(&self.origin)).unwrap_or_else(|error| panic!("fetch: {error}"))
    }

    /// The zone as it is before the trial.
    pub(crate) fn zone_text(&self) -> String {
        let Bed {
            capabilities, own, ..
        } = self.bed;
        bed::zone_text(&self.origin.to_string(), capabilities, own)
    }

    /// Whether the provider holds records of a type.
    pub(crate) fn holds(&self, rtype: RecordType) -> bool {
        self.bed.capabilities.holds(rtype) && !self.bed.keeps_out.contains(&rtype)
    }

    /// The key of an owner relative to the zone.
    pub(crate) fn key(&self, owner: &str, rtype: RecordType) -> RecordKey {
        RecordKey {
            owner: Name::parse(owner.as_bytes(), Some(self.origin.borrow()))
                .expect("a name in a trial"),
            rtype,
        }
    }

    /// Data in presentation format as a set, its TTL as near to `ttl` as the provider can come.
    pub(crate) fn set(&self, rtype: RecordType, ttl: u32, contents: &[&str]) -> RecordSet {
        let range = &self.bed.capabilities.ttl;
        let ttl = ttl.clamp(*range.start(), *range.end());
        let data = contents.iter().map(|content| {
            rdata::from_text(rtype, content, Some(self.origin.borrow()))
                .unwrap_or_else(|error| panic!("{rtype} {content}: {error}"))
                .into()
        });
        RecordSet::new(ttl, data.collect())
    }

    /// The creation of a set.
    pub(crate) fn create(
        &self,
        owner: &str,
        rtype: RecordType,
        ttl: u32,
        contents: &[&str],
    ) -> Change {
        Change::Create {
            key: self.key(owner, rtype),
            after: self.set(rtype, ttl, contents),
        }
    }

    /// The replacement of what `base` holds.
    pub(crate) fn replace(
        &self,
        base: &Snapshot,
        owner: &str,
        rtype: RecordType,
        after: RecordSet,
    ) -> Change {
        Change::Replace {
            key: self.key(owner, rtype),
            before: self.held(base, owner, rtype).expect("a set to replace"),
            after,
        }
    }

    /// The deletion of what `base` holds.
    pub(crate) fn delete(&self, base: &Snapshot, owner: &str, rtype: RecordType) -> Change {
        Change::Delete {
            key: self.key(owner, rtype),
            before: self.held(base, owner, rtype).expect("a set to delete"),
        }
    }

    /// A set of a snapshot.
    pub(crate) fn held(
        &self,
        snapshot: &Snapshot,
        owner: &str,
        rtype: RecordType,
    ) -> Option<RecordSet> {
        let key = self.key(owner, rtype);
        let set = snapshot.zone.get(key.owner.borrow(), rtype)?;
        Some(set.to_record_set())
    }

    /// Makes changes without looking at what comes of it.
    pub(crate) fn try_apply(
        &self,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        wait(self.bed.provider.apply(&self.origin, changes, base))
    }

    /// Makes changes on top of what is there and sees that they are made: nothing more, nothing less, by the
    /// provider's own account and by DNS. Returns what is there afterwards.
    pub(crate) fn apply(&self, changes: &[Change]) -> Snapshot {
        let base = self.fetch();
        self.try_apply(changes, &base)
            .unwrap_or_else(|error| panic!("apply: {error}"));
        let after = self.fetch();
        self.expect(&after, &apply(&base.zone, changes));
        after
    }

    /// What a plan would still want to change in `zone` to make it `desired`; the SOA's serial does not count.
    pub(crate) fn difference(&self, zone: &Zone, desired: &Zone) -> Diff {
        diff(
            zone,
            desired,
            &DiffRules::of(&self.bed.capabilities, Vec::new()),
        )
    }

    /// A plan for `desired` in the order of writing.
    pub(crate) fn plan(&self, base: &Snapshot, desired: &Zone) -> Vec<Change> {
        let diff = self.difference(&base.zone, desired);
        order(diff.changes, &self.origin).iter().cloned().collect()
    }

    /// Sees that `desired` is there, by the provider's own account and by DNS.
    pub(crate) fn expect(&self, held: &Snapshot, desired: &Zone) {
        let left = self.difference(&held.zone, desired);
        assert!(
            left.changes.is_empty(),
            "a second pass wants to change {:#?}",
            left.changes
        );
        if let Some(served) = self.served() {
            let left = self.difference(&served, desired);
            assert!(
                left.changes.is_empty(),
                "served is not what was asked for: {:#?}",
                left.changes
            );
        }
    }

    /// The zone as it is served, fetched by `dig`.
    pub(crate) fn served(&self) -> Option<Zone> {
        let (dns, dig) = (self.bed.dns?, program("dig")?);
        let output = Command::new(dig)
            .arg(format!("@{}", dns.ip()))
            .args(["-p", &dns.port().to_string()])
            .args(&self.bed.dig)
            .args([
                "+onesoa",
                "+nocomments",
                "+nocmd",
                "+nostats",
                "+nottlunits",
                "+nosplit",
                "-t",
                "AXFR",
            ])
            .args(["-q", &self.origin.to_string()])
            .output()
            .expect("dig runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // The signature's record that dig shows belongs to the message.
        let text: String = text
            .lines()
            .filter(|line| !line.contains("\tTSIG\t"))
            .fold(String::new(), |text, line| text + line + "\n");
        Some(self.zone(&text))
    }

    /// Text as a zone.
    pub(crate) fn zone(&self, text: &str) -> Zone {
        zone(&self.origin, text)
    }
}

/// Text as a zone.
pub(crate) fn zone(origin: &Name, text: &str) -> Zone {
    let source = Source {
        name: "text",
        text: text.as_bytes(),
    };
    let parsed = parse(&source, origin.clone(), &NoIncludes);
    assert!(!parsed.has_errors(), "{:#?}\n{text}", parsed.findings);
    parsed.zone
}
