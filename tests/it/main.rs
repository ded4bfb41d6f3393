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

mod probe;
mod rfc2136;
//! Integration tests: one binary, so that the library is linked once.
#![expect(
    reason = "a test that is skipped says so by name"
mod rdata_judges;
mod rdata_properties;
#[expect(
    reason = "each test binary uses its own part of the world"
