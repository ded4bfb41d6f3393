//! A zone's JSON straight into a [`Zone`], record by record, without keeping the JSON.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{long, spelling};
use crate::zone::{Name, NameRef, Position, RecordKey, RecordType, Zone, ZoneBuilder, parse_into};

/// What writing needs to know again.
#[derive(Default)]
pub(super) struct Held {
    /// Contents of the records that are switched off: a set is written whole, and they must survive that.
    pub(super) disabled: HashMap<RecordKey, Vec<Box<str>>>,
    /// Whether `soa_edit_api` leaves the serial alone.
    pub(super) keeps_serial: bool,
    /// Whether it counts writes: each moves the serial by one, or to the first of the day.
    pub(super) counts_writes: bool,
    /// How many writes of this adapter came before; `None` where one of them set the serial itself.
    pub(super) own_writes: Option<u32>,
}

/// Reads the answer to `GET /zones/ID`.
pub(super) struct WholeZone<'n> {
    pub(super) origin: &'n Name,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "snake_case")]
enum Field {
    Name,
    Rrsets,
    SoaEdit,
    SoaEditApi,
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct RrSet<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(rename = "type", borrow)]
    rtype: Cow<'a, str>,
    ttl: u32,
    #[serde(borrow)]
    records: Vec<Record<'a>>,
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(borrow)]
    content: Cow<'a, str>,
    #[serde(default)]
    disabled: bool,
}

impl<'de> DeserializeSeed<'de> for WholeZone<'_> {
    type Value = (Zone, Held);

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for WholeZone<'_> {
    type Value = (Zone, Held);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a zone")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut builder = ZoneBuilder::new(self.origin.clone());
        let mut held = Held::default();
        let (mut named, mut listed) = (false, false);
        let (mut edit, mut edit_api) = (Cow::from(""), Cow::from(""));
        while let Some(field) = map.next_key()? {
            match field {
                Field::Name => {
                    let name: Cow<'de, str> = map.next_value()?;
                    if Name::absolute(&name).ok().as_ref() != Some(self.origin) {
                        return Err(A::Error::custom(format_args!(
                            "it is about the zone `{name}`"
                        )));
                    }
                    named = true;
                }
                Field::Rrsets => {
                    let sets = Sets {
                        builder: &mut builder,
                        held: &mut held,
                    };
                    map.next_value_seed(sets)?;
                    listed = true;
                }
                Field::SoaEdit => edit = map.next_value()?,
                Field::SoaEditApi => edit_api = map.next_value()?,
                Field::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if !named || !listed {
            return Err(A::Error::missing_field(if named {
                "rrsets"
            } else {
                "name"
            }));
        }
        held.keeps_serial = keeps_serial(&edit, &edit_api);
        held.counts_writes = ["DEFAULT", "INCREASE"]
            .iter()
            .any(|rule| rule.eq_ignore_ascii_case(&edit_api));
        Ok((builder.finish(), held))
    }
}

/// Whether a write through the API leaves the serial as it is: without a rule, with one that the server does not
/// know (it takes `OFF` for one), or with one that defers to an empty `soa_edit`.
fn keeps_serial(edit: &str, edit_api: &str) -> bool {
    match edit_api.to_ascii_uppercase().as_str() {
        "DEFAULT" | "INCREASE" | "EPOCH" | "SOA-EDIT-INCREASE" => false,
        "SOA-EDIT" => edit.is_empty(),
        _ => true,
    }
}

struct Sets<'b> {
    builder: &'b mut ZoneBuilder,
    held: &'b mut Held,
}

