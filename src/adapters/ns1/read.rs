//! Reading: record sets as a zone lists them.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;
use serde_json::Value;

use super::facts::TYPES;
use super::{Ns1, path_of, spelling};
use crate::adapters::http::{Response, link, path_of as followed};
use crate::adapters::presentation::absolute;
use crate::provider::{ErrorKind, Opaque, ProviderError, Snapshot};
use crate::zone::{Name, Position, RecordKey, RecordType, ZoneBuilder};

/// What writing needs to know again.
pub(super) struct Held {
    /// Record sets that are there without an answer, and so not in the zone.
    pub(super) empty: HashSet<RecordKey>,
}

/// A zone as it comes, with a page of its record sets, if they were asked for.
#[derive(Deserialize)]
pub(super) struct OneZone {
    pub(super) zone: String,
    #[serde(default)]
    pub(super) dns_servers: Vec<String>,
    link: Option<String>,
    secondary: Option<Secondary>,
    #[serde(default)]
    records: Vec<Listed>,
}

#[derive(Deserialize)]
struct Secondary {
    #[serde(default)]
    enabled: bool,
}

impl OneZone {
    /// Whose record sets it has, if they are not its own.
    pub(super) fn is_followed(&self) -> Option<String> {
        let is_secondary = self.secondary.as_ref().is_some_and(|it| it.enabled);
        match &self.link {
            Some(target) => Some(format!(
                "is linked to the zone `{target}`, whose records it has"
            )),
            None if is_secondary => {
                Some("is a secondary zone, which follows other nameservers".to_owned())
            }
            None => None,
        }
    }
}

/// A record set as a zone lists it.
#[derive(Deserialize)]
struct Listed {
    domain: String,
    #[serde(rename = "type")]
    rtype: String,
    ttl: Option<u32>,
    /// 1 for what DNS has everywhere, more for what only NS1 has.
    #[serde(default)]
    tier: Value,
    link: Option<String>,
    /// Each answer's fields with a space in between.
    #[serde(default)]
    short_answers: Option<Vec<String>>,
}

impl Listed {
    fn nonsense(&self, why: &dyn std::fmt::Display) -> ProviderError {
        let (name, rtype) = (&self.domain, &self.rtype);
        let words = format!("it holds `{name} {rtype}`, which makes no sense: {why}");
        ProviderError::new(ErrorKind::Protocol, words)
    }

    fn owner(&self, origin: &Name) -> Result<Name, ProviderError> {
        // Names are absolute here, and have no final dot.
        let owner = absolute(&format!("{}.", self.domain), origin);
        let owner = owner.map_err(|error| self.nonsense(&error))?;
        if owner.borrow().is_at_or_below(origin.borrow()) {
            Ok(owner)
        } else {
            Err(self.nonsense(&"outside of the zone"))
        }
    }

    /// The types of DNS that it answers for, and what it is beyond what a zone file can say.
    fn meaning(&self) -> Result<RecordType, (Vec<RecordType>, String)> {
        let addresses = vec![RecordType::A, RecordType::AAAA];
        let target = || self.short_answers.iter().flatten().next();
        let rtype: RecordType = match self.rtype.as_str() {
            "ALIAS" => {
                let target = target().map_or("", String::as_str);
                return Err((addresses, format!("an alias of `{target}`")));
            }
            "REDIRECT" | "URLFWD" => return Err((addresses, "a redirect of URLs".to_owned())),
            other => match other.parse() {
                Ok(rtype) => rtype,
                Err(_) => return Err((Vec::new(), String::new())),
            },
        };
        let is_plain = match &self.tier {
            Value::Null => true,
            tier => tier.as_u64() == Some(1) || tier.as_str() == Some("1"),
        };
        if let Some(target) = &self.link {
            Err((vec![rtype], format!("a link to the record `{target}`")))
        } else if !is_plain {
            Err((vec![rtype], "answered through a filter chain".to_owned()))
        } else if !TYPES.contains(&rtype) && !rtype.is_signers() {
            let what = "of a type whose data the list of the zone does not tell apart";
            Err((vec![rtype], what.to_owned()))
        } else {
            Ok(rtype)
        }
    }
}

