//! The rollout against providers that refuse, lie, fail midway, lose the zone and hang.

mod calls;
mod failure;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use redundns::plan::{Change, DiffRules, apply, diff, order};
use redundns::provider::{
    ApexNs, CreateZone, ErrorKind, NameserverSpec, Provider, ProviderError, Snapshot, Soa,
};
use redundns::rollout::journal::{Begun, Journal, Limits, Watch};
use redundns::rollout::{Follower, Options, Proof, Rollout, Stop, Target, run};
use redundns::zone::{Name, NoIncludes, Source, Zone, parse};

mod follow;

const FRAME: &str = "@ 300 SOA ns.a.test. admin.a.test. 1 2 3 4 5\n";

fn origin() -> Name {
    Name::absolute("example.com").expect("a name")
}

fn zone(text: &str) -> Zone {
    let text = format!("{FRAME}{text}");
    let source = Source {
        name: "test",
        text: text.as_bytes(),
    };
    parse(&source, origin(), &NoIncludes).zone
}

fn old() -> Zone {
    zone("@ 300 NS ns.a.test.\nwww 300 A 192.0.2.1\n")
}

fn new() -> Zone {
    zone("@ 300 NS ns.a.test.\n@ 300 NS ns.b.test.\nwww 300 A 192.0.2.2\n")
}

/// What a provider does with a change.
#[derive(Clone, Copy)]
enum Manner {
    Honest,
    /// Says that it is done.
    Lies,
    /// Makes none, and says so.
    Refuses,
    /// Makes one, and does not know.
    Loses,
    /// Refuses a new zone.
    CreatesNothing,
    /// Fails to read after a write.
    GoesBlind,
    /// Gives out a ticket at each reading, and takes only the last one.
    Tickets,
    /// Makes the first call, and does not know about the second.
    Tires,
}

type Log = Arc<Mutex<Vec<String>>>;

struct Fake {
    id: &'static str,
    manner: Manner,
    held: Mutex<Option<Zone>>,
    /// What a zone that is created holds.
    template: Mutex<Zone>,
    writes: AtomicUsize,
    log: Log,
}

impl Fake {
    fn say(&self, what: &str) {
        self.log
            .lock()
            .expect("a log")
            .push(format!("{} {what}", self.id));
    }
}

#[async_trait]
impl Provider for Fake {
    async fn nameservers(&self, _: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        Ok(Vec::new())
    }

    async fn fetch(&self, _: &Name) -> Result<Snapshot, ProviderError> {
        let is_blind =
            matches!(self.manner, Manner::GoesBlind) && self.writes.load(Ordering::SeqCst) > 0;
        let held = self.held.lock().expect("a zone").clone();
        match held.filter(|_| !is_blind) {
            Some(zone) => Ok(Snapshot {
                zone,
                opaque: Vec::new(),
                handles: Some(Box::new(self.writes.load(Ordering::SeqCst)))
                    .filter(|_| matches!(self.manner, Manner::Tickets))
                    .map(|ticket| ticket as Box<dyn std::any::Any + Send + Sync>),
            }),
            None => Err(ProviderError::new(ErrorKind::Unreachable, "gone")),
        }
    }

    async fn apply(
        &self,
        _: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        let calls = self.writes.fetch_add(1, Ordering::SeqCst);
        let ticket = base
            .handles
            .as_ref()
            .and_then(|own| own.downcast_ref::<usize>());
        if matches!(self.manner, Manner::Tickets) && ticket != Some(&calls) {
            return Err(ProviderError::new(ErrorKind::Conflict, "an old ticket"));
        }
        let keys: Vec<String> = changes
            .iter()
            .map(|change| change.key().to_string())
            .collect();
        self.say(&keys.join(", "));
        let mut held = self.held.lock().expect("a zone");
        let made = |count: usize| held.as_ref().map(|zone| apply(zone, &changes[..count]));
        let failed = ProviderError::new(ErrorKind::Unreachable, "cut off");
        match self.manner {
            Manner::Tires if calls > 0 => Err(failed.applied(None)),
            Manner::Honest
            | Manner::GoesBlind
            | Manner::CreatesNothing
            | Manner::Tickets
            | Manner::Tires => {
                *held = made(changes.len());
                Ok(())
            }
            Manner::Lies => Ok(()),
            Manner::Refuses => Err(failed.applied(Some(0))),
            Manner::Loses => {
                *held = made(1);
                Err(failed.applied(None))
            }
        }
    }

