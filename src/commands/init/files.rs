//! The files of a new project beside zones and accounts.

use crate::commands::import::file_of;
use crate::plan::IgnoreRule;
use crate::zone::Name;

/// Where the policy goes.
pub(super) const POLICY: &str = "redundns.toml";

/// What the policy leaves alone.
const IGNORED: &str = "preset:acme";

/// Where the workflow goes.
pub(super) const WORKFLOW: &str = ".github/workflows/dns.yml";

/// What a new policy leaves alone.
pub(super) fn ignored() -> Vec<IgnoreRule> {
    vec![IGNORED.parse().expect("a preset")]
}

/// A new `redundns.toml`. Where the delegation was not looked at, there may be none yet.
pub(super) fn policy(is_delegation_seen: bool) -> String {
    let delegation = if is_delegation_seen {
        "# `check` and `sync` compare the delegation at the parent as well.\ndelegation = true"
    } else {
        "# `true` once the zone is delegated: `check` and `sync` compare the delegation at the parent as well.\n\
         delegation = false"
    };
    format!(
        "\
# What is not written here has its default.

[defaults]
{delegation}
# Records of others, neither changed nor called drift: ACME challenges come and go by themselves.
ignore = [\"{IGNORED}\"]
"
    )
}

/// The workflow: what a pull request would change, whether everything is as it should be, and the sync where that is
/// switched on. `variables` are those that the accounts read.
pub(super) fn workflow(variables: &[String]) -> String {
    let mut env = String::new();
    for name in variables {
        if env.is_empty() {
            env.push_str("    env:\n");
        }
        env += &format!("      {name}: ${{{{ secrets.{name} }}}}\n");
    }
    format!(
        "\
# Pull requests get a comment-sized plan in their summary; every hour the nameservers are asked.
# The sync after a merge is off until the repository's variable REDUNDNS_SYNC is `yes` (Settings, Variables).
name: dns
on:
  pull_request:
  push:
    branches: [main]
  schedule:
    - cron: \"17 * * * *\"
permissions:
  contents: read
concurrency: dns
jobs:
  dns:
    runs-on: ubuntu-latest
{env}    steps:
      - uses: actions/checkout@v4
      - run: cargo install --locked redundns
      - run: redundns lint
      - if: github.event_name == 'pull_request'
        run: redundns plan --format markdown >> \"$GITHUB_STEP_SUMMARY\"
      - if: github.event_name == 'push' && vars.REDUNDNS_SYNC == 'yes'
        run: redundns sync --yes
      - if: github.event_name == 'schedule'
        run: redundns check
"
    )
}

/// Where what is not the whole zone goes: no name that any command takes for a zone file.
pub(super) fn partial(origin: &Name) -> String {
    let file = file_of(origin);
    format!("{}.partial", file.trim_end_matches(".zone"))
}
