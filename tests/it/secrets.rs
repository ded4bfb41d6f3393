//! Recognizable credentials from every kind of source, every command in every manner, everything that comes out or
//! stays behind: none of them is in it, whatever their spelling.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use clap::CommandFactory;
use data_encoding::{BASE64, BASE64URL, HEXLOWER};
use redundns::cli::Cli;

use crate::world::http_fake::{Fake, Reply};
use crate::world::{Running, environment, free_address, wait_until};

/// One for each kind of source, and one that stands where none may stand.
const ENV: &str = "ENVtok3n/Qx7+Zr2=Lm9";
const FILE: &str = "FILEtok3n/Wc4+Yb8=Kp1";
const COMMAND: &str = "CMDtok3n/Vd5+Xa6=Jn0";
const NAMED: &str = "NAMEDtok3n/Ue6+Ws3=Hg4";
/// The octets of a TSIG key; the account has them in base64.
const TSIG: &str = "TSIGtok3n-of-thirty-two-octets!!";
const LITERAL: &str = "LITtok3n/Tf7+Vr1=Gd2";

const ALL: [&str; 6] = [ENV, FILE, COMMAND, NAMED, TSIG, LITERAL];

const ZONE: &str = "\
$TTL 300
@ SOA ns1.emb.example. hostmaster 1 4h 1h 2w 5m
@ NS ns1.emb.example.
www A 192.0.2.1
";

/// How a credential may show: as it is, encoded, its beginning.
fn spellings(secret: &str) -> Vec<String> {
    let percent: String = secret
        .bytes()
        .map(|byte| match byte {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect();
    let base64 = BASE64.encode(secret.as_bytes());
    vec![
        secret.to_owned(),
        secret[..12].to_owned(),
        base64[..16].to_owned(),
        base64,
        BASE64URL.encode(secret.as_bytes()),
        HEXLOWER.encode(secret.as_bytes()),
        percent.clone(),
        percent.to_ascii_lowercase(),
    ]
}

/// The spellings that are in `octets`.
fn leaks(octets: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(octets);
    let all = ALL.into_iter().flat_map(spellings);
    all.filter(|spelling| text.contains(spelling.as_str()))
        .collect()
}

/// A server that repeats the credential wherever it can, with `status`; for 204, in an answer that breaks off.
fn echo(status: u16) -> Fake {
    Fake::start(move |_, request| {
        let key = request.header("x-api-key").unwrap_or_default().to_owned();
        if status == 204 {
            return Reply::Truncated(format!("{{\"error\": \"{key}\"}}"));
        }
        // Of a webhook the address is what must not show.
        let key = if key.is_empty() {
            request.path.clone()
        } else {
            key
        };
        let body = format!(
            "{{\"error\": \"key {key} of [{key}]\", \"errors\": [\"{key}\"], \"name\": \"{key}.example.test.\", \
             \"rrsets\": [{{\"name\": \"{key}.example.test.\", \"ttl\": 60, \"type\": \"A\", \
             \"records\": [{{\"content\": \"{key}\"}}]}}]}}"
        );
        Reply::Answer(
            status,
            vec![("X-Echo", key.clone()), ("Location", format!("/{key}"))],
            body,
        )
    })
}

struct Project(tempfile::TempDir);

impl Project {
    fn new() -> Self {
        let project = Self(tempfile::tempdir().expect("a directory"));
        for folder in ["zones", "providers"] {
            fs::create_dir(project.0.path().join(folder)).expect("a folder");
        }
        project.write("zones/example.test.zone", ZONE);
        let address = free_address();
        project.write(
            "providers/emb.toml",
            &format!(
                "adapter = \"embedded\"\nlisten = [\"{address}\"]\n\
                 nameservers = [{{ name = \"ns1.emb.example.\", addresses = [\"{address}\"] }}]\n"
            ),
        );
        project
    }

    fn write(&self, inner: &str, text: &str) {
        fs::write(self.0.path().join(inner), text).expect("a file");
    }

    /// A file that nobody else can read.
    fn private(&self, inner: &str, text: &str) {
        self.write(inner, text);
        let mode = fs::Permissions::from_mode(0o600);
        fs::set_permissions(self.0.path().join(inner), mode).expect("a mode");
    }

    fn powerdns(&self, id: &str, endpoint: &str, key: &str) {
        self.write(
            &format!("providers/{id}.toml"),
            &format!("adapter = \"powerdns\"\nendpoint = \"{endpoint}\"\ncreate = true\n{key}\n"),
        );
    }

    /// Accounts with every kind of source.
    fn sources(&self, endpoint: &str) {
        self.private("key.txt", FILE);
        self.private(
            "key.sh",
            &format!("echo '{COMMAND}'; echo 'asked for the key' >&2"),
        );
        self.powerdns("env", endpoint, "api_key = { env = \"PLANTED\" }");
        self.powerdns("file", endpoint, "api_key = { file = \"key.txt\" }");
        self.powerdns(
            "command",
            endpoint,
            "api_key = { command = [\"sh\", \"key.sh\"] }",
        );
        self.powerdns("named", endpoint, "");
        self.private("hook.txt", &format!("{endpoint}/services/{FILE}"));
        self.private("hook.sh", &format!("echo '{endpoint}/x?key={COMMAND}'"));
        self.write(
            "redundns.toml",
            "[watch]\nmetrics = \"off\"\ndelegation = false\nconfirm = 1\n\
             [status]\ndirectory = \"public\"\n\
             [[notify]]\nslack = { command = [\"sh\", \"hook.sh\"] }\n\
             [[notify]]\nwebhook = { file = \"hook.txt\" }\n",
        );
        self.write(
            "providers/tsig.toml",
            &format!(
                "adapter = \"rfc2136\"\nserver = \"{}\"\n\
                 tsig = {{ name = \"key.\", secret = {{ env = \"PLANTED_TSIG\" }} }}\n",
                free_address()
            ),
        );
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_redundns"));
        command
            .args(words)
            .current_dir(self.0.path())
            .env_clear()
            .env("PATH", environment("PATH").unwrap_or_default())
            .env("RUST_BACKTRACE", "full")
            .env("PLANTED", ENV)
            .env("PLANTED_TSIG", BASE64.encode(TSIG.as_bytes()))
            .env("REDUNDNS_NAMED_API_KEY", NAMED)
            .stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().expect("it runs")
    }

    /// Everything that is left behind, but for what was put there.
    fn left_behind(&self) -> Vec<(String, Vec<u8>)> {
        let mut found = Vec::new();
        let mut open = vec![self.0.path().to_owned()];
        while let Some(directory) = open.pop() {
            for entry in fs::read_dir(&directory).expect("a directory") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    open.push(path);
                } else if !["key.txt", "key.sh", "hook.txt", "hook.sh", "literal.toml"]
                    .iter()
                    .any(|own| path.ends_with(own))
                {
                    found.push((path.display().to_string(), fs::read(&path).expect("a file")));
                }
            }
        }
        found
    }
}

