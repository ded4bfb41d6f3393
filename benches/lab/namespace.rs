//! A network namespace of its own, in which port 53 is free and every address is the lab's.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::IpAddr;
use std::process::{Command, ExitCode, Stdio};

use crate::world::{environment, program, require};

/// Set in the process that runs inside.
const INSIDE: &str = "REDUNDNS_LAB_INSIDE";

/// How a namespace is made; neither needs to be root.
const UNSHARE: [&str; 3] = ["--user", "--map-root-user", "--net"];

/// Whether this process runs inside already.
pub fn is_inside() -> bool {
    environment(INSIDE).is_some()
}

/// Runs this program again inside a new namespace, which goes when it ends; a named skip where none can be made.
pub fn enter() -> ExitCode {
    let (Some(unshare), Some(_)) = (require("unshare", "util-linux"), require("ip", "iproute2"))
    else {
        return ExitCode::SUCCESS;
    };
    let able = Command::new(&unshare)
        .args(UNSHARE)
        .arg("true")
        .stderr(Stdio::null())
        .status();
    if !able.is_ok_and(|status| status.success()) {
        assert!(
            environment("CI").is_none(),
            "this system does not permit network namespaces (unshare --user --net)"
        );
        eprintln!("SKIPPED: this system does not permit network namespaces (unshare --user --net)");
        return ExitCode::SUCCESS;
    }
    let status = Command::new(unshare)
        .args(UNSHARE)
        .arg(std::env::current_exe().expect("the path of this program"))
        .args(std::env::args_os().skip(1))
        .env(INSIDE, "1")
        .status()
        .expect("the program runs again");
    if status.success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Gives `addresses` to the loopback interface, and everything else a route that leads nowhere.
pub fn set_up(addresses: &BTreeSet<IpAddr>) {
    let mut lines = "link set lo up\n".to_owned();
    for address in addresses {
        let length = if address.is_ipv4() { 32 } else { 128 };
        let _ = writeln!(lines, "addr add {address}/{length} dev lo");
    }
    lines.push_str("route add default dev lo\n");
    ip(&[], &lines);
    ip(&["-6"], "route add default dev lo\n");
}

fn ip(family: &[&str], lines: &str) {
    let program = program("ip").expect("iproute2, which was looked for");
    let mut child = Command::new(program)
        .args(family)
        .args(["-batch", "-"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("ip runs");
    let mut input = child.stdin.take().expect("its input");
    input.write_all(lines.as_bytes()).expect("it reads");
    drop(input);
    assert!(
        child.wait().is_ok_and(|status| status.success()),
        "ip does not take\n{lines}"
    );
}
