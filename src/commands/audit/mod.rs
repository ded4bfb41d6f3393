//! `audit`: what is wrong with how a domain is served, whoever serves it. Never writes.

mod asking;
mod inputs;
mod page;
mod signing;

use std::sync::Arc;
use std::time::Instant;

use super::console::Console;
use super::extras::unknown_to;
use super::session::{refuse, rendered};
use super::telling::Telling;
use crate::audit::{self, Cut, Evidence, Member, Probe, Redundancy, read_names};
use crate::cli::{Audit, Global};
use crate::config::Level;
use crate::probe::{Gather, Stop, Walker, root_hints};
use crate::report::{FindingEntry, Outcome, Report, ZoneReport, text};
use crate::verdict::{Nameserver, Question, Standing, Verdict};
use crate::zone::{Finding, Name, RecordType, Severity};
use asking::{Asked, First, Manner};
use inputs::{Inputs, Subject, mistakable, subjects};
use signing::signing;

pub(super) async fn run(
    global: &Global,
    arguments: &Audit,
    console: &Console,
) -> anyhow::Result<Outcome> {
    let (inputs, subjects) = match (
        Inputs::read(global, arguments),
        subjects(&arguments.targets),
    ) {
        (Ok(inputs), Ok(subjects)) => (inputs, subjects),
        (inputs, subjects) => {
            let mut faults = inputs.err().unwrap_or_default();
            faults.extend(subjects.err().unwrap_or_default());
            refuse("audit", &faults, console);
            return Ok(Outcome::Trouble);
        }
    };
    for note in mistakable(&arguments.targets) {
        console.note(&note);
    }
    let mut wanted = Vec::new();
    let mut faults = Vec::new();
    for subject in &subjects {
        match names(&inputs, &subject.zone) {
            Ok(own) => wanted.push(own),
            Err(own) => faults.extend(own),
        }
    }
    if !faults.is_empty() {
        refuse("audit", &faults, console);
        return Ok(Outcome::Trouble);
    }
    let run = Run {
        global,
        arguments,
        console,
        inputs: &inputs,
        deadline: global.timeout.map(|timeout| Instant::now() + timeout),
    };
    let mut report = Report::new("audit");
    let mut outcomes = Vec::new();
    for (subject, wanted) in subjects.iter().zip(&wanted) {
        let (zone, outcome) = run.audit(subject, wanted).await;
        report.zones.push(zone);
        outcomes.push(outcome);
    }
    report.outcome = Outcome::worst(outcomes);
    let text = rendered(&report, console);
    console.out(&text.unwrap_or_else(|| text::audit(&report, console.style())));
    Ok(report.outcome)
}

/// The questions of `--names` about a zone.
fn names(inputs: &Inputs, zone: &Name) -> Result<Vec<Question>, Vec<Finding>> {
    let Some((file, text)) = &inputs.names else {
        return Ok(Vec::new());
    };
    read_names(zone, text).map_err(|faults| {
        faults
            .into_iter()
            .map(|(line, why)| {
                Finding::new("CFG14", Severity::Error, why)
                    .at(file, line, 1)
                    .hint("write a name a line, and types if wanted: `api` or `api.example.com A AAAA`")
            })
            .collect()
    })
}

struct Run<'a> {
    global: &'a Global,
    arguments: &'a Audit,
    console: &'a Console,
    inputs: &'a Inputs,
    deadline: Option<Instant>,
}

