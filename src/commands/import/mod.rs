//! `import`: a provider's zone as a zone file that a person would write.

mod disputed;
mod file;

use std::path::PathBuf;

pub(super) use self::disputed::{Settled, settle};
pub(super) use self::file::{Source, judge, written};
use super::console::Console;
use super::fleet::{Connected, Fleet};
use super::interrupt::survive_size_limits;
use super::new_files::{self, NewFile, taken};
use super::session::{Session, refuse, rendered, show_findings};
use super::survey::{self, Read};
use crate::cli::{Format, Global, Import};
use crate::plan::{self, DiffRules, IgnoreRule, Imported, ProviderPlan};
use crate::provider::{ApexNs, Provider, ProviderError, Snapshot};
use crate::report::text::plural;
use crate::report::{Outcome, Report, ZoneReport, text};
use crate::zone::{Finding, Name, RecordType, Severity, Zone};

pub(super) async fn run(
    global: &Global,
    arguments: &Import,
    console: &Console,
) -> anyhow::Result<Outcome> {
    survive_size_limits();
    let Some(session) = Session::open_or_say(global, "import", console) else {
        return Ok(Outcome::Trouble);
    };
    let target = match Target::of(&session, arguments, console) {
        Ok(target) => target,
        Err(findings) => {
            refuse("import", &findings, console);
            return Ok(Outcome::Trouble);
        }
    };
    let fleet = Fleet::connect(&session);
    let mut named = fleet.named(|id| arguments.accounts.iter().any(|own| own == id));
    named.sort_by_key(|member| {
        let own = arguments.accounts.iter();
        own.take_while(|id| **id != member.account.id).count()
    });
    let (mut held, mut failures) = (Vec::new(), Vec::new());
    {
        let ids = arguments.accounts.join(", ");
        let progress = console.progress(&format!("{}: reading {ids}", target.origin));
        for (member, read) in survey::read(&session, &target.origin, named, &progress).await {
            let ignore = session.project.policy.ignore_of(&target.origin);
            match take(ignore, member, read).await {
                Ok(one) => held.push(one),
                Err(finding) => failures.push(finding),
            }
        }
    }
    if !failures.is_empty() {
        refuse("import", &failures, console);
        return Ok(Outcome::Trouble);
    }
    let zones: Vec<&Zone> = held.iter().map(|one| &one.imported.zone).collect();
    let ids: Vec<&str> = held.iter().map(|one| one.id.as_str()).collect();
    let settled = settle(&zones, &ids, arguments.prefer.as_deref(), console).await;
    let (zone, from) = match settled {
        Settled::Same => (zones[0].clone(), 0),
        Settled::Chosen { zone, from } => (zone, from),
        // What a plan would make of the others, were the first one's zone the file.
        Settled::Open => {
            let report = told(&session, &held, zones[0], None, Outcome::Differs);
            if let Some(text) = rendered(&report, console) {
                console.out(&text);
            } else {
                show_findings(&[undecided()], console);
            }
            return Ok(Outcome::Differs);
        }
    };
    deliver(&session, target, &held, &zone, from, console)
}

/// A provider's zone, taken over.
pub(super) struct Held {
    pub(super) id: String,
    adapter: &'static str,
    rules: DiffRules,
    snapshot: Snapshot,
    pub(super) imported: Imported,
}

impl Held {
    /// Where it comes from, in words.
    pub(super) fn source(&self) -> String {
        if self.id == self.adapter {
            format!("account `{}`", self.id)
        } else {
            format!("account `{}` ({})", self.id, self.adapter)
        }
    }
}

