//! Accounts: one TOML file each in `providers/`.

mod schema;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use toml::Spanned;
use toml::de::DeTable;
use wildmatch::WildMatch;

pub use self::schema::account_schema;
use super::masked::masked;
use super::{placed, secret, shown, structure, unread};
use crate::adapters::{ADAPTERS, Adapter, Secrets, Settings, adapter, socket_address};
use crate::provider::{Capabilities, Claims, NameserverSpec, Provider};
use crate::zone::{Finding, Name, Severity};

/// The keys that every account has, whatever its adapter.
const COMMON_KEYS: &[&str] = &[
    "adapter",
    "enabled",
    "zones",
    "nameservers",
    "batch",
    "capabilities",
    "apex_ns",
];

/// One enabled file of `providers/`.
pub struct Account {
    /// The file's name without `.toml`.
    pub id: String,
    /// The adapter that it names.
    pub adapter: &'static Adapter,
    /// The nameservers that it lists; empty means: ask the provider.
    pub nameservers: Vec<NameserverSpec>,
    /// `apex_ns = "provider"`: the apex NS set there is the provider's own, and left alone.
    pub own_apex_ns: bool,
    claims: Claims,
    /// The most changes in one call; `None` leaves that to the adapter.
    pub batch: Option<NonZeroUsize>,
    zones: Vec<WildMatch>,
    file: String,
    text: String,
    directory: PathBuf,
}

impl Account {
    /// Whether its globs take the zone.
    pub fn takes(&self, origin: &Name) -> bool {
        let origin = origin.to_string();
        let name = if origin == "." {
            "."
        } else {
            origin.trim_end_matches('.')
        };
        self.zones.iter().any(|glob| glob.matches(name))
    }

    /// Whether `line`, a key and its value, stands in its file.
    pub fn says(&self, line: &str) -> bool {
        let read = |text: &str| text.parse::<toml::Table>().ok();
        let (Some(own), Some(line)) = (read(&self.text), read(line)) else {
            return false;
        };
        line.iter().all(|(key, value)| own.get(key) == Some(value))
    }

    /// What the account can hold: what its file says, then what the provider `told` of itself, then the adapter's facts.
    pub fn capabilities(&self, told: Option<Capabilities>) -> Capabilities {
        self.claims
            .over(told.unwrap_or_else(self.adapter.capabilities))
    }

    /// The provider behind the account. Reads its secrets; opens no connection.
    pub fn connect(&self) -> Result<Arc<dyn Provider>, Finding> {
        self.connect_with(&secret::Reader {
            directory: &self.directory,
        })
    }

    /// As [`Self::connect`], with secrets from elsewhere.
    pub(super) fn connect_with(&self, secrets: &dyn Secrets) -> Result<Arc<dyn Provider>, Finding> {
        let values = only(parse(&self.text).0, |key| !COMMON_KEYS.contains(&key));
        let settings = Settings {
            id: &self.id,
            values,
            nameservers: self.nameservers.clone(),
            directory: &self.directory,
            secrets,
        };
        (self.adapter.connect)(settings).map_err(|error| {
            let secret = error.message.contains("secret") || error.message.ends_with("is missing");
            let code = if error.message.starts_with("a secret does not belong") {
                "CFG10"
            } else if secret || error.message.contains("environment variable") {
                "CFG05"
            } else {
                "CFG02"
            };
            let mut finding = self.placed(code, error.message, error.span);
            finding.hint = error.hint;
            finding
        })
    }

