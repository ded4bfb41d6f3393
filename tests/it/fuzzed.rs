//! What fuzzing is fed with, and what it ever found: each input through its reader.

#[allow(
    clippy::pedantic,
    clippy::disallowed_methods,
    unreachable_pub,
    dead_code,
    reason = "the targets are the fuzzer's, which has its own rules"
)]
#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;

use std::time::{Duration, Instant};

use targets::{files, targets};

#[test]
fn every_corpus_is_read_without_a_crash_and_in_time() {
    for target in targets() {
        let files = files(target.folders);
        assert!(!files.is_empty(), "{}: no corpus", target.name);
        for (file, octets) in files {
            let begin = Instant::now();
            let judged = target.judge(&octets);
            assert!(judged.is_ok(), "{}: {file}: {judged:?}", target.name);
            let took = begin.elapsed();
            assert!(
                took < Duration::from_secs(5),
                "{}: {file}: {took:?}",
                target.name
            );
        }
    }
}
