//! The screen of `history`: one line a run, or one run in full.

use std::fmt::Write as _;

use super::layout::{Style, plural};
use super::{notes, plan};
use crate::report::history::{CallEntry, History, PartEntry, ProofEntry, RunDetail, RunEntry};

/// One line a run, or everything about one.
pub fn history(history: &History, style: Style) -> String {
    let mut out = String::new();
    for run in &history.runs {
        match &run.detail {
            None => out.push_str(&run.line()),
            Some(detail) => run.full(detail, &mut out, style),
        }
    }
    if history.runs.is_empty() && history.findings.is_empty() {
        out.push_str("no run is on record: `redundns sync` makes the first\n");
    }
    notes::findings(&mut out, &history.findings, style);
    out
}

impl RunEntry {
    fn sum(&self, of: fn(&PartEntry) -> usize) -> usize {
        self.parts.iter().map(of).sum()
    }

    /// `sync`, `undo of 41`.
    fn doing(&self) -> String {
        let command = self.command.as_deref().unwrap_or("?");
        match self.undoes {
            Some(run) => format!("{command} of {run}"),
            None => command.to_owned(),
        }
    }

    fn when(&self) -> String {
        let at = self.at.as_deref().unwrap_or("at a time unknown");
        at.replace('T', " ").replace('Z', " UTC")
    }

    /// `12 of 60 changes made, 1 unknown`.
    fn amount(&self) -> String {
        let (planned, made, unknown) = (
            self.sum(|part| part.planned),
            self.sum(|part| part.made),
            self.sum(|part| part.unknown),
        );
        let mut text = match planned {
            0 => "nothing to change".to_owned(),
            _ if made == planned => format!("{} made", plural(made, "change")),
            _ => format!("{made} of {} made", plural(planned, "change")),
        };
        if unknown > 0 {
            let _ = write!(text, ", {unknown} unknown");
        }
        text
    }

    fn line(&self) -> String {
        let mut zones: Vec<&str> = self.parts.iter().map(|part| &*part.zone).collect();
        zones.dedup();
        format!(
            "{:>6}  {}  {}  {}  {}  {}  {}\n",
            self.run,
            self.when(),
            self.who.as_deref().unwrap_or("?"),
            self.doing(),
            self.outcome.as_deref().unwrap_or("no end on record"),
            self.amount(),
            zones.join(" ")
        )
    }

    fn full(&self, detail: &RunDetail, out: &mut String, style: Style) {
        let _ = writeln!(out, "run {}: {}, {}", self.run, self.doing(), self.amount());
        let facts = [
            ("when", Some(self.when())),
            ("who", self.who.clone()),
            ("job", self.job.clone()),
            ("plan", self.plan.clone()),
            (
                "program",
                self.program.clone().map(|own| format!("redundns {own}")),
            ),
            (
                "outcome",
                Some(self.outcome.clone().unwrap_or_else(|| {
                    "no end on record: it was cut off, or is under way".to_owned()
                })),
            ),
            ("journal", Some(self.file.clone())),
        ];
        for (name, value) in facts {
            if let Some(value) = value {
                let _ = writeln!(out, "  {name:<8} {value}");
            }
        }
        for part in &self.parts {
            let created = if part.created {
                ", the zone created"
            } else {
                ""
            };
            let _ = writeln!(
                out,
                "\n{} at {}: {} of {} made, {} unknown{created}",
                part.zone,
                part.provider,
                part.made,
                plural(part.planned, "change"),
                part.unknown
            );
            let own = |zone: &str, provider: &str| zone == part.zone && provider == part.provider;
            for kept in detail
                .snapshots
                .iter()
                .filter(|kept| own(&kept.zone, &kept.provider))
            {
                let _ = writeln!(out, "  before: {}", kept.file);
            }
            for call in detail
                .calls
                .iter()
                .filter(|call| own(&call.zone, &call.provider))
            {
                call.text(out, style);
            }
        }
        for proof in &detail.proofs {
            proof.text(out);
        }
    }
}

impl CallEntry {
    fn text(&self, out: &mut String, style: Style) {
        let symbol = match self.state {
            "made" => '=',
            "failed" => '!',
            _ => '?',
        };
        let what = match &*self.wave {
            "create" => "create the zone".to_owned(),
            "publish" => "serve what an earlier run wrote".to_owned(),
            _ => plural(self.changes.len(), "change"),
        };
        let applied = match self.applied {
            Some(count) if self.state == "failed" && count > 0 => format!(" after {count}"),
            _ => String::new(),
        };
        let clock = self.at.get(11..19).unwrap_or(&self.at);
        let _ = writeln!(
            out,
            "  {} call {} at {clock}: {what}: {}{applied}",
            style.symbol(symbol),
            self.call,
            self.state
        );
        if let Some(error) = &self.error {
            let _ = writeln!(out, "      {} ({})", error.message, error.kind);
        }
        plan::changes(out, &self.zone, &self.changes, style);
    }
}

impl ProofEntry {
    fn text(&self, out: &mut String) {
        let _ = writeln!(
            out,
            "\n{}: {} in the end: {} agree, {} differ, {} unverified",
            self.zone,
            plural(self.questions, "question"),
            self.agree,
            self.differ,
            self.unverified
        );
        for server in &self.nameservers {
            let provider = server.provider.as_deref().unwrap_or("no account");
            let serial = server
                .serial
                .map(|serial| format!(", serial {serial}"))
                .unwrap_or_default();
            let _ = writeln!(
                out,
                "  {} {} ({provider}): {} asked, {} answered, {} as it should, {} otherwise{serial}",
                server.name,
                server.address,
                server.asked,
                server.answered,
                server.agree,
                server.differ
            );
        }
    }
}
