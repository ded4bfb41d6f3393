//! What `check` sees beyond the answers: other transports, what only a transfer shows, and where API and DNS part.

use std::collections::BTreeSet;
use std::time::Instant;

use futures_util::future::join_all;

use super::closely::closely;
use super::extras::unknown_to;
use super::served::Served;
use crate::audit::Transfer;
use crate::plan::{ProviderPlan, State};
use crate::probe;
use crate::report::Outcome;
use crate::verdict::{Nameserver, Question, Verdict};
use crate::zone::{Finding, Lookup, Name, NameRef, RecordType, Severity, Zone};

/// Questions that each server gets over TCP.
const OVER_TCP: usize = 2;

/// What is found, and what it comes to.
pub(super) async fn beyond(
    zone: &Zone,
    served: &Served,
    providers: &[ProviderPlan],
    deadline: Option<Instant>,
) -> (Vec<Finding>, Outcome) {
    let heard: Vec<&Nameserver> = served
        .nameservers
        .iter()
        .zip(&served.judgement.nameservers)
        .filter(|(_, statistics)| statistics.answered > 0)
        .map(|(server, _)| server)
        .collect();
    let (questions, aliases) = samples(zone);
    let questions: Vec<&Question> = questions.iter().collect();
    let aliases: Vec<&Name> = aliases.iter().collect();
    let read = |id: Option<&str>| {
        let known = |plan: &&ProviderPlan| matches!(plan.state, State::Known { .. });
        providers
            .iter()
            .filter(known)
            .any(|plan| Some(&*plan.id) == id)
    };
    let unread: Vec<&Nameserver> = heard
        .iter()
        .filter(|server| !read(server.provider.as_deref()))
        .copied()
        .collect();
    let transfers = unread
        .iter()
        .map(|server| probe::transfer(server.address, zone.origin()));
    let (mut findings, transfers) = tokio::join!(
        closely(zone.origin(), &heard, &questions, &aliases, deadline),
        join_all(transfers),
    );
    let outcome = if findings.iter().any(|one| one.code == "AGR06") {
        Outcome::Differs
    } else {
        Outcome::Same
    };
    let given: Vec<(&Nameserver, &Zone)> = unread
        .iter()
        .zip(&transfers)
        .filter_map(|(server, transfer)| match transfer {
            Transfer::Open(Some(zone)) => Some((*server, &**zone)),
            _ => None,
        })
        .collect();
    findings.extend(unknown_to(zone, &given));
    findings.extend(apart(served, providers));
    (findings, outcome)
}

/// Addresses rather than other records, since a wrong one hurts most; and names that are aliases.
fn samples(zone: &Zone) -> (Vec<Question>, Vec<Name>) {
    let of = |rtypes: &[RecordType], most: usize| {
        let sets = zone.sets().filter(|set| rtypes.contains(&set.rtype()));
        let own = sets.map(|set| (set.owner(), set.rtype()));
        let is_ours = |(owner, rtype): &(NameRef<'_>, RecordType)| {
            !owner.is_wildcard() && matches!(zone.lookup(*owner, *rtype), Lookup::Records { .. })
        };
        own.filter(is_ours).take(most).collect::<Vec<_>>()
    };
    let mut sets = of(&[RecordType::A, RecordType::AAAA], OVER_TCP);
    if sets.is_empty() {
        sets = of(&[RecordType::TXT, RecordType::MX, RecordType::NS], OVER_TCP);
    }
    let questions = sets.into_iter().map(|(owner, rtype)| Question {
        name: owner.to_name(),
        rtype,
    });
    let aliases = of(&[RecordType::CNAME], OVER_TCP).into_iter();
    (
        questions.collect(),
        aliases.map(|(owner, _)| owner.to_name()).collect(),
    )
}

/// API01 and API02: a provider whose API says one thing and whose nameservers say another.
fn apart(served: &Served, providers: &[ProviderPlan]) -> Vec<Finding> {
    let judgement = &served.judgement;
    let groups = judgement.differences.iter().flat_map(|one| &one.answers);
    let wrong: BTreeSet<usize> = groups
        .filter(|group| group.verdict > Verdict::Unverified)
        .flat_map(|group| group.nameservers.iter().copied())
        .collect();
    let mut findings = Vec::new();
    for plan in providers
        .iter()
        .filter(|plan| matches!(plan.state, State::Known { .. }))
    {
        let own = |server: &&(usize, &Nameserver)| server.1.provider.as_deref() == Some(&*plan.id);
        let servers: Vec<(usize, &Nameserver)> = served.nameservers.iter().enumerate().collect();
        let own: Vec<&(usize, &Nameserver)> = servers.iter().filter(own).collect();
        let answered =
            |(index, _): &&&(usize, &Nameserver)| judgement.nameservers[*index].answered > 0;
        if own.is_empty() || own.iter().filter(answered).count() < own.len() {
            continue;
        }
        let behind: Vec<String> = own
            .iter()
            .filter(|(index, _)| wrong.contains(index))
            .map(|(_, server)| format!("{} {}", server.name, server.address))
            .collect();
        let finding = match (plan.is_same(), behind.is_empty()) {
            (false, true) => Finding::new(
                "API01",
                Severity::Warning,
                "the API holds something else than the zone file, and the nameservers still answer as the file says",
            )
            .hint("somebody changed it at the provider, and its nameservers will follow: `redundns plan` shows what"),
            (true, false) => {
                let mut one = Finding::new(
                    "API02",
                    Severity::Error,
                    "the API holds what the zone file says, and nameservers answer otherwise: accepted, and not served",
                )
                .hint("wait as long as the provider takes to publish (--settle 2m); where it stays, tell the provider");
                one.nameserver = Some(behind.join(", "));
                one
            }
            _ => continue,
        };
        findings.push(finding.provider(&plan.id));
    }
    findings
}
