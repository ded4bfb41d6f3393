//! One zone at three providers: a real PowerDNS, a real BIND, and the embedded nameserver kept up by `redundns serve`.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::answers::transfer;
use super::zones::{Key, ORIGIN, Sets, Side, master_file, sets};
use crate::world::bind::Bind;
use crate::world::hosted::{Access, Hosted, KEY};
use crate::world::pdns::Pdns;
use crate::world::{Running, environment, free_address, wait_until};

/// The accounts, in the order of the alphabet.
pub(crate) const IDS: [&str; 3] = ["bind", "embedded", "pdns"];

/// No date, so that a server that numbers by date just counts.
const SERIAL: u32 = 3_000_000_000;

/// The three, and a project that knows them; everything ends with its handle.
pub(crate) struct Three {
    directory: TempDir,
    pub(crate) pdns: Pdns,
    pub(crate) bind: Bind,
    pub(crate) embedded: SocketAddr,
    serving: Option<Running>,
}

impl Three {
    /// All of them hold `side`; `None` where a server is not installed.
    pub(crate) fn start(side: Side) -> Option<Self> {
        let text = master_file(&sets(side), SERIAL);
        let hosted = Hosted::dynamic(ORIGIN, &text)
            .transfer(Access::Anyone)
            .update(Access::Anyone);
        let bind = Bind::start(&[hosted])?;
        let pdns = Pdns::start_with("allow-axfr-ips=127.0.0.0/8\n", &[(ORIGIN, &text)])?;
        let directory = tempfile::Builder::new()
            .prefix("redundns-")
            .tempdir()
            .expect("a temporary directory");
        for folder in ["zones", "providers", "held"] {
            fs::create_dir(directory.path().join(folder)).expect("a folder");
        }
        let mut three = Self {
            directory,
            pdns,
            bind,
            embedded: free_address(),
            serving: None,
        };
        let endpoint = three.pdns.endpoint.clone();
        three.accounts(&endpoint, three.bind.address());
        three.write("redundns.toml", "[guard]\nmax_change = \"100%\"\n");
        three.write(&format!("held/{ORIGIN}.zone"), &text);
        three.desire(&sets(side));
        let mut command = three.program();
        command
            .arg("serve")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        three.serving = Some(Running::start(&mut command));
        let embedded = three.embedded;
        wait_until("the embedded nameserver", || transfer(embedded).is_ok());
        // The first contact, which changes nothing.
        let met = three.program().args(["sync", "--yes"]).output();
        let met = met.expect("the program runs");
        assert!(met.status.success(), "{met:?}");
        Some(three)
    }

    /// Writes the accounts, whose APIs may be reached through a proxy.
    pub(crate) fn accounts(&self, endpoint: &str, bind: SocketAddr) {
        let server = |id: &str, name: &str, address: SocketAddr| {
            let line =
                format!("nameservers = [{{ name = \"{name}\", addresses = [\"{address}\"] }}]\n");
            (format!("providers/{id}.toml"), line)
        };
        let (file, line) = server("pdns", "ns1.pdns.example.", self.pdns.dns);
        self.write(&file, &format!(
            "adapter = \"powerdns\"\nendpoint = \"{endpoint}\"\napi_key = {{ env = \"PDNS\" }}\n{line}"
        ));
        let (file, line) = server("bind", "ns1.bind.example.", self.bind.address());
        self.write(&file, &format!(
            "adapter = \"rfc2136\"\nserver = \"{bind}\"\ntsig = {{ name = \"{}\", algorithm = \"{}\", \
             secret = {{ env = \"TSIG\" }} }}\n{line}",
            KEY.name, KEY.algorithm
        ));
        let (file, line) = server("embedded", "ns3.chaos.test.", self.embedded);
        self.write(
            &file,
            &format!(
                "adapter = \"embedded\"\nlisten = [\"{}\"]\ndirectory = \"held\"\n{line}",
                self.embedded
            ),
        );
    }

    /// Lets every account take one change a call, or as many as it can.
    pub(crate) fn one_change_a_call(&self, is_so: bool) {
        const LINE: &str = "batch = 1\n";
        for id in IDS {
            let file = format!("providers/{id}.toml");
            let account = fs::read_to_string(self.path(&file)).expect("an account");
            let rest = account.trim_start_matches(LINE);
            self.write(
                &file,
                &if is_so {
                    format!("{LINE}{rest}")
                } else {
                    rest.to_owned()
                },
            );
        }
    }

    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.directory.path().join(relative)
    }

    pub(crate) fn write(&self, relative: &str, text: &str) {
        fs::write(self.path(relative), text).expect("a file in the project");
    }

    /// Puts what the providers shall hold into the zone file.
    pub(crate) fn desire(&self, sets: &Sets) {
        self.write(&format!("zones/{ORIGIN}.zone"), &master_file(sets, SERIAL));
    }

    /// The program in the project, with no terminal and nothing in the environment but the credentials.
    pub(crate) fn program(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_redundns"));
        self.dress(&mut command);
        command
    }

    /// Gives a command the project's directory and environment.
    pub(crate) fn dress(&self, command: &mut Command) {
        command
            .current_dir(self.directory.path())
            .env_clear()
            .env("PATH", environment("PATH").unwrap_or_default())
            .env("PDNS", self.pdns.api_key)
            .env("TSIG", KEY.secret)
            .stdin(Stdio::null());
    }

    /// Where each is asked.
    pub(crate) fn servers(&self) -> Vec<(&'static str, SocketAddr)> {
        vec![
            ("bind", self.bind.address()),
            ("embedded", self.embedded),
            ("pdns", self.pdns.dns),
        ]
    }

    /// Every provider holds exactly `sets`.
    #[track_caller]
    pub(crate) fn expect(&self, sets: &Sets) {
        for (id, held) in self.held() {
            let differ = |key: &&Key| sets.get(*key) != held.get(*key);
            let keys: Vec<&Key> = sets.keys().chain(held.keys()).filter(differ).collect();
            assert!(keys.is_empty(), "`{id}` holds something else at {keys:?}");
        }
    }

    /// What each holds, as a zone transfer tells.
    pub(crate) fn held(&self) -> Vec<(&'static str, Sets)> {
        self.servers()
            .into_iter()
            .map(|(id, address)| {
                let (sets, _) = transfer(address).unwrap_or_else(|error| panic!("{id}: {error}"));
                (id, sets)
            })
            .collect()
    }
}
