//! `redundns.toml`: policy, all of it optional.

mod exception;
mod file;
mod level;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

pub use exception::Exception;
pub use level::Level;

use super::masked::{masked, masked_in};
use super::structure::covers;
use super::{Account, Watching, parse_duration, parse_percent, parse_size, placed, unread};
use crate::plan::{IgnoreRule, SetPattern};
use crate::zone::{Finding, Name, Severity};
use file::File;

const FILE: &str = "redundns.toml";

/// Where the apex NS set comes from.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug, Default)]
#[serde(rename_all = "lowercase")]
pub enum NsPolicy {
    /// From the zone file, as everything else.
    #[default]
    File,
    /// The zone file's and every account's own nameservers.
    Union,
}

/// What follows when nameservers do not answer from what was written.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug, Default)]
#[serde(rename_all = "lowercase")]
pub enum OnFailedProof {
    /// Everything stays as it is, and the operator decides.
    #[default]
    Stop,
    /// What the run wrote is taken back at once, as `undo` does it.
    Undo,
}

/// What `redundns.toml` says, with defaults for what it does not say.
#[derive(Clone)]
pub struct Policy {
    /// `[defaults] ns`.
    pub ns: NsPolicy,
    /// `[defaults] delegation`: compare the delegation at the parent in `check` and `sync`.
    pub delegation: bool,
    /// `[rollout] canary`: the account that is changed first; default the first by id that has changes.
    pub canary: Option<String>,
    /// `[rollout] settle`; default each provider's own.
    pub settle: Option<Duration>,
    /// `[rollout] on_failed_proof`.
    pub on_failed_proof: OnFailedProof,
    /// `[guard] max_change`, in percent.
    pub max_change: u8,
    /// `[guard] min_records`: zones with fewer record sets are not measured by `max_change`.
    pub min_records: usize,
    /// `[guard] protect`: record sets that are not deleted.
    pub protect: Vec<SetPattern>,
    /// `[guard] allow_gap`: whether a name may be without an answer between two changes.
    pub allow_gap: bool,
    /// `[audit] severity`: by code, in upper case.
    pub audit: BTreeMap<String, Level>,
    /// `[watch]`, `[status]` and `[[notify]]`.
    pub watching: Watching,
    /// `[journal] keep`: how many runs are remembered.
    pub journal_runs: usize,
    /// `[journal] max_size`: octets of all journals and snapshots together.
    pub journal_octets: u64,
    default_providers: Option<Vec<String>>,
    default_ignore: Vec<IgnoreRule>,
    zones: BTreeMap<Name, ZonePolicy>,
    named: Vec<(String, Range<usize>)>,
    text: String,
}

/// `[zones."example.com"]`.
#[derive(Clone, Debug)]
struct ZonePolicy {
    providers: Option<Vec<String>>,
    ignore: Vec<IgnoreRule>,
    exceptions: Vec<Exception>,
    span: Range<usize>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            ns: NsPolicy::File,
            delegation: false,
            canary: None,
            settle: None,
            on_failed_proof: OnFailedProof::Stop,
            max_change: 30,
            min_records: 10,
            protect: ["@ NS", "@ MX", "_dmarc TXT"]
                .map(|text| text.parse().expect("an owner and a type"))
                .to_vec(),
            allow_gap: false,
            audit: BTreeMap::new(),
            watching: Watching::default(),
            journal_runs: 100,
            journal_octets: 64_000_000,
            default_providers: None,
            default_ignore: Vec::new(),
            zones: BTreeMap::new(),
            named: Vec::new(),
            text: String::new(),
        }
    }
}

impl Policy {
    /// The accounts named for the zone, or for all zones; `None` means: those whose globs take it.
    pub fn providers_of(&self, origin: &Name) -> Option<&Vec<String>> {
        self.zones
            .get(origin)
            .and_then(|zone| zone.providers.as_ref())
            .or(self.default_providers.as_ref())
    }

