//! The name server daemon `nsd`, started for one test.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::process::Command;

use super::hosted::{Access, Hosted, Server, zone_file};
use super::require;

/// An `nsd` with zones of its own, which nobody can update.
pub struct Nsd(Server);

impl Nsd {
    /// Starts it with `zones`; `None` where NSD is not installed.
    pub fn start(zones: &[Hosted]) -> Option<Self> {
        let program = require("nsd", "nsd")?;
        Some(Self(Server::start("nsd", zones, |directory, address| {
            let path = directory.join("nsd.conf");
            fs::write(
                &path,
                configuration(zones, &directory.to_string_lossy(), address),
            )
            .expect("a configuration file");
            let mut command = Command::new(program);
            command.arg("-d").arg("-c").arg(path);
            command
        })))
    }
}

impl Deref for Nsd {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.0
    }
}

impl DerefMut for Nsd {
    fn deref_mut(&mut self) -> &mut Server {
        &mut self.0
    }
}

fn configuration(zones: &[Hosted], directory: &str, address: SocketAddr) -> String {
    let (ip, port) = (address.ip(), address.port());
    let mut text = format!(
        "server:
  ip-address: {ip}@{port}
  username: \"\"
  chroot: \"\"
  zonesdir: \"{directory}\"
  pidfile: \"\"
  database: \"\"
  zonelistfile: \"{directory}/zone.list\"
  xfrdfile: \"{directory}/xfrd.state\"
  xfrdir: \"{directory}\"
  server-count: 1
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
remote-control:
  control-enable: no
"
    );
    for zone in zones {
        let _ = writeln!(
            text,
            "zone:\n  name: \"{}\"\n  zonefile: \"{}\"",
            zone.origin,
            zone_file(zone),
        );
        if let Some(primary) = zone.primary {
            let (ip, port) = (primary.ip(), primary.port());
            let _ = writeln!(text, "  request-xfr: AXFR {ip}@{port} NOKEY");
            let _ = writeln!(text, "  allow-notify: 127.0.0.0/8 NOKEY");
        }
        if zone.transfer == Access::Anyone {
            let _ = writeln!(text, "  provide-xfr: 127.0.0.0/8 NOKEY");
        }
    }
    text
}
