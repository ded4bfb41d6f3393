//! `redundns.toml`: policy, all of it optional.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::{Account, parse_duration, parse_percent, parse_size, placed};
use crate::zone::{Finding, Name, Severity};

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

/// What `redundns.toml` says, with defaults for what it does not say.
#[derive(Clone, Debug)]
pub struct Policy {
    /// `[defaults] ns`.
    pub ns: NsPolicy,
    /// `[defaults] delegation`: compare the delegation at the parent in `check` and `sync`.
    pub delegation: bool,
    /// `[rollout] canary`: the account that is changed first; default the first by id that has changes.
    pub canary: Option<String>,
    /// `[rollout] settle`; default each provider's own.
    pub settle: Option<Duration>,
    /// `[guard] max_change`, in percent.
    pub max_change: u8,
    /// `[guard] min_records`: zones with fewer record sets are not measured by `max_change`.
    pub min_records: usize,
    /// `[guard] protect`: `"owner TYPE"`, the owner relative to the apex.
    pub protect: Vec<String>,
    /// `[journal] keep`: how many runs are remembered.
    pub journal_runs: usize,
    /// `[journal] max_size`: octets of all journals and snapshots together.
    pub journal_octets: u64,
    default_providers: Option<Vec<String>>,
    zones: BTreeMap<Name, Vec<String>>,
    named: Vec<(String, std::ops::Range<usize>)>,
    text: String,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    defaults: Defaults,
    rollout: Rollout,
    guard: Guard,
    journal: Journal,
    zones: BTreeMap<Spanned<String>, Zone>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Defaults {
    providers: Option<Vec<Spanned<String>>>,
    ns: NsPolicy,
    delegation: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Rollout {
    canary: Option<Spanned<String>>,
    settle: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Guard {
    max_change: Option<Spanned<String>>,
    min_records: Option<usize>,
    protect: Option<Vec<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Journal {
    keep: Option<NonZeroUsize>,
    max_size: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Zone {
    providers: Option<Vec<Spanned<String>>>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            ns: NsPolicy::File,
            delegation: false,
            canary: None,
            settle: None,
            max_change: 30,
            min_records: 10,
            protect: ["@ NS", "@ MX", "_dmarc TXT"].map(str::to_owned).to_vec(),
            journal_runs: 100,
            journal_octets: 64_000_000,
            default_providers: None,
            zones: BTreeMap::new(),
            named: Vec::new(),
            text: String::new(),
        }
    }
}

impl Policy {
    /// The accounts named for the zone, or for all zones; `None` means: those whose globs take it.
    pub fn providers_of(&self, origin: &Name) -> Option<&Vec<String>> {
        self.zones.get(origin).or(self.default_providers.as_ref())
    }

    /// Says which accounts are named in vain.
    pub(super) fn check(
        &self,
        accounts: &[Account],
        disabled: &[String],
        findings: &mut Vec<Finding>,
    ) {
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
                    .at(FILE, 1, 1),
            );
            return policy;
        }
    };
    let file: File = match toml::from_str(&text) {
        Ok(file) => file,
        Err(error) => {
            let code = if error.message().starts_with("unknown field") {
                "CFG03"
            } else {
                "CFG02"
            };
            findings.push(placed(
                code,
                Severity::Error,
                error.message(),
                FILE,
                &text,
                error.span(),
            ));
            return policy;
        }
    };
    let mut say = |message: String, span, hint: &str| {
        findings
            .push(placed("CFG02", Severity::Error, message, FILE, &text, Some(span)).hint(hint));
    };
    policy.ns = file.defaults.ns;
    policy.delegation = file.defaults.delegation;
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
    policy.protect = file.guard.protect.unwrap_or(policy.protect);
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
    let mut named = Vec::new();
    let mut ids = |list: Vec<Spanned<String>>| -> Vec<String> {
        named.extend(list.iter().map(|id| (id.get_ref().clone(), id.span())));
        list.into_iter().map(Spanned::into_inner).collect()
    };
    policy.default_providers = file.defaults.providers.map(&mut ids);
    policy.canary = file.rollout.canary.and_then(|id| ids(vec![id]).pop());
    for (origin, zone) in file.zones {
        match Name::absolute(origin.get_ref()) {
            Ok(name) => {
                if let Some(list) = zone.providers {
                    policy.zones.insert(name, ids(list));
                }
            }
            Err(error) => {
                say(
                    format!("`{}` is no zone: {error}", origin.get_ref()),
                    origin.span(),
                    "write [zones.\"example.com\"]",
                );
            }
        }
    }
    policy.named = named;
    policy.text = text;
    policy
}
