//! Record sets that some provider cannot hold as the file has them. Nobody gets them until the user decides.

use super::{ApexNs, Capabilities, Meet, meet};
use crate::zone::{Finding, Name, RecordKey, RecordType, SetRef, Severity, Zone};

/// One account as [`fit`] looks at it.
#[derive(Clone, Copy, Debug)]
pub struct Member<'a> {
    /// Account id.
    pub id: &'a str,
    /// What its API can hold.
    pub capabilities: &'a Capabilities,
    /// Its own nameservers, as far as they are known.
    pub nameservers: &'a [Name],
}

/// A record set that one provider cannot hold identically.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misfit {
    /// `FIT01`…
    pub code: &'static str,
    /// The account that is the limit.
    pub provider: String,
    /// Which record set.
    pub key: RecordKey,
    /// What the limit is, as the end of a sentence that starts with the set.
    pub why: String,
    /// What every provider could hold in its place, where that can be said.
    pub nearest: Option<String>,
}

/// The codes of misfits.
pub const FIT_CODES: &[&str] = &["FIT01", "FIT02", "FIT03", "FIT04", "FIT05", "FIT06"];

/// Every record set of `zone` that one of `members` cannot hold as it is, in the order of the zone.
pub fn fit(zone: &Zone, members: &[Member<'_>]) -> Vec<Misfit> {
    let ids: Vec<(&str, &Capabilities)> = members
        .iter()
        .map(|member| (member.id, member.capabilities))
        .collect();
    let all = meet(&ids);
    let mut misfits = Vec::new();
    for set in zone.sets() {
        for member in members {
            misfits_of(zone, set, member, &all, &mut misfits);
        }
    }
    misfits
}

impl Misfit {
    /// The misfit as a finding, placed where the set stands in the text.
    pub fn to_finding(&self, zone: &Zone) -> Finding {
        let RecordKey { owner, rtype } = &self.key;
        let finding = Finding::new(
            self.code,
            Severity::Error,
            format!(
                "`{} {rtype}` does not fit `{}`: {}",
                owner.borrow().relative_to(zone.origin().borrow()),
                self.provider,
                self.why
            ),
        )
        .about(owner, rtype)
        .provider(&*self.provider);
        let finding = match &self.nearest {
            Some(nearest) => finding.hint(nearest),
            None => finding,
        };
        let Some(set) = zone.get(owner.borrow(), *rtype) else {
            return finding;
        };
        let position = set.position();
        match zone.files().get(usize::from(position.file)) {
            Some(file) if position.line > 0 => finding.at(file, position.line, position.column),
            _ => finding,
        }
    }
}

fn misfits_of(
    zone: &Zone,
    set: SetRef<'_>,
    member: &Member<'_>,
    all: &Meet,
    misfits: &mut Vec<Misfit>,
) {
    let capabilities = member.capabilities;
    let mut add = |code, why: String, nearest: Option<String>| {
        misfits.push(Misfit {
            code,
            provider: member.id.to_owned(),
            key: set.key(),
            why,
            nearest,
        });
    };
    let rtype = set.rtype();
    if rtype == RecordType::SOA {
        // Whatever of it can be set is set; nobody relies on it being identical.
        return;
    }
    if rtype == RecordType::NS
        && set.owner() == zone.origin().borrow()
        && capabilities.apex_ns != ApexNs::Full
    {
        if let Some((why, nearest)) = apex_ns_misfit(set, member) {
            add("FIT06", why, Some(nearest));
        }
        return;
    }
    if capabilities
        .rtypes
        .is_some_and(|rtypes| !rtypes.contains(&rtype))
    {
        add("FIT01", format!("it does not hold {rtype} records"), None);
        return;
    }
    let ttl = set.ttl();
    let nearest_ttl = || {
        Some(match all.nearest_ttl(ttl) {
            Some(nearest) => format!("{nearest} is the nearest TTL that every provider holds"),
            None => "no TTL suits every provider of this zone".to_owned(),
        })
    };
    if !capabilities.ttl.contains(&ttl) {
        let (lowest, highest) = (capabilities.ttl.start(), capabilities.ttl.end());
        let why = if ttl < *lowest {
            format!("TTL {ttl} is below its minimum of {lowest}")
        } else {
            format!("TTL {ttl} is above its maximum of {highest}")
        };
        add("FIT02", why, nearest_ttl());
    } else if !capabilities.ttl_steps.is_empty() && !capabilities.ttl_steps.contains(&ttl) {
        let why = format!("TTL {ttl} is none of those it knows");
        add("FIT03", why, nearest_ttl());
    }
    if let Some(limit) = capabilities.txt_octets
        && rtype == RecordType::TXT
        && let Some(longest) = set.rdata().map(text_octets).max()
        && longest > limit
    {
        let why = format!("a TXT record of {longest} octets is longer than its limit of {limit}");
        add("FIT04", why, None);
    }
    if let Some(limit) = capabilities.records_per_set
        && set.len() > limit
    {
        let why = format!(
            "{} records are more than its limit of {limit} in a set",
            set.len()
        );
        add("FIT05", why, None);
    }
}

/// Octets of all strings of a TXT record, their length octets left out.
fn text_octets(mut rdata: &[u8]) -> usize {
    let mut octets = 0;
    while let Some((&length, rest)) = rdata.split_first() {
        let string = rest.len().min(usize::from(length));
        octets += string;
        rdata = &rest[string..];
    }
    octets
}

/// Why the apex NS set of the file cannot be had, where the provider's own nameservers are known.
fn apex_ns_misfit(set: SetRef<'_>, member: &Member<'_>) -> Option<(String, String)> {
    let own = member.nameservers;
    if own.is_empty() {
        return None;
    }
    let lists = |name: &Name| set.rdata().any(|wire| wire == name.borrow().wire());
    let unlisted = own.iter().find(|name| !lists(name));
    let foreign = set
        .rdata()
        .any(|wire| own.iter().all(|name| name.borrow().wire() != wire));
    match (member.capabilities.apex_ns, unlisted, foreign) {
        (_, Some(name), _) => Some((
            format!("it always lists its own nameserver `{name}`, and the file does not"),
            format!("add `{name}` to the apex NS set"),
        )),
        (ApexNs::Fixed | ApexNs::Hidden, None, true) => Some((
            "it lists its own nameservers and no others".to_owned(),
            "declare an exception, or leave the provider out of this zone".to_owned(),
        )),
        _ => None,
    }
}
