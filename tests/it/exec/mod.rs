//! The adapter `exec`: plug-ins that misbehave, the transcript in the documentation, and the bridge to octoDNS.

mod bridge;
mod hostile;
mod transcript;

use std::path::Path;
use std::sync::Arc;

use redundns::adapters::{Secret, SecretSource, Secrets, Settings, SettingsError, adapter};
use redundns::provider::Provider;

/// What every secret is here.
const SECRET: &str = "hunter2-and-more";

struct OneSecret;

impl Secrets for OneSecret {
    fn read(
        &self,
        _: &str,
        _: &str,
        source: Option<&SecretSource>,
        _: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        Ok(source.map(|_| Secret::new(SECRET)))
    }
}

/// The account `stub` with this text.
fn connect(directory: &Path, text: &str) -> Result<Arc<dyn Provider>, SettingsError> {
    (adapter("exec").expect("a registered adapter").connect)(Settings {
        id: "stub",
        values: toml::de::DeTable::parse(text).expect("TOML"),
        nameservers: Vec::new(),
        directory,
        secrets: &OneSecret,
    })
}
