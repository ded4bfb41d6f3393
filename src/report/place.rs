//! Where in the zone file the record sets stand that a report is about, so that it can be pointed at.

use super::data::{Place, ZoneReport};
use crate::zone::rdata::to_text;
use crate::zone::{Name, RecordType, Zone};

impl ZoneReport {
    /// Notes where the records of `zone`, read from a file, stand that changes and differences are about.
    pub fn place(&mut self, zone: &Zone) {
        let changes = self
            .providers
            .iter_mut()
            .flat_map(|provider| &mut provider.changes);
        for change in changes {
            let held = change.before.as_ref();
            let held = held.map_or(&[][..], |before| &before.rdata);
            change.place = place(zone, &change.name, &change.rtype, held);
        }
        for difference in &mut self.differences {
            let wrong = difference.answers.iter().find(|answer| !answer.current);
            let served = wrong.map_or(&[][..], |answer| &answer.rdata);
            difference.place = place(zone, &difference.name, &difference.rtype, served);
        }
    }
}

/// The first record of the set in the file that is not among `held`; of a set that is, its first record.
fn place(zone: &Zone, name: &str, rtype: &str, held: &[String]) -> Place {
    let key = Name::absolute(name).ok().zip(rtype.parse().ok());
    let set = key.and_then(|(name, rtype): (Name, RecordType)| zone.get(name.borrow(), rtype));
    let Some(set) = set else {
        return Place::default();
    };
    let is_new = |rdata: &[u8]| !held.contains(&to_text(set.rtype(), rdata));
    let records = set.rdata().zip(set.positions());
    let at = records
        .filter(|(rdata, at)| at.line > 0 && is_new(rdata))
        .map(|(_, at)| at)
        .min_by_key(|at| (at.file, at.line))
        .unwrap_or_else(|| set.position());
    if at.line == 0 {
        return Place::default();
    }
    Place {
        file: zone.files().get(usize::from(at.file)).cloned(),
        line: Some(at.line),
        column: Some(at.column),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{AnswerEntry, ChangeEntry, Difference, ProviderReport, SetEntry};
    use super::*;
    use crate::zone::{Includes, Source, parse};

    struct Nothing;

    impl Includes for Nothing {
        fn load(&self, _: &str, path: &str) -> Result<(String, Vec<u8>), String> {
            Err(path.to_owned())
        }
    }

    #[test]
    fn the_record_that_is_not_there_is_pointed_at() {
        let text = "$TTL 60\n@ SOA a. b. 1 2 3 4 5\n@ NS a.\nwww A 192.0.2.1\n\tA 192.0.2.2\n";
        let source = Source {
            name: "zones/example.com.zone",
            text: text.as_bytes(),
        };
        let origin = Name::absolute("example.com").expect("a name");
        let zone = parse(&source, origin, &Nothing).zone;
        let at = |rdata: &[&str]| {
            let rdata: Vec<String> = rdata.iter().map(ToString::to_string).collect();
            let served = AnswerEntry {
                kind: "records".to_owned(),
                rdata: rdata.clone(),
                ..AnswerEntry::default()
            };
            let mut report = ZoneReport {
                differences: vec![Difference {
                    name: "WWW.example.com.".to_owned(),
                    rtype: "A".to_owned(),
                    answers: vec![served],
                    ..Difference::default()
                }],
                providers: vec![ProviderReport {
                    changes: vec![ChangeEntry {
                        name: "www.example.com.".to_owned(),
                        rtype: "A".to_owned(),
                        before: Some(SetEntry { ttl: 60, rdata }),
                        ..ChangeEntry::default()
                    }],
                    ..ProviderReport::default()
                }],
                ..ZoneReport::default()
            };
            report.place(&zone);
            let place = &report.differences[0].place;
            assert_eq!(*place, report.providers[0].changes[0].place);
            (place.file.clone(), place.line)
        };
        let file = || Some("zones/example.com.zone".to_owned());
        assert_eq!(at(&["192.0.2.1"]), (file(), Some(5)));
        assert_eq!(at(&["192.0.2.1", "192.0.2.2"]), (file(), Some(4)));
        assert_eq!(at(&[]), (file(), Some(4)));
        assert_eq!(
            place(&zone, "gone.example.com.", "A", &[]),
            Place::default()
        );
    }
}
