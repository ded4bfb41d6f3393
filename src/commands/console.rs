//! The terminal: results on stdout, everything else on stderr, colour only where it is wanted.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::cli::{Color, Format, Global};
use crate::report::text::Style;

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
}

impl Console {
    pub(super) fn new(global: &Global) -> Self {
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
            verbose: global.verbose,
        }
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

    /// Results. A reader that went away, as in `| head`, is no error.
    #[expect(clippy::unused_self, reason = "whoever prints holds the console")]
    pub(super) fn out(&self, text: &str) {
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
            self.err(&format!("{text}\n"));
        }
    }

    /// A note in the middle of something that is being waited for.
    pub(super) fn interject(&self, text: &str) {
        if std::io::stderr().is_terminal() {
            self.err("\r\x1b[K");
        }
        self.note(text);
    }

    /// What keeps the program from doing its work.
    pub(super) fn error(&self, message: &str, hint: Option<&str>) {
        let label = if self.color_err {
            "\x1b[1;31merror\x1b[0m"
        } else {
            "error"
        };
        self.err(&format!("{label}: {message}\n"));
        if let Some(hint) = hint {
            self.err(&format!("hint: {hint}\n"));
        }
    }

    /// Whether somebody sits there to answer a question.
    #[expect(clippy::unused_self, reason = "whoever prints holds the console")]
    pub(super) fn can_ask(&self) -> bool {
        std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
    }

    /// Asks on stderr; anything but `y` or `yes` is no.
    pub(super) fn ask(&self, question: &str) -> bool {
        self.err(&format!("{question} [y/N] "));
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).is_ok()
            && matches!(answer.trim(), "y" | "Y" | "yes")
    }

    /// Says on stderr what is waited for, once it takes long, until the guard is dropped.
    pub(super) fn progress(&self, text: &str) -> Progress {
        let text = Arc::new(Mutex::new(text.to_owned()));
        if self.quiet {
            return Progress { text, task: None };
        }
        let terminal = std::io::stderr().is_terminal();
        let shown = Arc::clone(&text);
        let task = tokio::spawn(async move {
            let mut ticks = 0_u32;
            loop {
                tokio::time::sleep(PATIENCE).await;
                let text = shown.lock().map(|text| text.clone()).unwrap_or_default();
                if terminal {
                    let _ = write!(std::io::stderr(), "\r\x1b[K{text}");
                } else if ticks.is_multiple_of(PIPED_INTERVAL) {
                    let _ = writeln!(std::io::stderr(), "{text}");
                }
                ticks += 1;
            }
        });
        Progress {
            text,
            task: Some((task, terminal)),
        }
    }
}

/// What is being waited for.
pub(super) struct Progress {
    text: Arc<Mutex<String>>,
    task: Option<(tokio::task::JoinHandle<()>, bool)>,
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
        if let Some((task, terminal)) = self.task.take() {
            task.abort();
            if terminal {
                let _ = write!(std::io::stderr(), "\r\x1b[K");
            }
        }
    }
}
