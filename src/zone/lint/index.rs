//! Where each owner's sets begin, by hash: a look-up by binary search costs twenty comparisons of names.

use super::super::{NameRef, Zone};

/// Open addressing over indices of sets, at most half full.
pub(super) struct Index {
    slots: Vec<u32>,
}

const FREE: u32 = u32::MAX;

impl Index {
    pub(super) fn new(zone: &Zone) -> Self {
        let mut index = Self {
            slots: vec![FREE; (zone.len() * 2).next_power_of_two()],
        };
        let mut last = None;
        for (number, set) in zone.sets().enumerate() {
            let owner = set.owner();
            if last != Some(owner) {
                last = Some(owner);
                let mut slot = index.first_slot(owner);
                while index.slots[slot] != FREE {
                    slot = (slot + 1) & (index.slots.len() - 1);
                }
                index.slots[slot] = number as u32;
            }
        }
        index
    }

    /// The first set of `owner`.
    pub(super) fn find(&self, zone: &Zone, owner: NameRef<'_>) -> Option<usize> {
        let mut slot = self.first_slot(owner);
        loop {
            match self.slots[slot] {
                FREE => return None,
                number if zone.set(number as usize).owner() == owner => {
                    return Some(number as usize);
                }
                _ => slot = (slot + 1) & (self.slots.len() - 1),
            }
        }
    }

    fn first_slot(&self, owner: NameRef<'_>) -> usize {
        let mut hash = 0_u64;
        for chunk in owner.wire().chunks(8) {
            let mut octets = [0; 8];
            octets[..chunk.len()].copy_from_slice(chunk);
            hash = (hash.rotate_left(23) ^ u64::from_le_bytes(octets))
                .wrapping_mul(0x9e37_79b9_7f4a_7c15);
            hash ^= hash >> 29;
        }
        (hash >> 8) as usize & (self.slots.len() - 1)
    }
}