/// The words of every command that there is: a new one has to be added here, or the test below says so.
fn lines(command: &str) -> Vec<Vec<&str>> {
    match command {
        "lint" => vec![vec!["lint"], vec!["lint", "--print"]],
        "plan" => vec![vec!["plan"], vec!["plan", "--out", "saved.plan"]],
        "sync" => vec![
            vec!["sync", "--yes", "--adopt", "--settle", "0s"],
            vec!["sync", "--yes", "--adopt", "--settle", "0s", "-p", "emb"],
            vec!["sync", "--plan", "saved.plan", "--yes"],
        ],
        "check" => vec![vec!["check"]],
        "import" => vec![vec![
            "import",
            "emb",
            "tsig",
            "example.test",
            "--output",
            "-",
        ]],
        "init" => vec![vec![
            "init",
            "other.test",
            "--ns",
            "ns.other.test=127.0.0.1:9",
            "--no-ci",
        ]],
        "providers" => vec![vec!["providers", "--check"], vec!["providers", "--zones"]],
        "explain" => vec![vec!["explain"]],
        "completions" => vec![vec!["completions", "bash"]],
        "watch" => vec![vec!["watch", "--once"], vec!["watch", "--test-notify"]],
        // Ended by a signal, see below.
        "serve" => Vec::new(),
        other => vec![vec![other]],
    }
}

fn commands() -> Vec<String> {
    let cli = Cli::command();
    let names = cli
        .get_subcommands()
        .map(|command| command.get_name().to_owned());
    names.collect()
}

