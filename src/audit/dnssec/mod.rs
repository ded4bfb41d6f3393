//! Would a validating resolver accept every answer of every nameserver? The codes SEC01 to SEC06.
//!
//! Shells ask with the DO bit and hand the responses over as [`Said`]; [`follow`] says what the chain of trust from
//! the root promises, [`judge`] what each server makes of it. The cryptography is hickory's and ring's; what is
//! signed, with which keys, and what denies what, is decided here, from the octets as they came.

mod algorithms;
mod anchors;
mod chain;
mod denial;
mod judge;
mod key;
mod questions;
mod servers;
mod signature;
mod signed;
mod tally;
mod verified;

pub use anchors::{anchors_of, root_anchors};
pub use chain::{Anchor, Link, Promise, Trust, follow};
pub use judge::{Examined, Witness, judge};
pub use key::{Ds, Key};
pub use questions::questions;
pub use signature::{Invalid, Signature};
pub use signed::{Said, SignedSet};

#[cfg(test)]
mod tests;
