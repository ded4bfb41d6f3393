//! What is being served: finding the nameservers of a zone, and asking all of them everything.
//!
//! Names, addresses and the delegation are found through hickory's resolver ([`nameservers`], [`delegation`]).
//! Answers come from the authoritative servers themselves, over an engine of our own ([`ask`]): queries are
//! hickory's messages, but answers are read as raw octets by [`crate::zone::message`], for two reasons. hickory
//! refuses a whole message for one record it cannot decode (a CSYNC bitmap with an unknown type, empty RDATA of
//! an unknown type), and the canonical octets are what is compared in the end; besides, one socket for each query
//! is too many when a zone has thousands of names.
//!
//! An audit asks more: [`Walker`] finds its way from the root without any resolver, and [`Gather`] collects what every
//! server says to the odd questions that [`exchange`] carries, one of any shape at a time.

mod battery;
mod delegation;
mod engine;
mod exchange;
mod first;
mod gather;
mod hints;
mod lane;
mod nameservers;
mod query;
mod signed;
mod socket;
mod stream;
mod walk;

pub use battery::{transfer, transfer_within};
pub use delegation::{Delegation, delegation, delegation_at, zone_of};
pub use engine::{Ask, AskOptions, ask, ask_each};
pub use exchange::{EdnsShape, PATIENCE, Query, exchange, exchange_whole};
pub use gather::Gather;
pub use hints::{hints_of, root_hints};
pub use nameservers::{Addressed, Resolver, nameservers, resolver};
pub use signed::{Signed, signed};
pub use walk::{Stop, Walker};
