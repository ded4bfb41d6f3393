//! Reading journals: what a run did, what is not known of it, and what of its file cannot be read.

use std::collections::HashMap;
use std::path::Path;

use anyhow::Context;

use super::event::{Begun, CallResult, Event, FORMAT, Intent, Proof, ReadBack, Snapshot, Wave};
use super::line::{self, Damage, Line};
use super::{Entry, Places};

/// One run as its journal tells it.
#[derive(Clone, PartialEq, Debug)]
pub struct Run {
    /// Its number, which is its file's name.
    pub number: u64,
    /// The journal, relative to the project.
    pub file: String,
    /// Every line that can be read.
    pub lines: Vec<Line>,
    /// The others; not a last line that was cut off.
    pub damages: Vec<Damage>,
}

/// One call: what was meant, and what came of it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Call<'a> {
    /// What was meant.
    pub intent: &'a Intent,
    /// When.
    pub at: &'a str,
    /// What came of it; `None` where the run was cut off before it was known.
    pub result: Option<&'a CallResult>,
}

/// How far a run came with one zone at one provider.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Tally<'a> {
    /// The apex.
    pub zone: &'a str,
    /// Account id.
    pub provider: &'a str,
    /// How many changes were planned.
    pub planned: usize,
    /// How many of them needed no call, since creating the zone made them.
    pub brought: usize,
    /// Made for certain.
    pub made: Vec<&'a Entry>,
    /// Made or not, nobody can tell.
    pub unknown: Vec<&'a Entry>,
    /// Whether the zone itself was created there, or may have been.
    pub creates: bool,
}

/// The numbers of all runs of `project`, ascending; none where there is no journal yet.
pub fn numbers(project: &Path) -> anyhow::Result<Vec<u64>> {
    let directory = Places::of(project).journal();
    let entries = match std::fs::read_dir(&directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => {
            return Err(error).with_context(|| format!("listing `{}`", directory.display()));
        }
    };
    let mut numbers: Vec<u64> = entries
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let is_journal = path.extension().is_some_and(|own| own == "jsonl");
            path.file_stem()?
                .to_str()?
                .parse()
                .ok()
                .filter(|_| is_journal)
        })
        .collect();
    numbers.sort_unstable();
    Ok(numbers)
}

/// Reads the journal of a run. An error where there is no such run, or its file cannot be read at all.
pub fn read(project: &Path, number: u64) -> anyhow::Result<Run> {
    let file = Places::shown(number);
    let octets = std::fs::read(Places::of(project).run(number))
        .with_context(|| format!("reading `{file}`"))?;
    let (lines, mut damages, _) = line::read(&octets);
    match lines.first().map(|line| &line.event) {
        Some(Event::Begun(begun)) if begun.format > FORMAT => damages.push(Damage {
            line: 1,
            why: format!(
                "says that it was written by version {}, whose format this one does not know",
                begun.program
            ),
        }),
        Some(Event::Begun(_)) | None => {}
        Some(_) if damages.is_empty() => damages.push(Damage {
            line: 1,
            why: "does not begin a run".to_owned(),
        }),
        Some(_) => {}
    }
    Ok(Run {
        number,
        file,
        lines,
        damages,
    })
}

impl Run {
    /// How it began; `None` where it was cut off before or the line cannot be read.
    pub fn begun(&self) -> Option<&Begun> {
        self.events().find_map(|event| match event {
            Event::Begun(begun) => Some(begun),
            _ => None,
        })
    }

    /// When it began, in UTC (RFC 3339), as far as that is known.
    pub fn at(&self) -> Option<&str> {
        self.lines.first().map(|line| &*line.at)
    }

    /// What it came to, as in JSON output; `None` where it was cut off or is under way.
    pub fn outcome(&self) -> Option<&str> {
        self.events().find_map(|event| match event {
            Event::End { outcome } => Some(&**outcome),
            _ => None,
        })
    }

