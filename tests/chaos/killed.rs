//! Killed before and after every call and every line of the journal, and run again: nothing is lost, nothing is done
//! twice, and nobody who asks a nameserver notices.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::prober::{Prober, Tally};
use super::puppet::Puppet;
use super::random::number;
use super::records::{self, Record};
use super::three::{IDS, Three};
use super::zones::{CHANGES, Key, Sets, Side, differing, sets};

/// Worlds of their own, since much of a run is waiting.
const WORLDS: usize = 3;
const SYNC: [&str; 4] = ["sync", "--yes", "--json", "--settle=30s"];
/// Every so many deaths the run that makes up for it dies as well.
const TWICE: usize = 8;

#[derive(Default)]
struct Outcome {
    kills: usize,
    /// Calls whose fate the journal did not know, and the next run found out.
    unknown: usize,
    tally: Tally,
}

pub(crate) fn before_and_after_every_call_and_every_line() {
    let started = Instant::now();
    let Some(first) = World::start() else {
        return;
    };
    let (moments, points) = first.count_moments();
    let most = number("KILLS").map_or(points.len(), |most| points.len().min(most as usize));
    let points = Arc::new(points);
    let next = Arc::new(AtomicUsize::new(0));
    let mut worlds = vec![Some(first)];
    worlds.resize_with(WORLDS, || None);
    let threads: Vec<_> = worlds
        .into_iter()
        .map(|world| {
            let (next, points) = (Arc::clone(&next), Arc::clone(&points));
            let take = move || {
                let mine = next.fetch_add(1, Ordering::Relaxed);
                // Where not all of them are tried, those that are lie all over the run.
                (mine < most).then(|| points[mine * points.len() / most])
            };
            std::thread::spawn(move || {
                let world = world.or_else(World::start).expect("the first was there");
                world.live(take)
            })
        })
        .collect();
    let mut whole = Outcome::default();
    for thread in threads {
        match thread.join() {
            Ok(outcome) => {
                whole.kills += outcome.kills;
                whole.unknown += outcome.unknown;
                whole.tally.add(outcome.tally);
            }
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    println!(
        "killed {} times, at {most} of {} points that are {moments} moments; the fate of {} calls was unknown and \
         found out; {} questions meanwhile; {} s",
        whole.kills,
        points.len(),
        whole.unknown,
        whole.tally.asked,
        started.elapsed().as_secs()
    );
    let tally = &whole.tally;
    assert!(
        tally.wrong.is_empty() && tally.failed.is_empty(),
        "{tally:#?}"
    );
    assert!(tally.sweeps >= whole.kills && whole.unknown > 0);
}

struct World {
    three: Three,
    prober: Arc<Prober>,
    at: Side,
}

impl World {
    fn start() -> Option<Self> {
        let three = Three::start(Side::A)?;
        let prober = Prober::new(three.servers());
        Some(Self {
            three,
            prober,
            at: Side::A,
        })
    }

    fn target(&self) -> Side {
        match self.at {
            Side::A => Side::B,
            Side::B => Side::A,
        }
    }

    /// How many moments a whole run has, there and back, which must be the same; and at which to die. Nothing happens
    /// between the end of the line that announces a call and the call, nor between the call's end and the line that
    /// says so: such two are one point.
    fn count_moments(&self) -> (usize, Vec<usize>) {
        self.three.one_change_a_call(true);
        let [there, back] = [Side::B, Side::A].map(|side| {
            self.three.desire(&sets(side));
            let mut puppet = Puppet::start(&self.three, &SYNC);
            let mut letters = Vec::new();
            while let Some(letter) = puppet.next() {
                letters.push(letter);
                puppet.go_on();
            }
            let said = std::fs::read_to_string(self.three.path("said")).unwrap_or_default();
            assert!(puppet.wait().success(), "{said}");
            self.three.expect(&sets(side));
            letters
        });
        assert_eq!(there.len(), back.len());
        let record = records::read(&self.three);
        for id in IDS {
            let calls = record.calls[id];
            // Before the line that announces it, between that and the call, between the call and its result, after.
            println!("{id}: {calls} calls, {} kill points", calls * 4);
            assert!(calls >= CHANGES, "one change a call");
        }
        let is_twin = |nth: usize| {
            there[nth] == 'j' && there.get(nth + 1) == Some(&'C')
                || there[nth] == 'J' && nth > 0 && there[nth - 1] == 'c'
        };
        let points = (0..there.len()).filter(|&nth| !is_twin(nth));
        (there.len(), points.collect())
    }

    fn live(mut self, take: impl Fn() -> Option<usize>) -> Outcome {
        let mut outcome = Outcome::default();
        let asking = self.prober.keep_asking(Duration::from_millis(300));
        while let Some(nth) = take() {
            self.die_at(nth, &mut outcome);
        }
        drop(asking);
        outcome.tally = self.prober.take();
        outcome
    }

    fn die_at(&mut self, nth: usize, outcome: &mut Outcome) {
        let (old, new) = (sets(self.at), sets(self.target()));
        self.three.desire(&new);
        self.three.one_change_a_call(true);
        let mut case = self.die(nth, self.three.held(), &old, &new);
        outcome.kills += 1;
        outcome.unknown += case.killed.unknown.len();
        // What is to be done again is the same however many calls it takes.
        self.three.one_change_a_call(false);
        if outcome.kills.is_multiple_of(TWICE) {
            // As long as there is a moment so early in what is left to do.
            let again = self.die(outcome.kills / TWICE % 8, case.held.clone(), &old, &new);
            outcome.kills += 1;
            outcome.unknown += again.killed.unknown.len();
            // A run that left no journal is told of by none: the one before is still the last.
            if again.killed.number > 0 {
                case = again;
            }
        }
        let output = self.three.program().args(SYNC).output();
        let output = output.expect("the program runs");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        assert!(output.status.success(), "{}: {output:?}", case.what);
        self.three.expect(&new);
        case.is_made_up_for(&records::read(&self.three));
        case.is_told(&report);
        self.at = self.target();
    }

    /// One run, killed at its `nth` moment.
    fn die<'a>(
        &self,
        nth: usize,
        before: Vec<(&'static str, Sets)>,
        old: &'a Sets,
        new: &'a Sets,
    ) -> Case<'a> {
        let newest = records::newest(&self.three);
        let mut puppet = Puppet::start(&self.three, &SYNC);
        let mut letter = puppet.next().expect("a first moment");
        for _ in 0..nth {
            puppet.go_on();
            letter = puppet.next().expect("as many moments as in peace");
        }
        puppet.kill();
        let is_begun = records::newest(&self.three) > newest;
        let killed = is_begun.then(|| records::read(&self.three));
        let killed = killed.unwrap_or_default();
        let case = Case {
            what: format!("killed at moment {nth}, {letter} behind {:?}", killed.last),
            before,
            held: self.three.held(),
            killed,
            old,
            new,
        };
        case.is_on_record();
        self.prober.sweep();
        case
    }
}

/// A death, and what it left.
struct Case<'a> {
    what: String,
    /// What each held when the run began.
    before: Vec<(&'static str, Sets)>,
    /// What each holds now.
    held: Vec<(&'static str, Sets)>,
    killed: Record,
    old: &'a Sets,
    new: &'a Sets,
}

impl Case<'_> {
    /// The sets held as they shall be, out of those that differ.
    fn made(&self, held: &Sets) -> BTreeSet<Key> {
        let is_made = |key: &Key| held.get(key) == self.new.get(key);
        differing().into_iter().filter(is_made).collect()
    }

    /// Every set is the old or the new one, and the journal neither claims what is not so nor lacks what is.
    fn is_on_record(&self) {
        let none = BTreeSet::new();
        for ((id, held), (_, before)) in self.held.iter().zip(&self.before) {
            for key in self.old.keys().chain(self.new.keys()).chain(held.keys()) {
                let now = held.get(key);
                let is_either = now == self.old.get(key) || now == self.new.get(key);
                assert!(is_either, "{}: `{id}` {key:?}", self.what);
            }
            let (before, really) = (self.made(before), self.made(held));
            let said = self.killed.made.get(*id).unwrap_or(&none);
            let perhaps = self.killed.unknown.get(*id).unwrap_or(&none);
            assert!(
                said.is_subset(&really),
                "{}: `{id}` claims too much",
                self.what
            );
            assert!(before.is_subset(&really), "{}: `{id}` went back", self.what);
            let is_recorded = |key: &&Key| said.contains(*key) || perhaps.contains(*key);
            let new: BTreeSet<&Key> = really.difference(&before).collect();
            let lost: Vec<_> = new.into_iter().filter(|key| !is_recorded(key)).collect();
            assert!(
                lost.is_empty(),
                "{}: `{id}` made without a record: {lost:?}",
                self.what
            );
        }
    }

    /// The last run wrote what was missing, each set once, and nothing else.
    fn is_made_up_for(&self, last: &Record) {
        assert!(last.is_ended, "{}", self.what);
        for (id, held) in &self.held {
            let missing: BTreeSet<Key> =
                differing().difference(&self.made(held)).cloned().collect();
            let written = last.intended.get(*id).cloned().unwrap_or_default();
            assert_eq!(
                written.len(),
                missing.len(),
                "{}: `{id}` {written:?}",
                self.what
            );
            let written: BTreeSet<Key> = written.into_iter().collect();
            assert_eq!(written, missing, "{}: `{id}`", self.what);
        }
    }

    /// The next run says that this one was cut off, and what became of the calls that it does not know of.
    fn is_told(&self, report: &Value) {
        let findings = report["findings"].as_array().expect("a list");
        let told: BTreeMap<&str, &str> = findings
            .iter()
            .filter(|finding| finding["code"] == "RUN06")
            .map(|finding| {
                let word = |name: &str| finding[name].as_str().unwrap_or_default();
                (word("provider"), word("message"))
            })
            .collect();
        let is_due = self.killed.number > 0 && !self.killed.is_ended;
        assert_eq!(!told.is_empty(), is_due, "{}: {findings:#?}", self.what);
        for (id, keys) in &self.killed.unknown {
            let message = told.get(id.as_str()).copied().unwrap_or_default();
            let (_, held) = self
                .held
                .iter()
                .find(|(other, _)| other == id)
                .expect("one of the three");
            let made = keys.intersection(&self.made(held)).count();
            for (count, fate) in [(made, "made"), (keys.len() - made, "not made")] {
                let words = format!(" {count} {fate} (`");
                assert_eq!(
                    message.contains(&words),
                    count > 0,
                    "{}: {words:?} in {message}",
                    self.what
                );
            }
        }
    }
}
