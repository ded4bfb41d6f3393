//! A run that ends between the last record that it writes and the refresh that serves them: what the API then shows is the
//! zone as it shall be, and what the nameservers answer is not.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use redundns::zone::{Name, RecordType};

use crate::bed::Account;
use crate::fakes::Fake;
use crate::fakes::clock::Clock;
use crate::fakes::http::{Answer, HttpServer};
use crate::fakes::ovh::VENDOR;
use crate::vendors::{SPEED, account, prepare};
use crate::world::environment;

const ZONE: &str = "own.example";

/// What becomes of a refresh.
#[derive(Clone, Copy)]
enum Refresh {
    Served,
    /// The process is killed before anything comes of it.
    Killed,
    /// An answer that does not tell whether it was carried out.
    Lost,
    /// It is not carried out.
    Refused,
}

/// A project with one account, and what stands between it and the vendor.
struct Bench {
    fake: Arc<Fake>,
    _between: HttpServer,
    refresh: Arc<AtomicU8>,
    /// What was asked by methods that write, since the last time that somebody looked.
    writes: Arc<Mutex<Vec<String>>>,
    /// Told when a refresh that shall not be answered is asked for.
    asked: Receiver<()>,
    /// Told when whoever asked is dead.
    dead: Sender<()>,
    project: tempfile::TempDir,
    account: Account,
}

impl Bench {
    fn new() -> Self {
        let fake = Arc::new(Fake::start(&VENDOR, Clock::times(SPEED)));
        prepare(&VENDOR, &fake, &format!("{ZONE}."));
        let refresh = Arc::new(AtomicU8::new(Refresh::Served as u8));
        let ((tell, asked), (dead, wait)) = (channel(), channel());
        let wait = Mutex::new((tell, wait));
        let writes: Arc<Mutex<Vec<String>>> = Arc::default();
        let between = HttpServer::start({
            let (fake, refresh, writes) = (fake.clone(), refresh.clone(), writes.clone());
            move |request| {
                if request.method != "GET" {
                    let (_, path) = request.target.split_once(ZONE).unwrap_or_default();
                    let mut writes = writes.lock().expect("nothing panics while it is held");
                    writes.push(format!("{} {path}", request.method));
                }
                let now = refresh.load(SeqCst);
                let is_refresh = request.target.ends_with("/refresh");
                let is = |one: Refresh| is_refresh && now == one as u8;
                if is(Refresh::Killed) {
                    let wait = wait.lock().expect("nothing panics while it is held");
                    let _ = wait.0.send(());
                    let _ = wait.1.recv_timeout(Duration::from_secs(60));
                }
                if is(Refresh::Served) || !is_refresh {
                    return fake.ask(request);
                }
                if is(Refresh::Refused) {
                    let words = serde_json::json!({ "message": "A task is running" });
                    return Answer::json(409, &words);
                }
                Answer::text(502, "text/plain", "Bad Gateway")
            }
        });
        let account = account(&VENDOR, &between.endpoint());
        let project = tempfile::tempdir().expect("a directory");
        let origin = Name::absolute(ZONE).expect("a name");
        let held = fake.store().get(&origin).expect("the zone").zone();
        let servers: Vec<String> = held
            .get(origin.borrow(), RecordType::NS)
            .expect("an apex NS set")
            .rdata()
            .map(|wire| {
                let name = Name::from_wire(wire).expect("a name");
                format!("{{ name = \"{name}\", addresses = [\"{}\"] }}", fake.dns())
            })
            .collect();
        let mut text = String::new();
        redundns::zone::print(&held, &mut text).expect("text");
        let bench = Self {
            fake,
            _between: between,
            refresh,
            writes,
            asked,
            dead,
            project,
            account,
        };
        for folder in ["zones", "providers"] {
            fs::create_dir(bench.path().join(folder)).expect("a folder");
        }
        let servers = servers.join(", ");
        let lines = format!(
            "adapter = \"ovh\"\nnameservers = [{servers}]\n{}\n",
            bench.account.text
        );
        fs::write(bench.path().join("providers/vendor.toml"), lines).expect("an account");
        fs::write(bench.file(), text).expect("a zone file");
        bench
    }

    fn path(&self) -> &Path {
        self.project.path()
    }

    fn file(&self) -> std::path::PathBuf {
        self.path().join(format!("zones/{ZONE}.zone"))
    }

    fn edit(&self, from: &str, to: &str) {
        let text = fs::read_to_string(self.file()).expect("the zone file");
        assert!(text.contains(from), "{text}");
        fs::write(self.file(), text.replace(from, to)).expect("the zone file");
    }

