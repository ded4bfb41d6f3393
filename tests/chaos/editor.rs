//! A thousand rounds with somebody else at a dashboard: one edit a round, at one provider, at any moment of a sync.
//!
//! The program as it is runs between two proxies that count what is sent to BIND and to the API of PowerDNS; the edit
//! is made before the request that chance has chosen is passed on, so that it falls before the plan, between plan and
//! write, between the last look and the write, or behind it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::edits::Edit;
use super::random::{Random, number};
use super::three::{IDS, Three};
use super::zones::{Key, ORIGIN, Set, Sets, Side, key, sets};
use crate::world::dns_watch::DnsWatch;
use crate::world::http_fake::{Fake, Reply};

const ROUNDS: u64 = 1000;
/// Worlds of their own, since most of a round is waiting.
const WORLDS: u64 = 3;

/// What happened in one round, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    /// A request to that provider, with the word for it.
    Request(&'static str, String),
    Edited,
}

/// The plan of one round, and what came of it.
#[derive(Default)]
struct Round {
    edit: Option<Edit>,
    /// The edit is made before this request.
    at: Option<(&'static str, usize)>,
    events: Vec<Event>,
}

impl Round {
    /// Notes a request, and gives the edit if now is the moment.
    fn request(&mut self, provider: &'static str, word: &str) -> Option<Edit> {
        let is_same = |event: &&Event| matches!(event, Event::Request(id, _) if *id == provider);
        let before = self.events.iter().filter(is_same).count();
        let edit = self
            .edit
            .clone()
            .filter(|_| self.at == Some((provider, before)));
        if edit.is_some() {
            self.events.push(Event::Edited);
        }
        self.events.push(Event::Request(provider, word.to_owned()));
        edit
    }

    fn is_made(&self) -> bool {
        self.events.contains(&Event::Edited)
    }

