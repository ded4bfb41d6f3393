//! Plug-ins of the adapter `exec`: the reference, and the bridge to octoDNS before real servers.

use std::any::Any;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use redundns::adapters::adapter;
use redundns::provider::{Capabilities, Provider};
use redundns::zone::{Name, print};

use crate::bed::{Account, Bed, Kind, connect, hosted, text_for};
use crate::case::{wait, zone};
use crate::world::bind::Bind;
use crate::world::hosted::KEY;
use crate::world::pdns::Pdns;
use crate::world::{free_address, require, require_clients};

/// The beds of plug-ins.
pub(crate) fn kinds() -> Vec<Kind> {
    vec![
        Kind {
            told: zonefile_told,
            ..Kind::new("exec", "exec_zonefile", zonefile)
        },
        Kind {
            told: octodns_powerdns_told,
            lacks: OCTODNS_POWERDNS_LACKS,
            ..Kind::new("exec", "exec_octodns_powerdns", octodns_powerdns)
        },
        Kind {
            told: octodns_bind_told,
            lacks: OCTODNS_BIND_LACKS,
            ..Kind::new("exec", "exec_octodns_bind", octodns_bind)
        },
    ]
}

fn exec(text: &str, secrets: Vec<(&'static str, String)>) -> Arc<dyn Provider> {
    let account = Account {
        text: text.to_owned(),
        secrets,
    };
    let adapter = adapter("exec").expect("a registered adapter");
    connect(adapter, Path::new("."), &account)
}

fn told(provider: &dyn Provider) -> Capabilities {
    let told = wait(provider.capabilities()).expect("hello");
    told.expect("what it says of itself")
}

fn bed(provider: Arc<dyn Provider>, alive: Box<dyn Any + Send + Sync>) -> Bed {
    Bed {
        capabilities: told(&*provider),
        provider,
        dns: None,
        dig: Vec::new(),
        stranger: None,
        nobody: None,
        endpoint: None,
        own: Vec::new(),
        counts_serials: true,
        only: None,
        takes: |_, _| true,
        refused: None,
        keeps_out: &[],
        turns: None,
        pages: OnceLock::new(),
        _alive: alive,
    }
}

fn zonefile(zones: &[String]) -> Option<Bed> {
    require("python3", "python3")?;
    let directory = tempfile::tempdir().expect("a temporary directory");
    for origin in zones {
        let file = format!("{}.zone", origin.trim_end_matches('.'));
        let held = zone(
            &Name::absolute(origin).expect("a name"),
            &text_for("exec", origin),
        );
        let mut text = String::new();
        print(&held, &mut text).expect("text");
        std::fs::write(directory.path().join(file), text).expect("a zone file");
    }
    let provider = zonefile_at(directory.path());
    Some(bed(provider, Box::new(directory)))
}

fn zonefile_at(directory: &Path) -> Arc<dyn Provider> {
    let plugin = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/zonefile.py");
    let text = format!(
        "command = [\"python3\", \"{plugin}\"]\n[settings]\ndirectory = \"{}\"",
        directory.display()
    );
    exec(&text, Vec::new())
}

fn zonefile_told() -> Option<Capabilities> {
    require("python3", "python3")?;
    Some(told(&*zonefile_at(Path::new("."))))
}

const NO_SOA: &str = "octoDNS shows no SOA";
const TEXT: &str = "octoDNS holds text, and so no TXT that is not UTF-8 (octoDNS 1.22)";
const DATA: &str =
    "octoDNS loses backslashes in NAPTR and cannot read every HTTPS parameter (octoDNS 1.22)";

const OCTODNS_POWERDNS_LACKS: &[(&str, &str)] = &[
    ("creates_a_zone", NO_SOA),
    ("counts_the_serial_upwards", NO_SOA),
    ("keeps_texts_as_they_are", TEXT),
    ("keeps_data_of_every_type", DATA),
];

const OCTODNS_BIND_LACKS: &[(&str, &str)] = &[
    ("counts_the_serial_upwards", NO_SOA),
    ("keeps_texts_as_they_are", TEXT),
    ("keeps_data_of_every_type", DATA),
    (
        "replaces_the_apex_ns_set",
        "octodns-bind 1.1 takes no record out of it, since it deletes the set, which RFC 2136 ignores at the apex",
    ),
];

/// A provider of octoDNS with its arguments, in the environment that `tests/clients/octodns.txt` asks for.
fn octodns(
    class: &str,
    arguments: &str,
    key: &'static str,
    secret: &str,
) -> Option<Arc<dyn Provider>> {
    let python = require_clients("octodns")?;
    let plugin = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/octodns_bridge.py");
    let text = format!(
        "command = [\"{}\", \"{plugin}\"]\n[settings]\nclass = \"{class}\"\n{arguments}",
        python.display()
    );
    Some(exec(&text, vec![(key, secret.to_owned())]))
}

fn through_powerdns(web: SocketAddr, key: &str) -> Option<Arc<dyn Provider>> {
    let (host, port) = (web.ip(), web.port());
    let arguments = format!(
        "create = true\nhost = \"{host}\"\nport = {port}\nmode_of_operation = \"native\"\n\
         api_key = {{ env = \"X\" }}"
    );
    octodns(
        "octodns_powerdns.PowerDnsProvider",
        &arguments,
        "settings.api_key",
        key,
    )
}

fn octodns_powerdns(zones: &[String]) -> Option<Bed> {
    let texts: Vec<String> = zones
        .iter()
        .map(|origin| text_for("exec", origin))
        .collect();
    let zones: Vec<(&str, &str)> = zones
        .iter()
        .zip(&texts)
        .map(|(origin, text)| (origin.as_str(), text.as_str()))
        .collect();
    require_clients("octodns")?;
    let server = Pdns::start(&zones)?;
    let (dns, web) = (server.dns, server.web());
    let provider = through_powerdns(web, server.api_key)?;
    Some(Bed {
        dns: Some(dns),
        stranger: through_powerdns(web, "not-the-key"),
        nobody: through_powerdns(free_address(), "no-matter"),
        ..bed(provider, Box::new(server))
    })
}

fn octodns_powerdns_told() -> Option<Capabilities> {
    Some(told(&*through_powerdns(free_address(), "no-matter")?))
}

fn through_update(dns: SocketAddr, secret: &str) -> Option<Arc<dyn Provider>> {
    let (host, port) = (dns.ip(), dns.port());
    let arguments = format!(
        "host = \"{host}\"\nport = {port}\nkey_name = \"{}\"\nkey_algorithm = \"{}\"\n\
         key_secret = {{ env = \"X\" }}",
        KEY.name, KEY.algorithm
    );
    octodns(
        "octodns_bind.Rfc2136Provider",
        &arguments,
        "settings.key_secret",
        secret,
    )
}

fn octodns_bind(zones: &[String]) -> Option<Bed> {
    require_clients("octodns")?;
    let server = Bind::start(&hosted(zones))?;
    let dns = server.address();
    let provider = through_update(dns, KEY.secret)?;
    Some(Bed {
        dns: Some(dns),
        dig: vec![
            "-y".to_owned(),
            format!("{}:{}:{}", KEY.algorithm, KEY.name, KEY.secret),
        ],
        ..bed(provider, Box::new(server))
    })
}

fn octodns_bind_told() -> Option<Capabilities> {
    Some(told(&*through_update(free_address(), KEY.secret)?))
}
