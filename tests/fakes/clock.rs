//! Time as a vendor counts it, and throttles by it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Runs as fast as it is told; copies of one clock show the same time.
#[derive(Clone)]
pub struct Clock {
    start: Instant,
    speed: u32,
    ahead: Arc<Mutex<Duration>>,
}

impl Clock {
    /// A clock on which `speed` seconds pass in one; 0 stands still.
    pub fn times(speed: u32) -> Self {
        Self {
            start: Instant::now(),
            speed,
            ahead: Arc::default(),
        }
    }

    /// Time since the start.
    pub fn now(&self) -> Duration {
        self.start.elapsed() * self.speed + *self.ahead.lock().expect("no panic while held")
    }

    /// Sets it forward.
    pub fn advance(&self, by: Duration) {
        *self.ahead.lock().expect("no panic while held") += by;
    }
}

/// At most this many requests in this many seconds.
pub type Rate = (usize, u64);

/// Counts requests in sliding windows, one account or zone a bucket.
pub struct Throttle {
    clock: Clock,
    seen: Mutex<HashMap<String, VecDeque<Duration>>>,
}

impl Throttle {
    /// Nothing counted yet.
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            seen: Mutex::default(),
        }
    }

    /// Counts a request against every rate of a bucket, or says how long to wait where one is used up; a request
    /// that has to wait is not counted.
    pub fn take(&self, bucket: &str, rates: &[Rate]) -> Result<(), Duration> {
        let now = self.clock.now();
        let mut seen = self.seen.lock().expect("no panic while held");
        let seen = seen.entry(bucket.to_owned()).or_default();
        let longest = rates.iter().map(|rate| rate.1).max().unwrap_or(0);
        while seen
            .front()
            .is_some_and(|&at| at + Duration::from_secs(longest) <= now)
        {
            seen.pop_front();
        }
        for &(requests, seconds) in rates {
            let Some(index) = seen.len().checked_sub(requests) else {
                continue;
            };
            let free = seen[index] + Duration::from_secs(seconds);
            if let Some(wait) = free.checked_sub(now).filter(|wait| !wait.is_zero()) {
                return Err(wait);
            }
        }
        seen.push_back(now);
        Ok(())
    }
}
