//! A root, two top-level domains, and shop.example at three providers: NSD, Knot DNS and BIND, all on port 53 of
//! addresses of their own in the namespace of the test.

use std::fmt::Write as _;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use super::namespace::have_addresses;
use super::{Running, require, wait_until};

const ROOT: &str = "10.53.0.1";

/// Providers: name, its nameserver, and its addresses.
const PROVIDERS: [(&str, &str, [&str; 2]); 3] = [
    ("alpha", "ns1.alpha.example", ["10.53.1.1", "fd53:0:1::1"]),
    ("beta", "ns1.beta.lab", ["10.53.2.1", "fd53:0:2::1"]),
    ("gamma", "ns1.gamma.example", ["10.53.3.1", "fd53:0:3::1"]),
];

/// The zone that all three serve.
pub const SHOP: &str = "\
$ORIGIN shop.example.
$TTL 3600
@ SOA ns1.alpha.example. hostmaster 2026113001 14400 3600 1209600 300
@ NS ns1.alpha.example.
@ NS ns1.beta.lab.
@ NS ns1.gamma.example.
@ 300 A 192.0.2.10
@ MX 10 mail
@ TXT \"v=spf1 mx -all\"
www 300 A 192.0.2.10
www 300 AAAA 2001:db8::10
mail A 192.0.2.20
api 300 CNAME www
s1._domainkey TXT \"v=DKIM1; p=AAAA\"
*.apps 300 A 192.0.2.80
fixed.apps TXT \"x\"
a.dc A 192.0.2.30
";

const EXAMPLE: &str = "\
$ORIGIN example.
$TTL 3600
@ SOA a.root. h.root. 1 14400 3600 1209600 300
@ NS a.root.
alpha NS ns1.alpha
ns1.alpha A 10.53.1.1
ns1.alpha AAAA fd53:0:1::1
gamma NS ns1.gamma
ns1.gamma A 10.53.3.1
ns1.gamma AAAA fd53:0:3::1
shop NS ns1.alpha
shop NS ns1.beta.lab.
shop NS ns1.gamma
";

/// Runs until it is dropped.
pub struct SmallInternet {
    directory: TempDir,
    _servers: Vec<Running>,
}