    fn creates_zones(&self) -> Option<&dyn CreateZone> {
        Some(self)
    }
}

#[async_trait]
impl CreateZone for Fake {
    async fn create_zone(&self, _: &Zone) -> Result<(), ProviderError> {
        self.say("creates");
        if matches!(self.manner, Manner::CreatesNothing) {
            return Err(ProviderError::new(ErrorKind::Rejected, "no"));
        }
        let template = self.template.lock().expect("a zone").clone();
        *self.held.lock().expect("a zone") = Some(template);
        Ok(())
    }
}

/// Believes everybody but those named.
struct Eyes<'a> {
    log: Log,
    failing: &'static [&'static str],
    /// Somebody loses patience at the first proof.
    stop: Option<&'a Stop>,
}

#[async_trait]
impl Proof for Eyes<'_> {
    async fn failing(&self, expected: &[(&str, &Zone)]) -> Vec<String> {
        let mut log = self.log.lock().expect("a log");
        log.extend(expected.iter().map(|(id, _)| format!("{id} proved")));
        if let Some(stop) = self.stop {
            stop.request();
        }
        let ids = expected.iter().map(|(id, _)| (*id).to_owned());
        ids.filter(|id| self.failing.contains(&id.as_str()))
            .collect()
    }
}

struct Case {
    project: tempfile::TempDir,
    fakes: Vec<Arc<Fake>>,
    log: Log,
    targets: Vec<Target>,
    followers: Vec<Follower>,
}

fn rules() -> DiffRules {
    DiffRules {
        apex_ns: ApexNs::Full,
        soa: Soa::Settable,
        ignore: Vec::new(),
    }
}

/// Providers that hold `zones`; `None` lacks the zone.
fn case(desired: Zone, providers: Vec<(&'static str, Manner, Option<Zone>)>) -> Case {
    let log = Log::default();
    let desired = Arc::new(desired);
    let mut fakes = Vec::new();
    let mut targets = Vec::new();
    for (id, manner, held) in providers {
        let current = held.clone().unwrap_or_else(|| Zone::empty(origin()));
        let fake = Arc::new(Fake {
            id,
            manner,
            held: Mutex::new(held.clone()),
            template: Mutex::new(zone("@ 300 NS ns.a.test.\n")),
            writes: AtomicUsize::new(0),
            log: Arc::clone(&log),
        });
        targets.push(Target {
            id: id.to_owned(),
            provider: Arc::clone(&fake) as Arc<dyn Provider>,
            desired: Arc::clone(&desired),
            rules: rules(),
            detects_conflict: false,
            batch: None,
            base: held.map(Snapshot::of),
            waves: order(diff(&current, &desired, &rules()).changes, &origin()),
            publish: false,
        });
        fakes.push(fake);
    }
    Case {
        fakes,
        log,
        targets,
        followers: Vec::new(),
        project: tempfile::tempdir().expect("a directory"),
    }
}

impl Case {
    async fn run(&mut self, failing: &'static [&'static str]) -> Rollout {
        let stop = Stop::default();
        self.run_until(&stop, None, failing).await
    }

    async fn run_until(
        &mut self,
        stop: &Stop,
        impatient: Option<&Stop>,
        failing: &'static [&'static str],
    ) -> Rollout {
        self.run_watched(stop, impatient, failing, &|_| {}).await
    }

    async fn run_watched(
        &mut self,
        stop: &Stop,
        impatient: Option<&Stop>,
        failing: &'static [&'static str],
        watch: &Watch,
    ) -> Rollout {
        let limits = Limits {
            runs: 100,
            octets: 1_000_000,
        };
        let journal = Journal::begin(self.project.path(), Begun::default(), limits, watch);
        let options = Options {
            canary: Some("b"),
            all_at_once: false,
            followers: &self.followers,
            stop,
            journal: &journal.expect("begun"),
            progress: &|_, _| {},
        };
        let eyes = Eyes {
            log: Arc::clone(&self.log),
            failing,
            stop: impatient,
        };
        run(&mut self.targets, &options, &eyes).await
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().expect("a log").clone()
    }
}

fn three(middle: Manner) -> Case {
    case(
        new(),
        vec![
            ("a", Manner::Honest, Some(old())),
            ("b", middle, Some(old())),
            ("c", Manner::Honest, Some(old())),
        ],
    )
}
