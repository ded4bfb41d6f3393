//! Incidents as an operator writes them: a few keys in TOML between two lines `+++`, and below them Markdown.
//!
//! ```text
//! +++
//! title = "Provider alpha answers slowly"
//! started = 2026-11-30T09:12:00Z
//! state = "degraded"
//! providers = ["alpha"]
//! +++
//! **09:20** Answers from alpha take two seconds. Resolvers turn to beta meanwhile.
//! ```

use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::State;
use crate::zone::{Date, Finding, Severity};

/// Codes of findings about incident files, each with a one-line explanation.
pub const CODES: &[(&str, &str)] = &[
    (
        "INC01",
        "an incident begins with a line `+++`, its keys in TOML, and a second line `+++`",
    ),
    (
        "INC02",
        "the keys of an incident are title, started, ended, state, zones and providers",
    ),
    (
        "INC03",
        "a moment of an incident is a date and a time with an offset, `started` before `ended`",
    ),
    (
        "INC04",
        "an incident's file is named in letters, digits, `-`, `_` and `.`, and ends in `.md`: its name is its address",
    ),
];

const EXAMPLE: &str = "the file begins with four lines: `+++`, `title = \"Provider alpha answers slowly\"`, \
     `started = 2026-11-30T09:12:00Z` and `+++`";

/// Something that happened, or is happening, in the operator's own words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Incident {
    /// The file's name without `.md`: its address as a page, and what a feed knows it by.
    pub name: String,
    /// One line.
    pub title: String,
    /// When it began.
    pub started: u64,
    /// When it was over; `None` while it lasts.
    pub ended: Option<u64>,
    /// How bad it is or was.
    pub state: State,
    /// Zones that it is about; none means: not about one in particular.
    pub zones: Vec<String>,
    /// Accounts that it is about.
    pub providers: Vec<String>,
    /// Markdown.
    pub body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    title: Spanned<String>,
    started: Spanned<Datetime>,
    ended: Option<Spanned<Datetime>>,
    #[serde(default = "degraded")]
    state: State,
    #[serde(default)]
    zones: Vec<String>,
    #[serde(default)]
    providers: Vec<String>,
}

const fn degraded() -> State {
    State::Degraded
}

impl Incident {
    /// Reads the text of a file, or says everything that is wrong with it, each with line and column.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, Vec<Finding>> {
        let mut reader = Reader {
            file: file_name,
            text,
            findings: Vec::new(),
        };
        let incident = reader.read();
        match incident {
            Some(incident) if reader.findings.is_empty() => Ok(incident),
            _ => Err(reader.findings),
        }
    }

    /// Whether it lasts at `now`.
    pub(super) fn is_current(&self, now: u64) -> bool {
        self.started <= now && self.ended.is_none_or(|ended| ended > now)
    }
}

struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn read(&mut self) -> Option<Incident> {
        let name = self.name();
        let Some((head, body)) = split(self.text) else {
            let is_open = self.text.trim_start_matches('\u{feff}').starts_with("+++");
            let message = if is_open {
                "no second line `+++` ends the keys"
            } else {
                "there are no keys between two lines `+++`"
            };
            self.say("INC01", message, 0..3, EXAMPLE);
            return None;
        };
        let parsed: Head = match toml::from_str(&self.text[head.clone()]) {
            Ok(parsed) => parsed,
            Err(error) => {
                let span = error.span().unwrap_or(0..0);
                let span = head.start + span.start..head.start + span.end;
                self.say("INC02", error.message(), span, EXAMPLE);
                return None;
            }
        };
        let placed = |span: Range<usize>| head.start + span.start..head.start + span.end;
        let title = parsed.title.get_ref().trim().to_owned();
        if title.is_empty() || title.chars().any(char::is_control) {
            let hint = "write one line that a visitor understands";
            self.say(
                "INC02",
                "the title is no line of text",
                placed(parsed.title.span()),
                hint,
            );
        }
        let started = self.moment(parsed.started.get_ref(), placed(parsed.started.span()));
        let ended = parsed
            .ended
            .as_ref()
            .map(|written| self.moment(written.get_ref(), placed(written.span())));
        if let (Some(begin), Some(Some(end)), Some(written)) = (started, ended, &parsed.ended)
            && end < begin
        {
            let hint = "exchange the two, or correct the date";
            self.say(
                "INC03",
                "it ends before it starts",
                placed(written.span()),
                hint,
            );
        }
        Some(Incident {
            name: name?,
            title,
            started: started?,
            ended: match ended {
                Some(moment) => Some(moment?),
                None => None,
            },
            state: parsed.state,
            zones: parsed.zones,
            providers: parsed.providers,
            body: self.text[body..].trim().to_owned(),
        })
    }

    fn name(&mut self) -> Option<String> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let last = self.file.rsplit(['/', '\\']).next().unwrap_or(self.file);
        let name = last.strip_suffix(".md").filter(|name| {
            !name.is_empty()
                && name.len() <= 100
                && !name.starts_with('.')
                && name.chars().all(is_plain)
        });
        if name.is_none() {
            let message = format!("`{last}` is no name for an incident");
            let hint = "name it by its day and a word or two: 2026-11-30-alpha-slow.md";
            self.say("INC04", &message, 0..0, hint);
        }
        name.map(str::to_owned)
    }

    /// Seconds since 1970.
    fn moment(&mut self, written: &Datetime, span: Range<usize>) -> Option<u64> {
        let seconds = seconds(written);
        if seconds.is_none() {
            let hint = "write the date, the time and its offset: 2026-11-30T09:12:00Z";
            self.say(
                "INC03",
                &format!("`{written}` is no moment since 1970"),
                span,
                hint,
            );
        }
        seconds
    }

    fn say(&mut self, code: &'static str, message: &str, span: Range<usize>, hint: &str) {
        let start = span.start.min(self.text.len());
        let before = &self.text.as_bytes()[..start];
        let line = before.iter().filter(|&&octet| octet == b'\n').count() + 1;
        let column = before
            .iter()
            .rev()
            .take_while(|&&octet| octet != b'\n')
            .count();
        let source = self.text.lines().nth(line - 1).unwrap_or_default();
        let mut finding = Finding::new(code, Severity::Error, message).hint(hint).at(
            self.file,
            u32::try_from(line).unwrap_or(u32::MAX),
            u16::try_from(column + 1).unwrap_or(u16::MAX),
        );
        let length = span.len().min(source.len().saturating_sub(column));
        finding.length = u16::try_from(length).unwrap_or(u16::MAX);
        finding.source_line = Some(source.to_owned());
        self.findings.push(finding);
    }
}

/// Where the keys stand, and where the Markdown begins.
fn split(text: &str) -> Option<(Range<usize>, usize)> {
    let mut lines = text.split_inclusive('\n');
    let is_first = |line: &&str| line.trim_start_matches('\u{feff}').trim_end() == "+++";
    let first = lines.next().filter(is_first)?;
    let start = first.len();
    let mut at = start;
    for line in lines {
        if line.trim_end() == "+++" {
            return Some((start..at, at + line.len()));
        }
        at += line.len();
    }
    None
}

fn seconds(written: &Datetime) -> Option<u64> {
    let (date, time, offset) = (written.date?, written.time?, written.offset?);
    let day = Date::new(date.year.into(), date.month.into(), date.day.into())?.begin();
    let minutes = match offset {
        toml::value::Offset::Z => 0,
        toml::value::Offset::Custom { minutes } => i64::from(minutes),
    };
    let clock = u64::from(time.hour) * 3600
        + u64::from(time.minute) * 60
        + u64::from(time.second.unwrap_or(0));
    (day + clock).checked_add_signed(-minutes * 60)
}

#[cfg(test)]
mod tests;
