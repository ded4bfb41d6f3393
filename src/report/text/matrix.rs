//! Nameserver × record set, collapsed to what is not as in the zone file.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::layout::{Style, relative};
use crate::report::data::{Difference, NameserverReport, ZoneReport};

/// Rows that look alike: so many are shown, the rest are counted.
const ALIKE_SHOWN: usize = 6;
/// Names are never cut, but a column does not grow beyond this for their sake.
const NAME_COLUMN: usize = 30;

const LEGEND: &[(char, &str)] = &[
    ('=', "as in the file"),
    ('~', "other data"),
    ('-', "missing"),
    ('+', "not in the file"),
    ('!', "refused or failed"),
    ('?', "no answer"),
];

/// Differences that look alike: one pattern of cells, and the same kinds of answers behind them.
pub(super) struct Group<'a> {
    cells: Vec<char>,
    pub(super) differences: Vec<&'a Difference>,
}

/// Differences by what the nameservers did, in the order of their first appearance. Those that are nothing but the
/// silence of servers which never said a word are left out unless `all` are wanted.
pub(super) fn groups(zone: &ZoneReport, all: bool) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut places: HashMap<(Vec<char>, bool, Vec<String>), usize> = HashMap::new();
    let columns = columns(zone);
    let differences: Vec<&Difference> = if all {
        zone.differences.iter().collect()
    } else {
        zone.told().collect()
    };
    for difference in differences {
        let cells = cells(&columns, difference);
        let pattern = (
            cells.clone(),
            difference.explained.is_some(),
            said(difference),
        );
        let place = *places.entry(pattern).or_insert(groups.len());
        if place == groups.len() {
            groups.push(Group {
                cells,
                differences: Vec::new(),
            });
        }
        groups[place].differences.push(difference);
    }
    groups
}

/// What kinds of answers are wrong, the data apart: no such name is not the same as no such type, and an alias where
/// there should be nothing not the same as a record of the type.
fn said(difference: &Difference) -> Vec<String> {
    let wrong = difference.answers.iter().filter(|answer| !answer.current);
    let said = wrong.map(|answer| {
        let detail = answer.detail.as_deref().unwrap_or_default();
        // A TTL is data, too.
        let detail = if detail.starts_with("TTL ") {
            "TTL"
        } else {
            detail
        };
        format!(
            "{} {}",
            answer.kind,
            detail.replace(&*difference.rtype, "it")
        )
    });
    let mut said: Vec<String> = said.collect();
    said.sort_unstable();
    said.dedup();
    said
}

/// What each of the servers in `columns` did, as a symbol.
pub(in crate::report) fn cells(
    columns: &[&NameserverReport],
    difference: &Difference,
) -> Vec<char> {
    let mut by_label = HashMap::new();
    for answer in &difference.answers {
        let labels = answer.nameservers.iter();
        by_label.extend(labels.map(|label| (label.as_str(), answer)));
    }
    let symbol = |server: &&NameserverReport| match by_label.get(server.label().as_str()) {
        None => '.',
        Some(answer) if answer.current => '=',
        Some(answer) => match (answer.kind.as_str(), &difference.expected) {
            ("records", None) => '+',
            ("nodata" | "nxdomain", Some(_)) => '-',
            ("records" | "nodata" | "nxdomain", _) => '~',
            ("silent", _) => '?',
            _ => '!',
        },
    };
    columns.iter().map(symbol).collect()
}

