//! Changes of the past, seen against what is held now.

use super::Entry;
use crate::zone::{Name, RecordKey, RecordSet, RecordType, SetRef, Zone, rdata};

/// What a change was, read from a journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Past {
    /// Which set.
    pub key: RecordKey,
    /// What was there.
    pub before: Option<RecordSet>,
    /// What was written.
    pub after: Option<RecordSet>,
}

/// How a record set is now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// As it was before the change.
    Before,
    /// As the change made it.
    After,
    /// As somebody else made it.
    Other,
}

impl Past {
    /// Reads a journal's entry; an error where it says what no name, type or record data can be.
    pub fn read(entry: &Entry) -> Result<Self, String> {
        let owner =
            Name::absolute(&entry.name).map_err(|error| format!("`{}`: {error}", entry.name))?;
        let rtype: RecordType = entry
            .rtype
            .parse()
            .map_err(|_| format!("`{}` is no record type", entry.rtype))?;
        let set = |set: &super::Set| {
            let rdata = set.rdata.iter().map(|text| {
                rdata::from_text(rtype, text, None)
                    .map(Vec::into_boxed_slice)
                    .map_err(|error| format!("`{text}`: {error}"))
            });
            Ok::<_, String>(RecordSet::new(set.ttl, rdata.collect::<Result<_, _>>()?))
        };
        Ok(Self {
            before: entry.before.as_ref().map(set).transpose()?,
            after: entry.after.as_ref().map(set).transpose()?,
            key: RecordKey { owner, rtype },
        })
    }

    /// How the record set is in `zone`.
    pub fn standing(&self, zone: &Zone) -> Standing {
        let now = zone.get(self.key.owner.borrow(), self.key.rtype);
        if self.is(self.after.as_ref(), now) {
            Standing::After
        } else if self.is(self.before.as_ref(), now) {
            Standing::Before
        } else {
            Standing::Other
        }
    }

    fn is(&self, then: Option<&RecordSet>, now: Option<SetRef<'_>>) -> bool {
        match (then, now) {
            (None, None) => true,
            (Some(then), Some(now)) if self.key.rtype == RecordType::SOA => {
                let serialless = |rdata: &[u8]| without_serial(rdata);
                then.ttl == now.ttl()
                    && then
                        .rdata
                        .iter()
                        .map(|own| serialless(own))
                        .eq(now.rdata().map(serialless))
            }
            (Some(then), Some(now)) => {
                let then_rdata = then.rdata.iter().map(AsRef::as_ref);
                then.ttl == now.ttl() && rdata::same_set(self.key.rtype, then_rdata, now.rdata())
            }
            _ => false,
        }
    }
}

/// A SOA but for the serial, which is each provider's own business and stands twenty octets before the end.
fn without_serial(soa: &[u8]) -> Vec<u8> {
    let at = soa.len().saturating_sub(20);
    let (names, rest) = soa.split_at(at);
    [names, rest.get(4..).unwrap_or_default()].concat()
}

#[cfg(test)]
mod tests {
    use super::super::Set;
    use super::*;
    use crate::zone::{NoIncludes, Source, parse};

    fn zone(text: &str) -> Zone {
        let source = Source {
            name: "test",
            text: text.as_bytes(),
        };
        parse(
            &source,
            Name::absolute("example.com").expect("a name"),
            &NoIncludes,
        )
        .zone
    }

    fn past(name: &str, rtype: &str, before: Option<&str>, after: Option<&str>) -> Past {
        let set = |text: &str| Set {
            ttl: 60,
            rdata: vec![text.to_owned()],
        };
        let entry = Entry {
            name: name.to_owned(),
            rtype: rtype.to_owned(),
            before: before.map(set),
            after: after.map(set),
        };
        Past::read(&entry).expect("sound")
    }

    #[test]
    fn a_record_set_is_as_before_as_written_or_somebody_elses() {
        let now = zone("@ 60 SOA a. b. 7 1 2 3 4\nwww 60 A 192.0.2.1\nt 60 TXT a b\n");
        let (one, two, three) = (Some("192.0.2.1"), Some("192.0.2.2"), Some("192.0.2.3"));
        for (past, standing) in [
            (past("www.example.com.", "A", two, one), Standing::After),
            (past("www.example.com.", "A", one, two), Standing::Before),
            (past("www.example.com.", "A", one, None), Standing::Before),
            (past("www.example.com.", "A", three, two), Standing::Other),
            (past("www.example.com.", "A", three, None), Standing::Other),
            (past("gone.example.com.", "A", one, None), Standing::After),
            (past("gone.example.com.", "A", None, one), Standing::Before),
            (past("gone.example.com.", "A", one, two), Standing::Other),
            // The serial and the cut of a text are nobody's change.
            (
                past(
                    "example.com.",
                    "SOA",
                    Some("a. b. 1 1 2 3 5"),
                    Some("a. b. 2 1 2 3 4"),
                ),
                Standing::After,
            ),
            (
                past("t.example.com.", "TXT", None, Some("\"ab\"")),
                Standing::After,
            ),
        ] {
            assert_eq!(past.standing(&now), standing, "{past:?}");
        }
    }

    #[test]
    fn what_is_no_record_is_an_error() {
        for (name, rtype, data) in [
            ("www.example.com.", "A", "here"),
            ("www.example.com.", "BOGUS", "1"),
            ("a..b", "A", "192.0.2.1"),
        ] {
            let entry = Entry {
                name: name.to_owned(),
                rtype: rtype.to_owned(),
                before: None,
                after: Some(Set {
                    ttl: 60,
                    rdata: vec![data.to_owned()],
                }),
            };
            assert!(Past::read(&entry).is_err(), "{name} {rtype} {data}");
        }
    }
}
