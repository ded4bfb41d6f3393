//! `init` on bad days: domains that are not as they should be, credentials that do not do, a full disk.

use std::fs;
use std::net::SocketAddr;
use std::process::Command;

use super::{ORIGIN, Project, ZONE, finish, program};
use crate::world::bind::Bind;
use crate::world::hosted::Hosted;
use crate::world::knot::Knot;
use crate::world::pdns::Pdns;
use crate::world::small_internet::SmallInternet;
use crate::world::{free_address, namespace, require};

/// A directory with nothing in it.
fn empty() -> Project {
    let project = Project::new();
    for folder in ["zones", "providers"] {
        fs::remove_dir(project.path(folder)).expect("an empty folder");
    }
    project
}

fn is_empty(project: &Project) -> bool {
    let mut entries = fs::read_dir(project.path(".")).expect("a directory");
    entries.next().is_none()
}

fn server(name: &str, address: SocketAddr) -> String {
    format!("{name}={address}")
}

#[test]
fn the_delegation_says_what_there_is_to_take_over() {
    if !namespace::inside("cli::first_day::the_delegation_says_what_there_is_to_take_over") {
        return;
    }
    let edits = [("example", "shop NS ns1.beta.lab.\nshop NS ns1.gamma\n", "")];
    let Some(internet) = SmallInternet::start(&edits, &["beta", "gamma"]) else {
        return;
    };
    let hints = internet.directory().join("hints");
    let init = |project: &Project, domain: &str| {
        let arguments = ["init", domain, "--root-hints"];
        finish(program(&project.path("."), &arguments).arg(&hints))
    };
    let project = empty();
    init(&project, "nobody.example").expect(
        2,
        &[
            "`nobody.example.` does not exist: the servers of `example.` know no such name",
            "look at the spelling",
        ],
    );
    init(&project, "www.shop.example").expect(
        2,
        &["`www.shop.example.` is no zone of its own: the servers of `shop.example.` do not delegate it"],
    );
    assert!(is_empty(&project));
    // Delegated to one server, though the zone lists three, of which two are dead.
    init(&project, "shop.example").expect(
        2,
        &[
            "delegated    by example. to ns1.alpha.example",
            "somebody unknown",
            "the parent lists other nameservers than the zone itself",
            "no answer for the zone from",
            "`ns1.beta.lab.`",
        ],
    );
    assert!(
        project
            .read("redundns.toml")
            .contains("\ndelegation = true")
    );
}

#[test]
fn what_stands_in_the_way_of_redundancy_is_said_first() {
    let other = ZONE.replace("hostmaster 1 ", "hostmaster 7 ");
    let hosted = |text: &str| [Hosted::fixed(ORIGIN, text)];
    let (Some(one), Some(two)) = (Bind::start(&hosted(ZONE)), Knot::start(&hosted(&other))) else {
        return;
    };
    let (one, two) = (
        server("ns1.a.example", one.address()),
        server("ns1.b.example", two.address()),
    );
    empty()
        .run(&["init", ORIGIN, "--ns", &one, "--ns", &two])
        .expect(
            2,
            &[
                "its own nameservers differ by their SOA: ns1.a.example. | ns1.b.example.",
                "one of them may hold an older zone",
            ],
        );
    let alone = ZONE.replace("@ NS ns1.b.example.\n", "");
    let Some(lone) = Bind::start(&hosted(&alone)) else {
        return;
    };
    let lone = server("ns1.a.example", lone.address());
    empty()
        .run(&["init", ORIGIN, "--ns", &lone])
        .expect(2, &["has one nameserver, `ns1.a.example.`", "RFC 2182"]);
    let nobody = server("ns1.b.example", free_address());
    empty()
        .run(&["init", ORIGIN, "--ns", &one, "--ns", &nobody])
        .expect(2, &["no answer for the zone from `ns1.b.example.`"]);
}

#[test]
fn a_signed_zone_is_taken_over_without_its_signatures() {
    // Nobody validates here: that there are keys is what counts.
    let signed = format!(
        "{ZONE}@ DNSKEY 257 3 13 mdsswUyr3DPW132mOi8V9xESWE8jTo0dxCjjnopKl+GqJxpVXckHAeF+KkxLbxILfDLUT0rAK9iUzy1L53eKGQ==\n"
    );
    let Some(bind) = Bind::start(&[Hosted::fixed(ORIGIN, &signed)]) else {
        return;
    };
    let project = empty();
    let ns = server("ns1.a.example", bind.address());
    project.run(&["init", ORIGIN, "--ns", &ns]).expect(
        2,
        &[
            "`example.test.` is signed, and each provider signs with keys of its own",
            "RFC 8901",
            "13 record sets, from a zone transfer",
        ],
    );
    let text = project.read("zones/example.test.zone");
    let data = text.lines().filter(|line| !line.starts_with(';'));
    assert_eq!(
        data.filter(|line| line.contains("DNSKEY")).count(),
        0,
        "{text}"
    );
}

