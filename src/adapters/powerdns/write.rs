//! Changes as bodies of PATCH requests, and a new zone as the body of a POST.

use serde::Serialize;

use super::read::Held;
use super::spelling::{self, Spellings};
use crate::plan::Change;
use crate::zone::{Name, RecordKey, RecordSet, RecordType, SetRef, Zone};

/// The most sets in one PATCH.
pub(super) const MOST_SETS: usize = 10_000;
/// Octets after which a body is full; the server's `webserver-max-bodysize` is 2 MB unless it was changed.
const FULL: usize = 1_500_000;
/// Octets up to which a full body still takes more changes of the name it ended with.
const OVERFULL: usize = 1_900_000;
/// How many spellings a server may correct in one batch before it is believed to disagree for good.
const MOST_CORRECTIONS: usize = 64;

#[derive(Serialize)]
struct RrSet<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    rtype: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ttl: Option<u32>,
    changetype: &'static str,
    records: Vec<Record<'a>>,
}

#[derive(Serialize)]
struct Record<'a> {
    content: &'a str,
    disabled: bool,
}

/// Changes from the front of a list that fit into one request.
pub(super) struct Batch<'a> {
    changes: &'a [Change],
    deletions: Vec<u8>,
    writes: Vec<u8>,
    spellings: &'a mut Spellings,
    soa: Vec<u8>,
}

impl<'a> Batch<'a> {
    /// As many of `changes` as fit. Changes of one name stay together where they stand together, so that a CNAME
    /// and what takes its place change in one step.
    pub(super) fn take(changes: &'a [Change], held: &Held, spellings: &'a mut Spellings) -> Self {
        let mut batch = Batch {
            changes: &[],
            deletions: Vec::new(),
            writes: Vec::new(),
            spellings,
            soa: Vec::new(),
        };
        let mut taken = 0;
        for (index, change) in changes.iter().enumerate() {
            let size = batch.deletions.len() + batch.writes.len();
            let is_full = size >= FULL || index >= MOST_SETS;
            let continues = size < OVERFULL
                && index > 0
                && changes[index - 1].key().owner == change.key().owner;
            if is_full && !continues {
                break;
            }
            batch.add(change, held);
            taken = index + 1;
        }
        batch.changes = &changes[..taken];
        batch
    }

    /// The changes it holds.
    pub(super) fn changes(&self) -> &'a [Change] {
        self.changes
    }

    fn add(&mut self, change: &Change, held: &Held) {
        let key = change.key();
        if is_soa(key) && change.after().is_some() {
            // It goes in with its serial.
            return;
        }
        let off = held.disabled.get(key).map_or(&[][..], Vec::as_slice);
        let set = Body {
            key,
            ttl: change.after().or(change.before()).map(|set| set.ttl),
            rdata: change.after().map_or(&[][..], |set| &set.rdata),
            off,
        };
        // A request happens in one step, so deletions may come first in it, and must: the server refuses data
        // beside a CNAME that is still there.
        let out = if change.after().is_some() {
            &mut self.writes
        } else {
            &mut self.deletions
        };
        set.append(self.spellings, out);
    }

    /// Puts the SOA `set` in, with the successor of `serial` unless its own is newer already.
    pub(super) fn number(&mut self, zone: &Name, set: &RecordSet, serial: u32) {
        let key = RecordKey {
            owner: zone.clone(),
            rtype: RecordType::SOA,
        };
        let rdata: Vec<Box<[u8]>> = set
            .rdata
            .iter()
            .map(|rdata| numbered(rdata, serial))
            .collect();
        self.soa.clear();
        Body {
            key: &key,
            ttl: Some(set.ttl),
            rdata: &rdata,
            off: &[],
        }
        .append(self.spellings, &mut self.soa);
    }

    /// The request's body.
    pub(super) fn body(&self) -> Vec<u8> {
        let parts = [&self.deletions, &self.writes, &self.soa];
        let mut body = Vec::with_capacity(parts.iter().map(|part| part.len() + 16).sum());
        body.extend_from_slice(b"{\"rrsets\":[");
        for part in parts {
            body.extend_from_slice(part);
        }
        // Each set ends with a comma.
        if body.last() == Some(&b',') {
            body.pop();
        }
        body.extend_from_slice(b"]}");
        body
    }

    /// Learns from a refusal how the server spells a record; whether it is worth trying again.
    pub(super) fn respell(&mut self, said: &str) -> bool {
        let changes = self.changes;
        self.spellings.corrections() < MOST_CORRECTIONS
            && changes.iter().any(|change| {
                let rdata = change.after().map_or(&[][..], |set| &set.rdata);
                rdata
                    .iter()
                    .any(|rdata| self.spellings.learn(change.key(), rdata, said))
            })
    }
}

