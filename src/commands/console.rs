//! The terminal: results on stdout, everything else on stderr, colour only where it is wanted.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use super::fold::fold;
use crate::adapters::run::Event;
use crate::cli::{Cli, Color, Command, Format};
use crate::config::path_from_root;
use crate::report::Outcome;
use crate::report::text::{Style, cut};

/// Nothing is said of work that takes less.
const PATIENCE: Duration = Duration::from_millis(500);

/// How often a pipe hears of work that takes long.
const PIPED_INTERVAL: u32 = 10;

/// Where everything is printed.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the command line, independent of the others"
)]
pub(super) struct Console {
    /// What results look like.
    pub(super) format: Format,
    /// Whether stdout takes colour.
    pub(super) color: bool,
    /// Whether stderr takes colour.
    pub(super) color_err: bool,
    /// Columns of the terminal, or 100.
    pub(super) width: usize,
    /// Only the outcome and what is wrong.
    pub(super) quiet: bool,
    /// More detail.
    pub(super) verbose: bool,
    /// How one gets from the root of the repository to what paths in reports begin at.
    pub(super) path_from_root: String,
    /// The exit code, where the format has its own.
    exit: OnceLock<u8>,
    /// Every request.
    logs: bool,
    /// Whether it is said what is waited for.
    tells_waits: bool,
    /// What is being waited for, the innermost last.
    waits: Arc<Mutex<Vec<u64>>>,
}

impl Console {
    pub(super) fn new(cli: &Cli) -> Self {
        let global = &cli.global;
        // Files that are named are named from here.
        let begins_here = matches!(&cli.command, Command::Lint(lint) if !lint.files.is_empty());
        let directory = if begins_here {
            Some(Path::new("."))
        } else {
            global.directory.as_deref()
        };
        let choice = |auto: anstream::ColorChoice| match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => auto != anstream::ColorChoice::Never,
        };
        Self {
            format: global.format(),
            color: choice(anstream::AutoStream::choice(&std::io::stdout())),
            color_err: choice(anstream::AutoStream::choice(&std::io::stderr())),
            width: terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0)),
            quiet: global.quiet,
            verbose: global.verbose > 0,
            path_from_root: path_from_root(directory),
            exit: OnceLock::new(),
            logs: global.verbose > 1,
            // Who watches for weeks waits all the time; nobody sits there.
            tells_waits: !global.quiet
                && (!matches!(cli.command, Command::Watch(_)) || std::io::stderr().is_terminal()),
            waits: Arc::default(),
        }
    }

    /// Ends the program with a code of the format's own.
    pub(super) fn exit_with(&self, code: u8) {
        let _ = self.exit.set(code);
    }

    /// The exit code of what the run came to.
    pub(super) fn exit_code(&self, outcome: Outcome) -> u8 {
        let own = self.exit.get().copied();
        own.unwrap_or_else(|| outcome.exit_code())
    }

    /// How stdout is laid out.
    pub(super) fn style(&self) -> Style {
        Style {
            color: self.color,
            width: self.width,
            verbose: self.verbose,
            quiet: self.quiet,
        }
    }

    /// Results for people in lines as long as the terminal is wide; where none is looked at, and in every other format,
    /// as they are.
    pub(super) fn out(&self, text: &str) {
        if self.format == Format::Text && std::io::stdout().is_terminal() {
            self.print(&fold(text, self.width));
        } else {
            self.print(text);
        }
    }

    /// Results as they are. A reader that went away, as in `| head`, is no error.
    #[expect(clippy::unused_self, reason = "whoever prints holds the console")]
    pub(super) fn print(&self, text: &str) {
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
        let _ = std::io::stdout().lock().flush();
    }

    /// Everything else.
    #[expect(clippy::unused_self, reason = "whoever prints holds the console")]
    pub(super) fn err(&self, text: &str) {
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
    }

    /// A note, unless `--quiet`.
    pub(super) fn note(&self, text: &str) {
        if !self.quiet {
            self.err(&self.folded(&format!("{text}\n")));
        }
    }

    /// A note in the middle of something that is being waited for.
    pub(super) fn interject(&self, text: &str) {
        if std::io::stderr().is_terminal() {
            self.err("\r\x1b[K");
        }
        self.note(text);
    }

    /// The same for those who want to know more.
    pub(super) fn detail(&self, text: &str) {
        if self.verbose {
            self.interject(text);
        }
    }

    /// What goes on between the program and a provider, as far as somebody wants to know.
    pub(super) fn hear(&self, event: &Event<'_>) {
        match *event {
            Event::Waiting {
                origin,
                pause,
                reason,
            } => self.interject(&format!(
                "waiting {} s for {origin}: {reason}",
                pause.as_secs_f32().ceil()
            )),
            Event::Exchange {
                method,
                url,
                status,
                took,
            } if self.logs => {
                let status = status.map_or("no answer".to_owned(), |status| status.to_string());
                let took = took.as_millis();
                self.interject(&format!("{method} {url}: {status}, {took} ms"));
            }
            Event::Exchange { .. } => {}
        }
    }

    /// What keeps the program from doing its work.
    pub(super) fn error(&self, message: &str, hint: Option<&str>) {
        let label = if self.color_err {
            "\x1b[1;31merror\x1b[0m"
        } else {
            "error"
        };
        let mut text = format!("{label}: {message}\n");
        if let Some(hint) = hint {
            text += &format!("hint: {hint}\n");
        }
        self.err(&self.folded(&text));
    }

    /// For stderr: in lines as long as the terminal is wide; as it is where nobody looks at one.
    pub(super) fn folded(&self, text: &str) -> String {
        if std::io::stderr().is_terminal() {
            fold(text, self.width)
        } else {
            text.to_owned()
        }
    }

    /// Whether somebody sits there to answer a question.
    #[expect(clippy::unused_self, reason = "whoever prints holds the console")]
    pub(super) fn can_ask(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Asks on stderr; anything but `y` or `yes` is no.
    pub(super) async fn ask(&self, question: &str) -> bool {
        let answer = self.question(&format!("{question} [y/N] ")).await;
        matches!(answer.as_deref(), Some("y" | "Y" | "yes"))
    }

    /// Asks on stderr for a line; nothing where the input ended. Whoever drops the future leaves a thread behind that
    /// waits for the keyboard, which keeps nobody from ending.
    pub(super) async fn question(&self, question: &str) -> Option<String> {
        self.err(question);
        let answer = tokio::task::spawn_blocking(|| {
            let mut answer = String::new();
            std::io::stdin().read_line(&mut answer).map(|_| answer)
        });
        let answer = answer.await.ok()?.ok()?;
        answer.ends_with('\n').then(|| answer.trim().to_owned())
    }

    /// Asks until one of `options` is named by its number or its words; nothing where the input ended.
    pub(super) async fn choose(&self, question: &str, options: &[String]) -> Option<usize> {
        self.err(&self.folded(&format!("{question}\n")));
        for (index, option) in options.iter().enumerate() {
            self.err(&self.folded(&format!("  {}  {option}\n", index + 1)));
        }
        loop {
            let answer = self.question("> ").await?;
            let number = answer
                .parse()
                .ok()
                .and_then(|number: usize| number.checked_sub(1));
            let named = options.iter().position(|option| *option == answer);
            match number.filter(|number| *number < options.len()).or(named) {
                Some(index) => return Some(index),
                None => self.err(&format!(
                    "a number from 1 to {}, or Ctrl-D to leave\n",
                    options.len()
                )),
            }
        }
    }

    /// Says on stderr what is waited for, once it takes long, until the guard is dropped. Of several the innermost is
    /// shown.
    pub(super) fn progress(&self, text: &str) -> Progress {
        let text = Arc::new(Mutex::new(text.to_owned()));
        if !self.tells_waits {
            return Progress { text, task: None };
        }
        let wait = Wait::begin(&self.waits);
        let is_shown = wait.looks();
        let terminal = std::io::stderr().is_terminal();
        let shown = Arc::clone(&text);
        let (begun, width) = (Instant::now(), self.width);
        let task = tokio::spawn(async move {
            let mut ticks = 0_u32;
            loop {
                tokio::time::sleep(PATIENCE).await;
                let text = shown.lock().map(|text| text.clone()).unwrap_or_default();
                if !is_shown() {
                    continue;
                }
                let text = match begun.elapsed().as_secs() {
                    0 => text,
                    seconds => format!("{text} ({seconds} s)"),
                };
                if terminal {
                    // A line that breaks could not be wiped.
                    let text = cut(&text, width.saturating_sub(1));
                    let _ = write!(std::io::stderr(), "\r\x1b[K{text}");
                } else if ticks.is_multiple_of(PIPED_INTERVAL) {
                    let _ = writeln!(std::io::stderr(), "{text}");
                }
                ticks += 1;
            }
        });
        Progress {
            text,
            task: Some((task, terminal, wait)),
        }
    }
}

