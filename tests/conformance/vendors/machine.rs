//! A machine as vendors' own tools know it, for the places where they keep credentials.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use redundns::adapters::{
    Secret, SecretSource, Secrets, Settings, SettingsError, Surroundings, adapter,
};
use redundns::provider::Provider;

/// A machine with variables and files.
#[derive(Clone, Default)]
pub(super) struct Machine {
    variables: HashMap<String, String>,
    files: HashMap<String, String>,
}

impl Surroundings for Machine {
    fn variables(&self) -> HashMap<String, String> {
        self.variables.clone()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let text = path.to_str().and_then(|path| self.files.get(path));
        text.map(|text| text.clone().into_bytes())
            .ok_or(io::ErrorKind::NotFound.into())
    }

    fn run(&self, _: &str, _: &[&str]) -> io::Result<Output> {
        Err(io::ErrorKind::NotFound.into())
    }
}

impl Secrets for Machine {
    fn read(
        &self,
        _: &str,
        _: &str,
        _: Option<&SecretSource>,
        variables: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        let found = variables.iter().find_map(|name| self.variables.get(*name));
        Ok(found.map(|secret| Secret::new(secret.as_str())))
    }

    fn surroundings(&self) -> Arc<dyn Surroundings> {
        Arc::new(self.clone())
    }
}

impl Machine {
    /// The same with one more variable.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same with one more file.
    pub(super) fn file(mut self, path: &str, text: String) -> Self {
        self.files.insert(path.to_owned(), text);
        self
    }

    /// The provider of an account, made on this machine.
    pub(super) fn connect(&self, name: &str, text: &str) -> Result<Arc<dyn Provider>, String> {
        let settings = Settings {
            id: "test",
            values: toml::de::DeTable::parse(text).expect("TOML"),
            nameservers: Vec::new(),
            directory: Path::new("."),
            secrets: self,
        };
        let adapter = adapter(name).expect("a registered adapter");
        (adapter.connect)(settings).map_err(|error| error.message)
    }
}
