//! In which form a report is given, and which commands give it in that form.

use clap::ValueEnum;

/// Output formats.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people
    Text,
    /// For machines, versioned
    Json,
    /// For a comment on a pull request: `lint`, `plan`, `sync` and `check`
    Markdown,
    /// Annotations on the lines of a pull request, and the summary of a job: `lint`, `plan`, `sync`, `check` and `audit`
    Github,
    /// Test results for Jenkins, GitLab and others: `lint`, `sync`, `check` and `audit`
    Junit,
    /// Results for code scanning, SARIF 2.1.0: `lint`, `plan`, `check` and `audit`
    Sarif,
    /// One line and performance data, with exit codes 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN: `check` and `audit`
    Nagios,
    /// Metrics for the textfile collector of the `node_exporter`: `check` and `audit`
    Prometheus,
    /// One page with the agreement matrix and a latency heat map, readable without a network: `sync`, `check` and `audit`
    Html,
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
            Self::Markdown => Some(&["lint", "plan", "sync", "check"]),
            Self::Github => Some(&["lint", "plan", "sync", "check", "audit"]),
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
