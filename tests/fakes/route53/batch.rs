//! Change batches: all of a batch or nothing.
//!
//! <https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html>

use redundns::zone::{Name, RecordKey, RecordSet, RecordType};

use super::super::http::Answer;
use super::super::store::Held;
use super::xml::Element;
use super::{invalid, refuse, value};

/// The model of the service has these and no others.
const TYPES: [&str; 17] = [
    "SOA", "A", "TXT", "NS", "CNAME", "MX", "NAPTR", "PTR", "SRV", "SPF", "AAAA", "CAA", "DS",
    "TLSA", "SSHFP", "SVCB", "HTTPS",
];
const ACTIONS: [&str; 3] = ["CREATE", "DELETE", "UPSERT"];
const MOST_RECORDS: usize = 1000;
const MOST_CHARACTERS: usize = 32_000;
const MOST_VALUES: usize = 400;

/// A record set that is more than name, type, TTL and values.
#[derive(Clone)]
pub(super) struct Special {
    pub(super) key: RecordKey,
    /// Empty for an alias without a routing policy.
    pub(super) identifier: String,
    pub(super) xml: Element,
}

/// One change of a batch.
struct Change<'e> {
    action: &'e str,
    key: RecordKey,
    shown: String,
    xml: &'e Element,
    set: Option<RecordSet>,
}

/// Makes all changes of a request in `held` and `specials`, or says why none is made.
pub(super) fn apply(
    root: &Element,
    held: &mut Held,
    specials: &mut Vec<Special>,
) -> Result<(), Answer> {
    let batch = root
        .child("ChangeBatch")
        .ok_or_else(|| missing("changeBatch"))?;
    let listed = batch
        .child("Changes")
        .ok_or_else(|| missing("changeBatch.changes"))?;
    if listed.children.is_empty() {
        return Err(constraint(
            "[]",
            "changeBatch.changes",
            "Member must have length greater than or equal to 1",
        ));
    }
    let mut changes = Vec::new();
    let (mut records, mut characters) = (0, 0);
    for element in &listed.children {
        let change = read(element)?;
        let counts = if change.action == "UPSERT" { 2 } else { 1 };
        for value in values(change.xml) {
            records += counts;
            characters += counts * value.chars().count();
        }
        changes.push(change);
    }
    if records > MOST_RECORDS {
        return Err(invalid(&format!(
            "Number of records limit of {MOST_RECORDS} exceeded."
        )));
    }
    if characters > MOST_CHARACTERS {
        return Err(invalid(&format!(
            "RDATA character limit of {MOST_CHARACTERS} exceeded."
        )));
    }
    let mut wrong = Vec::new();
    for change in &mut changes {
        let zone = value::spelled_name(held.origin().borrow());
        if !change
            .key
            .owner
            .borrow()
            .is_at_or_below(held.origin().borrow())
        {
            let name = &change.shown;
            wrong.push(format!(
                "RRSet with DNS name {name} is not permitted in zone {zone}"
            ));
        }
        if change.key.rtype == RecordType::NS && change.key.owner.borrow().is_wildcard() {
            wrong.push(format!(
                "RRSet of type NS with DNS name {} is not permitted: wildcard NS records are not supported",
                change.shown
            ));
        }
        match set_of(change) {
            Ok(set) => change.set = set,
            Err(words) => wrong.push(words),
        }
    }
    if wrong.is_empty() {
        wrong = changes
            .iter()
            .filter_map(|change| make(change, held, specials).err())
            .collect();
    }
    if wrong.is_empty() {
        wrong = changes
            .iter()
            .filter_map(|change| conflict(change, held))
            .collect();
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(invalid(&format!("[{}]", wrong.join(", "))))
}

fn missing(field: &str) -> Answer {
    constraint("null", field, "Member must not be null")
}

fn constraint(value: &str, field: &str, words: &str) -> Answer {
    let words = format!(
        "1 validation error detected: Value '{value}' at '{field}' failed to satisfy constraint: {words}"
    );
    refuse(400, "ValidationError", &words)
}

fn read(element: &Element) -> Result<Change<'_>, Answer> {
    let action = element.text_of("Action").unwrap_or_default();
    if !ACTIONS.contains(&action) {
        return Err(constraint(
            action,
            "changeBatch.changes.1.member.action",
            "Member must satisfy enum value set: [CREATE, DELETE, UPSERT]",
        ));
    }
    let xml = element
        .child("ResourceRecordSet")
        .ok_or_else(|| missing("changeBatch.changes.1.member.resourceRecordSet"))?;
    let rtype = xml.text_of("Type").unwrap_or_default();
    if !TYPES.contains(&rtype) {
        return Err(constraint(
            rtype,
            "changeBatch.changes.1.member.resourceRecordSet.type",
            "Member must satisfy enum value set",
        ));
    }
    let name = xml.text_of("Name").unwrap_or_default();
    let about = format!("[Action={action}, Name={name}, Type={rtype}, SetIdentifier=null]");
    let owner = value::name(name).ok_or_else(|| {
        invalid(&format!(
            "[FATAL problem: DomainNameNotSyntacticallyCorrect encountered with '{name}']"
        ))
    })?;
    if let Some(ttl) = xml.text_of("TTL")
        && !ttl.parse().is_ok_and(|ttl: u64| ttl <= 0x7fff_ffff)
    {
        return Err(constraint(
            ttl,
            "changeBatch.changes.1.member.resourceRecordSet.tTL",
            "Member must have value less than or equal to 2147483647",
        ));
    }
    let is_whole = xml.child("TTL").is_some() && values(xml).next().is_some();
    if !is_whole && xml.child("AliasTarget").is_none() {
        let words = format!(
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or \
             TrafficPolicyInstanceId], but found none in Change with {about}"
        );
        return Err(refuse(400, "InvalidInput", &words));
    }
    Ok(Change {
        action,
        shown: value::spelled_name(owner.borrow()),
        key: RecordKey {
            owner,
            rtype: rtype.parse().expect("a type of the list"),
        },
        xml,
        set: None,
    })
}

