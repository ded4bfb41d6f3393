//! redundns keeps a DNS zone identical at several independent providers, and proves it.
//!
//! The modules in the order of the flow, from zone text to report:
//!
//! * [`zone`]: what should be served
//! * [`provider`]: the port that every adapter fills
//! * [`plan`]: what has to change
//! * [`verdict`]: do the answers agree, and are they current
//!
//! Those are pure: no file, clock, environment or socket.

pub mod plan;
pub mod provider;
pub mod verdict;
pub mod zone;
