//! Gandi's `LiveDNS`.
//!
//! A zone is read in pages of 500 record sets. A few changes are made name by name; many at once are one PUT of the whole
//! zone, read anew right before, where that takes fewer calls. The apex NS set is Gandi's own and does not show.

mod facts;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::http::{Api, Request, segment};
use super::presentation::{
    absolute, dotless, missing, moved, named, nameservers, nonsense, push_below, records, relative,
};
use super::{AccountKey, Adapter, SecretSource, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    CreateZone, ErrorKind, ListZones, NameserverSpec, Opaque, Provider, ProviderError, Snapshot,
};
use crate::zone::{Name, RecordKey, RecordType, Zone, ZoneBuilder};

/// The adapter's entry in the registry.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "gandi",
    docs: "https://api.gandi.net/docs/livedns/",
    capabilities: facts::capabilities,
    keys: &[
        AccountKey::ENDPOINT,
        AccountKey::secret("token", "A personal access token that manages domains."),
        AccountKey::CREATE,
        AccountKey::ALLOW_HTTP,
    ],
    connect,
};

const ENDPOINT: &str = "https://api.gandi.net";
const DOMAINS: &str = "/v5/livedns/domains";
/// Sets, or domains, in one answer.
const PAGE: usize = 500;
/// Calls for which the whole zone is not worth replacing: nobody else's change can be lost name by name.
const FEW: usize = 25;

/// The adapter's keys in an account file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    endpoint: Option<String>,
    token: Option<SecretSource>,
    #[serde(default)]
    create: bool,
    #[serde(default)]
    allow_http: bool,
}

fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: Keys = settings.parse()?;
    let variables = [
        "GANDI_PERSONAL_ACCESS_TOKEN",
        "GANDIV5_PERSONAL_ACCESS_TOKEN",
    ];
    let token = settings.required_secret("token", keys.token.as_ref(), &variables)?;
    let api = Api::of_vendor(
        ENDPOINT,
        facts::LIMITS,
        keys.endpoint.as_deref(),
        keys.allow_http,
    )?
    .secret_header("authorization", "Bearer ", "token", &token)?
    .build()?;
    Ok(Arc::new(Gandi {
        api,
        create: keys.create,
        nameservers: settings.nameservers,
    }))
}

struct Gandi {
    api: Api,
    create: bool,
    nameservers: Vec<NameserverSpec>,
}

/// A record set, as it comes and as it goes.
#[derive(Clone, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "the API's names")]
struct Set {
    rrset_name: String,
    rrset_type: String,
    rrset_ttl: u32,
    rrset_values: Vec<String>,
}

/// The sets as they were read, by name, and how many requests that took.
struct Held {
    names: BTreeMap<Name, Vec<Set>>,
    requests: usize,
}

impl Held {
    /// A name as the vendor has it.
    fn spelled(&self, owner: &Name, zone: &Name) -> String {
        let set = self.names.get(owner).and_then(|sets| sets.first());
        set.map_or_else(|| relative(owner, zone, "@"), |set| set.rrset_name.clone())
    }

    fn has(&self, key: &RecordKey) -> bool {
        let rtype = key.rtype.to_string();
        let sets = self.names.get(&key.owner).map_or(&[][..], Vec::as_slice);
        sets.iter().any(|set| set.rrset_type == rtype)
    }

    /// What `change` asks for; `None` for a deletion.
    fn wanted(&self, change: &Change, zone: &Name) -> Option<Set> {
        let (key, after) = (change.key(), change.after()?);
        Some(Set {
            rrset_name: self.spelled(&key.owner, zone),
            rrset_type: key.rtype.to_string(),
            rrset_ttl: after.ttl,
            rrset_values: records(key.rtype, after),
        })
    }

