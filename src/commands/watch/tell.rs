//! What the terminal is told: changes, and as much of the rounds as somebody wants to know.

use std::time::Duration;

use super::round::Round;
use crate::cli::Format;
use crate::commands::console::Console;
use crate::config::Watching;
use crate::report::Outcome;
use crate::report::text::plural;
use crate::status::{State, span};
use crate::watch::{Change, History, Leap, Message, Target};
use crate::zone::rfc3339;

/// One change: a line and its reasons, or a line of JSON.
pub(super) fn change(change: &Change, message: &Message, now: u64, once: bool, console: &Console) {
    if console.format == Format::Json {
        if !once {
            let line = serde_json::to_string(message).expect("words and numbers have a JSON form");
            console.out(&format!("{line}\n"));
        }
        return;
    }
    let symbol = symbol(change.sight.state);
    let mut text = format!("{} {symbol} {}\n", rfc3339(now), message.title);
    let lines = message.text.lines().skip(1);
    text.extend(lines.map(|line| format!("    {line}\n")));
    console.out(&text);
}

fn symbol(state: State) -> char {
    match state {
        State::Good => '=',
        State::Degraded => '~',
        State::Failed => '!',
        State::Unknown => '?',
    }
}

/// A round. Of the only one every zone is told, of many the first one is, and more only to whoever wants to know.
pub(super) fn round(
    round: &Round,
    history: &History,
    number: u64,
    took: Duration,
    once: bool,
    settings: &Watching,
    console: &Console,
) {
    if once && console.format == Format::Json {
        console.out(&round.report.to_json());
        return;
    }
    let zones = || {
        round
            .sights
            .iter()
            .filter(|sight| sight.subject.provider.is_none())
    };
    if once && !console.quiet {
        for sight in zones() {
            let is_confirmed = history
                .track(&sight.subject)
                .is_some_and(|track| track.state == Some(sight.state));
            let note = if is_confirmed {
                String::new()
            } else {
                format!(
                    ", seen once; it counts after {} running",
                    plural(settings.confirm as usize, "round")
                )
            };
            let mut text = format!(
                "{} {}: {}{note}\n",
                symbol(sight.state),
                sight.subject.zone,
                sight.state.word()
            );
            let reasons = sight.reasons.iter().chain(&sight.details);
            text.extend(reasons.map(|reason| format!("    - {reason}\n")));
            console.out(&text);
        }
    } else if !once && (number == 1 || console.verbose) {
        let states = State::ALL.map(|state| {
            let count = zones().filter(|sight| sight.state == state).count();
            (count > 0).then(|| format!("{count} {}", state.word()))
        });
        let states: Vec<String> = states.into_iter().flatten().collect();
        let states = if states.is_empty() {
            "no zone".to_owned()
        } else {
            states.join(", ")
        };
        let more = if number == 1 {
            format!(
                "; every {} from now on, Ctrl-C stops",
                span(settings.interval.as_secs())
            )
        } else {
            String::new()
        };
        console.note(&format!(
            "round {number}: {states}, in {:.1} s{more}",
            took.as_secs_f64()
        ));
    }
}

/// A leap of the wall clock.
pub(super) fn leap(leap: Leap) -> String {
    let how = if leap < 0 { "back" } else { "ahead" };
    format!(
        "the clock leapt {how} by {}: the time since the last round counts as unknown",
        span(leap.unsigned_abs())
    )
}

/// Sends everybody a message, and says what came of it.
pub(super) async fn test(targets: &[Target], console: &Console) -> Outcome {
    if targets.is_empty() {
        let hint = "write [[notify]] and slack = { env = \"SLACK_WEBHOOK\" } into redundns.toml";
        console.error("nobody is to be notified", Some(hint));
        return Outcome::Trouble;
    }
    let message = Message::test(super::wall());
    let mut outcome = Outcome::Same;
    for target in targets {
        match target.try_once(&message).await {
            Ok(answer) => console.out(&format!("= {}: {answer}\n", target.name())),
            Err(why) => {
                console.out(&format!("! {}: {why}\n", target.name()));
                outcome = Outcome::Trouble;
            }
        }
    }
    outcome
}
