//! The zones behind a fake: canonical record sets, each with an id and a place in the order of creation.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use redundns::zone::{Name, NameRef, RecordKey, RecordSet, RecordType, Zone, ZoneBuilder};

/// Zones by origin.
#[derive(Default)]
pub struct Store(Mutex<BTreeMap<Name, Held>>);

/// One zone.
#[derive(Clone)]
pub struct Held {
    origin: Name,
    sets: Arc<BTreeMap<RecordKey, Entry>>,
    created: u64,
    /// What stood where the current change has written.
    before: BTreeMap<RecordKey, Option<Entry>>,
}

/// A record set, and when it came.
#[derive(Clone, PartialEq)]
pub struct Entry {
    /// TTL and data.
    pub set: RecordSet,
    /// Unique in the zone, larger for what came later; it stays when the set is replaced.
    pub id: u64,
}

impl Store {
    /// Puts a zone in, whole.
    pub fn add(&self, zone: &Zone) {
        let mut held = Held {
            origin: zone.origin().clone(),
            sets: Arc::default(),
            created: 0,
            before: BTreeMap::new(),
        };
        for set in zone.sets() {
            held.put(set.key(), set.to_record_set());
        }
        held.before.clear();
        self.lock().insert(held.origin.clone(), held);
    }

    /// Takes a zone out; whether it was there.
    pub fn remove(&self, origin: &Name) -> bool {
        self.lock().remove(origin).is_some()
    }

    /// The origins, sorted.
    pub fn origins(&self) -> Vec<Name> {
        self.lock().keys().cloned().collect()
    }

    /// A zone as it is now.
    pub fn get(&self, origin: &Name) -> Option<Held> {
        self.lock().get(origin).cloned()
    }

    /// The zone that a name belongs to: the one with the longest origin.
    pub fn zone_of(&self, name: NameRef<'_>) -> Option<Held> {
        let zones = self.lock();
        let mut origins = std::iter::successors(Some(name), |name| name.parent());
        origins
            .find_map(|origin| zones.get(&origin.to_name()))
            .cloned()
    }

    /// Changes a zone wholly or, where `change` fails, not at all; the serial counts on if anything differs.
    /// `None` where there is no such zone.
    pub fn change<T, E>(
        &self,
        origin: &Name,
        change: impl FnOnce(&mut Held) -> Result<T, E>,
    ) -> Option<Result<T, E>> {
        self.edit(origin, change, Held::count)
    }

    /// The same where the vendor never counts the serial on.
    pub fn change_uncounted<T, E>(
        &self,
        origin: &Name,
        change: impl FnOnce(&mut Held) -> Result<T, E>,
    ) -> Option<Result<T, E>> {
        self.edit(origin, change, |_| {})
    }

    fn edit<T, E>(
        &self,
        origin: &Name,
        change: impl FnOnce(&mut Held) -> Result<T, E>,
        count: impl FnOnce(&mut Held),
    ) -> Option<Result<T, E>> {
        let mut zones = self.lock();
        let held = zones.get_mut(origin)?;
        let created = held.created;
        let outcome = change(held);
        let before = std::mem::take(&mut held.before);
        if outcome.is_err() {
            held.created = created;
            for (key, entry) in before {
                held.set(key, entry);
            }
        } else if before
            .iter()
            .any(|(key, entry)| held.get(key) != entry.as_ref())
        {
            count(held);
        }
        Some(outcome)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Name, Held>> {
        self.0.lock().unwrap_or_else(|poison| poison.into_inner())
    }
}

impl Held {
    /// The origin.
    pub fn origin(&self) -> &Name {
        &self.origin
    }

    /// The sets in canonical order, the SOA among them.
    pub fn sets(&self) -> impl DoubleEndedIterator<Item = (&RecordKey, &Entry)> {
        self.sets.iter()
    }

    /// One set.
    pub fn get(&self, key: &RecordKey) -> Option<&Entry> {
        self.sets.get(key)
    }

    /// Creates a set or replaces it.
    pub fn put(&mut self, key: RecordKey, set: RecordSet) {
        self.created += 1;
        let new = self.created;
        let id = self.sets.get(&key).map_or(new, |entry| entry.id);
        self.change(key, Some(Entry { set, id }));
    }

    /// Deletes a set; whether it was there.
    pub fn delete(&mut self, key: &RecordKey) -> bool {
        self.change(key.clone(), None)
    }

    /// Puts an entry there or takes it out, and remembers what stood there; whether anything did.
    fn change(&mut self, key: RecordKey, entry: Option<Entry>) -> bool {
        let gone = self.set(key.clone(), entry);
        let was_there = gone.is_some();
        self.before.entry(key).or_insert(gone);
        was_there
    }

    fn set(&mut self, key: RecordKey, entry: Option<Entry>) -> Option<Entry> {
        let sets = Arc::make_mut(&mut self.sets);
        match entry {
            Some(entry) => sets.insert(key, entry),
            None => sets.remove(&key),
        }
    }

    /// The types at a name.
    pub fn types_at(&self, owner: &Name) -> Vec<RecordType> {
        let from = RecordKey {
            owner: owner.clone(),
            rtype: RecordType(0),
        };
        let keys = self.sets.range(from..).map(|(key, _)| key);
        let at_owner = keys.take_while(|key| key.owner == *owner);
        at_owner.map(|key| key.rtype).collect()
    }

    /// The zone as it is served.
    pub fn zone(&self) -> Zone {
        let mut builder = ZoneBuilder::new(self.origin.clone());
        for (key, entry) in &*self.sets {
            builder.push_set(key.owner.borrow(), key.rtype, &entry.set);
        }
        builder.finish()
    }

    fn count(&mut self) {
        let key = RecordKey {
            owner: self.origin.clone(),
            rtype: RecordType::SOA,
        };
        let Some(soa) = Arc::make_mut(&mut self.sets)
            .get_mut(&key)
            .and_then(|entry| entry.set.rdata.first_mut())
        else {
            return;
        };
        // RFC 1035, section 3.3.13: five numbers end the data, the serial is the first of them.
        let at = soa.len() - 20;
        let serial = soa[at..]
            .first_chunk()
            .copied()
            .map_or(0, u32::from_be_bytes);
        soa[at..at + 4].copy_from_slice(&serial.wrapping_add(1).to_be_bytes());
    }
}
