//! The lab's Internet: a root, two top-level domains, and the providers of one case.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use crate::faults::{Case, Nameserver, Quirk, Table};
use crate::master::{Master, ZONE};
use crate::server::{Root, Server, Serving, Software};
use crate::signer::{Signer, Way, output};
use crate::twist::{self, Proxy, Twist};
use crate::world::program;

/// The root's, the top-level domains', and that of a zone delegated on the way.
const ROOT: &str = "10.53.0.1";
const TOP: [&str; 2] = ["10.53.0.2", "fd53::2"];
const BESIDE: &str = "10.53.0.4";

/// Where a real server listens that has a proxy in front of it, and where a primary that publishes nothing does.
const BEHIND: u16 = 5353;

/// What stays the same from case to case: keys, the files that tools are given.
pub struct Lab {
    directory: PathBuf,
    signer: Signer,
    /// `. IN NS`, and its address.
    pub hints: PathBuf,
    /// The key of the root.
    pub anchor: PathBuf,
    online_keys: PathBuf,
    online_digest: String,
}

/// A running case; everything ends with its handle.
pub struct Internet {
    _proxies: Vec<Proxy>,
    _servers: Vec<Server>,
    /// Its zone file.
    pub file: PathBuf,
    /// Every address of every nameserver.
    pub addresses: Vec<IpAddr>,
    /// Where each provider's primary can be read, where one is held back.
    pub primaries: BTreeMap<String, SocketAddr>,
}

impl Lab {
    /// With its files in `directory`.
    pub fn new(directory: &Path) -> Self {
        let signer = Signer::new(&directory.join("keys"));
        let hints = directory.join("root.hints");
        fs::write(
            &hints,
            format!(". 3600000 NS a.root.lab.\na.root.lab. 3600000 A {ROOT}\n"),
        )
        .expect("hints");
        let anchor = directory.join("root.key");
        fs::create_dir_all(directory.join("keys")).expect("a folder");
        fs::write(&anchor, format!("{}\n", signer.trust_anchor())).expect("an anchor");
        let online_keys = directory.join("online");
        fs::create_dir_all(&online_keys).expect("a folder");
        let keymgr = |words: &[&str]| {
            let mut command = std::process::Command::new(program("keymgr").expect("Knot's tools"));
            command
                .arg("--dir")
                .arg(&online_keys)
                .arg(format!("{ZONE}."))
                .args(words);
            output(&mut command)
        };
        keymgr(&[
            "generate",
            "algorithm=ECDSAP256SHA256",
            "ksk=yes",
            "zsk=yes",
        ]);
        let digests = keymgr(&["ds"]);
        let digest = digests
            .lines()
            .find(|line| line.contains(" 13 2 "))
            .expect("a SHA-256 digest");
        let online_digest = digest.split_once(" DS ").expect("a DS record").1.to_owned();
        Self {
            directory: directory.to_owned(),
            signer,
            hints,
            anchor,
            online_keys,
            online_digest,
        }
    }

    /// Every address that any case needs.
    pub fn addresses(table: &Table) -> BTreeSet<IpAddr> {
        let mut addresses: BTreeSet<IpAddr> = table
            .cases()
            .flat_map(|case| case.nameservers())
            .flat_map(|server| server.addresses)
            .collect();
        let fixed = [ROOT, TOP[0], TOP[1], BESIDE];
        addresses.extend(fixed.map(|address| address.parse::<IpAddr>().expect("an address")));
        for port in ["10.53.0.1:0", "[fd53::1]:0"] {
            addresses.insert(twist::elsewhere(port.parse().expect("an address")));
        }
        addresses
    }

    /// Starts the world of `case`, and waits until every part of it answers.
    pub fn start(&self, case: &Case) -> Internet {
        let directory = self.directory.join(&case.name);
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).expect("a folder");
        let nameservers = case.nameservers();
        let meant = Master::meant(case);
        let (mut wanted, proxies) = self.providers(case, &nameservers, &meant);
        wanted.extend(self.parents(case, &nameservers, &meant));