impl Ns1 {
    /// Every page from `path` on, each given to `read`. A 404 is that there is no such `zone`.
    pub(super) async fn pages(
        &self,
        path: String,
        zone: Option<&Name>,
        mut read: impl FnMut(&Response) -> Result<(), ProviderError> + Send,
    ) -> Result<(), ProviderError> {
        let mut seen = vec![path];
        while let Some(path) = seen.last() {
            let answer = self.api.get(path).accepting(&[404]).send().await?;
            match zone {
                Some(zone) if answer.status == 404 => return Err(self.missing(zone)),
                None if answer.status == 404 => return Err(self.api.refusal(&answer)),
                _ => read(&answer)?,
            }
            let header = answer.header("link");
            let next = header.and_then(|header| link(header, "next"));
            let Some(next) = next.and_then(followed).map(str::to_owned) else {
                break;
            };
            if seen.contains(&next) {
                return Err(ProviderError::new(
                    ErrorKind::Protocol,
                    format!("{} leads from page to page in a circle", self.api.origin()),
                ));
            }
            seen.push(next);
        }
        Ok(())
    }

    /// Everything in a zone.
    pub(super) async fn read(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let mut listed = Vec::new();
        self.pages(path_of(zone), Some(zone), |page| {
            let page: OneZone = page.json()?;
            if let Some(what) = page.is_followed() {
                let words = format!("`{zone}` {what}");
                return Err(ProviderError::new(ErrorKind::Rejected, words)
                    .hint("where it follows others, it is an account of the adapter `secondary`"));
            }
            listed.extend(page.records);
            Ok(())
        })
        .await?;
        put_together(zone, &listed)
    }
}

