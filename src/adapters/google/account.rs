//! An account of Google Cloud DNS as its file describes it, and where credentials are kept without one.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use serde::Deserialize;

use super::token::{Bearer, Identity, private_key};
use super::{Google, refusal};
use crate::adapters::http::{Api, segment};
use crate::adapters::{Secret, SecretSource, Settings, SettingsError};
use crate::provider::Provider;
use crate::zone::Name;

const ENDPOINT: &str = "https://dns.googleapis.com";
const TOKENS: &str = "https://oauth2.googleapis.com/token";
const METADATA: &str = "metadata.google.internal";
const METADATA_TOKENS: &str = "/computeMetadata/v1/instance/service-accounts/default/token";
/// Where there is no metadata server nobody answers, and the user waits.
const METADATA_TIMEOUT: Duration = Duration::from_secs(3);
/// Attempts at a request that is turned away as one too many: quotas are for a minute.
const ATTEMPTS: u32 = 8;
const TIMEOUT: Duration = Duration::from_secs(30);
/// Where Google's own tools and those of others look for the project.
const PROJECTS: [&str; 3] = [
    "GOOGLE_CLOUD_PROJECT",
    "GCE_PROJECT",
    "CLOUDSDK_CORE_PROJECT",
];

/// The adapter's own keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    endpoint: Option<String>,
    project: Option<String>,
    credentials: Option<SecretSource>,
    #[serde(default)]
    managed_zones: HashMap<String, String>,
    #[serde(default)]
    create: bool,
    #[serde(default)]
    allow_http: bool,
}

/// A file of credentials, as Google's console and `gcloud` write it.
#[derive(Deserialize)]
struct Document {
    #[serde(rename = "type")]
    kind: String,
    project_id: Option<String>,
    private_key_id: Option<String>,
    private_key: Option<String>,
    client_email: Option<String>,
    token_uri: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    refresh_token: Option<String>,
    quota_project_id: Option<String>,
}

pub(super) fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: File = settings.parse()?;
    let variables = settings.secrets.surroundings().variables();
    let found = document(&settings, keys.credentials.as_ref(), &variables)?;
    let in_file = found.as_ref().and_then(|found| found.project_id.clone());
    let project = keys
        .project
        .or_else(|| {
            let set = PROJECTS.iter().find_map(|name| variables.get(*name));
            set.filter(|project| !project.is_empty()).cloned()
        })
        .or(in_file)
        .ok_or_else(|| wrong("`project` is missing", "write `project = \"my-project\"`"))?;
    let mut chosen = HashMap::new();
    for (zone, id) in &keys.managed_zones {
        let name = Name::absolute(zone).map_err(|error| {
            wrong(
                format!("`managed_zones` names `{zone}`: {error}"),
                "write `managed_zones = { \"example.com\" = \"my-zone\" }`",
            )
        })?;
        chosen.insert(name, id.clone());
    }
    let endpoint = keys.endpoint.as_deref();
    let mut api = Api::of_vendor(ENDPOINT, &[], endpoint, keys.allow_http)?
        .patience(ATTEMPTS, TIMEOUT)
        .refusals(refusal::of_api);
    let signer = match found {
        Some(document) => {
            for secret in document.secrets() {
                api = api.hide("credentials", &secret);
            }
            document.bearer()?
        }
        None => machine(&variables)?,
    };
    Ok(Arc::new(Google {
        api: api.signer(signer).build()?,
        base: format!("/dns/v1/projects/{}/managedZones", segment(&project)),
        project,
        chosen,
        create: keys.create,
        nameservers: settings.nameservers,
    }))
}

/// The credentials of the account, else application default credentials as files; `None` leaves it to the machine.
fn document(
    settings: &Settings<'_>,
    source: Option<&SecretSource>,
    variables: &HashMap<String, String>,
) -> Result<Option<Document>, SettingsError> {
    if let Some(text) = settings.secret("credentials", source, &["GCE_SERVICE_ACCOUNT"])? {
        return read("`credentials`", text.reveal().as_bytes()).map(Some);
    }
    let surroundings = settings.secrets.surroundings();
    let named = variables.get("GOOGLE_APPLICATION_CREDENTIALS");
    if let Some(path) = named.filter(|path| !path.is_empty()) {
        let octets = surroundings.read(Path::new(path)).map_err(|error| {
            wrong(
                format!("cannot read `{path}`: {error}"),
                "GOOGLE_APPLICATION_CREDENTIALS names it",
            )
        })?;
        return read(&format!("`{path}`"), &octets).map(Some);
    }
    let Some(path) = well_known(variables) else {
        return Ok(None);
    };
    match surroundings.read(&path) {
        Ok(octets) => read(&format!("`{}`", path.display()), &octets).map(Some),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(wrong(
            format!("cannot read `{}`: {error}", path.display()),
            "`gcloud auth application-default login` writes it",
        )),
    }
}

