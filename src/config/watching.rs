//! `[watch]`, `[status]` and `[[notify]]` of `redundns.toml`: how often to look, what to publish, whom to tell.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::ops::Range;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::secret::Reader;
use super::{Project, parse_duration};
use crate::adapters::{Secret, SecretSource};
use crate::zone::Finding;

/// How often at most, and at least.
const INTERVALS: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(1)..=Duration::from_secs(86_400);

/// `[watch]` as written.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Watch {
    interval: Option<Spanned<String>>,
    history: Option<PathBuf>,
    keep: Option<NonZeroU32>,
    metrics: Option<Spanned<String>>,
    metrics_beyond_loopback: bool,
    confirm: Option<NonZeroU32>,
    dns_only: bool,
    delegation: Option<bool>,
}

/// `[status]` as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Status {
    directory: PathBuf,
    title: Option<String>,
    url: Option<Spanned<String>>,
    incidents: Option<PathBuf>,
    elsewhere: Option<Spanned<String>>,
}

/// `[[notify]]` as written: one of its keys.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Notify {
    slack: Option<SecretSource>,
    webhook: Option<SecretSource>,
    command: Option<Vec<String>>,
    sendmail: Option<Sendmail>,
}

/// `sendmail = { … }` as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sendmail {
    to: Vec<Spanned<String>>,
    from: Spanned<String>,
    program: Option<String>,
}

/// How the project is watched.
#[derive(Clone)]
pub struct Watching {
    /// From the beginning of one round to that of the next.
    pub interval: Duration,
    /// The database, relative to the project.
    pub history: PathBuf,
    /// Days that are remembered.
    pub keep: usize,
    /// Where metrics are given.
    pub metrics: Metrics,
    /// So many rounds running make a change of state.
    pub confirm: u32,
    /// Nameservers alone are asked, and no API.
    pub dns_only: bool,
    /// Whether the delegation is audited too.
    pub delegation: bool,
    /// The page, where one is wanted.
    pub status: Option<StatusPage>,
    /// Who is told of changes.
    pub notify: Vec<NotifyTarget>,
}

/// Where metrics are given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Metrics {
    /// Nowhere.
    Off,
    /// At the usual address, if nobody else is there.
    Usual(SocketAddr),
    /// There, or `watch` does not begin.
    At(SocketAddr),
}

/// `[status]`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StatusPage {
    /// Where its files are written, relative to the project.
    pub directory: PathBuf,
    /// Its heading.
    pub title: String,
    /// Where the public finds it.
    pub url: Option<String>,
    /// The name in `url`.
    pub host: Option<String>,
    /// Markdown files of incidents, relative to the project.
    pub incidents: Option<PathBuf>,
    /// JSON with the state of other services.
    pub elsewhere: Option<String>,
}

/// One entry of `[[notify]]`.
#[derive(Clone)]
pub struct NotifyTarget {
    /// How.
    pub means: Means,
    /// From 1, in the order of the file.
    pub number: usize,
    /// Where it stands in the file.
    pub(super) span: Range<usize>,
}

/// How somebody is told.
#[derive(Clone)]
pub enum Means {
    /// A webhook that takes what Slack's takes.
    Slack(SecretSource),
    /// A webhook that takes our JSON.
    Webhook(SecretSource),
    /// A program and its arguments; it gets our JSON.
    Command(Vec<String>),
    /// E-mail through the local sendmail.
    Sendmail {
        /// Recipients.
        to: Vec<String>,
        /// The sender.
        from: String,
        /// The program.
        program: String,
    },
}

impl Default for Watching {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(300),
            history: PathBuf::from(".redundns/history.redb"),
            keep: 90,
            metrics: Metrics::Usual((Ipv4Addr::LOCALHOST, 9153).into()),
            confirm: 2,
            dns_only: false,
            delegation: true,
            status: None,
            notify: Vec::new(),
        }
    }
}

/// Told what is wrong, where, and what to do about it.
type Say<'a> = dyn FnMut(String, Range<usize>, &str) + 'a;

impl Watching {
    /// What the sections come to; `say` gets what is wrong with them.
    pub(super) fn of(
        watch: Watch,
        status: Option<Status>,
        notify: Vec<Spanned<Notify>>,
        say: &mut Say<'_>,
    ) -> Self {
        let mut own = Self::default();
        if let Some(text) = watch.interval {
            match parse_duration(text.get_ref()).filter(|one| INTERVALS.contains(one)) {
                Some(interval) => own.interval = interval,
                None => say(
                    format!("`{}` is no interval", text.get_ref()),
                    text.span(),
                    "write 1s to 24h: \"5m\"",
                ),
            }
        }
        own.history = watch.history.unwrap_or(own.history);
        own.keep = watch.keep.map_or(own.keep, |days| days.get() as usize);
        own.confirm = watch.confirm.map_or(own.confirm, NonZeroU32::get);
        own.dns_only = watch.dns_only;
        own.delegation = watch.delegation.unwrap_or(own.delegation);
        if let Some(text) = watch.metrics {
            own.metrics = metrics(&text, watch.metrics_beyond_loopback, say);
        }
        own.status = status.map(|status| page(status, say));
        for (index, entry) in notify.into_iter().enumerate() {
            let span = entry.span();
            let number = index + 1;
            let means = means(entry.into_inner(), span.clone(), say);
            own.notify.extend(means.map(|means| NotifyTarget {
                means,
                number,
                span,
            }));
        }
        own
    }
}

