//! The answer to a question as an authoritative server gives it: aliases followed inside the zone, referrals with
//! glue, the SOA where there is nothing (RFC 1034, section 4.3.2; RFC 2308, section 3).

use hickory_proto::op::ResponseCode;
use hickory_proto::rr::rdata::NULL;
use hickory_proto::rr::{Name as WireName, RData, Record, RecordType as WireType};
use hickory_proto::serialize::binary::{BinDecodable, BinDecoder};

use crate::zone::{Lookup, Name, NameRef, RecordType, SetRef, Zone, redirect};

/// Aliases followed for one question; no sane zone has more in a row.
const ALIASES: usize = 16;

/// Sections and header fields of a response.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) code: ResponseCode,
    pub(super) authoritative: bool,
    pub(super) answers: Vec<Record>,
    pub(super) authorities: Vec<Record>,
    pub(super) additionals: Vec<Record>,
}

impl Reply {
    /// No records, not authoritative.
    pub(super) fn bare(code: ResponseCode) -> Self {
        Self {
            code,
            authoritative: false,
            answers: Vec::new(),
            authorities: Vec::new(),
            additionals: Vec::new(),
        }
    }

    /// What `zone` answers. A chain of aliases that leaves the zone ends there, since the rest is somebody else's;
    /// one that comes back to a name ends there too, since the rest has been said.
    pub(super) fn to(zone: &Zone, qname: &Name, qtype: RecordType) -> Self {
        let mut reply = Self::bare(ResponseCode::NoError);
        reply.authoritative = true;
        let mut seen = Vec::new();
        let mut next = Some(qname.clone());
        while let Some(name) = next.filter(|name| !seen.contains(name) && seen.len() <= ALIASES) {
            next = reply.step(zone, name.borrow(), qtype);
            seen.push(name);
        }
        reply
    }

    /// Adds what `zone` says about one name of the chain, and returns the next.
    fn step(&mut self, zone: &Zone, name: NameRef<'_>, qtype: RecordType) -> Option<Name> {
        match zone.lookup(name, qtype) {
            Lookup::Records { set, .. } => self.answers.extend(records(name, set)),
            Lookup::Alias { set, .. } => {
                self.answers.extend(records(name, set));
                let target = set.rdata().next()?;
                return Name::from_wire(target).ok();
            }
            Lookup::Dname { set } => return self.redirect(name, set, qtype),
            Lookup::Referral { set } => {
                self.authoritative = !self.answers.is_empty();
                self.authorities = records(set.owner(), set).collect();
                self.additionals = glue(zone, set);
            }
            Lookup::NoData { .. } => self.authorities = negative(zone),
            Lookup::NxDomain => {
                self.code = ResponseCode::NXDomain;
                self.authorities = negative(zone);
            }
            Lookup::NotInZone => {}
        }
        None
    }

    /// Adds the DNAME, once in a chain, and the CNAME synthesized from it (RFC 6672, section 3.1).
    fn redirect(&mut self, name: NameRef<'_>, set: SetRef<'_>, qtype: RecordType) -> Option<Name> {
        for record in records(set.owner(), set) {
            if !self.answers.contains(&record) {
                self.answers.push(record);
            }
        }
        let Some(target) = redirect(name, set) else {
            self.code = ResponseCode::YXDomain;
            return None;
        };
        let cname = record(name, RecordType::CNAME, set.ttl(), target.borrow().wire());
        self.answers.push(cname);
        (qtype != RecordType::CNAME && qtype != RecordType::ANY).then_some(target)
    }
}

/// The records of `set` under the name `owner`, which differs from the set's own where it was synthesized.
pub(super) fn records<'a>(
    owner: NameRef<'a>,
    set: SetRef<'a>,
) -> impl Iterator<Item = Record> + use<'a> {
    set.rdata()
        .map(move |rdata| record(owner, set.rtype(), set.ttl(), rdata))
}

/// RDATA goes out as it stands, whatever the type; only owner names are compressed.
fn record(owner: NameRef<'_>, rtype: RecordType, ttl: u32, rdata: &[u8]) -> Record {
    let owner = WireName::read(&mut BinDecoder::new(owner.wire()))
        .expect("a canonical name is a name in wire form");
    let mut data = NULL::new();
    data.anything = rdata.to_vec();
    let rdata = RData::Unknown {
        code: WireType::from(rtype.0),
        rdata: data,
    };
    Record::from_rdata(owner, ttl, rdata)
}

/// The SOA with the negative TTL: the smaller of its own and MINIMUM (RFC 2308, section 3).
fn negative(zone: &Zone) -> Vec<Record> {
    let apex = zone.origin().borrow();
    let Some(set) = zone.get(apex, RecordType::SOA) else {
        return Vec::new();
    };
    set.rdata()
        .map(|rdata| {
            let minimum = rdata
                .last_chunk()
                .map_or(0, |&octets| u32::from_be_bytes(octets));
            record(apex, RecordType::SOA, set.ttl().min(minimum), rdata)
        })
        .collect()
}

