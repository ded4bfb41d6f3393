//! Whether somebody else wrote a zone meanwhile: the server counts writes in the serial, and this adapter its own.

use std::collections::HashMap;
use std::sync::Mutex;

use super::read::Held;
use super::write::serial_of;
use crate::provider::Snapshot;
use crate::zone::{Name, RecordType};

/// How often each zone was written; `None` once that set the serial itself.
#[derive(Default)]
pub(super) struct Written(Mutex<HashMap<Name, Option<u32>>>);

impl Written {
    pub(super) fn of(&self, zone: &Name) -> Option<u32> {
        let written = self.0.lock().expect("nobody panics with it");
        written.get(zone).copied().unwrap_or(Some(0))
    }

    pub(super) fn add(&self, zone: &Name, sets_serial: bool) {
        let mut written = self.0.lock().expect("nobody panics with it");
        let own = written.entry(zone.clone()).or_insert(Some(0));
        *own = own.map(|own| own + 1).filter(|_| !sets_serial);
    }
}

/// As the port has it.
pub(super) fn others_wrote(before: &Snapshot, after: &Snapshot) -> Option<bool> {
    let own = |snapshot: &Snapshot| {
        let held = snapshot.handles.as_ref()?.downcast_ref::<Held>()?;
        held.own_writes.filter(|_| held.counts_writes)
    };
    let serial = |snapshot: &Snapshot| {
        let zone = &snapshot.zone;
        let soa = zone.get(zone.origin().borrow(), RecordType::SOA)?;
        serial_of(soa.rdata().next()?)
    };
    let own = own(after)?.checked_sub(own(before)?)?;
    Some(writes_between(serial(before)?, serial(after)?) > own)
}

/// How many writes lie at least between two serials of a zone that counts them.
fn writes_between(before: u32, after: u32) -> u32 {
    let steps = after.wrapping_sub(before);
    // `DEFAULT` begins each day anew, with YYYYMMDD01. A hundredth write of a day may look like that.
    let (day, number) = (after / 100, after % 100);
    let is_date = matches!(day / 100 % 100, 1..=12) && matches!(day % 100, 1..=31);
    if is_date && day > before / 100 && number > 0 {
        steps.min(number)
    } else {
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_are_counted_by_the_serial() {
        for (before, after, writes) in [
            (2_026_112_301, 2_026_112_301, 0),
            (2_026_112_301, 2_026_112_303, 2),
            (1, 2_026_112_301, 1),
            (2_026_112_207, 2_026_112_302, 2),
            (7, 8, 1),
            (99, 101, 2),
            (3_000_000_098, 3_000_000_102, 4),
            (2_026_112_398, 2_026_112_400, 2),
            (2_026_112_399, 2_026_112_401, 1),
        ] {
            assert_eq!(writes_between(before, after), writes, "{before} {after}");
        }
    }
}