#[test]
fn fifty_thousand_records_are_no_trouble() {
    let mut text = ZONE.to_owned();
    for number in 0..50_000 {
        text += &format!("host-{number} A 192.0.2.{}\n", number % 250);
    }
    let Some(bind) = Bind::start(&[Hosted::fixed(ORIGIN, &text)]) else {
        return;
    };
    let project = empty();
    let ns = server("ns1.a.example", bind.address());
    project
        .run(&["init", ORIGIN, "--ns", &ns])
        .expect(2, &["50013 record sets, from a zone transfer"]);
    let text = project.read("zones/example.test.zone");
    assert!(
        text.lines()
            .filter(|line| line.starts_with("host-"))
            .count()
            == 50_000
    );
    project
        .run(&["lint", "zones/example.test.zone"])
        .expect_code(0);
}

#[test]
fn a_zone_that_does_not_fit_the_second_provider_is_told_before_anything_is_written() {
    let Some(pdns) = Pdns::start(&[(ORIGIN, ZONE)]) else {
        return;
    };
    // Where the API is the variable says that others read it from.
    let project = empty()
        .variable("PDNS_API_KEY", pdns.api_key)
        .variable("PDNS_API_URL", &format!("{}/", pdns.endpoint));
    let ns = server("ns1.a.example", pdns.dns);
    let init = ["init", ORIGIN, "--adapter", "powerdns", "--ns", &ns];
    let second = [&init[..], &["--second", "desec"]].concat();
    let said = project.run(&second).expect(
        2,
        &[
            "does not fit `desec`",
            "so do not",
            "example.test. does not fit `desec` as it is, and would be the same nowhere: nothing was written",
            "without `--second desec` you get zones/example.test.zone",
        ],
    );
    let lines = said.stderr.lines().filter(|line| line.contains("[FIT"));
    assert!(lines.count() <= 3, "a line for each kind: {}", said.stderr);
    assert!(is_empty(&project));
    project.run(&init).expect(
        0,
        &["powerdns holds it, read with PDNS_API_KEY, PDNS_API_URL"],
    );
    let account = project.read("providers/powerdns.toml");
    assert!(!account.contains("endpoint"), "{account}");
    project.run(&["plan", "--exit-code"]).expect_code(0);
    // By now the file is there, and named with the line.
    project
        .run(&["init", ORIGIN, "--second", "desec", "--ns", &ns])
        .expect(2, &["zones/example.test.zone:", "nothing was written"]);
    assert!(!project.path("providers/desec.toml").exists());
    project.edit("zones/example.test.zone", "$TTL 300", "$TTL 3600");
    project
        .run(&["init", ORIGIN, "--second", "desec", "--ns", &ns])
        .expect(2, &["+ providers/desec.toml", "`desec` cannot be asked"]);
}

#[test]
fn a_wrong_key_is_the_first_thing_that_is_said() {
    let Some(pdns) = Pdns::start(&[(ORIGIN, ZONE)]) else {
        return;
    };
    let project = empty().variable("PDNS_API_KEY", "not-the-key");
    let endpoint = format!("endpoint={}", pdns.endpoint);
    let ns = server("ns1.a.example", pdns.dns);
    let output = project
        .run(&[
            "init",
            ORIGIN,
            "--adapter",
            "powerdns",
            "--set",
            &endpoint,
            "--ns",
            &ns,
        ])
        .expect(2, &["`powerdns` cannot be read", "401", "hint"]);
    assert!(!output.said().contains("not-the-key"), "{}", output.said());
}

#[test]
fn a_full_disk_leaves_nothing_behind() {
    let Some(prlimit) = require("prlimit", "util-linux") else {
        return;
    };
    let Some(bind) = Bind::start(&[Hosted::fixed(ORIGIN, ZONE)]) else {
        return;
    };
    let project = empty();
    let ns = server("ns1.a.example", bind.address());
    let inner = project.command(&[]);
    let mut command = Command::new(&prlimit);
    command
        .arg("--fsize=200")
        .arg(inner.get_program())
        .args(["init", ORIGIN, "--ns", &ns])
        .current_dir(project.path("."));
    finish(&mut command).expect(
        2,
        &[
            "cannot write `zones/example.test.zone`",
            "nothing was written",
            "make room",
        ],
    );
    assert!(is_empty(&project));
}
