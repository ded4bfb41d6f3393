//! Zones as a person would write them: what belongs together stands together, names are relative, columns aligned.
//!
//! Each line keeps its owner, so that lines can be moved, copied and searched for one by one.

mod arrange;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{NameRef, RecordType, SetRef, Zone, rdata};
use arrange::Section;

/// Longer owners and types stick out of their columns.
const WIDEST_OWNER: usize = 24;
const WIDEST_TYPE: usize = 7;

/// Data of several character-strings that is longer is broken into lines.
const LONG: usize = 100;

/// The TTL of a zone that has no records.
const COMMON_TTL: u32 = 3600;

/// The zone as a master file. It begins with `heading`, a comment each line.
///
/// Reading the text gives the same zone again.
pub fn master_file(zone: &Zone, heading: &[String]) -> String {
    let columns = Columns::of(zone);
    let mut text = String::new();
    for line in heading {
        comment(line, &mut text);
    }
    let _ = writeln!(text, "$ORIGIN {}\n$TTL {}", zone.origin(), columns.common);
    let mut last = None;
    for (section, set) in arrange::arranged(zone) {
        if last != Some(section) {
            text.push('\n');
            if let Some(title) = section.title() {
                comment(title, &mut text);
            }
            last = Some(section);
        }
        columns.set(section, set, &mut text);
    }
    text
}

/// A comment of one line, whatever is in it.
fn comment(line: &str, text: &mut String) {
    let line = line.replace(char::is_control, " ");
    text.push_str(format!("; {line}").trim_end());
    text.push('\n');
}

/// How the lines of a zone are laid out.
struct Columns<'z> {
    origin: NameRef<'z>,
    /// The TTL of most record sets, which is not written.
    common: u32,
    owner: usize,
    /// 0 where there is no other TTL.
    ttl: usize,
    rtype: usize,
}

impl<'z> Columns<'z> {
    fn of(zone: &'z Zone) -> Self {
        let origin = zone.origin().borrow();
        let mut ttls: BTreeMap<u32, usize> = BTreeMap::new();
        let (mut owner, mut rtype) = (0, 0);
        for set in zone.sets() {
            *ttls.entry(set.ttl()).or_default() += 1;
            let length = set.owner().relative_to(origin).len();
            owner = owner.max(length.min(WIDEST_OWNER));
            rtype = rtype.max(set.rtype().to_string().len().min(WIDEST_TYPE));
        }
        let most = ttls.iter().max_by_key(|(_, sets)| **sets);
        let common = most.map_or(COMMON_TTL, |(ttl, _)| *ttl);
        let others = ttls.keys().filter(|ttl| **ttl != common);
        let ttl = others.map(|ttl| ttl.to_string().len()).max().unwrap_or(0);
        Self {
            origin,
            common,
            owner,
            ttl,
            rtype,
        }
    }

    fn set(&self, section: Section, set: SetRef<'_>, text: &mut String) {
        let mut head = format!(
            "{:<width$}",
            set.owner().relative_to(self.origin),
            width = self.owner
        );
        if self.ttl > 0 {
            let own = Some(set.ttl()).filter(|ttl| *ttl != self.common);
            let own = own.map_or_else(String::new, |ttl| ttl.to_string());
            let _ = write!(head, "  {own:<width$}", width = self.ttl);
        }
        let _ = write!(head, "  {:<width$}  ", set.rtype(), width = self.rtype);
        for octets in set.rdata() {
            text.push_str(&head);
            self.data(section, set.rtype(), octets, head.len(), text);
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
        }
    }

    fn data(
        &self,
        section: Section,
        rtype: RecordType,
        octets: &[u8],
        indent: usize,
        text: &mut String,
    ) {
        let start = text.len();
        rdata::append_relative(rtype, octets, self.origin, text);
        if section == Section::Authority && rtype == RecordType::SOA {
            let words = text.split_off(start);
            text.push_str(&soa(&words, indent));
        } else if rtype == RecordType::TXT && text.len() - start > LONG {
            let strings = rdata::quoted_strings(octets);
            if let [first, rest @ ..] = strings.as_slice()
                && !rest.is_empty()
            {
                text.truncate(start);
                let _ = write!(text, "( {first}");
                for string in rest {
                    let _ = write!(text, "\n{:indent$}  {string}", "");
                }
                text.push_str(" )");
            }
        }
    }
}

/// The seven words of a SOA, each number on a line of its own.
fn soa(words: &str, indent: usize) -> String {
    let words: Vec<&str> = words.split(' ').collect();
    let [mname, rname, serial, refresh, retry, expire, minimum] = words.as_slice() else {
        return words.join(" ");
    };
    let mut text = format!("{mname} {rname} (\n");
    let width = [serial, refresh, retry, expire, minimum].map(|word| word.len());
    let width = width.into_iter().max().unwrap_or(0);
    for (word, meaning) in [
        (
            serial,
            "serial, kept by each provider for itself".to_owned(),
        ),
        (refresh, format!("refresh, {}", units(refresh))),
        (retry, format!("retry, {}", units(retry))),
        (expire, format!("expire, {}", units(expire))),
        (minimum, format!("negative TTL, {}", units(minimum))),
    ] {
        let _ = writeln!(text, "{:indent$}  {word:<width$}  ; {meaning}", "");
    }
    let _ = write!(text, "{:indent$})", "");
    text
}

/// Seconds in the units of master files.
fn units(seconds: &str) -> String {
    let mut left: u32 = seconds.parse().unwrap_or(0);
    let mut text = String::new();
    for (unit, size) in [
        ("w", 604_800),
        ("d", 86_400),
        ("h", 3600),
        ("m", 60),
        ("s", 1),
    ] {
        if left >= size {
            let _ = write!(text, "{}{unit}", left / size);
            left %= size;
        }
    }
    if text.is_empty() {
        "0s".to_owned()
    } else {
        text
    }
}