    /// What was there before.
    pub fn snapshots(&self) -> impl Iterator<Item = &Snapshot> {
        self.events().filter_map(|event| match event {
            Event::Snapshot(snapshot) => Some(snapshot),
            _ => None,
        })
    }

    /// What providers held when they were read again.
    pub fn read_backs(&self) -> impl Iterator<Item = &ReadBack> {
        self.events().filter_map(|event| match event {
            Event::ReadBack(read_back) => Some(read_back),
            _ => None,
        })
    }

    /// What the nameservers answered in the end.
    pub fn proofs(&self) -> impl Iterator<Item = &Proof> {
        self.events().filter_map(|event| match event {
            Event::Proof(proof) => Some(proof),
            _ => None,
        })
    }

    /// Every call in order.
    pub fn calls(&self) -> Vec<Call<'_>> {
        let results: HashMap<u64, &CallResult> = self
            .events()
            .filter_map(|event| match event {
                Event::Result(result) => Some((result.call, result)),
                _ => None,
            })
            .collect();
        let intents = self.lines.iter().filter_map(|line| match &line.event {
            Event::Intent(intent) => Some((intent, &*line.at)),
            _ => None,
        });
        intents
            .map(|(intent, at)| Call {
                intent,
                at,
                result: results.get(&intent.call).copied(),
            })
            .collect()
    }

    /// How far it came, one entry a zone and provider, in the order of the plan.
    pub fn tallies(&self) -> Vec<Tally<'_>> {
        let mut tallies: Vec<Tally<'_>> = Vec::new();
        for event in self.events() {
            match event {
                Event::Begun(begun) => {
                    for plan in &begun.plans {
                        tally(&mut tallies, &plan.zone, &plan.provider).planned = plan.changes;
                    }
                }
                Event::Replanned(plan) => {
                    let own = tally(&mut tallies, &plan.zone, &plan.provider);
                    own.brought = own.planned.saturating_sub(plan.changes);
                    own.planned = own.planned.max(plan.changes);
                }
                _ => {}
            }
        }
        for call in self.calls() {
            let own = tally(&mut tallies, &call.intent.zone, &call.intent.provider);
            let changes = &call.intent.changes[..];
            let applied = call.result.map(|result| result.applied);
            let is_refused = call
                .result
                .is_some_and(|result| result.error.is_some() && result.applied == Some(0));
            own.creates |= call.intent.wave == Wave::Create && !is_refused;
            match applied {
                Some(Some(count)) => own.made.extend(&changes[..count.min(changes.len())]),
                Some(None) | None => own.unknown.extend(changes),
            }
        }
        for read_back in self.read_backs() {
            let own = tally(&mut tallies, &read_back.zone, &read_back.provider);
            let is_lost = |entry: &&Entry| read_back.lost.contains(&entry.key());
            own.unknown
                .extend(own.made.extract_if(.., |entry| is_lost(&&**entry)));
        }
        tallies
    }

    fn events(&self) -> impl Iterator<Item = &Event> {
        self.lines.iter().map(|line| &line.event)
    }
}

fn tally<'t, 'a>(
    tallies: &'t mut Vec<Tally<'a>>,
    zone: &'a str,
    provider: &'a str,
) -> &'t mut Tally<'a> {
    let at = tallies
        .iter()
        .position(|own| own.zone == zone && own.provider == provider)
        .unwrap_or_else(|| {
            tallies.push(Tally {
                zone,
                provider,
                planned: 0,
                brought: 0,
                made: Vec::new(),
                unknown: Vec::new(),
                creates: false,
            });
            tallies.len() - 1
        });
    &mut tallies[at]
}

impl Tally<'_> {
    /// Whether anything was written, or may have been.
    pub fn has_written(&self) -> bool {
        self.creates || !self.made.is_empty() || !self.unknown.is_empty()
    }

    /// How many changes are made for certain.
    pub fn done(&self) -> usize {
        self.brought + self.made.len()
    }

    /// How many changes were not begun, or refused.
    pub fn left(&self) -> usize {
        self.planned
            .saturating_sub(self.done() + self.unknown.len())
    }
}
