//! A vendor's limits: token buckets, one for each [`RateLimit`], shared by everything that one account sends.
//!
//! Vendors count in windows that slide or in windows that begin on the minute, by the moment at which a request reaches
//! them, which nobody here knows: it lies between sending and the answer. So a token that is taken comes back only
//! when `per` has passed since the *answer*. Whatever window of length `per` one looks through, and wherever in the
//! network the requests were delayed, no more than `requests` of them lie in it. A bucket that refills at a rate would
//! let through nearly twice as many: its fill, and what trickles in meanwhile.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::provider::{Counted, RateLimit};

/// Waits that are shorter are not worth a word.
const PATIENCE: Duration = Duration::from_secs(2);

/// All limits of one account.
#[derive(Default)]
pub(super) struct Limits {
    buckets: Vec<Bucket>,
    /// Before this the vendor wants to hear nothing.
    hold: Mutex<Option<Instant>>,
}

impl Limits {
    pub(super) fn new(limits: &[RateLimit]) -> Self {
        let mut limits: Vec<&RateLimit> = limits.iter().collect();
        // What counts everything is taken last, so that reads do not queue behind writes that wait for a limit on
        // writes.
        limits.sort_by_key(|limit| limit.of == Counted::All);
        Self {
            buckets: limits.into_iter().map(Bucket::new).collect(),
            hold: Mutex::default(),
        }
    }

    /// Waits for this request's turn, first come, first served. `told` hears of a wait that takes long.
    pub(super) async fn turn(&self, reads: bool, told: impl Fn(Duration)) -> Turn<'_> {
        let mut turn = Turn(Vec::new());
        for bucket in self.buckets.iter().filter(|bucket| bucket.counts(reads)) {
            bucket.take(&told).await;
            turn.0.push(bucket);
        }
        loop {
            let hold = *self.hold.lock().expect("nothing panics while it is held");
            match hold {
                Some(until) if until > Instant::now() => wait(until, &told).await,
                _ => return turn,
            }
        }
    }

    /// Sends nothing for `pause`, because the vendor says so.
    pub(super) fn hold(&self, pause: Duration) {
        let until = Instant::now() + pause;
        let mut hold = self.hold.lock().expect("nothing panics while it is held");
        *hold = Some(hold.map_or(until, |hold| hold.max(until)));
    }
}

async fn wait(until: Instant, told: &impl Fn(Duration)) {
    let pause = until.saturating_duration_since(Instant::now());
    if pause >= PATIENCE {
        told(pause);
    }
    sleep_until(until).await;
}

/// The tokens that one request holds until it is answered, or given up.
pub(super) struct Turn<'a>(Vec<&'a Bucket>);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        for bucket in &self.0 {
            bucket.put_back();
        }
    }
}

struct Bucket {
    of: Counted,
    per: Duration,
    /// When each token can be taken, the next one first. Those of requests under way are not here.
    tokens: Mutex<VecDeque<Instant>>,
    /// Held by whoever is first; tokio lets the others in as they came.
    line: tokio::sync::Mutex<()>,
    returned: Notify,
}

impl Bucket {
    fn new(limit: &RateLimit) -> Self {
        let tokens = usize::try_from(limit.requests.max(1)).unwrap_or(usize::MAX);
        Self {
            of: limit.of,
            per: limit.per,
            tokens: Mutex::new(std::iter::repeat_n(Instant::now(), tokens).collect()),
            line: tokio::sync::Mutex::default(),
            returned: Notify::new(),
        }
    }

    fn counts(&self, reads: bool) -> bool {
        match self.of {
            Counted::All => true,
            Counted::Reads => reads,
            Counted::Writes => !reads,
        }
    }

    async fn take(&self, told: &impl Fn(Duration)) {
        let _first = self.line.lock().await;
        loop {
            let next = self.tokens().front().copied();
            match next {
                Some(at) => {
                    wait(at, told).await;
                    // Not before: whoever is given up while waiting has taken nothing.
                    self.tokens().pop_front();
                    return;
                }
                None => self.returned.notified().await,
            }
        }
    }

    fn put_back(&self) {
        self.tokens().push_back(Instant::now() + self.per);
        self.returned.notify_one();
    }