/// Takes over what was read of an account, but for what `ignore` leaves alone.
pub(super) async fn take(
    ignore: Vec<IgnoreRule>,
    member: &Connected<'_>,
    read: Read,
) -> Result<Held, Finding> {
    let account = member.account;
    let failed = |error: ProviderError| {
        let message = format!("`{}` cannot be read: {}", account.id, error.message);
        let mut finding = Finding::new("IMP01", Severity::Error, message).provider(&account.id);
        finding.hint = error.hint;
        finding
    };
    let provider = member.provider.clone()?;
    if provider.follows().is_some() {
        let message = format!(
            "`{}` gets its zones by transfer, and cannot be read",
            account.id
        );
        return Err(Finding::new("IMP01", Severity::Error, message)
            .hint("import from the account that it transfers from")
            .provider(&account.id));
    }
    let snapshot = read.held.map_err(failed)?;
    let capabilities = account.capabilities(read.told);
    let mut rules = DiffRules::of(&capabilities, ignore);
    if account.own_apex_ns {
        rules.apex_ns = ApexNs::Fixed;
    }
    let imported = take_over(&*provider, &snapshot, &rules).await;
    Ok(Held {
        id: account.id.clone(),
        adapter: account.adapter.name,
        rules,
        snapshot,
        imported,
    })
}

/// What the provider holds as a zone file should have it.
async fn take_over(provider: &dyn Provider, snapshot: &Snapshot, rules: &DiffRules) -> Imported {
    let origin = snapshot.zone.origin();
    let lacks = |rtype| snapshot.zone.get(origin.borrow(), rtype).is_none();
    let mut servers = Vec::new();
    if lacks(RecordType::NS) || lacks(RecordType::SOA) {
        let specs = provider.nameservers(origin).await.unwrap_or_default();
        servers.extend(specs.into_iter().map(|spec| spec.name));
    }
    plan::import(snapshot, rules, &servers)
}

/// The words for differences that nobody decided.
pub(super) fn undecided() -> Finding {
    Finding::new(
        "IMP03",
        Severity::Error,
        "the accounts differ, and nobody chose; nothing was written",
    )
    .hint("`--prefer ACCOUNT` takes what that one holds; on a terminal you are asked")
}

/// What was asked for, and where it goes.
struct Target {
    origin: Name,
    /// Nothing where it goes to stdout.
    file: Option<(PathBuf, String)>,
}

impl Target {
    /// Everything that is wrong with what was typed, at once.
    fn of(session: &Session, arguments: &Import, console: &Console) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let accounts = &session.project.accounts;
        let named = arguments.accounts.iter().chain(&arguments.prefer);
        for id in named {
            if !accounts.iter().any(|account| account.id == *id) {
                findings.push(session.no_such_account(id));
            } else if session.leaves_out(id) {
                let message = format!("the account `{id}` is named, and left out by a flag");
                findings.push(
                    Finding::new("CFG11", Severity::Error, message)
                        .hint("take it out of `--without`, or into `-p`"),
                );
            }
        }
        if let Some(id) = &arguments.prefer
            && !arguments.accounts.contains(id)
        {
            let message = format!("`--prefer {id}`: `{id}` is none of the accounts to import from");
            findings.push(
                Finding::new("IMP02", Severity::Error, message)
                    .hint(format!("one of: {}", arguments.accounts.join(", "))),
            );
        }
        let origin = Name::absolute(&arguments.zone).map_err(|error| {
            let message = format!("`{}` is no zone: {error}", arguments.zone);
            findings.push(
                Finding::new("IMP02", Severity::Error, message)
                    .hint("redundns import ACCOUNT example.com"),
            );
        });
        let file = match (&arguments.output, &origin) {
            (Some(path), _) if path.as_os_str() == "-" => {
                if console.format != Format::Text {
                    findings.push(
                        Finding::new(
                            "IMP02",
                            Severity::Error,
                            "stdout has room for one of the zone and the report",
                        )
                        .hint("leave out `--output -` or the format"),
                    );
                }
                None
            }
            (Some(path), _) => Some((path.clone(), path.display().to_string())),
            (None, Ok(origin)) => {
                let shown = file_of(origin);
                Some((session.project.directory.join(&shown), shown))
            }
            (None, Err(())) => None,
        };
        findings.extend(file.as_ref().and_then(|(path, shown)| taken(path, shown)));
        match origin {
            Ok(origin) if findings.is_empty() => Ok(Self { origin, file }),
            _ => Err(findings),
        }
    }
}

