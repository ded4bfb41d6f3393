//! Who can be told: one file or folder per adapter, and the registry that names them.
//!
//! An adapter translates between the port's values and one vendor's API, and knows neither the plan nor the user
//! nor another adapter. Paging, pacing, retries and redaction of HTTP live in [`http`] and nowhere else.

mod account_key;
mod azure;
mod cloudflare;
mod desec;
mod digitalocean;
mod dnsimple;
mod embedded;
mod exec;
mod gandi;
mod google;
mod hetzner;
pub mod http;
mod lookup;
mod ns1;
mod ovh;
mod powerdns;
mod presentation;
pub mod records;
pub mod rfc2136;
mod route53;
pub mod run;
mod scaleway;
mod secondary;
mod tsig;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

pub use self::account_key::{AccountKey, Kind};
use crate::provider::{Capabilities, NameserverSpec, Provider};

/// Code that speaks one API, described.
pub struct Adapter {
    /// As written in `adapter = "…"`.
    pub name: &'static str,
    /// Where the API is documented.
    pub docs: &'static str,
    /// What the API can hold.
    pub capabilities: fn() -> Capabilities,
    /// The adapter's own keys in an account file, in the order of the documentation.
    pub keys: &'static [AccountKey],
    /// Makes a provider of an account's settings. Opens no connection.
    pub connect: fn(Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError>,
}

/// What an account file says, as an adapter sees it.
pub struct Settings<'a> {
    /// The account's id: the file's name.
    pub id: &'a str,
    /// The adapter's own keys; the keys that every account has are taken out.
    pub values: toml::Spanned<toml::de::DeTable<'a>>,
    /// The nameservers that the account lists.
    pub nameservers: Vec<NameserverSpec>,
    /// The project directory: relative paths start here.
    pub directory: &'a Path,
    /// Reads secrets on the adapter's behalf.
    pub secrets: &'a dyn Secrets,
}

impl<'a> Settings<'a> {
    /// The adapter's keys as its own struct, which must `deny_unknown_fields`. Taken once.
    pub fn parse<T: Deserialize<'a>>(&mut self) -> Result<T, SettingsError> {
        let table = std::mem::replace(
            &mut self.values,
            toml::Spanned::new(0..0, toml::de::DeTable::new()),
        );
        T::deserialize(toml::de::Deserializer::from(table)).map_err(|error| SettingsError {
            message: error.message().to_owned(),
            span: error.span(),
            hint: None,
        })
    }

    /// The secret called `key`: from `source`, else from `REDUNDNS_<ID>_<KEY>`, else from the vendor's usual
    /// `variables` (each also as `NAME_FILE`). `Ok(None)` when there is none anywhere.
    pub fn secret(
        &self,
        key: &str,
        source: Option<&SecretSource>,
        variables: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        self.secrets.read(self.id, key, source, variables)
    }

    /// As [`Self::secret`], an error where there is none.
    pub fn required_secret(
        &self,
        key: &str,
        source: Option<&SecretSource>,
        variables: &[&str],
    ) -> Result<Secret, SettingsError> {
        self.secret(key, source, variables)?
            .ok_or_else(|| SettingsError {
                message: format!("`{key}` is missing"),
                span: None,
                hint: Some(match variables.first() {
                    Some(variable) => {
                        format!("write `{key} = {{ env = \"{variable}\" }}`, and set that variable")
                    }
                    None => format!(
                        "write `{key} = {{ env = \"NAME\" }}` or `{key} = {{ file = \"path\" }}`"
                    ),
                }),
            })
    }
}

/// Reads secrets; the configuration does, adapters never touch files or the environment.
pub trait Secrets {
    /// See [`Settings::secret`].
    fn read(
        &self,
        id: &str,
        key: &str,
        source: Option<&SecretSource>,
        variables: &[&str],
    ) -> Result<Option<Secret>, SettingsError>;

