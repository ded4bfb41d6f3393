//! The free table `[settings]` of an account, in which any value may be a secret's source.

use toml::Value;

use crate::adapters::{Secret, SecretSource, Settings, SettingsError};

/// Keys whose values are credentials wherever they stand, so that a literal is refused.
const SECRETIVE: &[&str] = &[
    "password",
    "secret",
    "token",
    "api_key",
    "apikey",
    "private_key",
];

/// A value as it stands in the file, secrets apart.
pub(super) enum Setting {
    Plain(serde_json::Value),
    Secret(Secret),
    List(Vec<Self>),
    Table(Vec<(String, Self)>),
}

impl Setting {
    /// Reads `table`, and whatever secrets it names.
    pub(super) fn read(settings: &Settings<'_>, table: toml::Table) -> Result<Self, SettingsError> {
        of(settings, "settings", Value::Table(table))
    }

    /// The value with the secrets in it: for the plug-in and nobody else.
    pub(super) fn reveal(&self) -> serde_json::Value {
        match self {
            Self::Plain(value) => value.clone(),
            Self::Secret(secret) => secret.reveal().into(),
            Self::List(values) => values.iter().map(Self::reveal).collect(),
            Self::Table(values) => values
                .iter()
                .map(|(key, value)| (key.clone(), value.reveal()))
                .collect(),
        }
    }

    /// Every secret in it.
    pub(super) fn secrets(&self) -> Vec<Secret> {
        match self {
            Self::Plain(_) => Vec::new(),
            Self::Secret(secret) => vec![secret.clone()],
            Self::List(values) => values.iter().flat_map(Self::secrets).collect(),
            Self::Table(values) => values
                .iter()
                .flat_map(|(_, value)| value.secrets())
                .collect(),
        }
    }
}

fn of(settings: &Settings<'_>, path: &str, value: Value) -> Result<Setting, SettingsError> {
    Ok(match value {
        Value::Table(table) => match source(&table) {
            Some(source) => Setting::Secret(settings.required_secret(path, Some(&source), &[])?),
            None => Setting::Table(
                table
                    .into_iter()
                    .map(|(key, value)| {
                        let inner = of(settings, &format!("{path}.{key}"), value)?;
                        Ok((key, inner))
                    })
                    .collect::<Result<_, _>>()?,
            ),
        },
        Value::Array(values) => Setting::List(
            values
                .into_iter()
                .map(|value| of(settings, path, value))
                .collect::<Result<_, _>>()?,
        ),
        Value::String(_) if is_secretive(path) => {
            return Err(SettingsError {
                message: format!("a secret does not belong into this file: `{path}`"),
                span: None,
                hint: Some("write `{ env = \"NAME\" }`, `{ file = \"path\" }` or `{ command = [\"program\"] }`".to_owned()),
            });
        }
        Value::String(text) => Setting::Plain(text.into()),
        Value::Integer(number) => Setting::Plain(number.into()),
        Value::Float(number) => Setting::Plain(number.into()),
        Value::Boolean(yes) => Setting::Plain(yes.into()),
        Value::Datetime(time) => Setting::Plain(time.to_string().into()),
    })
}

fn is_secretive(path: &str) -> bool {
    let key = path.rsplit('.').next().unwrap_or(path).to_ascii_lowercase();
    SECRETIVE.iter().any(|word| key.ends_with(word))
}

/// A table with one key, which names where a secret is.
fn source(table: &toml::Table) -> Option<SecretSource> {
    let mut entries = table.iter();
    let (key, value) = entries.next()?;
    if entries.next().is_some() {
        return None;
    }
    let words = |value: &Value| value.as_str().map(str::to_owned);
    match key.as_str() {
        "env" => words(value).map(SecretSource::Env),
        "file" => words(value).map(SecretSource::File),
        "command" => value
            .as_array()?
            .iter()
            .map(words)
            .collect::<Option<_>>()
            .map(SecretSource::Command),
        _ => None,
    }
}