    /// Whether the edit came between the last look at `PowerDNS` and the write.
    fn is_in_the_gap(&self) -> bool {
        let mut requests = self.events.iter().filter(|event| match event {
            Event::Request(id, _) => *id == "pdns",
            Event::Edited => true,
        });
        let edited = requests.position(|event| *event == Event::Edited);
        let next = requests.next();
        edited.is_some() && matches!(next, Some(Event::Request(_, word)) if word == "PATCH")
    }
}

/// How the edits of all rounds ended.
#[derive(Default, Debug)]
struct Counts {
    rounds: usize,
    /// The sync came to where the edit was to be made.
    edits: usize,
    /// Of a set that the plan changes, and kept.
    kept: usize,
    /// Of a set that the plan leaves alone.
    untouched: usize,
    /// Made before the provider was read, so that the plan shows it.
    reviewed: usize,
    /// At `PowerDNS`, between the last look and the write.
    overwritten: usize,
}

pub(crate) fn a_thousand_rounds() {
    let random = Random::told("the dashboard editor");
    let rounds = number("ROUNDS").unwrap_or(ROUNDS);
    let worlds: Vec<_> = (0..WORLDS)
        .map(|world| {
            let random = random.split(world + 1);
            let share = rounds / WORLDS + u64::from(world < rounds % WORLDS);
            std::thread::spawn(move || live(share, random))
        })
        .collect();
    let mut all = Counts::default();
    for world in worlds {
        match world.join() {
            Ok(None) => return,
            Ok(Some(counts)) => {
                all.rounds += counts.rounds;
                all.edits += counts.edits;
                all.kept += counts.kept;
                all.untouched += counts.untouched;
                all.reviewed += counts.reviewed;
                all.overwritten += counts.overwritten;
            }
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
    println!("{all:?}");
    assert_eq!(all.rounds as u64, rounds);
    if rounds == ROUNDS {
        let each = [all.kept, all.untouched, all.reviewed, all.overwritten];
        assert!(each.iter().all(|&count| count > 10), "{all:?}");
    }
}

/// One world's share of the rounds; nothing where a server is not installed.
fn live(rounds: u64, mut random: Random) -> Option<Counts> {
    let three = Arc::new(Three::start(Side::A)?);
    let round: Arc<Mutex<Round>> = Arc::default();
    let told = |provider: &'static str| {
        let (three, round) = (three.clone(), round.clone());
        move |word: &str| {
            // Held while the edit is made, so that no other request overtakes it.
            let mut round = round.lock().expect("no round panics");
            if let Some(edit) = round.request(provider, word) {
                edit.make(&three);
            }
        }
    };
    let tell = told("pdns");
    let api = Fake::before(Some(three.pdns.web()), move |_, request| {
        tell(&request.method);
        Reply::Pass
    });
    let server = DnsWatch::before(three.bind.address(), told("bind"));
    three.accounts(&api.endpoint(), server.address());

    let mut counts = Counts::default();
    let mut desired = sets(Side::A);
    let mut held: BTreeMap<&'static str, Sets> = three.held().into_iter().collect();
    for number in 0..rounds {
        desire(&mut desired, &mut random);
        three.desire(&desired);
        let edit = think_up(&held, &desired, &mut random);
        let at = if random.percent(50) {
            ("pdns", random.below(4))
        } else {
            ("bind", random.below(3))
        };
        *round.lock().expect("no round panics") = Round {
            edit: Some(edit),
            at: Some(at),
            events: Vec::new(),
        };
        let canary = random.pick(&IDS).expect("three");
        three.write(
            "redundns.toml",
            &format!("[guard]\nmax_change = \"100%\"\n[rollout]\ncanary = \"{canary}\"\n"),
        );
        let output = three
            .program()
            .args(["sync", "--yes", "--json", "--settle", "0s"])
            .output()
            .expect("the program runs");
        let now: BTreeMap<&'static str, Sets> = three.held().into_iter().collect();
        let round = std::mem::take(&mut *round.lock().expect("no round panics"));
        let case = Case {
            what: format!(
                "round {number}, canary {canary}: {:?} at {at:?}, {:?}\n{}{}",
                round.edit,
                round.events,
                String::from_utf8_lossy(&output.stdout),
                String::from_utf8_lossy(&output.stderr)
            ),
            report: serde_json::from_slice(&output.stdout).unwrap_or_default(),
            code: output.status.code(),
            round,
            before: &held,
            after: &now,
            desired: &desired,
        };
        case.judge(&mut counts);
        held = now;
    }
    Some(counts)
}

/// The owners that the file and the stranger change.
fn pool() -> Vec<Key> {
    let old = (10..30).map(|n| key(&format!("stays{n}"), "A"));
    old.chain((0..6).map(|n| key(&format!("new{n}"), "A")))
        .collect()
}

fn any_set(random: &mut Random) -> Set {
    let address = format!(
        "10.{}.{}.{}",
        random.below(256),
        random.below(256),
        random.below(256)
    );
    Set {
        ttl: 60 + random.below(600) as u32,
        data: BTreeSet::from([address]),
    }
}

/// Edits the zone file in one to five places.
fn desire(desired: &mut Sets, random: &mut Random) {
    for _ in 0..=random.below(5) {
        let key = random.pick(&pool()).expect("a pool").clone();
        if random.percent(30) {
            desired.remove(&key);
        } else {
            desired.insert(key, any_set(random));
        }
    }
}

/// One edit, more often than not of a set that the plan changes.
fn think_up(held: &BTreeMap<&'static str, Sets>, desired: &Sets, random: &mut Random) -> Edit {
    let provider = *random.pick(&IDS).expect("three");
    let held = &held[provider];
    let mut keys = pool();
    if random.percent(60) {
        keys.retain(|key| held.get(key) != desired.get(key));
    }
    let key = random
        .pick(&keys)
        .cloned()
        .unwrap_or_else(|| pool()[0].clone());
    let is_deletion = held.contains_key(&key) && random.percent(30);
    Edit {
        provider,
        key,
        after: (!is_deletion).then(|| any_set(random)),
    }
}

struct Case<'a> {
    what: String,
    report: Value,
    code: Option<i32>,
    round: Round,
    before: &'a BTreeMap<&'static str, Sets>,
    after: &'a BTreeMap<&'static str, Sets>,
    desired: &'a Sets,
}

impl Case<'_> {
    fn judge(&self, counts: &mut Counts) {
        counts.rounds += 1;
        let edit = self.round.edit.as_ref().filter(|_| self.round.is_made());
        for id in IDS {
            let (before, after) = (&self.before[id], &self.after[id]);
            let keys: BTreeSet<&Key> = before
                .keys()
                .chain(after.keys())
                .chain(self.desired.keys())
                .collect();
            for key in keys {
                if edit.is_some_and(|edit| edit.provider == id && edit.key == *key) {
                    continue;
                }
                let is_old_or_new =
                    after.get(key) == before.get(key) || after.get(key) == self.desired.get(key);
                assert!(
                    is_old_or_new,
                    "`{id}` {key:?}: {:?}\n{}",
                    after.get(key),
                    self.what
                );
            }
        }
        // A set that nobody planned and that the file lacks is no question of the proof; anything else is.
        let is_beyond = edit.is_some_and(|edit| !self.desired.contains_key(&edit.key));
        let is_done = IDS.iter().all(|id| self.after[id] == *self.desired);
        let is_fine = self.code == Some(0);
        // Somebody who does by hand what the plan is about to do is in its way all the same.
        let is_same = edit.is_some_and(|edit| self.desired.get(&edit.key) == edit.after.as_ref());
        assert!(
            !is_done || is_fine || is_same,
            "{:?} {}",
            self.code,
            self.what
        );
        assert!(!is_fine || is_done || is_beyond, "unnoticed: {}", self.what);
        if let Some(edit) = edit {
            counts.edits += 1;
            self.judge_edit(edit, counts);
        }
    }

