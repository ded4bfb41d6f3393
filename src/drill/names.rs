//! What is looked up, so that no cache answers: names under a wildcard, a new one each time; else names of the zone,
//! again and again, with the resolver's cache switched off.

use crate::zone::{Lookup, Name, RecordSet, RecordType, Zone};

/// One thing to look up.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// QNAME.
    pub name: Name,
    /// QTYPE.
    pub rtype: RecordType,
    /// What is right: the zone file's data, or what is declared for some provider.
    pub right: Vec<RecordSet>,
}

/// Where they come from.
#[derive(Clone, Debug)]
pub enum Names {
    /// Below the wildcard's parent.
    Wildcard {
        /// The owner of the wildcard record set without its `*`.
        above: Name,
        /// Its type, and what is right.
        wanted: Wanted,
    },
    /// Those of the zone that have an address.
    Uncached(Vec<Wanted>),
}

/// Only addresses are looked up: a stale answer of any other type may not be told from a right one by its form.
const TYPES: [RecordType; 2] = [RecordType::A, RecordType::AAAA];

/// Chooses among the names of `zone`; `own` are the zones of accounts with a declared exception. Nothing where no name
/// has an address.
pub fn names(zone: &Zone, own: &[&Zone]) -> Option<Names> {
    let wanted = |name: &Name, rtype| {
        let at = |zone: &Zone| match zone.lookup(name.borrow(), rtype) {
            Lookup::Records { set, .. } => Some(set.to_record_set()),
            _ => None,
        };
        let mut right = vec![at(zone)?];
        right.extend(own.iter().filter_map(|zone| at(zone)));
        Some(Wanted {
            name: name.clone(),
            rtype,
            right,
        })
    };
    let addresses = || zone.sets().filter(|set| TYPES.contains(&set.rtype()));
    let wildcards = addresses().filter(|set| set.owner().is_wildcard());
    for set in wildcards {
        let Some(above) = set.owner().parent() else {
            continue;
        };
        let name = above.child(label(0).as_bytes()).ok();
        if let Some(wanted) = name.and_then(|name| wanted(&name, set.rtype())) {
            let above = above.to_name();
            return Some(Names::Wildcard { above, wanted });
        }
    }
    let all: Vec<Wanted> = addresses()
        .filter(|set| !set.owner().is_wildcard())
        .filter_map(|set| wanted(&set.owner().to_name(), set.rtype()))
        .collect();
    (!all.is_empty()).then_some(Names::Uncached(all))
}

fn label(index: usize) -> String {
    format!("drill-{index}")
}

impl Names {
    /// The one at `index`.
    pub fn get(&self, index: usize) -> Wanted {
        match self {
            Self::Wildcard { above, wanted } => {
                let name = above.borrow().child(label(index).as_bytes());
                Wanted {
                    // The first one did fit, and a few digits more make a name too long in no zone that people have.
                    name: name.unwrap_or_else(|_| wanted.name.clone()),
                    ..wanted.clone()
                }
            }
            Self::Uncached(all) => all[index % all.len()].clone(),
        }
    }

    /// The spelling in JSON output.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Wildcard { .. } => "wildcard",
            Self::Uncached(_) => "uncached",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{NoIncludes, Source, parse};

    fn zone(text: &str) -> Zone {
        let origin = Name::absolute("example.com").expect("a name");
        let head = "$TTL 60\n@ SOA ns. h. 1 2 3 4 5\n@ NS ns.example.net.\n";
        let text = format!("{head}{text}");
        let source = Source {
            name: "z",
            text: text.as_bytes(),
        };
        parse(&source, origin, &NoIncludes).zone
    }

    #[test]
    fn a_wildcard_gives_a_new_name_each_time() {
        let zone = zone("www A 192.0.2.1\n*.apps AAAA 2001:db8::1\n");
        let names = names(&zone, &[]).expect("names");
        let (one, other) = (names.get(1), names.get(2));
        assert_eq!(one.name.to_string(), "drill-1.apps.example.com.");
        assert_ne!(one.name, other.name);
        assert_eq!(one.right[0].rdata.len(), 1);
    }

    #[test]
    fn without_one_the_names_with_addresses_go_round() {
        let zone = zone(
            "www A 192.0.2.1\nalias CNAME www\nmail MX 1 www\nsub NS ns.sub\nns.sub A 192.0.2.9\n",
        );
        let names = names(&zone, &[]).expect("names");
        assert_eq!(names.get(0).name.to_string(), "www.example.com.");
        assert_eq!(names.get(1).name, names.get(0).name, "glue is not asked");
    }

    #[test]
    fn without_an_address_there_is_nothing_to_look_up() {
        assert!(names(&zone("@ MX 10 mail.example.net.\n"), &[]).is_none());
    }
}
