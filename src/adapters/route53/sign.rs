//! Signature Version 4, and where AWS credentials come from when the account does not say it itself.
//!
//! The signing and the chain (environment, profiles, IAM Identity Center, web identity, processes, container and
//! instance roles) are `reqsign`'s; this file gives it the environment, files and HTTP that adapters may use.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use reqsign_aws_v4::{
    Credential, DefaultCredentialProvider, RequestSigner, StaticCredentialProvider,
};
use reqsign_core::hash::hex_sha256;
use reqsign_core::{CommandExecute, CommandOutput, Context, Env, FileRead, HttpSend};

use crate::adapters::http::{Api, Signer, Unsigned};
use crate::adapters::{Secret, Surroundings};
use crate::provider::{ErrorKind, ProviderError};

/// The one region that signs for Route 53 in the commercial partition.
const REGION: &str = "us-east-1";
/// The headers that make the signature, all of them.
const HEADERS: [&str; 4] = [
    "authorization",
    "x-amz-content-sha256",
    "x-amz-date",
    "x-amz-security-token",
];
/// Where plain HTTP is AWS's own design: the metadata services of EC2, ECS and EKS.
const METADATA: [&str; 5] = [
    "169.254.169.254",
    "[fd00:ec2::254]",
    "169.254.170.2",
    "169.254.170.23",
    "[fd00:ec2::23]",
];

/// Credentials that the account names.
pub(super) struct Keys {
    pub(super) id: Secret,
    pub(super) secret: Secret,
    pub(super) session: Option<Secret>,
}

/// Signs requests to Route 53.
pub(super) struct Aws {
    signer: reqsign_core::Signer<Credential>,
    /// What to say when nobody has credentials.
    looked_at: String,
}

impl Aws {
    /// Signs with `keys`; without them, with what AWS's usual chain finds for `profile` when it is first needed.
    pub(super) fn new(
        keys: Option<Keys>,
        profile: Option<&str>,
        surroundings: Arc<dyn Surroundings>,
    ) -> Self {
        let request = RequestSigner::new("route53", REGION);
        let machine = Machine(surroundings);
        let named = profile.map(str::to_owned);
        let profile = named
            .clone()
            .or_else(|| machine.var("AWS_PROFILE"))
            .unwrap_or_else(|| "default".to_owned());
        let context = Context::new()
            .with_env(machine.clone())
            .with_file_read(machine.clone())
            .with_command_execute(machine)
            .with_http_send(Metadata);
        let signer = if let Some(keys) = keys {
            let own = StaticCredentialProvider::new(keys.id.reveal(), keys.secret.reveal());
            let own = match &keys.session {
                Some(token) => own.with_session_token(token.reveal()),
                None => own,
            };
            reqsign_core::Signer::new(context, own, request)
        } else {
            let chain = DefaultCredentialProvider::builder();
            // Whoever names a profile does not mean the variables.
            let chain = match named {
                Some(profile) => chain.with_profile(profile).no_env(),
                None => chain,
            };
            reqsign_core::Signer::new(context, chain.build(), request)
        };
        Self {
            signer,
            looked_at: format!(
                "no AWS credentials: not in the account, the environment or the profile `{profile}`, \
                 and no container or instance role"
            ),
        }
    }
}

#[async_trait]
impl Signer for Aws {
    async fn sign(&self, request: &mut Unsigned<'_>) -> Result<(), ProviderError> {
        let unsigned = http::Request::builder()
            .method(request.method)
            .uri(request.url)
            .header("x-amz-content-sha256", hex_sha256(request.body))
            .body(())
            .map_err(|error| ProviderError::new(ErrorKind::Protocol, error.to_string()))?;
        let (mut parts, ()) = unsigned.into_parts();
        self.signer.sign(&mut parts, None).await.map_err(|error| {
            let message = match error.kind() {
                reqsign_core::ErrorKind::CredentialInvalid => self.looked_at.clone(),
                _ => format!("cannot sign for AWS: {error}"),
            };
            ProviderError::new(ErrorKind::Unauthorized, message).hint(
                "write `access_key_id` and `secret_access_key` in the account, or log in as for the `aws` command; \
                 a profile with `role_arn` needs a `credential_process`",
            )
        })?;
        for name in HEADERS {
            if let Some(value) = parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
            {
                request.header(name, value);
            }
        }
        Ok(())
    }
}

/// The machine around, as `reqsign` wants to see it.
#[derive(Clone)]
struct Machine(Arc<dyn Surroundings>);

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Machine")
    }
}

impl Env for Machine {
    fn var(&self, key: &str) -> Option<String> {
        self.0.variables().remove(key)
    }

    fn vars(&self) -> HashMap<String, String> {
        self.0.variables()
    }

    fn home_dir(&self) -> Option<PathBuf> {
        self.0.variables().remove("HOME").map(PathBuf::from)
    }
}

impl FileRead for Machine {
    async fn file_read(&self, path: &str) -> reqsign_core::Result<Vec<u8>> {
        self.0
            .read(path.as_ref())
            .map_err(|error| unexpected(format!("cannot read `{path}`: {error}")))
    }
}

impl CommandExecute for Machine {
    async fn command_execute<'a>(
        &'a self,
        program: &'a str,
        arguments: &'a [&'a str],
    ) -> reqsign_core::Result<CommandOutput> {
        let output = self
            .0
            .run(program, arguments)
            .map_err(|error| unexpected(format!("cannot run `{program}`: {error}")))?;
        Ok(CommandOutput {
            status: output.status.code().unwrap_or(-1),
            stdout: output.stdout,
            stderr: output.stderr,
        })
    }
}

/// Fetches credentials: from a metadata service next door, or from AWS itself.
#[derive(Debug)]
struct Metadata;

impl HttpSend for Metadata {
    async fn http_send(
        &self,
        request: http::Request<Bytes>,
    ) -> reqsign_core::Result<http::Response<Bytes>> {
        let (parts, body) = request.into_parts();
        let uri = &parts.uri;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(unexpected(format!(
                "`{uri}` is no address to fetch credentials from"
            )));
        };
        let is_metadata = METADATA.contains(&authority.host());
        let api = Api::at(&format!("{scheme}://{authority}"), is_metadata).and_then(|api| {
            // Where there is no such service nobody answers, and the user waits.
            let api = if is_metadata {
                api.patience(1, Duration::from_secs(1))
            } else {
                api.patience(2, Duration::from_secs(10))
            };
            api.build()
        });
        let api = api.map_err(|error| unexpected(error.message))?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        let request = api
            .request(parts.method, path)
            .made(parts.headers, body.to_vec());
        let answer = request
            .send()
            .await
            .map_err(|error| unexpected(error.message))?;
        let body = Bytes::copy_from_slice(answer.body());
        http::Response::builder()
            .status(answer.status)
            .body(body)
            .map_err(|error| unexpected(error.to_string()))
    }
}

fn unexpected(message: String) -> reqsign_core::Error {
    reqsign_core::Error::unexpected(message)
}
