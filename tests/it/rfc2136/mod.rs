//! RFC 2136 against BIND and Knot, judged by dig and ldns as well as by ourselves.

mod change;
mod quirk;
mod refusal;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Deref;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use redundns::adapters::{Secret, SecretSource, Secrets, Settings, SettingsError, adapter};
use redundns::plan::Change;
use redundns::provider::{Provider, ProviderError, Snapshot};
use redundns::zone::{Name, Position, RecordType, Zone, ZoneBuilder, rdata};

use crate::world::bind::Bind;
use crate::world::hosted::{Hosted, Server, TsigKey};
use crate::world::knot::Knot;
use crate::world::require;

const ORIGIN: &str = "example.com.";
const START: &str =
    "example.com. 3600 IN SOA ns1.example.com. hostmaster.example.com. 1 3600 600 86400 300
example.com. 300 IN NS ns1.example.com.
example.com. 300 IN NS ns2.example.com.
ns1.example.com. 300 IN A 192.0.2.1
ns2.example.com. 300 IN A 192.0.2.2
ns3.example.com. 300 IN A 192.0.2.3
www.example.com. 300 IN A 192.0.2.80
www.example.com. 300 IN AAAA 2001:db8::80
alias.example.com. 300 IN CNAME www.example.com.
";

type Running = Box<dyn Deref<Target = Server>>;

/// Each server that is installed here, with the same zones.
fn servers(zones: &[Hosted]) -> Vec<Running> {
    let bind = Bind::start(zones).map(|server| Box::new(server) as Running);
    let knot = Knot::start(zones).map(|server| Box::new(server) as Running);
    bind.into_iter().chain(knot).collect()
}

fn name(text: &str) -> Name {
    Name::absolute(text).expect("a name in a test")
}

/// Lines of `owner TTL IN TYPE RDATA`.
fn zone(text: &str) -> Zone {
    let mut builder = ZoneBuilder::new(name(ORIGIN));
    for line in text.lines().filter(|line| !line.is_empty()) {
        let mut words = line.splitn(5, ' ');
        let mut word = || {
            words
                .next()
                .unwrap_or_else(|| panic!("five words in `{line}`"))
        };
        let (owner, ttl, _, rtype, data) = (word(), word(), word(), word(), word());
        let rtype: RecordType = rtype.parse().expect("a type in a test");
        let octets = rdata::from_text(rtype, data, Some(name(ORIGIN).borrow()))
            .unwrap_or_else(|error| panic!("`{line}`: {error}"));
        let ttl = ttl.parse().expect("a TTL in a test");
        builder.push(
            name(owner).borrow(),
            rtype,
            ttl,
            &octets,
            Position::default(),
        );
    }
    builder.finish()
}

/// The reverse of [`zone`].
fn text(zone: &Zone) -> String {
    let mut text = String::new();
    for set in zone.sets() {
        for data in set.rdata() {
            let (owner, ttl, rtype) = (set.owner(), set.ttl(), set.rtype());
            let _ = writeln!(
                text,
                "{owner} {ttl} IN {rtype} {}",
                rdata::to_text(rtype, data)
            );
        }
    }
    text
}

/// What leads from one zone to the other, the SOA left alone; what comes stands before what goes, as a plan has it.
fn changes(from: &Zone, to: &Zone) -> Vec<Change> {
    let sets = |zone: &Zone| -> BTreeMap<_, _> {
        zone.sets()
            .filter(|set| set.rtype() != RecordType::SOA)
            .map(|set| (set.key(), set.to_record_set()))
            .collect()
    };
    let (mut old, new) = (sets(from), sets(to));
    let mut changes = Vec::new();
    for (key, after) in new {
        match old.remove(&key) {
            None => changes.push(Change::Create { key, after }),
            Some(before) if before != after => changes.push(Change::Replace { key, before, after }),
            Some(_) => {}
        }
    }
    changes.extend(
        old.into_iter()
            .map(|(key, before)| Change::Delete { key, before }),
    );
    changes
}

