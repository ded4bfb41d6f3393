//! What is being served: finding the nameservers of a zone, and asking all of them everything.
//!
//! Names, addresses and the delegation are found through hickory's resolver ([`nameservers`], [`delegation`]).
//! Answers come from the authoritative servers themselves, over an engine of our own ([`ask`]): queries are
//! hickory's messages, but answers are read as raw octets by [`crate::zone::message`], for two reasons. hickory
//! refuses a whole message for one record it cannot decode (a CSYNC bitmap with an unknown type, empty RDATA of
//! an unknown type), and the canonical octets are what is compared in the end; besides, one socket for each query
//! is too many when a zone has thousands of names.

mod delegation;
mod engine;
mod lane;
mod nameservers;
mod query;
mod socket;
mod stream;

pub use delegation::{Delegation, delegation, delegation_at};
pub use engine::{Ask, AskOptions, ask};
pub use nameservers::{Addressed, Resolver, nameservers, resolver};
