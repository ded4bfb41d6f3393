//! Every call is on record before it is made, and what came of it before the next one.

use std::sync::{Arc, Mutex};

use redundns::rollout::Stop;
use redundns::rollout::journal::{Moment, Run, read};
use redundns::zone::Zone;

use super::{Case, Manner, case, zone};

fn many() -> Zone {
    zone("@ 300 NS ns.a.test.\na 300 A 192.0.2.1\nb 300 A 192.0.2.2\nc 300 A 192.0.2.3\n")
}

/// One provider, to which three record sets are to be added, each in a call of its own.
fn one(manner: Manner) -> Case {
    let mut case = case(
        many(),
        vec![("a", manner, Some(zone("@ 300 NS ns.a.test.\n")))],
    );
    case.targets[0].batch = Some(1);
    case
}

fn journal(case: &Case) -> Run {
    read(case.project.path(), 1).expect("a journal")
}

#[tokio::test]
async fn an_intent_is_on_disk_before_its_call_and_its_result_before_the_next() {
    use Moment::{CallAfter, CallBefore, JournalAfter, JournalBefore};

    let mut case = one(Manner::Honest);
    let moments = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&moments);
    let project = case.project.path().to_path_buf();
    let watch = move |moment: Moment| {
        let mut seen = seen.lock().expect("moments");
        seen.push(moment);
        let count = |of: Moment| seen.iter().filter(|own| **own == of).count();
        if matches!(moment, CallBefore | CallAfter) {
            let run = read(&project, 1).expect("a journal");
            let calls = run.calls();
            assert_eq!(calls.len(), count(CallBefore));
            let (last, before) = calls.split_last().expect("an intent");
            assert!(last.result.is_none());
            assert!(before.iter().all(|call| call.result.is_some()));
            assert_eq!(run.snapshots().count(), 1, "kept before the first call");
        }
    };
    let rollout = case.run_watched(&Stop::default(), None, &[], &watch).await;
    assert!(rollout.is_complete(), "{rollout:?}");
    let line = [JournalBefore, JournalAfter];
    let call = [&line[..], &[CallBefore, CallAfter], &line].concat();
    let whole = [&line[..], &line, &call, &call, &call, &line].concat();
    assert_eq!(*moments.lock().expect("moments"), whole);
}

#[tokio::test]
async fn calls_are_as_small_as_the_account_says_and_stand_on_what_is_held_by_then() {
    for manner in [Manner::Honest, Manner::Tickets] {
        let mut case = one(manner);
        let rollout = case.run(&[]).await;
        assert!(rollout.is_complete(), "{rollout:?}");
        assert_eq!(rollout.results[0].applied, 3);
        let calls = [
            "a a.example.com. A",
            "a b.example.com. A",
            "a c.example.com. A",
            "a proved",
        ];
        assert_eq!(case.log(), calls);
        let run = journal(&case);
        let tally = &run.tallies()[0];
        assert_eq!((tally.made.len(), tally.unknown.len()), (3, 0));
        assert_eq!(run.read_backs().count(), 1);
    }
}

#[tokio::test]
async fn what_failed_midway_is_counted_exactly() {
    let mut case = one(Manner::Tires);
    let rollout = case.run(&[]).await;
    let result = &rollout.results[0];
    assert_eq!((result.applied, result.touched), (1, true));
    let run = journal(&case);
    let tally = &run.tallies()[0];
    let unknown: Vec<String> = tally.unknown.iter().map(|entry| entry.key()).collect();
    assert_eq!(
        (tally.made.len(), unknown),
        (1, vec!["b.example.com. A".to_owned()])
    );
    assert_eq!(run.calls().len(), 2);

    let mut case = one(Manner::Lies);
    case.run(&[]).await;
    let run = journal(&case);
    let tally = &run.tallies()[0];
    assert_eq!(
        (tally.made.len(), tally.unknown.len()),
        (0, 3),
        "it holds none of them"
    );
}

#[tokio::test]
async fn a_stop_is_heard_between_two_calls() {
    let mut case = one(Manner::Honest);
    let stop = Arc::new(Stop::default());
    let asked = Arc::clone(&stop);
    let watch = move |moment: Moment| {
        if moment == Moment::CallAfter {
            asked.request();
        }
    };
    let rollout = case.run_watched(&stop, None, &[], &watch).await;
    let result = &rollout.results[0];
    assert!(rollout.interrupted && result.stopped && !rollout.is_complete());
    assert_eq!(result.applied, 1);
    assert!(result.error.is_none());
}
