//! The canonical master file: one record a line, absolute names, decimal TTLs, canonical order.

use std::fmt;

use crate::zone::{Zone, rdata};

/// Writes `zone` so that reading it again gives the same zone.
pub fn print(zone: &Zone, out: &mut dyn fmt::Write) -> fmt::Result {
    for set in zone.sets() {
        let (owner, rtype) = (set.owner().to_string(), set.rtype());
        for data in set.rdata() {
            writeln!(
                out,
                "{owner} {} IN {rtype} {}",
                set.ttl(),
                rdata::to_text(rtype, data)
            )?;
        }
    }
    Ok(())
}