impl<'de> DeserializeSeed<'de> for Sets<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Sets<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of record sets")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let (mut owner, mut rdata) = (Vec::new(), Vec::new());
        while let Some(set) = list.next_element::<RrSet<'de>>()? {
            let fail = |why: &dyn fmt::Display| {
                A::Error::custom(format_args!("`{} {}`: {why}", set.name, set.rtype))
            };
            owner.clear();
            parse_into(set.name.as_bytes(), None, &mut owner).map_err(|error| fail(&error))?;
            let name = NameRef::trusted(&owner);
            if !name.is_at_or_below(self.builder.origin().borrow()) {
                return Err(fail(&"outside of the zone"));
            }
            let rtype: RecordType =
                spelling::read_type(&set.rtype).ok_or_else(|| fail(&"no record type"))?;
            let mut disabled = Vec::new();
            for record in &set.records {
                if record.disabled {
                    disabled.push(Box::from(&*record.content));
                    continue;
                }
                rdata.clear();
                // The reason stands first: what is long is cut at its end.
                spelling::read(rtype, &long::cut(rtype, &record.content), &mut rdata)
                    .map_err(|why| fail(&format_args!("{why}: `{}`", record.content)))?;
                self.builder
                    .push(name, rtype, set.ttl, &rdata, Position::default());
            }
            if !disabled.is_empty() {
                let key = RecordKey {
                    owner: name.to_name(),
                    rtype,
                };
                self.held.disabled.insert(key, disabled);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<(Zone, Held), String> {
        let origin = Name::absolute("example.com").expect("a name in a test");
        let mut json = serde_json::Deserializer::from_str(json);
        WholeZone { origin: &origin }
            .deserialize(&mut json)
            .map_err(|error| error.to_string())
    }

    const HEAD: &str =
        r#"{"name": "example.com.", "soa_edit": "", "soa_edit_api": "DEFAULT", "rrsets": ["#;

    #[test]
    fn a_disabled_record_is_held_and_not_shown() {
        let (zone, held) = read(&format!(
            r#"{HEAD}{{"comments": [], "name": "www.example.com.", "ttl": 60, "type": "A", "records": [
                {{"content": "192.0.2.1", "disabled": false}}, {{"content": "192.0.2.2", "disabled": true}}]}},
            {{"name": "off.example.com.", "ttl": 60, "type": "A", "records": [
                {{"content": "192.0.2.3", "disabled": true}}]}}]}}"#
        ))
        .expect("a zone");
        assert_eq!((zone.len(), zone.record_count()), (1, 1));
        let mut kept: Vec<_> = held
            .disabled
            .iter()
            .map(|(key, off)| (key.to_string(), off[0].to_string()))
            .collect();
        kept.sort();
        let expected = [
            ("off.example.com. A", "192.0.2.3"),
            ("www.example.com. A", "192.0.2.2"),
        ];
        assert_eq!(
            kept,
            expected.map(|(key, off)| (key.to_owned(), off.to_owned()))
        );
        assert!(!held.keeps_serial);
    }

    #[test]
    fn what_cannot_be_understood_is_an_error_and_never_a_smaller_zone() {
        for (sets, part) in [
            (
                r#"{"name": "w.example.com.", "ttl": 60, "type": "A", "records": [{"content": "1.2.3"}]}"#,
                "1.2.3",
            ),
            (
                r#"{"name": "w.example.com.", "ttl": 60, "type": "WHAT", "records": []}"#,
                "no record type",
            ),
            (
                r#"{"name": "w.example.net.", "ttl": 60, "type": "A", "records": []}"#,
                "outside of the zone",
            ),
            (
                r#"{"name": "w.example.com", "ttl": 60, "type": "A", "records": []}"#,
                "relative name",
            ),
            (
                r#"{"name": "w.example.com.", "type": "A", "records": []}"#,
                "ttl",
            ),
        ] {
            let error = read(&format!("{HEAD}{sets}]}}")).err().unwrap_or_default();
            assert!(error.contains(part), "{sets}: {error}");
        }
        assert!(read(r#"{"name": "example.com."}"#).is_err_and(|error| error.contains("rrsets")));
        assert!(
            read(r#"{"name": "example.net.", "rrsets": []}"#)
                .is_err_and(|error| error.contains("example.net"))
        );
    }

    #[test]
    fn who_numbers_the_zone() {
        for (edit, edit_api, keeps) in [
            ("", "DEFAULT", false),
            ("", "increase", false),
            ("", "", true),
            ("", "OFF", true),
            ("", "SOA-EDIT", true),
            ("INCEPTION-INCREMENT", "SOA-EDIT", false),
        ] {
            assert_eq!(keeps_serial(edit, edit_api), keeps, "{edit} {edit_api}");
        }
    }
}
