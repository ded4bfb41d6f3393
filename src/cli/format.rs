//! In which form a report is given, and which commands give it in that form.

use clap::ValueEnum;

/// Output formats.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people
    Text,
    /// For machines, versioned
    Json,
    /// For a comment on a pull request
    Markdown,
    /// Annotations on the lines of a pull request, and the summary of a job
    Github,
    /// Test results for Jenkins, GitLab and others
    Junit,
    /// Results for code scanning, SARIF 2.1.0
    Sarif,
    /// One line and performance data, with exit codes 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN
    Nagios,
    /// Metrics for the textfile collector of the `node_exporter`
    Prometheus,
    /// One page with the agreement matrix and a latency heat map, readable without a network
    Html,
}

/// Every format, what it is for, and which commands have it.
pub(super) fn table() -> String {
    let mut out = "Formats:".to_owned();
    for format in Format::value_variants() {
        let commands = format
            .commands()
            .map_or("every command".to_owned(), |own| own.join(", "));
        out += &format!(
            "\n  {:<11} {}\n              {commands}",
            format.name(),
            format.purpose()
        );
    }
    out
}

impl Format {
    /// As typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Github => "github",
            Self::Junit => "junit",
            Self::Sarif => "sarif",
            Self::Nagios => "nagios",
            Self::Prometheus => "prometheus",
            Self::Html => "html",
        }
    }

    /// The commands that have it; nothing where all do.
    fn commands(self) -> Option<&'static [&'static str]> {
        match self {
            Self::Text | Self::Json => None,
            Self::Markdown | Self::Github => Some(&["lint", "plan", "sync", "check", "audit"]),
            Self::Junit => Some(&["lint", "sync", "check", "audit"]),
            Self::Sarif => Some(&["lint", "plan", "check", "audit"]),
            Self::Html => Some(&["sync", "check", "audit"]),
            Self::Nagios | Self::Prometheus => Some(&["check", "audit"]),
        }
    }

    /// Whether the command has it.
    pub fn suits(self, command: &str) -> bool {
        self.commands()
            .is_none_or(|commands| commands.contains(&command))
    }

    /// All that the command has.
    pub fn of(command: &str) -> impl Iterator<Item = Self> {
        let all = Self::value_variants().iter().copied();
        all.filter(move |format| format.suits(command))
    }

    /// What it is for, in a few words.
    fn purpose(self) -> &'static str {
        match self {
            Self::Text => "for people",
            Self::Json => "for machines, versioned",
            Self::Markdown => "a comment on a pull request",
            Self::Github => "annotations, and a job's summary",
            Self::Junit => "test results",
            Self::Sarif => "code scanning, SARIF 2.1.0",
            Self::Nagios => "one line, with exit codes of its own",
            Self::Prometheus => "metrics for a textfile collector",
            Self::Html => "one page that needs no network",
        }
    }

    /// `sync and check have`.
    pub fn those_with(self) -> String {
        let quoted = |name: &&str| format!("`{name}`");
        match self.commands().and_then(<[_]>::split_last) {
            None => "every command has".to_owned(),
            Some((only, [])) => format!("`{only}` has"),
            Some((last, others)) => {
                let others: Vec<String> = others.iter().map(quoted).collect();
                format!("{} and `{last}` have", others.join(", "))
            }
        }
    }
}