/// `zones/example.com.zone`.
pub(super) fn file_of(origin: &Name) -> String {
    let name = origin.to_string();
    let name = match name.trim_end_matches('.') {
        "" => "root",
        name => name,
    };
    format!("zones/{}.zone", name.replace('/', "\\047"))
}

/// Writes the file and says what it is worth.
fn deliver(
    session: &Session,
    target: Target,
    held: &[Held],
    zone: &Zone,
    from: usize,
    console: &Console,
) -> anyhow::Result<Outcome> {
    let sources = held.iter().map(|one| Source {
        from: one.source(),
        remarks: &one.imported.remarks,
    });
    // The one that was preferred first.
    let mut sources: Vec<Source<'_>> = sources.collect();
    sources.rotate_left(from);
    let text = written(zone, &sources);
    let shown = target.file.as_ref().map(|(_, shown)| shown.as_str());
    let parsed = judge(&text, zone, shown.unwrap_or("-"))?;
    let mut outcome = Outcome::Same;
    if parsed.has_errors() {
        outcome = Outcome::Differs;
    }
    let mut report = told(session, held, &parsed.zone, shown, outcome);
    report.zones[0].findings = parsed.findings.iter().map(Into::into).collect();
    let left = &report.zones[0].providers[from];
    if held.len() == 1 && !left.changes.is_empty() {
        anyhow::bail!(
            "a plan for `{}` right after would not be empty: {:?}",
            left.id,
            left.changes
        );
    }
    let Some((path, shown)) = target.file else {
        show_findings(&parsed.findings, console);
        console.print(&text);
        return Ok(outcome);
    };
    if let Err(finding) = new_files::write(&[NewFile {
        path,
        shown: shown.clone(),
        text,
    }]) {
        refuse("import", &[finding], console);
        return Ok(Outcome::Trouble);
    }
    if let Some(text) = rendered(&report, console) {
        console.out(&text);
    } else {
        show_findings(&parsed.findings, console);
        console.out(&said(&shown, zone, held, &report, console));
    }
    Ok(outcome)
}

fn said(shown: &str, zone: &Zone, held: &[Held], report: &Report, console: &Console) -> String {
    let mut out = format!("wrote {shown}: {}\n", plural(zone.len(), "record set"));
    for one in held {
        for remark in &one.imported.remarks {
            out += &format!("  {remark}\n");
        }
    }
    let (same, others): (Vec<_>, Vec<_>) = report.zones[0]
        .providers
        .iter()
        .partition(|one| one.changes.is_empty());
    for one in same {
        out += &format!("= a plan for {} is empty\n", one.id);
    }
    if !others.is_empty() {
        out += "\nwhat a sync would change now:\n\n";
        let mut report = report.clone();
        report.zones[0].findings.clear();
        out += &text::plan(&report, console.style());
    }
    out
}

/// A plan for each provider, were `zone` the file.
fn told(
    session: &Session,
    held: &[Held],
    zone: &Zone,
    file: Option<&str>,
    outcome: Outcome,
) -> Report {
    let mut report = Report::new("import");
    report.outcome = outcome;
    report.findings = session.project.findings.iter().map(Into::into).collect();
    let plan = plan::Plan {
        zone: zone.origin().clone(),
        record_sets: zone.len(),
        providers: held
            .iter()
            .map(|one| {
                ProviderPlan::known(&one.id, one.adapter, &one.snapshot.zone, zone, &one.rules)
            })
            .collect(),
    };
    let zone = ZoneReport::of_plan(&plan, file.map(str::to_owned));
    report.zones.push(zone);
    report
}
