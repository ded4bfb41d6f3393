//! SRV: how each address of each nameserver behaves.

use std::collections::BTreeSet;
use std::time::Duration;

use super::evidence::{Evidence, Heard, Probe, Reply, ServerView};
use super::manners;
use super::note::{Notes, dig_probe, finding};
use super::read::{FORMERR, NOTIMP, answer, opt};
use crate::verdict::{Answer, NO_ROUTE};
use crate::zone::message::MessageRef;
use crate::zone::{Finding, Name, RecordType};

/// BADVERS, RFC 6891, section 6.1.3.
const BADVERS: u16 = 16;

/// The most octets that a response should have over UDP whatever the query allows (RFC 9715, section 3.1).
const LARGEST: usize = 1400;

/// How much longer a server has to take than the others to be called slow, and how many times as long.
const SLOWER: Duration = Duration::from_millis(100);
const TIMES: u32 = 2;

/// Judges every address.
pub(super) fn judge(evidence: &Evidence) -> Vec<Finding> {
    let zone = &evidence.zone().zone;
    let mut judge = Judge {
        zone,
        notes: Notes::default(),
    };
    for view in &evidence.servers {
        judge.reach(view);
        judge.edns(view);
        manners::judge(view, zone, &mut judge.notes);
        judge.case(view);
        judge.size(view);
    }
    judge.speed(evidence);
    let mut findings = judge.notes.finish();
    findings.extend(six(evidence));
    findings
}

struct Judge<'e> {
    zone: &'e Name,
    notes: Notes,
}