impl SmallInternet {
    /// Starts it with the text of shop.example or of the zone above edited: who (`example`, `alpha`, `beta`, `gamma`), the
    /// words that are replaced, and by what. Providers in `down` do not run. `None` where a server is not installed.
    pub fn start(edits: &[(&str, &str, &str)], down: &[&str]) -> Option<Self> {
        let nsd = require("nsd", "nsd")?;
        let knot = require("knotd", "knot")?;
        let named = require("named", "bind9")?;
        have_addresses(&[ROOT]);
        for (_, _, addresses) in PROVIDERS {
            have_addresses(&addresses);
        }
        let directory = tempfile::Builder::new()
            .prefix("redundns-")
            .tempdir()
            .expect("a temporary directory");
        let at = directory.path();
        let edited = |who: &str, text: &str| {
            let own = edits.iter().filter(|edit| edit.0 == who);
            own.fold(text.to_owned(), |text, (_, from, to)| {
                assert!(text.contains(from), "`{from}` is not in:\n{text}");
                text.replace(from, to)
            })
        };
        let write = |name: &str, text: &str| fs::write(at.join(name), text).expect("a file");
        write("hints", &format!(". 60 NS a.root.\na.root. 60 A {ROOT}\n"));
        write(
            "root.zone",
            &format!(
                "$TTL 60\n. SOA a.root. h.root. 1 14400 3600 1209600 300\n. NS a.root.\na.root. A {ROOT}\nexample. NS a.root.\nlab. NS a.root.\n"
            ),
        );
        write("example.zone", &edited("example", EXAMPLE));
        write(
            "lab.zone",
            "$ORIGIN lab.\n$TTL 60\n@ SOA a.root. h.root. 1 14400 3600 1209600 300\n@ NS a.root.\nbeta NS ns1.beta\nns1.beta A 10.53.2.1\nns1.beta AAAA fd53:0:2::1\n",
        );
        for (who, nameserver, [four, six]) in PROVIDERS {
            let own = nameserver.split_once('.').expect("two labels").1;
            write(
                &format!("{who}.own"),
                &format!(
                    "$ORIGIN {own}.\n$TTL 60\n@ SOA ns1 h 1 14400 3600 1209600 300\n@ NS ns1\nns1 A {four}\nns1 AAAA {six}\n"
                ),
            );
            write(&format!("{who}.shop"), &edited(who, SHOP));
        }
        let mut servers = Vec::new();
        let mut run = |program: &Path, arguments: &[&str]| {
            let log = fs::File::create(at.join(format!("log.{}", servers.len()))).expect("a log");
            let mut command = Command::new(program);
            command
                .args(arguments)
                .current_dir(at)
                .stdin(Stdio::null())
                .stdout(log.try_clone().expect("the same log"))
                .stderr(log);
            servers.push(Running::start(&mut command));
        };
        let zones = [
            (".", "root.zone"),
            ("example", "example.zone"),
            ("lab", "lab.zone"),
        ];
        write("root.conf", &nsd_configuration(at, &[ROOT], &zones));
        run(&nsd, &["-d", "-c", "root.conf"]);
        let mut waits = vec![(ROOT, "example")];
        if !down.contains(&"alpha") {
            let zones = [
                ("alpha.example", "alpha.own"),
                ("shop.example", "alpha.shop"),
            ];
            write(
                "alpha.conf",
                &nsd_configuration(at, &PROVIDERS[0].2, &zones),
            );
            run(&nsd, &["-d", "-c", "alpha.conf"]);
            waits.push((PROVIDERS[0].2[0], "shop.example"));
        }
        if !down.contains(&"beta") {
            let [four, six] = PROVIDERS[1].2;
            let at = at.display();
            write(
                "beta.conf",
                &format!(
                    "server:\n  listen: [{four}@53, {six}@53]\n  rundir: {at}\ndatabase:\n  storage: {at}\nzone:\n  - domain: beta.lab\n    file: {at}/beta.own\n  - domain: shop.example\n    file: {at}/beta.shop\n"
                ),
            );
            run(&knot, &["-c", "beta.conf"]);
            waits.push((four, "shop.example"));
        }
        if !down.contains(&"gamma") {
            let [four, six] = PROVIDERS[2].2;
            let at = at.display();
            write(
                "gamma.conf",
                &format!(
                    "options {{ directory \"{at}\"; listen-on {{ {four}; }}; listen-on-v6 {{ {six}; }}; recursion no; allow-transfer {{ none; }}; pid-file none; session-keyfile \"{at}/key\"; managed-keys-directory \"{at}\"; }};\ncontrols {{ }};\nzone \"gamma.example\" {{ type primary; file \"gamma.own\"; }};\nzone \"shop.example\" {{ type primary; file \"gamma.shop\"; }};\n"
                ),
            );
            run(&named, &["-g", "-c", "gamma.conf"]);
            waits.push((four, "shop.example"));
        }
        for (address, zone) in waits {
            wait_until(&format!("{address} with {zone}"), || answers(address, zone));
        }
        Some(Self {
            directory,
            _servers: servers,
        })
    }

    /// The directory, with the file `hints` in it.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }
}

fn nsd_configuration(at: &Path, addresses: &[&str], zones: &[(&str, &str)]) -> String {
    let at = at.display();
    let mut text = format!(
        "server:\n  username: \"\"\n  chroot: \"\"\n  zonesdir: \"{at}\"\n  pidfile: \"\"\n  database: \"\"\n  \
         zonelistfile: \"{at}/{0}.list\"\n  xfrdfile: \"\"\n  xfrdir: \"{at}\"\n  server-count: 1\n",
        addresses[0]
    );
    for address in addresses {
        let _ = writeln!(text, "  ip-address: {address}");
    }
    text += "remote-control:\n  control-enable: no\n";
    for (zone, file) in zones {
        let _ = write!(text, "zone:\n  name: {zone}\n  zonefile: {file}\n");
    }
    text
}

/// Whether a server answers the SOA question with authority.
fn answers(address: &str, zone: &str) -> bool {
    let mut question = vec![0x52, 0x44, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    for label in zone.split('.') {
        question.push(u8::try_from(label.len()).expect("a label in a test"));
        question.extend_from_slice(label.as_bytes());
    }
    question.extend_from_slice(&[0, 0, 6, 0, 1]);
    let ask = || {
        let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0))?;
        socket.set_read_timeout(Some(Duration::from_millis(500)))?;
        let address: Ipv4Addr = address.parse().expect("an address in a test");
        socket.connect(SocketAddr::from((address, 53)))?;
        socket.send(&question)?;
        let mut answer = [0; 1500];
        let length = socket.recv(&mut answer)?;
        std::io::Result::Ok(answer[..length].to_vec())
    };
    ask().is_ok_and(|answer| answer.len() > 12 && answer[2] & 0x84 == 0x84 && answer[7] == 1)
}
