//! What a plan costs at one provider: API calls, and roughly how long they take.

use std::time::Duration;

use super::{Change, Waves};
use crate::provider::{Capabilities, Counted, Granularity, RateLimit};

/// What a call to a vendor across the Internet takes, about.
const ROUND_TRIP: Duration = Duration::from_millis(100);

/// What writing a plan to one provider and reading it back comes to. A read is counted as one call, whatever the
/// number of pages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cost {
    /// Calls that read.
    pub reads: usize,
    /// Calls that write.
    pub writes: usize,
    /// About how long: the calls, or the tightest limit where that takes longer, and then as long as the vendor's
    /// nameservers may still answer with the old data.
    pub time: Duration,
    /// The limit that makes it take longer.
    pub limit: Option<RateLimit>,
}

impl Cost {
    /// What `waves` cost where the API is as `capabilities` say and takes `batch` changes in one call. A provider that
    /// lacks the zone has it created first. Nothing to write costs nothing.
    pub fn of(
        waves: &Waves,
        capabilities: &Capabilities,
        batch: usize,
        lacks_zone: bool,
    ) -> Option<Self> {
        if waves.is_empty() && !lacks_zone {
            return None;
        }
        let (mut reads, mut writes) = if lacks_zone { (1, 1) } else { (0, 0) };
        for wave in [&waves.body, &waves.apex_ns] {
            if !wave.is_empty() {
                writes += calls(wave, capabilities.granularity, batch);
                // Read back, and before that once more where the API does not refuse a base that moved.
                reads += 1 + usize::from(!capabilities.detects_conflict);
            }
        }
        let total = reads + writes;
        let calling = ROUND_TRIP.saturating_mul(u32::try_from(total).unwrap_or(u32::MAX));
        let waits = capabilities.limits.iter().map(|limit| {
            let counted = match limit.of {
                Counted::All => total,
                Counted::Reads => reads,
                Counted::Writes => writes,
            };
            (wait(limit, counted), *limit)
        });
        let slowest = waits
            .max_by_key(|(time, _)| *time)
            .filter(|(time, _)| *time > calling);
        let time = slowest.map_or(calling, |(time, _)| time);
        Some(Self {
            reads,
            writes,
            time: time.saturating_add(capabilities.settle),
            limit: slowest.map(|(_, limit)| limit),
        })
    }

    /// All calls.
    pub fn calls(self) -> usize {
        self.reads + self.writes
    }
}

fn calls(wave: &[Change], granularity: Granularity, batch: usize) -> usize {
    let units = match granularity {
        Granularity::Zone => return 1,
        Granularity::RecordSet => wave.len(),
        Granularity::Record => wave.iter().map(records).sum(),
    };
    units.div_ceil(batch.max(1))
}

/// How many records come, go or take the place of another. A new TTL means every record of the set.
fn records(change: &Change) -> usize {
    let count = |set: Option<&crate::zone::RecordSet>| set.map_or(0, |set| set.rdata.len());
    match (change.before(), change.after()) {
        (Some(before), Some(after)) if before.ttl == after.ttl => {
            let is_kept = |rdata| before.rdata.binary_search(rdata).is_ok();
            let kept = after.rdata.iter().filter(|rdata| is_kept(rdata)).count();
            before.rdata.len().max(after.rdata.len()) - kept
        }
        (before, after) => count(before).max(count(after)),
    }
}

/// How long the last of `calls` waits where the first [`RateLimit::requests`] go at once and the others one by one.
fn wait(limit: &RateLimit, calls: usize) -> Duration {
    let late = u32::try_from(calls)
        .unwrap_or(u32::MAX)
        .saturating_sub(limit.requests);
    let nanoseconds = limit.per.as_nanos() * u128::from(late) / u128::from(limit.requests.max(1));
    Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::adapters::ADAPTERS;
    use crate::plan::order;
    use crate::plan::tests::{FULL, zone};

    fn waves(before: &[&str], after: &[&str]) -> Waves {
        let (before, after) = (zone(before), zone(after));
        order(
            crate::plan::diff(&before, &after, &FULL).changes,
            before.origin(),
        )
    }

    /// An API that writes by `granularity` and refuses a base that moved.
    fn api(granularity: Granularity, limits: &'static [RateLimit]) -> Capabilities {
        Capabilities {
            granularity,
            limits,
            detects_conflict: true,
            settle: Duration::ZERO,
            ..(ADAPTERS[0].capabilities)()
        }
    }

    #[test]
    fn calls_follow_from_granularity_and_batch() {
        let changes = waves(
            &[
                "keep 60 A 192.0.2.1",
                "keep 60 A 192.0.2.2",
                "ttl 60 A 192.0.2.1",
                "ttl 60 A 192.0.2.2",
            ],
            &[
                "keep 60 A 192.0.2.1",
                "keep 60 A 192.0.2.3",
                "ttl 90 A 192.0.2.1",
                "ttl 90 A 192.0.2.2",
                "new 60 A 192.0.2.9",
                "@ 60 NS a.",
                "@ 60 NS b.",
            ],
        );
        for (granularity, batch, writes) in [
            (Granularity::Zone, 1, 2),
            (Granularity::RecordSet, 1, 4),
            (Granularity::RecordSet, 2, 3),
            (Granularity::RecordSet, usize::MAX, 2),
            (Granularity::Record, 1, 6),
            (Granularity::Record, 100, 2),
            (Granularity::RecordSet, 0, 4),
        ] {
            let cost = Cost::of(&changes, &api(granularity, &[]), batch, false).expect("changes");
            assert_eq!(
                (cost.reads, cost.writes),
                (2, writes),
                "{granularity:?} {batch}"
            );
        }
        let mut blind = api(Granularity::Zone, &[]);
        blind.detects_conflict = false;
        blind.settle = Duration::from_secs(60);
        let cost = Cost::of(&changes, &blind, 1, true).expect("changes");
        assert_eq!((cost.reads, cost.writes, cost.calls()), (5, 3, 8));
        assert_eq!(
            (cost.time, cost.limit),
            (Duration::from_millis(60_800), None)
        );
    }

    #[test]
    fn nothing_to_do_costs_nothing_and_a_zone_to_create_does() {
        let api = api(Granularity::Zone, &[]);
        assert_eq!(Cost::of(&Waves::default(), &api, 1, false), None);
        let cost = Cost::of(&Waves::default(), &api, 1, true).expect("a zone to create");
        assert_eq!(cost.calls(), 2);
    }

    #[test]
    fn the_tightest_limit_says_how_long() {
        const WRITES: RateLimit = RateLimit {
            requests: 2,
            per: Duration::from_secs(1),
            of: Counted::Writes,
        };
        const ALL: RateLimit = RateLimit {
            requests: 1200,
            per: Duration::from_secs(300),
            of: Counted::All,
        };
        let lines: Vec<String> = (0..42).map(|i| format!("h{i} 60 A 192.0.2.1")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let changes = waves(&[], &lines);
        let cost = |limits| Cost::of(&changes, &api(Granularity::Record, limits), 1, false);
        let limited = cost(&[ALL, WRITES]).expect("changes");
        assert_eq!(
            (limited.time, limited.limit),
            (Duration::from_secs(20), Some(WRITES))
        );
        let free = cost(&[ALL]).expect("changes");
        assert_eq!((free.time, free.limit), (Duration::from_millis(4300), None));
        assert_eq!(
            [WRITES.to_string(), ALL.to_string()],
            ["2 writes/s", "1200 requests in 300 s"]
        );
    }
}
