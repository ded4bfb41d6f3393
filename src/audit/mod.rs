//! What is wrong with how a domain is served, whoever serves it.
//!
//! The shells gather [`Evidence`]: the zone cuts from the root down to the zone, what each server of the parent said
//! about the last one, and what every address of every nameserver said to each [`Probe`]. The judges, one file for
//! each family of codes, turn it into findings. Nothing here opens a socket or looks at a clock.

pub mod dnssec;
mod evidence;

pub use evidence::{
    Cut, Delegated, Evidence, Found, Glue, Heard, NsName, ParentView, Probe, Reply, ServerView,
    Target, Transfer,
};
