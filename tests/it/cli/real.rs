//! PowerDNS, BIND and Knot as one redundant set, judged by programs that are not ours.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use super::{ORIGIN, Project, ZONE, changes, nameservers};
use crate::world::bind::Bind;
use crate::world::hosted::{Hosted, KEY};
use crate::world::knot::Knot;
use crate::world::pdns::Pdns;
use crate::world::require;

const MORE: &str = "\
txt TXT \"first string \" \"second; with \\\"quotes\\\"\"
_sip._tcp SRV 10 60 5060 mail
_443._tcp.www TLSA 3 1 1 0b9fa5a59eed715c26c1020c711b4f6ec42d58b0015e14337a39dad301c5afc3
@ CAA 0 issue \"ca.example\"
www AAAA 2001:db8::1
alias CNAME www
*.wild A 192.0.2.80
sub NS ns.sub
sub NS ns.elsewhere.example.
ns.sub A 192.0.2.81
svc HTTPS 1 . alpn=h2 ipv4hint=192.0.2.1
odd TYPE65280 \\# 4 c0000201
";

/// A zone that the providers hold before the first sync.
const FRAME: &str = "\
$TTL 300
@ SOA ns1.a.example. hostmaster 1 4h 1h 2w 5m
@ NS ns1.a.example.
@ NS ns1.b.example.
";

fn rfc2136(id: &str, address: SocketAddr) -> String {
    format!(
        "adapter = \"rfc2136\"\nserver = \"{address}\"\ntsig = {{ name = \"{}\", algorithm = \"{}\", \
         secret = {{ env = \"TSIG\" }} }}\n{}",
        KEY.name,
        KEY.algorithm,
        nameservers(id, address)
    )
}

/// What `dig AXFR` gets, signed with the key where there is one.
fn transfer(dig: &Path, address: SocketAddr, signed: bool) -> String {
    let key = format!("{}:{}:{}", KEY.algorithm, KEY.name, KEY.secret);
    let mut command = Command::new(dig);
    command.args([
        &format!("@{}", address.ip()),
        "-p",
        &address.port().to_string(),
    ]);
    if signed {
        command.args(["-y", &key]);
    }
    let output = command
        .args(["+noall", "+answer", "+onesoa", ORIGIN, "AXFR"])
        .output()
        .expect("dig runs");
    String::from_utf8(output.stdout).expect("text")
}

/// Everything but the SOA, in the form and order of `ldns-read-zone`.
fn canonical(reader: &Path, file: &Path, text: &str) -> Vec<String> {
    std::fs::write(file, text).expect("a file");
    let output = Command::new(reader)
        .args(["-c", "-n"])
        .arg(file)
        .output()
        .expect("it runs");
    assert!(
        output.status.success(),
        "{}\n{text}",
        String::from_utf8_lossy(&output.stderr)
    );
    let mut lines: Vec<String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| line.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    lines.sort();
    lines
}

/// BIND writes down what it adds, in the order in which it was told.
fn apex_ns_came_last(log: &str) {
    let added = || log.lines().filter(|line| line.contains("adding an RR at"));
    let is_apex_ns = |line: &&str| line.contains("'example.test' NS");
    let others = added().count() - added().filter(is_apex_ns).count();
    assert!(others > 20, "{log}");
    assert_eq!(
        added().position(|line| is_apex_ns(&line)),
        Some(others),
        "{log}"
    );
}

#[test]
fn one_zone_at_powerdns_bind_and_knot() {
    let hosted = [Hosted::dynamic(ORIGIN, FRAME)];
    let (Some(pdns), Some(bind), Some(knot), Some(dig), Some(reader)) = (
        Pdns::start_with("allow-axfr-ips=127.0.0.0/8\n", &[]),
        Bind::start(&hosted),
        Knot::start(&hosted),
        require("dig", "bind9-dnsutils"),
        require("ldns-read-zone", "ldnsutils"),
    ) else {
        return;
    };
    let project = Project::new()
        .zone(ORIGIN, &(ZONE.to_owned() + MORE))
        .account("bind", &rfc2136("a", bind.address()))
        .account("knot", &rfc2136("b", knot.address()))
        .account(
            "pdns",
            &format!(
                "adapter = \"powerdns\"\nendpoint = \"{}\"\napi_key = {{ env = \"PDNS\" }}\ncreate = true\n{}",
                pdns.endpoint,
                nameservers("c", pdns.dns)
            ),
        )
        .variable("TSIG", KEY.secret)
        .variable("PDNS", pdns.api_key);
    project.edit(
        "zones/example.test.zone",
        "@ NS ns1.b.example.\n",
        "@ NS ns1.b.example.\n@ NS ns1.c.example.\n",
    );

    let agree = |report: &serde_json::Value| {
        let agreement = &report["zones"][0]["agreement"];
        assert_eq!(agreement["agree"], agreement["questions"], "{report:#}");
    };
    let (code, report) = project.json(&["sync", "--yes"]);
    assert_eq!(code, 0, "{report:#}");
    agree(&report);
    apex_ns_came_last(&bind.log());
    let (code, report) = project.json(&["sync", "--yes"]);
    assert_eq!(code, 0, "{report:#}");
    for id in ["bind", "knot", "pdns"] {
        assert_eq!(changes(&report, id), [""; 0]);
    }

    let compare = || {
        let file = project.path("compared");
        let printed = project
            .run(&["lint", "--print", "zones/example.test.zone"])
            .expect_code(0)
            .stdout;
        let expected = canonical(&reader, &file, &printed);
        assert!(expected.len() > 25, "{printed}");
        for (address, signed) in [
            (bind.address(), true),
            (knot.address(), true),
            (pdns.dns, false),
        ] {
            let held = canonical(&reader, &file, &transfer(&dig, address, signed));
            assert_eq!(held, expected, "{address}");
        }
    };
    compare();

    project.edit(
        "zones/example.test.zone",
        "www A 192.0.2.1\n",
        "www A 192.0.2.7\nwww A 192.0.2.8\n",
    );
    project.edit("zones/example.test.zone", "h1 A 192.0.2.11\n", "");
    project.edit(
        "zones/example.test.zone",
        "alias CNAME www\n",
        "alias A 192.0.2.9\n",
    );
    project
        .run(&["check"])
        .expect(1, &["www A", "- h1 300 A", "alias"]);
    let (code, report) = project.json(&["sync", "--yes"]);
    assert_eq!(code, 0, "{report:#}");
    agree(&report);
    compare();
    project.run(&["check"]).expect_code(0);
    project.run(&["plan", "--exit-code"]).expect_code(0);
    project.run(&["providers", "--check"]).expect(0, &["reads"]);

    // An outage of one changes nobody, serial numbers included, until the operator says so.
    project.append("late A 192.0.2.99\n");
    let held = || [bind.address(), knot.address()].map(|address| transfer(&dig, address, true));
    let before = held();
    assert!(before[0].contains("SOA"), "{before:?}");
    drop(pdns);
    project
        .run(&["sync", "--yes"])
        .expect(2, &["nothing was changed", "--without pdns"]);
    assert_eq!(held(), before);
    project
        .run(&["sync", "--yes", "--without", "pdns"])
        .expect_code(0);
    assert!(
        held()
            .iter()
            .all(|text| text.contains("late.example.test."))
    );
}
