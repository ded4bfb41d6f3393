//! Account files and `redundns.toml`: whatever stands in them is a finding with a place in the file, and no panic.

use std::path::Path;
use std::sync::OnceLock;

use redundns::adapters::{ADAPTERS, Secret, SecretSource, Secrets, Settings, SettingsError};
use redundns::config::Project;
use redundns::zone::show;
use toml::de::DeTable;

use super::{Target, words};

pub(super) const ACCOUNT: Target = Target {
    name: "account",
    folders: &["account"],
    pieces: PIECES,
    judge: account,
};

pub(super) const POLICY: Target = Target {
    name: "policy",
    folders: &["policy"],
    pieces: PIECES,
    judge: policy,
};

const PIECES: &[&str] = &[
    "adapter = ",
    "\"powerdns\"",
    "\"rfc2136\"",
    "\"embedded\"",
    "enabled = ",
    "true",
    "zones = ",
    "[",
    "]",
    "{",
    "}",
    "nameservers = ",
    "addresses = ",
    "name = ",
    "endpoint = ",
    "api_key = ",
    "env = ",
    "file = ",
    "server = ",
    "tsig = ",
    "listen = ",
    "directory = ",
    "\"127.0.0.1:53\"",
    "\"[::1]:53\"",
    "\"*\"",
    "\"?.example\"",
    "\"\"",
    "\"..\"",
    "=",
    "\n",
    "\r\n",
    "#",
    "'''",
    "\"\"\"",
    "\\u0000",
    "\\",
    "1e999",
    "-1",
    "1979-05-27",
    "nan",
    ".",
    ",",
    "[defaults]",
    "[rollout]",
    "canary = ",
    "settle = ",
    "\"2m\"",
    "[guard]",
    "max_change = ",
    "\"30%\"",
    "min_records = ",
    "protect = ",
    "\"@ NS\"",
    "[zones.\"example.com\"]",
    "ignore = ",
    "providers = ",
    "ns = ",
    "\"union\"",
    "\u{fc}",
];

/// A project that has the input as a file.
fn findings(file: &str, text: &[u8]) -> Result<String, String> {
    static DIRECTORY: OnceLock<std::path::PathBuf> = OnceLock::new();
    let directory = DIRECTORY.get_or_init(|| {
        let name = format!("redundns-fuzz-{}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        for inner in [
            "account/zones",
            "account/providers",
            "policy/zones",
            "policy/providers",
        ] {
            std::fs::create_dir_all(directory.join(inner)).expect("a directory");
        }
        directory
    });
    std::fs::write(directory.join(file), text).expect("a file");
    let project = directory.join(file.split('/').next().unwrap_or_default());
    let project = Project::read(Some(&project)).map_err(|error| error.message)?;
    let lines = text.split(|&octet| octet == b'\n').count();
    for finding in &project.findings {
        let _ = (show(finding, false), show(finding, true));
        if finding.line as usize > lines + 1 {
            return Err(format!("outside of the text: {finding:?}"));
        }
    }
    let said = project
        .findings
        .iter()
        .take(2)
        .map(|finding| format!("{} {}", finding.code, words(&finding.message)));
    Ok(said.collect::<Vec<_>>().join("; "))
}

fn policy(_: &Target, text: &[u8]) -> Result<String, String> {
    findings("policy/redundns.toml", text)
}

/// Reading, and what each adapter makes of the keys; the secrets are made up, since an input may name a program.
fn account(_: &Target, text: &[u8]) -> Result<String, String> {
    let mut said = findings("account/providers/fuzz.toml", text)?;
    let Ok(text) = std::str::from_utf8(text) else {
        return Ok(said);
    };
    for adapter in ADAPTERS {
        let Ok(table) = DeTable::parse(text) else {
            continue;
        };
        let span = table.span();
        let keys = table.into_inner().into_iter().filter(|(key, _)| {
            let common = ["adapter", "enabled", "zones", "nameservers", "delegation"];
            !common.contains(&key.get_ref().as_ref())
        });
        let connected = (adapter.connect)(Settings {
            id: "fuzz",
            values: toml::Spanned::new(span, keys.collect()),
            nameservers: Vec::new(),
            directory: Path::new("/nonexistent"),
            secrets: &MadeUp,
        });
        said += &match connected {
            Ok(_) => "; connected".to_owned(),
            Err(error) => "; ".to_owned() + &words(&error.message),
        };
    }
    Ok(said)
}

struct MadeUp;

impl Secrets for MadeUp {
    fn read(
        &self,
        _: &str,
        _: &str,
        source: Option<&SecretSource>,
        _: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        Ok(match source {
            Some(SecretSource::Env(text) | SecretSource::File(text)) => {
                Some(Secret::new(text.as_str()))
            }
            Some(SecretSource::Command(words)) => Some(Secret::new(words.concat())),
            None => None,
        })
    }
}
