//! Accounts that no file has yet: what the environment gives for them.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::account::{self, Account};
use super::secret::{Reader, environment, own_variable};
use crate::adapters::{Secret, SecretSource, Secrets, SettingsError, Surroundings};
use crate::provider::Provider;
use crate::zone::Finding;

/// Something that an adapter asked the environment for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The account's key.
    pub key: String,
    /// The vendor's usual variables, the best known first.
    pub usual: Vec<String>,
    /// The variable that has it; never its value.
    pub found: Option<String>,
}

/// An account that would be, its provider or why there is none, and what the environment was asked for.
pub struct Draft {
    /// As if its file were there.
    pub account: Account,
    /// Nothing was asked of it yet.
    pub provider: Result<Arc<dyn Provider>, Finding>,
    /// In the order of asking.
    pub credentials: Vec<Credential>,
}

impl Draft {
    /// Reads `text` as the file of account `id`.
    pub fn read(id: &str, text: &str, directory: &Path) -> Result<Self, Vec<Finding>> {
        Ok(Self::of(account::of_text(id, text, directory)?, directory))
    }

    /// Connects an account, noting what it asks the environment for.
    pub fn of(account: Account, directory: &Path) -> Self {
        let (provider, credentials) = noted(&account, directory);
        Self {
            account,
            provider,
            credentials,
        }
    }

    /// Whether the environment has everything that the adapter asked for under a name.
    pub fn has_credentials(&self) -> bool {
        self.provider.is_ok() && self.credentials.iter().any(|one| one.found.is_some())
    }
}

/// The account's provider, and what it asked the environment for.
pub fn noted(
    account: &Account,
    directory: &Path,
) -> (Result<Arc<dyn Provider>, Finding>, Vec<Credential>) {
    let noting = Noting {
        reader: Reader { directory },
        notes: Mutex::default(),
    };
    let provider = account.connect_with(&noting);
    let notes = noting.notes.into_inner();
    (provider, notes.unwrap_or_else(PoisonError::into_inner))
}

struct Noting<'a> {
    reader: Reader<'a>,
    notes: Mutex<Vec<Credential>>,
}

impl Secrets for Noting<'_> {
    fn read(
        &self,
        id: &str,
        key: &str,
        source: Option<&SecretSource>,
        variables: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        let own = own_variable(id, key);
        let named: Vec<&str> = match source {
            None => variables.to_vec(),
            Some(SecretSource::Env(name)) => vec![name],
            Some(_) => Vec::new(),
        };
        let is_set = |name: &String| environment(name).is_some_and(|value| !value.is_empty());
        let found = std::iter::once(own.as_str())
            .chain(named.iter().copied())
            .flat_map(|name| [name.to_owned(), format!("{name}_FILE")])
            .find(is_set);
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push(Credential {
            key: key.to_owned(),
            usual: named.iter().map(|&name| name.to_owned()).collect(),
            found,
        });
        drop(notes);
        self.reader.read(id, key, source, variables)
    }

    fn surroundings(&self) -> Arc<dyn Surroundings> {
        self.reader.surroundings()
    }
}
