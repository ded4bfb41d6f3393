//! What each program is told.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use super::{Root, Serving, Software, file_name};
use crate::faults::Quirk;
use crate::signer::output;
use crate::world::program;

fn command(name: &str) -> Command {
    Command::new(program(name).expect("a server that was looked for"))
}

/// Its configuration and command line.
pub(super) fn bind(serving: &Serving, directory: &Path, root: &Root<'_>) -> Command {
    let path = directory.display();
    let listen = |keyword: &str, v4: bool| {
        let of_family: Vec<&SocketAddr> = serving
            .listen
            .iter()
            .filter(|address| address.is_ipv4() == v4)
            .collect();
        if of_family.is_empty() {
            return format!("  {keyword} {{ none; }};\n");
        }
        let each = of_family.iter().map(|address| {
            format!(
                "  {keyword} port {} {{ {}; }};\n",
                address.port(),
                address.ip()
            )
        });
        each.collect()
    };
    let recursion = if serving.quirk == Some(Quirk::Recursion) {
        "recursion yes; allow-recursion { any; }; allow-query-cache { any; };"
    } else {
        "recursion no;"
    };
    let transfer = if serving.quirk == Some(Quirk::Axfr) {
        "any"
    } else {
        "none"
    };
    let mut text = format!(
        "controls {{ }};
options {{
  directory \"{path}\"; managed-keys-directory \"{path}\";
  pid-file none; lock-file none; session-keyfile none; version none;
{}{}  {recursion} allow-transfer {{ {transfer}; }}; allow-query {{ any; }};
  dnssec-validation no; notify no; empty-zones-enable no; check-names primary ignore; minimal-responses no;
  max-records-per-type 0;
}};
",
        listen("listen-on", true),
        listen("listen-on-v6", false),
    );
    if serving.quirk == Some(Quirk::Recursion) {
        let _ = writeln!(
            text,
            "zone \".\" {{ type hint; file \"{}\"; }};",
            root.hints.display()
        );
    }
    for zone in &serving.zones {
        let _ = writeln!(
            text,
            "zone \"{}\" {{ type primary; file \"{}\"; }};",
            zone.origin,
            file_name(zone)
        );
    }
    let file = directory.join("named.conf");
    fs::write(&file, text).expect("a configuration file");
    let mut command = command("named");
    command.args(["-g", "-n", "1", "-c"]).arg(file);
    command
}

/// Its configuration and command line.
pub(super) fn knot(serving: &Serving, directory: &Path, root: &Root<'_>) -> Command {
    let path = directory.display();
    let listen: Vec<String> = serving
        .listen
        .iter()
        .map(|address| format!("{}@{}", address.ip(), address.port()))
        .collect();
    let mut text = format!(
        "server:
    listen: [{}]
    rundir: {path}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
    version: \"\"
    identity: \"\"
database:
    storage: {path}
log:
  - target: stderr
    any: info
acl:
  - id: everybody
    address: [0.0.0.0/0, ::/0]
    action: transfer
",
        listen.join(", ")
    );
    let online = serving.software == Software::KnotOnline;
    if online {
        let keys = directory.join("keys");
        copy(root.keys, &keys);
        let _ = write!(
            text,
            "policy:
  - id: manual
    manual: on
    single-type-signing: on
mod-onlinesign:
  - id: compact
    policy: manual
"
        );
    }
    text.push_str("zone:\n");
    for zone in &serving.zones {
        let _ = writeln!(
            text,
            "  - domain: {}.\n    storage: {path}\n    file: {}\n    zonefile-sync: -1",
            zone.origin,
            file_name(zone),
        );
        if serving.quirk == Some(Quirk::Axfr) {
            text.push_str("    acl: everybody\n");
        }
        if online {
            let _ = writeln!(text, "    module: mod-onlinesign/compact");
        }
    }
    if online {
        text = text.replace(
            "database:\n",
            &format!("database:\n    kasp-db: {path}/keys\n"),
        );
    }
    let file = directory.join("knot.conf");
    fs::write(&file, text).expect("a configuration file");
    let mut command = command("knotd");
    command.arg("-c").arg(file);
    command
}

/// A folder with all that is in it.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a readable folder") {
        let entry = entry.expect("an entry");
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("a copied file");
        }
    }
}

/// Its configuration and command line.
pub(super) fn nsd(serving: &Serving, directory: &Path) -> Command {
    let path = directory.display();
    let mut text = "server:\n".to_owned();
    for address in &serving.listen {
        let _ = writeln!(text, "  ip-address: {}@{}", address.ip(), address.port());
    }
    let _ = write!(
        text,
        "  username: \"\"
  chroot: \"\"
  zonesdir: \"{path}\"
  pidfile: \"\"
  database: \"\"
  zonelistfile: \"{path}/zone.list\"
  xfrdfile: \"{path}/xfrd.state\"
  xfrdir: \"{path}\"
  server-count: 1
  hide-version: yes
  hide-identity: yes
  rrl-ratelimit: 0
  rrl-whitelist-ratelimit: 0
remote-control:
  control-enable: no
"
    );
    for zone in &serving.zones {
        let _ = writeln!(
            text,
            "zone:\n  name: \"{}.\"\n  zonefile: \"{}\"",
            zone.origin,
            file_name(zone)
        );
        if serving.quirk == Some(Quirk::Axfr) {
            text.push_str("  provide-xfr: 0.0.0.0/0 NOKEY\n  provide-xfr: ::/0 NOKEY\n");
        }
    }
    let file = directory.join("nsd.conf");
    fs::write(&file, text).expect("a configuration file");
    let mut command = command("nsd");
    command.arg("-d").arg("-c").arg(file);
    command
}

/// Its configuration and command line.
pub(super) fn powerdns(serving: &Serving, directory: &Path) -> Command {
    let database = directory.join("pdns.sqlite3");
    let schema = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql";
    let made = command("sqlite3")
        .arg(&database)
        .stdin(File::open(schema).expect("the Debian package pdns-backend-sqlite3"))
        .status();
    assert!(
        made.is_ok_and(|status| status.success()),
        "sqlite3 does not take the schema"
    );
    let listen: Vec<String> = serving
        .listen
        .iter()
        .map(|address| address.to_string())
        .collect();
    let path = directory.display();
    let text = format!(
        "launch=gsqlite3\ngsqlite3-database={}\ngsqlite3-pragma-synchronous=0\nlocal-address={}\nsocket-dir={path}\n\
         zone-cache-refresh-interval=0\nsecurity-poll-suffix=\nversion-string=anonymous\n",
        database.display(),
        listen.join(",")
    );
    fs::write(directory.join("pdns.conf"), text).expect("a configuration file");
    let config = format!("--config-dir={path}");
    for zone in &serving.zones {
        let mut load = command("pdnsutil");
        load.arg(&config)
            .args(["load-zone", &zone.origin])
            .arg(directory.join(file_name(zone)));
        output(&mut load);
        // Without that it does not know of empty non-terminals, and denies them with NXDOMAIN.
        let mut rectify = command("pdnsutil");
        output(rectify.arg(&config).args(["rectify-zone", &zone.origin]));
    }
    let mut command = command("pdns_server");
    command
        .arg(config)
        .args(["--daemon=no", "--guardian=no", "--disable-syslog"]);
    command
}
