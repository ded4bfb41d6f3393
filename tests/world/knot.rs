//! Knot DNS's `knotd`, started for one test.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::process::Command;

use super::hosted::{Access, Hosted, KEYS, Server, for_each_key, zone_file};
use super::require;

/// A `knotd` with zones of its own.
pub struct Knot(Server);

impl Knot {
    /// Starts it with `zones`; `None` where Knot is not installed.
    pub fn start(zones: &[Hosted]) -> Option<Self> {
        let program = require("knotd", "knot")?;
        Some(Self(Server::start("knotd", zones, |directory, address| {
            let path = directory.join("knot.conf");
            fs::write(
                &path,
                configuration(zones, &directory.to_string_lossy(), address),
            )
            .expect("a configuration file");
            let mut command = Command::new(program);
            command.arg("-c").arg(path);
            command
        })))
    }
}

impl Deref for Knot {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.0
    }
}

impl DerefMut for Knot {
    fn deref_mut(&mut self) -> &mut Server {
        &mut self.0
    }
}

fn configuration(zones: &[Hosted], directory: &str, address: SocketAddr) -> String {
    let (ip, port) = (address.ip(), address.port());
    let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    let names = names.join(", ");
    let keys = for_each_key(|key| {
        format!(
            "  - id: {}\n    algorithm: {}\n    secret: {}\n",
            key.name, key.algorithm, key.secret
        )
    });
    let mut text = format!(
        "server:
    listen: {ip}@{port}
    rundir: {directory}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: {directory}
log:
  - target: stderr
    any: info
key:
{keys}acl:
  - id: transfer-keys
    key: [{names}]
    action: transfer
  - id: update-keys
    key: [{names}]
    action: update
  - id: transfer-anyone
    address: 127.0.0.0/8
    action: transfer
  - id: notify-keys
    key: [{names}]
    action: notify
  - id: update-anyone
    address: 127.0.0.0/8
    action: update
"
    );
    let primaries = zones.iter().filter_map(|zone| Some((zone, zone.primary?)));
    for (index, (zone, primary)) in primaries.enumerate() {
        let heading = if index == 0 { "remote:\n" } else { "" };
        let (ip, port) = (primary.ip(), primary.port());
        let _ = writeln!(
            text,
            "{heading}  - id: primary-of-{}\n    address: {ip}@{port}",
            zone.origin
        );
    }
    text.push_str("zone:\n");
    for zone in zones {
        let mut acl: Vec<String> = [("transfer", zone.transfer), ("update", zone.update)]
            .into_iter()
            .filter_map(|(action, access)| match access {
                Access::Anyone => Some(format!("{action}-anyone")),
                Access::Keys => Some(format!("{action}-keys")),
                Access::Nobody => None,
            })
            .collect();
        let mut primary = String::new();
        if zone.primary.is_some() {
            acl.push("notify-keys".to_owned());
            primary = format!("\n    master: primary-of-{}", zone.origin);
        }
        let _ = writeln!(
            text,
            "  - domain: {}
    storage: {directory}
    file: {}
    zonefile-sync: -1
    acl: [{}]{}",
            zone.origin,
            zone_file(zone),
            acl.join(", "),
            primary,
        );
    }
    text
}
