//! An account of Azure as its file describes it.

use std::sync::Arc;

use serde::Deserialize;

use super::token::{Application, Bearer};
use super::{Azure, facts, refusal};
use crate::adapters::http::{Api, segment};
use crate::adapters::{SecretSource, Settings, SettingsError};
use crate::provider::Provider;

/// Resource Manager, and who issues the tokens for it, by cloud; the first one is the public cloud.
/// <https://learn.microsoft.com/en-us/entra/identity-platform/authentication-national-cloud>
const CLOUDS: [(&str, &str); 3] = [
    (
        "https://management.azure.com",
        "https://login.microsoftonline.com",
    ),
    (
        "https://management.usgovcloudapi.net",
        "https://login.microsoftonline.us",
    ),
    (
        "https://management.chinacloudapi.cn",
        "https://login.chinacloudapi.cn",
    ),
];
/// Attempts at a request that is turned away as one too many; each waits as long as the API asks for.
const ATTEMPTS: u32 = 8;

/// The adapter's own keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    endpoint: Option<String>,
    tenant_id: Option<String>,
    client_id: Option<String>,
    client_secret: Option<SecretSource>,
    subscription_id: Option<String>,
    resource_group: Option<String>,
    authority: Option<String>,
    #[serde(default)]
    create: bool,
    #[serde(default)]
    allow_http: bool,
}

pub(super) fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: File = settings.parse()?;
    let id = |key, given: &Option<String>| optional(&settings, key, given.as_deref());
    let needed = |key, given| id(key, given)?.ok_or_else(|| missing(key));
    let subscription = needed("subscription_id", &keys.subscription_id)?;
    let group = needed("resource_group", &keys.resource_group)?;
    let client_id = id("client_id", &keys.client_id)?;
    let variables = ["AZURE_CLIENT_SECRET", "ARM_CLIENT_SECRET"];
    let secret = settings.secret("client_secret", keys.client_secret.as_ref(), &variables)?;

    let endpoint = keys.endpoint.as_deref();
    let mut api = Api::of_vendor(CLOUDS[0].0, facts::LIMITS, endpoint, keys.allow_http)?
        .patience(ATTEMPTS, facts::TIMEOUT)
        .refusals(refusal::read);
    let cloud = CLOUDS
        .into_iter()
        .find(|cloud| endpoint.is_none_or(|endpoint| endpoint.trim_end_matches('/') == cloud.0));
    // What stands in for the API stands in for the authority, too.
    let authority = match (&keys.authority, cloud) {
        (Some(authority), _) => authority,
        (None, Some(cloud)) => cloud.1,
        (None, None) => endpoint.unwrap_or(CLOUDS[0].1),
    };
    let audience = cloud.map_or(CLOUDS[0].0, |cloud| cloud.0);
    let bearer = if let Some(secret) = secret {
        api = api.hide("client_secret", &secret);
        let application = Application {
            tenant: needed("tenant_id", &keys.tenant_id)?,
            id: client_id.ok_or_else(|| missing("client_id"))?,
            secret,
        };
        Bearer::of_application(authority, keys.allow_http, audience, &application)?
    } else {
        let surroundings = settings.secrets.surroundings();
        Bearer::of_machine(audience, client_id.as_deref(), &surroundings.variables())?
    };
    Ok(Arc::new(Azure {
        api: api.signer(bearer).build()?,
        zones: format!(
            "/subscriptions/{}/resourceGroups/{}/providers/Microsoft.Network/dnsZones",
            segment(&subscription),
            segment(&group)
        ),
        create: keys.create,
        nameservers: settings.nameservers,
    }))
}

/// An id of the file, or else of the variables of Microsoft's own tools and of Terraform.
fn optional(
    settings: &Settings<'_>,
    key: &'static str,
    given: Option<&str>,
) -> Result<Option<String>, SettingsError> {
    if let Some(given) = given {
        return Ok(Some(given.to_owned()));
    }
    let upper = key.to_uppercase();
    let variables = [format!("AZURE_{upper}"), format!("ARM_{upper}")];
    let found = settings.secret(key, None, &[&variables[0], &variables[1]])?;
    Ok(found.map(|found| found.reveal().to_owned()))
}

fn missing(key: &str) -> SettingsError {
    let upper = key.to_uppercase();
    SettingsError {
        message: format!("`{key}` is missing"),
        span: None,
        hint: Some(format!("write `{key} = \"…\"`, or set AZURE_{upper}")),
    }
}
