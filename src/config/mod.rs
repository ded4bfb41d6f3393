//! `zones/`, `providers/`, `redundns.toml` and the environment, read once into a [`Project`].
//!
//! The only module that reads configuration files and the environment. Whatever is wrong is a [`Finding`] with file,
//! line and column; everything is read before anything is said, so that one run shows all of it.

mod account;
mod ci;
mod draft;
mod identity;
mod masked;
mod named_address;
mod policy;
mod secret;
mod shard;
mod structure;
mod units;
mod unread;
mod watching;
mod zones;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

pub use account::{Account, account_schema};
pub use ci::{path_from_root, step_summary};
pub use draft::{Credential, Draft, noted};
pub use identity::{job, who};
pub use named_address::NamedAddress;
pub use policy::{Exception, Level, NsPolicy, OnFailedProof, Policy};
pub use shard::{Shard, parse_shard};
pub use units::{parse_duration, parse_percent, parse_size};
pub use unread::unread;
pub use watching::{Means, Metrics, NotifyTarget, StatusPage, Watching};
pub use zones::{ZoneFile, origin_of, read_zone};

use crate::zone::{Finding, Name, Severity};

/// Codes of findings about configuration, each with a one-line explanation.
pub const CODES: &[(&str, &str)] = &[
    ("CFG01", "a file of the project cannot be read"),
    (
        "CFG02",
        "a TOML file is not valid TOML, or a key has a value of the wrong kind",
    ),
    (
        "CFG03",
        "an account or the policy has a key that does not exist",
    ),
    ("CFG04", "`adapter` names no adapter"),
    (
        "CFG05",
        "a secret is missing, or cannot be read from where the account says",
    ),
    (
        "CFG06",
        "a secret stands in a file that everybody on the machine can read",
    ),
    (
        "CFG07",
        "a name, address or glob in an account cannot be read",
    ),
    (
        "CFG08",
        "no enabled account takes the zone, so nobody would serve it",
    ),
    (
        "CFG09",
        "the project has no zones, or the zone that was named has no file",
    ),
    ("CFG10", "a secret is written into the account file itself"),
    (
        "CFG11",
        "an account is named that does not exist or is not enabled",
    ),
    ("CFG12", "an `$INCLUDE` leaves the project directory"),
    (
        "CFG13",
        "`redundns.toml` has a section for a zone without a zone file",
    ),
    (
        "CFG14",
        "a line of a table, of root hints, of names or of trust anchors cannot be read",
    ),
    (
        "EXC01",
        "a declared exception says what the zone file says anyway",
    ),
    (
        "EXC02",
        "a declared exception cannot be: it breaks a rule of the zone, lacks a TTL, or its account does not take the \
         zone",
    ),
    (
        "EXC03",
        "a provider answers with its own apex NS set, as its account declares: resolvers that ask there learn that \
         provider's servers only, so the redundancy shrinks as their caches refresh",
    ),
    (
        "IGN01",
        "external-dns claims a record set of the zone file, so two masters edit it",
    ),
];

/// A project directory, read.
pub struct Project {
    /// The directory; relative paths in accounts start here.
    pub directory: PathBuf,
    /// Enabled accounts in the order of their ids.
    pub accounts: Vec<Account>,
    /// Ids of accounts with `enabled = false`.
    pub disabled: Vec<String>,
    /// `redundns.toml`, or its defaults.
    pub policy: Policy,
    /// What is wrong with accounts and policy.
    pub findings: Vec<Finding>,
}

/// Why there is no project to work on.
#[derive(Debug)]
pub struct NoProject {
    /// One sentence.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl Project {
    /// Reads accounts and policy of the project at `directory`, or at the nearest directory upwards that has `zones/` and
    /// either of `providers/` and `redundns.toml`. Zone files are read one by one with [`read_zone`].
    pub fn read(directory: Option<&Path>) -> Result<Self, NoProject> {
        Ok(Self::begin(&locate(directory)?))
    }

