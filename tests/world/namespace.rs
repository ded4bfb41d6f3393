//! A network of its own for one test: every address and port 53 are free there, and nothing leaves it.

use std::process::Command;

use super::{environment, program};

/// Set inside.
const VARIABLE: &str = "REDUNDNS_TEST_NAMESPACE";

/// Whether the caller runs in a network of its own. Where it does not, the test named `test` is run once more in one,
/// with its outcome, and there is nothing left for the caller to do. Where none can be made that is a named skip, and a
/// failure under `CI=true`.
pub fn inside(test: &str) -> bool {
    if environment(VARIABLE).is_some() {
        return true;
    }
    let unshare = program("unshare").filter(|unshare| {
        let made = Command::new(unshare)
            .args(["--user", "--map-root-user", "--net", "true"])
            .output();
        made.is_ok_and(|made| made.status.success())
    });
    let Some(unshare) = unshare.filter(|_| program("ip").is_some()) else {
        assert!(
            environment("CI").is_none(),
            "no network namespace can be made: `unshare --user --map-root-user --net` fails, or `ip` is missing"
        );
        eprintln!("SKIPPED: `{test}` needs a network namespace (unshare, iproute2)");
        return false;
    };
    let own = std::env::current_exe().expect("the test's own program");
    let status = Command::new(unshare)
        .args(["--user", "--map-root-user", "--net"])
        .arg(own)
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(VARIABLE, "1")
        .status()
        .expect("it runs");
    assert!(status.success(), "`{test}` failed in its namespace");
    false
}

/// Gives the loopback device of the namespace these addresses.
pub fn have_addresses(addresses: &[&str]) {
    run(&["link", "set", "lo", "up"]);
    for address in addresses {
        let length = if address.contains(':') { 128 } else { 32 };
        run(&[
            "addr",
            "replace",
            &format!("{address}/{length}"),
            "dev",
            "lo",
        ]);
    }
}

fn run(arguments: &[&str]) {
    let ip = program("ip").expect("iproute2, or there would be no namespace");
    let output = Command::new(ip).args(arguments).output().expect("it runs");
    assert!(
        output.status.success(),
        "ip {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
