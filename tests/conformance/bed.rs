//! One real server, or whatever stands behind an adapter, with an account for it.

use std::any::Any;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use redundns::adapters::{
    Adapter, Secret, SecretSource, Secrets, Settings, SettingsError, adapter,
};
use redundns::provider::{Capabilities, NameserverSpec, Provider};
use redundns::zone::{Name, RecordType};

use crate::plugins;
use crate::world::bind::Bind;
use crate::world::free_address;
use crate::world::hosted::{Hosted, KEY, KEYS, Server};
use crate::world::knot::Knot;
use crate::world::nsd::Nsd;
use crate::world::pdns::Pdns;

/// How a bed is made; several may serve one adapter.
pub(crate) struct Kind {
    pub(crate) adapter: &'static str,
    pub(crate) name: &'static str,
    pub(crate) start: fn(&[String]) -> Option<Bed>,
    /// What it says of itself, where the adapter cannot know.
    pub(crate) told: fn() -> Option<Capabilities>,
    /// Behaviours that what stands behind the adapter does not have, and why.
    pub(crate) lacks: &'static [(&'static str, &'static str)],
}

/// Every bed there is.
pub(crate) const BEDS: &[Kind] = &[
    Kind {
        adapter: "embedded",
        name: "embedded",
        start: embedded,
        told: || None,
        lacks: &[],
    },
    Kind {
        adapter: "powerdns",
        name: "powerdns",
        start: powerdns,
        told: || None,
        lacks: &[],
    },
    Kind {
        adapter: "rfc2136",
        name: "rfc2136_bind",
        start: bind,
        told: || None,
        lacks: &[],
    },
    Kind {
        adapter: "rfc2136",
        name: "rfc2136_knot",
        start: knot,
        told: || None,
        lacks: &[],
    },
    Kind {
        adapter: "exec",
        name: "exec_zonefile",
        start: plugins::zonefile,
        told: plugins::zonefile_told,
        lacks: &[],
    },
    Kind {
        adapter: "exec",
        name: "exec_octodns_powerdns",
        start: plugins::octodns_powerdns,
        told: plugins::octodns_powerdns_told,
        lacks: plugins::OCTODNS_POWERDNS_LACKS,
    },
    Kind {
        adapter: "exec",
        name: "exec_octodns_bind",
        start: plugins::octodns_bind,
        told: plugins::octodns_bind_told,
        lacks: plugins::OCTODNS_BIND_LACKS,
    },
    Kind {
        adapter: "secondary",
        name: "secondary_nsd",
        start: nsd,
        told: || None,
        lacks: &[],
    },
];

/// An account, as the TOML that a user would write and the secret that goes with it.
#[derive(Clone, Default)]
pub(crate) struct Account {
    pub(crate) text: String,
    pub(crate) secret: Option<String>,
}

/// What a trial works on.
pub(crate) struct Bed {
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) capabilities: Capabilities,
    /// Where the zones are served, for those that can be asked for them whole.
    pub(crate) dns: Option<SocketAddr>,
    /// What `dig` has to be told to be given a zone.
    pub(crate) dig: Vec<String>,
    /// The same account with credentials that are wrong.
    pub(crate) stranger: Option<Arc<dyn Provider>>,
    /// The same account where nobody listens.
    pub(crate) nobody: Option<Arc<dyn Provider>>,
    /// An owner, relative to the zone, and a record that the server behind the adapter refuses.
    pub(crate) refused: Option<(&'static str, &'static str)>,
    /// Types that the server behind the adapter, not the adapter, keeps out.
    pub(crate) keeps_out: &'static [RecordType],
    /// Whatever has to live as long as the bed.
    pub(crate) _alive: Box<dyn Any + Send + Sync>,
}

/// A zone before a trial begins.
pub(crate) fn zone_text(origin: &str) -> String {
    format!(
        "$ORIGIN {origin}
@ 3600 IN SOA ns1 hostmaster 1 7200 3600 1209600 300
@ 3600 IN NS ns1
@ 3600 IN NS ns2
ns1 3600 IN A 192.0.2.1
ns2 3600 IN A 192.0.2.2
kept 3600 IN TXT \"not named in any change\"
www 300 IN A 192.0.2.10
www 300 IN A 192.0.2.11
alias 300 IN CNAME www
"
    )
}

struct OneSecret<'a>(Option<&'a str>);

impl Secrets for OneSecret<'_> {
    fn read(
        &self,
        _: &str,
        _: &str,
        _: Option<&SecretSource>,
        _: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        Ok(self.0.map(Secret::new))
    }
}

pub(crate) fn connect(adapter: &Adapter, directory: &Path, account: &Account) -> Arc<dyn Provider> {
    (adapter.connect)(Settings {
        id: "test",
        values: toml::de::DeTable::parse(&account.text).expect("TOML"),
        nameservers: vec![NameserverSpec {
            name: Name::absolute("ns1.example.net").expect("a name"),
            addresses: Vec::new(),
        }],
        directory,
        secrets: &OneSecret(account.secret.as_deref()),
    })
    .unwrap_or_else(|error| panic!("{}: {}", adapter.name, error.message))
}

