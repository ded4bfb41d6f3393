//! Integration tests in one binary, so that the library is linked once: adapters against real servers and against
//! servers that misbehave on purpose, record data against third-party judges.

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
mod rdata_judges;
mod rdata_properties;
mod rfc2136;
