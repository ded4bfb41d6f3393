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
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::provider::{Granularity, Soa};
    use crate::zone::{Position, ZoneBuilder, rdata};

    fn capabilities() -> Capabilities {
        Capabilities {
            rtypes: Some(
                [RecordType::A, RecordType::TXT, RecordType::NS]
                    .to_vec()
                    .into(),
            ),
            ttl: 60..=86400,
            ttl_steps: (&[]).into(),
            txt_octets: Some(255),
            txt_set_octets: Some(300),
            records_per_set: Some(2),
            apex_ns: ApexNs::Full,
            apex_ns_ttl: None,
            soa: Soa::Fixed,
            granularity: Granularity::RecordSet,
            batch: 1,
            atomic: true,
            detects_conflict: false,
            lists_zones: false,
            creates_zones: false,
            follows: false,
            limits: &[],
            settle: Duration::ZERO,
            quirks: &[],
        }
    }

    fn zone(lines: &[&str]) -> Zone {
        let origin = Name::absolute("example.com").expect("a name");
        let mut builder = ZoneBuilder::new(origin.clone());
        builder.add_file("zones/example.com.zone".to_owned());
        for (line, text) in (1..).zip(lines) {
            let words: Vec<&str> = text.splitn(4, ' ').collect();
            let owner = Name::parse(words[0].as_bytes(), Some(origin.borrow())).expect("an owner");
            let rtype = words[2].parse().expect("a type");
            let data = rdata::from_text(rtype, words[3], Some(origin.borrow())).expect("data");
            let at = Position {
                file: 0,
                line,
                column: 1,
            };
            builder.push(
                owner.borrow(),
                rtype,
                words[1].parse().expect("a TTL"),
                &data,
                at,
            );
        }
        builder.finish()
    }

    fn alone(
        zone: &Zone,
        capabilities: &Capabilities,
        nameservers: &[Name],
        own_apex_ns: bool,
    ) -> Vec<Misfit> {
        let member = Member {
            id: "p",
            capabilities,
            nameservers,
            own_apex_ns,
        };
        fit(zone, &[member])
    }

    #[test]
    fn every_limit_names_who_and_what() {
        let narrow = capabilities();
        let steps = Capabilities {
            rtypes: None,
            ttl: 1..=u32::MAX,
            ttl_steps: (&[1, 120, 300]).into(),
            txt_octets: None,
            txt_set_octets: None,
            records_per_set: None,
            ..capabilities()
        };
        let members = [("narrow", &narrow), ("steps", &steps)].map(|(id, capabilities)| Member {
            id,
            capabilities,
            nameservers: &[],
            own_apex_ns: false,
        });
        let long = format!("t 300 TXT \"{}\" \"a\"", "x".repeat(255));
        let [one, two] = ["x", "y"].map(|x| format!("two 300 TXT {}", x.repeat(151)));
        let zone = zone(&[
            "ok 120 A 192.0.2.1",
            "loc 300 LOC 52 22 23.000 N 4 53 32.000 E -2.00m",
            "low 5 A 192.0.2.1",
            "high 86401 A 192.0.2.1",
            "three 300 A 192.0.2.1",
            "three 300 A 192.0.2.2",
            "three 300 A 192.0.2.3",
            &long,
            &one,
            &two,
        ]);
        let found: Vec<String> = fit(&zone, &members)
            .iter()
            .map(|misfit| {
                let finding = misfit.to_finding(&zone);
                let hint = finding
                    .hint
                    .map(|hint| format!(" ({hint})"))
                    .unwrap_or_default();
                format!(
                    "{}: {} {}{hint}",
                    finding.line, finding.code, finding.message
                )
            })
            .collect();
        let nearest = |ttl: u32| format!("({ttl} is the nearest TTL that every provider holds)");
        assert_eq!(
            found,
            [
                format!("4: FIT02 `high A` does not fit `narrow`: TTL 86401 is above its maximum of 86400 {}", nearest(300)),
                format!("4: FIT03 `high A` does not fit `steps`: TTL 86401 is none of those it knows {}", nearest(300)),
                "2: FIT01 `loc LOC` does not fit `narrow`: it does not hold LOC records".to_owned(),
                format!("3: FIT02 `low A` does not fit `narrow`: TTL 5 is below its minimum of 60 {}", nearest(120)),
                format!("3: FIT03 `low A` does not fit `steps`: TTL 5 is none of those it knows {}", nearest(120)),
                "8: FIT04 `t TXT` does not fit `narrow`: a TXT record of 256 octets is longer than its limit of 255".to_owned(),
                "5: FIT05 `three A` does not fit `narrow`: 3 records are more than its limit of 2 in a set".to_owned(),
                "9: FIT04 `two TXT` does not fit `narrow`: its TXT records hold 302 octets together, more than its limit of 300".to_owned(),
            ]
        );
    }

    #[test]
    fn an_apex_ns_set_has_to_suit_those_who_insist_on_their_own() {
        let own = ["ns1.own.example", "ns2.own.example"]
            .map(|name| Name::absolute(name).expect("a name"));
        let zone = zone(&[
            "@ 300 NS ns1.own.example.",
            "@ 300 NS ns2.own.example.",
            "@ 300 NS ns.else.example.",
        ]);
        for (apex_ns, servers, misfits) in [
            (ApexNs::Full, &own[..1], 0),
            (ApexNs::AddOnly, &own[..], 0),
            (ApexNs::Fixed, &own[..], 1),
            (ApexNs::Hidden, &own[..], 1),
            (ApexNs::Fixed, &[][..], 0),
        ] {
            let capabilities = Capabilities {
                apex_ns,
                records_per_set: None,
                ..capabilities()
            };
            let found = alone(&zone, &capabilities, servers, false);
            assert_eq!(found.len(), misfits, "{apex_ns:?} {found:?}");
        }
        let missing = [Name::absolute("ns9.own.example").expect("a name")];
        let capabilities = Capabilities {
            apex_ns: ApexNs::AddOnly,
            ..capabilities()
        };
        let found = alone(&zone, &capabilities, &missing, false);
        assert_eq!(
            found[0].why,
            "it always lists its own nameserver `ns9.own.example.`, and the file does not"
        );
    }

    #[test]
    fn an_apex_ns_set_has_the_ttl_that_the_provider_gives_it() {
        let zone = zone(&["@ 300 NS ns.own.example.", "child 600 NS ns.own.example."]);
        for (only, own_apex_ns, misfits) in [(300, false, 0), (3600, false, 1), (3600, true, 0)] {
            let capabilities = Capabilities {
                apex_ns_ttl: Some(only),
                ..capabilities()
            };
            let found = alone(&zone, &capabilities, &[], own_apex_ns);
            assert_eq!(found.len(), misfits, "{found:?}");
        }
    }
}
