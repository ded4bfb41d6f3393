//! Credentials from the environment, from files and from programs; never from the account file itself.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use crate::adapters::{Secret, SecretSource, Secrets, SettingsError, Surroundings};

/// Reads secrets for the project at `directory`.
pub(super) struct Reader<'a> {
    pub(super) directory: &'a Path,
}

/// Whether a file with a secret is safe enough to use.
#[derive(PartialEq, Eq)]
enum Exposure {
    Private,
    /// Others can read it, outside of the project: warned of by [`exposed_files`].
    Readable,
}

impl Secrets for Reader<'_> {
    fn read(
        &self,
        id: &str,
        key: &str,
        source: Option<&SecretSource>,
        variables: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        let own = own_variable(id, key);
        if let Some(secret) = self.variable(&own)? {
            return Ok(Some(secret));
        }
        if let Some(source) = source {
            let secret = self.source(key, source).map(Some);
            return secret.map_err(|mut error| {
                if let (SecretSource::Env(_), Some(hint)) = (source, &mut error.hint) {
                    hint.push_str(&format!(", or set {own}"));
                }
                error
            });
        }
        for name in variables {
            if let Some(secret) = self.variable(name)? {
                return Ok(Some(secret));
            }
        }
        Ok(None)
    }

    fn surroundings(&self) -> Arc<dyn Surroundings> {
        Arc::new(Machine)
    }
}

/// This machine, for vendors whose tools keep credentials in places of their own.
struct Machine;

impl Surroundings for Machine {
    fn variables(&self) -> HashMap<String, String> {
        std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect()
    }

    fn read(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> std::io::Result<Output> {
        Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
    }
}

impl Reader<'_> {
    /// What `source` holds, and nothing else.
    pub(super) fn source(&self, key: &str, source: &SecretSource) -> Result<Secret, SettingsError> {
        match source {
            SecretSource::Env(name) => self.variable(name)?.ok_or_else(|| {
                error(format!(
                    "`{key}`: the environment variable `{name}` is not set"
                ))
                .hint(format!("export {name}=… before running"))
            }),
            SecretSource::File(path) => self.file(Path::new(path)),
            SecretSource::Command(words) => self.command(key, words),
        }
    }

    /// The variable itself, or the content of the file that `NAME_FILE` names.
    fn variable(&self, name: &str) -> Result<Option<Secret>, SettingsError> {
        if let Some(value) = environment(name).filter(|value| !value.is_empty()) {
            return Ok(Some(Secret::new(value)));
        }
        environment(&format!("{name}_FILE"))
            .filter(|path| !path.is_empty())
            .map(|path| self.file(Path::new(&path)))
            .transpose()
    }

    fn file(&self, path: &Path) -> Result<Secret, SettingsError> {
        let path = self.directory.join(path);
        let shown = path.display();
        if exposure(&path) == Exposure::Readable && self.inside(&path) {
            return Err(error(format!(
                "the secret file `{shown}` can be read by everybody and lies inside the project"
            ))
            .hint(format!(
                "chmod 600 {shown}, and keep it out of version control"
            )));
        }
        let text = std::fs::read_to_string(&path).map_err(|cause| {
            error(format!("cannot read the secret file `{shown}`: {cause}"))
                .hint("a relative path starts at the project directory")
        })?;
        let secret = text.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err(error(format!("the secret file `{shown}` is empty")));
        }
        Ok(Secret::new(secret))
    }

    fn inside(&self, path: &Path) -> bool {
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        real(path).starts_with(real(self.directory))
    }

    fn command(&self, key: &str, words: &[String]) -> Result<Secret, SettingsError> {
        let Some((program, arguments)) = words.split_first() else {
            return Err(error(format!("`{key}`: the command is empty")));
        };
        let output = Command::new(program)
            .args(arguments)
            .current_dir(self.directory)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|cause| error(format!("`{key}`: cannot run `{program}`: {cause}")))?;
        if !output.status.success() {
            return Err(
                error(format!("`{key}`: `{program}` failed ({})", output.status))
                    .hint("its own message stands above"),
            );
        }
        let text = String::from_utf8(output.stdout)
            .map_err(|_| error(format!("`{key}`: what `{program}` printed is not UTF-8")))?;
        let secret = text.trim_end_matches(['\r', '\n']);
        if secret.is_empty() {
            return Err(error(format!("`{key}`: `{program}` printed nothing")));
        }
        Ok(Secret::new(secret))
    }

    /// The file behind `source` if others can read it and it is used all the same.
    pub(super) fn exposed_file(&self, source: &SecretSource) -> Option<PathBuf> {
        let SecretSource::File(path) = source else {
            return None;
        };
        let path = self.directory.join(path);
        (exposure(&path) == Exposure::Readable && !self.inside(&path)).then_some(path)
    }
}

/// The files with secrets that an account's table names, which others can read and which are used all the same.
pub(super) fn exposed_files(table: &DeTable<'_>, directory: &Path) -> Vec<PathBuf> {
    let reader = Reader { directory };
    let mut found = Vec::new();
    let mut tables = vec![table];
    while let Some(table) = tables.pop() {
        for value in table.values() {
            if let DeValue::Table(inner) = value.get_ref() {
                let file = inner
                    .iter()
                    .find(|(key, _)| key.get_ref() == "file")
                    .and_then(|(_, value)| value.get_ref().as_str());
                if let Some(file) = file {
                    found.extend(reader.exposed_file(&SecretSource::File(file.to_owned())));
                }
                tables.push(inner);
            }
        }
    }
    found
}

#[cfg(unix)]
fn exposure(path: &Path) -> Exposure {
    use std::os::unix::fs::PermissionsExt;
    match std::fs::metadata(path) {
        Ok(metadata) if metadata.permissions().mode() & 0o004 != 0 => Exposure::Readable,
        _ => Exposure::Private,
    }
}

#[cfg(not(unix))]
fn exposure(_: &Path) -> Exposure {
    Exposure::Private
}

#[expect(clippy::disallowed_methods, reason = "the one door to the environment")]
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The variable that wins over everything else for `key` of account `id`.
pub(super) fn own_variable(id: &str, key: &str) -> String {
    format!("REDUNDNS_{}_{}", shout(id), shout(key))
}

fn shout(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect()
}

fn error(message: String) -> SettingsError {
    SettingsError {
        message,
        span: None,
        hint: None,
    }
}

impl SettingsError {
    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}