    /// The sets at one name once `changes` are made.
    fn changed(&self, owner: &Name, changes: &[&Change], zone: &Name) -> Vec<Set> {
        let held = self.names.get(owner).map_or(&[][..], Vec::as_slice);
        let stays = held.iter().filter(|set| {
            let is_it = |change: &&Change| change.key().rtype.to_string() == set.rrset_type;
            !changes.iter().any(is_it)
        });
        let new = changes.iter().filter_map(|it| self.wanted(it, zone));
        stays.cloned().chain(new).collect()
    }
}

fn domain(zone: &Name) -> String {
    format!("{DOMAINS}/{}", segment(&dotless(zone)))
}

impl Gandi {
    fn missing(&self, zone: &Name) -> ProviderError {
        missing(self.api.origin(), zone, self.create)
    }

    /// Everything that `path` lists, in as many requests as it says. A 404 is that there is no such `zone`.
    async fn all<I: for<'de> Deserialize<'de>>(
        &self,
        path: &str,
        zone: Option<&Name>,
    ) -> Result<(Vec<I>, usize), ProviderError> {
        let (mut all, mut page) = (Vec::new(), 1);
        let mut before = None;
        loop {
            let request = self.api.get(format!("{path}?per_page={PAGE}&page={page}"));
            let answer = request.accepting(&[404]).send().await?;
            if answer.status == 404 {
                let missing = zone.map(|zone| self.missing(zone));
                return Err(missing.unwrap_or_else(|| self.api.refusal(&answer)));
            }
            let items: Vec<I> = answer.json()?;
            let taken = items.len();
            all.extend(items);
            let total = answer.header("total-count");
            match total.and_then(|total| total.parse().ok()) {
                Some(total) if all.len() >= total => return Ok((all, page)),
                None if taken < PAGE => return Ok((all, page)),
                Some(total) if taken == 0 => {
                    let words = format_args!("it lists {} of {total}, and no more", all.len());
                    return Err(nonsense(words).hint("run this again"));
                }
                _ => page += 1,
            }
            before = Some(answer.unlike(before.as_ref())?);
        }
    }

    /// Everything in a zone.
    async fn read(&self, zone: &Name) -> Result<(Zone, Vec<Opaque>, Held), ProviderError> {
        let path = format!("{}/records", domain(zone));
        let (sets, requests) = self.all::<Set>(&path, Some(zone)).await?;
        let mut builder = ZoneBuilder::new(zone.clone());
        let mut opaque = Vec::new();
        let mut names: BTreeMap<Name, Vec<Set>> = BTreeMap::new();
        for set in sets {
            let (name, rtype) = (set.rrset_name.as_str(), set.rrset_type.as_str());
            let owner = absolute(name, zone)
                .map_err(|error| nonsense(format_args!("it names `{name}`: {error}")))?;
            if rtype == "ALIAS" {
                opaque.extend([RecordType::A, RecordType::AAAA].map(|rtype| Opaque {
                    key: RecordKey {
                        owner: owner.clone(),
                        rtype,
                    },
                    what: "an ALIAS, whose addresses are looked up there".to_owned(),
                }));
            } else {
                let (ttl, values) = (set.rrset_ttl, &set.rrset_values);
                push_below(&mut builder, Some(zone), (name, rtype), ttl, values)?;
            }
            let at = names.entry(owner).or_default();
            if at.iter().any(|other| other.rrset_type == rtype) {
                let words = format!("it lists `{name} {rtype}` twice: the zone changed meanwhile");
                return Err(nonsense(words).hint("run this again"));
            }
            at.push(set);
        }
        Ok((builder.finish(), opaque, Held { names, requests }))
    }