    fn tokens(&self) -> std::sync::MutexGuard<'_, VecDeque<Instant>> {
        self.tokens.lock().expect("nothing panics while it is held")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const fn limit(requests: u32, seconds: u64, of: Counted) -> RateLimit {
        RateLimit {
            requests,
            per: Duration::from_secs(seconds),
            of,
        }
    }

    /// When each request was sent, in milliseconds; one is begun every `apart`, and answered after `latency`.
    async fn sent(
        limits: &'static [RateLimit],
        reads: &[bool],
        apart: Duration,
        latency: fn(usize) -> u64,
    ) -> Vec<u128> {
        let limits = Arc::new(Limits::new(limits));
        let start = Instant::now();
        let mut requests = Vec::new();
        for (index, &reads) in reads.iter().enumerate() {
            let limits = limits.clone();
            requests.push(tokio::spawn(async move {
                let _turn = limits.turn(reads, |_| ()).await;
                let at = start.elapsed().as_millis();
                tokio::time::sleep(Duration::from_millis(latency(index))).await;
                at
            }));
            tokio::time::sleep(apart).await;
        }
        let mut all = Vec::new();
        for request in requests {
            all.push(request.await.expect("a request"));
        }
        all
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_bucket_is_spent_at_once_and_comes_back_token_by_token() {
        const LIMIT: &[RateLimit] = &[limit(3, 10, Counted::All)];
        let apart = Duration::from_secs(1);
        let sent = sent(LIMIT, &[true; 7], apart, |_| 0).await;
        assert_eq!(sent, [0, 1000, 2000, 10_000, 11_000, 12_000, 20_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_window_holds_more_than_the_limit_wherever_the_delay_was() {
        const LIMIT: &[RateLimit] = &[limit(4, 1, Counted::All), limit(9, 5, Counted::All)];
        let latency: fn(usize) -> u64 = |index| [0, 700, 20, 350, 90][index % 5];
        let sent = sent(LIMIT, &[false; 40], Duration::ZERO, latency).await;
        // A request counts at the vendor's at any moment between its sending and its answer: what was not answered when
        // a window began may lie in it, if it was sent before its end.
        let answered = |index: usize| sent[index] + u128::from(latency(index));
        for (requests, window) in [(4, 1000), (9, 5000)] {
            for begin in (0..sent.len()).map(answered) {
                let is_inside =
                    |&index: &usize| answered(index) >= begin && sent[index] < begin + window;
                let inside = (0..sent.len()).filter(is_inside).count();
                assert!(
                    inside <= requests,
                    "{inside} in {window} ms from {begin}: {sent:?}"
                );
            }
        }
        assert!(sent.is_sorted(), "first come, first served: {sent:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn reads_and_writes_are_counted_apart_where_the_vendor_does() {
        const LIMIT: &[RateLimit] = &[
            limit(5, 1, Counted::All),
            limit(1, 60, Counted::Writes),
            limit(2, 10, Counted::Reads),
        ];
        let order = [false, false, true, true, true];
        let sent = sent(LIMIT, &order, Duration::ZERO, |_| 0).await;
        assert_eq!(sent, [0, 60_000, 0, 0, 10_000]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_given_up_while_it_waits_takes_no_token() {
        const LIMIT: &[RateLimit] = &[limit(1, 10, Counted::All)];
        let limits = Limits::new(LIMIT);
        drop(limits.turn(true, |_| ()).await);
        let start = Instant::now();
        let given_up = tokio::time::timeout(Duration::from_secs(5), limits.turn(true, |_| ()));
        assert!(given_up.await.is_err());
        drop(limits.turn(true, |_| ()).await);
        assert_eq!(start.elapsed(), Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_wait_is_told_and_a_short_one_is_not() {
        const LIMIT: &[RateLimit] = &[limit(1, 12, Counted::All)];
        let limits = Limits::new(LIMIT);
        let told = Mutex::new(Vec::new());
        let tell = |pause: Duration| told.lock().expect("a list").push(pause.as_secs());
        drop(limits.turn(true, tell).await);
        drop(limits.turn(true, tell).await);
        limits.hold(Duration::from_secs(30));
        drop(limits.turn(true, tell).await);
        tokio::time::sleep(Duration::from_secs(11)).await;
        drop(limits.turn(true, tell).await);
        assert_eq!(*told.lock().expect("a list"), [12, 12, 18]);
    }
}