    fn judge_edit(&self, edit: &Edit, counts: &mut Counts) {
        let now = self.after[edit.provider].get(&edit.key);
        let planned = self.planned(edit);
        let is_reviewed = planned.is_some_and(|change| value(&change["before"]) == edit.after);
        match planned {
            None => {
                counts.untouched += 1;
                assert_eq!(now, edit.after.as_ref(), "{}", self.what);
            }
            // It was there when the plan was made, so that the plan says what goes.
            Some(_) if is_reviewed => counts.reviewed += 1,
            Some(_) if now == edit.after.as_ref() => {
                counts.kept += 1;
                self.is_named(edit);
            }
            Some(_) => {
                counts.overwritten += 1;
                let is_the_gap = edit.provider == "pdns" && self.round.is_in_the_gap();
                assert!(is_the_gap, "overwritten without review: {}", self.what);
                let told = self.finding("RUN14");
                let run = self.report["run"].as_str().expect("a number");
                let is_named = told.contains(&edit.key.0) && told.contains(&format!("run {run};"));
                assert!(is_named, "{told} {}", self.what);
            }
        }
    }

    /// The change that the report has of the edited set.
    fn planned(&self, edit: &Edit) -> Option<&Value> {
        let is_its =
            |change: &&Value| change["name"] == *edit.key.0 && change["type"] == *edit.key.1;
        self.provider(edit.provider)["changes"]
            .as_array()?
            .iter()
            .find(is_its)
    }

    fn provider(&self, id: &str) -> &Value {
        let providers = self.report["zones"][0]["providers"].as_array();
        let found = providers.and_then(|all| all.iter().find(|one| one["id"] == id));
        found.unwrap_or_else(|| panic!("no `{id}`: {}", self.what))
    }

    /// What the report says under that code.
    fn finding(&self, code: &str) -> String {
        let findings = self.report["zones"][0]["findings"].as_array();
        let all = findings.into_iter().flatten();
        let words = all.filter(|finding| finding["code"] == code);
        words
            .map(|finding| finding["message"].as_str().unwrap_or_default())
            .collect()
    }

    /// Whoever reads the report finds the set and what it is now, beside what the plan took it to be: where the write
    /// was refused in the provider's error, else among the wrong answers.
    fn is_named(&self, edit: &Edit) {
        let owner = edit.key.0.as_str();
        let error = &self.provider(edit.provider)["error"];
        let said = error["message"].as_str().unwrap_or_default();
        let differences = self.report["zones"][0]["differences"].as_array();
        let is_its = |one: &&Value| one["name"] == owner && one["type"] == *edit.key.1;
        let is_shown = differences.is_some_and(|all| {
            all.iter().filter(is_its).any(|one| {
                let answers = one["answers"].as_array().into_iter().flatten();
                answers
                    .into_iter()
                    .any(|answer| value(answer) == edit.after)
            })
        });
        // A conflict says what the set was and what it is, unless somebody else made the very change that was planned.
        let is_refused = error["kind"] == "conflict";
        let short = owner.trim_end_matches(&format!(".{ORIGIN}."));
        let mut words = vec![format!("`{short} {}`", edit.key.1)];
        words.extend(edit.after.iter().flat_map(|set| set.data.clone()));
        let is_same = self.desired.get(&edit.key) == edit.after.as_ref();
        if is_refused && !is_same {
            let is_said = words.iter().all(|word| said.contains(word));
            assert!(is_said, "{words:?} in {said}: {}", self.what);
        }
        // The provider was done with: gone as planned, and then put back, which the next plan will show.
        let is_later = error.is_null() && !self.desired.contains_key(&edit.key);
        assert!(
            said.contains(owner) || is_shown || is_refused || is_later,
            "{owner} is not named: {}",
            self.what
        );
    }
}

/// A set as a report has it.
fn value(set: &Value) -> Option<Set> {
    let ttl = set["ttl"].as_u64()? as u32;
    let data = set["rdata"].as_array()?.iter();
    Some(Set {
        ttl,
        data: data.filter_map(Value::as_str).map(str::to_owned).collect(),
    })
}
