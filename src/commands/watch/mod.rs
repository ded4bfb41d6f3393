//! `watch`: `check` and the delegation part of `audit` on a schedule; a history, messages, metrics and a page of it.

mod own_name;
mod page;
mod parents;
mod round;
mod setup;
mod tell;

use std::pin::pin;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use super::console::Console;
use super::interrupt::{Interrupts, survive_size_limits};
use super::session::{Session, refuse, refuse_as};
use crate::cli::{Global, Watch};
use crate::config::Watching;
use crate::report::Outcome;
use crate::report::text::plural;
use crate::status::span;
use crate::watch::{
    self, Board, Change, History, Message, Mishap, Moment, Note, Post, Store, Target,
};
use page::Publisher;
use round::{Looker, Round};

/// How long messages may take that are under way when the program is to end.
const PARTING: Duration = Duration::from_secs(10);

/// The same after `--once`, when nobody is in a hurry.
const PARTING_ONCE: Duration = Duration::from_secs(30);

pub(super) async fn run(
    global: &Global,
    arguments: &Watch,
    console: &Console,
) -> anyhow::Result<Outcome> {
    let Some(session) = Session::open_or_say(global, "watch", console) else {
        return Ok(Outcome::Trouble);
    };
    super::session::show_findings(&session.project.findings, console);
    let mut settings = session.project.policy.watching.clone();
    settings.interval = arguments.interval.unwrap_or(settings.interval);
    settings.dns_only |= arguments.dns_only;
    let prepared = match setup::prepare(&session, &settings, arguments) {
        Ok(prepared) => prepared,
        Err(findings) => {
            refuse("watch", &findings, console);
            return Ok(Outcome::Trouble);
        }
    };
    if arguments.test_notify {
        return Ok(tell::test(&prepared.targets, console).await);
    }
    survive_size_limits();
    let mut history = History::new(settings.interval, settings.confirm);
    let path = session.project.directory.join(&settings.history);
    let (store, is_unsaved) = match Store::open(&path, &mut history) {
        Ok((store, note)) => {
            let is_full = matches!(note, Some(Note::Full(_)));
            if let Some(note) = note {
                console.error(&setup::noted(&settings.history, &note), None);
            }
            (store, is_full)
        }
        Err(refusal) => {
            let (outcome, finding) = setup::refused(&settings.history, &refusal);
            refuse_as(outcome, "watch", &[finding], console);
            return Ok(outcome);
        }
    };
    let listener = match setup::listen(&settings, arguments, console).await {
        Ok(listener) => listener,
        Err(finding) => {
            refuse("watch", &[finding], console);
            return Ok(Outcome::Trouble);
        }
    };
    let interrupts = Interrupts::watch(None);
    let post = Post::new(&prepared.targets);
    let board = Board::new(settings.interval);
    let mut watcher = Watcher {
        arguments,
        console,
        settings: &settings,
        interrupts: &interrupts,
        post: &post,
        board: &board,
        begun: Instant::now(),
        looker: Looker::new(global, arguments, &settings, prepared.hints, console),
        publisher: Publisher::new(&session, &settings, prepared.elsewhere),
        history,
        store,
        is_unsaved,
        is_late: false,
        rounds: 0,
    };
    let say = |text: &str| console.err(&format!("{text}\n"));
    post.resume(watcher.store.take_waiting(), wall(), &say);
    let mut deliver = pin!(post.deliver(&say));
    let serve = async {
        if let Some(listener) = listener {
            watch::serve(listener, &board, &prepared.targets).await;
        }
        std::future::pending::<()>().await;
    };
    let delivering = async {
        deliver.as_mut().await;
        std::future::pending::<()>().await;
    };
    let mut outcome = tokio::select! {
        outcome = watcher.rounds() => outcome,
        () = serve => Outcome::Same,
        () = delivering => Outcome::Same,
    };
    if !prepared.targets.is_empty() {
        post.close();
        let usual = if arguments.once {
            PARTING_ONCE
        } else {
            PARTING
        };
        let parting = global.timeout.map_or(usual, |timeout| timeout.min(usual));
        let _ = tokio::time::timeout(parting, deliver).await;
        watcher.part();
    }
    let is_lost = |target: &Target| target.tally().lost + target.tally().waiting > 0;
    if arguments.once && prepared.targets.iter().any(is_lost) {
        outcome = Outcome::worst([outcome, Outcome::Trouble]);
    }
    Ok(outcome)
}

/// Everything that lasts from round to round.
struct Watcher<'a> {
    arguments: &'a Watch,
    console: &'a Console,
    settings: &'a Watching,
    interrupts: &'a Interrupts,
    post: &'a Post<'a>,
    board: &'a Board,
    begun: Instant,
    looker: Looker<'a>,
    publisher: Publisher,
    history: History,
    store: Store,
    /// The history could not be written, which was said.
    is_unsaved: bool,
    /// The last round took longer than the interval, which was said.
    is_late: bool,
    rounds: u64,
}

