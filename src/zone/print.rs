//! Zones as text that every nameserver reads back.

use std::fmt;

use super::{Zone, rdata};

/// One record a line, `owner TTL IN TYPE RDATA`: names absolute, TTLs in decimal, canonical order.
pub fn print(zone: &Zone, out: &mut dyn fmt::Write) -> fmt::Result {
    let mut line = String::new();
    for set in zone.sets() {
        let head = format!("{} {} IN {} ", set.owner(), set.ttl(), set.rtype());
        for octets in set.rdata() {
            line.clear();
            line.push_str(&head);
            rdata::append_as_text(set.rtype(), octets, &mut line);
            line.push('\n');
            out.write_str(&line)?;
        }
    }
    Ok(())
}
