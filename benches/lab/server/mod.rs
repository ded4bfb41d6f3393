//! Real nameservers on addresses of the lab.

mod configuration;

use std::fs::{self, File};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::faults::Quirk;
use crate::master::Master;
use crate::world::{Running, wait_until};

/// Which program serves.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub enum Software {
    /// BIND.
    Bind,
    /// Knot DNS.
    Knot,
    /// The name server daemon.
    Nsd,
    /// PowerDNS with `SQLite`.
    PowerDns,
    /// Knot DNS that signs as it answers, with the keys of a folder.
    KnotOnline,
}

impl Software {
    /// Whose program a provider runs.
    pub fn of(provider: &str) -> Self {
        match provider {
            "alpha" => Self::Bind,
            "beta" => Self::Knot,
            "gamma" => Self::Nsd,
            "delta" => Self::PowerDns,
            other => panic!("there is no provider {other}"),
        }
    }
}

/// What one process serves.
#[derive(Clone, Debug)]
pub struct Serving {
    /// The program.
    pub software: Software,
    /// Where it listens.
    pub listen: Vec<SocketAddr>,
    /// Its zones.
    pub zones: Vec<Master>,
    /// What it does otherwise.
    pub quirk: Option<Quirk>,
}

/// A nameserver; it ends with its handle.
pub struct Server {
    process: Running,
    serving: Serving,
    log: std::path::PathBuf,
}

/// The root, for a server that resolves.
pub struct Root<'a> {
    /// Root hints as a file.
    pub hints: &'a Path,
    /// Keys of the zone that is signed online, as a folder.
    pub keys: &'a Path,
}

impl Server {
    /// Starts it with files of its own in `directory`; it may not be ready yet.
    pub fn start(serving: Serving, directory: &Path, root: &Root<'_>) -> Self {
        fs::create_dir_all(directory).expect("a folder");
        for zone in &serving.zones {
            let mut text = zone.text();
            if serving.quirk == Some(Quirk::BrokenZone) {
                text.push_str("this is no record\n");
            }
            fs::write(directory.join(file_name(zone)), text).expect("a zone file");
        }
        let mut command = match serving.software {
            Software::Bind => configuration::bind(&serving, directory, root),
            Software::Knot | Software::KnotOnline => configuration::knot(&serving, directory, root),
            Software::Nsd => configuration::nsd(&serving, directory),
            Software::PowerDns => configuration::powerdns(&serving, directory),
        };
        let log = directory.join("log");
        let file = File::create(&log).expect("a log file");
        command
            .stdin(Stdio::null())
            .stdout(file.try_clone().expect("the same log file"))
            .stderr(file);
        Self {
            process: Running::start(&mut command),
            serving,
            log,
        }
    }

    /// Waits until it answers for its zones at each of its addresses, or at all where it has none to answer for.
    pub fn wait(&mut self) {
        let healthy = !matches!(self.serving.quirk, Some(Quirk::BrokenZone | Quirk::NoZone));
        let origin = self
            .serving
            .zones
            .first()
            .map_or("", |zone| zone.origin.as_str());
        for address in self.serving.listen.clone() {
            let what = format!("{:?} at {address}", self.serving.software);
            wait_until(&what, || {
                if self.process.has_ended() {
                    let log = fs::read_to_string(&self.log).unwrap_or_default();
                    panic!("{what} ended: {log}");
                }
                asked(address, origin).is_some_and(|answer| !healthy || has_authority(&answer))
            });
        }
    }
}

/// The name of a zone's file.
fn file_name(zone: &Master) -> String {
    format!(
        "{}.zone",
        if zone.origin.is_empty() {
            "root"
        } else {
            &zone.origin
        }
    )
}

fn has_authority(answer: &[u8]) -> bool {
    answer[2] & 0x84 == 0x84 && answer[3].trailing_zeros() >= 4 && answer[7] == 1
}

/// What comes back for an SOA question within half a second.
pub fn asked(address: SocketAddr, origin: &str) -> Option<Vec<u8>> {
    let mut question = vec![0x52, 0x44, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in origin.split('.').filter(|label| !label.is_empty()) {
        question.push(u8::try_from(label.len()).expect("a short label"));
        question.extend_from_slice(label.as_bytes());
    }
    question.extend_from_slice(&[0, 0, 6, 0, 1]);
    let socket = UdpSocket::bind((unspecified(address), 0)).ok()?;
    socket
        .set_read_timeout(Some(Duration::from_millis(500)))
        .ok()?;
    socket.connect(address).ok()?;
    socket.send(&question).ok()?;
    let mut answer = [0; 4096];
    let length = socket.recv(&mut answer).ok()?;
    (length > 12 && answer[..2] == question[..2]).then(|| answer[..length].to_vec())
}

/// Any address of the same family.
pub fn unspecified(address: SocketAddr) -> IpAddr {
    if address.is_ipv4() {
        IpAddr::from([0; 4])
    } else {
        IpAddr::from([0; 16])
    }
}
