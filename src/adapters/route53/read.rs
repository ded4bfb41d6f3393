//! What the API lists: hosted zones, and record sets into a [`Zone`](crate::zone::Zone).

use std::collections::HashMap;

use super::spelling;
use super::xml::Element;
use crate::adapters::http::segment;
use crate::provider::Opaque;
use crate::zone::{Name, Position, RecordKey, RecordType, ZoneBuilder};

/// One hosted zone of the account.
pub(super) struct HostedZone {
    /// Without `/hostedzone/`.
    pub(super) id: String,
    pub(super) name: Name,
    pub(super) is_private: bool,
}

impl HostedZone {
    pub(super) fn read(zone: &Element) -> Result<Self, String> {
        let name = required(zone, "Name")?;
        let config = zone.child("Config");
        Ok(Self {
            id: bare_id(required(zone, "Id")?).to_owned(),
            name: spelling::read_name(name).map_err(|why| format!("zone `{name}`: {why}"))?,
            is_private: config.and_then(|config| config.text_of("PrivateZone")) == Some("true"),
        })
    }
}

/// An id without the path it may come with, as in `/hostedzone/Z1` and `/change/C1`.
pub(super) fn bare_id(id: &str) -> &str {
    id.rsplit_once('/').map_or(id, |(_, id)| id)
}

/// The text of a child that has to be there.
pub(super) fn required<'e>(parent: &'e Element, name: &str) -> Result<&'e str, String> {
    parent
        .text_of(name)
        .ok_or_else(|| format!("`{}` without `{name}`", parent.name()))
}

/// The cursor to the next page, as a query; `None` after the last one.
pub(super) fn next_page(page: &Element, cursor: &[(&str, &str)]) -> Result<Option<String>, String> {
    match required(page, "IsTruncated")? {
        "true" => {}
        "false" => return Ok(None),
        other => return Err(format!("`IsTruncated` is `{other}`")),
    }
    let mut query = String::new();
    for (parameter, element) in cursor {
        if let Some(value) = page.text_of(element).filter(|value| !value.is_empty()) {
            query.push('&');
            query.push_str(parameter);
            query.push('=');
            query.push_str(&segment(value));
        }
    }
    if query.is_empty() {
        return Err("more is to come and it does not say where from".to_owned());
    }
    Ok(Some(query))
}

/// The elements of a record set that a zone file can say.
const PLAIN: [&str; 4] = ["Name", "Type", "TTL", "ResourceRecords"];

/// Record sets being read, page by page.
pub(super) struct Sets {
    pub(super) builder: ZoneBuilder,
    /// Values of the sets that the API spells otherwise than this adapter: a deletion must repeat them.
    pub(super) spelled: HashMap<RecordKey, Vec<String>>,
    pub(super) opaque: Vec<Opaque>,
}

impl Sets {
    pub(super) fn new(origin: &Name) -> Self {
        Self {
            builder: ZoneBuilder::new(origin.clone()),
            spelled: HashMap::new(),
            opaque: Vec::new(),
        }
    }

    /// Takes in a `ResourceRecordSet`.
    pub(super) fn add(&mut self, set: &Element) -> Result<(), String> {
        let (name, rtype) = (required(set, "Name")?, required(set, "Type")?);
        let fail = |why: &str| format!("`{name} {rtype}`: {why}");
        let owner = spelling::read_name(name).map_err(|why| fail(&why))?;
        if !owner
            .borrow()
            .is_at_or_below(self.builder.origin().borrow())
        {
            return Err(fail("outside of the zone"));
        }
        let rtype: RecordType = rtype.parse().map_err(|_| fail("no record type"))?;
        let key = RecordKey { owner, rtype };
        if let Some(what) = beyond_zone_files(set) {
            // The sets of one policy share name and type.
            if self.opaque.last().is_none_or(|last| last.key != key) {
                self.opaque.push(Opaque { key, what });
            }
            return Ok(());
        }
        let ttl = required(set, "TTL")?;
        let ttl: u32 = ttl.parse().map_err(|_| fail("its TTL is no number"))?;
        let mut data = Vec::new();
        let (mut values, mut is_spelled_otherwise) = (Vec::new(), false);
        for record in set.list("ResourceRecords") {
            let value = required(record, "Value").map_err(|why| fail(&why))?;
            data.clear();
            spelling::read_value(rtype, value, &mut data)
                .map_err(|why| fail(&format!("`{value}`: {why}")))?;
            is_spelled_otherwise |= spelling::value(rtype, &data) != value;
            values.push(value.to_owned());
            self.builder
                .push(key.owner.borrow(), rtype, ttl, &data, Position::default());
        }
        if values.is_empty() {
            return Err(fail("no value"));
        }
        if is_spelled_otherwise {
            self.spelled.insert(key, values);
        }
        Ok(())
    }
}

