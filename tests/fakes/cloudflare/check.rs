//! What a record has to be like.

use redundns::zone::{Name, RecordKey, RecordType, rdata};
use serde_json::{Value, json};

use super::super::http::Answer;
use super::record::{Record, Records};
use super::spelling::{data, parts};

/// A no with its status and codes.
pub struct Refusal {
    status: u16,
    errors: Value,
    after: Option<u64>,
}

impl Refusal {
    /// One error.
    pub fn new(status: u16, code: u32, message: &str) -> Self {
        Self {
            status,
            errors: json!([{ "code": code, "message": message }]),
            after: None,
        }
    }

    /// The reason below the error.
    pub fn because(mut self, code: u32, message: &str) -> Self {
        self.errors[0]["error_chain"] = json!([{ "code": code, "message": message }]);
        self
    }

    /// Seconds until it may go better.
    pub fn after(mut self, seconds: u64) -> Self {
        self.after = Some(seconds);
        self
    }

    /// The data of a record are not as they should be.
    pub fn invalid(code: u32, message: &str) -> Self {
        Self::new(400, 1004, "DNS Validation Error").because(code, message)
    }

    /// As it is sent.
    pub fn answer(self) -> Answer {
        let body =
            json!({ "success": false, "errors": self.errors, "messages": [], "result": null });
        let answer = Answer::json(self.status, &body);
        match self.after {
            Some(seconds) => answer.with("Retry-After", seconds),
            None => answer,
        }
    }
}

/// Of all TXT records at a name:
/// <https://developers.cloudflare.com/dns/manage-dns-records/reference/dns-record-types/#txt>
const TXT_CHARACTERS_AT_A_NAME: usize = 8192;

/// A record out of a body; what a patch leaves out, and a put of comments and tags, stays or is as in a new one.
pub fn record(
    origin: &Name,
    body: &Value,
    before: Option<(&Record, bool)>,
) -> Result<Record, Refusal> {
    let patched = before.filter(|before| !before.1).map(|before| before.0);
    let rtype = match (body["type"].as_str(), patched) {
        (None, Some(before)) => before.key.rtype.to_string(),
        (given, _) => given.unwrap_or_default().to_owned(),
    };
    let Some(parts) = parts(&rtype) else {
        return Err(Refusal::invalid(9002, "Invalid dns record type"));
    };
    let rtype: RecordType = rtype.parse().expect("a type of the table");
    let owner = match (body["name"].as_str(), patched) {
        (None, Some(before)) => before.key.owner.clone(),
        (given, _) => owner(origin, given.unwrap_or_default())?,
    };
    let ttl = match (&body["ttl"], patched) {
        (Value::Null, Some(before)) => before.ttl,
        (Value::Null, None) => 1,
        (given, _) => ttl(given)?,
    };
    let names = ["content", "data", "priority"];
    let says_nothing = names.iter().all(|name| body[name].is_null());
    let data = match patched {
        Some(before) if says_nothing => before.data.clone(),
        _ => data(rtype, parts, body)?,
    };
    let proxied = match (&body["proxied"], patched) {
        (Value::Null, Some(before)) => before.proxied,
        (Value::Null, None) => false,
        (given, _) => given
            .as_bool()
            .ok_or_else(|| Refusal::invalid(9003, "Invalid 'proxied' value, must be a boolean"))?,
    };
    let is_proxiable = [RecordType::A, RecordType::AAAA, RecordType::CNAME].contains(&rtype);
    if proxied && !is_proxiable {
        let words = "This record type cannot be proxied.";
        return Err(Refusal::invalid(9041, words));
    }
    let kept = |name: &str, of: fn(&Record) -> &Value, default: Value| {
        let given = body.get(name).cloned();
        given
            .or_else(|| patched.map(|before| of(before).clone()))
            .unwrap_or(default)
    };
    Ok(Record {
        key: RecordKey { owner, rtype },
        data,
        ttl,
        proxied,
        comment: kept("comment", |record| &record.comment, Value::Null),
        tags: kept("tags", |record| &record.tags, json!([])),
        settings: kept("settings", |record| &record.settings, json!({})),
        meta: before.map_or_else(|| json!({}), |before| before.0.meta.clone()),
    })
}

