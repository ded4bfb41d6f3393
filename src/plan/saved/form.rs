//! Saved plans as JSON, and back with nothing taken on trust.

use serde::{Deserialize, Serialize};

use super::{BadPlan, SAVED_VERSION, SavedPlan, SavedProvider, SavedZone};
use crate::plan::Change;
use crate::zone::{Name, RecordKey, RecordSet, RecordType, rdata};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanForm {
    version: u32,
    zones: Vec<ZoneForm>,
}

/// As much as every version has.
#[derive(Deserialize)]
struct VersionForm {
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ZoneForm {
    zone: String,
    file: String,
    desired: String,
    providers: Vec<ProviderForm>,
    left_out: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ProviderForm {
    id: String,
    adapter: String,
    follows: Vec<String>,
    base: Option<String>,
    changes: Vec<ChangeForm>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wave {
    Body,
    ApexNs,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeForm {
    wave: Wave,
    action: String,
    name: String,
    #[serde(rename = "type")]
    rtype: String,
    before: Option<SetForm>,
    after: Option<SetForm>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SetForm {
    ttl: u32,
    rdata: Vec<String>,
}

pub(super) fn write(plan: &SavedPlan) -> String {
    let form = PlanForm {
        version: SAVED_VERSION,
        zones: plan.zones.iter().map(zone_form).collect(),
    };
    let mut text = serde_json::to_string_pretty(&form)
        .expect("strings, numbers and lists always have a JSON form");
    text.push('\n');
    text
}

fn zone_form(zone: &SavedZone) -> ZoneForm {
    ZoneForm {
        zone: zone.zone.to_string(),
        file: zone.file.clone(),
        desired: zone.desired.to_string(),
        providers: zone.providers.iter().map(provider_form).collect(),
        left_out: zone.left_out.clone(),
    }
}

fn provider_form(provider: &SavedProvider) -> ProviderForm {
    let body = provider.body.iter().map(|change| (Wave::Body, change));
    let apex_ns = provider.apex_ns.iter().map(|change| (Wave::ApexNs, change));
    ProviderForm {
        id: provider.id.clone(),
        adapter: provider.adapter.clone(),
        follows: provider.follows.clone(),
        base: provider.base.map(|hash| hash.to_string()),
        changes: body
            .chain(apex_ns)
            .map(|(wave, change)| change_form(wave, change))
            .collect(),
    }
}

fn change_form(wave: Wave, change: &Change) -> ChangeForm {
    let key = change.key();
    let set = |set: &RecordSet| SetForm {
        ttl: set.ttl,
        rdata: set
            .rdata
            .iter()
            .map(|octets| rdata::to_text(key.rtype, octets))
            .collect(),
    };
    ChangeForm {
        wave,
        action: change.action().to_owned(),
        name: key.owner.to_string(),
        rtype: key.rtype.to_string(),
        before: change.before().map(set),
        after: change.after().map(set),
    }
}

fn bad(message: impl Into<String>) -> BadPlan {
    BadPlan {
        message: message.into(),
        hint: "`redundns plan --out FILE` writes plans",
    }
}

/// What is wrong is said without the control characters that the octets may hold.
pub(super) fn read(octets: &[u8]) -> Result<SavedPlan, BadPlan> {
    plan(octets).map_err(|error| BadPlan {
        message: error.message.replace(char::is_control, "?"),
        ..error
    })
}

fn plan(octets: &[u8]) -> Result<SavedPlan, BadPlan> {
    let no_plan = |error: serde_json::Error| bad(format!("not a saved plan: {error}"));
    let VersionForm { version } = serde_json::from_slice(octets).map_err(no_plan)?;
    if version > u64::from(SAVED_VERSION) {
        return Err(BadPlan {
            message: format!(
                "a saved plan of version {version}; this program knows version {SAVED_VERSION}"
            ),
            hint: "apply it with the version of redundns that made it, or make it anew",
        });
    }
    if version != u64::from(SAVED_VERSION) {
        return Err(bad(format!("there is no version {version} of saved plans")));
    }
    let form: PlanForm = serde_json::from_slice(octets).map_err(no_plan)?;
    let zones = each(form.zones, "zones", zone)?;
    if zones.is_empty() {
        return Err(bad("a saved plan of no zone"));
    }
    if let Some(twice) = repeated(zones.iter().map(|zone| &zone.zone)) {
        return Err(bad(format!("the zone `{twice}` stands there twice")));
    }
    Ok(SavedPlan::new(zones))
}

/// Converts every item; an error says which one it was.
fn each<F, T>(
    items: Vec<F>,
    list: &str,
    convert: impl Fn(F) -> Result<T, BadPlan>,
) -> Result<Vec<T>, BadPlan> {
    let place = |(index, item)| {
        convert(item).map_err(|error| BadPlan {
            message: format!("{list}[{index}]: {}", error.message),
            ..error
        })
    };
    items.into_iter().enumerate().map(place).collect()
}

fn repeated<T: Ord>(items: impl Iterator<Item = T>) -> Option<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_unstable();
    let at = items.windows(2).position(|pair| pair[0] == pair[1])?;
    Some(items.swap_remove(at))
}

fn zone(form: ZoneForm) -> Result<SavedZone, BadPlan> {
    let zone = name(&form.zone)?;
    let providers = each(form.providers, "providers", |form| provider(form, &zone))?;
    if let Some(twice) = repeated(providers.iter().map(|provider| &provider.id)) {
        return Err(bad(format!("the provider `{twice}` stands there twice")));
    }
    let left_out = words(form.left_out, "left_out")?;
    let mut saved = SavedZone {
        zone,
        file: plain(form.file)?,
        desired: form.desired.parse().map_err(bad)?,
        providers,
        left_out,
    };
    saved.providers.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(saved)
}

fn provider(form: ProviderForm, zone: &Name) -> Result<SavedProvider, BadPlan> {
    let changes = each(form.changes, "changes", |form| change(form, zone))?;
    if let Some(twice) = repeated(changes.iter().map(|(_, change)| change.key())) {
        return Err(bad(format!("`{twice}` is changed twice")));
    }
    let (body, apex_ns): (Vec<_>, Vec<_>) = changes
        .into_iter()
        .partition(|(wave, _)| *wave == Wave::Body);
    let without_wave = |changes: Vec<(Wave, Change)>| changes.into_iter().map(|(_, one)| one);
    Ok(SavedProvider {
        id: plain(form.id)?,
        adapter: plain(form.adapter)?,
        follows: words(form.follows, "follows")?,
        base: form
            .base
            .map(|text| text.parse())
            .transpose()
            .map_err(bad)?,
        body: without_wave(body).collect(),
        apex_ns: without_wave(apex_ns).collect(),
    })
}

fn change(form: ChangeForm, zone: &Name) -> Result<(Wave, Change), BadPlan> {
    let owner = name(&form.name)?;
    if !owner.borrow().is_at_or_below(zone.borrow()) {
        return Err(bad(format!("`{owner}` is not in the zone `{zone}`")));
    }
    let rtype: RecordType = form
        .rtype
        .parse()
        .map_err(|_| bad(format!("`{}` is no record type", shown(&form.rtype))))?;
    if rtype.is_meta() {
        return Err(bad(format!("`{rtype}` is no type of a zone's records")));
    }
    let set = |form: Option<SetForm>| form.map(|form| record_set(form, rtype)).transpose();
    let (before, after) = (set(form.before)?, set(form.after)?);
    let key = RecordKey { owner, rtype };
    let change = match (before, after) {
        (None, Some(after)) => Change::Create { key, after },
        (Some(before), Some(after)) => Change::Replace { key, before, after },
        (Some(before), None) => Change::Delete { key, before },
        (None, None) => return Err(bad(format!("`{key}` is neither there before nor after"))),
    };
    if change.action() != form.action {
        return Err(bad(format!(
            "the action is `{}` where `before` and `after` say `{}`",
            shown(&form.action),
            change.action()
        )));
    }
    Ok((form.wave, change))
}

fn record_set(form: SetForm, rtype: RecordType) -> Result<RecordSet, BadPlan> {
    let record = |text: String| {
        let octets = rdata::from_text(rtype, &text, None).map_err(|error| {
            bad(format!(
                "`{}` is no data of type {rtype} ({})",
                shown(&text),
                error.message
            ))
        })?;
        if octets.len() > usize::from(u16::MAX) {
            return Err(bad("a record of more than 65535 octets"));
        }
        Ok(octets.into_boxed_slice())
    };
    let rdata = each(form.rdata, "rdata", record)?;
    if rdata.is_empty() {
        return Err(bad("a record set without records"));
    }
    Ok(RecordSet::new(form.ttl, rdata))
}

/// An absolute name. Without its final dot it would be complete only by guessing.
fn name(text: &str) -> Result<Name, BadPlan> {
    let problem = |error| bad(format!("`{}` is no absolute name ({error})", shown(text)));
    Name::parse(text.as_bytes(), None).map_err(problem)
}

/// Plain words in order.
fn words(items: Vec<String>, list: &str) -> Result<Vec<String>, BadPlan> {
    let mut words = each(items, list, plain)?;
    words.sort_unstable();
    Ok(words)
}

/// Words that are shown to people, and so must not steer a terminal.
fn plain(text: String) -> Result<String, BadPlan> {
    if text.is_empty() || text.contains(char::is_control) {
        return Err(bad(format!("`{}` is no plain word", shown(&text))));
    }
    Ok(text)
}

/// Text of the file in a message, if it is long the beginning.
fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(60).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
