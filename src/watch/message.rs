//! What somebody is told of a change: as data, and in words.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::history::Change;
use crate::status::{State, span};
use crate::zone::rfc3339;

/// The version of the JSON form.
const VERSION: u32 = 1;

/// How many nameservers are named in words.
const NAMED: usize = 6;

/// One change of state. Fields may be added within a version, never change their meaning.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Message {
    /// Of the JSON form: 1.
    pub version: u32,
    /// `change`, or `test`, which is about nothing.
    pub event: String,
    /// The apex.
    pub zone: String,
    /// Account id; null where it is about the zone as a whole.
    pub provider: Option<String>,
    /// The state before: `good`, `degraded`, `failed` or `unknown`; null where nobody had looked before.
    pub from: Option<String>,
    /// The state now.
    pub to: String,
    /// Since when, in UTC.
    pub since: String,
    /// For how many seconds it was `from`.
    pub lasted: u64,
    /// Why, one sentence each.
    pub reasons: Vec<String>,
    /// The nameservers that are to blame.
    pub nameservers: Vec<String>,
    /// The command that shows it.
    pub reproduce: Option<String>,
    /// All of it in one line.
    pub title: String,
    /// All of it in words.
    pub text: String,
}

impl Message {
    /// What is told of `change`.
    pub fn of(change: &Change) -> Self {
        let sight = &change.sight;
        let subject = &sight.subject;
        let whose = match &subject.provider {
            Some(provider) => format!("{} at {provider}", subject.zone),
            None => subject.zone.clone(),
        };
        let to = sight.state.word();
        let lasted = span(change.lasted);
        let title = match (change.from, sight.state) {
            (Some(before), State::Good) => {
                format!("{whose}: good again, was {} for {lasted}", before.word())
            }
            (Some(before), _) => format!("{whose}: {to}, was {} for {lasted}", before.word()),
            (None, _) => format!("{whose}: {to} since it is watched"),
        };
        let since = rfc3339(change.since);
        let mut text = format!("{title}\nsince {since}");
        for reason in sight.reasons.iter().chain(&sight.details) {
            let _ = write!(text, "\n- {reason}");
        }
        if !sight.nameservers.is_empty() {
            let named = sight.nameservers.iter().take(NAMED).cloned();
            let more = sight.nameservers.len().checked_sub(NAMED + 1);
            let more = more.map(|more| format!("{} more", more + 1));
            let named: Vec<String> = named.chain(more).collect();
            let _ = write!(text, "\nat {}", named.join(", "));
        }
        if let Some(command) = &sight.reproduce {
            let _ = write!(text, "\n{command}");
        }
        Self {
            version: VERSION,
            event: "change".to_owned(),
            zone: subject.zone.clone(),
            provider: subject.provider.clone(),
            from: change.from.map(|state| state.word().to_owned()),
            to: to.to_owned(),
            since,
            lasted: change.lasted,
            reasons: [&*sight.reasons, &*sight.details].concat(),
            nameservers: sight.nameservers.clone(),
            reproduce: sight.reproduce.clone(),
            title,
            text,
        }
    }

    /// A message about nothing, to see whether it arrives.
    pub fn test(now: u64) -> Self {
        let title = "redundns: a test message, nothing is wrong".to_owned();
        Self {
            version: VERSION,
            event: "test".to_owned(),
            to: State::Good.word().to_owned(),
            since: rfc3339(now),
            text: format!("{title}\nsent by `redundns watch --test-notify`"),
            title,
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::history::{Sight, Subject};
    use super::*;

    fn change(from: Option<State>, to: State) -> Message {
        Message::of(&Change {
            sight: Sight {
                subject: Subject {
                    zone: "example.com.".to_owned(),
                    provider: Some("beta".to_owned()),
                },
                state: to,
                details: vec!["its API answered 401".to_owned()],
                reasons: vec![
                    "ns1.beta.example. 192.0.2.1:53 answers nothing (timeout)".to_owned(),
                ],
                nameservers: (1..=8)
                    .map(|n| format!("ns{n}.beta.example. 192.0.2.{n}:53"))
                    .collect(),
                reproduce: Some("dig +norec @192.0.2.1 example.com. SOA".to_owned()),
            },
            from,
            since: 1_795_439_101,
            lasted: 1500,
        })
    }

    #[test]
    fn a_change_is_told_with_its_time_its_reasons_and_how_to_see_it() {
        let message = change(Some(State::Good), State::Failed);
        assert_eq!(
            message.title,
            "example.com. at beta: failed, was good for 25 min"
        );
        for part in [
            "since 2026-11-23T13:05:01Z",
            "answers nothing (timeout)",
            "- its API answered 401\n",
            "ns6.beta.example. 192.0.2.6:53, 2 more\n",
            "dig +norec @192.0.2.1 example.com. SOA",
        ] {
            assert!(message.text.contains(part), "{part}:\n{}", message.text);
        }
        let message = change(Some(State::Failed), State::Good);
        assert_eq!(
            message.title,
            "example.com. at beta: good again, was failed for 25 min"
        );
        let message = change(None, State::Unknown);
        assert_eq!(
            message.title,
            "example.com. at beta: unknown since it is watched"
        );
    }

    #[test]
    fn the_json_form_is_read_back() {
        let message = change(Some(State::Good), State::Degraded);
        let text = serde_json::to_string(&message).expect("a JSON form");
        assert!(text.contains("\"from\":\"good\"") && text.contains("\"to\":\"degraded\""));
        let told = "ns1.beta.example. 192.0.2.1:53 answers nothing (timeout)";
        assert_eq!(message.reasons, [told, "its API answered 401"]);
        assert_eq!(serde_json::from_str::<Message>(&text).ok(), Some(message));
    }
}
