//! A program of the user's as an adapter, spoken to in lines of JSON on its stdin and stdout.
//!
//! The protocol is described in `docs/exec.md`. One child serves a whole run: it is started when it is first needed,
//! started anew where it failed, and ended by closing its stdin.

mod child;
mod protocol;
mod records;
mod settings;
mod words;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;

use self::child::{Child, Limits, Program};
use self::protocol::{Abilities, Answer, VERSION, What};
use self::records::{Arriving, absolute, nameservers};
use self::settings::Setting;
use self::words::Redactor;
use super::{AccountKey, Adapter, Kind, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    ApexNs, Capabilities, Claims, CreateZone, ErrorKind, Granularity, ListZones, NameserverSpec,
    Provider, ProviderError, Snapshot, Soa,
};
use crate::zone::{Name, RecordType, Zone};

/// The adapter `exec`.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "exec",
    docs: "docs/exec.md",
    capabilities,
    keys: &[
        AccountKey::new(
            "command",
            Kind::Texts,
            "The program and its arguments. It runs in the project directory, where a path with a slash starts as well.",
        )
        .required(),
        AccountKey::new(
            "settings",
            Kind::Free,
            "Handed to the program as it stands, apart from the sources of secrets: it is given what they hold.",
        ),
        AccountKey::new(
            "timeout",
            Kind::Seconds,
            "How many seconds one request may take; left out: 300.",
        ),
    ],
    connect,
};

/// How long a plug-in may take to say hello, which needs no network.
const HELLO: Duration = Duration::from_secs(60);

/// What is known before the plug-in was asked.
fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: None,
        ttl: 0..=0x7fff_ffff,
        ttl_steps: (&[]).into(),
        txt_octets: None,
        txt_set_octets: None,
        records_per_set: None,
        apex_ns: ApexNs::Full,
        apex_ns_ttl: None,
        soa: Soa::Fixed,
        granularity: Granularity::RecordSet,
        batch: Abilities::default().batch,
        atomic: false,
        detects_conflict: false,
        lists_zones: false,
        creates_zones: false,
        follows: false,
        limits: &[],
        settle: Duration::from_secs(60),
        quirks: &[],
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    command: toml::Spanned<Vec<String>>,
    settings: Option<toml::Spanned<toml::Table>>,
    timeout: Option<u64>,
}

fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: Keys = settings.parse()?;
    if keys.command.get_ref().first().is_none_or(String::is_empty) {
        return Err(SettingsError {
            message: "`command` names no program".to_owned(),
            span: Some(keys.command.span()),
            hint: Some("command = [\"python3\", \"plugins/zonefile.py\"]".to_owned()),
        });
    }
    let (span, table) = match keys.settings {
        Some(table) => (Some(table.span()), table.into_inner()),
        None => (None, toml::Table::new()),
    };
    let own = Setting::read(&settings, table).map_err(|mut error| {
        error.span = error.span.or(span);
        error
    })?;
    let mut limits = Limits::default();
    if let Some(seconds) = keys.timeout {
        limits.request = Duration::from_secs(seconds);
    }
    Ok(Arc::new(Exec {
        program: Program {
            command: keys.command.into_inner(),
            directory: settings.directory.to_path_buf(),
            account: settings.id.to_owned(),
            redactor: Redactor::new(&own.secrets()),
            limits,
        },
        settings: own,
        nameservers: settings.nameservers,
        child: tokio::sync::Mutex::new(None),
        hello: OnceLock::new(),
    }))
}

struct Exec {
    program: Program,
    settings: Setting,
    nameservers: Vec<NameserverSpec>,
    /// Not there before the first request, after a failure, and while a request is under way: if that is given up,
    /// the child goes with it.
    child: tokio::sync::Mutex<Option<Child>>,
    /// What it says of itself, or why it does not: said once a run.
    hello: OnceLock<Result<Hello, ProviderError>>,
}

#[derive(Clone)]
struct Hello {
    capabilities: Claims,
    abilities: Abilities,
}

impl Exec {
    /// Asks a child, which is started first where there is none.
    async fn ask(
        &self,
        what: What<'_>,
        mut take: impl FnMut(Answer) -> Result<(), ProviderError> + Send,
    ) -> Result<(), ProviderError> {
        let mut slot = self.child.lock().await;
        let mut child = match slot.take() {
            Some(child) => child,
            None => self.greet().await?,
        };
        let deadline = self.program.limits.request;
        let answer = child.ask(&self.program, what, deadline, &mut take).await?;
        *slot = Some(child);
        answer
    }

    /// A child that has said hello.
    async fn greet(&self) -> Result<Child, ProviderError> {
        if let Some(Err(error)) = self.hello.get() {
            return Err(error.clone());
        }
        let greeted = self.begin().await;
        match greeted {
            Ok((child, hello)) => {
                let _ = self.hello.set(Ok(hello));
                Ok(child)
            }
            Err(error) => {
                // Whatever else it may have done, it has not changed a zone.
                let error = error.applied(Some(0));
                let _ = self.hello.set(Err(error.clone()));
                Err(error)
            }
        }
    }