/// A place among the things that are waited for.
struct Wait {
    all: Arc<Mutex<Vec<u64>>>,
    own: u64,
}

impl Wait {
    fn begin(all: &Arc<Mutex<Vec<u64>>>) -> Self {
        let mut own = 0;
        if let Ok(mut waits) = all.lock() {
            own = waits.iter().max().map_or(0, |last| last + 1);
            waits.push(own);
        }
        Self {
            all: Arc::clone(all),
            own,
        }
    }

    /// Tells whether this is the innermost.
    fn looks(&self) -> impl Fn() -> bool + Send + 'static {
        let (all, own) = (Arc::clone(&self.all), self.own);
        move || all.lock().is_ok_and(|waits| waits.last() == Some(&own))
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        if let Ok(mut waits) = self.all.lock() {
            waits.retain(|&wait| wait != self.own);
        }
    }
}

/// What is being waited for.
pub(super) struct Progress {
    text: Arc<Mutex<String>>,
    task: Option<(tokio::task::JoinHandle<()>, bool, Wait)>,
}

impl Progress {
    /// Says something else from now on.
    pub(super) fn say(&self, text: String) {
        if let Ok(mut shown) = self.text.lock() {
            *shown = text;
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((task, terminal, _wait)) = self.task.take() {
            task.abort();
            if terminal {
                let _ = write!(std::io::stderr(), "\r\x1b[K");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_waits_the_innermost_is_shown() {
        let all = Arc::default();
        let outer = Wait::begin(&all);
        let inner = Wait::begin(&all);
        let (outer_shows, inner_shows) = (outer.looks(), inner.looks());
        assert!(!outer_shows() && inner_shows());
        drop(inner);
        assert!(outer_shows() && !inner_shows());
    }
}