impl Run<'_> {
    async fn audit(&self, subject: &Subject, wanted: &[Question]) -> (ZoneReport, Outcome) {
        let zone = &subject.zone;
        let file = subject.file.as_ref();
        let mut report = match file {
            Some((file, zone)) => ZoneReport::of_zone(zone, Some(file.shown.clone())),
            None => ZoneReport {
                zone: zone.to_string(),
                ..ZoneReport::default()
            },
        };
        let progress = self
            .console
            .progress(&format!("{zone}: walking down from the root"));
        let by_hand = !self.arguments.ns.is_empty();
        let hints = self.inputs.hints.clone();
        let walker = (!by_hand || hints.is_some())
            .then(|| Walker::new(hints.unwrap_or_else(root_hints), self.deadline));
        let chain = match &walker {
            Some(walker) if !by_hand => match walker.chain(zone).await {
                Ok(chain) => chain,
                Err(stop) => {
                    report.findings.push((&unreached(zone, &stop)).into());
                    return (report, Outcome::Trouble);
                }
            },
            _ => vec![self.given(zone)],
        };
        let owner = |nameserver: &Name| self.inputs.owner(zone, nameserver);
        let say = |text: String| progress.say(text);
        let gather = Gather {
            walker: walker.as_ref(),
            deadline: self.deadline,
            owner: &owner,
            progress: &say,
        };
        let mut evidence = gather.evidence(chain).await;
        let options = audit::JudgeOptions {
            asn: self.inputs.asn.as_ref(),
            has_file: file.is_some(),
        };
        let found = self.tell_first(&audit::judge(&evidence, options));
        let manner = Manner {
            concurrency: self.global.concurrency,
            deadline: self.deadline,
            wanted,
            telling: Telling {
                console: self.console,
                progress: &progress,
                found: found.as_deref(),
            },
        };
        let nameservers: Vec<Nameserver> = evidence
            .servers
            .iter()
            .map(|view| view.server.clone())
            .collect();
        let file_zone = file.map(|(_, zone)| zone);
        let mut first = asking::first(&evidence, &nameservers, file_zone, manner).await;
        let (questions, targets) = (Arc::clone(&first.questions), first.targets());
        let targets_wanted = targets.len();
        let signed = manner.options(&evidence.servers);
        let (mut asked, targets, (signing, is_chain_known), page) = tokio::join!(
            first.again(),
            gather.targets(targets),
            signing(&evidence, self.inputs, &questions, &signed),
            self.status_page(walker.as_ref(), &nameservers, &owner),
        );
        let First { live, left_out, .. } = first;
        evidence.targets = targets;
        drop(progress);
        let mut findings = audit::judge(&evidence, options);
        findings.extend(page);
        if walker.is_none() && targets_wanted > 0 {
            let message = format!(
                "{} that MX and SRV records name {} not looked up: with --ns nobody else is asked",
                text::plural(targets_wanted, "host"),
                if targets_wanted == 1 { "was" } else { "were" },
            );
            findings.push(
                Finding::new("AUD03", Severity::Info, message)
                    .hint("say with --root-hints FILE where to begin looking for them"),
            );
        }
        // Servers without TCP were told already.
        asked.findings.retain(|one| one.code != "SRV02");
        findings.append(&mut asked.findings);
        findings.extend(subject.findings.iter().cloned());
        findings.extend(signing);
        let redundancy = self.redundancy(&evidence, &asked, &live);
        findings.extend(redundancy.findings());
        report.redundancy = Some(Box::new((&redundancy).into()));
        if let Some((_, file)) = file {
            let given: Vec<_> = evidence.servers.iter().filter_map(given_away).collect();
            findings.extend(unknown_to(file, &given));
        }
        if left_out > 0 {
            let message = format!("the zone is large: {left_out} of its questions were not asked");
            findings.push(Finding::new("AUD02", Severity::Info, message));
        }
        let outcome = self.fill(&mut report, &evidence, &nameservers, &asked, &findings);
        if let Some((_, file)) = file {
            report.place(file);
        }
        let chain = if is_chain_known {
            Outcome::Same
        } else {
            Outcome::Trouble
        };
        (report, Outcome::worst([outcome, chain]))
    }

    /// The worst that is known already, for those who wait.
    fn tell_first(&self, findings: &[Finding]) -> Option<String> {
        let first = findings.first()?;
        if first.severity == Severity::Info {
            return None;
        }
        let first = format!("{}: {}", first.code, first.message);
        self.console.detail(&format!("first finding: {first}"));
        Some(first)
    }

    /// What the zone survives. A server is sound if it was heard and no answer of it is known to be wrong, those apart
    /// that all servers give alike: losing some of them makes such an answer neither better nor worse.
    fn redundancy(&self, evidence: &Evidence, asked: &Asked, live: &[usize]) -> Redundancy {
        let wrong: Vec<usize> = asked
            .judgement
            .differences
            .iter()
            .filter(|difference| difference.standing != Standing::AgreeStale)
            .flat_map(|difference| &difference.answers)
            .filter(|group| !matches!(group.verdict, Verdict::Agree | Verdict::Unverified))
            .flat_map(|group| group.nameservers.iter().copied())
            .collect();
        let glue: Vec<&Name> = evidence
            .zone()
            .views
            .iter()
            .filter_map(|view| view.said.as_ref().ok())
            .flat_map(|said| said.glue.iter().map(|glue| &glue.name))
            .collect();
        let members: Vec<Member<'_>> = evidence
            .servers
            .iter()
            .enumerate()
            .map(|(index, view)| Member {
                server: &view.server,
                is_sound: live.contains(&index) && !wrong.contains(&index),
                has_glue: glue.contains(&&view.server.name),
            })
            .collect();
        audit::redundancy(&evidence.zone().zone, &members, self.inputs.asn.as_ref())
    }

    /// The zone with the servers of `--ns`.
    fn given(&self, zone: &Name) -> Cut {
        let servers = self.arguments.ns.iter().map(|one| Nameserver {
            name: one.name.clone(),
            address: one.address,
            provider: None,
        });
        Cut {
            zone: zone.clone(),
            servers: servers.collect(),
            views: Vec::new(),
        }
    }

    /// Puts everything into the report, as bad as the project has it, and says what it comes to.
    fn fill(
        &self,
        report: &mut ZoneReport,
        evidence: &Evidence,
        nameservers: &[Nameserver],
        asked: &Asked,
        findings: &[Finding],
    ) -> Outcome {
        if report.record_sets == 0 {
            report.record_sets = asked.record_sets;
        }
        report.findings = findings.iter().map(Into::into).collect();
        report.judged(nameservers, &asked.judgement);
        report.findings.retain_mut(|one| self.keep(one));
        report
            .findings
            .iter_mut()
            .for_each(|one| complete(one, nameservers));
        report
            .findings
            .sort_by_key(|one| (rank(&one.severity), one.code.clone()));
        report
            .differences
            .retain(|one| self.inputs.level(&one.code) != Some(Level::Off));
        let is_error = |code: &str| match self.inputs.level(code) {
            Some(level) => level == Level::Error,
            None => audit::rule(code).is_some_and(|rule| rule.severity == Severity::Error),
        };
        let wrong = report.findings.iter().any(|one| one.severity == "error")
            || report.differences.iter().any(|one| is_error(&one.code));
        let heard =
            |view: &audit::ServerView| Probe::ALL.iter().any(|probe| view.reply(*probe).is_some());
        let mut outcomes = Vec::new();
        if wrong {
            outcomes.push(Outcome::Differs);
        }
        if !evidence.servers.iter().any(heard) {
            let message = format!("no nameserver of `{}` was heard", report.zone);
            let finding = Finding::new("AUD01", Severity::Error, message).hint(
                "is there a route from here, and does a firewall let UDP and TCP port 53 out?",
            );
            report.findings.insert(0, FindingEntry::from(&finding));
            outcomes.push(Outcome::Trouble);
        } else if asked.judgement.agreement.questions > 0 && asked.judgement.is_unverified() {
            outcomes.push(Outcome::Trouble);
        }
        Outcome::worst(outcomes)
    }

    /// Whether a finding counts here, with the severity that it has here.
    fn keep(&self, one: &mut FindingEntry) -> bool {
        let word = match self.inputs.level(&one.code) {
            None => return true,
            Some(Level::Off) => return false,
            Some(Level::Info) => "info",
            Some(Level::Warning) => "warning",
            Some(Level::Error) => "error",
        };
        word.clone_into(&mut one.severity);
        true
    }
}

