//! `redundns.toml` as it is written: every value with its place, nothing judged yet.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;

use super::{FILE, Level, NsPolicy, OnFailedProof};
use crate::config::masked::masked_in;
use crate::config::watching::{Notify, Status, Watch};
use crate::config::{placed, structure};
use crate::zone::{Finding, Severity};

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) defaults: Defaults,
    pub(super) rollout: Rollout,
    pub(super) guard: Guard,
    pub(super) journal: Journal,
    pub(super) audit: Audit,
    pub(super) watch: Watch,
    pub(super) status: Option<Status>,
    pub(super) notify: Vec<Spanned<Notify>>,
    pub(super) zones: BTreeMap<Spanned<String>, Zone>,
}

impl File {
    /// What is written, without what does not fit, and where that was.
    pub(super) fn read(
        text: &str,
        findings: &mut Vec<Finding>,
    ) -> Option<(Self, Vec<Range<usize>>)> {
        let mut left_out = Vec::new();
        let mut say = |said: String, span: Option<Range<usize>>| {
            left_out.extend(span.clone());
            let code = if said.starts_with("unknown field") {
                "CFG03"
            } else {
                "CFG02"
            };
            let hint = if said.ends_with("expected a string") {
                Some("write it in quotes: shares as \"30%\", durations as \"2m\"")
            } else if said.ends_with("table, expected a list") {
                Some("write its name in two pairs of brackets, [[notify]], once for each")
            } else {
                None
            };
            let finding = placed(code, Severity::Error, said, FILE, text, span.clone());
            let mut finding = masked_in(text, span, finding);
            finding.hint = hint.map(str::to_owned);
            findings.push(finding);
        };
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            say(error.message().to_owned(), error.span());
        }
        if !errors.is_empty() {
            return None;
        }
        let file = structure::read(table, say)?;
        Some((file, left_out))
    }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Defaults {
    pub(super) providers: Option<Vec<Spanned<String>>>,
    pub(super) ns: NsPolicy,
    pub(super) delegation: bool,
    pub(super) ignore: Vec<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Rollout {
    pub(super) canary: Option<Spanned<String>>,
    pub(super) settle: Option<Spanned<String>>,
    pub(super) on_failed_proof: OnFailedProof,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Guard {
    pub(super) max_change: Option<Spanned<String>>,
    pub(super) min_records: Option<usize>,
    pub(super) protect: Option<Vec<Spanned<String>>>,
    pub(super) allow_gap: bool,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Journal {
    pub(super) keep: Option<NonZeroUsize>,
    pub(super) max_size: Option<Spanned<String>>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Audit {
    pub(super) severity: BTreeMap<Spanned<String>, Level>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Zone {
    pub(super) providers: Option<Vec<Spanned<String>>>,
    pub(super) ignore: Vec<Spanned<String>>,
    pub(super) exception: Vec<Spanned<Exception>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Exception {
    pub(super) provider: Spanned<String>,
    pub(super) name: Spanned<String>,
    #[serde(rename = "type")]
    pub(super) rtype: Spanned<String>,
    pub(super) ttl: Option<u32>,
    pub(super) records: Option<Spanned<Vec<Spanned<String>>>>,
    #[serde(default)]
    pub(super) absent: bool,
    pub(super) reason: Spanned<String>,
}