struct Body<'a> {
    key: &'a RecordKey,
    ttl: Option<u32>,
    rdata: &'a [Box<[u8]>],
    off: &'a [Box<str>],
}

impl Body<'_> {
    fn append(&self, spellings: &Spellings, out: &mut Vec<u8>) {
        let mut text = String::new();
        let ends: Vec<usize> = self
            .rdata
            .iter()
            .map(|rdata| {
                spellings.append(self.key, rdata, &mut text);
                text.len()
            })
            .collect();
        let mut start = 0;
        let on = ends.into_iter().map(|end| {
            let content = &text[start..end];
            start = end;
            Record {
                content,
                disabled: false,
            }
        });
        let off = self.off.iter().map(|content| Record {
            content,
            disabled: true,
        });
        let records: Vec<Record<'_>> = on.chain(off).collect();
        let is_deletion = records.is_empty();
        let set = RrSet {
            name: &self.key.owner.to_string(),
            rtype: &spelling::type_name(self.key.rtype),
            ttl: self.ttl.filter(|_| !is_deletion),
            changetype: if is_deletion { "DELETE" } else { "REPLACE" },
            records,
        };
        serde_json::to_writer(&mut *out, &set).expect("strings and numbers into memory");
        out.push(b',');
    }
}

fn is_soa(key: &RecordKey) -> bool {
    key.rtype == RecordType::SOA
}

/// Where the serial stands in an SOA's data: 20 octets from the end (RFC 1035, section 3.3.13).
pub(super) fn serial_of(rdata: &[u8]) -> Option<u32> {
    let at = rdata.len().checked_sub(20)?;
    rdata[at..].first_chunk().copied().map(u32::from_be_bytes)
}

fn numbered(rdata: &[u8], current: u32) -> Box<[u8]> {
    let mut rdata: Box<[u8]> = rdata.into();
    if let Some(own) = serial_of(&rdata) {
        // RFC 1982, section 3.2.
        let ahead = own.wrapping_sub(current);
        let is_newer = ahead != 0 && ahead < 1 << 31;
        let serial = if is_newer {
            own
        } else {
            current.wrapping_add(1)
        };
        let at = rdata.len() - 20;
        rdata[at..at + 4].copy_from_slice(&serial.to_be_bytes());
    }
    rdata
}

/// The SOA that goes along with writes, if any has to.
pub(super) struct Soa {
    current: Option<RecordSet>,
    keeps_serial: bool,
}

impl Soa {
    pub(super) fn of(zone: &Zone, held: &Held) -> Self {
        let set = zone.get(zone.origin().borrow(), RecordType::SOA);
        Self {
            current: set.map(SetRef::to_record_set),
            keeps_serial: held.keeps_serial,
        }
    }

    /// What to send with `changes`: the SOA among them, or the one there is if nobody else counts.
    pub(super) fn due(&mut self, changes: &[Change]) -> Option<RecordSet> {
        let own = changes
            .iter()
            .rfind(|change| is_soa(change.key()))
            .and_then(Change::after);
        if let Some(set) = own {
            self.current = Some(set.clone());
            return self.current.clone();
        }
        self.current.clone().filter(|_| self.keeps_serial)
    }
}

/// The body that creates `desired` with its SOA and apex NS alone. `DEFAULT` numbers each write by date, or by one.
pub(super) fn new_zone(desired: &Zone) -> Vec<u8> {
    let spellings = Spellings::default();
    let mut body =
        br#"{"kind":"Native","soa_edit_api":"DEFAULT","nameservers":[],"name":"#.to_vec();
    serde_json::to_writer(&mut body, &desired.origin().to_string()).expect("a string into memory");
    body.extend_from_slice(b",\"rrsets\":[");
    let apex = desired.at(desired.origin().borrow());
    for set in apex.filter(|set| [RecordType::SOA, RecordType::NS].contains(&set.rtype())) {
        Body {
            key: &set.key(),
            ttl: Some(set.ttl()),
            rdata: &set.to_record_set().rdata,
            off: &[],
        }
        .append(&spellings, &mut body);
    }
    if body.last() == Some(&b',') {
        body.pop();
    }
    body.extend_from_slice(b"]}");
    body
}
