//! `zonemaster-cli` with its usual level, NOTICE.

use std::process::Command;

use serde::Deserialize;

use super::{Heard, Remark, Visit, complaint, first_line, peer, run};
use crate::master::ZONE;

#[derive(Deserialize)]
struct Entry {
    level: String,
    module: String,
    tag: String,
    args: serde_json::Value,
}

pub(super) fn version() -> Option<String> {
    let line = first_line(Command::new(peer("zonemaster-cli")?).arg("--version"))?;
    let version = line.rsplit('v').next()?;
    Some(format!("Zonemaster-CLI {version}"))
}

pub(super) fn look(visit: &Visit<'_>) -> Heard {
    let mut command = Command::new(peer("zonemaster-cli").expect("it has a version"));
    command
        .args(["--json", "--level", "NOTICE", "--hints"])
        .arg(&visit.lab.hints)
        .arg(ZONE);
    let (said, status, took) = run(&mut command, visit.scratch);
    let Ok(entries) = serde_json::from_str::<Vec<Entry>>(&said) else {
        return Heard {
            took,
            failure: Some(complaint(visit.scratch, status)),
            ..Heard::default()
        };
    };
    let remarks = entries.into_iter().map(|entry| Remark {
        code: entry.tag,
        error: matches!(entry.level.as_str(), "ERROR" | "CRITICAL"),
        text: format!("{}: {}", entry.module, entry.args),
        ..Remark::default()
    });
    Heard {
        remarks: remarks.collect(),
        took,
        failure: None,
    }
}
