//! What is to be seen of a domain from outside: its delegation, its nameservers, and whose they are.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use super::accounts::Member;
use crate::audit::{Cut, Delegated, Transfer};
use crate::commands::console::Console;
use crate::config::{Account, NamedAddress};
use crate::probe::{self, Ask, AskOptions, Stop, Walker};
use crate::provider::{Operator, operator};
use crate::verdict::{Answer, Nameserver, Question};
use crate::zone::{Finding, Name, RecordType, Severity, Zone};

/// How long a zone transfer may take.
const TRANSFER: Duration = Duration::from_secs(20);

/// A domain as the rest of the world sees it.
pub(super) struct Look {
    pub(super) origin: Name,
    /// The zone above, where it was asked.
    pub(super) parent: Option<Name>,
    /// What the zone above lists; nothing where it was not asked, or does not delegate.
    pub(super) delegated: Vec<Name>,
    /// Every nameserver, of the parent's list and of the zone's own.
    pub(super) names: Vec<Name>,
    /// Those that can be asked.
    pub(super) servers: Vec<Nameserver>,
    pub(super) is_signed: bool,
    pub(super) findings: Vec<Finding>,
}

impl Look {
    /// The nameservers by whoever runs them; `None` is nobody known.
    pub(super) fn operators(&self) -> Vec<(Option<&'static Operator>, Vec<&Name>)> {
        let mut all: Vec<(Option<&'static Operator>, Vec<&Name>)> = Vec::new();
        for name in &self.names {
            let whose = operator(name);
            match all.iter_mut().find(|(own, _)| *own == whose) {
                Some((_, names)) => names.push(name),
                None => all.push((whose, vec![name])),
            }
        }
        all
    }

    /// Nothing could be seen; `finding` says why, which is no error here.
    pub(super) fn blind(origin: &Name, finding: Finding) -> Self {
        Self {
            findings: vec![Finding {
                severity: Severity::Warning,
                ..finding
            }],
            ..Self::new(origin)
        }
    }

    fn new(origin: &Name) -> Self {
        Self {
            origin: origin.clone(),
            parent: None,
            delegated: Vec::new(),
            names: Vec::new(),
            servers: Vec::new(),
            is_signed: false,
            findings: Vec::new(),
        }
    }

    /// Whether nameservers of the account's vendor answer for it.
    pub(super) fn is_served_by(&self, member: &Member) -> bool {
        let adapter = Some(member.draft.account.adapter.name);
        let mut operators = self.operators().into_iter();
        operators.any(|(operator, _)| operator.is_some_and(|own| own.adapter == adapter))
    }

    fn say(&mut self, severity: Severity, code: &'static str, message: String, hint: &str) {
        self.findings
            .push(Finding::new(code, severity, message).hint(hint));
    }
}

/// Looks at `origin`: from the root down, or at `given` servers where there are any. An error where there is no such
/// domain, or nobody can say.
pub(super) async fn look(
    origin: &Name,
    walker: &Walker,
    given: &[NamedAddress],
    accounts: &[Account],
    deadline: Option<Instant>,
    console: &Console,
) -> Result<Look, Finding> {
    let _progress = console.progress(&format!(
        "{origin}: looking at its delegation, at most 20 s"
    ));
    let mut look = Look::new(origin);
    if given.is_empty() {
        walk(&mut look, walker).await?;
    } else {
        look.servers = given.iter().map(nameserver).collect();
        let names = given.iter().map(|one| one.name.clone());
        look.names = names.collect::<BTreeSet<_>>().into_iter().collect();
    }
    ask_apex(&mut look, walker, given, accounts, deadline).await;
    Ok(look)
}

fn nameserver(given: &NamedAddress) -> Nameserver {
    Nameserver {
        name: given.name.clone(),
        address: given.address,
        provider: None,
    }
}

async fn walk(look: &mut Look, walker: &Walker) -> Result<(), Finding> {
    let origin = look.origin.clone();
    let fail = |message: String, hint: &str| {
        Err(Finding::new("INI01", Severity::Error, message).hint(hint))
    };
    let mut chain = match walker.chain(&origin).await {
        Ok(chain) => chain,
        Err(Stop::Unknown(why)) => {
            return fail(
                format!("the delegation of `{origin}` cannot be read: {why}"),
                "if this machine cannot reach the root's servers, name the nameservers: --ns NAME=ADDRESS",
            );
        }
        Err(Stop::NotDelegated {
            parent,
            nonexistent,
        }) => {
            let message = if nonexistent {
                format!("`{origin}` does not exist: the servers of `{parent}` know no such name")
            } else {
                format!(
                    "`{origin}` is no zone of its own: the servers of `{parent}` do not delegate it"
                )
            };
            return fail(
                message,
                "look at the spelling; for a domain that is yet to be delegated give its zone file instead of its name",
            );
        }
    };
    let zone: Cut = chain.pop().expect("a chain ends with the zone itself");
    look.parent = chain.pop().map(|above| above.zone);
    let mut delegated: Vec<Name> = Vec::new();
    let views = zone.views.iter().filter_map(|view| view.said.as_ref().ok());
    for name in views.flat_map(Delegated::names) {
        if !delegated.contains(&name) {
            delegated.push(name);
        }
    }
    look.names.clone_from(&delegated);
    look.delegated = delegated;
    look.servers = zone.servers;
    Ok(())
}

/// What the servers say of the apex, and whether they say the same.
async fn ask_apex(
    look: &mut Look,
    walker: &Walker,
    given: &[NamedAddress],
    accounts: &[Account],
    deadline: Option<Instant>,
) {
    let types = [RecordType::NS, RecordType::SOA, RecordType::DNSKEY];
    let mut seen = ask(
        look,
        &look.servers,
        &questions(&look.origin, &types),
        deadline,
    )
    .await;
    let own: BTreeSet<Name> = seen
        .iter()
        .filter(|(_, question, _)| *question == 0)
        .filter_map(|(.., answer)| match answer {
            Answer::Records { set, .. } => Some(&set.rdata),
            _ => None,
        })
        .flatten()
        .filter_map(|rdata| Name::from_wire(rdata).ok())
        .collect();
    let more: Vec<Name> = own
        .iter()
        .filter(|name| !look.names.contains(name))
        .cloned()
        .collect();
    if !more.is_empty() && given.is_empty() {
        let servers = walker.servers(&more).await;
        let offset = look.servers.len();
        let also = ask(look, &servers, &questions(&look.origin, &types), deadline).await;
        seen.extend(
            also.into_iter()
                .map(|(at, question, answer)| (at + offset, question, answer)),
        );
        look.servers.extend(servers);
    }
    look.names.extend(more);
    remark(look, &own, &seen, accounts);
}

fn remark(
    look: &mut Look,
    own: &BTreeSet<Name>,
    seen: &[(usize, usize, Answer)],
    accounts: &[Account],
) {
    look.is_signed = seen
        .iter()
        .any(|(_, question, answer)| *question == 2 && matches!(answer, Answer::Records { .. }));
    // Servers that somebody names need not be all; a zone that nobody answers for may have more.
    let is_known = !own.is_empty() || !look.delegated.is_empty();
    if look.names.len() == 1 && is_known {
        let message = format!("`{}` has one nameserver, `{}`", look.origin, look.names[0]);
        look.say(
            Severity::Warning,
            "INI02",
            message,
            "RFC 2182 asks for two at least, in different networks",
        );
    }
    let parent: BTreeSet<Name> = look.delegated.iter().cloned().collect();
    if !parent.is_empty() && !own.is_empty() && parent != *own {
        let message = "the parent lists other nameservers than the zone itself".to_owned();
        look.say(
            Severity::Warning,
            "INI02",
            message,
            "`redundns audit` shows which",
        );
    }
    let mut soas: Vec<(&[u8], Vec<usize>)> = Vec::new();
    let mut silent = BTreeSet::new();
    for (server, _, answer) in seen.iter().filter(|(_, question, _)| *question == 1) {
        match answer {
            Answer::Records { set, .. } if !set.rdata.is_empty() => {
                let soa = &*set.rdata[0];
                match soas.iter_mut().find(|(own, _)| *own == soa) {
                    Some((_, servers)) => servers.push(*server),
                    None => soas.push((soa, vec![*server])),
                }
            }
            other => {
                let server = &look.servers[*server];
                silent.insert(format!(
                    "`{}` at {} ({})",
                    server.name,
                    server.address,
                    why(other)
                ));
            }
        }
    }
    let whose = |servers: &[usize]| {
        let names: BTreeSet<String> = servers
            .iter()
            .map(|server| look.servers[*server].name.to_string())
            .collect();
        names.into_iter().collect::<Vec<_>>().join(" ")
    };
    let groups: Vec<String> = soas.iter().map(|(_, servers)| whose(servers)).collect();
    if groups.len() > 1 && !one_provider_each(look, &soas, accounts) {
        let message = format!(
            "its own nameservers differ by their SOA: {}",
            groups.join(" | ")
        );
        look.say(
            Severity::Warning,
            "INI02",
            message,
            "one of them may hold an older zone; `redundns audit` compares more",
        );
    }
    if !silent.is_empty() {
        let named: Vec<String> = silent.into_iter().collect();
        let message = format!("no answer for the zone from {}", named.join(", "));
        look.say(
            Severity::Warning,
            "INI02",
            message,
            "a nameserver that does not answer for the zone makes resolvers wait; `redundns audit` says more",
        );
    }
    if look.is_signed {
        look.say(
            Severity::Warning,
            "INI02",
            format!("`{}` is signed, and each provider signs with keys of its own", look.origin),
            "before a second provider answers for it, either both publish the keys of both (RFC 8901, model 2), or the \
             DS at the parent goes first and its TTL passes: else validating resolvers refuse what the second one says",
        );
    }
}

/// Whether every SOA is that of one operator, or of one account: then each has its own, as it should.
fn one_provider_each(look: &Look, soas: &[(&[u8], Vec<usize>)], accounts: &[Account]) -> bool {
    let whose = |server: &usize| {
        let name = &look.servers[*server].name;
        let lists = |account: &&Account| account.nameservers.iter().any(|own| own.name == *name);
        let account = accounts
            .iter()
            .find(lists)
            .map(|account| account.id.as_str());
        account.or(operator(name).map(|operator| operator.name))
    };
    let mut seen: Vec<Option<&str>> = Vec::new();
    for (_, servers) in soas {
        let own = servers.first().and_then(whose);
        if own.is_none() || seen.contains(&own) || servers.iter().any(|one| whose(one) != own) {
            return false;
        }
        seen.push(own);
    }
    true
}

fn why(answer: &Answer) -> String {
    match answer {
        Answer::Silent { why } => why.clone(),
        Answer::Failure { what } => what.clone(),
        other => other.kind().replace('_', " "),
    }
}

fn questions(origin: &Name, types: &[RecordType]) -> Vec<Question> {
    let question = |rtype: &RecordType| Question {
        name: origin.clone(),
        rtype: *rtype,
    };
    types.iter().map(question).collect()
}

/// `(server, question, answer)`, each by index.
pub(super) async fn ask(
    look: &Look,
    servers: &[Nameserver],
    questions: &[Question],
    deadline: Option<Instant>,
) -> Vec<(usize, usize, Answer)> {
    let ask = Ask {
        origin: &look.origin,
        nameservers: servers,
        questions: &questions.into(),
        pairs: None,
    };
    let options = AskOptions {
        deadline,
        ..AskOptions::default()
    };
    let seen = probe::ask(&ask, &options, &|_, _| {}).await;
    seen.into_iter()
        .map(|seen| (seen.nameserver, seen.question, seen.answer))
        .collect()
}

/// The whole zone by transfer from whichever server gives it, or why none does.
pub(super) async fn transferred(look: &Look, console: &Console) -> Result<(Zone, String), String> {
    let _progress = console.progress(&format!("{}: asking for a zone transfer", look.origin));
    let mut reasons = BTreeSet::new();
    for server in &look.servers {
        match probe::transfer_within(server.address, &look.origin, TRANSFER).await {
            Transfer::Open(Some(zone)) => {
                return Ok((*zone, format!("{} at {}", server.name, server.address)));
            }
            Transfer::Open(None) => reasons.insert("larger than is read here".to_owned()),
            Transfer::Closed(why) => reasons.insert(why),
        };
    }
    let reasons: Vec<String> = reasons.into_iter().collect();
    Err(if reasons.is_empty() {
        "nobody to ask".to_owned()
    } else {
        reasons.join(", ")
    })
}
