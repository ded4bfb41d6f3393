//! `lint`: everything that can be said of zone files without a network.

use std::path::{Path, PathBuf};

use super::console::Console;
use super::session::{Session, keep, refuse, rendered, show_findings};
use crate::cli::{Global, Lint};
use crate::config::{ZoneFile, origin_of, read_zone};
use crate::report::text::plural;
use crate::report::{Outcome, Report, ZoneReport};
use crate::zone::{Finding, Name, Severity, print};

pub(super) fn run(global: &Global, arguments: &Lint, console: &Console) -> anyhow::Result<Outcome> {
    let session = Session::open(global).ok();
    let (mut files, root) = match choose(arguments, session.as_ref()) {
        Ok(chosen) => chosen,
        Err(findings) => {
            refuse("lint", &findings, console);
            return Ok(Outcome::Trouble);
        }
    };
    keep(&mut files, arguments.shard, console);
    let mut report = Report::new("lint");
    let mut findings: Vec<Finding> = Vec::new();
    let mut printed = String::new();
    let mut records = 0;
    let mut unreadable = false;
    // Whether the zones fit accounts that cannot be read is not known.
    let accounts: &[Finding] = match &session {
        Some(session) if arguments.files.is_empty() => &session.project.findings,
        _ => &[],
    };
    let unfit = accounts
        .iter()
        .any(|finding| finding.severity == Severity::Error);
    for file in &files {
        let mut zone = ZoneReport {
            zone: file.origin.to_string(),
            file: Some(file.shown.clone()),
            ..ZoneReport::default()
        };
        let own = match read_zone(file, &root) {
            Err(finding) => {
                unreadable = true;
                vec![finding]
            }
            Ok(parsed) => {
                let mut own = parsed.findings;
                if let Some(session) = &session {
                    own.extend(session.misfits(file, &parsed.zone));
                }
                zone.record_sets = parsed.zone.len();
                records += parsed.zone.record_count();
                if arguments.print && own.iter().all(|finding| finding.severity < Severity::Error) {
                    print(&parsed.zone, &mut printed)?;
                }
                own
            }
        };
        zone.findings = own.iter().map(Into::into).collect();
        report.zones.push(zone);
        findings.extend(own);
    }
    let count = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let outcome = if unreadable || unfit {
        Outcome::Trouble
    } else if errors > 0 || arguments.strict && warnings > 0 {
        Outcome::Differs
    } else {
        Outcome::Same
    };
    report.outcome = outcome;
    report.findings = accounts.iter().map(Into::into).collect();
    if let Some(text) = rendered(&report, console) {
        console.out(&text);
        return Ok(outcome);
    }
    show_findings(accounts, console);
    show_findings(&findings, console);
    if errors == 0 && !unreadable {
        console.print(&printed);
    }
    console.note(&format!(
        "{} in {}: {}, {}",
        plural(records, "record"),
        plural(files.len(), "zone file"),
        plural(errors, "error"),
        plural(warnings, "warning")
    ));
    Ok(outcome)
}

/// The files to read, and the directory that their `$INCLUDE`s must not leave.
fn choose(
    arguments: &Lint,
    session: Option<&Session>,
) -> Result<(Vec<ZoneFile>, PathBuf), Vec<Finding>> {
    if arguments.files.is_empty() {
        let Some(session) = session else {
            return Err(vec![
                Finding::new(
                    "CFG09",
                    Severity::Error,
                    "no zone file is named, and there is no project here",
                )
                .hint("name a file: redundns lint example.com.zone"),
            ]);
        };
        let (files, findings) = session.project.zone_files(&[]);
        return if findings.is_empty() {
            Ok((files, session.project.directory.clone()))
        } else {
            Err(findings)
        };
    }
    let mut findings = Vec::new();
    let mut files = Vec::new();
    for path in &arguments.files {
        let origin = match &arguments.origin {
            Some(text) => Name::absolute(text).map_err(|error| error.to_string()),
            None => origin_of(path),
        };
        match origin {
            Ok(origin) => files.push(ZoneFile {
                origin,
                path: path.clone(),
                shown: path.display().to_string(),
            }),
            Err(error) => findings.push(
                Finding::new(
                    "CFG07",
                    Severity::Error,
                    format!("cannot tell the origin of `{}`: {error}", path.display()),
                )
                .hint("name it with `--origin example.com`"),
            ),
        }
    }
    // Outside of a project a file may include what lies beside or below it.
    let beside = arguments.files[0]
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let root = session.map_or_else(
        || beside.to_path_buf(),
        |session| session.project.directory.clone(),
    );
    let inside = |path: &Path| {
        path.canonicalize()
            .ok()
            .zip(root.canonicalize().ok())
            .is_some_and(|(p, r)| p.starts_with(r))
    };
    let root = if arguments.files.iter().all(|path| inside(path)) {
        root
    } else {
        beside.to_path_buf()
    };
    if findings.is_empty() {
        Ok((files, root))
    } else {
        Err(findings)
    }
}
