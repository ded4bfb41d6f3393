//! Providers that get their data by zone transfer: told after each wave, proved before a nameserver is listed.

use std::sync::Arc;

use async_trait::async_trait;
use redundns::plan::Change;
use redundns::provider::{ErrorKind, Follow, NameserverSpec, Provider, ProviderError, Snapshot};
use redundns::rollout::Follower;
use redundns::zone::Name;

use super::{Case, Log, Manner, new, origin, three};

struct Secondary {
    log: Log,
    is_deaf: bool,
}

#[async_trait]
impl Provider for Secondary {
    async fn nameservers(&self, _: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        panic!("its nameservers stand in its account")
    }

    async fn fetch(&self, _: &Name) -> Result<Snapshot, ProviderError> {
        panic!("it is never read")
    }

    async fn apply(&self, _: &Name, _: &[Change], _: &Snapshot) -> Result<(), ProviderError> {
        panic!("it is never written")
    }

    fn follows(&self) -> Option<&dyn Follow> {
        Some(self)
    }
}

#[async_trait]
impl Follow for Secondary {
    fn primary(&self) -> Option<&str> {
        None
    }

    async fn notify(&self, zone: &Name) -> Result<(), ProviderError> {
        assert_eq!(*zone, origin());
        self.log.lock().expect("a log").push("s told".to_owned());
        if self.is_deaf {
            return Err(ProviderError::new(ErrorKind::Unreachable, "deaf"));
        }
        Ok(())
    }
}

fn followed(middle: Manner, is_deaf: bool) -> Case {
    let mut case = three(middle);
    case.followers.push(Follower {
        id: "s".to_owned(),
        provider: Arc::new(Secondary {
            log: Arc::clone(&case.log),
            is_deaf,
        }),
        zone: origin(),
        from: vec!["c".to_owned()],
    });
    case
}

fn place(log: &[String], what: &str) -> Vec<usize> {
    let is_it = |line: &&String| *line == what;
    let places = log.iter().enumerate();
    places
        .filter(|(_, line)| is_it(line))
        .map(|(place, _)| place)
        .collect()
}

#[tokio::test]
async fn a_secondary_is_told_after_each_wave_and_proved_before_the_second() {
    let mut case = followed(Manner::Honest, false);
    let rollout = case.run(&[]).await;
    assert!(rollout.is_complete(), "{rollout:?}");
    let log = case.log();
    let (told, proved) = (place(&log, "s told"), place(&log, "s proved"));
    let listed = place(&log, "b example.com. NS");
    assert_eq!(
        (told.len(), proved.len(), listed.len()),
        (2, 1, 1),
        "{log:?}"
    );
    assert!(place(&log, "c proved")[0] < told[0], "{log:?}");
    assert!(told[0] < proved[0], "{log:?}");
    assert!(proved[0] < listed[0], "{log:?}");
    assert!(listed[0] < told[1], "{log:?}");
    assert_eq!(
        case.fakes[1].held.lock().expect("a zone").as_ref(),
        Some(&new())
    );
}

#[tokio::test]
async fn a_secondary_that_is_not_current_keeps_the_apex_ns_set_from_being_written() {
    let mut case = followed(Manner::Honest, false);
    let rollout = case.run(&["s"]).await;
    assert!(rollout.followers[0].unproved);
    assert!(!rollout.is_complete() && rollout.touched());
    let log = case.log();
    assert_eq!(place(&log, "b example.com. NS"), [0; 0], "{log:?}");
}

#[tokio::test]
async fn not_being_heard_is_no_failure_where_the_data_arrive_all_the_same() {
    let mut case = followed(Manner::Honest, true);
    let rollout = case.run(&[]).await;
    assert!(rollout.is_complete(), "{rollout:?}");
    let unheard = rollout.followers[0].unheard.as_ref();
    assert_eq!(unheard.map(ToString::to_string).as_deref(), Some("deaf"));
}

#[tokio::test]
async fn nobody_is_told_of_what_failed() {
    let mut case = followed(Manner::Refuses, false);
    let rollout = case.run(&[]).await;
    assert!(!rollout.is_complete() && !rollout.touched());
    let log = case.log();
    assert_eq!(place(&log, "s told"), [0; 0], "{log:?}");
}
