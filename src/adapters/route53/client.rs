//! What is asked of the API and how its answers are understood.

use std::time::Duration;

use super::read::{HostedZone, Sets, bare_id, next_page, required};
use super::write::Batch;
use super::xml::Element;
use super::{Held, Route53, VERSION, spelling};
use crate::adapters::http::{Response, segment};
use crate::plan::Change;
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::{Name, SetRef};

/// How long to wait at most until AWS says that all of its nameservers have a change; usually less than a minute.
const IN_SYNC: Duration = Duration::from_secs(120);
/// The pause before asking for the second time; it doubles from there up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause between two questions.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);

impl Route53 {
    pub(super) async fn get(&self, path: &str) -> Result<Element, ProviderError> {
        let answer = self.api.get(format!("{VERSION}/{path}")).send().await?;
        self.understand(&answer)
    }

    pub(super) fn understand(&self, answer: &Response) -> Result<Element, ProviderError> {
        Element::parse(answer.body()).map_err(|why| self.nonsense(&why))
    }

    /// An answer that cannot be used.
    pub(super) fn nonsense(&self, why: &str) -> ProviderError {
        let message = format!("the answer of {} makes no sense: {why}", self.api.origin());
        ProviderError::new(ErrorKind::Protocol, message)
    }

    /// Every page that starts at `path`, which has a query already.
    pub(super) async fn pages(
        &self,
        path: &str,
        cursor: &[(&str, &str)],
        mut each: impl FnMut(&Element) -> Result<(), String> + Send,
    ) -> Result<(), ProviderError> {
        let mut query = String::new();
        loop {
            let page = self.get(&format!("{path}{query}")).await?;
            each(&page).map_err(|why| self.nonsense(&why))?;
            match next_page(&page, cursor).map_err(|why| self.nonsense(&why))? {
                Some(next) if next == query => {
                    return Err(self.nonsense("a page names itself as the next one"));
                }
                Some(next) => query = next,
                None => return Ok(()),
            }
        }
    }

    /// The hosted zones called `zone`.
    pub(super) async fn zones_called(&self, zone: &Name) -> Result<Vec<HostedZone>, ProviderError> {
        let mut name = String::new();
        spelling::append_name(zone.borrow(), &mut name);
        let first = format!("&dnsname={}", segment(&name));
        let cursor = [
            ("dnsname", "NextDNSName"),
            ("hostedzoneid", "NextHostedZoneId"),
        ];
        let mut found = Vec::new();
        let mut query = first;
        loop {
            let path = format!("hostedzonesbyname?maxitems=100{query}");
            let page = self.get(&path).await?;
            let mut is_last_ours = false;
            let zones = page.required_list("HostedZones");
            for element in zones.map_err(|why| self.nonsense(&why))? {
                let hosted = HostedZone::read(element).map_err(|why| self.nonsense(&why))?;
                is_last_ours = hosted.name == *zone;
                if is_last_ours {
                    found.push(hosted);
                }
            }
            match next_page(&page, &cursor).map_err(|why| self.nonsense(&why))? {
                Some(next) if is_last_ours && next != query => query = next,
                _ => return Ok(found),
            }
        }
    }

    /// The one public hosted zone of that name, or why there is none to choose.
    pub(super) async fn zone_id(&self, zone: &Name) -> Result<String, ProviderError> {
        if let Some(id) = self.zone_ids.get(zone) {
            let page = self.get(&format!("hostedzone/{id}")).await;
            // The id is wrong, which is no reason to create another zone.
            let page = page.map_err(|error| match error.kind {
                ErrorKind::NoSuchZone => {
                    rejected(error.message).hint("check `zone_ids` of this account")
                }
                _ => error,
            })?;
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

    /// Every record set of the hosted zone `id`.
    pub(super) async fn sets(&self, id: &str, origin: &Name) -> Result<Sets, ProviderError> {
        let path = format!("hostedzone/{id}/rrset?maxitems=300");
        let cursor = [
            ("name", "NextRecordName"),
            ("type", "NextRecordType"),
            ("identifier", "NextRecordIdentifier"),
        ];
        let mut sets = Sets::new(origin);
        self.pages(&path, &cursor, |page| {
            for set in page.required_list("ResourceRecordSets")? {
                sets.add(set)?;
            }
            Ok(())
        })
        .await?;
        Ok(sets)
    }

    /// Sees that a set that the API lets nobody delete, and so cannot guard, is still what the change starts from.
    pub(super) async fn still_there(&self, id: &str, change: &Change) -> Result<(), ProviderError> {
        let key = change.key();
        let mut name = String::new();
        spelling::append_name(key.owner.borrow(), &mut name);
        let (name, rtype) = (segment(&name), key.rtype);
        let path = format!("hostedzone/{id}/rrset?maxitems=1&name={name}&type={rtype}");
        let page = self.get(&path).await?;
        let mut sets = Sets::new(&key.owner);
        let listed = page.required_list("ResourceRecordSets");
        for set in listed.map_err(|why| self.nonsense(&why))?.take(1) {
            sets.add(set).map_err(|why| self.nonsense(&why))?;
        }
        let zone = sets.builder.finish();
        let now = zone.get(key.owner.borrow(), key.rtype);
        if now.map(SetRef::to_record_set).as_ref() == change.before() {
            return Ok(());
        }
        Err(ProviderError::new(
            ErrorKind::Conflict,
            format!("somebody else changed `{key}` since it was read"),
        )
        .hint("nothing was written there; plan again to see what it is now"))
    }

    /// Sends one batch; the id of its change.
    pub(super) async fn send(
        &self,
        held: &Held,
        batch: &Batch<'_>,
    ) -> Result<String, ProviderError> {
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

    pub(super) fn change_id(&self, answer: &Response) -> Result<String, ProviderError> {
        let root = self.understand(answer)?;
        let info = root
            .child("ChangeInfo")
            .ok_or_else(|| self.nonsense("no `ChangeInfo`"))?;
        let id = required(info, "Id").map_err(|why| self.nonsense(&why))?;
        Ok(bare_id(id).to_owned())
    }

    /// Waits until all of AWS's nameservers have the changes. Whoever may not ask, or asks in vain, has written all the
    /// same, so this never fails: what the nameservers answer is seen by asking them.
    pub(super) async fn wait_for(&self, ids: &[String]) {
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
