//! Rounds under a clock that is turned by hand.

use super::*;

const ZONE: &str = "example.test.";

fn zone() -> Subject {
    Subject {
        zone: ZONE.to_owned(),
        provider: None,
    }
}

fn sight(state: State) -> Vec<Sight> {
    vec![Sight {
        subject: zone(),
        state,
        reasons: vec![format!("{state:?}")],
        details: Vec::new(),
        nameservers: Vec::new(),
        reproduce: None,
    }]
}

/// A history, and a clock that is turned by hand.
struct Watched {
    history: History,
    now: Moment,
}

impl Watched {
    fn new(confirm: u32) -> Self {
        Self {
            history: History::new(Duration::from_secs(300), confirm),
            now: Moment {
                wall: 1_795_440_000,
                steady: Duration::ZERO,
            },
        }
    }

    fn pass(&mut self, seconds: u64) {
        self.now.wall += seconds;
        self.now.steady += Duration::from_secs(seconds);
    }

    fn round(&mut self, state: State) -> (Vec<Change>, Option<Leap>) {
        let seen = self.history.observe(sight(state), self.now);
        self.pass(300);
        seen
    }

    fn today(&self) -> [u64; 4] {
        let last = self.history.last().expect("a round");
        self.history.day(&zone(), last / DAY, last)
    }
}

#[test]
fn a_change_counts_once_it_is_confirmed_and_from_its_first_round() {
    use State::{Degraded, Failed, Good};
    let mut watched = Watched::new(2);
    let begun = watched.now.wall;
    // (what is seen, what is told: from, to, since, lasted)
    for (seen, told) in [
        (Good, None),
        (Failed, None),
        (Good, None),
        (Failed, None),
        (Failed, Some((Some(Good), Failed, 900, 900))),
        (Failed, None),
        (Degraded, None),
        (Failed, None),
        (Degraded, None),
        (Good, Some((Some(Failed), Good, 2400, 1500))),
        (Good, None),
    ] {
        let (changes, leap) = watched.round(seen);
        let found = changes
            .first()
            .map(|one| (one.from, one.sight.state, one.since - begun, one.lasted));
        assert_eq!(
            (found, leap),
            (told, None),
            "{seen:?} at {}",
            watched.now.wall - begun
        );
    }
}

#[test]
fn the_first_sight_of_something_good_is_no_news_and_of_something_bad_is() {
    let mut watched = Watched::new(2);
    assert!(watched.round(State::Good).0.is_empty());
    let track = watched.history.track(&zone()).expect("seen");
    assert_eq!(track.state, Some(State::Good));

    let mut watched = Watched::new(2);
    assert!(watched.round(State::Failed).0.is_empty());
    assert_eq!(watched.history.track(&zone()).expect("seen").state, None);
    let (changes, _) = watched.round(State::Failed);
    assert_eq!(changes[0].from, None);
    // One look after the other, all of them bad: nothing is known of before.
    let mut watched = Watched::new(1);
    assert_eq!(watched.round(State::Unknown).0.len(), 1);
}

#[test]
fn seconds_of_rounds_that_confirm_a_change_are_counted_for_it() {
    let mut watched = Watched::new(2);
    for state in [State::Good, State::Good, State::Failed, State::Failed] {
        watched.round(state);
    }
    assert_eq!(watched.today()[..3], [600, 0, 300]);
    // A round that was alone counts as what it lay between.
    for state in [State::Good, State::Failed] {
        watched.round(state);
    }
    assert_eq!(watched.today()[..3], [600, 0, 900]);
}

#[test]
fn a_day_has_no_more_seconds_than_it_has_come_to() {
    let mut watched = Watched::new(1);
    for _ in 0..600 {
        watched.round(State::Good);
    }
    let last = watched.history.last().expect("a round");
    for day in (last / DAY - 3)..=(last / DAY) {
        let sum: u64 = watched.history.day(&zone(), day, last).iter().sum();
        assert_eq!(sum, (last - day * DAY).min(DAY));
    }
    let yesterday = watched.history.day(&zone(), last / DAY - 1, last);
    assert_eq!(yesterday, [DAY, 0, 0, 0]);
    assert_eq!(watched.history.day(&zone(), last / DAY + 1, last), [0; 4]);
    watched.history.forget(90);
    let hours = watched.history.last_hours(&zone(), last);
    assert_eq!(hours, [23 * HOUR + last % HOUR, 0, 0, 0]);
    assert!(watched.history.hours.rows().len() <= HOURS);
}

#[test]
fn a_leap_of_the_clock_is_said_once_and_counts_as_unknown() {
    for leap in [-3 * 3600_i64, 9 * 3600, 400 * 86_400, -400 * 86_400, 31] {
        let mut watched = Watched::new(1);
        for state in [State::Good, State::Failed, State::Failed] {
            watched.round(state);
        }
        watched.now.wall = watched.now.wall.saturating_add_signed(leap);
        let (changes, told) = watched.round(State::Failed);
        assert_eq!((changes.len(), told), (0, Some(leap)));
        let (changes, told) = watched.round(State::Good);
        assert_eq!(told, None);
        // Four intervals in the state, whatever the clock said.
        assert_eq!(changes[0].lasted, 900, "{leap}");
        let counted: u64 = watched.history.days.rows().values().flatten().sum();
        // The interval of the leap is missing, and nothing else.
        assert_eq!(counted, 300 + 300 + 300, "{leap}");
    }
    let mut watched = Watched::new(1);
    watched.round(State::Good);
    watched.now.wall += 30;
    assert_eq!(watched.round(State::Good).1, None);
}