    /// What a vendor's own tools look at when an account says nothing; nothing at all where nobody provides it.
    fn surroundings(&self) -> Arc<dyn Surroundings> {
        Arc::new(Nothing)
    }
}

/// The machine that the program runs on, as far as a vendor's own tools keep credentials there.
pub trait Surroundings: Send + Sync {
    /// The environment.
    fn variables(&self) -> HashMap<String, String>;

    /// A file at an absolute path.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Runs a program to its end.
    fn run(&self, program: &str, arguments: &[&str]) -> io::Result<Output>;
}

/// No surroundings.
struct Nothing;

impl Surroundings for Nothing {
    fn variables(&self) -> HashMap<String, String> {
        HashMap::new()
    }

    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }

    fn run(&self, _: &str, _: &[&str]) -> io::Result<Output> {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// Where a secret comes from; a literal is refused when the file is read, without repeating it.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// An environment variable.
    Env(String),
    /// A file, relative to the project; a final newline is not part of the secret.
    File(String),
    /// A program and its arguments; what it prints is the secret, a final newline left out.
    Command(Vec<String>),
}

impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Source;

        impl<'de> Visitor<'de> for Source {
            type Value = SecretSource;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(SECRET_SOURCES)
            }

            fn visit_str<E: Error>(self, _: &str) -> Result<SecretSource, E> {
                Err(E::custom(format_args!(
                    "a secret does not belong into this file; write {SECRET_SOURCES}"
                )))
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SecretSource, A::Error> {
                let kind: Option<String> = map.next_key()?;
                let source = match kind.as_deref() {
                    Some("env") => SecretSource::Env(map.next_value()?),
                    Some("file") => SecretSource::File(map.next_value()?),
                    Some("command") => SecretSource::Command(map.next_value()?),
                    _ => return Err(A::Error::custom(format_args!("expected {SECRET_SOURCES}"))),
                };
                match map.next_key::<String>()? {
                    None => Ok(source),
                    Some(_) => Err(A::Error::custom("a secret has one source, not several")),
                }
            }
        }

        deserializer.deserialize_any(Source)
    }
}

const SECRET_SOURCES: &str =
    "`{ env = \"NAME\" }`, `{ file = \"path\" }` or `{ command = [\"program\", \"argument\"] }`";

/// A credential. It can be used and nothing else: neither printed nor serialised nor compared.
#[derive(Clone)]
pub struct Secret(Box<str>);

impl Secret {
    /// Wraps a credential.
    pub fn new(value: impl Into<Box<str>>) -> Self {
        Self(value.into())
    }

    /// The credential itself, for the header or signature that needs it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// What is wrong with an account's settings, and where in its file.
#[derive(Debug)]
pub struct SettingsError {
    /// One sentence.
    pub message: String,
    /// Octets of the account file.
    pub span: Option<Range<usize>>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// An address with or without a port; 53 where none is written.
pub(crate) fn socket_address(text: &str) -> Option<SocketAddr> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(|ip| (ip, 53).into()))
}

/// Every adapter there is.
pub const ADAPTERS: &[&Adapter] = &[
    &embedded::ADAPTER,
    &powerdns::ADAPTER,
    &rfc2136::ADAPTER,
    &secondary::ADAPTER,
    &exec::ADAPTER,
    &route53::ADAPTER,
    &google::ADAPTER,
    &desec::ADAPTER,
    &cloudflare::ADAPTER,
    &azure::ADAPTER,
    &hetzner::ADAPTER,
    &scaleway::ADAPTER,
    &ovh::ADAPTER,
    &dnsimple::ADAPTER,
    &ns1::ADAPTER,
    &digitalocean::ADAPTER,
    &gandi::ADAPTER,
];

/// The adapter called `name`.
pub fn adapter(name: &str) -> Option<&'static Adapter> {
    ADAPTERS
        .iter()
        .copied()
        .find(|adapter| adapter.name == name)
}
