//! Vendors' APIs on loopback, strict ones: each holds its vendor's limits, throttles, canonical forms and read-only
//! sets, and refuses what the vendor refuses. All of them keep their zones in a [`store::Store`], which is also
//! served as DNS, so that the whole loop from file to proof can run against them.
//!
//! A vendor is one file (or folder) here with a [`Vendor`] constant, and one line in [`VENDORS`]. The trials of
//! `tests/conformance` take everything else from there.

pub mod azure;
pub mod clock;
pub mod cloudflare;
pub mod desec;
pub mod digitalocean;
pub mod dns;
pub mod dnsimple;
pub mod gandi;
pub mod google;
pub mod hetzner;
pub mod http;
pub mod ns1;
pub mod ovh;
pub mod route53;
pub mod scaleway;
pub mod store;

use std::net::SocketAddr;
use std::sync::Arc;

use redundns::zone::{Name, NoIncludes, RecordType, Source, parse};

use self::clock::Clock;
use self::dns::Nameserver;
use self::http::{Answer, HttpServer, Request};
use self::store::Store;

/// Every vendor that has a fake.
pub const VENDORS: &[&Vendor] = &[
    &azure::VENDOR,
    &cloudflare::VENDOR,
    &desec::VENDOR,
    &dnsimple::VENDOR,
    &digitalocean::VENDOR,
    &gandi::VENDOR,
    &google::VENDOR,
    &hetzner::VENDOR,
    &ovh::VENDOR,
    &ns1::VENDOR,
    &route53::VENDOR,
    &scaleway::VENDOR,
];

/// What the trials need to know of a vendor.
pub struct Vendor {
    /// The adapter that speaks to it, whose name is also that of the folders below `tests/clients` and
    /// `tests/snapshots`.
    pub adapter: &'static str,
    /// Makes the part that answers requests.
    pub answers: fn(Arc<Store>, Clock) -> Box<dyn Answers>,
    /// The adapter's own keys of an account, but for `endpoint` and secrets.
    pub account: &'static str,
    /// Every secret that the account needs, by key, as the fake knows them; `{endpoint}` in one is the fake's own.
    pub secrets: &'static [(&'static str, &'static str)],
    /// Nameservers that the vendor puts into the apex NS set of a new zone.
    pub nameservers: &'static [&'static str],
    /// Whether each write counts the serial up.
    pub counts_serials: bool,
    /// An owner, relative to the zone, and a record (TTL, class, type, data) that fits the adapter's capabilities
    /// and is refused all the same.
    pub refused: Option<(&'static str, &'static str)>,
    /// Whether the vendor takes a value, presentation format, that is none of what `capabilities` can exclude.
    pub takes: fn(RecordType, &str) -> bool,
    /// What is refused, and where the vendor says so.
    pub rejections: &'static [Rejection],
    /// Puts credentials into a request, as a client of the vendor does.
    pub sign: fn(&mut Request),
    /// The statuses with which it turns away whoever asks too often.
    pub throttled: &'static [u16],
    /// The secrets, in place of those of the same keys, of somebody who may read and not write; empty where nobody but
    /// a refused write tells.
    pub reads_only: &'static [(&'static str, &'static str)],
    /// Environment variables with credentials for the real service, in the order of `secrets`.
    pub variables: &'static [&'static str],
    /// Calls that the vendor's octoDNS provider makes for 1, 100 and 1,000 new sets, once planned; `None` where
    /// there is no such provider.
    pub octodns_calls: Option<[usize; 3]>,
}

impl Vendor {
    /// The secrets of an account at `endpoint`.
    pub fn secrets_at(&self, endpoint: &str) -> Vec<(&'static str, String)> {
        let secrets = self.secrets.iter();
        secrets
            .map(|&(key, value)| (key, value.replace("{endpoint}", endpoint)))
            .collect()
    }
}

/// The part of a fake that is the vendor's.
pub trait Answers: Send + Sync {
    /// What the vendor answers.
    fn answer(&self, request: &Request) -> Answer;
}

/// A request that the vendor refuses. `{zone}` in path and body is the zone without its final dot, `{ID}` its letters and
/// digits in capitals, `{dashed}` the zone with dashes for dots, `{hex}` 32 hexadecimal digits of its own; `{64}` and
/// `{4001}` are as many letters, `{201 ids}` as many objects with an `id`. The zone is as `zone_text` of the conformance
/// suite has it.
pub struct Rejection {
    /// One word with underscores.
    pub name: &'static str,
    /// The request's method.
    pub method: &'static str,
    /// The request's path, with the query.
    pub path: &'static str,
    /// The request's body; empty for none.
    pub body: &'static str,
    /// The answer's status.
    pub status: u16,
    /// Part of the answer's body.
    pub says: &'static str,
    /// The vendor's page that says so.
    pub page: &'static str,
}

impl Rejection {
    /// The path and the body for a zone, given without its final dot.
    pub fn about(&self, zone: &str) -> (String, String) {
        let letters = zone.chars().filter(char::is_ascii_alphanumeric);
        let id: String = letters.map(|letter| letter.to_ascii_uppercase()).collect();
        let fill = |text: &str| {
            text.replace("{zone}", zone)
                .replace("{ID}", &id)
                .replace("{hex}", &hexadecimal(zone))
                .replace("{201 ids}", &[r#"{"id": "0"}"#; 201].join(", "))
                .replace("{dashed}", &zone.replace('.', "-"))
                .replace("{64}", &"x".repeat(64))
                .replace("{4001}", &"x".repeat(4001))
        };
        (fill(self.path), fill(self.body))
    }
}

/// 32 hexadecimal digits that are a name's own (FNV-1a, from two starts).
pub fn hexadecimal(name: &str) -> String {
    let hash = |start: u64| {
        name.bytes().fold(start, |hash, octet| {
            (hash ^ u64::from(octet)).wrapping_mul(0x0100_0000_01b3)
        })
    };
    format!("{:016x}{:016x}", hash(0xcbf2_9ce4_8422_2325), hash(1))
}

/// A running fake: the API, the zones behind it, and the nameserver that serves them.
pub struct Fake {
    store: Arc<Store>,
    answers: Arc<dyn Answers>,
    http: HttpServer,
    dns: Nameserver,
}

impl Fake {
    /// Starts a vendor's fake on free loopback ports.
    pub fn start(vendor: &Vendor, clock: Clock) -> Self {
        let store = Arc::new(Store::default());
        let answers: Arc<dyn Answers> = (vendor.answers)(store.clone(), clock).into();
        let served = answers.clone();
        Self {
            http: HttpServer::start(move |request| served.answer(request)),
            answers,
            dns: Nameserver::start(store.clone()),
            store,
        }
    }

    /// Puts a zone in, past the API.
    pub fn add(&self, origin: &str, text: &str) {
        let source = Source {
            name: "zone",
            text: text.as_bytes(),
        };
        let origin = Name::absolute(origin).expect("a name");
        let parsed = parse(&source, origin, &NoIncludes);
        assert!(!parsed.has_errors(), "{:#?}", parsed.findings);
        self.store.add(&parsed.zone);
    }

    /// Asks it without a connection in between.
    pub fn ask(&self, request: &Request) -> Answer {
        self.answers.answer(request)
    }

    /// The zones.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The API: its endpoint, and what was asked.
    pub fn http(&self) -> &HttpServer {
        &self.http
    }

    /// Where the zones are served; anybody may transfer them.
    pub fn dns(&self) -> SocketAddr {
        self.dns.address()
    }
}
