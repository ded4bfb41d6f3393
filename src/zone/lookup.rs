//! What a zone answers to a question: RFC 1034 section 4.3.2 with wildcards as RFC 4592 and DNAME as RFC 6672 have
//! them.
//!
//! The embedded nameserver answers with it, and the verdict expects by it.

use super::{Name, NameRef, RecordType, SetRef, Zone};

/// The outcome of one step of the algorithm: aliases are reported, not followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lookup<'a> {
    /// The type is there. For QTYPE ANY: the first set of the name, which is enough (RFC 8482, section 4.1).
    Records {
        /// Its owner is the source of synthesis, not the QNAME, when `wildcard`.
        set: SetRef<'a>,
        /// Whether it was synthesized.
        wildcard: bool,
    },
    /// A CNAME is there, and another type was asked for.
    Alias {
        /// The CNAME set; its owner is the source of synthesis, not the QNAME, when `wildcard`.
        set: SetRef<'a>,
        /// Whether it was synthesized.
        wildcard: bool,
    },
    /// An ancestor of the QNAME in the zone has a DNAME; [`redirect`] says where to.
    Dname {
        /// The DNAME set.
        set: SetRef<'a>,
    },
    /// The QNAME is a zone cut or lies below one.
    Referral {
        /// The cut's NS set.
        set: SetRef<'a>,
    },
    /// The name exists, if only because a name below it does, but the type does not.
    NoData {
        /// Whether it exists by synthesis only.
        wildcard: bool,
    },
    /// The name does not exist, and no wildcard covers it.
    NxDomain,
    /// The name is not at or below the origin.
    NotInZone,
}

/// Every `RRset` of one owner name: a range of the sorted table. Empty for an empty non-terminal.
struct Node<'a> {
    zone: &'a Zone,
    start: usize,
    end: usize,
    /// Whether there is a set here or below.
    exists: bool,
}

