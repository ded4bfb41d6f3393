//! Losing a provider, rehearsed: a resolver of our own asks the zone's nameservers through forwarders that misbehave
//! for a while, and lookups are made meanwhile.
//!
//! Nobody else sees the fault. The resolver is a process on loopback that cannot send anywhere else; what leaves this
//! machine is sent by the forwarders, each to the one nameserver that it stands before.

mod fault;
mod forwarder;
mod lookup;
mod names;
mod resolver;
mod schedule;

pub use fault::Fault;
pub use forwarder::Forwarder;
pub use lookup::Client;
pub use names::{Names, Wanted, names};
pub use resolver::{Installed, Resolver, installed};
pub use schedule::{Rows, Schedule, rehearse};
