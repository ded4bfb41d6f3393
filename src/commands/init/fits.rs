//! Whether the zones fit a second provider, found out before anything is written for it.

use super::Domain;
use super::accounts::Member;
use crate::adapters;
use crate::provider::{self, Capabilities, Misfit, fit};
use crate::report::text::plural;
use crate::zone::{Finding, Name, Severity, Zone};

/// What the provider of the new account for the adapter `second` cannot hold, a finding for each kind; empty where all
/// fits. Whose servers the apex NS set lists is no matter yet: those of a new provider come later.
pub(super) fn misfits(domains: &[Domain], members: &[Member], second: &str) -> Vec<Finding> {
    let is_new =
        |member: &&Member| member.new.is_some() && member.draft.account.adapter.name == second;
    let Some(new) = members.iter().find(is_new) else {
        return Vec::new();
    };
    let facts: Vec<(Capabilities, Vec<Name>)> = members
        .iter()
        .map(|member| {
            let account = &member.draft.account;
            let names = account.nameservers.iter().map(|server| server.name.clone());
            (account.capabilities(None), names.collect())
        })
        .collect();
    let all: Vec<provider::Member<'_>> = members
        .iter()
        .zip(&facts)
        .map(|(member, (capabilities, nameservers))| provider::Member {
            id: member.id(),
            capabilities,
            nameservers,
            own_apex_ns: member.draft.account.own_apex_ns,
        })
        .collect();
    let mut findings = Vec::new();
    for domain in domains {
        let Some(zone) = &domain.records.zone else {
            continue;
        };
        let mut own = fit(zone, &all);
        own.retain(|misfit| misfit.provider == new.id() && misfit.code != "FIT06");
        if own.is_empty() {
            continue;
        }
        findings.extend(by_kind(zone, own));
        let origin = &domain.look.origin;
        let hint = match &domain.records.file {
            Some((shown, _)) => format!(
                "without `--second {second}` you get {shown}: change there what is named above, and ask for the second one again"
            ),
            None => {
                "change in the zone file what is named above, or take another provider".to_owned()
            }
        };
        let message = format!(
            "{origin} does not fit `{}` as it is, and would be the same nowhere: nothing was written",
            new.id()
        );
        findings.push(Finding::new("INI08", Severity::Error, message).hint(hint));
    }
    findings
}

/// Whether an account of `adapter` could hold the zone as it is, but for its apex NS set.
pub(super) fn could_hold(zone: &Zone, adapter: &str) -> bool {
    let capabilities = adapters::adapter(adapter).map(|adapter| (adapter.capabilities)());
    capabilities.is_some_and(|capabilities| {
        let member = provider::Member {
            id: adapter,
            capabilities: &capabilities,
            nameservers: &[],
            own_apex_ns: true,
        };
        fit(zone, &[member]).is_empty()
    })
}

/// The first of each kind, and how many more there are.
fn by_kind(zone: &Zone, misfits: Vec<Misfit>) -> Vec<Finding> {
    let mut kinds: Vec<(Misfit, usize)> = Vec::new();
    for misfit in misfits {
        let same = |(first, _): &&mut (Misfit, usize)| {
            first.code == misfit.code && first.why == misfit.why
        };
        match kinds.iter_mut().find(same) {
            Some((_, more)) => *more += 1,
            None => kinds.push((misfit, 0)),
        }
    }
    let finding = |(first, more): (Misfit, usize)| {
        let mut finding = first.to_finding(zone);
        if more > 0 {
            finding.message += &format!("; so do not {} more", plural(more, "record set"));
        }
        finding
    };
    kinds.into_iter().map(finding).collect()
}
