//! Who is written first, who last, and who not at all once something failed.

use std::sync::atomic::Ordering;

use redundns::provider::ErrorKind;
use redundns::rollout::Stop;

use super::{Manner, case, new, old, three, zone};

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
    assert!(error.message.contains("is `203.0.113.9` (TTL 300) now"));
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
