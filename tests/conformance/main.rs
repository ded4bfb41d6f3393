//! Every adapter, every behaviour that its capabilities claim: one named trial each.
//!
//! What an adapter must do stands in the port (`redundns::provider`); the trials here hold it to that. They run
//! against real servers, and where a server can be asked for the whole zone by DNS, what it serves is compared as
//! well, so that an adapter cannot agree with itself alone.

#[allow(
    dead_code,
    unreachable_pub,
    clippy::print_stderr,
    reason = "the harness serves several test binaries, none of which needs all of it"
)]
#[path = "../world/mod.rs"]
mod world;

#[allow(
    dead_code,
    unreachable_pub,
    reason = "other test binaries may need more of it"
)]
#[path = "../fakes/mod.rs"]
mod fakes;

mod bed;
mod case;
mod edges;
mod failures;
mod faults;
mod follow;
mod ministack;
mod plugins;
mod sets;
mod values;
mod vendors;
mod zones;

use std::process::ExitCode;
use std::sync::{Arc, OnceLock};

use libtest_mimic::{Arguments, Trial};
use redundns::adapters::ADAPTERS;
use redundns::provider::Capabilities;

use bed::{Bed, Kind, kinds};
use case::Case;

/// Something that every provider does whose capabilities claim it.
struct Behaviour {
    name: &'static str,
    is_claimed: fn(&Capabilities) -> bool,
    /// Whether the zone is there before.
    prepared: bool,
    check: fn(&Case<'_>),
}

/// The zone of a behaviour: no two share one, so that they can run side by side.
fn origin(behaviour: &Behaviour) -> String {
    format!("{}.test.", behaviour.name.replace('_', "-"))
}

fn behaviours() -> impl Iterator<Item = &'static Behaviour> {
    [
        zones::BEHAVIOURS,
        sets::BEHAVIOURS,
        values::BEHAVIOURS,
        edges::BEHAVIOURS,
        failures::BEHAVIOURS,
        follow::BEHAVIOURS,
    ]
    .into_iter()
    .flatten()
}

/// Whether the adapter says that it does so. Nothing that is read or written is asked of those that follow others.
fn is_claimed(behaviour: &Behaviour, capabilities: &Capabilities) -> bool {
    let is_about_followers = follow::BEHAVIOURS
        .iter()
        .any(|other| other.name == behaviour.name);
    is_about_followers == capabilities.follows && (behaviour.is_claimed)(capabilities)
}

/// A bed that is made when the first of its trials needs it, and taken down after the last.
struct Lazy {
    kind: Kind,
    bed: OnceLock<Option<Bed>>,
    /// Another one, for what stands between an adapter and its API.
    troubled: OnceLock<Option<Bed>>,
}

impl Lazy {
    fn bed(&self) -> Option<&Bed> {
        let start = || {
            let prepared = behaviours().filter(|behaviour| behaviour.prepared);
            (self.kind.start)(&prepared.map(origin).collect::<Vec<_>>())
        };
        self.bed.get_or_init(start).as_ref()
    }

    fn troubled(&self) -> Option<&Bed> {
        let start = || (self.kind.start)(&faults::origins());
        self.troubled.get_or_init(start).as_ref()
    }
}

fn main() -> ExitCode {
    let mut trials = vendors::trials();
    for adapter in ADAPTERS {
        let beds: Vec<_> = kinds()
            .into_iter()
            .filter(|kind| kind.adapter == adapter.name)
            .collect();
        if beds.is_empty() {
            let complaint = format!("tests/conformance/bed.rs has no bed for `{}`", adapter.name);
            trials.push(Trial::test(format!("{}::has_a_bed", adapter.name), || {
                Err(complaint.into())
            }));
        }
        for kind in beds {
            let capabilities = (kind.told)().unwrap_or_else(adapter.capabilities);
            let lazy = Arc::new(Lazy {
                kind,
                bed: OnceLock::new(),
                troubled: OnceLock::new(),
            });
            for behaviour in behaviours().filter(|behaviour| is_claimed(behaviour, &capabilities)) {
                if lazy.kind.is_real && behaviour.name == "creates_a_zone" {
                    continue;
                }
                let name = format!("{}::{}", lazy.kind.name, behaviour.name);
                let is_lacking = |(name, _): &(&str, &str)| *name == behaviour.name;
                let is_lacking = lazy.kind.lacks.iter().any(is_lacking);
                let lazy = lazy.clone();
                let trial = Trial::test(name, move || {
                    let Some(bed) = lazy.bed() else {
                        return Ok(());
                    };
                    let case = match &bed.only {
                        Some(only) => Case::within(bed, only, behaviour.prepared),
                        None => Case::new(bed, &origin(behaviour)),
                    };
                    (behaviour.check)(&case);
                    Ok(())
                });
                trials.push(trial.with_ignored_flag(is_lacking));
            }
            for fault in faults::faults().filter(|_| lazy.kind.speaks_http) {
                let name = format!("{}::{}", lazy.kind.name, faults::name(fault));
                let lazy = lazy.clone();
                trials.push(Trial::test(name, move || {
                    if let Some(bed) = lazy.troubled() {
                        faults::check(&Case::new(bed, &faults::origin(fault)), fault);
                    }
                    Ok(())
                }));
            }
        }
    }
    // Not `exit()`, which would leave the servers running.
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