/// Runs everything there is, and complains of each spelling of a credential that shows.
fn search(project: &Project, what: &str) {
    let mut wrong = Vec::new();
    for name in commands() {
        for line in lines(&name) {
            for manner in [&[][..], &["--json"], &["-vv"]] {
                let words = [&line[..], manner, &["--timeout", "10s"]].concat();
                let output = project.run(&words);
                assert!(
                    output.status.code().is_some(),
                    "{what}: {words:?} was killed"
                );
                for leak in [leaks(&output.stdout), leaks(&output.stderr)].concat() {
                    wrong.push(format!("{what}: {words:?} says `{leak}`"));
                }
            }
        }
    }
    for (path, octets) in project.left_behind() {
        wrong.extend(
            leaks(&octets)
                .iter()
                .map(|leak| format!("{what}: {path} holds `{leak}`")),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_search_finds_what_it_looks_for() {
    for secret in ALL {
        for spelling in spellings(secret) {
            let text = format!("before{spelling}after");
            assert!(!leaks(text.as_bytes()).is_empty(), "{spelling}");
        }
    }
    assert!(leaks(b"nothing of the kind").is_empty());
}

#[test]
fn no_command_shows_a_credential_that_a_server_repeats() {
    std::thread::scope(|scope| {
        for status in [200, 204, 401] {
            scope.spawn(move || repeated(status));
        }
    });
}

fn repeated(status: u16) {
    let fake = echo(status);
    let project = Project::new();
    project.sources(&fake.endpoint());
    search(&project, &format!("echo {status}"));
    let seen = fake.seen();
    let keys: Vec<&str> = seen
        .iter()
        .filter_map(|request| request.header("x-api-key"))
        .collect();
    for planted in [ENV, FILE, COMMAND, NAMED] {
        assert!(keys.contains(&planted), "`{planted}` was never sent");
    }
    for planted in [FILE, COMMAND] {
        let is_told = seen.iter().any(|request| request.path.contains(planted));
        assert!(is_told, "no webhook with `{planted}` was told anything");
    }
}

#[test]
fn no_command_shows_a_credential_that_stands_in_the_account() {
    for (what, text) in [
        ("literal", format!("adapter = \"powerdns\"\napi_key = \"{LITERAL}\"\n")),
        ("no TOML", format!("adapter = \"powerdns\"\napi_key = \"{LITERAL}\n")),
        ("bare", format!("adapter = \"powerdns\"\napi_key = {LITERAL}\n")),
        ("nested", format!("adapter = \"powerdns\"\napi_key = {{ env = {{ x = \"{LITERAL}\" }} }}\n")),
        ("a list", format!("adapter = \"powerdns\"\napi_key = [\"{LITERAL}\"]\n")),
        ("in the endpoint", format!("adapter = \"powerdns\"\nendpoint = \"http://u:{LITERAL}@127.0.0.1:1\"\napi_key = {{ env = \"PLANTED\" }}\n")),
        ("a kind too many", format!("adapter = \"powerdns\"\napi_key = {{ value = \"{LITERAL}\" }}\n")),
        ("a TSIG key", format!("adapter = \"rfc2136\"\nserver = \"127.0.0.1:1\"\ntsig = {{ name = \"k.\", secret = \"{LITERAL}\" }}\n")),
        ("no base64", "adapter = \"rfc2136\"\nserver = \"127.0.0.1:1\"\ntsig = { name = \"k.\", secret = { env = \"PLANTED\" } }\n".to_owned()),
    ] {
        let project = Project::new();
        project.write("providers/literal.toml", &text);
        search(&project, what);
    }
}

#[test]
fn serving_shows_no_credential() {
    let fake = echo(401);
    let project = Project::new();
    project.sources(&fake.endpoint());
    let log = project.0.path().join("log");
    let file = fs::File::create(&log).expect("a file");
    let mut command = project.command(&["serve", "-vv"]);
    command
        .stdout(file.try_clone().expect("the same file"))
        .stderr(file);
    let mut running = Running::start(&mut command);
    wait_until("a line of `serve`", || {
        running.has_ended() || !fs::read(&log).unwrap_or_default().is_empty()
    });
    drop(running);
    assert!(leaks(&read(&log)).is_empty());
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).expect("a file")
}

#[test]
fn a_request_is_logged_without_its_headers() {
    let fake = echo(401);
    let project = Project::new();
    project.sources(&fake.endpoint());
    let begin = std::time::Instant::now();
    let output = project.run(&["providers", "--check", "-vv"]);
    assert!(begin.elapsed() < Duration::from_secs(60));
    let said = String::from_utf8_lossy(&output.stderr);
    let line = format!("GET {}/api/v1/servers/localhost", fake.endpoint());
    assert!(said.contains(&line) && said.contains(": 401, "), "{said}");
    let quiet = project.run(&["providers", "--check", "-v"]);
    assert!(!String::from_utf8_lossy(&quiet.stderr).contains(&line));
}