    /// What is somebody else's in the zone: `[defaults] ignore`, and the zone's own.
    pub fn ignore_of(&self, origin: &Name) -> Vec<IgnoreRule> {
        let own = self.zones.get(origin).map(|zone| &zone.ignore);
        self.default_ignore
            .iter()
            .chain(own.into_iter().flatten())
            .cloned()
            .collect()
    }

    /// The differences declared for the zone.
    pub fn exceptions_of(&self, origin: &Name) -> &[Exception] {
        self.zones.get(origin).map_or(&[], |zone| &zone.exceptions)
    }

    /// An error about what stands at `span`, without what may be a secret there.
    pub(super) fn placed(&self, span: &Range<usize>, code: &'static str, said: String) -> Finding {
        let at = Some(span.clone());
        masked(placed(code, Severity::Error, said, FILE, &self.text, at))
    }

    /// A finding about a declared exception, placed where it stands.
    pub fn about(
        &self,
        exception: &Exception,
        code: &'static str,
        severity: Severity,
        message: impl Into<String>,
    ) -> Finding {
        placed(
            code,
            severity,
            message,
            FILE,
            &self.text,
            Some(exception.span.clone()),
        )
        .about(&exception.key.owner, exception.key.rtype)
        .provider(&exception.provider)
    }

    /// Says which accounts are named in vain.
    pub(super) fn check(
        &self,
        accounts: &[Account],
        disabled: &[String],
        zones: &BTreeSet<Name>,
        findings: &mut Vec<Finding>,
    ) {
        for (origin, zone) in &self.zones {
            if !zones.contains(origin) {
                findings.push(
                    placed(
                        "CFG13",
                        Severity::Warning,
                        format!("there is no zone file for `{origin}`, so nothing said of it here counts"),
                        FILE,
                        &self.text,
                        Some(zone.span.clone()),
                    )
                    .hint("a zone file is named after its origin: zones/example.com.zone"),
                );
            }
        }
        for (id, span) in &self.named {
            if accounts.iter().any(|account| account.id == *id) {
                continue;
            }
            let (message, hint) = if disabled.contains(id) {
                (
                    format!("the account `{id}` is not enabled"),
                    format!("set `enabled = true` in providers/{id}.toml"),
                )
            } else {
                let ids: Vec<String> = accounts
                    .iter()
                    .map(|account| format!("`{}`", account.id))
                    .collect();
                (
                    format!("there is no account `{id}`"),
                    format!("enabled accounts: {}", ids.join(", ")),
                )
            };
            findings.push(
                placed(
                    "CFG11",
                    Severity::Error,
                    message,
                    FILE,
                    &self.text,
                    Some(span.clone()),
                )
                .hint(hint),
            );
        }
    }
}