    fn command(&self, arguments: &[&str], refresh: Refresh) -> Command {
        self.refresh.store(refresh as u8, SeqCst);
        let mut command = Command::new(env!("CARGO_BIN_EXE_redundns"));
        command
            .current_dir(self.path())
            .args(arguments)
            .stdin(Stdio::null())
            .env_clear()
            .env("PATH", environment("PATH").unwrap_or_default());
        for (key, secret) in &self.account.secrets {
            command.env(format!("REDUNDNS_VENDOR_{}", key.to_uppercase()), secret);
        }
        command
    }

    /// Runs to the end, and gives what was asked of the API by methods that write.
    fn run(&self, arguments: &[&str], refresh: Refresh, code: i32, part: &str) -> Vec<String> {
        self.take_writes();
        let output = self.command(arguments, refresh).output().expect("it runs");
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{said}");
        let words = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(part), "{arguments:?}: no {part}\n{said}");
        self.take_writes()
    }

    fn take_writes(&self) -> Vec<String> {
        let mut writes = self.writes.lock().expect("nothing panics while it is held");
        std::mem::take(&mut writes)
    }

    /// Runs until it asks for a refresh, and dies there.
    fn run_and_die(&self, arguments: &[&str]) {
        let mut command = self.command(arguments, Refresh::Killed);
        let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = quiet.spawn().expect("it runs");
        let asked = self.asked.recv_timeout(Duration::from_secs(60));
        asked.expect("a refresh is asked for");
        child.kill().expect("it can be killed");
        child.wait().expect("it is dead");
        self.dead.send(()).expect("somebody waits");
    }

    fn serves(&self, address: &str) -> bool {
        let origin = Name::absolute(ZONE).expect("a name");
        let zone = self.fake.store().get(&origin).expect("the zone").zone();
        let mut text = String::new();
        redundns::zone::print(&zone, &mut text).expect("text");
        text.contains(address)
    }
}

const REFRESH: &str = "POST /refresh";

pub(super) fn serves_after_a_kill_what_is_written() {
    let bench = Bench::new();
    bench.run(&["sync", "--yes", "--adopt"], Refresh::Served, 0, "");
    bench.edit("192.0.2.11", "192.0.2.99");
    bench.run_and_die(&["sync", "--yes"]);
    assert!(!bench.serves("192.0.2.99"));
    let told = "`vendor` may hold what run 2 wrote without serving it";
    assert!(bench.run(&["plan"], Refresh::Served, 0, told).is_empty());
    let code = bench.run(&["plan", "--exit-code"], Refresh::Served, 1, told);
    assert!(code.is_empty());
    // It is a change like any other to those who ask, so that somebody has to agree.
    let asked = bench.run(&["sync"], Refresh::Served, 2, "nobody to ask");
    assert!(asked.is_empty(), "{asked:?}");
    // Refused, it is still to be done.
    let refused = "A task is running";
    bench.run(&["sync", "--yes"], Refresh::Refused, 2, refused);
    bench.run(&["sync", "--yes"], Refresh::Lost, 3, "RUN12");
    assert!(!bench.serves("192.0.2.99"));
    let asked = bench.run(&["sync", "--yes"], Refresh::Served, 0, "RUN18");
    assert_eq!(asked, [REFRESH]);
    assert!(bench.serves("192.0.2.99"));
    // Done once, it is done.
    let asked = bench.run(&["sync", "--yes"], Refresh::Served, 0, "");
    assert!(asked.is_empty(), "{asked:?}");
    bench.run(&["check"], Refresh::Served, 0, "");
    let served = "serve what an earlier run wrote: made";
    bench.run(&["history", "5"], Refresh::Served, 0, served);
}

pub(super) fn serves_with_the_next_change_what_is_written() {
    let bench = Bench::new();
    bench.run(&["sync", "--yes", "--adopt"], Refresh::Served, 0, "");
    bench.edit("192.0.2.11", "192.0.2.99");
    bench.run(&["sync", "--yes"], Refresh::Lost, 3, "nobody knows");
    bench.edit("192.0.2.10", "192.0.2.98");
    let asked = bench.run(&["sync", "--yes"], Refresh::Served, 0, "");
    let refreshes = asked.iter().filter(|asked| *asked == REFRESH);
    assert_eq!(refreshes.count(), 1, "{asked:?}");
    assert!(bench.serves("192.0.2.99") && bench.serves("192.0.2.98"));
}