    fn placed(
        &self,
        code: &'static str,
        message: String,
        span: Option<std::ops::Range<usize>>,
    ) -> Finding {
        masked(placed(
            code,
            Severity::Error,
            message,
            &self.file,
            &self.text,
            span,
        ))
        .provider(&self.id)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NameserverEntry {
    name: Spanned<String>,
    #[serde(default)]
    addresses: Vec<Spanned<String>>,
}

#[derive(Deserialize)]
struct Common {
    adapter: Spanned<String>,
    #[serde(default = "yes")]
    enabled: bool,
    #[serde(default = "everything")]
    zones: Vec<String>,
    #[serde(default)]
    nameservers: Vec<NameserverEntry>,
    #[serde(default)]
    capabilities: Claims,
    batch: Option<NonZeroUsize>,
    #[serde(default)]
    apex_ns: ApexNsSource,
}

/// Where an account's apex NS set comes from.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Default)]
#[serde(rename_all = "lowercase")]
enum ApexNsSource {
    #[default]
    File,
    Provider,
}

fn yes() -> bool {
    true
}

fn everything() -> Vec<String> {
    vec!["*".to_owned()]
}

fn parse(text: &str) -> (Spanned<DeTable<'_>>, Vec<toml::de::Error>) {
    DeTable::parse_recoverable(text)
}

/// The keys of `table` that are wanted.
fn only(table: Spanned<DeTable<'_>>, wanted: impl Fn(&str) -> bool) -> Spanned<DeTable<'_>> {
    let span = table.span();
    let kept = table
        .into_inner()
        .into_iter()
        .filter(|(key, _)| wanted(key.get_ref().as_ref()));
    Spanned::new(span, kept.collect())
}

/// Enabled accounts, and the ids of the others, both sorted.
pub(super) fn read_all(
    directory: &Path,
    findings: &mut Vec<Finding>,
) -> (Vec<Account>, Vec<String>) {
    let (mut accounts, mut disabled) = (Vec::new(), Vec::new());
    for path in super::zones::files_in(&directory.join("providers"), "toml", findings) {
        let file = shown(directory, &path);
        let id = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        match std::fs::read_to_string(&path) {
            Err(error) => findings.push(
                Finding::new(
                    "CFG01",
                    Severity::Error,
                    format!("cannot read the account: {error}"),
                )
                .hint(unread(&error))
                .at(file, 1, 1)
                .provider(id),
            ),
            Ok(text) => match read(id, file, text, directory, findings) {
                Some(Ok(account)) => accounts.push(account),
                Some(Err(id)) => disabled.push(id),
                None => {}
            },
        }
    }
    (accounts, disabled)
}

/// The account that `text` describes, were it a file.
pub(super) fn of_text(id: &str, text: &str, directory: &Path) -> Result<Account, Vec<Finding>> {
    let mut findings = Vec::new();
    let file = format!("providers/{id}.toml");
    let (id, text) = (id.to_owned(), text.to_owned());
    match read(id, file, text, directory, &mut findings) {
        Some(Ok(account)) => Ok(account),
        Some(Err(_)) | None => Err(findings),
    }
}

/// The account; its id where it is not enabled; nothing where it cannot be used, with findings that say why.
fn read(
    id: String,
    file: String,
    text: String,
    directory: &Path,
    findings: &mut Vec<Finding>,
) -> Option<Result<Account, String>> {
    let before = findings.len();
    let mut say = |code, message: String, span, hint: Option<String>| {
        let mut finding =
            masked(placed(code, Severity::Error, message, &file, &text, span)).provider(&id);
        finding.hint = hint;
        findings.push(finding);
    };
    let (table, errors) = parse(&text);
    for error in &errors {
        say("CFG02", error.message().to_owned(), error.span(), None);
    }
    let common = only(table.clone(), |key| COMMON_KEYS.contains(&key));
    let common: Common = structure::read(common, |message, span| {
        if errors.is_empty() {
            let hint = (message == "missing field `adapter`").then(adapters_hint);
            say("CFG02", message, span, hint);
        }
    })?;
    let Some(adapter) = adapter(common.adapter.get_ref()) else {
        let message = format!("`{}` is no adapter", common.adapter.get_ref());
        say(
            "CFG04",
            message,
            Some(common.adapter.span()),
            Some(adapters_hint()),
        );
        return None;
    };
    for key in table.get_ref().keys() {
        let name = key.get_ref().as_ref() as &str;
        let own = || adapter.keys.iter().map(|key| key.name);
        if !COMMON_KEYS.contains(&name) && !own().any(|key| key == name) {
            let known = COMMON_KEYS.iter().copied().chain(own());
            let hint = format!("`{}` has the keys {}", adapter.name, quoted(known));
            say(
                "CFG03",
                format!("unknown key `{name}`"),
                Some(key.span()),
                Some(hint),
            );
        }
    }
    let mut nameservers = Vec::new();
    for entry in &common.nameservers {
        let name = Name::absolute(entry.name.get_ref()).map_err(|error| {
            say(
                "CFG07",
                format!("`{}` is no name: {error}", entry.name.get_ref()),
                Some(entry.name.span()),
                None,
            );
        });
        let mut addresses = Vec::new();
        for address in &entry.addresses {
            match socket_address(address.get_ref()) {
                Some(address) => addresses.push(address),
                None => say(
                    "CFG07",
                    format!("`{}` is no address", address.get_ref()),
                    Some(address.span()),
                    Some("write `192.0.2.1`, `192.0.2.1:5301` or `[2001:db8::1]:5301`".to_owned()),
                ),
            }
        }
        if let Ok(name) = name {
            nameservers.push(NameserverSpec { name, addresses });
        }
    }
    let exposed = secret::exposed_files(table.get_ref(), directory);
    if findings.len() > before {
        return None;
    }
    if !common.enabled {
        return Some(Err(id));
    }
    for path in exposed {
        let message = format!(
            "the secret file `{}` can be read by everybody on this machine",
            path.display()
        );
        findings.push(
            Finding::new("CFG06", Severity::Warning, message)
                .hint(format!("chmod 600 {}", path.display()))
                .at(&file, 1, 1)
                .provider(&id),
        );
    }
    let zones = common
        .zones
        .iter()
        .map(|glob| WildMatch::new(glob.to_ascii_lowercase().trim_end_matches('.')))
        .collect();
    Some(Ok(Account {
        id,
        adapter,
        nameservers,
        own_apex_ns: common.apex_ns == ApexNsSource::Provider,
        claims: common.capabilities,
        batch: common.batch,
        zones,
        file,
        text,
        directory: directory.to_path_buf(),
    }))
}

fn adapters_hint() -> String {
    format!(
        "adapters: {}",
        quoted(ADAPTERS.iter().map(|adapter| adapter.name))
    )
}

fn quoted<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words
        .map(|word| format!("`{word}`"))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests;