fn values(xml: &Element) -> impl Iterator<Item = &str> {
    let records = xml.child("ResourceRecords").into_iter();
    records
        .flat_map(|records| &records.children)
        .filter_map(|record| record.text_of("Value"))
}

/// The plain set, or nothing where it is a special one.
fn set_of(change: &Change<'_>) -> Result<Option<RecordSet>, String> {
    let xml = change.xml;
    let plain = ["Name", "Type", "TTL", "ResourceRecords"];
    if xml
        .children
        .iter()
        .any(|child| !plain.contains(&child.name.as_str()))
    {
        return Ok(None);
    }
    let mut data: Vec<Box<[u8]>> = Vec::new();
    for text in values(xml) {
        let wire = value::data(change.key.rtype, text)?.into_boxed_slice();
        if data.contains(&wire) {
            return Err(format!("Duplicate Resource Record: '{text}'"));
        }
        data.push(wire);
    }
    let (count, name, rtype) = (data.len(), &change.shown, change.key.rtype);
    if count > MOST_VALUES {
        return Err(format!(
            "Number of values limit of {MOST_VALUES} exceeded for {name} {rtype}"
        ));
    }
    if count > 1 && [RecordType::CNAME, RecordType::SOA].contains(&rtype) {
        return Err(format!(
            "RRSet of type {rtype} with DNS name {name} must have exactly one resource record"
        ));
    }
    let ttl = xml
        .text_of("TTL")
        .and_then(|ttl| ttl.parse().ok())
        .unwrap_or(0);
    Ok(Some(RecordSet::new(ttl, data)))
}

fn make(change: &Change<'_>, held: &mut Held, specials: &mut Vec<Special>) -> Result<(), String> {
    let Change {
        action,
        key,
        shown,
        xml,
        set,
    } = change;
    let about = format!("resource record set [name='{shown}', type='{}'", key.rtype);
    let identifier = xml.text_of("SetIdentifier").unwrap_or_default();
    let about = if identifier.is_empty() {
        format!("{about}]")
    } else {
        format!("{about}, set identifier='{identifier}']")
    };
    let at = specials
        .iter()
        .position(|special| special.key == *key && special.identifier == identifier);
    let is_there = at.is_some() || (identifier.is_empty() && held.get(key).is_some());
    match *action {
        "CREATE" if is_there => {
            return Err(format!("Tried to create {about} but it already exists"));
        }
        "DELETE" => {
            if !is_there {
                return Err(format!("Tried to delete {about} but it was not found"));
            }
            let is_same = match (at, set) {
                (Some(at), _) => specials[at].xml.write() == xml.write(),
                (None, Some(set)) => held.get(key).is_some_and(|entry| entry.set == *set),
                (None, None) => false,
            };
            if !is_same {
                return Err(format!(
                    "Tried to delete {about} but the values provided do not match the current values"
                ));
            }
            if key.owner == *held.origin() && key.rtype == RecordType::SOA {
                return Err("A HostedZone must contain exactly one SOA record.".to_owned());
            }
            if key.owner == *held.origin() && key.rtype == RecordType::NS {
                return Err(
                    "A HostedZone must contain at least one NS record for the zone itself."
                        .to_owned(),
                );
            }
        }
        _ => {}
    }
    if let Some(at) = at {
        specials.remove(at);
    }
    if *action == "DELETE" {
        held.delete(key);
        return Ok(());
    }
    match set {
        Some(set) => held.put(key.clone(), set.clone()),
        None => specials.push(Special {
            key: key.clone(),
            identifier: identifier.to_owned(),
            xml: (*xml).clone(),
        }),
    }
    Ok(())
}

/// What the whole batch leaves behind that must not stand together.
fn conflict(change: &Change<'_>, held: &Held) -> Option<String> {
    let (name, rtype) = (&change.shown, change.key.rtype);
    let zone = value::spelled_name(held.origin().borrow());
    let owner: &Name = &change.key.owner;
    if change.action == "DELETE" {
        return None;
    }
    let others = held.types_at(owner);
    let is_alone = others.iter().all(|other| *other == rtype);
    match rtype {
        RecordType::CNAME if owner == held.origin() => Some(format!(
            "RRSet of type CNAME with DNS name {name} is not permitted at apex in zone {zone}"
        )),
        RecordType::CNAME if !is_alone => Some(format!(
            "RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other records with the same \
             DNS name in zone {zone}"
        )),
        _ if others.contains(&RecordType::CNAME) && rtype != RecordType::CNAME => Some(format!(
            "RRSet of type {rtype} with DNS name {name} is not permitted because a conflicting RRSet of type CNAME with \
             the same DNS name already exists in zone {zone}"
        )),
        _ => None,
    }
}