/// What makes a record set more than a zone file can say, as the end of a sentence.
fn beyond_zone_files(set: &Element) -> Option<String> {
    let is = |name| set.child(name).is_some();
    if let Some(target) = set.child("AliasTarget") {
        let target = target.text_of("DNSName").unwrap_or_default();
        return Some(format!("an alias of `{target}`"));
    }
    for (element, what) in [
        ("TrafficPolicyInstanceId", "made by a traffic policy"),
        ("Weight", "weighted"),
        ("Region", "answered by latency"),
        ("GeoLocation", "answered by location"),
        ("GeoProximityLocation", "answered by proximity"),
        ("CidrRoutingConfig", "answered by the client's network"),
        ("Failover", "part of a failover"),
        ("MultiValueAnswer", "a multivalue answer"),
        ("HealthCheckId", "bound to a health check"),
    ] {
        if is(element) {
            return Some(what.to_owned());
        }
    }
    // Whatever AWS adds next is not ours to change either.
    set.children()
        .find(|child| !PLAIN.contains(&child.name()))
        .map(|other| format!("one with `{}`", other.name()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(sets: &str) -> Result<Sets, String> {
        let origin = Name::absolute("example.com").expect("a name in a test");
        let root = Element::parse(format!("<Sets>{sets}</Sets>").as_bytes())?;
        let mut read = Sets::new(&origin);
        for set in root.children() {
            read.add(set)?;
        }
        Ok(read)
    }

    fn set(name: &str, rtype: &str, more: &str) -> String {
        format!(
            "<ResourceRecordSet><Name>{name}</Name><Type>{rtype}</Type>{more}</ResourceRecordSet>"
        )
    }

    fn values(ttl: u32, values: &[&str]) -> String {
        let mut records = String::new();
        for value in values {
            records += &format!("<ResourceRecord><Value>{value}</Value></ResourceRecord>");
        }
        format!("<TTL>{ttl}</TTL><ResourceRecords>{records}</ResourceRecords>")
    }

    #[test]
    fn other_spellings_are_kept_for_deletions() {
        let sets = [
            set("\\052.example.com.", "A", &values(60, &["192.0.2.1"])),
            set("a.example.com.", "AAAA", &values(60, &["2001:0db8::1"])),
            set("n.example.com.", "NS", &values(60, &["ns.example.net"])),
        ];
        let read = read(&sets.concat()).expect("record sets");
        let mut spelled: Vec<String> = read
            .spelled
            .iter()
            .map(|(key, values)| format!("{key} {}", values.join(" ")))
            .collect();
        spelled.sort();
        assert_eq!(
            spelled,
            [
                "a.example.com. AAAA 2001:0db8::1",
                "n.example.com. NS ns.example.net"
            ]
        );
        let zone = read.builder.finish();
        assert_eq!(zone.len(), 3);
        let wildcard = zone.sets().find(|set| set.owner().is_wildcard());
        assert!(wildcard.is_some(), "the octal escape is a wildcard");
    }

    #[test]
    fn what_no_zone_file_can_say_is_seen_and_kept_apart() {
        let weighted = |id: &str| {
            format!(
                "<SetIdentifier>{id}</SetIdentifier><Weight>1</Weight>{}",
                values(60, &["192.0.2.1"])
            )
        };
        let alias = "<AliasTarget><HostedZoneId>Z2</HostedZoneId><DNSName>lb.example.net.</DNSName>\
                     <EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget>";
        let sets = [
            set("example.com.", "A", alias),
            set("w.example.com.", "A", &weighted("one")),
            set("w.example.com.", "A", &weighted("two")),
            set(
                "h.example.com.",
                "A",
                &format!(
                    "{}<HealthCheckId>x</HealthCheckId>",
                    values(60, &["192.0.2.1"])
                ),
            ),
            set(
                "new.example.com.",
                "A",
                &format!("<Novelty/>{}", values(60, &["192.0.2.1"])),
            ),
        ];
        let read = read(&sets.concat()).expect("record sets");
        assert!(read.builder.finish().is_empty());
        let opaque: Vec<String> = read
            .opaque
            .iter()
            .map(|opaque| format!("{} is {}", opaque.key, opaque.what))
            .collect();
        assert_eq!(
            opaque,
            [
                "example.com. A is an alias of `lb.example.net.`",
                "w.example.com. A is weighted",
                "h.example.com. A is bound to a health check",
                "new.example.com. A is one with `Novelty`",
            ]
        );
    }

    #[test]
    fn what_cannot_be_understood_is_an_error_and_never_a_smaller_zone() {
        for (sets, part) in [
            (set("a.example.com.", "A", &values(60, &["1.2.3"])), "1.2.3"),
            (
                set("a.example.com.", "WHAT", &values(60, &["x"])),
                "no record type",
            ),
            (
                set("a.example.net.", "A", &values(60, &["192.0.2.1"])),
                "outside",
            ),
            (set("a.example.com.", "A", &values(60, &[])), "no value"),
            (set("a.example.com.", "A", ""), "without `TTL`"),
            ("<ResourceRecordSet/>".to_owned(), "without `Name`"),
        ] {
            let error = read(&sets).err().unwrap_or_default();
            assert!(error.contains(part), "{sets}: {error}");
        }
    }

    #[test]
    fn a_page_says_where_the_next_one_starts() {
        let page = |text: &str| Element::parse(text.as_bytes()).expect("XML");
        let cursor = [("name", "NextRecordName"), ("type", "NextRecordType")];
        let last = page("<Page><IsTruncated>false</IsTruncated></Page>");
        assert_eq!(next_page(&last, &cursor), Ok(None));
        let more = page(
            "<Page><IsTruncated>true</IsTruncated><NextRecordName>\\052.a.</NextRecordName>\
             <NextRecordType>A</NextRecordType></Page>",
        );
        let next = Some("&name=%5C052.a.&type=A".to_owned());
        assert_eq!(next_page(&more, &cursor), Ok(next));
        let lost = page("<Page><IsTruncated>true</IsTruncated></Page>");
        assert!(next_page(&lost, &cursor).is_err());
        assert!(next_page(&page("<Page/>"), &cursor).is_err());
    }
}