impl Project {
    /// The URL behind a `[[notify]]` entry, or whatever else such an entry keeps secret.
    pub fn notify_secret(
        &self,
        entry: &NotifyTarget,
        source: &SecretSource,
    ) -> Result<Secret, Finding> {
        let reader = Reader {
            directory: &self.directory,
        };
        reader.source("url", source).map_err(|error| {
            let mut finding = self.about_notify(entry, "CFG05", &error.message);
            finding.hint = error.hint;
            finding
        })
    }

    /// An error about a `[[notify]]` entry, placed where it stands.
    pub fn about_notify(&self, entry: &NotifyTarget, code: &'static str, said: &str) -> Finding {
        let message = format!("`[[notify]]` {}: {said}", entry.number);
        self.policy.placed(&entry.span, code, message)
    }
}

fn metrics(text: &Spanned<String>, beyond_loopback: bool, say: &mut Say<'_>) -> Metrics {
    if text.get_ref() == "off" {
        return Metrics::Off;
    }
    match text.get_ref().parse::<SocketAddr>() {
        Ok(address) if address.ip().to_canonical().is_loopback() || beyond_loopback => {
            Metrics::At(address)
        }
        Ok(address) => {
            say(
                format!("`{address}` can be reached by others, and metrics name every nameserver"),
                text.span(),
                "write an address of loopback, or `metrics_beyond_loopback = true` if that is meant",
            );
            Metrics::Off
        }
        Err(_) => {
            say(
                format!("`{}` is no address with a port", text.get_ref()),
                text.span(),
                "write \"127.0.0.1:9153\" or \"off\"",
            );
            Metrics::Off
        }
    }
}

fn page(status: Status, say: &mut Say<'_>) -> StatusPage {
    let mut host_of = |url: &Spanned<String>, hint: &str| {
        let host = host(url.get_ref());
        if host.is_none() {
            say("no URL that can be used here".to_owned(), url.span(), hint);
        }
        host
    };
    let own = "write where the public finds the page: \"https://status.example.org/\"";
    let other = "write an https URL without credentials; plain http goes to loopback only";
    let host = status.url.as_ref().and_then(|url| host_of(url, own));
    let elsewhere = status.elsewhere.filter(|url| host_of(url, other).is_some());
    StatusPage {
        directory: status.directory,
        title: status.title.unwrap_or_else(|| "DNS status".to_owned()),
        host,
        url: status.url.map(Spanned::into_inner),
        incidents: status.incidents,
        elsewhere: elsewhere.map(Spanned::into_inner),
    }
}

/// The host of a URL that is https, or http on loopback.
fn host(url: &str) -> Option<String> {
    let uri: http::Uri = url.parse().ok()?;
    let authority = uri.authority()?;
    let host = authority.host().trim_matches(['[', ']']);
    let is_loopback =
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|one| one.is_loopback());
    let is_safe =
        uri.scheme_str() == Some("https") || uri.scheme_str() == Some("http") && is_loopback;
    (is_safe && !authority.as_str().contains('@')).then(|| host.to_owned())
}

fn means(entry: Notify, span: Range<usize>, say: &mut Say<'_>) -> Option<Means> {
    let each = [
        entry.slack.map(Means::Slack),
        entry.webhook.map(Means::Webhook),
        entry.command.map(Means::Command),
    ];
    let mail = match entry.sendmail {
        Some(mail) => Some(sendmail(mail, say)?),
        None => None,
    };
    let mut given: Vec<Means> = each.into_iter().flatten().chain(mail).collect();
    let one = given.pop();
    match &one {
        Some(Means::Command(words)) if words.is_empty() => {
            say(
                "the command is empty".to_owned(),
                span,
                "write command = [\"program\", \"argument\"]",
            );
            None
        }
        Some(_) if given.is_empty() => one,
        _ => {
            say(
                "an entry of `[[notify]]` has one of `slack`, `webhook`, `command` and `sendmail`"
                    .to_owned(),
                span,
                "write one [[notify]] for each: slack = { env = \"SLACK_WEBHOOK\" }",
            );
            None
        }
    }
}

/// Addresses go into the header of a message, so that nothing else may be in them.
fn sendmail(mail: Sendmail, say: &mut Say<'_>) -> Option<Means> {
    let mut is_right = true;
    let mut check = |text: &Spanned<String>| {
        let word = text.get_ref();
        let is_address = word.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && !host.is_empty() && !word.starts_with('-')
        });
        if !is_address
            || !word
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b',')
        {
            is_right = false;
            say(
                format!("`{}` is no address", word.escape_debug()),
                text.span(),
                "write \"ops@example.org\", without a name before it",
            );
        }
    };
    mail.to.iter().for_each(&mut check);
    check(&mail.from);
    if mail.to.is_empty() {
        say(
            "nobody is named in `to`".to_owned(),
            mail.from.span(),
            "write to = [\"ops@example.org\"]",
        );
        return None;
    }
    is_right.then(|| Means::Sendmail {
        to: mail.to.into_iter().map(Spanned::into_inner).collect(),
        from: mail.from.into_inner(),
        program: mail
            .program
            .unwrap_or_else(|| "/usr/sbin/sendmail".to_owned()),
    })
}
