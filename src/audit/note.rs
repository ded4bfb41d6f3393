//! Findings as they are put together: one for each cause, with everybody it is about.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::evidence::Probe;
use super::rules::rule;
use crate::verdict::Nameserver;
use crate::zone::{Finding, Name, RecordType};

/// How a server is named in findings: `ns1.example.net. 192.0.2.1:53`.
pub(super) fn label(server: &Nameserver) -> String {
    format!("{} {}", server.name, server.address)
}

/// A finding of `code` with the severity of its rule.
pub(super) fn finding(code: &'static str, message: impl Into<String>) -> Finding {
    let rule = rule(code).expect("every code of an audit has its rule");
    Finding::new(code, rule.severity, message).hint(rule.action)
}

/// What is said of servers, collected by cause.
#[derive(Default)]
pub(super) struct Notes {
    causes: BTreeMap<(&'static str, String), Cause>,
}

/// Servers of which the same is said.
#[derive(Default)]
struct Cause {
    /// What to do about it, where the rule is about more than this.
    hint: Option<&'static str>,
    /// Each with the command that shows it.
    servers: Vec<(String, String)>,
}

impl Notes {
    /// Says it of one server, and how to see it.
    pub(super) fn add(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        server: &Nameserver,
        reproduce: String,
    ) {
        let cause = self.causes.entry((code, message.into())).or_default();
        cause.servers.push((label(server), reproduce));
    }

    /// The same with what to do about this one of several things that the rule is about.
    pub(super) fn add_hinted(
        &mut self,
        code: &'static str,
        message: &str,
        hint: &'static str,
        server: &Nameserver,
        reproduce: String,
    ) {
        self.add(code, message, server, reproduce);
        if let Some(cause) = self.causes.get_mut(&(code, message.to_owned())) {
            cause.hint = Some(hint);
        }
    }

    /// One finding for each cause.
    pub(super) fn finish(self) -> Vec<Finding> {
        let causes = self.causes.into_iter();
        causes
            .map(|((code, message), Cause { hint, servers })| {
                let mut one = finding(code, message);
                if let Some(hint) = hint {
                    one = one.hint(hint);
                }
                one.reproduce = servers.first().map(|(_, command)| command.clone());
                let labels: Vec<String> = servers.into_iter().map(|(label, _)| label).collect();
                one.nameserver = Some(labels.join(", "));
                one
            })
            .collect()
    }
}

/// The command that asks `name` and `rtype` of `address` by hand.
pub fn dig(address: SocketAddr, name: &Name, rtype: RecordType) -> String {
    with_words(address, "", name, rtype)
}

/// As [`dig`], with signatures.
pub(super) fn dig_signed(address: SocketAddr, name: &Name, rtype: RecordType) -> String {
    with_words(address, " +dnssec", name, rtype)
}

fn with_words(address: SocketAddr, words: &str, name: &Name, rtype: RecordType) -> String {
    let port = match address.port() {
        53 => String::new(),
        port => format!(" -p {port}"),
    };
    format!("dig +norec{words} @{}{port} {name} {rtype}", address.ip())
}

/// The command that sends `probe` by hand.
pub(super) fn dig_probe(address: SocketAddr, zone: &Name, probe: Probe) -> String {
    use RecordType as T;
    let root = Name::root();
    let (words, name, rtype) = match probe {
        Probe::Soa | Probe::Again => ("", zone, T::SOA),
        Probe::SoaTcp => (" +tcp +noedns", zone, T::SOA),
        Probe::Plain => (" +noedns", zone, T::SOA),
        Probe::Mixed => {
            let mixed: String = zone
                .to_string()
                .char_indices()
                .map(|(at, letter)| match at % 2 {
                    0 => letter.to_ascii_lowercase(),
                    _ => letter.to_ascii_uppercase(),
                })
                .collect();
            let plain = with_words(address, "", zone, T::SOA);
            return plain.replace(&format!(" {zone} "), &format!(" {mixed} "));
        }
        Probe::Ns => ("", zone, T::NS),
        Probe::NsTcp => (" +tcp", zone, T::NS),
        Probe::Version => (" +edns=1 +noednsneg", zone, T::SOA),
        Probe::Option => (" +ednsopt=65001", zone, T::SOA),
        Probe::Flag => (" +ednsflags=0x80", zone, T::SOA),
        Probe::Small => (" +ignore +dnssec +bufsize=512", zone, T::DNSKEY),
        Probe::Text => (" +ignore +bufsize=512", zone, T::TXT),
        Probe::Large => (" +ignore +dnssec +bufsize=4096", zone, T::DNSKEY),
        Probe::Recursion => {
            return with_words(address, "", &root, T::SOA).replace(" +norec", "");
        }
        Probe::Upward => ("", &root, T::NS),
    };
    with_words(address, words, name, rtype)
}
