//! Keys and signatures, by BIND's tools.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::faults::Edit;
use crate::master::Master;
use crate::world::program;

/// Whose keys a provider signs with that has keys of its own.
const PROVIDERS: [&str; 3] = ["alpha", "beta", "gamma"];

/// A folder of keys and of zones on their way through the signer.
pub struct Signer {
    directory: PathBuf,
}

/// The two keys that sign a zone.
struct Ring {
    directory: PathBuf,
    /// Names of files without ending: the key signing key, the zone signing key.
    keys: [String; 2],
}

/// A way to sign, in words: `nsec`, `nsec3`, and what is odd about it.
#[derive(Clone, Copy)]
pub struct Way<'a>(pub &'a str);

impl Way<'_> {
    /// Whether the words contain this one.
    pub fn says(self, word: &str) -> bool {
        self.0.split_whitespace().any(|own| own == word)
    }

    /// Whether the signer has anything to do.
    pub fn is_signed(self) -> bool {
        self.says("nsec") || self.says("nsec3")
    }

    /// Owner and type that the proof of non-existence does not know of.
    fn without(self) -> Option<String> {
        Some(self.0.split_once("without ")?.1.to_owned())
    }
}

impl Signer {
    /// Keeps its files in `directory`.
    pub fn new(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
        }
    }

    /// Signs with the keys of the parents: the root and what lies below it.
    pub fn sign_parent(&self, zone: &Master) -> Master {
        let rings = [self.ring(&zone.origin, "parent", "ECDSAP256SHA256")];
        self.run(zone, Way("nsec"), &rings, &rings)
    }

    /// Signs the zone as one of its `provider`s does; `ways` are those of all of them.
    pub fn sign(
        &self,
        zone: &Master,
        provider: &str,
        way: Way<'_>,
        ways: &[(String, Way<'_>)],
    ) -> Master {
        let own = self.rings(zone, provider, way);
        let mut published = self.rings(zone, provider, way);
        let others = ways.iter().filter(|(other, _)| other != provider);
        for (other, theirs) in others {
            let imports = way.says("multi-signer") || !way.says("own-keys");
            if imports && (theirs.says("multi-signer") || theirs.says("own-keys")) {
                published.extend(self.rings(zone, other, *theirs));
            }
        }
        let mut zone = zone.clone();
        if way.says("cds") && zone.of("@", "CDS").is_empty() {
            zone.lines.extend(
                own.iter()
                    .map(|ring| format!("@ 3600 CDS {}", digest(ring))),
            );
        }
        let mut signed = self.run(&zone, way, &own, &published);
        if let Some(unknown) = way.without() {
            let owner = unknown
                .split_whitespace()
                .next()
                .expect("an owner")
                .to_owned();
            let mut less = zone.clone();
            less.edit(&Edit {
                remove: vec![unknown],
                add: Vec::new(),
            });
            let less = self.run(&less, way, &own, &published);
            for record in ["NSEC", "RRSIG NSEC"] {
                let add = less.of(&owner, record);
                let remove = vec![format!("{owner} {record}")];
                signed.edit(&Edit { remove, add });
            }
        }
        signed
    }

    /// The data of the DS records that the parent should have.
    pub fn digests(&self, zone: &Master, ways: &[(String, Way<'_>)]) -> Vec<String> {
        let mut digests: Vec<String> = ways
            .iter()
            .filter(|(_, way)| way.is_signed())
            .flat_map(|(provider, way)| self.rings(zone, provider, *way))
            .map(|ring| digest(&ring))
            .collect();
        digests.sort();
        digests.dedup();
        digests
    }

    /// The data of the DS record of a parent.
    pub fn parent_digest(&self, origin: &str) -> String {
        digest(&self.ring(origin, "parent", "ECDSAP256SHA256"))
    }

    /// The key signing key of the root as a line of a master file.
    pub fn trust_anchor(&self) -> String {
        let ring = self.ring("", "parent", "ECDSAP256SHA256");
        dnskey(&ring.directory, &ring.keys[0])
    }

    fn rings(&self, zone: &Master, provider: &str, way: Way<'_>) -> Vec<Ring> {
        let ring = |owner, algorithm| self.ring(&zone.origin, owner, algorithm);
        if way.says("sha1") {
            return vec![ring("sha1", "RSASHA1")];
        }
        let has_own = way.says("multi-signer") || way.says("own-keys");
        let owner = if has_own {
            *PROVIDERS
                .iter()
                .find(|own| **own == provider)
                .expect("a provider that signs")
        } else {
            "common"
        };
        let mut rings = vec![ring(owner, "ECDSAP256SHA256")];
        if way.says("two-algorithms") {
            rings.push(ring("rsa", "RSASHA256"));
        }
        rings
    }

    /// The keys of `owner` for a zone, made when they are first needed.
    fn ring(&self, origin: &str, owner: &str, algorithm: &str) -> Ring {
        let directory = self.directory.join(format!("{origin}-{owner}"));
        let list = directory.join("list");
        if !list.exists() {
            fs::create_dir_all(&directory).expect("a folder for keys");
            let make = |flags: &[&str]| {
                let mut command = tool("dnssec-keygen");
                command.args(["-q", "-a", algorithm, "-K"]).arg(&directory);
                if algorithm.starts_with("RSA") {
                    command.args(["-b", "2048"]);
                }
                command.args(flags).arg(format!("{origin}."));
                output(&mut command).trim().to_owned()
            };
            let keys = [make(&["-f", "KSK"]), make(&[])];
            fs::write(&list, keys.join("\n")).expect("a list of keys");
        }
        let keys = fs::read_to_string(&list).expect("a list of keys");
        let (ksk, zsk) = keys.split_once('\n').expect("two keys");
        Ring {
            directory,
            keys: [ksk.to_owned(), zsk.to_owned()],
        }
    }

    /// Through dnssec-signzone, with the keys of `signing` in the hands of the signer and all of `published` in the zone.
    fn run(&self, zone: &Master, way: Way<'_>, signing: &[Ring], published: &[Ring]) -> Master {
        let mut zone = zone.clone();
        for ring in published {
            zone.lines
                .extend(ring.keys.iter().map(|key| dnskey(&ring.directory, key)));
        }
        let file = self.directory.join("unsigned");
        let signed = self.directory.join("signed");
        fs::write(&file, zone.text()).expect("a zone file");
        let (from, to) = if way.says("expired") {
            ("now-2592000", "now-86400")
        } else if way.says("expiring") {
            ("now-2592000", "now+3600")
        } else {
            ("now-3600", "now+2592000")
        };
        let mut command = tool("dnssec-signzone");
        command.args(["-q", "-P", "-x", "-O", "full", "-s", from, "-e", to]);
        if way.says("nsec3") {
            let (salt, iterations) = if way.says("iterated") {
                ("AABBCCDD", "100")
            } else {
                ("-", "0")
            };
            command.args(["-3", salt, "-H", iterations]);
        }
        command.arg("-d").arg(&self.directory);
        // It would otherwise take the keys of other folders that it finds in the zone.
        command.arg("-K").arg(&signing[0].directory);
        command
            .arg("-o")
            .arg(format!("{}.", zone.origin))
            .arg("-f")
            .arg(&signed)
            .arg(&file);
        for ring in signing {
            command.args(ring.keys.iter().map(|key| ring.directory.join(key)));
        }
        output(&mut command);
        let text = fs::read_to_string(&signed).expect("a signed zone");
        let lines = text.lines().filter(|line| !line.starts_with(';'));
        Master::new(&zone.origin, &lines.collect::<Vec<_>>().join("\n"))
    }
}

/// The data of the DS record of its key signing key.
fn digest(ring: &Ring) -> String {
    let mut command = tool("dnssec-dsfromkey");
    command.arg("-2").arg(ring.directory.join(&ring.keys[0]));
    let line = output(&mut command);
    line.split_once(" DS ")
        .expect("a DS record")
        .1
        .trim()
        .to_owned()
}

/// The record of a key file.
fn dnskey(directory: &Path, key: &str) -> String {
    let text = fs::read_to_string(directory.join(format!("{key}.key"))).expect("a key file");
    let line = text
        .lines()
        .find(|line| !line.starts_with(';'))
        .expect("a record");
    line.replacen(" IN DNSKEY", " 3600 IN DNSKEY", 1)
}

fn tool(name: &str) -> Command {
    Command::new(program(name).expect("BIND's tools, which were looked for"))
}

/// What a program prints, which must not fail.
pub fn output(command: &mut Command) -> String {
    let output = command
        .stderr(Stdio::piped())
        .output()
        .expect("a program that was looked for");
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
