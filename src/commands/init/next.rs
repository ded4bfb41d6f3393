//! The one thing to do next on the way to redundancy.

use std::collections::BTreeSet;

use crate::zone::{Name, RecordType, Zone};

/// What is known of a provider of the zone after the files are written.
pub(super) struct Standing {
    pub(super) id: String,
    /// Why it is unknown.
    pub(super) unknown: Option<String>,
    /// Whether it has the zone.
    pub(super) holds: bool,
    /// How many record sets a sync would change.
    pub(super) changes: usize,
    /// Its nameservers, as far as it says.
    pub(super) servers: Vec<Name>,
}

/// Adapters with credentials in the environment.
#[derive(Default)]
pub(super) struct AtHand {
    /// They could hold the zone as it is.
    pub(super) fitting: Vec<String>,
    /// They could not.
    pub(super) others: Vec<String>,
}

/// A step, and lines to copy.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) what: String,
    pub(super) lines: Vec<String>,
}

fn step(what: String, lines: Vec<String>) -> Step {
    Step { what, lines }
}

/// The next step for a zone that is written. `delegated` is what the parent lists, nothing where that is not known;
/// of a second provider those come first that are `at_hand`.
pub(super) fn next(
    zone: &Zone,
    delegated: Option<&[Name]>,
    providers: &[Standing],
    at_hand: &AtHand,
) -> Step {
    let origin = zone.origin().to_string();
    let origin = origin.trim_end_matches('.');
    if let Some(one) = providers.iter().find(|one| one.unknown.is_some()) {
        let why = one.unknown.as_deref().unwrap_or_default();
        return step(
            format!(
                "mend the account `{}` (providers/{}.toml), which cannot be read: {why}; then see what differs:",
                one.id, one.id
            ),
            vec!["redundns plan".to_owned()],
        );
    }
    if providers.is_empty() {
        return step(
            "write an account for whoever serves the zone into providers/, by hand or with `--adapter`:".to_owned(),
            vec![format!("redundns init {origin} --adapter powerdns --set endpoint=http://127.0.0.1:8081")],
        );
    }
    if let [only] = providers {
        let candidates = match (&*at_hand.fitting, &*at_hand.others) {
            ([], []) => "`redundns providers -v` names the adapters".to_owned(),
            ([], others) => format!(
                "credentials are at hand for {}, where the zone does not fit as it is; `redundns providers -v` names more",
                others.join(", ")
            ),
            (names, _) => format!("credentials are at hand for {}", names.join(", ")),
        };
        let second = at_hand.fitting.first().map_or("ADAPTER", String::as_str);
        return step(
            format!(
                "one provider, `{}`, is one point of failure: add a second one ({candidates}):",
                only.id
            ),
            vec![format!("redundns init {origin} --second {second}")],
        );
    }
    if let Some(one) = providers.iter().find(|one| !one.holds) {
        return step(
            format!(
                "`{}` does not have the zone yet; a sync creates it there and proves it:",
                one.id
            ),
            vec!["redundns sync".to_owned()],
        );
    }
    let listed: BTreeSet<Name> = zone
        .get(zone.origin().borrow(), RecordType::NS)
        .into_iter()
        .flat_map(|set| set.rdata())
        .filter_map(|rdata| Name::from_wire(rdata).ok())
        .collect();
    if let Some(one) = providers.iter().find(|one| one.servers.is_empty()) {
        return step(
            format!(
                "nobody knows which nameservers `{}` has: list them in providers/{}.toml, and see what `check` says:",
                one.id, one.id
            ),
            vec!["nameservers = [{ name = \"ns1.example.net.\" }]".to_owned()],
        );
    }
    let lacking: Vec<String> = providers
        .iter()
        .flat_map(|one| &one.servers)
        .filter(|server| !listed.contains(server))
        .map(|server| format!("@  NS  {server}"))
        .collect();
    if !lacking.is_empty() {
        return step(
            format!(
                "the apex NS set does not name all providers' servers: add these lines to zones/{origin}.zone, then `redundns sync`:"
            ),
            lacking,
        );
    }
    if let Some(one) = providers.iter().find(|one| one.changes > 0) {
        return step(
            format!(
                "`{}` does not hold what the file says: look at the plan, then sync:",
                one.id
            ),
            vec!["redundns plan".to_owned(), "redundns sync".to_owned()],
        );
    }
    let parent: Option<BTreeSet<Name>> = delegated.map(|names| names.iter().cloned().collect());
    let lines = || {
        listed
            .iter()
            .map(|name| format!("{origin}.  NS  {name}"))
            .collect()
    };
    match parent {
        Some(parent) if parent == listed => step(
            "nothing: both the zone and its parent list the servers of all providers. Have it watched:".to_owned(),
            vec!["redundns check".to_owned()],
        ),
        Some(_) => step(
            "tell the registrar these nameservers, all of them:".to_owned(),
            lines(),
        ),
        None => step(
            "the delegation was not looked at; the registrar has to list these nameservers, all of them:".to_owned(),
            lines(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{NoIncludes, Source, parse};

    fn zone(servers: &[&str]) -> Zone {
        let mut text = "@ 60 SOA a. b. 1 2 3 604801 5\n".to_owned();
        for server in servers {
            text += &format!("@ 60 NS {server}\n");
        }
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

    fn name(text: &str) -> Name {
        Name::absolute(text).expect("a name")
    }

    fn standing(id: &str) -> Standing {
        Standing {
            id: id.to_owned(),
            unknown: None,
            holds: true,
            changes: 0,
            servers: vec![name(&format!("ns.{id}.test"))],
        }
    }

    #[test]
    fn each_step_leads_to_the_next() {
        let both = zone(&["ns.a.test.", "ns.b.test."]);
        let one = zone(&["ns.a.test."]);
        let first = |zone: &Zone, delegated: Option<&[Name]>, providers: &[Standing]| {
            let at_hand = AtHand {
                fitting: vec!["desec".to_owned()],
                others: Vec::new(),
            };
            next(zone, delegated, providers, &at_hand)
        };
        let parent = [name("ns.a.test")];
        let nobody = first(&one, Some(&parent), &[]);
        assert!(nobody.lines[0].contains("--adapter"), "{nobody:?}");
        let unknown = Standing {
            unknown: Some("401".to_owned()),
            ..standing("a")
        };
        assert!(first(&one, None, &[unknown]).what.contains("401"));
        let alone = first(&one, Some(&parent), &[standing("a")]);
        assert_eq!(alone.lines, ["redundns init example.com --second desec"]);
        let empty = Standing {
            holds: false,
            ..standing("b")
        };
        let lacks = first(&one, Some(&parent), &[standing("a"), empty]);
        assert_eq!(lacks.lines, ["redundns sync"]);
        let nameless = Standing {
            servers: Vec::new(),
            ..standing("b")
        };
        let nameless = first(&one, Some(&parent), &[standing("a"), nameless]);
        assert!(
            nameless.lines[0].starts_with("nameservers ="),
            "{nameless:?}"
        );
        let unlisted = first(&one, Some(&parent), &[standing("a"), standing("b")]);
        assert_eq!(unlisted.lines, ["@  NS  ns.b.test."]);
        let pending = Standing {
            changes: 1,
            ..standing("b")
        };
        let pending = first(&both, Some(&parent), &[standing("a"), pending]);
        assert_eq!(pending.lines, ["redundns plan", "redundns sync"]);
        let registrar = first(&both, Some(&parent), &[standing("a"), standing("b")]);
        assert_eq!(
            registrar.lines,
            [
                "example.com.  NS  ns.a.test.",
                "example.com.  NS  ns.b.test."
            ]
        );
        let parent = [name("ns.b.test"), name("ns.a.test")];
        let done = first(&both, Some(&parent), &[standing("a"), standing("b")]);
        assert_eq!(done.lines, ["redundns check"]);
    }
}
