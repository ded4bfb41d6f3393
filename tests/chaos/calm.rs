//! What everything here stands on: the two states are as far apart as they say, and in peace all goes well.

use std::time::Duration;

use super::prober::Prober;
use super::three::{IDS, Three};
use super::zones::{CHANGES, Side, differing, sets};

pub(crate) fn sixty_changes_in_peace() {
    assert_eq!(differing().len(), CHANGES);
    let Some(three) = Three::start(Side::A) else {
        return;
    };
    let prober = Prober::new(three.servers());
    let asking = prober.keep_asking(Duration::from_millis(5));
    for side in [Side::B, Side::A] {
        three.desire(&sets(side));
        let output = three.program().args(["sync", "--yes", "--json"]).output();
        let output = output.expect("the program runs");
        assert!(output.status.success(), "{output:?}");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("a report");
        for provider in report["zones"][0]["providers"].as_array().expect("a list") {
            assert_eq!(provider["applied"], CHANGES, "{provider:#}");
        }
        three.expect(&sets(side));
        prober.sweep();
    }
    drop(asking);
    let tally = prober.take();
    assert!(
        tally.sweeps > 1 && tally.asked > 3 * CHANGES * IDS.len(),
        "{tally:?}"
    );
    assert!(
        tally.wrong.is_empty() && tally.failed.is_empty(),
        "{tally:#?}"
    );
}
