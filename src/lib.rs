//! redundns keeps a DNS zone identical at several independent providers, and proves it.
//!
//! The modules in the order of the flow, from zone text to report:
//!
//! * [`zone`]: what should be served
//! * [`provider`]: the port that every adapter fills
//! * [`plan`]: what has to change
//! * [`verdict`]: do the answers agree, and are they current
//! * [`audit`]: what is wrong with how a domain is served
//! * [`report`]: saying so
//! * [`status`]: saying so to everybody, as a page
//!
//! Those are pure: no file, clock, environment or socket. Around them stand the shells, which use the core and never
//! each other:
//!
//! * [`config`]: `zones/`, `providers/`, `redundns.toml` and the environment
//! * [`adapters`]: who can be told
//! * [`rollout`]: telling them
//! * [`probe`]: what is being served
//! * [`drill`]: losing a provider, rehearsed
//! * [`watch`]: looking again and again
//!
//! [`commands`] sequence calls to all of them; [`cli`] is what can be typed.

pub mod zone;

pub mod provider;

pub mod plan;

pub mod verdict;

pub mod audit;

pub mod report;

pub mod status;

pub mod config;

pub mod adapters;

pub mod rollout;

pub mod probe;

pub mod drill;

pub mod watch;

pub mod cli;
pub mod commands;
