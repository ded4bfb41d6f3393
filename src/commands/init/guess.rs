//! What can be found out about a zone by asking for the usual names: never the whole of it.

use std::time::Instant;

use super::look::{Look, ask};
use crate::verdict::{Answer, Question};
use crate::zone::{Name, Position, RecordType, Zone, ZoneBuilder};

/// What is asked at the apex.
const APEX: &[RecordType] = &[
    RecordType::SOA,
    RecordType::NS,
    RecordType::A,
    RecordType::AAAA,
    RecordType::MX,
    RecordType::TXT,
    RecordType::CAA,
    RecordType::HTTPS,
];

/// What is asked at names of hosts.
const HOST: &[RecordType] = &[
    RecordType::A,
    RecordType::AAAA,
    RecordType::MX,
    RecordType::TXT,
];

const HOSTS: &str = "* www mail smtp imap pop mx mx1 mx2 webmail autodiscover autoconfig ftp sftp ssh vpn remote api app \
    apps admin blog shop store dev staging stage test demo beta cdn static assets img images media files docs help \
    support status m mobile ns1 ns2 ns3 ns4 git gitlab ci jenkins monitor grafana portal login auth sso id accounts my \
    dashboard internal intranet cloud db proxy gw gateway chat meet calendar drive wiki news forum events jobs go links \
    email em bounce send click track mta-sts sip lyncdiscover enterpriseregistration enterpriseenrollment";

const TEXTS: &str = "_dmarc _mta-sts _smtp._tls default._domainkey google._domainkey selector1._domainkey \
    selector2._domainkey k1._domainkey k2._domainkey k3._domainkey s1._domainkey s2._domainkey mail._domainkey \
    dkim._domainkey fm1._domainkey fm2._domainkey fm3._domainkey pm._domainkey mandrill._domainkey mx._domainkey \
    default._bimi _github-pages-challenge _atproto _acme-challenge";

const SERVICES: &str = "_sip._tcp _sip._udp _sips._tcp _sip._tls _sipfederationtls._tcp _autodiscover._tcp _imap._tcp \
    _imaps._tcp _pop3s._tcp _submission._tcp _submissions._tcp _xmpp-client._tcp _xmpp-server._tcp _caldavs._tcp \
    _carddavs._tcp _matrix._tcp _matrix-fed._tcp _ldap._tcp _kerberos._udp _minecraft._tcp";

/// A label that nobody has.
const NOBODY: &str = "redundns-does-not-exist-7b1f";

/// The record sets at the usual names, from the first server that answers, and how many questions that took. Empty
/// where nobody answers.
pub(super) async fn guessed(look: &Look, deadline: Option<Instant>) -> (Zone, usize) {
    let origin = &look.origin;
    let mut questions = Vec::new();
    let mut add = |owner: &str, types: &[RecordType]| {
        if let Ok(name) = Name::parse(owner.as_bytes(), Some(origin.borrow())) {
            questions.extend(types.iter().map(|rtype| Question {
                name: name.clone(),
                rtype: *rtype,
            }));
        }
    };
    add("@", APEX);
    HOSTS.split_whitespace().for_each(|host| add(host, HOST));
    TEXTS
        .split_whitespace()
        .for_each(|text| add(text, &[RecordType::TXT]));
    SERVICES
        .split_whitespace()
        .for_each(|service| add(service, &[RecordType::SRV]));
    add(
        NOBODY,
        &[
            RecordType::A,
            RecordType::AAAA,
            RecordType::MX,
            RecordType::TXT,
            RecordType::SRV,
        ],
    );
    for server in &look.servers {
        let seen = ask(look, std::slice::from_ref(server), &questions, deadline).await;
        if seen
            .iter()
            .any(|(.., answer)| matches!(answer, Answer::Records { .. }))
        {
            return (zone_of(origin, &questions, &seen), questions.len());
        }
    }
    (Zone::empty(origin.clone()), questions.len())
}

fn zone_of(origin: &Name, questions: &[Question], seen: &[(usize, usize, Answer)]) -> Zone {
    let nobody = Name::parse(NOBODY.as_bytes(), Some(origin.borrow())).ok();
    let answers = || {
        seen.iter()
            .filter_map(|(_, question, answer)| match answer {
                Answer::Records { rtype, set } => Some((&questions[*question].name, *rtype, set)),
                Answer::Referral { cut, set } => Some((cut, RecordType::NS, set)),
                _ => None,
            })
    };
    // What a wildcard makes up stands at the wildcard.
    let made_up: Vec<_> = answers()
        .filter(|(name, ..)| Some(*name) == nobody.as_ref())
        .collect();
    let mut builder = ZoneBuilder::new(origin.clone());
    for (name, rtype, set) in answers() {
        let is_made_up = made_up
            .iter()
            .any(|(_, own, other)| *own == rtype && **other == *set);
        if (is_made_up && !name.borrow().is_wildcard()) || rtype.is_signers() {
            continue;
        }
        for rdata in &set.rdata {
            builder.push(name.borrow(), rtype, set.ttl, rdata, Position::default());
        }
    }
    builder.finish()
}