/// Where `gcloud auth application-default login` leaves its credentials.
fn well_known(variables: &HashMap<String, String>) -> Option<PathBuf> {
    let folder = match (variables.get("CLOUDSDK_CONFIG"), variables.get("APPDATA")) {
        (Some(folder), _) => PathBuf::from(folder),
        (None, Some(data)) if cfg!(windows) => Path::new(data).join("gcloud"),
        _ => Path::new(variables.get("HOME")?).join(".config/gcloud"),
    };
    Some(folder.join("application_default_credentials.json"))
}

fn read(what: &str, octets: &[u8]) -> Result<Document, SettingsError> {
    // The parser's words could quote a secret.
    serde_json::from_slice(octets).map_err(|error| {
        wrong(
            format!(
                "{what} is no file of Google credentials (line {}, column {})",
                error.line(),
                error.column()
            ),
            "a service account's key is JSON with `type`, `client_email` and `private_key`",
        )
    })
}

impl Document {
    fn secrets(&self) -> impl Iterator<Item = Secret> {
        let all = [&self.private_key, &self.client_secret, &self.refresh_token];
        let all = all.into_iter().flatten();
        all.map(|text| Secret::new(text.as_str()))
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn bearer(self) -> Result<Bearer, SettingsError> {
        let lacks = |key: &str| {
            wrong(
                format!("the credentials lack `{key}`"),
                "make a new key, or log in anew",
            )
        };
        let audience = self.token_uri.clone().unwrap_or_else(|| TOKENS.to_owned());
        let uri: Uri = audience.parse().map_err(|_| {
            wrong(
                "`token_uri` of the credentials is no URL",
                "Google's is `https://oauth2.googleapis.com/token`",
            )
        })?;
        let origin = format!(
            "{}://{}",
            uri.scheme_str().unwrap_or_default(),
            uri.authority().map_or("", |authority| authority.as_str())
        );
        let mut api = Api::at(&origin, false)
            .map_err(|error| SettingsError {
                message: error
                    .message
                    .replace("`endpoint`", "`token_uri` of the credentials"),
                ..error
            })?
            .refusals(refusal::of_token_endpoint);
        for secret in self.secrets() {
            api = api.hide("credentials", &secret);
        }
        let identity = match self.kind.as_str() {
            "service_account" => {
                let pem = self.private_key.ok_or_else(|| lacks("private_key"))?;
                let key = private_key(&pem).map_err(|why| {
                    wrong(
                        format!("`private_key` of the credentials cannot be used: {why}"),
                        "copy the file as it was downloaded",
                    )
                })?;
                Identity::ServiceAccount {
                    email: self.client_email.ok_or_else(|| lacks("client_email"))?,
                    key_id: self.private_key_id,
                    key: Box::new(key),
                    audience,
                }
            }
            "authorized_user" => Identity::User {
                client_id: self.client_id.ok_or_else(|| lacks("client_id"))?,
                client_secret: Secret::new(
                    self.client_secret.ok_or_else(|| lacks("client_secret"))?,
                ),
                refresh_token: Secret::new(
                    self.refresh_token.ok_or_else(|| lacks("refresh_token"))?,
                ),
                quota_project: self.quota_project_id,
            },
            other => {
                return Err(wrong(
                    format!("credentials of the type `{other}` are not understood"),
                    "use a service account's key, the login of `gcloud`, or the machine's own service account",
                ));
            }
        };
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(Bearer::new(identity, api.build()?, path))
    }
}

/// The service account of the machine. Plain HTTP is Google's own design there.
fn machine(variables: &HashMap<String, String>) -> Result<Bearer, SettingsError> {
    let host = variables
        .get("GCE_METADATA_HOST")
        .map_or(METADATA, String::as_str);
    let api = Api::at(&format!("http://{host}"), true)?
        .patience(1, METADATA_TIMEOUT)
        .build()?;
    Ok(Bearer::new(Identity::Machine, api, METADATA_TOKENS))
}

fn wrong(message: impl Into<String>, hint: &str) -> SettingsError {
    SettingsError {
        message: message.into(),
        span: None,
        hint: Some(hint.to_owned()),
    }
}
