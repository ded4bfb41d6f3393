//! What to ask about a domain of which nothing is known but its name.

use std::collections::BTreeSet;

use crate::verdict::{Answer, Observation, Question};
use crate::zone::{Name, NameRef, RecordType, rdata};

use RecordType as T;

/// Types at the apex. Keys and their announcements are the business of the checks for DNSSEC.
const APEX: [RecordType; 9] = [
    T::SOA,
    T::NS,
    T::A,
    T::AAAA,
    T::MX,
    T::TXT,
    T::CAA,
    T::HTTPS,
    T::SPF,
];

/// Hosts that many domains have, put together 2026-11-30 from the names that mail programs, web hosters and common
/// guides prescribe.
const HOSTS: [&str; 40] = [
    "www", "mail", "mail2", "smtp", "imap", "pop", "pop3", "webmail", "mx", "mx1", "mx2", "ns",
    "ns1", "ns2", "ftp", "api", "app", "admin", "auth", "login", "sso", "blog", "shop", "docs",
    "help", "support", "status", "cdn", "static", "assets", "img", "m", "dev", "staging", "test",
    "beta", "vpn", "remote", "git", "portal",
];

/// Names of certain types: mail, services, and what programs look for by themselves.
const SERVICES: [(&str, RecordType); 24] = [
    ("_dmarc", T::TXT),
    ("_mta-sts", T::TXT),
    ("mta-sts", T::A),
    ("_smtp._tls", T::TXT),
    ("default._bimi", T::TXT),
    ("_atproto", T::TXT),
    ("autodiscover", T::A),
    ("autoconfig", T::A),
    ("_autodiscover._tcp", T::SRV),
    ("_submission._tcp", T::SRV),
    ("_submissions._tcp", T::SRV),
    ("_imap._tcp", T::SRV),
    ("_imaps._tcp", T::SRV),
    ("_pop3s._tcp", T::SRV),
    ("_caldavs._tcp", T::SRV),
    ("_carddavs._tcp", T::SRV),
    ("_sip._tcp", T::SRV),
    ("_sip._udp", T::SRV),
    ("_sips._tcp", T::SRV),
    ("_sip._tls", T::SRV),
    ("_sipfederationtls._tcp", T::SRV),
    ("_xmpp-client._tcp", T::SRV),
    ("_xmpp-server._tcp", T::SRV),
    ("_matrix._tcp", T::SRV),
];

/// Selectors of DKIM keys, by the services that prescribe them, 2026-11-30.
const SELECTORS: [&str; 24] = [
    "default",
    "dkim",
    "mail",
    "google",
    "selector1",
    "selector2",
    "s1",
    "s2",
    "k1",
    "k2",
    "k3",
    "fm1",
    "fm2",
    "fm3",
    "protonmail",
    "protonmail2",
    "protonmail3",
    "sig1",
    "smtp",
    "zmail",
    "mandrill",
    "mxvault",
    "pm",
    "krs",
];

/// A type that hardly any name has, so that asking for it tells of a name alone.
const RARE: RecordType = T::LOC;

/// The first questions: the apex, usual names, names of the user, and names that nobody has, made from `seed`.
pub fn first_questions(zone: &Name, wanted: &[Question], seed: u64) -> Vec<Question> {
    let origin = zone.borrow();
    let mut all = Questions::default();
    for rtype in APEX {
        all.add(zone.clone(), rtype);
    }
    for host in HOSTS {
        for rtype in [T::A, T::AAAA] {
            all.below(origin, host, rtype);
        }
    }
    for (name, rtype) in SERVICES {
        all.below(origin, name, rtype);
    }
    for selector in SELECTORS {
        all.below(origin, &format!("{selector}._domainkey"), T::TXT);
    }
    for question in wanted {
        all.add(question.name.clone(), question.rtype);
    }
    for label in ["", ".www"] {
        all.below(origin, &format!("probe-{seed:016x}{label}"), T::A);
    }
    all.list
}

/// What the first answers lead to: hosts that they name, types of names that exist, names between.
pub fn further_questions(
    zone: &Name,
    asked: &[Question],
    observations: &[Observation],
) -> Vec<Question> {
    let origin = zone.borrow();
    let mut all = Questions::knowing(asked);
    for seen in observations {
        let question = &asked[seen.question];
        let Answer::Records { rtype, set } = &seen.answer else {
            continue;
        };
        let owner = &question.name;
        let own = set.rdata.iter();
        for target in own.flat_map(|one| rdata::targets(*rtype, one)) {
            if target.is_at_or_below(origin) {
                all.add(target.to_name(), T::A);
                all.add(target.to_name(), T::AAAA);
            }
        }
        if *rtype == T::CNAME {
            all.add(owner.clone(), T::CNAME);
        }
        if matches!(*rtype, T::A | T::AAAA) && owner != zone {
            all.add(owner.clone(), T::MX);
            all.add(owner.clone(), T::HTTPS);
        }
        if owner != zone {
            all.add(owner.clone(), RARE);
        }
        let mut above = owner.borrow().parent();
        while let Some(name) = above.filter(|name| *name != origin && name.is_at_or_below(origin)) {
            all.add(name.to_name(), T::A);
            above = name.parent();
        }
    }
    all.list
}