fn bed(name: &str, directory: &Path, account: &Account, alive: Box<dyn Any + Send + Sync>) -> Bed {
    let adapter = adapter(name).expect("a registered adapter");
    Bed {
        provider: connect(adapter, directory, account),
        capabilities: (adapter.capabilities)(),
        dns: None,
        dig: Vec::new(),
        stranger: None,
        nobody: None,
        refused: None,
        keeps_out: &[],
        _alive: alive,
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "a bed may lack its server, though not this one"
)]
fn embedded(zones: &[String]) -> Option<Bed> {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for origin in zones {
        let file = format!(
            ".redundns/embedded/test/{}.zone",
            origin.trim_end_matches('.')
        );
        let file = directory.path().join(file);
        std::fs::create_dir_all(file.parent().expect("a directory")).expect("a directory");
        std::fs::write(file, zone_text(origin)).expect("a zone file");
    }
    let account = Account {
        text: "listen = [\"127.0.0.1:0\"]".to_owned(),
        secret: None,
    };
    let path = directory.path().to_owned();
    Some(bed("embedded", &path, &account, Box::new(directory)))
}

fn powerdns(zones: &[String]) -> Option<Bed> {
    let texts: Vec<(&str, String)> = zones
        .iter()
        .map(|origin| (origin.as_str(), zone_text(origin)))
        .collect();
    let texts: Vec<(&str, &str)> = texts
        .iter()
        .map(|(origin, text)| (*origin, text.as_str()))
        .collect();
    let server = Pdns::start(&texts)?;
    let account = |endpoint: &str, secret: &str| Account {
        text: format!("endpoint = \"{endpoint}\"\ncreate = true"),
        secret: Some(secret.to_owned()),
    };
    let adapter = adapter("powerdns").expect("a registered adapter");
    let here = Path::new(".");
    let own = account(&server.endpoint, server.api_key);
    let stranger = account(&server.endpoint, "not-the-key");
    let nobody = account(&format!("http://{}", free_address()), server.api_key);
    let dns = server.dns;
    Some(Bed {
        dns: Some(dns),
        stranger: Some(connect(adapter, here, &stranger)),
        nobody: Some(connect(adapter, here, &nobody)),
        refused: Some(("not\\032here", "300 IN A 192.0.2.1")),
        ..bed("powerdns", here, &own, Box::new(server))
    })
}

fn bind(zones: &[String]) -> Option<Bed> {
    let server = Bind::start(&hosted(zones))?;
    Some(rfc2136(&server).alive(server))
}

fn knot(zones: &[String]) -> Option<Bed> {
    let server = Knot::start(&hosted(zones))?;
    Some(rfc2136(&server).alive(server))
}

pub(crate) fn hosted(zones: &[String]) -> Vec<Hosted> {
    zones
        .iter()
        .map(|origin| Hosted::dynamic(origin, &zone_text(origin)))
        .collect()
}

fn nsd(zones: &[String]) -> Option<Bed> {
    let primary = free_address();
    let hosted: Vec<Hosted> = zones
        .iter()
        .map(|origin| {
            let origin = origin.trim_end_matches('.');
            Hosted::secondary(origin, &zone_text(&format!("{origin}.")), primary)
        })
        .collect();
    let server = Nsd::start(&hosted)?;
    let account = |address: SocketAddr| Account {
        text: format!("notify = [\"{address}\"]"),
        secret: None,
    };
    let adapter = adapter("secondary").expect("a registered adapter");
    let here = Path::new(".");
    let own = account(server.address());
    Some(Bed {
        nobody: Some(connect(adapter, here, &account(free_address()))),
        ..bed("secondary", here, &own, Box::new(server))
    })
}

fn rfc2136(server: &Server) -> Bed {
    let account = |address: SocketAddr, secret: &str| Account {
        text: format!(
            "server = \"{address}\"\ntsig = {{ name = \"{}\", algorithm = \"{}\", secret = {{ env = \"X\" }} }}",
            KEY.name, KEY.algorithm
        ),
        secret: Some(secret.to_owned()),
    };
    let adapter = adapter("rfc2136").expect("a registered adapter");
    let here = Path::new(".");
    Bed {
        dns: Some(server.address()),
        dig: vec![
            "-y".to_owned(),
            format!("{}:{}:{}", KEY.algorithm, KEY.name, KEY.secret),
        ],
        stranger: Some(connect(
            adapter,
            here,
            &account(server.address(), KEYS[1].secret),
        )),
        nobody: Some(connect(adapter, here, &account(free_address(), KEY.secret))),
        ..bed(
            "rfc2136",
            here,
            &account(server.address(), KEY.secret),
            Box::new(()),
        )
    }
}

impl Bed {
    fn alive(self, server: impl Any + Send + Sync) -> Self {
        Self {
            _alive: Box::new(server),
            ..self
        }
    }
}