        let mut primaries = BTreeMap::new();
        for (provider, edit) in &case.held {
            let mut zone = meant.clone();
            zone.edit(edit);
            for server in nameservers
                .iter()
                .filter(|server| server.provider == *provider)
            {
                let listen = SocketAddr::from((server.addresses[0], BEHIND));
                primaries.insert(provider.clone(), listen);
                wanted.push(Serving {
                    software: Software::of(provider),
                    listen: vec![listen],
                    zones: vec![zone.clone()],
                    quirk: Some(Quirk::Axfr),
                });
            }
        }
        let root = Root {
            hints: &self.hints,
            keys: &self.online_keys,
        };
        let mut servers: Vec<Server> = wanted
            .into_iter()
            .enumerate()
            .map(|(index, serving)| {
                Server::start(serving, &directory.join(index.to_string()), &root)
            })
            .collect();
        for server in &mut servers {
            server.wait();
        }
        let mut written = meant.clone();
        written.edit(&case.file);
        let file = directory.join(format!("{ZONE}.zone"));
        fs::write(&file, written.text()).expect("a zone file");
        let listed: BTreeSet<IpAddr> = nameservers
            .iter()
            .flat_map(|server| server.addresses.clone())
            .collect();
        Internet {
            _proxies: proxies
                .into_iter()
                .map(|(front, twist)| {
                    Proxy::start((front, 53).into(), (front, BEHIND).into(), twist)
                })
                .collect(),
            _servers: servers,
            file,
            addresses: listed.into_iter().collect(),
            primaries,
        }
    }

    /// One process for all addresses of a provider that serve the same, and the proxies in front of them.
    fn providers(
        &self,
        case: &Case,
        nameservers: &[Nameserver],
        meant: &Master,
    ) -> (Vec<Serving>, BTreeMap<IpAddr, Twist>) {
        let ways = ways(case, nameservers);
        let mut proxies = BTreeMap::new();
        let mut processes: Vec<Serving> = Vec::new();
        let places: BTreeSet<(IpAddr, &str)> = nameservers
            .iter()
            .flat_map(|server| {
                server
                    .addresses
                    .iter()
                    .map(|address| (*address, server.provider.as_str()))
            })
            .collect();
        let mut signed: Vec<(Master, String, Master)> = Vec::new();
        for (address, provider) in places {
            let way = ways
                .iter()
                .find(|(own, _)| own == provider)
                .expect("every provider has one")
                .1;
            let mut zone = meant.clone();
            // What is edited everywhere is in the zone as it is meant.
            let own = case.edit.iter().filter(|(place, _)| *place != "all");
            let own: BTreeMap<_, _> = own
                .map(|(place, edit)| (place.clone(), edit.clone()))
                .collect();
            for edit in Case::at(&own, provider, address) {
                zone.edit(edit);
            }
            if way.is_signed() {
                // Once for each content, since signatures differ from one signing to the next.
                let known = signed
                    .iter()
                    .find(|(from, by, _)| *from == zone && by == way.0);
                let done = if let Some((_, _, done)) = known {
                    done.clone()
                } else {
                    let done = self.signer.sign(&zone, provider, way, &ways);
                    if !way.says("multi-signer") {
                        signed.push((zone.clone(), way.0.to_owned(), done.clone()));
                    }
                    done
                };
                zone = done;
            }
            for edit in Case::at(&case.late, provider, address) {
                zone.edit(edit);
            }
            let twist = Case::at(&case.twist, provider, address).next();
            if let Some(twist) = twist {
                proxies.insert(address, *twist);
            }
            let quirk = Case::at(&case.server, provider, address).next().copied();
            let software = if way.says("compact") {
                Software::KnotOnline
            } else {
                Software::of(provider)
            };
            let zones = match quirk {
                Some(Quirk::NoZone) => Vec::new(),
                Some(Quirk::ChildZone) => vec![zone, child(meant)],
                _ => vec![zone],
            };
            let listen = SocketAddr::from((address, if twist.is_some() { BEHIND } else { 53 }));
            // KnotOnline is one program for every provider, so the network tells them apart there.
            let same = processes.iter_mut().find(|process| {
                process.software == software && process.zones == zones && process.quirk == quirk
            });
            match same {
                Some(process) => process.listen.push(listen),
                None => processes.push(Serving {
                    software,
                    listen: vec![listen],
                    zones,
                    quirk,
                }),
            }
        }
        (processes, proxies)
    }

    /// The root, and what lies between it and the zone.
    fn parents(&self, case: &Case, nameservers: &[Nameserver], meant: &Master) -> Vec<Serving> {
        let soa =
            |ns: &str| format!("@ 3600 SOA {ns} hostmaster.nic.lab. 1 14400 3600 1209600 300");
        let mut example = Master::new(
            "example",
            &format!(
                "{}\n@ 3600 NS ns.nic\nns.nic 3600 A {}\nns.nic 3600 AAAA {}",
                soa("ns.nic"),
                TOP[0],
                TOP[1]
            ),
        );
        let mut lab = Master::new(
            "lab",
            &format!(
                "{}\n@ 3600 NS ns.nic\nns.nic 3600 A {}\nns.nic 3600 AAAA {}\na.root 3600 A {ROOT}\n\
                 alias.beta 3600 CNAME ns1.beta\nwww.elsewhere 300 A 198.51.100.1",
                soa("ns.nic"),
                TOP[0],
                TOP[1]
            ),
        );
        let mut beside = case.delegate.as_ref().map(|origin| {
            let label = lab.relative(origin).expect("a zone below lab.").to_owned();
            lab.lines.push(format!("{label} 3600 NS ns.{label}"));
            lab.lines.push(format!("ns.{label} 3600 A {BESIDE}"));
            Master::new(
                origin,
                &format!("{}\n@ 3600 NS ns\nns 3600 A {BESIDE}", soa("ns")),
            )
        });
        for server in nameservers {
            example.lines.push(format!("shop 3600 NS {}.", server.name));
            // The most specific zone has the addresses; those of the zone itself are glue here.
            let beside = beside.as_mut();
            let zone = beside.filter(|zone| zone.relative(&server.name).is_some());
            if let Some(zone) = zone {
                zone.lines.extend(zone.hosts(server));
            } else {
                lab.lines.extend(lab.hosts(server));
                example.lines.extend(example.hosts(server));
            }
        }
        let ways = ways(case, nameservers);
        let mut digests = self.signer.digests(meant, &ways);
        if ways.iter().any(|(_, way)| way.says("compact")) {
            digests.push(self.online_digest.clone());
        }
        example.lines.extend(
            digests
                .iter()
                .map(|digest| format!("shop 3600 DS {digest}")),
        );
        example.edit(&case.parent);
        let mut root = Master::new(
            "",
            "@ 86400 SOA a.root.lab. hostmaster.nic.lab. 1 14400 3600 1209600 300\n@ 86400 NS a.root.lab.",
        );
        for (label, zone) in [("example", &example), ("lab", &lab)] {
            root.lines
                .push(format!("{label}. 86400 NS ns.nic.{}.", zone.origin));
            for (rtype, address) in ["A", "AAAA"].iter().zip(TOP) {
                root.lines
                    .push(format!("ns.nic.{}. 86400 {rtype} {address}", zone.origin));
            }
        }
        root.lines.push(format!("a.root.lab. 86400 A {ROOT}"));
        root.lines.push(format!(
            "example. 86400 DS {}",
            self.signer.parent_digest("example")
        ));
        let nsd = |addresses: &[&str], zones: Vec<Master>| Serving {
            software: Software::Nsd,
            listen: addresses
                .iter()
                .map(|address| (address.parse::<IpAddr>().expect("an address"), 53).into())
                .collect(),
            zones,
            quirk: None,
        };
        let mut parents = vec![
            nsd(&[ROOT], vec![self.signer.sign_parent(&root)]),
            nsd(&TOP, vec![self.signer.sign_parent(&example), lab]),
        ];
        parents.extend(beside.map(|zone| nsd(&[BESIDE], vec![zone])));
        parents
    }
}

/// The zone that is delegated as `sub`, with the NS set of its delegation.
fn child(zone: &Master) -> Master {
    let ns = zone.of("sub", "NS").join("\n").replace("sub ", "@ ");
    let soa = "@ 3600 SOA ns1.gamma.example. hostmaster.gamma.example. 1 14400 3600 1209600 300";
    Master::new(&format!("sub.{ZONE}"), &format!("{soa}\n{ns}"))
}

/// How each provider signs.
fn ways<'a>(case: &'a Case, nameservers: &[Nameserver]) -> Vec<(String, Way<'a>)> {
    let providers: BTreeSet<&String> = nameservers.iter().map(|server| &server.provider).collect();
    providers
        .into_iter()
        .map(|provider| {
            let way = case.sign.get(provider).or_else(|| case.sign.get("all"));
            (provider.clone(), Way(way.map_or("none", String::as_str)))
        })
        .collect()
}
