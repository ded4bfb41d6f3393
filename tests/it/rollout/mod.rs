//! The rollout against providers that refuse, lie, fail midway, lose the zone and hang.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use redundns::plan::{Change, DiffRules, apply, diff, order};
use redundns::provider::{
    ApexNs, CreateZone, ErrorKind, NameserverSpec, Provider, ProviderError, Snapshot, Soa,
};
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
            Some(zone) => Ok(Snapshot::of(zone)),
            None => Err(ProviderError::new(ErrorKind::Unreachable, "gone")),
        }
    }

    async fn apply(&self, _: &Name, changes: &[Change], _: &Snapshot) -> Result<(), ProviderError> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        let keys: Vec<String> = changes
            .iter()
            .map(|change| change.key().to_string())
            .collect();
        self.say(&keys.join(", "));
        let mut held = self.held.lock().expect("a zone");
        let made = |count: usize| held.as_ref().map(|zone| apply(zone, &changes[..count]));
        let failed = ProviderError::new(ErrorKind::Unreachable, "cut off");
        match self.manner {
            Manner::Honest | Manner::GoesBlind | Manner::CreatesNothing => {
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
            base: held.map(Snapshot::of),
            waves: order(diff(&current, &desired, &rules()).changes, &origin()),
        });
        fakes.push(fake);
    }
    Case {
        fakes,
        log,
        targets,
        followers: Vec::new(),
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
        let options = Options {
            canary: Some("b"),
            all_at_once: false,
            followers: &self.followers,
            stop,
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

#[tokio::test]
async fn the_canary_goes_first_and_the_apex_ns_set_last() {
    let mut case = three(Manner::Honest);
    let rollout = case.run(&[]).await;
    assert!(rollout.is_complete() && rollout.touched());
    assert_eq!(
        case.log(),
        [
            "b www.example.com. A",
            "b proved",
            "a www.example.com. A",
            "c www.example.com. A",
            "a proved",
            "c proved",
            "a example.com. NS",
            "b example.com. NS",
            "c example.com. NS",
        ]
    );
    for fake in &case.fakes {
        assert_eq!(*fake.held.lock().expect("a zone"), Some(new()));
    }
    let applied: Vec<usize> = rollout
        .results
        .iter()
        .map(|result| result.applied)
        .collect();
    assert_eq!(applied, [2, 2, 2]);
}

#[tokio::test]
async fn a_canary_that_fails_leaves_the_others_untouched() {
    for (manner, failing, touched, applied, says) in [
        (Manner::Honest, &["b"][..], true, 1, None),
        (Manner::Refuses, &[][..], false, 0, Some("cut off")),
        (Manner::Loses, &[][..], true, 0, Some("cut off")),
        (
            Manner::Lies,
            &[][..],
            true,
            0,
            Some("does not hold `www.example.com. A`"),
        ),
        (Manner::GoesBlind, &[][..], true, 1, Some("gone")),
    ] {
        let mut case = three(manner);
        let rollout = case.run(failing).await;
        let canary = &rollout.results[1];
        assert!(!rollout.is_complete());
        assert_eq!((canary.touched, canary.applied), (touched, applied));
        assert_eq!(rollout.touched(), touched);
        match (&canary.error, says) {
            (Some(error), Some(words)) => assert!(error.message.contains(words), "{error}"),
            (None, None) => assert!(canary.unproved),
            (error, _) => panic!("{error:?}"),
        }
        for other in [0, 2] {
            assert!(!rollout.results[other].touched);
            assert_eq!(case.fakes[other].writes.load(Ordering::SeqCst), 0);
        }
    }
}

#[tokio::test]
async fn no_apex_ns_set_is_written_before_every_provider_is_proved() {
    // `c` has nothing to change in the body, and is proved all the same.
    let body = zone("@ 300 NS ns.a.test.\nwww 300 A 192.0.2.2\n");
    for failing in [&["a"][..], &["c"][..]] {
        let mut case = case(
            new(),
            vec![
                ("a", Manner::Honest, Some(old())),
                ("b", Manner::Honest, Some(old())),
                ("c", Manner::Honest, Some(body.clone())),
            ],
        );
        let rollout = case.run(failing).await;
        assert!(!rollout.is_complete());
        let log = case.log();
        assert!(!log.iter().any(|line| line.contains("NS")), "{log:?}");
    }
}

#[tokio::test]
async fn a_base_that_moved_is_not_overwritten() {
    let mut case = three(Manner::Honest);
    let theirs = zone("@ 300 NS ns.a.test.\nwww 300 A 203.0.113.9\n");
    *case.fakes[1].held.lock().expect("a zone") = Some(theirs.clone());
    let rollout = case.run(&[]).await;
    let error = rollout.results[1].error.as_ref().expect("refused");
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(!rollout.touched());
    assert_eq!(*case.fakes[1].held.lock().expect("a zone"), Some(theirs));
}

#[tokio::test]
async fn a_missing_zone_is_created_and_filled() {
    let mut case = case(new(), vec![("a", Manner::Honest, None)]);
    let rollout = case.run(&[]).await;
    assert!(rollout.is_complete(), "{rollout:?}");
    assert_eq!(*case.fakes[0].held.lock().expect("a zone"), Some(new()));
    // The SOA came with the zone, `www A` and the apex NS set were written.
    assert_eq!(rollout.results[0].applied, 3);
}

#[tokio::test]
async fn a_zone_that_cannot_be_created_is_not_touched() {
    let mut case = case(new(), vec![("a", Manner::CreatesNothing, None)]);
    let rollout = case.run(&[]).await;
    assert!(!rollout.is_complete() && !rollout.touched());
}

#[tokio::test]
async fn a_created_zone_stays_touched_when_filling_it_is_refused() {
    let mut case = case(new(), vec![("a", Manner::Refuses, None)]);
    let rollout = case.run(&[]).await;
    assert!(!rollout.is_complete() && rollout.touched());
}

#[tokio::test]
async fn what_appears_in_a_zone_while_it_is_created_is_not_deleted() {
    let theirs = zone("precious 300 A 192.0.2.7\n@ 300 NS ns.a.test.\n");
    let mut case = case(new(), vec![("a", Manner::Honest, None)]);
    *case.fakes[0].template.lock().expect("a zone") = theirs.clone();
    let rollout = case.run(&[]).await;
    let error = rollout.results[0].error.as_ref().expect("refused");
    assert_eq!(error.kind, ErrorKind::Conflict);
    assert!(error.message.contains("precious"), "{error}");
    assert_eq!(*case.fakes[0].held.lock().expect("a zone"), Some(theirs));
}

#[tokio::test]
async fn a_stop_lets_no_other_group_begin() {
    let mut case = three(Manner::Honest);
    let stop = Stop::default();
    let rollout = case.run_until(&stop, Some(&stop), &[]).await;
    assert!(rollout.interrupted && rollout.touched() && !rollout.is_complete());
    assert_eq!(case.log(), ["b www.example.com. A", "b proved"]);

    let mut case = three(Manner::Honest);
    let rollout = case.run_until(&stop, None, &[]).await;
    assert!(rollout.interrupted && !rollout.touched());
    assert!(case.log().is_empty());
}

#[tokio::test]
async fn a_stop_is_heard_by_those_who_wait_for_it() {
    let stop = Stop::default();
    tokio::join!(stop.requested(), async { stop.request() });
    stop.requested().await;
}
