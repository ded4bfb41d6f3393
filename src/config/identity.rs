//! Who runs the program, for the journal and the lock.

use std::path::Path;
use std::process::{Command, Stdio};

use super::secret::environment;

/// Where CI systems say which job this is.
const JOBS: &[&str] = &[
    "CI_JOB_URL",
    "BUILD_URL",
    "CIRCLE_BUILD_URL",
    "BUILDKITE_BUILD_URL",
    "TRAVIS_BUILD_WEB_URL",
    "CI_PIPELINE_URL",
];

/// `user@host`; what cannot be found out is `unknown`.
pub fn who() -> String {
    let known = |text: Option<String>| text.unwrap_or_else(|| "unknown".to_owned());
    format!("{}@{}", known(user()), known(host()))
}

/// The CI job as a URL, where the environment tells of one.
pub fn job() -> Option<String> {
    let github = || {
        Some(format!(
            "{}/{}/actions/runs/{}",
            variable("GITHUB_SERVER_URL")?,
            variable("GITHUB_REPOSITORY")?,
            variable("GITHUB_RUN_ID")?
        ))
    };
    github().or_else(|| JOBS.iter().find_map(|name| variable(name)))
}

fn user() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .find_map(|name| variable(name))
        .or_else(|| told(Command::new("id").arg("-un")))
}

fn host() -> Option<String> {
    ["HOSTNAME", "COMPUTERNAME"]
        .iter()
        .find_map(|name| variable(name))
        .or_else(|| {
            let text = std::fs::read_to_string(Path::new("/proc/sys/kernel/hostname")).ok()?;
            plain(&text)
        })
        .or_else(|| told(&mut Command::new("hostname")))
}

fn variable(name: &str) -> Option<String> {
    environment(name).as_deref().and_then(plain)
}

fn told(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    plain(std::str::from_utf8(&output.stdout).ok()?)
}

/// One line without what a terminal would obey; `None` where nothing is left.
fn plain(text: &str) -> Option<String> {
    let text = text.trim().replace(char::is_control, " ");
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_runs_it_is_one_word_before_and_one_behind_the_at() {
        let who = who();
        let (user, host) = who.split_once('@').expect("an at sign");
        assert!(!user.is_empty() && !host.is_empty(), "{who}");
        assert_eq!(plain(" a\u{1b}[1m\n").as_deref(), Some("a [1m"));
        assert_eq!(plain(" \n"), None);
    }
}
