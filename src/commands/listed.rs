//! Nameservers that the file lists anew: a server is listed only after it was proved current.

use super::session::Session;
use super::survey::Surveyed;
use crate::probe::{self, Ask, AskOptions};
use crate::provider::NameserverSpec;
use crate::verdict::{JudgeOptions, judge, questions};
use crate::zone::{Name, RecordType, Zone};

/// The names that the file lists, some provider does not list yet, and nobody will prove.
///
/// The servers of the accounts that take part are proved by the rollout before any apex NS set is written, and so
/// they are left out. All others are asked now.
pub(super) async fn unproved(
    session: &Session,
    origin: &Name,
    surveyed: &[Surveyed<'_>],
) -> Vec<Name> {
    let mut foreign: Vec<(Name, &Zone)> = surveyed
        .iter()
        .filter_map(|one| Some((one.base.as_ref()?, &one.desired)))
        .flat_map(|(base, desired)| {
            let names = newly_listed(&base.zone, desired).into_iter();
            names.map(|name| (name, &**desired))
        })
        .collect();
    foreign.sort_by(|(a, _), (b, _)| a.cmp(b));
    foreign.dedup_by(|(a, _), (b, _)| a == b);
    for one in surveyed {
        let Some(provider) = one.provider.as_ref().filter(|_| !foreign.is_empty()) else {
            continue;
        };
        let mut own = one.account.nameservers.clone();
        if own.is_empty() {
            own = provider.nameservers(origin).await.unwrap_or_default();
        }
        foreign.retain(|(name, _)| !own.iter().any(|spec| spec.name == *name));
    }
    let mut unproved = Vec::new();
    for (name, desired) in foreign {
        if !is_current(session, desired, &name).await {
            unproved.push(name);
        }
    }
    unproved
}

/// The nameservers that `desired` lists and `current` does not.
pub(super) fn newly_listed(current: &Zone, desired: &Zone) -> Vec<Name> {
    let apex = desired.origin().borrow();
    let listed = current.get(apex, RecordType::NS);
    let is_listed = |rdata: &[u8]| listed.is_some_and(|set| set.rdata().any(|own| own == rdata));
    let wanted = desired.get(apex, RecordType::NS).into_iter();
    wanted
        .flat_map(|set| set.rdata())
        .filter(|rdata| !is_listed(rdata))
        .filter_map(|rdata| Name::from_wire(rdata).ok())
        .collect()
}

/// Whether every address of the nameserver answers from `zone`.
async fn is_current(session: &Session, zone: &Zone, name: &Name) -> bool {
    let accounts = session.project.accounts.iter();
    let mut specs = accounts.flat_map(|account| &account.nameservers);
    let spec = specs
        .find(|spec| spec.name == *name)
        .cloned()
        .unwrap_or_else(|| NameserverSpec {
            name: name.clone(),
            addresses: Vec::new(),
        });
    let resolver = probe::resolver().ok();
    let found = probe::nameservers(&[spec], None, resolver.as_ref()).await;
    let questions = questions(zone, false, 1).into();
    let ask = Ask {
        origin: zone.origin(),
        nameservers: &found.nameservers,
        questions: &questions,
        pairs: None,
    };
    let options = AskOptions {
        deadline: session.deadline,
        ..AskOptions::default()
    };
    let seen = probe::ask(&ask, &options, &|_, _| {}).await;
    let judgement = judge(
        zone,
        &found.nameservers,
        &questions,
        &seen,
        JudgeOptions::default(),
    );
    judgement.is_clean() && !judgement.is_trouble()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{NoIncludes, Source, parse};

    fn zone(text: &str) -> Zone {
        let source = Source {
            name: "test",
            text: text.as_bytes(),
        };
        parse(
            &source,
            Name::absolute("example.com").expect("a name"),
            &NoIncludes,
        )
        .zone
    }

    #[test]
    fn only_names_that_are_new_are_newly_listed() {
        let current = zone("@ 60 NS ns.a.test.\n@ 60 NS ns.b.test.\n");
        let desired = zone("@ 300 NS ns.b.test.\n@ 300 NS ns.c.test.\n");
        let names = newly_listed(&current, &desired);
        assert_eq!(names, [Name::absolute("ns.c.test").expect("a name")]);
        assert!(newly_listed(&desired, &desired).is_empty());
        assert_eq!(
            newly_listed(&Zone::empty(desired.origin().clone()), &desired).len(),
            2
        );
    }
}
