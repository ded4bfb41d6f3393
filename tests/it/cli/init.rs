//! `init` as a new user: an empty directory, and servers that are there already.

use std::fs;
use std::net::SocketAddr;

use super::{ORIGIN, Project, ZONE, changes};
use crate::world::bind::Bind;
use crate::world::hosted::{Access, Hosted, KEY};
use crate::world::pdns::Pdns;

/// A directory with nothing in it.
fn empty() -> Project {
    let project = Project::new();
    for folder in ["zones", "providers"] {
        fs::remove_dir(project.path(folder)).expect("an empty folder");
    }
    project
}

fn server(name: &str, address: SocketAddr) -> String {
    format!("{name}={address}")
}

fn names(project: &Project) -> Vec<String> {
    let entries = fs::read_dir(project.path(".")).expect("a directory");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn a_zone_at_one_provider_becomes_a_project() {
    let Some(pdns) = Pdns::start(&[(ORIGIN, ZONE)]) else {
        return;
    };
    let project = empty().variable("PDNS_API_KEY", pdns.api_key);
    let endpoint = format!("endpoint={}", pdns.endpoint);
    let one = server("ns1.a.example", pdns.dns);
    let two = server("ns1.b.example", pdns.dns);
    let init = [
        "init",
        ORIGIN,
        "--adapter",
        "powerdns",
        "--set",
        &endpoint,
        "--ns",
        &one,
        "--ns",
        &two,
    ];
    project.run(&init).expect(
        0,
        &[
            "powerdns holds it, read with PDNS_API_KEY",
            "13 record sets, from account `powerdns`",
            "+ zones/example.test.zone",
            "+ providers/powerdns.toml",
            "+ redundns.toml",
            "+ .github/workflows/dns.yml",
            "= a plan for powerdns is empty; nothing was written there",
            "one provider, `powerdns`, is one point of failure",
            "redundns init example.test --second ADAPTER",
        ],
    );
    let account = project.read("providers/powerdns.toml");
    for line in [
        "adapter = \"powerdns\"",
        "zones = [\"example.test\"]",
        &format!(
            "{{ name = \"ns1.a.example.\", addresses = [\"{}\"] }}",
            pdns.dns
        ),
    ] {
        assert!(account.contains(line), "{account}");
    }
    assert!(!account.contains(pdns.api_key), "{account}");
    // Nobody looked at the delegation.
    assert!(
        project
            .read("redundns.toml")
            .contains("\ndelegation = false")
    );
    let workflow = project.read(".github/workflows/dns.yml");
    assert!(
        workflow.contains("      PDNS_API_KEY: ${{ secrets.PDNS_API_KEY }}\n"),
        "{workflow}"
    );
    project.run(&["plan", "--exit-code"]).expect_code(0);
    project.run(&["check"]).expect_code(0);
    project.run(&["providers", "--check", "--zones"]).expect(
        0,
        &[
            "reads, holds 1 zone; writes",
            "= example.test. zones/example.test.zone",
        ],
    );

    let files = [
        "redundns.toml",
        "providers/powerdns.toml",
        "zones/example.test.zone",
    ];
    let before = files.map(|file| project.read(file));
    project
        .run(&init)
        .expect(0, &["every file is there already", "is empty"]);
    assert_eq!(files.map(|file| project.read(file)), before);
    project
        .run(&["init", ORIGIN, "--second", "hetzner", "--ns", &one])
        .expect(
            2,
            &[
                "+ providers/hetzner.toml",
                "`hetzner` cannot be asked",
                "HCLOUD_TOKEN",
                "? hetzner is unknown",
            ],
        );
}

#[test]
fn a_zone_file_in_hand_becomes_a_project() {
    let frame = "$TTL 300\n@ SOA ns1.a.example. hostmaster 1 4h 1h 2w 5m\n@ NS ns1.a.example.\n@ NS ns1.b.example.\n";
    let Some(bind) = Bind::start(&[Hosted::dynamic(ORIGIN, frame)]) else {
        return;
    };
    let project = empty().variable("TSIG", KEY.secret);
    let text = format!("; mine, and kept as it is\n{ZONE}");
    project.write("example.test.zone", &text);
    let tsig = format!(
        "tsig={{ name = \"{}\", algorithm = \"{}\", secret = {{ env = \"TSIG\" }} }}",
        KEY.name, KEY.algorithm
    );
    let address = format!("server={}", bind.address());
    let ns = server("ns1.a.example", bind.address());
    let other = server("ns1.b.example", bind.address());
    let init = [
        "init",
        "./example.test.zone",
        "--adapter",
        "rfc2136",
        "--set",
        &address,
        "--set",
        &tsig,
        "--ns",
        &ns,
        "--ns",
        &other,
        "--no-ci",
    ];
    let (code, report) = project.json(&init);
    assert_eq!(code, 0, "{report:#}");
    assert_eq!(changes(&report, "rfc2136").len(), 11, "{report:#}");
    assert_eq!(project.read("zones/example.test.zone"), text);
    assert!(!project.path(".github").exists());
    assert!(!project.read("providers/rfc2136.toml").contains(KEY.secret));
    project
        .run(&["sync", "--yes", "--allow-change", "100%"])
        .expect_code(0);
}

#[test]
fn without_credentials_nothing_is_called_the_whole_zone_that_is_not() {
    let hidden = Hosted::dynamic(
        ORIGIN,
        &format!("{ZONE}*.wild A 192.0.2.80\nnobody-guesses-this A 192.0.2.81\n"),
    );
    let Some(bind) = Bind::start(&[hidden.clone().transfer(Access::Nobody)]) else {
        return;
    };
    let project = empty();
    let ns = server("ns1.a.example", bind.address());
    project.run(&["init", ORIGIN, "--ns", &ns]).expect(
        2,
        &[
            "is not the whole zone",
            "allow no transfer",
            "+ zones/example.test.partial",
            "somebody unknown",
            "get its zone file there",
        ],
    );
    let partial = project.read("zones/example.test.partial");
    assert!(partial.contains("THIS IS NOT THE WHOLE ZONE"), "{partial}");
    assert!(partial.contains("mail    A    192.0.2.25"), "{partial}");
    assert!(!partial.contains("nobody-guesses"), "{partial}");
    drop(bind);

    let Some(bind) = Bind::start(&[hidden.transfer(Access::Anyone)]) else {
        return;
    };
    let project = empty();
    let ns = server("ns1.a.example", bind.address());
    project.run(&["init", ORIGIN, "--ns", &ns]).expect(
        2,
        &[
            "15 record sets, from a zone transfer from ns1.a.example.",
            "write an account for whoever serves the zone",
        ],
    );
    assert!(
        project
            .read("zones/example.test.zone")
            .contains("nobody-guesses-this")
    );
}

#[test]
fn nothing_is_written_where_something_is_wrong() {
    let project = empty();
    let hints = project.path("hints");
    let nobody = ". 60 NS a.root.example.\na.root.example. 60 A 127.0.0.253\n";
    fs::write(&hints, nobody).expect("a file");
    for (arguments, phrases) in [
        (&["init"][..], &["no domain was named"][..]),
        (&["init", "exa..mple"], &["`exa..mple` is no domain"]),
        (&["init", "./none.zone"], &["neither a file nor a domain"]),
        (
            &["init", "example.test", "--adapter", "bind"],
            &["`bind` is no adapter", "powerdns"],
        ),
        (
            &[
                "init",
                "example.test",
                "--adapter",
                "powerdns",
                "--set",
                "endpoint",
                "--ns",
                "ns.a.example=127.0.0.253",
            ],
            &["has no `=`"],
        ),
        (
            &["init", "example.test", "--ns", "ns.a.example"],
            &["NAME=ADDRESS[:PORT]"],
        ),
        (
            &["init", "example.test", "--root-hints", "none"],
            &["cannot read the root hints"],
        ),
        (
            &["init", "example.test", "--root-hints", "hints"],
            &[
                "the delegation of `example.test.` cannot be read",
                "--ns NAME=ADDRESS",
            ],
        ),
    ] {
        project.run(arguments).expect(2, phrases);
        assert_eq!(names(&project), ["hints"], "{arguments:?}");
    }
    // A directory cannot be where a file is: nothing is left of what was begun.
    let project = project.variable("DESEC_TOKEN", "none");
    project.write("example.test.zone", ZONE);
    project.write(".github", "a file\n");
    project
        .run(&[
            "init",
            "./example.test.zone",
            "--ns",
            "ns.a.example=127.0.0.253",
        ])
        .expect(
            2,
            &[
                "cannot write `.github/workflows/dns.yml`",
                "nothing was written",
            ],
        );
    assert_eq!(names(&project), [".github", "example.test.zone", "hints"]);
}
