//! Changes: all of one or nothing.
//!
//! <https://docs.cloud.google.com/dns/docs/error-messages>, and quotas as of kubernetes-sigs/external-dns issue 1028.

use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};
use serde_json::Value;

use super::super::http::Answer;
use super::super::store::Held;
use super::{error, errors};

/// <https://docs.cloud.google.com/dns/docs/records-overview>, without DNSKEY, which takes a zone in another state.
const TYPES: [&str; 19] = [
    "A", "AAAA", "ALIAS", "CAA", "CNAME", "DS", "HTTPS", "IPSECKEY", "MX", "NAPTR", "NS", "PTR",
    "SOA", "SPF", "SRV", "SSHFP", "SVCB", "TLSA", "TXT",
];
const MOST_SETS: usize = 1000;
const MOST_OCTETS: usize = 100_000;
const MOST_RECORDS: usize = 100;
const MOST_NAMESERVERS: usize = 8;

/// A set that no zone file can say.
#[derive(Clone)]
pub(super) struct Special {
    name: String,
    rtype: String,
    pub(super) json: Value,
}

/// A set of a change.
struct Set<'j> {
    name: String,
    rtype: &'j str,
    ttl: u32,
    values: Vec<&'j str>,
    /// Nothing for a special set.
    plain: Option<(RecordKey, RecordSet)>,
    json: &'j Value,
}

/// Whether a change names a type at all.
pub(super) fn touches(body: &Value, rtype: RecordType) -> bool {
    let lists = ["additions", "deletions"].map(|list| list_of(body, list));
    lists
        .iter()
        .any(|list| list.iter().any(|set| set["type"] == rtype.to_string()))
}

fn list_of<'j>(body: &'j Value, list: &str) -> &'j [Value] {
    body[list].as_array().map_or(&[], Vec::as_slice)
}

/// Makes a change in `held` and `specials`, or says why nothing is made.
pub(super) fn apply(
    body: &Value,
    held: &mut Held,
    specials: &mut Vec<Special>,
) -> Result<(), Answer> {
    let (additions, deletions) = (list_of(body, "additions"), list_of(body, "deletions"));
    if additions.is_empty() && deletions.is_empty() {
        let words = "The 'entity.change' parameter is required but was missing.";
        return Err(error(400, "required", words));
    }
    quotas(additions, deletions)?;
    let read_all = |list: &'static str, sets| -> Result<Vec<Set<'_>>, Answer> {
        let sets: &[Value] = sets;
        let sets = sets.iter().enumerate();
        sets.map(|(index, set)| {
            read(
                set,
                held.origin(),
                &format!("entity.change.{list}[{index}]"),
            )
        })
        .collect()
    };
    let additions = read_all("additions", additions)?;
    let deletions = read_all("deletions", deletions)?;
    for (index, set) in deletions.iter().enumerate() {
        delete(
            set,
            &format!("entity.change.deletions[{index}]"),
            held,
            specials,
        )?;
    }
    for (index, set) in additions.iter().enumerate() {
        add(
            set,
            &format!("entity.change.additions[{index}]"),
            held,
            specials,
        )?;
    }
    for rtype in [RecordType::SOA, RecordType::NS] {
        let owner = held.origin().clone();
        if held.get(&RecordKey { owner, rtype }).is_none() {
            let at = deletions
                .iter()
                .position(|set| set.rtype == rtype.to_string());
            let words = format!(
                "The resource record set 'entity.change.deletions[{}]' is invalid because a zone must contain exactly \
                 one resource record set of type '{rtype}' at the apex.",
                at.unwrap_or(0)
            );
            return Err(error(400, "invalidZoneApex", &words));
        }
    }
    for set in &additions {
        alone(set, held)?;
    }
    Ok(())
}