/// The addresses that the zone has for the nameservers of a cut (RFC 9471).
fn glue(zone: &Zone, cut: SetRef<'_>) -> Vec<Record> {
    let mut glue = Vec::new();
    for server in cut.rdata().filter_map(|wire| Name::from_wire(wire).ok()) {
        for rtype in [RecordType::A, RecordType::AAAA] {
            if let Some(set) = zone.get(server.borrow(), rtype) {
                glue.extend(records(set.owner(), set));
            }
        }
    }
    glue
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::{Position, ZoneBuilder};

    fn name(text: &str) -> Name {
        Name::absolute(text).expect("a name in a test")
    }

    /// A SOA of 60 s with MINIMUM 30, and the sets given: owner, type, target.
    fn zone(sets: &[(&str, RecordType, &str)]) -> Zone {
        let mut builder = ZoneBuilder::new(name("example."));
        let mut add = |owner: &str, rtype, rdata: &[u8]| {
            builder.push(name(owner).borrow(), rtype, 60, rdata, Position::default());
        };
        add(
            "example.",
            RecordType::SOA,
            &[&[0, 0][..], &[0, 0, 0, 30].repeat(5)].concat(),
        );
        for (owner, rtype, target) in sets {
            add(owner, *rtype, name(target).borrow().wire());
        }
        builder.finish()
    }

    fn owners(records: &[Record]) -> Vec<String> {
        records
            .iter()
            .map(|record| format!("{} {}", record.name, record.record_type()))
            .collect()
    }

    #[test]
    fn chains_end() {
        let cname = |owner, target| (owner, RecordType::CNAME, target);
        let dname = |owner, target| (owner, RecordType::DNAME, target);
        let mut sets = vec![
            cname("a.example.", "b.example."),
            cname("b.example.", "a.example."),
            cname("self.example.", "self.example."),
            cname("out.example.", "elsewhere."),
            cname("gone.example.", "nothing.example."),
            dname("around.example.", "around.example."),
            dname("deeper.example.", "x.deeper.example."),
        ];
        let long: Vec<String> = (0..30).map(|at| format!("c{at}.example.")).collect();
        sets.extend(long.windows(2).map(|pair| cname(&pair[0], &pair[1])));
        let zone = zone(&sets);
        for (qname, code, answers) in [
            ("a.example.", ResponseCode::NoError, 2),
            ("self.example.", ResponseCode::NoError, 1),
            ("out.example.", ResponseCode::NoError, 1),
            ("gone.example.", ResponseCode::NXDomain, 1),
            ("x.around.example.", ResponseCode::NoError, 2),
            // The DNAME, and a CNAME for each name that was tried.
            ("x.deeper.example.", ResponseCode::NoError, 1 + ALIASES + 1),
            ("c0.example.", ResponseCode::NoError, ALIASES + 1),
        ] {
            let reply = Reply::to(&zone, &name(qname), RecordType::A);
            let told = (reply.code, reply.answers.len(), reply.authoritative);
            assert_eq!(told, (code, answers, true), "{qname}");
        }
    }

    #[test]
    fn nothing_comes_with_the_negative_ttl() {
        let zone = zone(&[]);
        for qname in ["example.", "nothing.example."] {
            let reply = Reply::to(&zone, &name(qname), RecordType::A);
            assert_eq!(owners(&reply.authorities), ["example. SOA"]);
            assert_eq!(reply.authorities[0].ttl, 30);
        }
    }

    #[test]
    fn a_referral_brings_the_addresses_that_the_zone_has() {
        let zone = zone(&[
            ("sub.example.", RecordType::NS, "ns.sub.example."),
            ("sub.example.", RecordType::NS, "ns.other.example."),
            ("sub.example.", RecordType::NS, "ns.elsewhere."),
            ("ns.sub.example.", RecordType::A, "."),
            ("ns.sub.example.", RecordType::AAAA, "."),
            ("ns.other.example.", RecordType::A, "."),
            ("sub.example.", RecordType::A, "."),
            ("to.example.", RecordType::CNAME, "x.sub.example."),
        ]);
        let reply = Reply::to(&zone, &name("x.sub.example."), RecordType::A);
        assert!(!reply.authoritative && reply.answers.is_empty());
        assert_eq!(reply.authorities.len(), 3);
        assert_eq!(
            owners(&reply.additionals),
            [
                "ns.sub.example. A",
                "ns.sub.example. AAAA",
                "ns.other.example. A"
            ]
        );
        let reply = Reply::to(&zone, &name("to.example."), RecordType::A);
        assert!(reply.authoritative);
        assert_eq!(owners(&reply.answers), ["to.example. CNAME"]);
        assert_eq!(reply.authorities.len(), 3);
    }
}