impl Zone {
    /// Looks up `qname` and `qtype` among the authoritative data and the zone cuts.
    ///
    /// A DS at a zone cut belongs to the parent side, this zone (RFC 4035, section 3.1.4.1). NS and DNAME at a
    /// wildcard are data like any other and cut or redirect nothing (RFC 4592, sections 4.2 and 4.4).
    pub fn lookup(&self, qname: NameRef<'_>, qtype: RecordType) -> Lookup<'_> {
        let origin = self.origin().borrow();
        if !qname.is_at_or_below(origin) {
            return Lookup::NotInZone;
        }
        let mut names: Vec<NameRef<'_>> = std::iter::successors(Some(qname), |name| name.parent())
            .take_while(|name| name.wire().len() >= origin.wire().len())
            .collect();
        let mut encloser = origin;
        while let Some(name) = names.pop() {
            let node = self.node(name);
            if !node.exists {
                return self.synthesize(encloser, qtype);
            }
            let is_qname = names.is_empty();
            let parent_side = is_qname && qtype == RecordType::DS;
            if name != origin
                && !parent_side
                && let Some(set) = node.get(RecordType::NS)
            {
                return Lookup::Referral { set };
            }
            if is_qname {
                return node.answer(qtype, false);
            }
            if let Some(set) = node.get(RecordType::DNAME) {
                return Lookup::Dname { set };
            }
            encloser = name;
        }
        Lookup::NxDomain
    }

    /// The answer for a name that does not exist and whose closest encloser is `encloser`.
    fn synthesize(&self, encloser: NameRef<'_>, qtype: RecordType) -> Lookup<'_> {
        // A name too long to exist covers nothing.
        let Ok(source) = encloser.child(b"*") else {
            return Lookup::NxDomain;
        };
        let node = self.node(source.borrow());
        if node.exists {
            node.answer(qtype, true)
        } else {
            Lookup::NxDomain
        }
    }

    fn node(&self, name: NameRef<'_>) -> Node<'_> {
        let start = self.lower_bound(name, RecordType(0));
        let mut end = start;
        while end < self.len() && self.set(end).owner() == name {
            end += 1;
        }
        let exists =
            end > start || (start < self.len() && self.set(start).owner().is_at_or_below(name));
        Node {
            zone: self,
            start,
            end,
            exists,
        }
    }
}

impl<'a> Node<'a> {
    fn get(&self, rtype: RecordType) -> Option<SetRef<'a>> {
        (self.start..self.end)
            .map(|index| self.zone.set(index))
            .find(|set| set.rtype() == rtype)
    }

    fn answer(&self, qtype: RecordType, wildcard: bool) -> Lookup<'a> {
        let found = if qtype == RecordType::ANY && self.start < self.end {
            Some(self.zone.set(self.start))
        } else {
            self.get(qtype)
        };
        if let Some(set) = found {
            return Lookup::Records { set, wildcard };
        }
        match self.get(RecordType::CNAME) {
            Some(set) => Lookup::Alias { set, wildcard },
            None => Lookup::NoData { wildcard },
        }
    }
}

/// `qname` with the DNAME's owner replaced by its target (RFC 6672, section 2.2); `None` where that is no name,
/// being longer than 255 octets.
pub fn redirect(qname: NameRef<'_>, dname: SetRef<'_>) -> Option<Name> {
    let kept = qname.wire().len().checked_sub(dname.owner().wire().len())?;
    let target = dname.rdata().next()?;
    let wire = [&qname.wire()[..kept], target].concat();
    Name::from_wire(&wire).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{Position, ZoneBuilder};

    fn name(text: &str) -> Name {
        Name::absolute(text).expect("a name in a test")
    }

    /// Owners and types; the data is a root target where the type wants a name, and does not matter otherwise.
    fn zone(origin: &str, sets: &[(&str, &str)]) -> Zone {
        let mut builder = ZoneBuilder::new(name(origin));
        for (owner, types) in sets {
            for rtype in types.split(' ') {
                builder.push(
                    name(owner).borrow(),
                    rtype.parse().expect("a type in a test"),
                    60,
                    &[0],
                    Position::default(),
                );
            }
        }
        builder.finish()
    }

    /// The outcome in one line: kind, owner and type of the set, `*` where synthesized.
    fn told(lookup: Lookup<'_>) -> String {
        let star = |wildcard| if wildcard { " *" } else { "" };
        match lookup {
            Lookup::Records { set, wildcard } => format!("{}{}", set.key(), star(wildcard)),
            Lookup::Alias { set, wildcard } => format!("alias {}{}", set.owner(), star(wildcard)),
            Lookup::Dname { set } => format!("dname {}", set.owner()),
            Lookup::Referral { set } => format!("referral {}", set.owner()),
            Lookup::NoData { wildcard } => format!("nodata{}", star(wildcard)),
            Lookup::NxDomain => "nxdomain".to_owned(),
            Lookup::NotInZone => "not in zone".to_owned(),
        }
    }

    fn check(zone: &Zone, table: &[(&str, &str, &str)]) {
        for (qname, qtype, expected) in table {
            let qtype = qtype.parse().expect("a type in a test");
            let got = told(zone.lookup(name(qname).borrow(), qtype));
            assert_eq!(got, *expected, "{qname} {qtype}");
        }
    }

    #[test]
    fn the_examples_of_rfc_4592() {
        let zone = zone(
            "example.",
            &[
                ("example.", "SOA NS"),
                ("*.example.", "TXT MX"),
                ("sub.*.example.", "TXT"),
                ("host1.example.", "A"),
                ("_ssh._tcp.host1.example.", "SRV"),
                ("_ssh._tcp.host2.example.", "SRV"),
                ("subdel.example.", "NS"),
            ],
        );
        check(
            &zone,
            &[
                ("host3.example.", "MX", "*.example. MX *"),
                ("host3.example.", "A", "nodata *"),
                ("foo.bar.example.", "TXT", "*.example. TXT *"),
                ("host1.example.", "MX", "nodata"),
                ("sub.*.example.", "MX", "nodata"),
                ("_telnet._tcp.host1.example.", "SRV", "nxdomain"),
                ("host.subdel.example.", "A", "referral subdel.example."),
                ("ghost.*.example.", "MX", "nxdomain"),
                ("*.example.", "TXT", "*.example. TXT"),
                ("_tcp.host2.example.", "SRV", "nodata"),
                ("host2.example.", "TXT", "nodata"),
                ("x.host2.example.", "TXT", "nxdomain"),
            ],
        );
    }

    #[test]
    fn names_and_types() {
        let zone = zone(
            "example.",
            &[
                ("example.", "SOA NS"),
                ("a.b.c.example.", "A"),
                ("www.example.", "A AAAA"),
                ("alias.example.", "CNAME"),
            ],
        );
        check(
            &zone,
            &[
                ("example.", "SOA", "example. SOA"),
                ("example.", "NS", "example. NS"),
                ("example.", "DS", "nodata"),
                ("WWW.Example.", "AAAA", "www.example. AAAA"),
                ("www.example.", "TXT", "nodata"),
                ("www.example.", "ANY", "www.example. A"),
                ("b.c.example.", "A", "nodata"),
                ("b.c.example.", "ANY", "nodata"),
                ("x.c.example.", "A", "nxdomain"),
                ("below.www.example.", "A", "nxdomain"),
                ("alias.example.", "A", "alias alias.example."),
                ("alias.example.", "CNAME", "alias.example. CNAME"),
                ("alias.example.", "ANY", "alias.example. CNAME"),
                ("below.alias.example.", "A", "nxdomain"),
                ("nope.example.", "A", "nxdomain"),
                ("example.com.", "A", "not in zone"),
                ("notexample.", "A", "not in zone"),
                (".", "NS", "not in zone"),
            ],
        );
    }

    #[test]
    fn wildcards() {
        let zone = zone(
            "example.",
            &[
                ("example.", "SOA NS"),
                ("*.w.example.", "A"),
                ("sibling.w.example.", "TXT"),
                ("deep.ent.w.example.", "TXT"),
                ("*.alias.example.", "CNAME"),
                ("below.*.ent.example.", "A"),
                ("*.cut.example.", "NS"),
                ("*.d.example.", "DNAME"),
            ],
        );
        check(
            &zone,
            &[
                ("x.w.example.", "A", "*.w.example. A *"),
                ("x.y.w.example.", "A", "*.w.example. A *"),
                ("x.w.example.", "TXT", "nodata *"),
                ("x.w.example.", "ANY", "*.w.example. A *"),
                ("w.example.", "A", "nodata"),
                ("sibling.w.example.", "A", "nodata"),
                ("x.sibling.w.example.", "A", "nxdomain"),
                ("ent.w.example.", "A", "nodata"),
                ("x.ent.w.example.", "A", "nxdomain"),
                ("x.alias.example.", "A", "alias *.alias.example. *"),
                ("x.alias.example.", "CNAME", "*.alias.example. CNAME *"),
                ("x.ent.example.", "A", "nodata *"),
                ("x.cut.example.", "NS", "*.cut.example. NS *"),
                ("x.cut.example.", "A", "nodata *"),
                ("x.y.d.example.", "A", "nodata *"),
            ],
        );
    }

    #[test]
    fn a_zone_cut_hides_everything_below_it() {
        let zone = zone(
            "example.",
            &[
                ("example.", "SOA NS"),
                ("sub.example.", "NS DS"),
                ("ns.sub.example.", "A"),
                ("*.sub.example.", "A"),
                ("deeper.sub.example.", "NS"),
                ("d.sub.example.", "DNAME"),
                ("plain.example.", "NS"),
                ("*.example.", "A"),
            ],
        );
        check(
            &zone,
            &[
                ("sub.example.", "NS", "referral sub.example."),
                ("sub.example.", "A", "referral sub.example."),
                ("sub.example.", "ANY", "referral sub.example."),
                ("sub.example.", "DS", "sub.example. DS"),
                ("plain.example.", "DS", "nodata"),
                ("ns.sub.example.", "A", "referral sub.example."),
                ("x.sub.example.", "A", "referral sub.example."),
                ("x.sub.example.", "DS", "referral sub.example."),
                ("deeper.sub.example.", "DS", "referral sub.example."),
                ("x.d.sub.example.", "A", "referral sub.example."),
                ("x.plain.example.", "A", "referral plain.example."),
                ("other.example.", "A", "*.example. A *"),
            ],
        );
    }

    #[test]
    fn dname_redirects_what_is_below_it() {
        let zone = zone(
            "example.",
            &[
                ("example.", "SOA NS"),
                ("d.example.", "DNAME TXT"),
                ("hidden.d.example.", "A"),
            ],
        );
        check(
            &zone,
            &[
                ("d.example.", "DNAME", "d.example. DNAME"),
                ("d.example.", "TXT", "d.example. TXT"),
                ("d.example.", "A", "nodata"),
                ("x.d.example.", "A", "dname d.example."),
                ("x.d.example.", "DNAME", "dname d.example."),
                ("hidden.d.example.", "A", "dname d.example."),
                ("x.y.d.example.", "DS", "dname d.example."),
            ],
        );
    }

    #[test]
    fn the_root_is_a_zone_too() {
        let zone = zone(".", &[(".", "SOA NS"), ("com.", "NS"), ("*.x.", "A")]);
        check(
            &zone,
            &[
                (".", "NS", ". NS"),
                ("example.com.", "A", "referral com."),
                ("org.", "A", "nxdomain"),
                ("y.x.", "A", "*.x. A *"),
            ],
        );
        check(
            &Zone::empty(name("example.")),
            &[("example.", "A", "nxdomain")],
        );
    }

    #[test]
    fn a_redirected_name_may_be_too_long() {
        let mut builder = ZoneBuilder::new(name("example."));
        let (owner, target) = (name("d.example."), name("target.other."));
        builder.push(
            owner.borrow(),
            RecordType::DNAME,
            60,
            target.borrow().wire(),
            Position::default(),
        );
        let zone = builder.finish();
        let set = zone.set(0);
        assert_eq!(
            redirect(name("a.b.d.example.").borrow(), set),
            Some(name("a.b.target.other."))
        );
        let long = format!("{0}.{0}.{0}.{1}.d.example.", "a".repeat(63), "b".repeat(50));
        assert_eq!(redirect(name(&long).borrow(), set), None);
    }

    #[test]
    fn a_wildcard_too_long_to_exist_covers_nothing() {
        // 255 octets: nothing fits in front of it, so the wildcard below its parent is all there can be.
        let longest = format!("{0}.{0}.{0}.{1}.", "a".repeat(63), "b".repeat(61));
        let zone = zone(".", &[(".", "SOA NS"), (&longest, "A")]);
        let sibling = format!("c.{}", longest.split_once('.').expect("labels").1);
        check(
            &zone,
            &[(&longest, "AAAA", "nodata"), (&sibling, "A", "nxdomain")],
        );
    }
}