impl Judge<'_> {
    fn say(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        view: &ServerView,
        probe: Probe,
    ) {
        let command = dig_probe(view.server.address, self.zone, probe);
        self.notes.add(code, message, &view.server, command);
    }

    /// SRV01, SRV02, SRV08.
    fn reach(&mut self, view: &ServerView) {
        if let Some(how) = &view.stray {
            let message = format!("the response comes {how}, so that no resolver takes it");
            self.say("SRV08", message, view, Probe::Soa);
        } else if let (Some(why), Some(_)) =
            (silence(view, Probe::Soa), silence(view, Probe::Plain))
        {
            self.say(
                "SRV01",
                format!("no answer over UDP: {why}"),
                view,
                Probe::Soa,
            );
        }
        if let Some(why) = silence(view, Probe::SoaTcp) {
            let why = why.strip_suffix(" over TCP").unwrap_or(why);
            self.say(
                "SRV02",
                format!("no answer over TCP: {why}"),
                view,
                Probe::SoaTcp,
            );
        }
    }

    /// SRV04.
    fn edns(&mut self, view: &ServerView) {
        let Some(plain) = view.reply(Probe::Plain).and_then(Reply::message) else {
            return;
        };
        let Some(soa) = view.reply(Probe::Soa).and_then(Reply::message) else {
            if view.stray.is_none() && silence(view, Probe::Soa).is_some() {
                let message = "queries with EDNS are left unanswered, those without are not: all else \
                    was asked without it";
                self.say("SRV04", message, view, Probe::Soa);
            }
            return;
        };
        if plain.rcode() != soa.rcode() && matches!(soa.rcode(), FORMERR | NOTIMP) {
            let message = format!("queries with EDNS are answered {}", rcode(soa.rcode()));
            self.say("SRV04", message, view, Probe::Soa);
            return;
        }
        // A server that does not serve the zone may refuse what it likes.
        if soa.rcode() != 0 {
            return;
        }
        if opt(&soa).is_none() {
            self.say(
                "SRV04",
                "the OPT record is missing from answers to queries with EDNS",
                view,
                Probe::Soa,
            );
            return;
        }
        let fault = match heard(view, Probe::Version) {
            None => None,
            Some(Err(_)) => Some(
                "a query of EDNS version 1 is left unanswered, where BADVERS belongs".to_owned(),
            ),
            Some(Ok(message)) if message.rcode() == BADVERS => None,
            Some(Ok(message)) => Some(format!(
                "a query of EDNS version 1 is answered {}, where BADVERS belongs",
                rcode(message.rcode())
            )),
        };
        if let Some(fault) = fault {
            self.say("SRV04", fault, view, Probe::Version);
        }
        for (probe, what) in [(Probe::Option, "option"), (Probe::Flag, "flag")] {
            let fault = match heard(view, probe) {
                Some(Err(_)) => {
                    format!("a query with an EDNS {what} that nobody knows is left unanswered")
                }
                Some(Ok(message)) if message.rcode() != 0 => format!(
                    "a query with an EDNS {what} that nobody knows is answered {}",
                    rcode(message.rcode())
                ),
                Some(Ok(message)) if echoes(&message, probe) => {
                    format!("an EDNS {what} that nobody knows is sent back")
                }
                None | Some(Ok(_)) => continue,
            };
            self.say("SRV04", fault, view, probe);
        }
        for probe in [Probe::Small, Probe::Text] {
            if let Some(Ok(message)) = heard(view, probe)
                && message.tc()
                && opt(&message).is_none()
            {
                self.say(
                    "SRV04",
                    "the OPT record is missing from truncated answers",
                    view,
                    probe,
                );
                break;
            }
        }
    }

    /// SRV06.
    fn case(&mut self, view: &ServerView) {
        let Some(soa) = view.reply(Probe::Soa) else {
            return;
        };
        let fault = match view.heard.get(&Probe::Mixed) {
            None => return,
            Some(Err(_)) => "a name in mixed case is left unanswered",
            Some(Ok(mixed)) => {
                let said = |reply| answer(reply, self.zone, RecordType::SOA);
                let kind = |answer: &Option<Answer>| answer.as_ref().map(Answer::kind);
                // In an error the question is nobody's care.
                let is_answer = said(mixed).is_some_and(|own| own.is_verified());
                if kind(&said(mixed)) != kind(&said(soa)) {
                    "a name is answered differently in mixed case"
                } else if is_answer && !is_mixed(mixed) {
                    "the letters of the question come back in another case"
                } else {
                    return;
                }
            }
        };
        self.say("SRV06", fault, view, Probe::Mixed);
    }

    /// SRV07.
    fn size(&mut self, view: &ServerView) {
        let limits = [
            (Probe::Small, 512),
            (Probe::Text, 512),
            (Probe::Soa, 1232),
            (Probe::Large, LARGEST),
        ];
        for (probe, limit) in limits {
            let Some(reply) = view.reply(probe).filter(|reply| reply.octets.len() > limit) else {
                continue;
            };
            let octets = reply.octets.len();
            let message = if probe == Probe::Large {
                format!(
                    "an answer of {octets} octets over UDP, which most paths cut into fragments"
                )
            } else {
                format!("an answer of {octets} octets over UDP where the query allows {limit}")
            };
            self.say("SRV07", message, view, probe);
            return;
        }
    }

    /// SRV09.
    fn speed(&mut self, evidence: &Evidence) {
        let times: Vec<(&ServerView, Duration)> = evidence
            .servers
            .iter()
            .filter_map(|view| Some((view, median(view)?)))
            .collect();
        for (view, own) in &times {
            let mut others: Vec<Duration> = times
                .iter()
                .filter(|(other, _)| other.server.name != view.server.name)
                .map(|(_, time)| *time)
                .collect();
            others.sort_unstable();
            let Some(usual) = others.get(others.len() / 2) else {
                continue;
            };
            if *own > *usual + SLOWER && *own > *usual * TIMES {
                let message = format!(
                    "answers take {} ms, at most others {} ms",
                    own.as_millis(),
                    usual.as_millis()
                );
                self.say("SRV09", message, view, Probe::Soa);
            }
        }
    }
}

/// Half of the answers over UDP came within this time.
fn median(view: &ServerView) -> Option<Duration> {
    let heard = view.heard.iter().filter(|(probe, _)| !probe.is_tcp());
    let mut times: Vec<Duration> = heard
        .filter_map(|(_, heard)| heard.as_ref().ok())
        .map(|reply| reply.elapsed)
        .collect();
    times.sort_unstable();
    times.get(times.len() / 2).copied()
}

