//! Paths and methods, and what each does.

use redundns::zone::{Name, NoIncludes, RecordType, Source, parse};
use serde_json::{Value, json};

use super::super::http::{Answer, Request};
use super::super::store::Held;
use super::zones::{Record, Records, Zones, dotless};
use super::{SERVERS, body, content, said};

/// Zones, or records of one, in an answer: <https://github.com/ns1/ns1-python/issues/43>.
const PAGE: usize = 2500;

fn invalid(fields: &Value, rtype: &str) -> Answer {
    let words = fields.as_array().map_or(&[][..], Vec::as_slice);
    let words = words.iter().map(|word| match word {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    let words: Vec<String> = words.collect();
    let message = format!(
        "\"[{}]\" is invalid for \"{rtype}\" record type",
        words.join(", ")
    );
    said(400, &message)
}

fn wrong_type(field: &str, value: &Value, wanted: &str) -> Answer {
    let value = if value.is_null() {
        "None".to_owned()
    } else {
        value.to_string()
    };
    let words = format!("Value {value} for field '<obj>.{field}' is not of type {wanted}");
    said(400, &format!("Input validation failed ({words})"))
}

impl Zones {
    pub fn route(&self, request: &Request) -> Result<Answer, Answer> {
        let segments = request.segments();
        let path: Vec<&str> = segments.iter().map(String::as_str).collect();
        match (request.method.as_str(), path.as_slice()) {
            ("GET", ["v1", "zones"]) => Ok(self.list(request)),
            ("PUT", ["v1", "zones", zone]) => self.create(zone, &body(request)?),
            ("GET", ["v1", "zones", zone]) => {
                let held = self.held(zone)?;
                Ok(self.show(&held, request))
            }
            ("DELETE", ["v1", "zones", zone]) => {
                self.remove(self.held(zone)?.origin());
                Ok(Answer::json(200, &json!({})))
            }
            (method, ["v1", "zones", zone, domain, rtype]) => {
                self.record(method, zone, domain, rtype, request)
            }
            _ => Err(said(404, "not found")),
        }
    }

    fn held(&self, zone: &str) -> Result<Held, Answer> {
        // Names have no final dot here.
        let name = Name::absolute(zone).ok().filter(|_| !zone.ends_with('.'));
        let held = name.and_then(|name| self.store.get(&name));
        held.ok_or_else(|| said(404, "zone not found"))
    }

    fn object(held: &Held) -> Value {
        let name = dotless(held.origin());
        let is_secondary = name.starts_with("secondary");
        let link = name.starts_with("linked").then_some("original.example");
        let servers = SERVERS.map(|server| server.trim_end_matches('.'));
        json!({
            "zone": name, "name": name, "id": super::super::hexadecimal(&name)[..24], "ttl": 3600, "nx_ttl": 3600,
            "retry": 7200, "refresh": 43200, "expiry": 1_209_600, "dnssec": false, "network_pools": ["p04"],
            "networks": [0], "pool": "p04", "meta": {}, "link": link, "primary_master": servers[0],
            "hostmaster": "hostmaster@nsone.net", "dns_servers": servers,
            "primary": { "enabled": false, "secondaries": [] }, "secondary": { "enabled": is_secondary },
        })
    }

    fn list(&self, request: &Request) -> Answer {
        let origins = self.store.origins();
        let held = origins.iter().filter_map(|origin| self.store.get(origin));
        let objects: Vec<Value> = held.map(|held| Self::object(&held)).collect();
        paged(request, &objects, |shown| shown.into())
    }

    fn show(&self, held: &Held, request: &Request) -> Answer {
        let mut zone = Self::object(held);
        if request.parameter("records").as_deref() == Some("false") {
            return Answer::json(200, &zone);
        }
        let listed: Vec<Value> = self.with(held, |records| {
            let listed = records.iter().map(|(key, record)| record.listed(key));
            listed.collect()
        });
        paged(request, &listed, |shown| {
            zone["records"] = shown.into();
            zone
        })
    }

    fn create(&self, zone: &str, body: &Value) -> Result<Answer, Answer> {
        if body["zone"].as_str() != Some(zone) {
            return Err(wrong_type("zone", &body["zone"], "string"));
        }
        let is_plain = !zone.ends_with('.') && !zone.starts_with('.') && zone.contains('.');
        let origin = Name::absolute(zone).ok().filter(|_| is_plain);
        let origin = origin.ok_or_else(|| said(400, &format!("\"{zone}\" is not a valid FQDN")))?;
        if self.store.get(&origin).is_some() {
            return Err(said(400, "invalid: FQDN already exists in the view"));
        }
        let mut text =
            "@ 3600 IN SOA dns1.p04.nsone.net. hostmaster.nsone.net. 1 43200 7200 1209600 3600\n"
                .to_owned();
        for server in SERVERS {
            text += &format!("@ 3600 IN NS {server}\n");
        }
        let source = Source {
            name: "new",
            text: text.as_bytes(),
        };
        self.store
            .add(&parse(&source, origin.clone(), &NoIncludes).zone);
        let held = self.held(zone)?;
        Ok(Answer::json(200, &Self::object(&held)))
    }

    fn record(
        &self,
        method: &str,
        zone: &str,
        domain: &str,
        rtype: &str,
        request: &Request,
    ) -> Result<Answer, Answer> {
        let below = domain.strip_suffix(zone).unwrap_or_default();
        let is_plain = |label: &str| {
            let mut octets = label.bytes();
            (1..=63).contains(&label.len())
                && octets.all(|octet| octet.is_ascii_alphanumeric() || b"-_*".contains(&octet))
        };
        let is_below = below
            .strip_suffix('.')
            .is_some_and(|labels| labels.split('.').all(is_plain));
        if domain != zone && !is_below {
            let words = format!("\"{domain}\" not a valid domain in {zone}");
            return Err(said(400, &words));
        }
        let held = self.held(zone)?;
        let origin = held.origin();
        let key = (domain.to_owned(), rtype.to_owned());
        // What is there by that name, without a copy of all the rest.
        let (at_name, count) = self.with(&held, |records| {
            let from = (domain.to_owned(), String::new());
            let there = records
                .range(from..)
                .take_while(|(other, _)| other.0 == domain);
            let there = there.map(|(key, record)| (key.clone(), record.clone()));
            (there.collect::<Records>(), records.len())
        });
        let found = at_name.get(&key);
        let missing = || said(404, "record not found");
        if method == "GET" {
            let found = found.ok_or_else(missing)?;
            return Ok(Answer::json(200, &found.whole(zone, &key)));
        }
        if content::SIGNED.contains(&rtype) {
            return Err(said(405, "Operation on DNSSEC record is not allowed"));
        }
        let record = match method {
            "DELETE" => {
                found.ok_or_else(missing)?;
                self.put(origin, key, None);
                return Ok(Answer::json(200, &json!({})));
            }
            "PUT" => {
                let body = body(request)?;
                let new = Record {
                    ttl: 3600,
                    answers: Vec::new(),
                    filters: Vec::new(),
                    link: None,
                    number: count + 1000,
                };
                let record = changed(new, &body, rtype)?;
                if found.is_some() {
                    return Err(said(400, "record already exists"));
                }
                if record.answers.is_empty() && record.link.is_none() {
                    return Err(said(400, "record must have at least one answer"));
                }
                record
            }
            "POST" => changed(found.ok_or_else(missing)?.clone(), &body(request)?, rtype)?,
            _ => return Err(said(405, "method not allowed")),
        };
        let is_alias = |rtype: &str| rtype == "CNAME";
        let mut beside = at_name.keys().filter(|other| other.1 != rtype);
        if beside.any(|other| is_alias(&other.1) != is_alias(rtype)) {
            return Err(said(400, "CNAME and other records cannot share a name"));
        }
        let whole = record.whole(zone, &key);
        self.put(origin, key, Some(record));
        Ok(Answer::json(200, &whole))
    }
}

/// A record with what a body says.
fn changed(mut record: Record, body: &Value, rtype: &str) -> Result<Record, Answer> {
    let known = content::known(rtype);
    if known.is_none() && rtype != "ALIAS" {
        return Err(said(
            400,
            &format!("\"{rtype}\" is not a valid record type"),
        ));
    }
    if let Some(ttl) = body.get("ttl") {
        let number = ttl.as_u64().and_then(|ttl| u32::try_from(ttl).ok());
        record.ttl = number.ok_or_else(|| wrong_type("ttl", ttl, "integer"))?;
    }
    if let Some(filters) = body.get("filters") {
        let list = filters.as_array();
        let list = list.ok_or_else(|| wrong_type("filters", filters, "array"))?;
        record.filters.clone_from(list);
    }
    if let Some(link) = body["link"].as_str() {
        if body["answers"]
            .as_array()
            .is_some_and(|answers| !answers.is_empty())
        {
            return Err(said(400, "linked records may not have answers"));
        }
        record.link = Some(link.to_owned());
    }
    if let Some(answers) = body.get("answers") {
        let answers = answers.as_array();
        let answers = answers.ok_or_else(|| wrong_type("answers", &body["answers"], "array"))?;
        for answer in answers {
            let fields = &answer["answer"];
            if !fields.is_array() {
                return Err(wrong_type("answers[0].answer", fields, "array"));
            }
            let of = known.unwrap_or(RecordType::CNAME);
            content::data(of, fields).ok_or_else(|| invalid(fields, rtype))?;
        }
        record.answers.clone_from(answers);
        for (at, answer) in record.answers.iter_mut().enumerate() {
            if answer["id"].is_null() {
                answer["id"] = json!(format!("{:024x}", record.number * 1000 + at));
            }
        }
    }
    Ok(record)
}

/// A page, and where the next one is.
fn paged(request: &Request, all: &[Value], object: impl FnOnce(Vec<Value>) -> Value) -> Answer {
    let after = request
        .parameter("after")
        .and_then(|after| after.parse().ok());
    let from: usize = after.unwrap_or(0);
    let shown: Vec<Value> = all.iter().skip(from).take(PAGE).cloned().collect();
    let next = from + shown.len();
    let answer = Answer::json(200, &object(shown));
    if next == all.len() {
        return answer;
    }
    let path = request.target.split('?').next().unwrap_or_default();
    // The vendor names its own host, and not always the right scheme.
    let target = format!("http://api.nsone.net{path}?after={next}&limit={PAGE}");
    answer.with("Link", format!("<{target}>; rel=\"next\""))
}