struct OneSecret(Option<&'static str>);

impl Secrets for OneSecret {
    fn read(
        &self,
        _: &str,
        key: &str,
        _: Option<&SecretSource>,
        _: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        assert_eq!(key, "tsig.secret");
        Ok(self.0.map(Secret::new))
    }
}

fn connect(server: &Server, key: Option<TsigKey>) -> Arc<dyn Provider> {
    let mut text = format!("server = \"{}\"\n", server.address());
    if let Some(key) = key {
        let _ = writeln!(
            text,
            "tsig = {{ name = \"{}\", algorithm = \"{}\", secret = {{ env = \"X\" }} }}",
            key.name, key.algorithm
        );
    }
    let adapter = adapter("rfc2136").expect("a registered adapter");
    (adapter.connect)(Settings {
        id: "test",
        values: toml::de::DeTable::parse(&text).expect("TOML"),
        nameservers: Vec::new(),
        directory: Path::new("."),
        secrets: &OneSecret(key.map(|key| key.secret)),
    })
    .unwrap_or_else(|error| panic!("{}", error.message))
}

fn wait<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

fn fetch(provider: &dyn Provider) -> Result<Snapshot, ProviderError> {
    wait(provider.fetch(&name(ORIGIN)))
}

fn apply(
    provider: &dyn Provider,
    changes: &[Change],
    base: &Snapshot,
) -> Result<(), ProviderError> {
    wait(provider.apply(&name(ORIGIN), changes, base))
}

/// Everything but the SOA, whose serial is the server's business.
fn without_soa(zone: &Zone) -> Vec<String> {
    text(zone)
        .lines()
        .filter(|line| !line.contains(" IN SOA "))
        .map(str::to_owned)
        .collect()
}

/// What `dig` transfers, compared with `expected` by ldns; nothing of ours takes part.
fn judge(server: &Server, key: TsigKey, expected: &Zone) {
    let (Some(dig), Some(compare)) = (
        require("dig", "bind9-dnsutils"),
        require("ldns-compare-zones", "ldnsutils"),
    ) else {
        return;
    };
    let directory = tempfile::tempdir().expect("a temporary directory");
    let (held, wanted) = (
        directory.path().join("held"),
        directory.path().join("wanted"),
    );
    let transfer = Command::new(dig)
        .arg(format!("@{}", server.address().ip()))
        .args(["-p", &server.address().port().to_string()])
        .args([
            "-y",
            &format!("{}:{}:{}", key.algorithm, key.name, key.secret),
        ])
        .args([
            "+onesoa",
            "+nocmd",
            "+nostats",
            "+nocomments",
            ORIGIN,
            "AXFR",
        ])
        .stderr(Stdio::inherit())
        .output()
        .expect("dig runs");
    let transferred = String::from_utf8(transfer.stdout).expect("dig prints ASCII");
    let lines: Vec<String> = transferred
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .filter(|line| !line.is_empty() && !line.contains(" ANY TSIG "))
        .collect();
    // ldns does not look at TTLs, so owner, TTL and type are compared first.
    let expected = text(expected);
    let heads = |lines: &mut dyn Iterator<Item = &str>| -> Vec<String> {
        let mut heads: Vec<String> = lines
            .filter(|line| !line.contains(" IN SOA "))
            .map(|line| line.split(' ').take(4).collect::<Vec<_>>().join(" "))
            .collect();
        heads.sort();
        heads
    };
    assert_eq!(
        heads(&mut lines.iter().map(String::as_str)),
        heads(&mut expected.lines())
    );
    std::fs::write(&held, lines.join("\n")).expect("a file");
    std::fs::write(&wanted, expected).expect("a file");
    let verdict = Command::new(compare)
        .args(["-a", "-e"])
        .args([&wanted, &held])
        .output()
        .expect("ldns runs");
    assert!(
        verdict.status.success(),
        "ldns-compare-zones: {}{}",
        String::from_utf8_lossy(&verdict.stdout),
        String::from_utf8_lossy(&verdict.stderr)
    );
}
