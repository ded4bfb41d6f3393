//! `octodns-report` with the zone file as its source, at every address of every nameserver.

use std::fs;
use std::process::Command;

use super::{Heard, Remark, Visit, complaint, first_line, peer, run};
use crate::master::ZONE;

pub(super) fn version() -> Option<String> {
    peer("octodns-report")?;
    let python = peer("python3")?;
    let ask = "import importlib.metadata as m; print('octoDNS', m.version('octodns'))";
    first_line(Command::new(python).args(["-c", ask]))
}

pub(super) fn look(visit: &Visit<'_>) -> Heard {
    let zones = visit.scratch.join("zones");
    fs::create_dir_all(&zones).expect("a folder");
    fs::copy(&visit.internet.file, zones.join(format!("{ZONE}."))).expect("the zone file");
    let config = visit.scratch.join("octodns.yaml");
    let text = format!(
        "providers:\n  source:\n    class: octodns_bind.ZoneFileSource\n    directory: {}\n\
         zones:\n  {ZONE}.:\n    sources: [source]\n    targets: []\n",
        zones.display()
    );
    fs::write(&config, text).expect("a configuration file");
    let mut command = Command::new(peer("octodns-report").expect("it has a version"));
    command
        .arg("--config-file")
        .arg(&config)
        .args([
            "--zone",
            &format!("{ZONE}."),
            "--source",
            "source",
            "--lenient",
            "--quiet",
        ])
        .args(
            visit
                .internet
                .addresses
                .iter()
                .map(|address| address.to_string()),
        );
    let (said, status, took) = run(&mut command, visit.scratch);
    let failure =
        (status != Some(0) || !said.starts_with("Name,")).then(|| complaint(visit.scratch, status));
    let differing = said.lines().filter(|line| line.ends_with(",False"));
    let remarks = differing.map(|line| {
        let mut cells = line.split(',');
        let code = [cells.next(), cells.next()]
            .map(Option::unwrap_or_default)
            .join(" ");
        Remark {
            code,
            error: true,
            text: line.to_owned(),
            ..Remark::default()
        }
    });
    Heard {
        remarks: remarks.collect(),
        took,
        failure,
    }
}
