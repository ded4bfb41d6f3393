//! Asking again what was not right, until it is or time is up.

use std::time::Duration;

use super::Judgement;

/// The pause before each round; the last one repeats.
const PAUSES: [u64; 8] = [100, 200, 500, 1000, 2000, 4000, 8000, 15_000];

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// How long to wait first.
    pub pause: Duration,
    /// How much time is left.
    pub left: Duration,
    /// `(nameserver, question)` to ask again.
    pub pairs: Vec<(usize, usize)>,
}

/// Decides after each judgement whether to ask again. It holds no clock: the caller says how much time has passed.
#[derive(Clone, Debug)]
pub struct Settle {
    limit: Duration,
    rounds: usize,
}

impl Settle {
    /// Gives up once `limit` has passed; a limit of zero never asks again.
    pub fn new(limit: Duration) -> Self {
        Self { limit, rounds: 0 }
    }

    /// The next round, `None` when everything is right or the time is up. The last pause is shortened so that a
    /// question is asked at the limit rather than never.
    pub fn next(&mut self, judgement: &Judgement, elapsed: Duration) -> Option<Round> {
        let left = self.limit.checked_sub(elapsed)?;
        let pairs = judgement.open_pairs();
        if pairs.is_empty() || left.is_zero() {
            return None;
        }
        let pause = Duration::from_millis(PAUSES[self.rounds.min(PAUSES.len() - 1)]);
        self.rounds += 1;
        Some(Round {
            pause: pause.min(left),
            left,
            pairs,
        })
    }
}