/// Lines of a name and, if wanted, types; a name without a final dot is below the zone.
pub fn read_names(zone: &Name, text: &str) -> Result<Vec<Question>, Vec<(u32, String)>> {
    let mut questions = Vec::new();
    let mut faults = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.split(['#', ';']).next().unwrap_or_default();
        let mut words = line.split_whitespace();
        let Some(word) = words.next() else { continue };
        let mut fault = |why: String| {
            faults.push((u32::try_from(number + 1).unwrap_or(u32::MAX), why));
        };
        let name = match name_in(zone.borrow(), word) {
            Ok(name) => name,
            Err(why) => {
                fault(why);
                continue;
            }
        };
        let mut rtypes = Vec::new();
        for word in words {
            match word.parse::<RecordType>() {
                Ok(rtype) if !rtype.is_meta() => rtypes.push(rtype),
                _ => fault(format!("`{word}` is no record type")),
            }
        }
        if rtypes.is_empty() {
            rtypes = vec![T::A, T::AAAA, T::CNAME, T::MX, T::TXT];
        }
        questions.extend(rtypes.into_iter().map(|rtype| Question {
            name: name.clone(),
            rtype,
        }));
    }
    if faults.is_empty() {
        Ok(questions)
    } else {
        Err(faults)
    }
}

/// `www`, `www.example.com` and `www.example.com.` are all the same name of example.com.
fn name_in(zone: NameRef<'_>, word: &str) -> Result<Name, String> {
    let absolute = Name::absolute(word).map_err(|error| format!("`{word}` is no name: {error}"))?;
    if absolute.borrow().is_at_or_below(zone) {
        return Ok(absolute);
    }
    if word.ends_with('.') {
        return Err(format!("`{word}` is not in `{}`", zone.to_name()));
    }
    let relative = Name::parse(word.as_bytes(), Some(zone));
    relative.map_err(|error| format!("`{word}` is no name: {error}"))
}

/// Questions, each once.
#[derive(Default)]
struct Questions {
    known: BTreeSet<(Name, RecordType)>,
    list: Vec<Question>,
}

impl Questions {
    fn knowing(asked: &[Question]) -> Self {
        let known = asked.iter().map(|one| (one.name.clone(), one.rtype));
        Self {
            known: known.collect(),
            list: Vec::new(),
        }
    }

    fn add(&mut self, name: Name, rtype: RecordType) {
        if self.known.insert((name.clone(), rtype)) {
            self.list.push(Question { name, rtype });
        }
    }

    /// A name below the zone, unless that would be too long.
    fn below(&mut self, zone: NameRef<'_>, labels: &str, rtype: RecordType) {
        if let Ok(name) = Name::parse(labels.as_bytes(), Some(zone)) {
            self.add(name, rtype);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::RecordSet;
    use std::time::Duration;

    fn name(text: &str) -> Name {
        Name::absolute(text).expect("a name")
    }

    #[test]
    fn no_question_is_asked_twice_and_answers_lead_on() {
        let zone = name("example.com");
        let asked = first_questions(&zone, &[], 7);
        let distinct: BTreeSet<_> = asked.iter().map(|one| (&one.name, one.rtype)).collect();
        assert_eq!(distinct.len(), asked.len());
        let at = |text: &str, rtype| {
            let wanted = name(text);
            let mut all = asked.iter();
            all.position(|one| one.name == wanted && one.rtype == rtype)
                .expect("asked")
        };
        let seen = |question, rtype, rdata: &[u8]| Observation {
            nameserver: 0,
            question,
            answer: Answer::Records {
                rtype,
                set: RecordSet::new(60, vec![rdata.into()]),
            },
            elapsed: Duration::ZERO,
            tcp: false,
            attempts: 1,
            nsid: None,
            whole: None,
        };
        let mut exchanger = vec![0, 10];
        exchanger.extend_from_slice(name("post.example.com").borrow().wire());
        let seen = [
            seen(at("example.com", T::MX), T::MX, &exchanger),
            seen(at("s1._domainkey.example.com", T::TXT), T::TXT, b"\x01x"),
        ];
        let more = further_questions(&zone, &asked, &seen);
        let told: Vec<String> = more
            .iter()
            .map(|one| format!("{} {}", one.name, one.rtype))
            .collect();
        assert_eq!(
            told,
            [
                "post.example.com. A",
                "post.example.com. AAAA",
                "s1._domainkey.example.com. LOC",
                "_domainkey.example.com. A"
            ]
        );
    }

    #[test]
    fn names_of_a_file_are_relative_unless_they_are_not() {
        let zone = name("example.com");
        let text = "a\nb.example.com TXT\n\n# none\nc.example.com. A AAAA\n";
        let read = read_names(&zone, text).expect("names");
        let told: Vec<String> = read
            .iter()
            .map(|one| format!("{} {}", one.name, one.rtype))
            .collect();
        assert_eq!(
            told[4..],
            [
                "a.example.com. TXT",
                "b.example.com. TXT",
                "c.example.com. A",
                "c.example.com. AAAA"
            ]
        );
        let faults = read_names(&zone, "other.org.\na..b\nx AXFR\n").expect_err("faults");
        let lines: Vec<u32> = faults.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [1, 2, 3]);
    }
}
