//! Integration tests: one binary, so that the library is linked once.

#[allow(
    dead_code,
    unreachable_pub,
    clippy::print_stderr,
    reason = "the harness serves several test binaries, none of which needs all of it, and a skipped test says so by name"
)]
#[path = "../world/mod.rs"]
mod world;

mod browser;
mod cli;
mod embedded;
mod exec;
mod faults;
mod fuzzed;
mod http;
mod packaging;
mod powerdns;
mod probe;
mod rdata_judges;
mod rdata_properties;
mod rfc2136;
mod rollout;
mod safety;
mod saved_properties;
mod schema;
mod secrets;
mod status;
mod tidy;
mod zone_properties;
mod zone_text;
