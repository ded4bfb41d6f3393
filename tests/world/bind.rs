//! BIND's `named`, started for one test.

use std::fmt::Write as _;
use std::fs;
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::process::Command;

use super::hosted::{Access, Hosted, Server, for_each_key, zone_file};
use super::require;

/// A `named` with zones of its own.
pub struct Bind(Server);

impl Bind {
    /// Starts it with `zones`; `None` where BIND is not installed.
    pub fn start(zones: &[Hosted]) -> Option<Self> {
        let program = require("named", "bind9")?;
        Some(Self(Server::start("named", zones, |directory, address| {
            let path = directory.join("named.conf");
            fs::write(
                &path,
                configuration(zones, &directory.to_string_lossy(), address),
            )
            .expect("a configuration file");
            let mut command = Command::new(program);
            command.arg("-g").arg("-c").arg(path);
            command
        })))
    }
}

impl Deref for Bind {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.0
    }
}

impl DerefMut for Bind {
    fn deref_mut(&mut self) -> &mut Server {
        &mut self.0
    }
}

fn configuration(zones: &[Hosted], directory: &str, address: SocketAddr) -> String {
    let (ip, port) = (address.ip(), address.port());
    let mut text = for_each_key(|key| {
        format!(
            "key \"{}\" {{ algorithm {}; secret \"{}\"; }};\n",
            key.name, key.algorithm, key.secret
        )
    });
    let _ = write!(
        text,
        "controls {{ }};
options {{
  directory \"{directory}\"; managed-keys-directory \"{directory}\";
  pid-file none; lock-file none; session-keyfile none;
  listen-on port {port} {{ {ip}; }}; listen-on-v6 {{ none; }};
  recursion no; dnssec-validation no; notify no; empty-zones-enable no;
  check-names primary ignore; minimal-responses no;
}};
"
    );
    for zone in zones {
        let _ = writeln!(
            text,
            "zone \"{}\" {{ type primary; file \"{}\"; allow-transfer {{ {} }}; allow-update {{ {} }}; }};",
            zone.origin,
            zone_file(zone),
            who(zone.transfer),
            who(zone.update),
        );
    }
    text
}

fn who(access: Access) -> String {
    match access {
        Access::Anyone => "any;".to_owned(),
        Access::Keys => for_each_key(|key| format!("key \"{}\"; ", key.name)),
        Access::Nobody => "none;".to_owned(),
    }
}
