//! Integration tests: one binary, so that the library is linked once.

#![expect(
    clippy::print_stderr,
    reason = "a test that is skipped says so by name"
)]

mod rdata_judges;
mod rdata_properties;
#[path = "../world/mod.rs"]
#[expect(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its own part of the world"
)]
mod world;
mod zone_properties;
mod zone_text;