impl Watcher<'_> {
    /// One round after the other; what the only one under `--once` comes to.
    async fn rounds(&mut self) -> Outcome {
        loop {
            let begun = Instant::now();
            let stop = &self.interrupts.stop;
            // What was not seen wholly was not seen; and somebody who asks twice does not want to wait.
            let round = tokio::select! {
                round = self.looker.look(stop) => round,
                () = self.interrupts.cut.requested() => None,
            };
            let Some(round) = round else {
                return self.interrupted();
            };
            let outcome = self.take(round, begun.elapsed()).await;
            if self.arguments.once {
                return if stop.is_requested() {
                    Outcome::Trouble
                } else {
                    outcome
                };
            }
            let (pause, is_late) = watch::pause(self.settings.interval, begun.elapsed(), chance());
            self.say_late(is_late, begun.elapsed());
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.interrupts.stop.requested() => {
                    self.console.note("stopped on request; the history is whole");
                    return Outcome::Same;
                }
            }
        }
    }

    fn interrupted(&self) -> Outcome {
        self.console
            .note("stopped on request in the middle of a round, which does not count");
        if self.arguments.once {
            Outcome::Trouble
        } else {
            Outcome::Same
        }
    }

    fn say_late(&mut self, is_late: bool, took: Duration) {
        if is_late {
            self.board.count(Mishap::Overrun);
        }
        if is_late && !self.is_late {
            let message = format!(
                "a round took {}, longer than the interval of {}: each pause is a tenth of that",
                span(took.as_secs()),
                span(self.settings.interval.as_secs())
            );
            let hint = "a longer `[watch] interval`, `--dns-only`, or `--timeout` for each round";
            self.console.error(&message, Some(hint));
        }
        self.is_late = is_late;
    }

    /// What a round that ended now comes to, for everybody who wants to know.
    async fn take(&mut self, round: Round, took: Duration) -> Outcome {
        let now = Moment {
            wall: wall(),
            steady: self.begun.elapsed(),
        };
        self.rounds += 1;
        let mut outcome = round.report.outcome;
        let (changes, leap) = self.history.observe(round.sights.clone(), now);
        if let Some(leap) = leap {
            self.board.count(Mishap::Leap);
            self.console.error(&tell::leap(leap), None);
        }
        let say = |text: &str| self.console.err(&format!("{text}\n"));
        for change in &changes {
            let message = Message::of(change);
            tell::change(
                change,
                &message,
                now.wall,
                self.arguments.once,
                self.console,
            );
            self.post.take(&message, now.wall, &say);
        }
        if !self.save(&changes) {
            outcome = Outcome::worst([outcome, Outcome::Trouble]);
        }
        // Where the file could not be read before, it may know of more.
        let waiting = self.store.take_waiting();
        self.post.resume(waiting, now.wall, &say);
        self.board
            .show(&round.report, &round.sights, now.wall, took);
        tell::round(
            &round,
            &self.history,
            self.rounds,
            took,
            self.arguments.once,
            self.settings,
            self.console,
        );
        let published = self
            .publisher
            .publish(&round, &self.history, now.wall, self.console)
            .await;
        if !published {
            self.board.count(Mishap::Unpublished);
            outcome = Outcome::worst([outcome, Outcome::Trouble]);
        }
        outcome
    }

    /// Stores what has not arrived, and says whom it is for.
    fn part(&mut self) {
        let waiting = self.post.waiting();
        let kept = self.store.keep_waiting(&mut self.history, &waiting);
        for (name, waiting) in self.post.undelivered() {
            let messages = plural(waiting as usize, "message");
            let told = match &kept {
                Ok(()) => {
                    format!("{name}: {messages} did not arrive, and the next run tries again\n")
                }
                Err(why) => {
                    format!(
                        "{name}: {messages} never arrived, nor can the next run try again: {why}\n"
                    )
                }
            };
            self.console.err(&told);
        }
    }

    /// Whether the history is on disk. That it is not is said once, and once that it is again.
    fn save(&mut self, changes: &[Change]) -> bool {
        let waiting = self.post.waiting();
        let saved = self
            .store
            .save(&mut self.history, changes, &waiting, self.settings.keep);
        match &saved {
            Ok(aside) => {
                if let Some(aside) = aside {
                    let note = Note::Aside(aside.clone());
                    let told = setup::noted(&self.settings.history, &note);
                    self.console.error(&told, None);
                }
                if self.is_unsaved {
                    self.console.note("the history is written again");
                }
            }
            Err(why) => {
                self.board.count(Mishap::Unsaved);
                if !self.is_unsaved {
                    let path = self.settings.history.display();
                    self.console.error(
                        &format!("the history cannot be written to {path}: {why}"),
                        Some("messages go out all the same; what is not written is tried again with every round"),
                    );
                }
            }
        }
        self.is_unsaved = saved.is_err();
        saved.is_ok()
    }
}

/// Seconds since 1970; a clock before that counts as 1970.
fn wall() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |since| since.as_secs())
}

/// A number from 0 to 1, another one each time.
fn chance() -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    f64::from(now.map_or(0, |since| since.subsec_micros() % 1000)) / 1000.0
}

/// Programs and files of the configuration begin at the project.
fn target(means: watch::Means, session: &Session) -> Target {
    Target::new(means, &session.project.directory)
}
