//! Chance that can be repeated.

use crate::world::environment;

/// A sequence of numbers that its seed decides (xorshift64*).
pub(crate) struct Random(u64);

impl Random {
    /// From the variable `SEED`, else from the clock; said so that a failure can be repeated.
    pub(crate) fn told(what: &str) -> Self {
        let now = || {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            since.map_or(1, |since| since.as_nanos() as u64)
        };
        let seed = number("SEED").unwrap_or_else(now).max(1);
        println!("{what}: SEED={seed} repeats it");
        Self(seed)
    }

    /// Another sequence, decided by this one's seed and `number`.
    pub(crate) fn split(&self, number: u64) -> Self {
        let mut other = Self((self.0 ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15)).max(1));
        other.next();
        other
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// Less than `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        ((self.next() >> 33) as usize) % limit.max(1)
    }

    /// True this many times out of a hundred.
    pub(crate) fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of them.
    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}

/// A number from a variable of the environment.
pub(crate) fn number(variable: &str) -> Option<u64> {
    environment(variable)?.to_str()?.parse().ok()
}
