//! A resolver process of our own: `unbound` on loopback, with a directory of its own and nobody else's settings.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use super::lookup::Client;
use crate::zone::Name;

/// Where the program may be: the second place is not in every user's path.
const PLACES: [&str; 3] = ["unbound", "/usr/sbin/unbound", "/usr/local/sbin/unbound"];

/// How long it may take to answer first, and to end.
const PATIENCE: Duration = Duration::from_secs(5);

/// How often it is asked whether it is there.
const INTERVAL: Duration = Duration::from_millis(20);

/// Runs the resolver until nobody holds the other end of stdin, whatever ended whoever held it.
const WATCH: &str =
    r#""$0" -d -c "$1" & pid=$!; cat >/dev/null; kill "$pid" 2>/dev/null; wait "$pid""#;

/// Why there is no resolver, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoResolver {
    /// In words.
    pub message: String,
    /// A step.
    pub hint: String,
}

impl NoResolver {
    fn new(message: String, hint: &str) -> Self {
        Self {
            message,
            hint: hint.to_owned(),
        }
    }

    /// From what a resolver said that does not answer.
    fn said(program: &str, log: &str) -> Self {
        let lines = || log.lines().rev().filter(|line| !line.is_empty());
        let last = lines().next();
        let last = last.unwrap_or("it says nothing and answers nothing");
        let message = format!("the resolver does not start: {last}");
        // Debian's profile, /etc/apparmor.d/usr.sbin.unbound of unbound 1.17.1 (2026-11-30): it goes by the program's
        // path, and lets it read below /etc/unbound and /var/lib/unbound alone.
        if lines().any(|line| line.contains("unbound.conf") && line.contains("Permission denied")) {
            return Self {
                message,
                hint: format!(
                    "AppArmor confines the system's unbound to its own folders, and a copy is free of that: \
                     `cp \"$(command -v {program})\" ./unbound`, then `--resolver ./unbound`"
                ),
            };
        }
        Self::new(
            message,
            "`--resolver PROGRAM` names another unbound; `--arithmetic` does without",
        )
    }
}

/// An installed resolver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    program: String,
    /// `unbound 1.17.1`.
    pub version: String,
}

/// Looks for it: at `program`, or where it usually is.
pub async fn installed(program: Option<&str>) -> Option<Installed> {
    let places = program.map_or(PLACES.to_vec(), |program| vec![program]);
    for program in places {
        let said = Command::new(program).arg("-V").output().await;
        if let Ok(said) = said {
            let text = String::from_utf8_lossy(&said.stdout);
            let first = text.lines().next().unwrap_or_default();
            let number = first.rsplit(' ').next().unwrap_or_default();
            let version = format!("unbound {number}").trim_end().to_owned();
            let program = program.to_owned();
            return Some(Installed { program, version });
        }
    }
    None
}

/// The process; it ends when this is dropped, at the latest when the program does.
pub struct Resolver {
    address: SocketAddr,
    watch: Child,
    directory: TempDir,
}

impl Resolver {
    /// Starts it for `zone`, whose nameservers it takes to be `servers`, and waits until it answers.
    pub async fn start(
        installed: &Installed,
        zone: &Name,
        servers: &[SocketAddr],
    ) -> Result<Self, NoResolver> {
        let failed = |error: io::Error| {
            NoResolver::new(
                format!("cannot start {}: {error}", installed.program),
                "it needs room in the folder for temporary files (TMPDIR), and a free port of 127.0.0.1",
            )
        };
        let directory = tempfile::Builder::new()
            .prefix("redundns-drill-")
            .tempdir()
            .map_err(failed)?;
        let address = free_address().map_err(failed)?;
        let file = directory.path().join("unbound.conf");
        fs::write(
            &file,
            configuration(directory.path(), address, zone, servers),
        )
        .map_err(failed)?;
        let log = fs::File::create(directory.path().join("log")).map_err(failed)?;
        let mut command = Command::new("sh");
        command
            .args(["-c", WATCH, &installed.program])
            .arg(&file)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log);
        // Ctrl-C is for us: we end it, once we have what we want of it.
        #[cfg(unix)]
        command.process_group(0);
        let watch = command.spawn().map_err(failed)?;
        let resolver = Self {
            address,
            watch,
            directory,
        };
        resolver.wait_until_it_answers(&installed.program).await?;
        Ok(resolver)
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    async fn wait_until_it_answers(&self, program: &str) -> Result<(), NoResolver> {
        let client = Client::new(self.address, INTERVAL * 10);
        let deadline = Instant::now() + PATIENCE;
        while !client.is_heard().await {
            let log = fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
            if log.contains("fatal error") || Instant::now() > deadline {
                return Err(NoResolver::said(program, &log));
            }
            sleep(INTERVAL).await;
        }
        Ok(())
    }

    /// Ends it, and waits until it is gone.
    pub async fn end(mut self) {
        drop(self.watch.stdin.take());
        if timeout(PATIENCE, self.watch.wait()).await.is_err() {
            let _ = self.watch.kill().await;
        }
    }
}

/// A port of 127.0.0.1 that is free for UDP and TCP.
fn free_address() -> io::Result<SocketAddr> {
    let mut tried = 0;
    loop {
        let datagrams = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = datagrams.local_addr()?;
        match TcpListener::bind(address) {
            Ok(_) => return Ok(address),
            Err(error) if tried == 20 => return Err(error),
            Err(_) => tried += 1,
        }
    }
}

/// It asks `servers` and nobody else: it may not even send to anything that is not on loopback. It validates nothing,
/// since it has no way to the root, and keeps no answer, since a cache hides a fault.
fn configuration(
    directory: &Path,
    address: SocketAddr,
    zone: &Name,
    servers: &[SocketAddr],
) -> String {
    let at = |address: &SocketAddr| format!("{}@{}", address.ip(), address.port());
    let mut stubs = String::new();
    for server in servers {
        stubs.push_str(&format!("  stub-addr: {}\n", at(server)));
    }
    format!(
        "server:
  directory: \"{directory}\"
  chroot: \"\"
  username: \"\"
  pidfile: \"\"
  use-syslog: no
  logfile: \"\"
  interface: {interface}
  outgoing-interface: 127.0.0.1
  access-control: 127.0.0.0/8 allow
  do-ip6: no
  do-not-query-localhost: no
  module-config: \"iterator\"
  num-threads: 1
  qname-minimisation: no
  local-zone: \".\" refuse
  local-zone: \"{zone}\" transparent
remote-control:
  control-enable: no
stub-zone:
  name: \"{zone}\"
  stub-prime: no
  stub-no-cache: yes
{stubs}",
        directory = directory.display(),
        interface = at(&address),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resolver_that_is_confined_is_told_from_others() {
        let confined = "\
[1700000000] unbound[7:0] error: Could not open /tmp/redundns-drill-x/unbound.conf: Permission denied
[1700000000] unbound[7:0] fatal error: Could not read config file: /tmp/redundns-drill-x/unbound.conf.
";
        let why = NoResolver::said("/usr/sbin/unbound", confined);
        assert!(
            why.message.contains("Could not read config file"),
            "{why:?}"
        );
        assert!(why.hint.contains("AppArmor") && why.hint.contains("--resolver ./unbound"));
        for log in ["", "fatal error: could not open ports\n"] {
            let why = NoResolver::said("unbound", log);
            assert!(!why.hint.contains("AppArmor"), "{why:?}");
        }
    }
}