    async fn begin(&self) -> Result<(Child, Hello), ProviderError> {
        let mut child = self.program.start()?;
        let what = What::Hello {
            version: VERSION,
            account: &self.program.account,
            settings: self.settings.reveal(),
        };
        let mut hello = None;
        let mut take = |answer: Answer| {
            if answer.version != Some(VERSION) {
                let spoken = answer
                    .version
                    .map_or("none".to_owned(), |own| own.to_string());
                let why = format!("version {spoken} of the protocol, where {VERSION} is spoken");
                return Err(ProviderError::new(ErrorKind::Protocol, why));
            }
            hello = Some(Hello {
                capabilities: answer.capabilities,
                abilities: answer.abilities,
            });
            Ok(())
        };
        let deadline = HELLO.min(self.program.limits.request);
        child
            .ask(&self.program, what, deadline, &mut take)
            .await??;
        let hello = hello.expect("taken, or there would be an error");
        Ok((child, hello))
    }

    /// What it said of itself, where it was asked already.
    fn told(&self) -> Option<&Hello> {
        self.hello.get()?.as_ref().ok()
    }

    async fn apply_batch(
        &self,
        zone: &Name,
        changes: &[Change],
        handles: &mut Option<String>,
    ) -> Result<(), ProviderError> {
        let given = handles.take();
        let what = What::Apply {
            zone: zone.to_string(),
            changes: changes.iter().map(Into::into).collect(),
            handles: given.as_deref(),
        };
        let mut applied = None;
        let take = |answer: Answer| {
            applied = answer.applied;
            *handles = answer.handles;
            Ok(())
        };
        self.ask(what, take).await?;
        if applied == Some(changes.len()) {
            return Ok(());
        }
        let made = applied.map_or("an unknown number".to_owned(), |made| made.to_string());
        let message = format!(
            "{} reports success and {made} of {} changes made",
            self.program.named(),
            changes.len()
        );
        Err(ProviderError::new(ErrorKind::Protocol, message).applied(applied))
    }
}

#[async_trait]
impl Provider for Exec {
    async fn capabilities(&self) -> Result<Option<Capabilities>, ProviderError> {
        if self.hello.get().is_none() {
            let mut slot = self.child.lock().await;
            if slot.is_none() {
                *slot = Some(self.greet().await?);
            }
        }
        let hello = match self.hello.get() {
            Some(Err(error)) => return Err(error.clone()),
            Some(Ok(hello)) => hello,
            None => return Ok(None),
        };
        let Abilities {
            batch,
            atomic,
            detects_conflict,
            lists_zones,
            creates_zones,
        } = hello.abilities;
        let known = Capabilities {
            batch,
            atomic,
            detects_conflict,
            lists_zones,
            creates_zones,
            ..capabilities()
        };
        Ok(Some(hello.capabilities.over(known)))
    }

    async fn nameservers(&self, zone: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        if !self.nameservers.is_empty() {
            return Ok(self.nameservers.clone());
        }
        let mut found = Vec::new();
        let zone = zone.to_string();
        self.ask(What::Nameservers { zone }, |answer| {
            found.extend(nameservers(&answer.nameservers)?);
            Ok(())
        })
        .await?;
        Ok(found)
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        let mut arriving = Arriving::new(zone);
        let mut handles = None;
        let what = What::Fetch {
            zone: zone.to_string(),
        };
        self.ask(what, |answer| {
            handles = answer.handles.or(handles.take());
            arriving.take(&answer.records)?;
            arriving.take_opaque(answer.opaque)
        })
        .await?;
        let (zone, opaque) = arriving.finish();
        Ok(Snapshot {
            zone,
            opaque,
            handles: handles.map(|handles| Box::new(handles) as _),
        })
    }

    async fn apply(
        &self,
        zone: &Name,
        changes: &[Change],
        base: &Snapshot,
    ) -> Result<(), ProviderError> {
        let batch = self.told().map_or(1, |hello| hello.abilities.batch).max(1);
        let held = base.handles.as_ref();
        let mut handles = held.and_then(|held| held.downcast_ref::<String>()).cloned();
        let mut made = 0;
        for batch in changes.chunks(batch) {
            if let Err(error) = self.apply_batch(zone, batch, &mut handles).await {
                let own = error.applied.filter(|&own| own <= batch.len());
                return Err(error.applied(own.map(|own| made + own)));
            }
            made += batch.len();
        }
        Ok(())
    }

    fn lists_zones(&self) -> Option<&dyn ListZones> {
        self.told()?.abilities.lists_zones.then_some(self)
    }

    fn creates_zones(&self) -> Option<&dyn CreateZone> {
        self.told()?.abilities.creates_zones.then_some(self)
    }
}

#[async_trait]
impl ListZones for Exec {
    async fn list_zones(&self) -> Result<Vec<Name>, ProviderError> {
        let mut zones = Vec::new();
        self.ask(What::ListZones, |answer| {
            for text in &answer.zones {
                let zone = absolute(text).map_err(|why| {
                    ProviderError::new(ErrorKind::Protocol, format!("`{text}`: {why}"))
                })?;
                zones.push(zone);
            }
            Ok(())
        })
        .await?;
        Ok(zones)
    }
}

#[async_trait]
impl CreateZone for Exec {
    async fn create_zone(&self, desired: &Zone) -> Result<(), ProviderError> {
        let apex = desired.origin().borrow();
        let least = [RecordType::SOA, RecordType::NS];
        let what = What::CreateZone {
            zone: desired.origin().to_string(),
            records: least
                .iter()
                .filter_map(|&rtype| desired.get(apex, rtype))
                .map(Into::into)
                .collect(),
        };
        self.ask(what, |_| Ok(())).await
    }
}
