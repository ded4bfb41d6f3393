//! One real server, or whatever stands behind an adapter, with an account for it.

use std::any::Any;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use redundns::adapters::{
    Adapter, Secret, SecretSource, Secrets, Settings, SettingsError, adapter,
};
use redundns::provider::{ApexNs, Capabilities, NameserverSpec, Provider};
use redundns::zone::{Name, RecordType, Zone};

use crate::fakes::VENDORS;
use crate::ministack;
use crate::plugins;
use crate::vendors;
use crate::world::bind::Bind;
use crate::world::free_address;
use crate::world::hosted::{Hosted, KEY, KEYS, Server};
use crate::world::knot::Knot;
use crate::world::nsd::Nsd;
use crate::world::pdns::Pdns;

/// Makes a bed that holds the zones of these origins; `None` where it lacks what it needs.
type Start = dyn Fn(&[String]) -> Option<Bed> + Send + Sync;
/// Makes a provider of an account whose endpoint is given.
type Connect = dyn Fn(&str) -> Arc<dyn Provider> + Send + Sync;

/// How a bed is made; several may serve one adapter.
pub(crate) struct Kind {
    pub(crate) adapter: &'static str,
    pub(crate) name: String,
    pub(crate) start: Box<Start>,
    /// What it says of itself, where the adapter cannot know.
    pub(crate) told: fn() -> Option<Capabilities>,
    /// Behaviours that what stands behind the adapter does not have, and why.
    pub(crate) lacks: &'static [(&'static str, &'static str)],
    /// Whether it speaks HTTP, so that its bed has an endpoint.
    pub(crate) speaks_http: bool,
    /// A real service with one zone to try things in: zones are not made there.
    pub(crate) is_real: bool,
}

impl Kind {
    pub(crate) fn new(
        adapter: &'static str,
        name: &str,
        start: impl Fn(&[String]) -> Option<Bed> + Send + Sync + 'static,
    ) -> Self {
        Self {
            adapter,
            name: name.to_owned(),
            start: Box::new(start),
            told: || None,
            lacks: &[],
            speaks_http: false,
            is_real: false,
        }
    }
}

/// Every bed there is.
pub(crate) fn kinds() -> Vec<Kind> {
    let mut kinds = vec![
        Kind::new("embedded", "embedded", embedded),
        Kind {
            speaks_http: true,
            ..Kind::new("powerdns", "powerdns", powerdns)
        },
        Kind::new("rfc2136", "rfc2136_bind", bind),
        Kind::new("rfc2136", "rfc2136_knot", knot),
        Kind {
            speaks_http: true,
            ..Kind::new("route53", "route53_ministack", ministack::start)
        },
        Kind::new("secondary", "secondary_nsd", nsd),
    ];
    kinds.extend(plugins::kinds());
    for &vendor in VENDORS {
        let start = |zones: &[String]| Some(vendors::bed(vendor, zones));
        kinds.push(Kind {
            speaks_http: true,
            ..Kind::new(vendor.adapter, vendor.adapter, start)
        });
        kinds.extend(vendors::real_service(vendor));
    }
    kinds
}

/// An account, as the TOML that a user would write and the secrets that go with it.
#[derive(Clone, Default)]
pub(crate) struct Account {
    pub(crate) text: String,
    /// By key.
    pub(crate) secrets: Vec<(&'static str, String)>,
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
    /// The API of one that speaks HTTP.
    pub(crate) endpoint: Option<Endpoint>,
    /// Whether the server counts the serial up by itself.
    pub(crate) counts_serials: bool,
    /// Nameservers of the provider's own, which stay in the apex NS set where it cannot be set freely.
    pub(crate) own: Vec<String>,
    /// Values that are not refused for good reason, and refused all the same; the adapter's quirks say so.
    pub(crate) takes: fn(RecordType, &str) -> bool,
    /// The one zone of a real service, which trials share in turn.
    pub(crate) only: Option<Only>,
    /// An owner, relative to the zone, and a record that the server behind the adapter refuses.
    pub(crate) refused: Option<(&'static str, &'static str)>,
    /// Types that the server behind the adapter, not the adapter, keeps out.
    pub(crate) keeps_out: &'static [RecordType],
    /// Taken by whoever writes past `provider`, where the server does not bear two writers at a time.
    pub(crate) turns: Option<Mutex<()>>,
    /// What the zone holds that is read in pages, once it is made.
    pub(crate) pages: OnceLock<Zone>,
    /// Whatever has to live as long as the bed.
    pub(crate) _alive: Box<dyn Any + Send + Sync>,
}

/// A zone that trials share: one at a time, each beginning with the zone as `zone_text` has it.
pub(crate) struct Only {
    pub(crate) origin: String,
    pub(crate) alone: Mutex<()>,
}

/// An API, and what reaches it through something in between.
pub(crate) struct Endpoint {
    /// Scheme, host and port.
    pub(crate) origin: String,
    /// The same account with another endpoint.
    pub(crate) connect: Box<Connect>,
    /// Credentials of the account, that nothing may show.
    pub(crate) secrets: Vec<String>,
}

/// A zone before a trial begins. The apex NS set has `own` where the provider insists on it.
pub(crate) fn zone_text(origin: &str, capabilities: &Capabilities, own: &[String]) -> String {
    let ttl = |ttl: u32| ttl.clamp(*capabilities.ttl.start(), *capabilities.ttl.end());
    let (short, long) = (ttl(300), ttl(3600));
    let (free, own) = match capabilities.apex_ns {
        ApexNs::Full => (&["ns1", "ns2"][..], &[][..]),
        ApexNs::AddOnly => (&["ns1", "ns2"][..], own),
        ApexNs::Fixed | ApexNs::Hidden => (&[][..], own),
    };
    let servers = free.iter().copied().chain(own.iter().map(String::as_str));
    let mut apex = String::new();
    for server in servers {
        apex += &format!("@ {long} IN NS {server}\n");
    }
    format!(
        "$ORIGIN {origin}
@ {long} IN SOA ns1 hostmaster 1 7200 3600 1209600 300
{apex}ns1 {long} IN A 192.0.2.1
ns2 {long} IN A 192.0.2.2
kept {long} IN TXT \"not named in any change\"
www {short} IN A 192.0.2.10
www {short} IN A 192.0.2.11
alias {short} IN CNAME www
"
    )
}

/// A zone for the adapter called so.
pub(crate) fn text_for(adapter: &str, origin: &str) -> String {
    let adapter = self::adapter(adapter).expect("a registered adapter");
    zone_text(origin, &(adapter.capabilities)(), &[])
}

struct Given<'a>(&'a Account);

