//! A zone with changes made to it, all of them or none.

use std::collections::BTreeMap;

use crate::plan::Change;
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::{RecordKey, RecordSet, RecordType, SetRef, Zone, ZoneBuilder};

/// `zone` after `changes`, made in order. Its serial moves on even where the changes leave the SOA alone.
///
/// A set that is not as the change expects it is [`ErrorKind::Conflict`].
pub(super) fn changed(zone: &Zone, changes: &[Change]) -> Result<Zone, ProviderError> {
    let apex = zone.origin().borrow();
    let mut touched: BTreeMap<&RecordKey, Option<&RecordSet>> = BTreeMap::new();
    for change in changes {
        let key = change.key();
        if !key.owner.borrow().is_at_or_below(apex) {
            let message = format!("`{}` is not in zone `{apex}`", key.owner);
            return Err(ProviderError::new(ErrorKind::Rejected, message));
        }
        let expected = change.before();
        let moved = match touched.get(key) {
            Some(now) => *now != expected,
            None => zone
                .get(key.owner.borrow(), key.rtype)
                .map(SetRef::to_record_set)
                .as_ref()
                .ne(&expected),
        };
        if moved {
            let message = format!("record set `{key}` was changed by somebody else meanwhile");
            return Err(ProviderError::new(ErrorKind::Conflict, message));
        }
        touched.insert(key, change.after());
    }
    let soa = RecordKey {
        owner: zone.origin().clone(),
        rtype: RecordType::SOA,
    };
    let old = zone
        .get(apex, RecordType::SOA)
        .map(SetRef::to_record_set)
        .ok_or_else(|| no_soa(zone))?;
    let new = touched
        .get(&soa)
        .copied()
        .unwrap_or(Some(&old))
        .ok_or_else(|| no_soa(zone))?;
    let new = with_later_serial(&old, new);
    touched.insert(&soa, Some(&new));

    let mut builder = ZoneBuilder::new(zone.origin().clone());
    for set in zone.sets() {
        let key = set.key();
        if !touched.contains_key(&key) {
            builder.push_set(set.owner(), set.rtype(), &set.to_record_set());
        }
    }
    for (key, set) in touched {
        if let Some(set) = set {
            builder.push_set(key.owner.borrow(), key.rtype, set);
        }
    }
    Ok(builder.finish())
}

fn no_soa(zone: &Zone) -> ProviderError {
    let message = format!("zone `{}` would have no SOA record", zone.origin());
    ProviderError::new(ErrorKind::Rejected, message)
}

/// `new`, its serial after that of `old` in the arithmetic of RFC 1982.
fn with_later_serial(old: &RecordSet, new: &RecordSet) -> RecordSet {
    let (before, mut after) = (serial(old), new.clone());
    if let (Some(before), Some(wanted)) = (before, serial(new))
        && wanted.wrapping_sub(before).cast_signed() <= 0
    {
        for rdata in &mut after.rdata {
            if let Some(fields) = rdata.last_chunk_mut::<SERIAL_FROM_END>() {
                fields[..4].copy_from_slice(&before.wrapping_add(1).to_be_bytes());
            }
        }
    }
    after
}

/// SERIAL and the four timers behind it end the RDATA of a SOA.
const SERIAL_FROM_END: usize = 20;

fn serial(soa: &RecordSet) -> Option<u32> {
    let fields = soa.rdata.first()?.last_chunk::<SERIAL_FROM_END>()?;
    Some(u32::from_be_bytes(*fields.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Name;

    fn key(owner: &str, rtype: RecordType) -> RecordKey {
        RecordKey {
            owner: Name::absolute(owner).expect("a name in a test"),
            rtype,
        }
    }

    fn a(ttl: u32, last: u8) -> RecordSet {
        RecordSet::new(ttl, vec![Box::new([192, 0, 2, last])])
    }

    fn soa(serial: u32) -> RecordSet {
        let mut rdata = vec![0, 0];
        for field in [serial, 2, 3, 4, 5] {
            rdata.extend(field.to_be_bytes());
        }
        RecordSet::new(3600, vec![rdata.into()])
    }

    fn base(serial: u32) -> Zone {
        let mut builder = ZoneBuilder::new(Name::absolute("example.com").expect("a name"));
        for (key, set) in [
            (key("example.com", RecordType::SOA), soa(serial)),
            (key("www.example.com", RecordType::A), a(60, 1)),
            (key("other.example.com", RecordType::A), a(60, 9)),
        ] {
            builder.push_set(key.owner.borrow(), key.rtype, &set);
        }
        builder.finish()
    }

    fn serial_after(old: u32, changes: &[Change]) -> u32 {
        let zone = changed(&base(old), changes).expect("applied");
        let set = zone.get(zone.origin().borrow(), RecordType::SOA);
        serial(&set.expect("a SOA").to_record_set()).expect("a serial")
    }

    #[test]
    fn changes_are_made_and_nothing_else() {
        let www = key("www.example.com", RecordType::A);
        let new = key("new.example.com", RecordType::A);
        let changes = [
            Change::Create {
                key: new.clone(),
                after: a(5, 5),
            },
            Change::Replace {
                key: www.clone(),
                before: a(60, 1),
                after: a(60, 2),
            },
            Change::Delete {
                key: www,
                before: a(60, 2),
            },
        ];
        let zone = changed(&base(7), &changes).expect("applied");
        let listed: Vec<String> = zone.sets().map(|set| set.key().to_string()).collect();
        assert_eq!(
            listed,
            [
                "example.com. SOA",
                "new.example.com. A",
                "other.example.com. A"
            ]
        );
    }

    #[test]
    fn a_set_that_moved_is_a_conflict_that_names_it() {
        let www = key("www.example.com", RecordType::A);
        for change in [
            Change::Create {
                key: www.clone(),
                after: a(60, 2),
            },
            Change::Replace {
                key: www.clone(),
                before: a(61, 1),
                after: a(60, 2),
            },
            Change::Delete {
                key: www.clone(),
                before: a(60, 3),
            },
            Change::Delete {
                key: key("gone.example.com", RecordType::A),
                before: a(60, 3),
            },
        ] {
            let error = changed(&base(7), std::slice::from_ref(&change)).expect_err("moved");
            assert_eq!((error.kind, error.applied), (ErrorKind::Conflict, Some(0)));
            assert!(error.message.contains(&change.key().to_string()));
        }
    }

    #[test]
    fn the_serial_always_moves_on() {
        let to = |old, new| {
            [Change::Replace {
                key: key("example.com", RecordType::SOA),
                before: soa(old),
                after: soa(new),
            }]
        };
        assert_eq!(serial_after(7, &[]), 8);
        assert_eq!(serial_after(u32::MAX, &[]), 0);
        assert_eq!(serial_after(7, &to(7, 2_026_112_300)), 2_026_112_300);
        assert_eq!(serial_after(7, &to(7, 7)), 8);
        assert_eq!(serial_after(7, &to(7, 3)), 8);
        assert_eq!(serial_after(u32::MAX, &to(u32::MAX, 3)), 3);
    }

    #[test]
    fn what_no_zone_may_have_is_rejected() {
        let without_soa = Change::Delete {
            key: key("example.com", RecordType::SOA),
            before: soa(7),
        };
        let outside = Change::Create {
            key: key("example.org", RecordType::A),
            after: a(60, 1),
        };
        for change in [without_soa, outside] {
            let error = changed(&base(7), &[change]).expect_err("rejected");
            assert_eq!(error.kind, ErrorKind::Rejected);
        }
    }
}