fn put_together(zone: &Name, listed: &[Listed]) -> Result<Snapshot, ProviderError> {
    let mut builder = ZoneBuilder::new(zone.clone());
    let (mut opaque, mut seen) = (BTreeMap::new(), HashSet::new());
    let mut empty = HashSet::new();
    for set in listed {
        let owner = set.owner(zone)?;
        let rtype = match set.meaning() {
            Ok(rtype) => rtype,
            Err((rtypes, _)) if rtypes.is_empty() => return Err(set.nonsense(&"no record type")),
            Err((rtypes, what)) => {
                let keys = rtypes.into_iter().map(|rtype| RecordKey {
                    owner: owner.clone(),
                    rtype,
                });
                opaque.extend(keys.map(|key| (key, what.clone())));
                continue;
            }
        };
        let key = RecordKey { owner, rtype };
        if !seen.insert(key.clone()) {
            let words = format!("it lists `{key}` twice: the zone changed while it was read");
            return Err(ProviderError::new(ErrorKind::Protocol, words).hint("run this again"));
        }
        let answers = set.short_answers.as_deref().unwrap_or_default();
        let mut all = Vec::with_capacity(answers.len());
        let mut strange = None;
        for answer in answers {
            match spelling::from_short(rtype, answer) {
                Ok(data) => all.push(data),
                Err(why) => strange = Some((answer, why)),
            }
        }
        match strange {
            // Nobody plans them, and how they are spelled is their signer's business.
            Some(_) if rtype.is_signers() => continue,
            Some((_, why)) if why.starts_with("a text") => {
                opaque.insert(key, why);
                continue;
            }
            Some((answer, why)) => {
                return Err(set.nonsense(&format_args!("`{answer}`: {why}")));
            }
            None => {}
        }
        let ttl = set.ttl.ok_or_else(|| set.nonsense(&"it has no TTL"))?;
        for data in &all {
            let owner = key.owner.borrow();
            builder.push(owner, rtype, ttl, data, Position::default());
        }
        if all.is_empty() {
            empty.insert(key);
        }
    }
    let opaque = opaque.into_iter().map(|(key, what)| Opaque { key, what });
    Ok(Snapshot {
        zone: builder.finish(),
        opaque: opaque.collect(),
        handles: Some(Box::new(Held { empty })),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(records: &str) -> Result<Snapshot, ProviderError> {
        let listed: Vec<Listed> = serde_json::from_str(records).expect("a list in a test");
        put_together(&Name::absolute("example.com").expect("a name"), &listed)
    }

    #[test]
    fn what_no_zone_file_can_say_is_seen() {
        let held = read(
            r#"[
            {"domain":"example.com","short_answers":["dns1.p04.nsone.net"],"ttl":3600,"tier":1,"type":"NS"},
            {"domain":"geo.example.com","ttl":60,"tier":3,"type":"A","link":null},
            {"domain":"same.example.com","ttl":null,"tier":1,"type":"TXT","link":"other.example.net"},
            {"domain":"top.example.com","short_answers":["lb.example.net"],"ttl":60,"tier":1,"type":"ALIAS","link":null},
            {"domain":"fwd.example.com","short_answers":["NS1 MANAGED RECORD"],"ttl":60,"tier":1,"type":"REDIRECT"},
            {"domain":"info.example.com","short_answers":["a machine Linux"],"ttl":60,"tier":1,"type":"HINFO"},
            {"domain":"u.example.com","short_answers":["über"],"ttl":60,"tier":1,"type":"TXT"},
            {"domain":"example.com","short_answers":["A 13 ..."],"ttl":60,"tier":1,"type":"RRSIG"},
            {"domain":"none.example.com","short_answers":[],"ttl":60,"tier":1,"type":"A"}
            ]"#,
        )
        .expect("a zone");
        let seen: Vec<String> = held
            .opaque
            .iter()
            .map(|opaque| format!("{} which is {}", opaque.key, opaque.what))
            .collect();
        assert_eq!(
            seen,
            [
                "fwd.example.com. A which is a redirect of URLs",
                "fwd.example.com. AAAA which is a redirect of URLs",
                "geo.example.com. A which is answered through a filter chain",
                "info.example.com. HINFO which is of a type whose data the list of the zone does not tell apart",
                "same.example.com. TXT which is a link to the record `other.example.net`",
                "top.example.com. A which is an alias of `lb.example.net`",
                "top.example.com. AAAA which is an alias of `lb.example.net`",
                "u.example.com. TXT which is a text with more than printable ASCII, whose octets nobody knows",
            ]
        );
        let sets: Vec<String> = held.zone.sets().map(|set| set.key().to_string()).collect();
        assert_eq!(sets, ["example.com. NS"]);
        let handles = held.handles.expect("handles");
        let held: &Held = handles.downcast_ref().expect("our own");
        assert_eq!(held.empty.len(), 1);
    }

    #[test]
    fn what_makes_no_sense_is_no_smaller_zone() {
        for (record, part) in [
            (
                r#"{"domain":"www.example.net","type":"A","ttl":60,"short_answers":["192.0.2.1"]}"#,
                "outside",
            ),
            (
                r#"{"domain":"www.example.com","type":"A","ttl":60,"short_answers":["192.0.2"]}"#,
                "192.0.2",
            ),
            (
                r#"{"domain":"www.example.com","type":"WHAT","ttl":60}"#,
                "no record type",
            ),
            (
                r#"{"domain":"www.example.com","type":"A","short_answers":["192.0.2.1"]}"#,
                "no TTL",
            ),
        ] {
            let error = read(&format!("[{record}]")).err().expect("an error");
            assert_eq!(error.kind, ErrorKind::Protocol, "{error}");
            assert!(error.message.contains(part), "{error}");
        }
        let twice =
            r#"{"domain":"www.example.com","type":"A","ttl":60,"short_answers":["192.0.2.1"]}"#;
        let error = read(&format!("[{twice},{twice}]")).err().expect("an error");
        assert!(error.message.contains("twice"), "{error}");
    }
}
