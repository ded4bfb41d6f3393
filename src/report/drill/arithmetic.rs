//! What follows from who serves the zone, without asking anybody.

use serde::{Deserialize, Serialize};

use crate::audit::{Dimension, FIRST_WAIT, Loss, Redundancy};

/// The loss of one provider by numbers of addresses.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ArithmeticEntry {
    /// Addresses of nameservers.
    pub servers: usize,
    /// Those that are lost with the provider.
    pub lost: usize,
    /// Those that are left.
    pub left: usize,
    /// Whether the zone is still served.
    pub survived: bool,
    /// The share of cold lookups that ask a dead server first, from 0 to 1.
    pub cold_share: f64,
    /// How long such a lookup waits, in seconds, from and to.
    pub first_wait_seconds: (f64, f64),
    /// The share of cold lookups that get a wrong answer where the provider is stale and not dead, from 0 to 1.
    pub stale_share: f64,
    /// What the figures take for granted.
    pub assumptions: Vec<String>,
}

impl ArithmeticEntry {
    /// What losing the provider `down` comes to.
    pub fn of(redundancy: &Redundancy, down: &str) -> Self {
        let loss = redundancy
            .of(Dimension::Provider)
            .find(|loss| loss.thing.name == down);
        let share = |of: &dyn Fn(&Loss) -> f64| loss.map_or(0.0, of);
        let left = loss.map_or(redundancy.sound, |loss| loss.left);
        Self {
            servers: redundancy.servers,
            lost: loss.map_or(0, |loss| loss.lost),
            left,
            survived: left > 0,
            cold_share: share(&|loss| redundancy.cold_share(loss)),
            first_wait_seconds: FIRST_WAIT,
            stale_share: share(&|loss| redundancy.stale_share(loss)),
            assumptions: [
                "every nameserver that is left answers as the zone file says; `check` asks them",
                "a resolver picks among all addresses alike; those that prefer the nearest do better or worse",
                "a wait as four resolvers had it in a laboratory, 95th percentile; later lookups avoid the dead server",
            ]
            .map(str::to_owned)
            .to_vec(),
        }
    }
}