fn quotas(additions: &[Value], deletions: &[Value]) -> Result<(), Answer> {
    let size = |sets: &[Value]| -> usize {
        let values = sets.iter().flat_map(|set| list_of(set, "rrdatas"));
        values.map(|value| value.as_str().map_or(0, str::len)).sum()
    };
    let mut words = Vec::new();
    if additions.len() > MOST_SETS {
        words.push("The change would exceed quota for additions per change.");
    }
    if deletions.len() > MOST_SETS {
        words.push("The change would exceed quota for deletions per change.");
    }
    if size(additions) + size(deletions) > MOST_OCTETS {
        words.push("The change would exceed quota for total rrdata size per change.");
    }
    let lengths = |wanted: fn(&Value) -> bool| {
        let sets = additions.iter().filter(move |set| wanted(set));
        sets.map(|set| list_of(set, "rrdatas").len())
            .max()
            .unwrap_or(0)
    };
    if lengths(|_| true) > MOST_RECORDS {
        words.push("The change would exceed quota for resource records per rrset.");
    }
    if lengths(|set| set["type"] == "NS") > MOST_NAMESERVERS {
        words.push("The change would exceed quota for nameservers per delegation.");
    }
    if words.is_empty() {
        return Ok(());
    }
    Err(errors(403, "quotaExceeded", &words))
}

fn read<'j>(json: &'j Value, origin: &Name, place: &str) -> Result<Set<'j>, Answer> {
    let invalid = |field: &str, value: &str| {
        let words = format!("Invalid value for '{place}.{field}': '{value}'");
        error(400, "invalid", &words)
    };
    let name = json["name"].as_str().unwrap_or_default();
    let owner = Some(name)
        .filter(|name| name.ends_with('.'))
        .and_then(|name| Name::absolute(name).ok())
        .filter(|name| name.borrow().is_at_or_below(origin.borrow()))
        .ok_or_else(|| invalid("name", name))?;
    let rtype = json["type"].as_str().unwrap_or_default();
    if !TYPES.contains(&rtype) {
        return Err(invalid("type", rtype));
    }
    // Google's Python client sends numbers as strings.
    let ttl = match &json["ttl"] {
        Value::String(text) => text.parse::<i64>().ok(),
        other => other.as_i64(),
    };
    let ttl = ttl
        .and_then(|ttl| u32::try_from(ttl).ok())
        .filter(|ttl| i32::try_from(*ttl).is_ok())
        .ok_or_else(|| invalid("ttl", &json["ttl"].to_string()))?;
    let values = list_of(json, "rrdatas").iter().map(|value| value.as_str());
    let values: Vec<&str> = values.map(Option::unwrap_or_default).collect();
    let name = owner.to_string();
    let set = |plain| Set {
        name,
        rtype,
        ttl,
        values: values.clone(),
        plain,
        json,
    };
    if json.get("routingPolicy").is_some() || rtype == "ALIAS" {
        return Ok(set(None));
    }
    if values.is_empty() {
        return Err(invalid("rrdata", "<empty>"));
    }
    let key = RecordKey {
        owner,
        rtype: rtype.parse().expect("a type of the list"),
    };
    let is_single = [RecordType::CNAME, RecordType::SOA].contains(&key.rtype);
    if is_single && values.len() > 1 {
        let words = format!(
            "The resource record set '{place}' is only permitted to have one record because it is of type '{rtype}'."
        );
        return Err(error(400, "invalidRecordCount", &words));
    }
    let mut data: Vec<Box<[u8]>> = Vec::new();
    for (index, value) in values.iter().enumerate() {
        let wire = rdata::from_text(key.rtype, value, None);
        let wire = wire.map_err(|_| invalid(&format!("rrdata[{index}]"), value))?;
        data.push(wire.into());
    }
    let rdata = RecordSet::new(ttl, data);
    Ok(set(Some((key, rdata))))
}

