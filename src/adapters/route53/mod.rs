//! Amazon Route 53, API version 2013-04-01, public hosted zones of the commercial partition.
//!
//! Requests are signed (Signature Version 4, always for us-east-1) and carry XML. A zone is read by pages of 300 record
//! sets and written by change batches, each of which happens wholly or not at all; a batch deletes what was seen and
//! creates what is wanted, so that the API itself refuses a base that moved. After a write the adapter waits until AWS
//! says that all of its nameservers have it. Record sets that a zone file cannot express (aliases, weights, health
//! checks and their kin) are seen and left alone.

mod facts;
mod read;
mod refusal;
mod sign;
mod spelling;
mod write;
mod xml;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use serde::Deserialize;

use self::read::{HostedZone, Sets, bare_id, next_page, percent_encode, required};
use self::sign::{Aws, Keys};
use self::write::Batch;
use self::xml::Element;
use super::http::{Api, Response};
use super::{Adapter, SecretSource, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    CreateZone, ErrorKind, ListZones, NameserverSpec, Provider, ProviderError, Snapshot,
};
use crate::zone::{Name, RecordKey, Zone};

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "route53",
    docs: "https://docs.aws.amazon.com/Route53/latest/APIReference/Welcome.html",
    capabilities: facts::capabilities,
    keys: &[
        "endpoint",
        "access_key_id",
        "secret_access_key",
        "session_token",
        "profile",
        "zone_ids",
        "create",
        "delegation_set",
        "allow_http",
    ],
    connect,
};

const ENDPOINT: &str = "https://route53.amazonaws.com";
/// Where every path starts: the version of the API.
const VERSION: &str = "/2013-04-01";
/// Attempts at a request that is turned away because another one is still being worked on: up to half a minute.
const ATTEMPTS: u32 = 8;
/// How long one attempt may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How long to wait at most until AWS says that all of its nameservers have a change; usually less than a minute.
const IN_SYNC: Duration = Duration::from_secs(120);
/// The pause before asking for the second time; it doubles from there up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause between two questions.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

/// The adapter's keys in an account file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountKeys {
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

fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: AccountKeys = settings.parse()?;
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
    let endpoint = keys.endpoint.as_deref().unwrap_or(ENDPOINT);
    let mut api = Api::at(endpoint, keys.allow_http)?
        .limits(facts::LIMITS)
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
fn own_keys(settings: &Settings<'_>, keys: &AccountKeys) -> Result<Option<Keys>, SettingsError> {
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

struct Route53 {
    api: Api,
    zone_ids: HashMap<Name, String>,
    create: bool,
    delegation_set: Option<String>,
    nameservers: Vec<NameserverSpec>,
}

/// What writing needs to know again.
struct Held {
    id: String,
    spelled: HashMap<RecordKey, Vec<String>>,
}

impl Route53 {
    async fn get(&self, path: &str) -> Result<Element, ProviderError> {
        let answer = self.api.get(format!("{VERSION}/{path}")).send().await?;
        self.understand(&answer)
    }

    fn understand(&self, answer: &Response) -> Result<Element, ProviderError> {
        Element::parse(answer.body()).map_err(|why| self.nonsense(&why))
    }

    /// An answer that cannot be used.
    fn nonsense(&self, why: &str) -> ProviderError {
        let message = format!("the answer of {} makes no sense: {why}", self.api.origin());
        ProviderError::new(ErrorKind::Protocol, message)
    }

    /// Every page that starts at `path`, which has a query already.
    async fn pages(
        &self,
        path: &str,
        cursor: &[(&str, &str)],
        mut each: impl FnMut(&Element) -> Result<bool, String> + Send,
    ) -> Result<(), ProviderError> {
        let mut query = String::new();
        loop {
            let page = self.get(&format!("{path}{query}")).await?;
            let goes_on = each(&page).map_err(|why| self.nonsense(&why))?;
            match next_page(&page, cursor).map_err(|why| self.nonsense(&why))? {
                Some(next) if goes_on => {
                    if next == query {
                        return Err(self.nonsense("a page names itself as the next one"));
                    }
                    query = next;
                }
                _ => return Ok(()),
            }
        }
    }

    /// The hosted zones called `zone`.
    async fn zones_called(&self, zone: &Name) -> Result<Vec<HostedZone>, ProviderError> {
        let mut path = "hostedzonesbyname?maxitems=100&dnsname=".to_owned();
        let mut name = String::new();
        spelling::append_name(zone.borrow(), &mut name);
        percent_encode(&name, &mut path);
        let cursor = [
            ("dnsname", "NextDNSName"),
            ("hostedzoneid", "NextHostedZoneId"),
        ];
        let mut found = Vec::new();
        // A later `dnsname` would overrule the first one in no documented way.
        let first = self.get(&path).await?;
        let mut page = first;
        loop {
            let mut is_last_ours = false;
            for element in page.list("HostedZones") {
                let hosted = HostedZone::read(element).map_err(|why| self.nonsense(&why))?;
                is_last_ours = hosted.name == *zone;
                if is_last_ours {
                    found.push(hosted);
                }
            }
            match next_page(&page, &cursor).map_err(|why| self.nonsense(&why))? {
                Some(query) if is_last_ours => {
                    page = self
                        .get(&format!("hostedzonesbyname?maxitems=100{query}"))
                        .await?;
                }
                _ => return Ok(found),
            }
        }
    }

    /// The one public hosted zone of that name, or why there is none to choose.
    async fn zone_id(&self, zone: &Name) -> Result<String, ProviderError> {
        if let Some(id) = self.zone_ids.get(zone) {
            let page = self.get(&format!("hostedzone/{id}")).await?;
            let hosted = page
                .child("HostedZone")
                .ok_or_else(|| self.nonsense("no `HostedZone`"))?;
            let hosted = HostedZone::read(hosted).map_err(|why| self.nonsense(&why))?;
            if hosted.name != *zone {
                return Err(rejected(format!("`{id}` is the zone `{}`", hosted.name))
                    .hint("check `zone_ids` of this account"));
            }
            if hosted.is_private {
                return Err(rejected(format!("`{id}` is a private hosted zone")).hint(
                    "it answers inside of its VPCs alone, where nobody else can prove anything",
                ));
            }
            return Ok(id.clone());
        }
        let (private, public): (Vec<HostedZone>, Vec<HostedZone>) = self
            .zones_called(zone)
            .await?
            .into_iter()
            .partition(|hosted| hosted.is_private);
        match &public[..] {
            [one] => Ok(one.id.clone()),
            [] if !private.is_empty() => Err(rejected(format!(
                "`{zone}` is there as a private hosted zone alone"
            ))
            .hint("it answers inside of its VPCs alone, where nobody else can prove anything")),
            [] => {
                let error = ProviderError::new(
                    ErrorKind::NoSuchZone,
                    format!("Route 53 has no hosted zone `{zone}` in this account"),
                );
                Err(if self.create {
                    error
                } else {
                    error.hint("create it there, or write `create = true` in the account")
                })
            }
            several => {
                let ids: Vec<String> = several.iter().map(|one| format!("`{}`", one.id)).collect();
                let text = zone.to_string();
                Err(rejected(format!(
                    "{} hosted zones are called `{zone}`: {}",
                    several.len(),
                    ids.join(", ")
                ))
                .hint(format!(
                    "say which one: `zone_ids = {{ \"{}\" = \"…\" }}`",
                    text.trim_end_matches('.')
                )))
            }
        }
    }

    /// Record sets of the hosted zone `id`, from `query` on.
    async fn sets(&self, id: &str, origin: &Name) -> Result<Sets, ProviderError> {
        let path = format!("hostedzone/{id}/rrset?maxitems=300");
        let cursor = [
            ("name", "NextRecordName"),
            ("type", "NextRecordType"),
            ("identifier", "NextRecordIdentifier"),
        ];
        let mut sets = Sets::new(origin);
        self.pages(&path, &cursor, |page| {
            for set in page.list("ResourceRecordSets") {
                sets.add(set)?;
            }
            Ok(true)
        })
        .await?;
        Ok(sets)
    }

    /// Sees that a set that the API lets nobody delete, and so cannot guard, is still what the change starts from.
    async fn still_there(&self, id: &str, change: &Change) -> Result<(), ProviderError> {
        let key = change.key();
        let mut path = format!("hostedzone/{id}/rrset?maxitems=1&name=");
        let mut name = String::new();
        spelling::append_name(key.owner.borrow(), &mut name);
        percent_encode(&name, &mut path);
        let page = self.get(&format!("{path}&type={}", key.rtype)).await?;
        let mut sets = Sets::new(&key.owner);
        for set in page.list("ResourceRecordSets").take(1) {
            sets.add(set).map_err(|why| self.nonsense(&why))?;
        }
        let zone = sets.builder.finish();
        let now = zone.get(key.owner.borrow(), key.rtype);
        if now.map(crate::zone::SetRef::to_record_set).as_ref() == change.before() {
            return Ok(());
        }
        Err(ProviderError::new(
            ErrorKind::Conflict,
            format!("somebody else changed `{key}` since it was read"),
        )
        .hint("nothing was written there; plan again to see what it is now"))
    }

    /// Sends one batch; the id of its change.
    async fn send(&self, held: &Held, batch: &Batch<'_>) -> Result<String, ProviderError> {
        for change in &batch.unguarded {
            self.still_there(&held.id, change).await?;
        }
        let path = format!("{VERSION}/hostedzone/{}/rrset/", held.id);
        let request = self.api.post(path).body("application/xml", batch.body());
        let answer = request.send().await?;
        self.change_id(&answer)
            // It is made, whatever the answer means.
            .map_err(|error| error.applied(None))
    }

    fn change_id(&self, answer: &Response) -> Result<String, ProviderError> {
        let root = self.understand(answer)?;
        let info = root
            .child("ChangeInfo")
            .ok_or_else(|| self.nonsense("no `ChangeInfo`"))?;
        let id = required(info, "Id").map_err(|why| self.nonsense(&why))?;
        Ok(bare_id(id).to_owned())
    }

    /// Waits until all of AWS's nameservers have the changes. Whoever may not ask, or asks in vain, has written all the
    /// same, so this never fails: what the nameservers answer is seen by asking them.
    async fn wait_for(&self, ids: &[String]) {
        let wait = async {
            // The last one is the one to wait for; the others are asked for since nobody promises an order.
            for id in ids.iter().rev() {
                let mut pause = FIRST_PAUSE;
                while let Ok(page) = self.get(&format!("change/{id}")).await {
                    let info = page.child("ChangeInfo");
                    if info.and_then(|info| info.text_of("Status")) != Some("PENDING") {
                        break;
                    }
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        };
        let _ = tokio::time::timeout(IN_SYNC, wait).await;
    }
}

fn rejected(message: String) -> ProviderError {
    ProviderError::new(ErrorKind::Rejected, message)
}

#[async_trait]
impl Provider for Route53 {
    async fn nameservers(&self, zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        if !self.nameservers.is_empty() {
            return Ok(self.nameservers.clone());
        }
        let id = self.zone_id(zone).await?;
        let page = self.get(&format!("hostedzone/{id}")).await?;
        let set = page
            .child("DelegationSet")
            .ok_or_else(|| self.nonsense("no `DelegationSet`"))?;
        let servers = set.list("NameServers").map(|server| {
            let name = spelling::read_name(server.text()).map_err(|why| self.nonsense(&why))?;
            Ok(NameserverSpec {
                name,
                addresses: Vec::new(),
            })
        });
        servers.collect()
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let id = self.zone_id(zone).await?;
        let sets = self.sets(&id, zone).await?;
        Ok(Snapshot {
            zone: sets.builder.finish(),
            handles: Some(Box::new(Held {
                id,
                spelled: sets.spelled,
            })),
            opaque: sets.opaque,
        })
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        let held = base
            .handles
            .as_ref()
            .and_then(|held| held.downcast_ref::<Held>());
        let found;
        let held = match held {
            Some(held) => held,
            // A plan from elsewhere: the API compares it with what is there.
            None if changes.is_empty() => return Ok(()),
            None => {
                found = Held {
                    id: self.zone_id(zone).await?,
                    spelled: HashMap::new(),
                };
                &found
            }
        };
        let (mut done, mut ids) = (0, Vec::new());
        while done < changes.len() {
            let sent = match Batch::take(&changes[done..], zone, &held.spelled) {
                Ok(batch) => self
                    .send(held, &batch)
                    .await
                    .map(|id| (id, batch.changes.len())),
                Err(error) => Err(error),
            };
            match sent {
                Ok((id, made)) => {
                    ids.push(id);
                    done += made;
                }
                Err(error) => {
                    let applied = error.applied.map(|_| done);
                    return Err(error.applied(applied));
                }
            }
        }
        self.wait_for(&ids).await;
        Ok(())
    }

    fn lists_zones(&self) -> Option<&dyn ListZones> {
        Some(self)
    }

    fn creates_zones(&self) -> Option<&dyn CreateZone> {
        self.create.then_some(self)
    }
}

#[async_trait]
impl ListZones for Route53 {
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        let mut names = Vec::new();
        self.pages(
            "hostedzone?maxitems=100",
            &[("marker", "NextMarker")],
            |page| {
                for zone in page.list("HostedZones") {
                    let hosted = HostedZone::read(zone)?;
                    if !hosted.is_private {
                        names.push(hosted.name);
                    }
                }
                Ok(true)
            },
        )
        .await?;
        names.sort();
        names.dedup();
        Ok(names)
    }
}

#[async_trait]
impl CreateZone for Route53 {
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let origin = desired.origin();
        match self.zone_id(origin).await {
            Err(error) if error.kind == ErrorKind::NoSuchZone => {}
            other => return other.map(|_| ()),
        }
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        let reference = format!("redundns-{origin}-{}", now.as_nanos());
        let body = write::new_zone(origin, &reference, self.delegation_set.as_deref());
        let path = format!("{VERSION}/hostedzone");
        let answer = self
            .api
            .post(path)
            .body("application/xml", body)
            .send()
            .await?;
        let id = self
            .change_id(&answer)
            .map_err(|error| error.applied(None))?;
        self.wait_for(&[id]).await;
        Ok(())
    }
}