pub(super) fn read(directory: &Path, findings: &mut Vec<Finding>) -> Policy {
    let mut policy = Policy::default();
    let text = match std::fs::read_to_string(directory.join(FILE)) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return policy,
        Err(error) => {
            findings.push(
                Finding::new("CFG01", Severity::Error, format!("cannot read it: {error}"))
                    .hint(unread(&error))
                    .at(FILE, 1, 1),
            );
            return policy;
        }
    };
    let Some((file, left_out)) = File::read(&text, findings) else {
        return policy;
    };
    let mut say = |message: String, span: Range<usize>, hint: &str| {
        // What is wrong for want of something that was left out has been said.
        if left_out.iter().any(|at| covers(&span, at)) {
            return;
        }
        let at = Some(span);
        let finding = placed("CFG02", Severity::Error, message, FILE, &text, at.clone());
        findings.push(masked_in(&text, at, finding).hint(hint));
    };
    policy.ns = file.defaults.ns;
    policy.delegation = file.defaults.delegation;
    policy.on_failed_proof = file.rollout.on_failed_proof;
    if let Some(settle) = file.rollout.settle {
        policy.settle = parse_duration(settle.get_ref());
        if policy.settle.is_none() {
            say(
                format!("`{}` is no duration", settle.get_ref()),
                settle.span(),
                "write 500ms, 30s, 2m or 1h",
            );
        }
    }
    if let Some(share) = file.guard.max_change {
        match parse_percent(share.get_ref()) {
            Some(percent) => policy.max_change = percent,
            None => say(
                format!("`{}` is no percentage", share.get_ref()),
                share.span(),
                "write \"30%\"",
            ),
        }
    }
    policy.min_records = file.guard.min_records.unwrap_or(policy.min_records);
    policy.allow_gap = file.guard.allow_gap;
    if let Some(list) = file.guard.protect {
        let hint = "write the owner relative to the apex and the type: \"@ MX\"";
        policy.protect = parsed(list, "protect", hint, &mut say);
    }
    for (code, level) in file.audit.severity {
        let own = code.get_ref().to_ascii_uppercase();
        if level::is_code(&own) {
            policy.audit.insert(own, level);
        } else {
            say(
                format!("`{}` is no code of a finding", code.get_ref()),
                code.span(),
                "write a code such as DEL06; `redundns explain` lists them",
            );
        }
    }
    policy.journal_runs = file
        .journal
        .keep
        .map_or(policy.journal_runs, NonZeroUsize::get);
    if let Some(size) = file.journal.max_size {
        match parse_size(size.get_ref()) {
            Some(octets) => policy.journal_octets = octets,
            None => say(
                format!("`{}` is no size", size.get_ref()),
                size.span(),
                "write \"64MB\"",
            ),
        }
    }
    policy.watching = Watching::of(file.watch, file.status, file.notify, &mut say);
    let mut named = Vec::new();
    let mut ids = |list: Vec<Spanned<String>>| -> Vec<String> {
        named.extend(list.iter().map(|id| (id.get_ref().clone(), id.span())));
        list.into_iter().map(Spanned::into_inner).collect()
    };
    policy.default_providers = file.defaults.providers.map(&mut ids);
    policy.canary = file.rollout.canary.and_then(|id| ids(vec![id]).pop());
    policy.default_ignore = parsed(file.defaults.ignore, "ignore", IGNORE_HINT, &mut say);
    for (origin, zone) in file.zones {
        let name = match Name::absolute(origin.get_ref()) {
            Ok(name) => name,
            Err(error) => {
                say(
                    format!("`{}` is no zone: {error}", origin.get_ref()),
                    origin.span(),
                    "write [zones.\"example.com\"]",
                );
                continue;
            }
        };
        let mut faults = Vec::new();
        let mut exceptions: Vec<Exception> = Vec::new();
        for entry in &zone.exception {
            ids(vec![entry.get_ref().provider.clone()]);
            let Some(one) = exception::read(entry, &name, &mut faults) else {
                continue;
            };
            let is_same =
                |other: &Exception| (&other.provider, &other.key) == (&one.provider, &one.key);
            if exceptions.iter().any(is_same) {
                faults.push((
                    format!(
                        "`{}` has an exception for `{}` already",
                        one.provider, one.key
                    ),
                    one.span,
                    "put all its records into one exception",
                ));
            } else {
                exceptions.push(one);
            }
        }
        for (message, span, hint) in faults {
            say(message, span, hint);
        }
        let own = ZonePolicy {
            providers: zone.providers.map(&mut ids),
            ignore: parsed(zone.ignore, "ignore", IGNORE_HINT, &mut say),
            exceptions,
            span: origin.span(),
        };
        policy.zones.insert(name, own);
    }
    policy.named = named;
    policy.text = text;
    policy
}

const IGNORE_HINT: &str = "write the owner relative to the apex and the type, \"_acme-challenge.* TXT\", or a preset: \
     \"preset:acme\", \"preset:external-dns\"";

/// The entries of a list that can be read; `say` gets what is wrong with the others.
fn parsed<T: std::str::FromStr<Err: std::fmt::Display>>(
    list: Vec<Spanned<String>>,
    key: &str,
    hint: &str,
    say: &mut impl FnMut(String, Range<usize>, &str),
) -> Vec<T> {
    let mut all = Vec::new();
    for text in list {
        match text.get_ref().parse() {
            Ok(one) => all.push(one),
            Err(error) => say(format!("`{key}`: {error}"), text.span(), hint),
        }
    }
    all
}
