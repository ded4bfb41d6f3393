//! From the report of a check to one state for the zone and one for each provider's part in it.
//!
//! The zone's state is about what resolvers get: good where every nameserver answers as the zone file says; degraded
//! where some do not, and resolvers still get what they should most of the time; failed where at least half of what is
//! answered is wrong, or nothing is right; unknown where nobody could find out. A provider's state is the same for its
//! own nameservers, and takes in what its API holds.

use std::collections::{BTreeMap, BTreeSet};

use super::history::{Sight, Subject};
use crate::report::text::{dig, plural};
use crate::report::{Difference, NameserverReport, ProviderReport, ProviderState, ZoneReport};
use crate::status::State;
use crate::verdict::{NO_ROUTE, NO_TIME};

/// How many differences are named as reasons.
const NAMED: usize = 3;

/// What the parent's side of the zone cut comes to.
#[derive(Clone, PartialEq, Debug)]
pub struct Standing {
    /// How it is.
    pub state: State,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
    /// The command that shows it.
    pub reproduce: Option<String>,
}

/// What is to be seen in a zone's report: the zone first, then each provider.
pub fn sights(zone: &ZoneReport, delegation: Option<&Standing>) -> Vec<Sight> {
    let servers = servers(zone);
    let mut ids: BTreeSet<&str> = zone.providers.iter().map(|one| &*one.id).collect();
    ids.extend(
        servers
            .iter()
            .filter_map(|one| one.report.provider.as_deref()),
    );
    let findings = zone.findings.iter().filter(|one| one.severity == "error");
    ids.extend(findings.filter_map(|one| one.provider.as_deref()));
    let mut whole = of_servers(zone, &servers.iter().collect::<Vec<_>>());
    let mut sights = Vec::new();
    for id in ids {
        let is_own = |one: &&Server<'_>| one.report.provider.as_deref() == Some(id);
        let own: Vec<&Server<'_>> = servers.iter().filter(is_own).collect();
        let mut standing = of_servers(zone, &own);
        let (state, mut reasons) = findings_of(zone, Some(id));
        standing.add((state, reasons.clone()));
        if own.is_empty() && reasons.is_empty() {
            reasons.push("no nameserver of it is known".to_owned());
        }
        // What its servers answer is counted already.
        let state = if own.is_empty() {
            State::Unknown
        } else {
            state
        };
        let reasons = reasons.iter().map(|reason| format!("{id}: {reason}"));
        whole.add((state, reasons.collect()));
        let api = zone.providers.iter().find(|one| one.id == id);
        if let Some((state, reason)) = api.and_then(by_api) {
            if state == State::Degraded {
                whole.add((state, vec![format!("{id}: {reason}")]));
            }
            standing.add((state, vec![reason]));
        }
        let mut own = sight(zone, Some(id), standing);
        own.details = api.and_then(said).into_iter().collect();
        sights.push(own);
    }
    whole.add(findings_of(zone, None));
    if let Some(delegation) = delegation {
        whole.add((delegation.state, delegation.reasons.clone()));
        if whole.reproduce.is_none() {
            whole.reproduce.clone_from(&delegation.reproduce);
        }
    }
    sights.insert(0, sight(zone, None, whole));
    sights
}

fn sight(zone: &ZoneReport, provider: Option<&str>, standing: Judged) -> Sight {
    let mut reasons = standing.reasons;
    let mut known = BTreeSet::new();
    reasons.retain(|reason| known.insert(reason.clone()));
    Sight {
        subject: Subject {
            zone: zone.zone.clone(),
            provider: provider.map(str::to_owned),
        },
        state: standing.state,
        reasons,
        details: Vec::new(),
        nameservers: standing.blamed,
        reproduce: standing.reproduce,
    }
}

fn worse(one: State, other: State) -> State {
    State::worst([one, other]).unwrap_or(one)
}

/// One address, and how its answers came out.
struct Server<'a> {
    report: &'a NameserverReport,
    label: String,
    /// Differences that it is wrong in, with authority.
    wrong: Vec<&'a Difference>,
    /// How many questions it turned away, and in which words.
    lame: (usize, &'a str),
    /// How many questions it said nothing to, and why.
    silent: (usize, &'a str),
}

impl<'a> Server<'a> {
    /// Takes in one more question that it said nothing to. A reason that lies with the server outweighs one of ours.
    fn was_silent(&mut self, why: &'a str) {
        let (count, before) = self.silent;
        let keeps = count > 0 && is_ours(why) && !is_ours(before);
        self.silent = (count + 1, if keeps { before } else { why });
    }
}

/// Whether nothing was heard because of this machine or this run, so that nothing is known of the server.
fn is_ours(why: &str) -> bool {
    [NO_ROUTE, NO_TIME].contains(&why)
}

/// Those that count: not an address that this machine cannot reach while the same server answered at another one.
fn servers(zone: &ZoneReport) -> Vec<Server<'_>> {
    let mut servers: Vec<Server<'_>> = zone
        .nameservers
        .iter()
        .map(|report| Server {
            report,
            label: report.label(),
            wrong: Vec::new(),
            lame: (0, ""),
            silent: (0, ""),
        })
        .collect();
    let places: BTreeMap<String, usize> = servers
        .iter()
        .enumerate()
        .map(|(place, server)| (server.label.clone(), place))
        .collect();
    for difference in zone
        .differences
        .iter()
        .filter(|one| one.explained.is_none())
    {
        for answer in difference.answers.iter().filter(|one| !one.current) {
            for label in &answer.nameservers {
                let Some(server) = places.get(label).map(|place| &mut servers[*place]) else {
                    continue;
                };
                let why = answer.detail.as_deref().unwrap_or(&answer.kind);
                match &*answer.kind {
                    "silent" => server.was_silent(why),
                    "refused" | "failure" | "not_authoritative" => {
                        server.lame = (server.lame.0 + 1, why);
                    }
                    _ if difference.verdict == "unverified" => server.was_silent(why),
                    _ => server.wrong.push(difference),
                }
            }
        }
    }
    servers.retain(|server| !server.report.is_silent() || server.silent.0 > 0);
    servers
}

