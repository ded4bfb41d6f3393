//! An account of Route 53 as its file describes it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;

use super::read::bare_id;
use super::sign::{Aws, Keys};
use super::{Route53, facts, refusal};
use crate::adapters::http::Api;
use crate::adapters::{SecretSource, Settings, SettingsError};
use crate::provider::Provider;
use crate::zone::Name;

const ENDPOINT: &str = "https://route53.amazonaws.com";
/// Attempts at a request that is turned away because another one is still being worked on: up to half a minute.
const ATTEMPTS: u32 = 8;
/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The adapter's own keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    endpoint: Option<String>,
    access_key_id: Option<SecretSource>,
    secret_access_key: Option<SecretSource>,
    session_token: Option<SecretSource>,
    profile: Option<String>,
    #[serde(default)]
    zone_ids: HashMap<String, String>,
    #[serde(default)]
    create: bool,
    delegation_set: Option<String>,
    #[serde(default)]
    allow_http: bool,
}

pub(super) fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: File = settings.parse()?;
    let own = own_keys(&settings, &keys)?;
    let mut zone_ids = HashMap::new();
    for (zone, id) in &keys.zone_ids {
        let name = Name::absolute(zone).map_err(|error| {
            wrong(
                format!("`zone_ids` names `{zone}`: {error}"),
                "write `zone_ids = { \"example.com\" = \"Z0123456789ABC\" }`",
            )
        })?;
        zone_ids.insert(name, id_of("zone_ids", id)?);
    }
    let delegation_set = match &keys.delegation_set {
        Some(id) => Some(id_of("delegation_set", id)?),
        None => None,
    };
    let endpoint = keys.endpoint.as_deref();
    let mut api = Api::of_vendor(ENDPOINT, facts::LIMITS, endpoint, keys.allow_http)?
        .patience(ATTEMPTS, TIMEOUT)
        .refusals(refusal::read);
    for (key, secret) in own.iter().flat_map(|own| {
        let session = own.session.as_ref().map(|token| ("session_token", token));
        [
            ("access_key_id", &own.id),
            ("secret_access_key", &own.secret),
        ]
        .into_iter()
        .chain(session)
    }) {
        api = api.hide(key, secret);
    }
    let surroundings = settings.secrets.surroundings();
    let signer = Aws::new(own, keys.profile.as_deref(), surroundings);
    Ok(Arc::new(Route53 {
        api: api.signer(signer).build()?,
        zone_ids,
        create: keys.create,
        delegation_set,
        nameservers: settings.nameservers,
    }))
}

/// The credentials of the account file or of AWS's own variables; `None` leaves it to the rest of the chain.
fn own_keys(settings: &Settings<'_>, keys: &File) -> Result<Option<Keys>, SettingsError> {
    // Half of a pair from the file and half of another from the environment would be nobody's.
    let in_file = keys.access_key_id.is_some() || keys.secret_access_key.is_some();
    if keys.profile.is_some() && in_file {
        return Err(wrong(
            "`profile` and `access_key_id` are two sources of one thing".to_owned(),
            "keep one of them",
        ));
    }
    let read = |key, source: &Option<SecretSource>, variable| {
        let variables = [variable];
        let is_usual = !in_file && keys.profile.is_none();
        settings.secret(
            key,
            source.as_ref(),
            if is_usual { &variables } else { &[] },
        )
    };
    let id = read("access_key_id", &keys.access_key_id, "AWS_ACCESS_KEY_ID")?;
    let secret = read(
        "secret_access_key",
        &keys.secret_access_key,
        "AWS_SECRET_ACCESS_KEY",
    )?;
    let session = read("session_token", &keys.session_token, "AWS_SESSION_TOKEN")?;
    match (id, secret) {
        (Some(id), Some(secret)) => Ok(Some(Keys {
            id,
            secret,
            session,
        })),
        (None, None) => Ok(None),
        (id, _) => Err(wrong(
            format!(
                "the secret `{}` is missing",
                if id.is_some() {
                    "secret_access_key"
                } else {
                    "access_key_id"
                }
            ),
            "an access key is a pair",
        )),
    }
}

/// An id of the API, with or without its path.
fn id_of(key: &str, id: &str) -> Result<String, SettingsError> {
    let bare = bare_id(id);
    if bare.is_empty() || !bare.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(wrong(
            format!("`{key}` holds `{id}`, which is no id"),
            "ids of Route 53 look like `Z0123456789ABC`",
        ));
    }
    Ok(bare.to_owned())
}

fn wrong(message: String, hint: &str) -> SettingsError {
    SettingsError {
        message,
        span: None,
        hint: Some(hint.to_owned()),
    }
}
