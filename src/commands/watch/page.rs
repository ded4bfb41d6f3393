//! The status page: what it says, from the history, from incidents that an operator wrote, and from elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::own_name::OwnName;
use super::round::Round;
use crate::adapters::http::Hook;
use crate::commands::console::Console;
use crate::commands::session::Session;
use crate::config::{StatusPage, Watching, unread};
use crate::report::text::plural;
use crate::report::{NameserverReport, ZoneReport};
use crate::status::{self, Day, Elsewhere, Incident, Page, Series, State, ZoneHistory};
use crate::watch::{DAY, History, Subject, Track, elsewhere, publish};
use crate::zone::{Date, Finding, Severity, show};

/// How many days the page shows.
const DAYS: u64 = 90;

/// The largest file of an incident, in octets.
const LARGEST: u64 = 1 << 20;

/// Writes the page, where one is wanted.
pub(super) struct Publisher {
    page: Option<StatusPage>,
    directory: PathBuf,
    interval: u64,
    own_name: OwnName,
    source: Option<Hook>,
    /// What was heard from elsewhere the last time.
    elsewhere: Vec<Elsewhere>,
    /// The files that were written the last time.
    published: BTreeSet<String>,
    /// What was said of each thing, so that nothing is said twice.
    said: BTreeMap<&'static str, String>,
}

impl Publisher {
    pub(super) fn new(session: &Session, settings: &Watching, source: Option<Hook>) -> Self {
        let page = settings.status.clone();
        Self {
            own_name: OwnName::new(page.as_ref().and_then(|page| page.host.as_deref())),
            page,
            directory: session.project.directory.clone(),
            interval: settings.interval.as_secs(),
            source,
            elsewhere: Vec::new(),
            published: BTreeSet::new(),
            said: BTreeMap::new(),
        }
    }

    /// Writes its files as they are at `now`; whether that was possible.
    pub(super) async fn publish(
        &mut self,
        round: &Round,
        history: &History,
        now: u64,
        console: &Console,
    ) -> bool {
        let Some(settings) = self.page.clone() else {
            return true;
        };
        let warnings = self.own_name.warnings(round).await;
        let told: Vec<String> = warnings
            .iter()
            .map(|one| format!("warning: {one}\n"))
            .collect();
        if self.is_news("own name", &told.concat()) {
            console.err(&told.concat());
        }
        self.hear(console).await;
        let incidents = settings.incidents.as_deref();
        let incidents = incidents.map_or_else(Vec::new, |path| self.incidents(path, console));
        let page = Page {
            title: settings.title,
            url: settings.url,
            made: now,
            interval_seconds: self.interval,
            zones: zones(round, history, now),
            elsewhere: self.elsewhere.clone(),
            incidents,
            warnings,
        };
        let directory = self.directory.join(&settings.directory);
        let files = status::files(&page);
        let written = publish(&directory, &files);
        if written.is_ok() {
            self.sweep(
                &directory,
                files.into_iter().map(|(name, _)| name).collect(),
            );
        }
        let trouble = written.err().map(|error| {
            let shown = settings.directory.display();
            format!("the status page cannot be written to {shown}: {error}")
        });
        let is_written = trouble.is_none();
        self.say("page", &trouble.unwrap_or_default(), console);
        is_written
    }

    /// Removes what was written before and is no longer part of the page: an incident that was taken away.
    fn sweep(&mut self, directory: &Path, files: BTreeSet<String>) {
        for old in self.published.difference(&files) {
            let _ = std::fs::remove_file(directory.join(old));
        }
        self.published = files;
    }

    /// Says what is wrong, if it is news.
    fn say(&mut self, topic: &'static str, text: &str, console: &Console) {
        if self.is_news(topic, text) {
            console.error(text, None);
        }
    }

    /// Whether there is something to say of `topic` that is not the last thing said of it.
    fn is_news(&mut self, topic: &'static str, text: &str) -> bool {
        let before = self.said.insert(topic, text.to_owned());
        !text.is_empty() && before.as_deref() != Some(text)
    }

    /// Asks elsewhere. Whoever says nothing is unknown, and not forgotten.
    async fn hear(&mut self, console: &Console) {
        let Some(source) = &self.source else { return };
        let answer = source.get().await.map_err(|error| error.message);
        let heard = answer.and_then(|answer| elsewhere(answer.body()));
        let trouble = match heard {
            Ok(list) => {
                self.elsewhere = list;
                String::new()
            }
            Err(why) => {
                for one in &mut self.elsewhere {
                    one.state = State::Unknown;
                    "its source could not be read".clone_into(&mut one.detail);
                }
                format!("the state of other services is not known: {why}")
            }
        };
        self.say("elsewhere", &trouble, console);
    }