/// What servers come to.
struct Judged {
    state: State,
    reasons: Vec<String>,
    blamed: Vec<String>,
    reproduce: Option<String>,
}

impl Judged {
    fn add(&mut self, (state, reasons): (State, Vec<String>)) {
        self.state = worse(self.state, state);
        self.reasons.extend(reasons);
    }
}

fn of_servers(zone: &ZoneReport, servers: &[&Server<'_>]) -> Judged {
    let questions = zone.agreement.questions;
    let (mut wrong, mut right) = (0, 0);
    let mut judged = Judged {
        state: State::Good,
        reasons: Vec::new(),
        blamed: Vec::new(),
        reproduce: None,
    };
    let mut differing: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for server in servers {
        let (lame, silent) = (server.lame.0, server.silent.0);
        wrong += server.wrong.len();
        right += questions.saturating_sub(server.wrong.len() + lame + silent);
        if server.wrong.len() + lame + silent > 0 {
            judged.blamed.push(server.label.clone());
            let about = server.wrong.first().map(|one| (&*one.name, &*one.rtype));
            let (name, rtype) = about.unwrap_or((&zone.zone, "SOA"));
            judged.reproduce = judged
                .reproduce
                .or_else(|| dig(&server.report.address, name, rtype));
        }
        for (count, why, words) in [
            (silent, server.silent.1, "answers nothing"),
            (lame, server.lame.1, "turns every question away"),
        ] {
            let label = &server.label;
            match count {
                0 => {}
                all if all >= questions => judged.reasons.push(format!("{label} {words} ({why})")),
                some => judged.reasons.push(format!(
                    "{label} leaves {some} of {questions} questions open ({why})"
                )),
            }
        }
        for one in &server.wrong {
            *differing
                .entry((&one.name, &one.rtype, &one.verdict))
                .or_default() += 1;
        }
    }
    for ((name, rtype, verdict), count) in differing.iter().take(NAMED) {
        judged.reasons.push(format!(
            "{name} {rtype}: {} at {count} of {}",
            in_words(verdict),
            plural(servers.len(), "nameserver")
        ));
    }
    if let Some(more) = differing.len().checked_sub(NAMED + 1) {
        let verb = if more == 0 { "differs" } else { "differ" };
        judged.reasons.push(format!(
            "{} {verb} as well",
            plural(more + 1, "more record set")
        ));
    }
    let is_cut_off = |one: &&Server<'_>| is_ours(one.silent.1) && one.wrong.is_empty();
    let bad = servers
        .iter()
        .filter(|one| judged.blamed.contains(&one.label));
    let is_from_here = bad.copied().all(|one| is_cut_off(&one));
    judged.state = if questions == 0 || servers.is_empty() {
        judged
            .reasons
            .push("no nameserver could be asked".to_owned());
        State::Unknown
    } else if judged.blamed.is_empty() {
        State::Good
    } else if is_from_here {
        State::Unknown
    } else if right == 0 || wrong >= right {
        State::Failed
    } else {
        State::Degraded
    };
    judged
}

/// A verdict, for people who do not know the word.
fn in_words(verdict: &str) -> &str {
    match verdict {
        "missing" => "no record, where there should be one",
        "extra" => "a record, where there should be none",
        "stale" => "as it was before",
        _ => "another answer than the zone file's",
    }
}

/// What the API adds, where the nameservers do not tell it already.
fn by_api(provider: &ProviderReport) -> Option<(State, String)> {
    match provider.state {
        ProviderState::Unknown => Some((State::Unknown, "its API could not be read".to_owned())),
        ProviderState::Known if !provider.changes.is_empty() => {
            let sets = plural(provider.changes.len(), "record set");
            let words = format!("its API holds {sets} otherwise than the zone file");
            Some((State::Degraded, words))
        }
        ProviderState::Known | ProviderState::Follows => None,
    }
}

/// Why its API could not be read, in its own words: not for the public.
fn said(provider: &ProviderReport) -> Option<String> {
    let error = provider.error.as_ref()?;
    (provider.state == ProviderState::Unknown).then(|| error.message.clone())
}

/// Errors that no question shows: a nameserver without an address, answers that are others over TCP.
fn findings_of(zone: &ZoneReport, provider: Option<&str>) -> (State, Vec<String>) {
    let (mut state, mut reasons) = (State::Good, Vec::new());
    for finding in &zone.findings {
        // What the API holds is looked at by itself.
        let is_told = finding.severity == "error" && !finding.code.starts_with("API");
        if !is_told || finding.provider.as_deref() != provider {
            continue;
        }
        // The parent was asked, and lists somebody else.
        let is_seen = finding.code == "NSV03" && finding.name.is_some();
        let is_seen = is_seen
            || ["AGR", "SEC"]
                .iter()
                .any(|family| finding.code.starts_with(family));
        let own = if is_seen {
            State::Degraded
        } else {
            State::Unknown
        };
        state = worse(state, own);
        let message = &finding.message;
        reasons.push(match (&finding.file, finding.line, finding.column) {
            (Some(file), Some(line), Some(column)) => format!("{file}:{line}:{column}: {message}"),
            _ => message.clone(),
        });
    }
    (state, reasons)
}

#[cfg(test)]
mod tests;