    /// The project that `directory` is, or may become: `zones/` and `providers/` need not be there.
    pub fn begin(directory: &Path) -> Self {
        let directory = directory.to_path_buf();
        let mut findings = Vec::new();
        let policy = policy::read(&directory, &mut findings);
        let (mut accounts, mut disabled) = (Vec::new(), Vec::new());
        if directory.join("providers").is_dir() {
            (accounts, disabled) = account::read_all(&directory, &mut findings);
        }
        let mut zones = BTreeSet::new();
        if directory.join("zones").is_dir() {
            let files = zones::list(&directory, &[]).0.into_iter();
            zones.extend(files.map(|file| file.origin));
        }
        policy.check(&accounts, &disabled, &zones, &mut findings);
        Self {
            directory,
            accounts,
            disabled,
            policy,
            findings,
        }
    }

    /// The zone files, sorted: those whose origins are named, or all. Findings say what was named in vain.
    pub fn zone_files(&self, named: &[String]) -> (Vec<ZoneFile>, Vec<Finding>) {
        zones::list(&self.directory, named)
    }

    /// The accounts that shall hold `origin`.
    pub fn accounts_of(&self, origin: &Name) -> Vec<&Account> {
        let chosen = self.policy.providers_of(origin);
        self.accounts
            .iter()
            .filter(|account| match chosen {
                Some(ids) => ids.contains(&account.id),
                None => account.takes(origin),
            })
            .collect()
    }
}

fn locate(directory: Option<&Path>) -> Result<PathBuf, NoProject> {
    // What `init` wrote is a project before it has an account.
    let is_project = |dir: &Path| {
        dir.join("zones").is_dir()
            && (dir.join("providers").is_dir() || dir.join("redundns.toml").is_file())
    };
    let hint = "a project has a directory `zones/` with `NAME.zone` files and a directory `providers/` with one \
                TOML file an account";
    if let Some(given) = directory {
        if is_project(given) {
            return Ok(given.to_path_buf());
        }
        let missing = if given.join("zones").is_dir() {
            "providers/"
        } else {
            "zones/"
        };
        let message = format!("`{}` is no project: it has no `{missing}`", given.display());
        return Err(NoProject {
            message,
            hint: hint.to_owned(),
        });
    }
    let here = std::env::current_dir().map_err(|error| NoProject {
        message: format!("cannot tell the current directory: {error}"),
        hint: "name the project with `-C DIR`".to_owned(),
    })?;
    here.ancestors().find(|dir| is_project(dir)).map(Path::to_path_buf).ok_or_else(|| NoProject {
        message: format!("no project here: neither `{}` nor a directory above it has `zones/` and `providers/`", here.display()),
        hint: hint.to_owned(),
    })
}

/// The line and column, both from 1, of octet `at` in `text`.
fn line_and_column(text: &str, at: usize) -> (u32, u16, String) {
    let at = at.min(text.len());
    let start = text.as_bytes()[..at]
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |newline| newline + 1);
    let line = text.as_bytes()[..at]
        .iter()
        .filter(|&&byte| byte == b'\n')
        .count()
        + 1;
    let source = text[start..].lines().next().unwrap_or_default().to_owned();
    (
        u32::try_from(line).unwrap_or(u32::MAX),
        u16::try_from(at - start + 1).unwrap_or(u16::MAX),
        source,
    )
}

/// A finding about octets `span` of `text`, which is the content of `file`.
fn placed(
    code: &'static str,
    severity: Severity,
    message: impl Into<String>,
    file: &str,
    text: &str,
    span: Option<std::ops::Range<usize>>,
) -> Finding {
    let span = span.unwrap_or(0..0);
    let (line, column, source) = line_and_column(text, span.start);
    let mut finding = Finding::new(code, severity, message).at(file, line, column);
    finding.length = u16::try_from(span.len())
        .unwrap_or(1)
        .min(source.len() as u16);
    finding.source_line = Some(source);
    finding
}

/// A path as shown to people: relative to the project where it is inside.
fn shown(directory: &Path, path: &Path) -> String {
    path.strip_prefix(directory)
        .unwrap_or(path)
        .display()
        .to_string()
}