/// The zone that a server gives to whoever asks.
fn given_away(view: &audit::ServerView) -> Option<(&Nameserver, &crate::zone::Zone)> {
    match &view.transfer {
        audit::Transfer::Open(Some(zone)) => Some((&view.server, zone)),
        _ => None,
    }
}

/// A remark of the judge of answers, with what a finding has.
fn complete(one: &mut FindingEntry, nameservers: &[Nameserver]) {
    if one.hint.is_none() {
        one.hint = audit::rule(&one.code).map(|rule| rule.action.to_owned());
    }
    let (Some(name), Some(rtype), Some(whose), None) =
        (&one.name, &one.rtype, &one.nameserver, &one.reproduce)
    else {
        return;
    };
    let mut servers = nameservers.iter();
    let first =
        servers.find(|server| whose.starts_with(&format!("{} {}", server.name, server.address)));
    if let (Some(server), Ok(name), Ok(rtype)) = (first, Name::absolute(name), rtype.parse()) {
        one.reproduce = Some(audit::dig(server.address, &name, rtype));
    }
}

fn rank(severity: &str) -> u8 {
    match severity {
        "error" => 0,
        "warning" => 1,
        _ => 2,
    }
}

/// Why there is nobody to audit.
fn unreached(zone: &Name, stop: &Stop) -> Finding {
    let (message, hint) = match stop {
        Stop::NotDelegated {
            parent,
            nonexistent: true,
        } => (
            format!("`{zone}` does not exist: the servers of `{parent}` say so"),
            "look at the spelling; a domain that shall be delegated later is audited with --ns NAME=ADDRESS".to_owned(),
        ),
        Stop::NotDelegated { parent, .. } => (
            format!("`{zone}` is no zone of its own, but a part of `{parent}`"),
            format!("audit `{}` instead", parent.to_string().trim_end_matches('.')),
        ),
        Stop::Unknown(why) => (
            format!("the nameservers of `{zone}` cannot be found: {why}"),
            "is there a route from here to port 53? Behind a firewall, --ns NAME=ADDRESS asks servers that can be reached".to_owned(),
        ),
    };
    Finding::new("AUD01", Severity::Error, message)
        .hint(hint)
        .about(zone, RecordType::NS)
}