impl Secrets for Given<'_> {
    fn read(
        &self,
        _: &str,
        key: &str,
        _: Option<&SecretSource>,
        _: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        let secret = self.0.secrets.iter().find(|secret| secret.0 == key);
        Ok(secret.map(|secret| Secret::new(secret.1.as_str())))
    }
}

/// An account's provider.
pub(crate) fn connect(adapter: &Adapter, directory: &Path, account: &Account) -> Arc<dyn Provider> {
    let nameservers = vec![NameserverSpec {
        name: Name::absolute("ns1.example.net").expect("a name"),
        addresses: Vec::new(),
    }];
    connect_with(adapter, directory, account, nameservers)
}

/// The same where the account lists these nameservers; with none, the provider says which it has.
pub(crate) fn connect_with(
    adapter: &Adapter,
    directory: &Path,
    account: &Account,
    nameservers: Vec<NameserverSpec>,
) -> Arc<dyn Provider> {
    (adapter.connect)(Settings {
        id: "test",
        values: toml::de::DeTable::parse(&account.text).expect("TOML"),
        nameservers,
        directory,
        secrets: &Given(account),
    })
    .unwrap_or_else(|error| panic!("{}: {}", adapter.name, error.message))
}

/// A bed with nothing but its account.
pub(crate) fn bed(
    name: &str,
    directory: &Path,
    account: &Account,
    alive: Box<dyn Any + Send + Sync>,
) -> Bed {
    let adapter = adapter(name).expect("a registered adapter");
    Bed {
        provider: connect(adapter, directory, account),
        capabilities: (adapter.capabilities)(),
        dns: None,
        dig: Vec::new(),
        stranger: None,
        nobody: None,
        endpoint: None,
        counts_serials: true,
        own: Vec::new(),
        takes: |_, _| true,
        only: None,
        refused: None,
        keeps_out: &[],
        turns: None,
        pages: OnceLock::new(),
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
        std::fs::write(file, text_for("embedded", origin)).expect("a zone file");
    }
    let account = Account {
        text: "listen = [\"127.0.0.1:0\"]".to_owned(),
        secrets: Vec::new(),
    };
    let path = directory.path().to_owned();
    Some(bed("embedded", &path, &account, Box::new(directory)))
}

fn powerdns(zones: &[String]) -> Option<Bed> {
    let texts: Vec<(&str, String)> = zones
        .iter()
        .map(|origin| (origin.as_str(), text_for("powerdns", origin)))
        .collect();
    let texts: Vec<(&str, &str)> = texts
        .iter()
        .map(|(origin, text)| (*origin, text.as_str()))
        .collect();
    let server = Pdns::start(&texts)?;
    let account = |endpoint: &str, secret: &str| Account {
        text: format!("endpoint = \"{endpoint}\"\ncreate = true"),
        secrets: vec![("api_key", secret.to_owned())],
    };
    let adapter = adapter("powerdns").expect("a registered adapter");
    let here = Path::new(".");
    let own = account(&server.endpoint, server.api_key);
    let api_key = server.api_key;
    let endpoint = Endpoint {
        origin: server.endpoint.clone(),
        connect: Box::new(move |origin| connect(adapter, here, &account(origin, api_key))),
        secrets: vec![api_key.to_owned()],
    };
    let stranger = account(&server.endpoint, "not-the-key");
    let nobody = account(&format!("http://{}", free_address()), server.api_key);
    let dns = server.dns;
    Some(Bed {
        dns: Some(dns),
        stranger: Some(connect(adapter, here, &stranger)),
        nobody: Some(connect(adapter, here, &nobody)),
        endpoint: Some(endpoint),
        refused: Some(("not\\032here", "300 IN A 192.0.2.1")),
        // Two at a time get 500 from SQLite.
        turns: Some(Mutex::default()),
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
        .map(|origin| Hosted::dynamic(origin, &text_for("rfc2136", origin)))
        .collect()
}

fn nsd(zones: &[String]) -> Option<Bed> {
    let primary = free_address();
    let hosted: Vec<Hosted> = zones
        .iter()
        .map(|origin| {
            let origin = origin.trim_end_matches('.');
            Hosted::secondary(
                origin,
                &text_for("secondary", &format!("{origin}.")),
                primary,
            )
        })
        .collect();
    let server = Nsd::start(&hosted)?;
    let account = |address: SocketAddr| Account {
        text: format!("notify = [\"{address}\"]"),
        secrets: Vec::new(),
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
        secrets: vec![("tsig.secret", secret.to_owned())],
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
    /// The same with something that has to live as long.
    pub(crate) fn alive(self, server: impl Any + Send + Sync) -> Self {
        Self {
            _alive: Box::new(server),
            ..self
        }
    }
}