    /// The request that makes neighboring changes of one name.
    fn step(&self, zone: &Name, changes: &[Change], held: &Held) -> Request<'_> {
        let owner = &changes[0].key().owner;
        let name = segment(&held.spelled(owner, zone));
        let name = format!("{}/records/{name}", domain(zone));
        if let [change] = changes {
            let path = format!("{name}/{}", change.key().rtype);
            return match held.wanted(change, zone) {
                Some(set) => self.api.put(path).json(&set),
                None => self.api.delete(path),
            };
        }
        let items = held.changed(owner, &changes.iter().collect::<Vec<_>>(), zone);
        if items.is_empty() {
            self.api.delete(name)
        } else {
            self.api.put(name).json(&json!({ "items": items }))
        }
    }

    /// Puts the zone in whole, as it is now but for the changes.
    async fn replace(&self, zone: &Name, changes: &[Change]) -> Result<(), ProviderError> {
        let (_, _, now) = self.read(zone).await?;
        let is_new = |change: &Change| matches!(change, Change::Create { .. });
        if let Some(change) = changes
            .iter()
            .find(|change| now.has(change.key()) == is_new(change))
        {
            return Err(moved(change));
        }
        let names = now.names.keys().map(|name| (name, Vec::new()));
        let mut names: BTreeMap<&Name, Vec<&Change>> = names.collect();
        for change in changes {
            names.entry(&change.key().owner).or_default().push(change);
        }
        let items = names
            .iter()
            .flat_map(|(name, changes)| now.changed(name, changes, zone));
        let body = json!({ "items": items.collect::<Vec<_>>() });
        let path = format!("{}/records", domain(zone));
        self.api.put(path).json(&body).send().await.map(|_| ())
    }
}

#[async_trait]
impl Provider for Gandi {
    async fn nameservers(&self, zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        if !self.nameservers.is_empty() {
            return Ok(self.nameservers.clone());
        }
        let request = self.api.get(format!("{}/nameservers", domain(zone)));
        let answer = request.accepting(&[404]).send().await?;
        if answer.status == 404 {
            return Err(self.missing(zone));
        }
        nameservers(&answer.json::<Vec<String>>()?)
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let (held, opaque, known) = self.read(zone).await?;
        Ok(Snapshot {
            zone: held,
            opaque,
            handles: Some(Box::new(known)),
        })
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        if changes.is_empty() {
            return Ok(());
        }
        let steps = || changes.chunk_by(|one, next| one.key().owner == next.key().owner);
        let held = base.handles.as_ref();
        let held = held.and_then(|held| held.downcast_ref::<Held>());
        // The zone is read once more before it is replaced.
        let is_few = |held: &&Held| steps().count() <= FEW.max(held.requests + 1);
        let Some(held) = held.filter(is_few) else {
            return self.replace(zone, changes).await;
        };
        let mut done = 0;
        for step in steps() {
            let answer = self.step(zone, step, held).accepting(&[404]).send().await;
            let mut error = match answer {
                Ok(answer) if answer.status != 404 => {
                    done += step.len();
                    continue;
                }
                Ok(_) if step.iter().all(|change| change.after().is_none()) => moved(&step[0]),
                Ok(_) => self.missing(zone),
                Err(error) => error,
            };
            if error.kind == ErrorKind::Rejected {
                error.message = format!("`{}`: {}", step[0].key(), error.message);
            }
            let applied = error.applied.map(|_| done);
            return Err(error.applied(applied));
        }
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
impl ListZones for Gandi {
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        #[derive(Deserialize)]
        struct Listed {
            fqdn: String,
        }
        let (listed, _) = self.all::<Listed>(DOMAINS, None).await?;
        listed.iter().map(|it| named("zone", &it.fqdn)).collect()
    }
}

#[async_trait]
impl CreateZone for Gandi {
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let zone = desired.origin();
        let body = json!({ "fqdn": dotless(zone), "zone": {} });
        let request = self.api.post(DOMAINS).json(&body).accepting(&[404, 409]);
        let answer = request.send().await?;
        if answer.status < 300 {
            return Ok(());
        }
        let error = self.api.refusal(&answer);
        let error = error.hint("Gandi serves domains that are registered there alone");
        // It may be here already, or somebody else's.
        let there = self.api.get(domain(zone)).send().await;
        there.map(|_| ()).map_err(|_| error)
    }
}
