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

    /// What `zone` answers. A chain of aliases that leaves the zone ends there: the rest is somebody else's.
    pub(super) fn to(zone: &Zone, qname: &Name, qtype: RecordType) -> Self {
        let mut reply = Self::bare(ResponseCode::NoError);
        reply.authoritative = true;
        let mut name = qname.clone();
        for followed in 0..=ALIASES {
            let next = match zone.lookup(name.borrow(), qtype) {
                Lookup::Records { set, .. } => {
                    reply.answers.extend(records(name.borrow(), set));
                    None
                }
                Lookup::Alias { set, .. } => {
                    let known = reply.answers.len();
                    for record in records(name.borrow(), set) {
                        if !reply.answers.contains(&record) {
                            reply.answers.push(record);
                        }
                    }
                    (reply.answers.len() > known)
                        .then(|| {
                            set.rdata()
                                .next()
                                .and_then(|wire| Name::from_wire(wire).ok())
                        })
                        .flatten()
                }
                Lookup::Dname { set } => reply.redirect(name.borrow(), set, qtype),
                Lookup::Referral { set } => {
                    reply.authoritative = followed > 0;
                    reply.authorities = records(set.owner(), set).collect();
                    reply.additionals = glue(zone, set);
                    None
                }
                Lookup::NoData { .. } => {
                    reply.authorities = negative(zone);
                    None
                }
                Lookup::NxDomain => {
                    reply.code = ResponseCode::NXDomain;
                    reply.authorities = negative(zone);
                    None
                }
                Lookup::NotInZone => None,
            };
            match next {
                Some(target) => name = target,
                None => break,
            }
        }
        reply
    }

    /// Adds the DNAME and the CNAME synthesized from it (RFC 6672, section 3.1); returns where to go on.
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