/// SRV03: nameservers that can be reached over IPv6, where there are any.
fn six(evidence: &Evidence) -> Option<Finding> {
    let over_six = || {
        let views = evidence.servers.iter();
        views.filter(|view| view.server.address.is_ipv6())
    };
    let is_unrouted = |view: &ServerView| {
        let why = view.heard.get(&Probe::Soa).and_then(silence_of);
        why == Some(NO_ROUTE)
    };
    if over_six().next().is_none() || over_six().any(is_unrouted) {
        return None;
    }
    let names: BTreeSet<&Name> = over_six().map(|view| &view.server.name).collect();
    let reached: BTreeSet<&Name> = over_six()
        .filter(|view| {
            view.reply(Probe::Soa)
                .or(view.reply(Probe::Plain))
                .is_some()
        })
        .map(|view| &view.server.name)
        .collect();
    let all: BTreeSet<&Name> = evidence
        .servers
        .iter()
        .map(|view| &view.server.name)
        .collect();
    if reached.len() >= 2 || all.len() < 2 {
        return None;
    }
    let message = match reached.first() {
        None => {
            "no nameserver can be reached over IPv6, though some have such an address".to_owned()
        }
        Some(only) => format!("one nameserver alone can be reached over IPv6: {only}"),
    };
    let dead: Vec<String> = names
        .difference(&reached)
        .map(ToString::to_string)
        .collect();
    let mut one = finding("SRV03", message);
    one.nameserver = (!dead.is_empty()).then(|| dead.join(", "));
    Some(one)
}

/// Why a probe has no reply, where that is the server's fault.
fn silence(view: &ServerView, probe: Probe) -> Option<&str> {
    silence_of(view.heard.get(&probe)?).filter(|why| !why.starts_with(NO_ROUTE))
}

fn silence_of(heard: &Heard) -> Option<&str> {
    heard.as_ref().err().map(String::as_str)
}

/// The reply to a probe as a message, or why there is none.
pub(super) fn heard(view: &ServerView, probe: Probe) -> Option<Result<MessageRef<'_>, &str>> {
    match view.heard.get(&probe)? {
        Ok(reply) => reply.message().map(Ok),
        Err(why) => Some(Err(why)),
    }
}

/// Whether the unknown thing of the probe stands in the response.
fn echoes(message: &MessageRef<'_>, probe: Probe) -> bool {
    let Some(opt) = opt(message) else {
        return false;
    };
    if probe == Probe::Flag {
        return opt.ttl & 0x7fff != 0;
    }
    let mut rest = &message.octets()[opt.rdata];
    while let Some((&[c0, c1, l0, l1], tail)) = rest.split_first_chunk() {
        if u16::from_be_bytes([c0, c1]) == 65_001 {
            return true;
        }
        rest = tail
            .get(usize::from(u16::from_be_bytes([l0, l1]))..)
            .unwrap_or_default();
    }
    false
}

/// Whether the question came back with its letters as they were sent: every second octet in upper case.
fn is_mixed(reply: &Reply) -> bool {
    const HEADER: usize = 12;
    let question = reply.octets.iter().skip(HEADER);
    let letters = question.take_while(|octet| **octet != 0).enumerate();
    letters
        .filter(|(_, octet)| octet.is_ascii_alphabetic())
        .all(|(at, octet)| octet.is_ascii_uppercase() == (at % 2 == 0))
}

fn rcode(number: u16) -> String {
    match number {
        0 => "NOERROR".to_owned(),
        1 => "FORMERR".to_owned(),
        2 => "SERVFAIL".to_owned(),
        3 => "NXDOMAIN".to_owned(),
        4 => "NOTIMP".to_owned(),
        5 => "REFUSED".to_owned(),
        other => format!("RCODE {other}"),
    }
}
