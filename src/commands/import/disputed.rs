//! Where providers differ: showing it, and having somebody choose.

use crate::commands::console::Console;
use crate::plan::{Choice, Dispute, disputes, unite};
use crate::report::text::plural;
use crate::zone::{RecordSet, RecordType, Zone, rdata};

/// How many differences are shown without `-v`.
const SHOWN: usize = 40;

/// What became of the differences.
pub(in crate::commands) enum Settled {
    /// There were none.
    Same,
    /// Somebody chose; `from` is the zone that has precedence.
    Chosen { zone: Zone, from: usize },
    /// Nobody chose.
    Open,
}

/// Shows what differs, and has it chosen by `prefer` or by whoever sits there.
pub(in crate::commands) async fn settle(
    zones: &[&Zone],
    ids: &[&str],
    prefer: Option<&str>,
    console: &Console,
) -> Settled {
    let found = disputes(zones);
    if found.is_empty() {
        return Settled::Same;
    }
    let list = show(&found, zones[0], ids, console);
    console.note(&list);
    let preferred = prefer.and_then(|id| ids.iter().position(|own| *own == id));
    let (from, choices) = match preferred {
        Some(from) => (from, general(&found, zones[0], Choice::Of(from))),
        None if console.can_ask() => match asked(&found, zones[0], ids, console).await {
            Some(chosen) => chosen,
            None => return Settled::Open,
        },
        None => return Settled::Open,
    };
    let chosen: Vec<(Dispute, Choice)> = found.into_iter().zip(choices).collect();
    Settled::Chosen {
        zone: unite(zones[from], &chosen),
        from,
    }
}

/// The same for all, but for the apex NS set, which has the servers of all.
fn general(found: &[Dispute], zone: &Zone, choice: Choice) -> Vec<Choice> {
    let each = found.iter().map(|dispute| {
        if dispute.is_apex_ns(zone) {
            Choice::All
        } else {
            choice
        }
    });
    each.collect()
}

async fn asked(
    found: &[Dispute],
    zone: &Zone,
    ids: &[&str],
    console: &Console,
) -> Option<(usize, Vec<Choice>)> {
    let mut options: Vec<String> = ids
        .iter()
        .map(|id| format!("what {id} holds, everywhere"))
        .collect();
    options.push("ask for each".to_owned());
    options.push("nothing: write no file".to_owned());
    let question = "Which shall the file have? (The apex NS set gets the servers of all.)";
    let picked = console.choose(question, &options).await?;
    if picked < ids.len() {
        return Some((picked, general(found, zone, Choice::Of(picked))));
    }
    if picked > ids.len() {
        return None;
    }
    let mut choices = Vec::new();
    for dispute in found {
        if dispute.is_apex_ns(zone) {
            choices.push(Choice::All);
            continue;
        }
        let mut options: Vec<String> = ids
            .iter()
            .zip(&dispute.sets)
            .map(|(id, set)| format!("{id}: {}", short(dispute.key.rtype, set.as_ref())))
            .collect();
        options.push("the records of all".to_owned());
        let name = dispute
            .key
            .owner
            .borrow()
            .relative_to(zone.origin().borrow());
        let question = format!("{name} {}", dispute.key.rtype);
        let picked = console.choose(&question, &options).await?;
        choices.push(if picked < ids.len() {
            Choice::Of(picked)
        } else {
            Choice::All
        });
    }
    Some((0, choices))
}

/// `300  192.0.2.1, 192.0.2.2`.
fn short(rtype: RecordType, set: Option<&RecordSet>) -> String {
    let Some(set) = set else {
        return "does not have it".to_owned();
    };
    let data: Vec<String> = set
        .rdata
        .iter()
        .map(|data| rdata::to_text(rtype, data))
        .collect();
    format!("{}  {}", set.ttl, data.join(", "))
}

/// Every difference, stacked so that it fits any screen. Of two, `-` is what the second lacks, `+` what the first lacks.
fn show(found: &[Dispute], zone: &Zone, ids: &[&str], console: &Console) -> String {
    let mut out = format!(
        "{}  {} differ in {}\n",
        zone.origin(),
        ids.join(" and "),
        plural(found.len(), "record set")
    );
    let shown = if console.verbose { found.len() } else { SHOWN };
    let width = ids.iter().map(|id| id.chars().count()).max().unwrap_or(0);
    for dispute in found.iter().take(shown) {
        let symbol = match (dispute.sets.first(), dispute.sets.get(1)) {
            (Some(None), _) => '+',
            (_, Some(None)) => '-',
            _ => '~',
        };
        let name = dispute
            .key
            .owner
            .borrow()
            .relative_to(zone.origin().borrow());
        out += &format!("\n{symbol} {name}  {}\n", dispute.key.rtype);
        for (id, set) in ids.iter().zip(&dispute.sets) {
            out += &format!(
                "    {id:<width$}  {}\n",
                short(dispute.key.rtype, set.as_ref())
            );
        }
    }
    if found.len() > shown {
        out += &format!("\n({} more; -v shows them)\n", found.len() - shown);
    }
    out
}