#[test]
fn what_happened_between_two_runs_is_known_only_if_it_was_short() {
    for (pause, counted) in [(300, 300), (630, 630), (631, 0), (40 * DAY, 0)] {
        let mut watched = Watched::new(1);
        watched.round(State::Good);
        let (last, tracks) = (watched.history.last(), watched.history.tracks.clone());
        let mut later = Watched::new(1);
        later.history.restore(last, tracks);
        later.now.wall = last.expect("a round") + pause;
        let (_, leap) = later.round(State::Good);
        assert_eq!(leap, None);
        let sum: u64 = later.history.days.rows().values().flatten().sum();
        assert_eq!(sum, counted, "{pause}");
    }
}

#[test]
fn only_so_many_days_are_kept_whatever_the_clock_says() {
    let mut watched = Watched::new(1);
    for _ in 0..10 {
        watched.round(State::Good);
        watched.round(State::Good);
        watched.pass(DAY - 600);
    }
    let days = |watched: &mut Watched| -> Vec<u64> {
        watched.history.forget(4);
        watched
            .history
            .days
            .rows()
            .keys()
            .map(|(_, day)| *day)
            .collect()
    };
    let before = days(&mut watched);
    assert_eq!(before.len(), 4);
    // Ten years later one more day is gone, and no more.
    watched.now.wall += 3650 * DAY;
    watched.round(State::Good);
    watched.round(State::Good);
    let after = days(&mut watched);
    assert_eq!((after.len(), &after[..3]), (4, &before[1..]));
    assert!(watched.history.track(&zone()).is_some());
}

#[test]
fn a_leap_before_a_change_is_confirmed_moves_what_is_to_become_of_it() {
    for leap in [-3 * 3600_i64, 9 * 3600] {
        let mut watched = Watched::new(3);
        for state in [State::Good, State::Good, State::Failed, State::Failed] {
            watched.round(state);
        }
        watched.now.wall = watched.now.wall.saturating_add_signed(leap);
        let (changes, told) = watched.round(State::Failed);
        assert_eq!((changes.len(), told), (1, Some(leap)));
        assert_eq!(changes[0].lasted, 600, "{leap}");
        // What had passed of it by the old time of day is known to be no other day's.
        let counted = watched.history.days.rows().values().flatten();
        assert_eq!(counted.sum::<u64>(), 600, "{leap}");
    }
}

#[test]
fn an_hour_that_a_clock_set_back_has_twice_is_counted_once() {
    let mut watched = Watched::new(1);
    watched.now.wall -= watched.now.wall % DAY;
    for _ in 0..288 {
        watched.round(State::Good);
    }
    watched.now.wall -= 3 * 3600;
    for _ in 0..30 {
        watched.round(State::Failed);
    }
    for (counts, length) in [(&watched.history.days, DAY), (&watched.history.hours, HOUR)] {
        for (key, row) in counts.rows() {
            assert!(row.iter().sum::<u64>() <= length, "{key:?}: {row:?}");
        }
    }
}

#[test]
fn why_it_is_so_is_what_was_seen_last() {
    let mut watched = Watched::new(1);
    watched.round(State::Failed);
    let mut other = sight(State::Failed);
    other[0].reasons = vec!["another reason".to_owned()];
    watched.history.observe(other, watched.now);
    let track = watched.history.track(&zone()).expect("seen");
    assert_eq!(track.reasons, ["another reason"]);
}

#[test]
fn what_was_stored_is_older_than_what_was_seen() {
    let mut before = Watched::new(1);
    before.round(State::Good);
    before.round(State::Good);
    let mut watched = Watched::new(1);
    watched.pass(2 * 300);
    watched.round(State::Failed);
    watched.round(State::Failed);
    let last = watched.history.last();
    watched
        .history
        .restore(before.history.last(), before.history.tracks.clone());
    watched
        .history
        .days
        .restore(before.history.days.rows().clone());
    assert_eq!(watched.history.last(), last);
    let track = watched.history.track(&zone()).expect("seen");
    assert_eq!(track.state, Some(State::Failed));
    assert_eq!(watched.today()[..3], [300, 0, 300]);
    // However much is stored of it, a day is as long as a day.
    let (key, _) = before.history.days.rows().first_key_value().expect("a row");
    let whole = [(key.clone(), [DAY, 0, 0])].into();
    watched.history.days.restore(whole);
    assert_eq!(watched.history.days.rows()[key], [DAY - 300, 0, 300]);
}

#[test]
fn a_clock_set_back_between_two_runs_is_a_leap() {
    let mut before = Watched::new(1);
    before.round(State::Failed);
    before.round(State::Failed);
    let (last, tracks) = (before.history.last(), before.history.tracks.clone());
    let mut later = Watched::new(1);
    later.history.restore(last, tracks);
    later.now.wall = last.expect("a round") - 3600;
    let (changes, leap) = later.round(State::Good);
    assert_eq!((leap, changes[0].lasted), (Some(-3600), 300));
}

#[test]
fn a_subject_is_forgotten_with_its_last_day() {
    let mut watched = Watched::new(1);
    let old = Subject {
        zone: "old.test.".to_owned(),
        provider: None,
    };
    let mut both = sight(State::Good);
    both.extend(sight(State::Good));
    both[1].subject = old.clone();
    for _ in 0..2 {
        watched.history.observe(both.clone(), watched.now);
        watched.pass(300);
    }
    watched.pass(DAY);
    watched.round(State::Good);
    watched.history.forget(2);
    assert!(watched.history.track(&old).is_some());
    watched.history.forget(1);
    assert!(watched.history.track(&old).is_none());
    assert!(watched.history.track(&zone()).is_some());
}
