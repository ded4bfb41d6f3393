//! What a zone answers to a question: RFC 1034 section 4.3.2 with wildcards as RFC 4592 and DNAME as RFC 6672 have
//! them.
//!
//! The embedded nameserver answers with it, and the verdict expects by it.

#[cfg(test)]
mod tests;

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