    /// The incidents that can be read; what is wrong with the others is said.
    fn incidents(&mut self, path: &Path, console: &Console) -> Vec<Incident> {
        let mut incidents = Vec::new();
        let files = match incident_files(&self.directory.join(path)) {
            Ok(files) => files,
            Err(error) => {
                let shown = path.display();
                let text = format!(
                    "no incident can be read from {shown}: {error}; make that folder, or take `incidents` out of `[status]`"
                );
                self.say("incidents", &text, console);
                return incidents;
            }
        };
        let (mut told, mut left_out) = (String::new(), 0);
        for file in files {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            let shown = path.join(&*name).display().to_string();
            let read = match text_of(&file) {
                Ok(text) => Incident::parse(&shown, &text),
                Err(error) => {
                    let message = format!("cannot read the incident: {error}");
                    let finding = Finding::new("INC01", Severity::Error, message);
                    Err(vec![finding.hint(unread(&error)).at(shown, 1, 1)])
                }
            };
            match read {
                Ok(incident) => incidents.push(incident),
                Err(findings) => {
                    left_out += 1;
                    told.extend(findings.iter().map(|one| show(one, console.color_err)));
                }
            }
        }
        if left_out > 0 {
            let without = plural(left_out, "incident");
            told += &format!("the status page is made without {without}\n");
        }
        if self.is_news("incidents", &told) {
            console.err(&told);
        }
        incidents
    }
}

/// `*.md`, sorted.
fn incident_files(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.extension().is_some_and(|own| own == "md") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn text_of(path: &Path) -> std::io::Result<String> {
    if std::fs::metadata(path)?.len() > LARGEST {
        return Err(std::io::Error::other("larger than 1 MiB"));
    }
    std::fs::read_to_string(path)
}

/// Every zone of the round, with its history.
fn zones(round: &Round, history: &History, now: u64) -> Vec<ZoneHistory> {
    let report = |name: &str| round.report.zones.iter().find(|one| one.zone == name);
    let zones = round
        .sights
        .iter()
        .filter(|one| one.subject.provider.is_none());
    zones
        .map(|sight| {
            let name = &sight.subject.zone;
            let providers = round.sights.iter().filter(|one| one.subject.zone == *name);
            let providers = providers.filter_map(|one| {
                let id = one.subject.provider.as_deref()?;
                Some(series(&one.subject, id, report(name), history, now))
            });
            let (state, since, reasons) = told(history.track(&sight.subject), now);
            ZoneHistory {
                zone: name.clone(),
                state,
                since,
                reasons,
                last_24h: history.last_hours(&sight.subject, now),
                days: days(&sight.subject, history, now),
                providers: providers.collect(),
            }
        })
        .collect()
}

fn series(
    subject: &Subject,
    id: &str,
    zone: Option<&ZoneReport>,
    history: &History,
    now: u64,
) -> Series {
    let (state, since, reasons) = told(history.track(subject), now);
    let servers = zone.iter().flat_map(|zone| &zone.nameservers);
    let own: Vec<&NameserverReport> = servers
        .filter(|server| server.provider.as_deref() == Some(id))
        .collect();
    let mut medians: Vec<f64> = own.iter().filter_map(|server| server.p50_ms).collect();
    medians.sort_by(f64::total_cmp);
    Series {
        provider: id.to_owned(),
        state,
        since,
        reasons,
        last_24h: history.last_hours(subject, now),
        days: days(subject, history, now),
        p50_ms: medians.get(medians.len() / 2).copied(),
        p95_ms: own
            .iter()
            .filter_map(|server| server.p95_ms)
            .reduce(f64::max),
    }
}

/// State, since when, and why; unknown until something is confirmed.
fn told(track: Option<&Track>, now: u64) -> (State, u64, Vec<String>) {
    match track {
        Some(track) => (
            track.state.unwrap_or_default(),
            track.since.min(now),
            track.reasons.clone(),
        ),
        None => (State::Unknown, 0, Vec::new()),
    }
}

/// The last days, oldest first.
fn days(subject: &Subject, history: &History, now: u64) -> Vec<Day> {
    let today = now / DAY;
    let first = today.saturating_sub(DAYS - 1);
    (first..=today)
        .map(|day| Day {
            date: Date::of(day * DAY),
            seconds: history.day(subject, day, now),
        })
        .collect()
}