fn delete(
    set: &Set<'_>,
    place: &str,
    held: &mut Held,
    specials: &mut Vec<Special>,
) -> Result<(), Answer> {
    let changed = || {
        let words = format!("Precondition not met for '{place}'");
        error(412, "conditionNotMet", &words)
    };
    let special = |special: &Special| special.name == set.name && special.rtype == set.rtype;
    if let Some(at) = specials.iter().position(special) {
        if specials[at].json != *set.json {
            return Err(changed());
        }
        specials.remove(at);
        return Ok(());
    }
    let missing = || {
        let words = format!(
            "The '{place}' resource named '{} ({})' does not exist.",
            set.name, set.rtype
        );
        error(404, "notFound", &words)
    };
    let (key, _) = set.plain.as_ref().ok_or_else(missing)?;
    let entry = held.get(key).ok_or_else(missing)?;
    let values = entry.set.rdata.iter();
    let mut there: Vec<String> = values.map(|data| spelled(key.rtype, data)).collect();
    let mut given = set.values.clone();
    there.sort();
    given.sort_unstable();
    if entry.set.ttl != set.ttl || there != given {
        return Err(changed());
    }
    held.delete(key);
    Ok(())
}

fn add(
    set: &Set<'_>,
    place: &str,
    held: &mut Held,
    specials: &mut Vec<Special>,
) -> Result<(), Answer> {
    let is_special = specials
        .iter()
        .any(|special| special.name == set.name && special.rtype == set.rtype);
    let is_plain = set
        .plain
        .as_ref()
        .is_some_and(|(key, _)| held.get(key).is_some());
    if is_special || is_plain {
        let words = format!(
            "The resource '{place}' named '{} ({})' already exists",
            set.name, set.rtype
        );
        return Err(error(409, "alreadyExists", &words));
    }
    let Some((key, rdata)) = &set.plain else {
        specials.push(Special {
            name: set.name.clone(),
            rtype: set.rtype.to_owned(),
            json: set.json.clone(),
        });
        return Ok(());
    };
    let is_apex = key.owner == *held.origin();
    if key.rtype == RecordType::NS && key.owner.borrow().is_wildcard() {
        let words = format!(
            "The resource record set '{place}' has type 'NS', which is not allowed for a wildcard."
        );
        return Err(error(400, "wildcardNotAllowed", &words));
    }
    if key.rtype == RecordType::SOA && !is_apex {
        let words = format!(
            "The resource record set '{place}' is invalid because a zone must contain exactly one resource record set of \
             type 'SOA' at the apex."
        );
        return Err(error(400, "invalidZoneApex", &words));
    }
    if key.rtype == RecordType::CNAME && is_apex {
        let words = format!(
            "The resource record set '{place}' is invalid because a resource record set of type 'CNAME' cannot exist at \
             the zone apex."
        );
        return Err(error(400, "recordTypeDisallowedAtZoneApex", &words));
    }
    held.put(key.clone(), rdata.clone());
    Ok(())
}

/// Whether an added set may stand beside what the whole change leaves at its name.
fn alone(set: &Set<'_>, held: &Held) -> Result<(), Answer> {
    let Some((key, _)) = &set.plain else {
        return Ok(());
    };
    let types = held.types_at(&key.owner);
    let other = types.iter().find(|rtype| **rtype != key.rtype);
    match other {
        Some(other) if types.contains(&RecordType::CNAME) => {
            let words = format!(
                "The resource record set 'entity.change.additions[{name}][{rtype}]' is invalid because the DNS name \
                 '{name}' has a resource record set of the type '{other}'. A DNS name may have either one CNAME resource \
                 record set or resource record sets of other types, but not both.",
                name = set.name,
                rtype = set.rtype
            );
            Err(error(400, "cnameResourceRecordSetConflict", &words))
        }
        _ => Ok(()),
    }
}

/// A value in Google's own spelling: small hexadecimal digits, and parameters of services in quotes, as recorded by
/// `DNSControl`'s integration tests.
pub(super) fn spelled(rtype: RecordType, data: &[u8]) -> String {
    let text = rdata::to_text(rtype, data);
    match rtype {
        RecordType::DS | RecordType::SSHFP | RecordType::TLSA => text.to_ascii_lowercase(),
        RecordType::SVCB | RecordType::HTTPS => text
            .split(' ')
            .map(|word| match word.split_once('=') {
                Some((key, value)) if !value.starts_with('"') => format!("{key}=\"{value}\""),
                _ => word.to_owned(),
            })
            .collect::<Vec<_>>()
            .join(" "),
        _ => text,
    }
}
