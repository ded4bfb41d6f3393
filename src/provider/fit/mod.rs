//! Record sets that some provider cannot hold as the file has them. Nobody gets them until the user decides.

use super::{ApexNs, Capabilities, Meet, Opaque, meet};
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
    /// Whether its apex NS set is declared to be the provider's own.
    pub own_apex_ns: bool,
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
pub const FIT_CODES: &[&str] = &[
    "FIT01", "FIT02", "FIT03", "FIT04", "FIT05", "FIT06", "FIT07",
];

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
            // The servers of an only account may well be those that the file lists.
            let is_guess = members.len() == 1 && member.nameservers.is_empty();
            misfits_of(zone, set, member, is_guess, &all, &mut misfits);
        }
    }
    misfits
}

impl Misfit {
    /// A set that cannot be written because the provider holds something there that no zone file can express.
    pub fn opaque(provider: &str, opaque: &Opaque) -> Self {
        Self {
            code: "FIT07",
            provider: provider.to_owned(),
            key: opaque.key.clone(),
            why: format!(
                "there it is {}, which no zone file can express",
                opaque.what
            ),
            nearest: Some("delete it there, or declare an exception for this provider".to_owned()),
        }
    }

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
    is_guess: bool,
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
    let is_apex_ns = rtype == RecordType::NS && set.owner() == zone.origin().borrow();
    if is_apex_ns
        && !member.own_apex_ns
        && let Some(only) = capabilities.apex_ns_ttl.filter(|only| *only != set.ttl())
    {
        let why = format!("its apex NS set has a TTL of {only}, and no other");
        add("FIT03", why, Some(format!("write {only} in its place")));
    }
    if is_apex_ns && capabilities.apex_ns != ApexNs::Full {
        if !member.own_apex_ns
            && !is_guess
            && let Some((why, nearest)) = apex_ns_misfit(set, member)
        {
            add("FIT06", why, Some(nearest));
        }
        return;
    }
    if !capabilities.holds(rtype) {
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
    } else if let Some(limit) = capabilities.txt_set_octets
        && rtype == RecordType::TXT
        && let octets = set.rdata().map(text_octets).sum::<usize>()
        && octets > limit
    {
        let why = format!(
            "its TXT records hold {octets} octets together, more than its limit of {limit}"
        );
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

/// Why the apex NS set of the file cannot be had.
fn apex_ns_misfit(set: SetRef<'_>, member: &Member<'_>) -> Option<(String, String)> {
    let own = member.nameservers;
    let lists = |name: &Name| set.rdata().any(|wire| wire == name.borrow().wire());
    let is_fixed = matches!(member.capabilities.apex_ns, ApexNs::Fixed | ApexNs::Hidden);
    let foreign = set
        .rdata()
        .any(|wire| own.iter().all(|name| name.borrow().wire() != wire));
    // Where nothing is known of its nameservers, all are foreign.
    if is_fixed && foreign {
        return Some((
            "it lists its own nameservers and no others".to_owned(),
            format!(
                "`apex_ns = \"provider\"` in the account `{}` accepts that: who asks there learns of its servers only",
                member.id
            ),
        ));
    }
    let unlisted = own.iter().find(|name| !lists(name))?;
    Some((
        format!("it always lists its own nameserver `{unlisted}`, and the file does not"),
        format!("add `{unlisted}` to the apex NS set"),
    ))
}

#[cfg(test)]
mod tests;