/// The matrix of `zone`; nothing where nothing differs.
pub(super) fn matrix(out: &mut String, zone: &ZoneReport, groups: &[Group<'_>], style: Style) {
    if groups.is_empty() {
        return;
    }
    let columns = columns(zone);
    let name = |difference: &Difference| relative(&difference.name, &zone.zone).to_owned();
    let shown = || {
        groups
            .iter()
            .flat_map(|group| &group.differences[..rows(group)])
    };
    let names = shown()
        .map(|difference| name(difference).chars().count())
        .max()
        .unwrap_or(0)
        .min(NAME_COLUMN);
    let rtypes = shown()
        .map(|difference| difference.rtype.len())
        .max()
        .unwrap_or(0);
    let head = names + rtypes + 4;

    let heads = Heads::fitting(&columns, head, style.width);
    out.push('\n');
    if let Heads::Names(labels) = &heads {
        provider_line(out, &columns, labels, head);
    }
    heads.print(out, columns.len(), head);
    for group in groups {
        let cells = heads.cells(&group.cells, style);
        let shown = rows(group);
        for difference in &group.differences[..shown] {
            let note = difference
                .explained
                .as_deref()
                .map_or("", |_| "  (explained)");
            let line = format!(
                "{:names$}  {:rtypes$}  {cells}",
                name(difference),
                difference.rtype
            );
            let _ = writeln!(out, "{}{note}", line.trim_end());
        }
        if group.differences.len() > shown {
            let _ = writeln!(out, "({} more alike)", group.differences.len() - shown);
        }
    }
    // What is explained has a row above.
    let explained = zone
        .differences
        .iter()
        .filter(|difference| difference.explained.is_some())
        .count();
    let agree = zone.agreement.agree.saturating_sub(explained);
    if agree > 0 {
        let verb = if agree == 1 { "agrees" } else { "agree" };
        let _ = writeln!(out, "({agree} more {verb})");
    }
    let mut line = String::new();
    for (symbol, text) in LEGEND {
        if !groups.iter().any(|group| group.cells.contains(symbol)) {
            continue;
        }
        let entry = format!("{symbol} {text}");
        if !line.is_empty() && line.chars().count() + 3 + entry.chars().count() > style.width {
            let _ = writeln!(out, "{line}");
            line.clear();
        }
        line.push_str(if line.is_empty() { "" } else { "   " });
        line.push_str(&entry);
    }
    let _ = writeln!(out, "{line}");
    if !matches!(heads, Heads::Names(_)) {
        for (number, server) in columns.iter().enumerate() {
            let provider = server.provider.as_deref().unwrap_or("-");
            let _ = writeln!(out, "{:>4}  {provider}  {}", number + 1, server.label());
        }
    }
}

/// What stands above the columns, as much of it as there is room for.
enum Heads {
    /// The beginnings of names.
    Names(Vec<String>),
    /// Numbers, explained below.
    Numbers,
    /// Numbers written downwards, the columns side by side.
    Digits,
}

impl Heads {
    fn fitting(columns: &[&NameserverReport], head: usize, width: usize) -> Self {
        let names = labels(columns);
        let wide = |label: &String| label.chars().count() + 2;
        let number = |number: usize| number.to_string().len() + 2;
        if head + names.iter().map(wide).sum::<usize>() <= width {
            Self::Names(names)
        } else if head + (1..=columns.len()).map(number).sum::<usize>() <= width {
            Self::Numbers
        } else {
            Self::Digits
        }
    }

    fn print(&self, out: &mut String, columns: usize, head: usize) {
        let pad = " ".repeat(head);
        let numbers: Vec<String> = (1..=columns).map(|number| number.to_string()).collect();
        let _ = match self {
            Self::Names(labels) => writeln!(out, "{pad}{}", labels.join("  ")),
            Self::Numbers => writeln!(out, "{pad}{}", numbers.join("  ")),
            Self::Digits => {
                let most = columns.to_string().len();
                (0..most).try_for_each(|row| {
                    let digit = |number: &String| format!("{number:>most$}").chars().nth(row);
                    let digits: String = numbers.iter().filter_map(digit).collect();
                    writeln!(out, "{pad}{}", digits.trim_end())
                })
            }
        };
    }

    fn cells(&self, cells: &[char], style: Style) -> String {
        let padded = |label: usize, symbol: char| {
            style.symbol(symbol) + &" ".repeat(label.saturating_sub(1))
        };
        let joined = |width: &dyn Fn(usize) -> usize| {
            let cells = cells.iter().enumerate();
            let cells = cells.map(|(index, &symbol)| padded(width(index), symbol));
            cells.collect::<Vec<_>>().join("  ")
        };
        match self {
            Self::Names(labels) => joined(&|index| labels[index].chars().count()),
            Self::Numbers => joined(&|index| (index + 1).to_string().len()),
            Self::Digits => cells.iter().map(|&symbol| style.symbol(symbol)).collect(),
        }
    }
}

/// How many rows of a group are shown: one that hides a single row saves nothing.
fn rows(group: &Group<'_>) -> usize {
    let all = group.differences.len();
    if all <= ALIKE_SHOWN {
        all
    } else {
        ALIKE_SHOWN - 1
    }
}

/// Nameservers with those of one provider side by side, providers in the order of their first server.
pub(in crate::report) fn columns(zone: &ZoneReport) -> Vec<&NameserverReport> {
    let mut places: HashMap<Option<&str>, usize> = HashMap::new();
    for server in &zone.nameservers {
        let next = places.len();
        places.entry(server.provider.as_deref()).or_insert(next);
    }
    let mut columns: Vec<&NameserverReport> = zone.nameservers.iter().collect();
    columns.sort_by_key(|server| places[&server.provider.as_deref()]);
    columns
}

/// The shortest beginnings that tell the servers apart; two addresses of one server are numbered.
pub(in crate::report) fn labels(columns: &[&NameserverReport]) -> Vec<String> {
    let beginning = |name: &str, count: usize| -> String {
        let labels: Vec<&str> = name.trim_end_matches('.').split('.').take(count).collect();
        labels.join(".")
    };
    columns
        .iter()
        .enumerate()
        .map(|(index, server)| {
            let is_shared = |count: usize| {
                columns.iter().any(|other| {
                    other.name != server.name
                        && beginning(&other.name, count) == beginning(&server.name, count)
                })
            };
            let whole = server.name.matches('.').count().max(1);
            let count = (1..whole).find(|&count| !is_shared(count)).unwrap_or(whole);
            let same = |servers: &[&NameserverReport]| {
                servers
                    .iter()
                    .filter(|other| other.name == server.name)
                    .count()
            };
            let label = beginning(&server.name, count);
            if same(columns) == 1 {
                label
            } else {
                format!("{label}#{}", same(&columns[..=index]))
            }
        })
        .collect()
}

/// Each provider's id above its first column, where the columns below have room for it.
fn provider_line(out: &mut String, columns: &[&NameserverReport], labels: &[String], head: usize) {
    let mut line = " ".repeat(head);
    let mut at = head;
    let mut previous = None;
    for (server, label) in columns.iter().zip(labels) {
        let own = server.provider.as_deref().unwrap_or("-");
        if previous != Some(own) {
            let taken = line.chars().count();
            line.push_str(&" ".repeat(at.saturating_sub(taken)));
            if at < taken {
                line.push(' ');
            }
            line.push_str(own);
            previous = Some(own);
        }
        at += label.chars().count() + 2;
    }
    let _ = writeln!(out, "{}", line.trim_end());
}
