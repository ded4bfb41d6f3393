//! Zone files as they are imported: <https://docs.hetzner.cloud/reference/cloud#tag/zones/zone-file-import>

use std::collections::HashMap;

use redundns::zone::{Name, RecordKey, RecordSet};
use serde_json::{Value, json};

use super::super::http::Answer;
use super::super::store::Held;
use super::extras::{Extras, Zone};
use super::{check, invalid};

fn bad(number: usize, why: &str) -> Answer {
    invalid("zonefile", &format!("line {number}: {why}"))
}

/// Text and comment of a line; semicolons in quotes and behind a backslash begin none.
fn cut(line: &str) -> (&str, &str) {
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, letter) in line.char_indices() {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ';' if !is_quoted => return (&line[..at], line[at + 1..].trim()),
            _ => {}
        }
    }
    (line, "")
}

/// Puts every set of a zone file in the place of all that there are.
pub fn import(held: &mut Held, zone: &mut Zone, text: &str) -> Result<(), Answer> {
    let origin = held.origin().clone();
    let (mut default, mut last) = (zone.ttl, String::new());
    let mut sets: HashMap<RecordKey, (RecordSet, Extras)> = HashMap::new();
    for (number, line) in (1..).zip(text.lines()) {
        let (line, comment) = cut(line);
        let mut rest = line.trim();
        let mut word = || {
            let (word, tail) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            rest = tail.trim_start();
            word.to_owned()
        };
        if line.trim().is_empty() {
            continue;
        }
        if !line.starts_with(char::is_whitespace) {
            last = word();
        }
        match last.as_str() {
            "$ORIGIN" if word() == origin.to_string() => continue,
            "$ORIGIN" => return Err(bad(number, "$ORIGIN must match the zone")),
            "$TTL" => {
                let given = json!(word().parse::<u64>().ok());
                default = check::ttl(&given)?.ok_or_else(|| bad(number, "no TTL"))?;
                continue;
            }
            _ => {}
        }
        let mut ttl = None;
        let rtype = loop {
            let word = word();
            match word.as_str() {
                "IN" => {}
                "CH" | "HS" => return Err(bad(number, "only class IN is allowed")),
                number if number.parse::<u64>().is_ok() => {
                    ttl = check::ttl(&json!(number.parse::<u64>().ok()))?;
                }
                _ => break word,
            }
        };
        let owner = match last.strip_suffix('.') {
            Some(_) => {
                let owner = Name::absolute(&last).map_err(|_| bad(number, "no name"))?;
                json!(owner.borrow().relative_to(origin.borrow()))
            }
            None => json!(last),
        };
        let key = check::key(&origin, &owner, &Value::String(rtype))?;
        let data = check::value(&origin, key.rtype, rest).map_err(|why| bad(number, &why))?;
        let empty = || (RecordSet::new(0, Vec::new()), Extras::default());
        let (set, extras) = sets.entry(key).or_insert_with(empty);
        if !set.rdata.is_empty() && (set.ttl != ttl.unwrap_or(default)) {
            return Err(bad(
                number,
                "records of one name and type must share the TTL",
            ));
        }
        let mut all = set.rdata.clone();
        all.push(data.clone());
        *set = RecordSet::new(ttl.unwrap_or(default), all);
        extras.inherits = ttl.is_none();
        extras
            .records
            .insert(data, (rest.to_owned(), comment.to_owned()));
    }
    let old: Vec<RecordKey> = held.sets().map(|(key, _)| key.clone()).collect();
    for key in old.iter().filter(|key| !sets.contains_key(key)) {
        held.delete(key);
    }
    for (key, (set, _)) in &sets {
        held.put(key.clone(), set.clone());
    }
    check::whole(held)?;
    // Labels are gone with the sets that had them.
    zone.sets = sets
        .into_iter()
        .map(|(key, (_, extras))| (key, extras))
        .collect();
    zone.ttl = default;
    Ok(())
}
