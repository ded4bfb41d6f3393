//! Adapters against real servers and against servers that misbehave on purpose.

#[allow(
    dead_code,
    unreachable_pub,
    clippy::print_stderr,
    reason = "the harness serves several test binaries, none of which needs all of it"
)]
#[path = "../world/mod.rs"]
mod world;

mod embedded;
mod http;
mod powerdns;
mod rfc2136;