/// Absolute or relative: a name that does not end in the zone's is taken to be below it.
fn owner(origin: &Name, given: &str) -> Result<Name, Refusal> {
    let invalid = || Refusal::invalid(9000, "DNS name is invalid.");
    let is_plain = |label: &str| {
        let mut octets = label.bytes();
        (1..=63).contains(&label.len())
            && octets.all(|octet| octet.is_ascii_alphanumeric() || b"-_*/".contains(&octet))
    };
    let given = given.trim_end_matches('.');
    if given != "@" && !given.split('.').all(is_plain) {
        return Err(invalid());
    }
    let absolute = Name::absolute(given).ok();
    let within = |name: &Name| name.borrow().is_at_or_below(origin.borrow());
    match absolute.filter(|name| given != "@" && within(name)) {
        Some(name) => Ok(name),
        None => Name::parse(given.as_bytes(), Some(origin.borrow())).map_err(|_| invalid()),
    }
}

fn ttl(given: &Value) -> Result<u32, Refusal> {
    let ttl = given.as_u64().and_then(|ttl| u32::try_from(ttl).ok());
    ttl.filter(|ttl| *ttl == 1 || (60..=86_400).contains(ttl))
        .ok_or_else(|| {
            let words = "TTL must be between 60 and 86400 seconds, or 1 for Automatic.";
            Refusal::invalid(9021, words)
        })
}

/// Whether it can stand there with the others.
pub fn beside(
    origin: &Name,
    record: &Record,
    records: &Records,
    number: Option<u64>,
) -> Result<(), Refusal> {
    let is_address = |rtype| [RecordType::A, RecordType::AAAA].contains(&rtype);
    let is_ip = |rtype| is_address(rtype) || rtype == RecordType::CNAME;
    let rtype = record.key.rtype;
    let is_apex = record.key.owner == *origin;
    let mut has_ns = false;
    let mut characters = rdata::to_text(rtype, &record.data).len();
    for other in records.others(number) {
        if other.key.owner != record.key.owner {
            continue;
        }
        let there = other.key.rtype;
        has_ns |= there == RecordType::NS;
        if there == rtype && other.data == record.data {
            return Err(Refusal::new(
                400,
                81058,
                "An identical record already exists.",
            ));
        }
        if rtype == RecordType::CNAME && is_ip(there) {
            let words = "An A, AAAA, or CNAME record with that host already exists.";
            return Err(Refusal::new(400, 81053, words));
        }
        if is_address(rtype) && there == RecordType::CNAME {
            let words = "A CNAME record with that host already exists.";
            return Err(Refusal::new(400, 81054, words));
        }
        if !is_apex && is_ip(rtype) && there == RecordType::NS {
            let words = "NS records with that host already exist.";
            return Err(Refusal::new(400, 81056, words));
        }
        if !is_apex && rtype == RecordType::NS && is_ip(there) {
            let words = "An A, AAAA, or CNAME record with that host already exists.";
            return Err(Refusal::new(400, 81053, words));
        }
        if (rtype, there) == (RecordType::TXT, RecordType::TXT) {
            characters += rdata::to_text(there, &other.data).len();
        }
    }
    if rtype == RecordType::DS && !has_ns {
        let words = "DS records need NS records with the same name.";
        return Err(Refusal::invalid(9102, words));
    }
    if rtype == RecordType::TXT && characters > TXT_CHARACTERS_AT_A_NAME {
        let words =
            format!("TXT records of one name have {TXT_CHARACTERS_AT_A_NAME} characters at most.");
        return Err(Refusal::invalid(9208, &words));
    }
    Ok(())
}

/// Whether what is left can stand without a record that went.
pub fn left(gone: &RecordKey, records: &Records) -> Result<(), Refusal> {
    let has = |rtype| {
        let mut others = records.others(None);
        others.any(|other| other.key.owner == gone.owner && other.key.rtype == rtype)
    };
    if gone.rtype == RecordType::NS && !has(RecordType::NS) && has(RecordType::DS) {
        let words = "DS records need NS records with the same name.";
        return Err(Refusal::invalid(9102, words));
    }
    Ok(())
}

/// Whether users may change it.
pub fn editable(record: &Record) -> Result<(), Refusal> {
    if record.meta["read_only"] == true {
        let words = "This DNS record is managed by Email Routing. Disable Email Routing to modify/remove this record.";
        return Err(Refusal::new(400, 1046, words));
    }
    Ok(())
}
