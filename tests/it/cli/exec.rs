//! Plug-ins as accounts: octoDNS's providers before a real PowerDNS and a real BIND, proved by asking them.

use std::path::Path;
use std::process::Command;

use super::{ORIGIN, Project, ZONE, nameservers};
use crate::world::bind::Bind;
use crate::world::hosted::{Hosted, KEY};
use crate::world::pdns::Pdns;
use crate::world::{free_address, require, require_clients};

const BRIDGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/octodns_bridge.py");

/// What octoDNS can hold beside the usual.
const MORE: &str = "\
txt TXT \"first string \" \"second; with a semicolon\"
_sip._tcp SRV 10 60 5060 mail
_443._tcp.www TLSA 3 1 1 0b9fa5a59eed715c26c1020c711b4f6ec42d58b0015e14337a39dad301c5afc3
@ CAA 0 issue \"ca.example\"
www AAAA 2001:db8::1
alias CNAME www
*.wild A 192.0.2.80
sub NS ns.sub
ns.sub A 192.0.2.81
svc HTTPS 1 . alpn=h2 ipv4hint=192.0.2.1
fp SSHFP 4 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
";

fn bridge(python: &Path, class: &str, arguments: &str) -> String {
    format!(
        "adapter = \"exec\"\ncommand = [\"{}\", \"{BRIDGE}\"]\n{{SERVERS}}\n[settings]\nclass = \"{class}\"\n{arguments}\n",
        python.display()
    )
}

#[test]
fn octodns_writes_powerdns_and_bind_and_both_are_proved() {
    let (Some(python), Some(pdns), Some(bind), Some(dig)) = (
        require_clients("octodns"),
        Pdns::start(&[]),
        Bind::start(&[Hosted::dynamic(
            ORIGIN,
            "$TTL 300\n@ SOA ns1.a.example. hostmaster 1 4h 1h 2w 5m\n@ NS ns1.a.example.\n",
        )]),
        require("dig", "bind9-dnsutils"),
    ) else {
        return;
    };
    let web = pdns.web();
    let by_api = bridge(
        &python,
        "octodns_powerdns.PowerDnsProvider",
        &format!(
            "create = true\nhost = \"{}\"\nport = {}\nmode_of_operation = \"native\"\napi_key = {{ env = \"PDNS\" }}",
            web.ip(),
            web.port()
        ),
    );
    let by_update = bridge(
        &python,
        "octodns_bind.Rfc2136Provider",
        &format!(
            "host = \"{}\"\nport = {}\nkey_name = \"{}\"\nkey_algorithm = \"{}\"\nkey_secret = {{ env = \"TSIG\" }}",
            bind.address().ip(),
            bind.address().port(),
            KEY.name,
            KEY.algorithm
        ),
    );
    let project = Project::new()
        .zone(ORIGIN, &(ZONE.to_owned() + MORE))
        .account(
            "pdns",
            &by_api.replace("{SERVERS}", &nameservers("a", pdns.dns)),
        )
        .account(
            "bind",
            &by_update.replace("{SERVERS}", &nameservers("b", bind.address())),
        )
        .variable("PDNS", pdns.api_key)
        .variable("TSIG", KEY.secret);

    let (code, report) = project.json(&["sync", "--yes"]);
    assert_eq!(code, 0, "{report:#}");
    let agreement = &report["zones"][0]["agreement"];
    assert_eq!(agreement["agree"], agreement["questions"], "{report:#}");
    project.run(&["plan", "--exit-code"]).expect_code(0);

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
    // Whether it writes atomically octoDNS cannot say, and a CNAME becomes an address here.
    project
        .run(&["sync", "--yes"])
        .expect(4, &["GRD07", "--allow-gap"]);
    project
        .run(&["sync", "--yes", "--allow-gap"])
        .expect_code(0);
    project.run(&["check"]).expect_code(0);
    for address in [pdns.dns, bind.address()] {
        let output = Command::new(&dig)
            .args([
                &format!("@{}", address.ip()),
                "-p",
                &address.port().to_string(),
            ])
            .args([
                "+short",
                "www.example.test",
                "A",
                "h1.example.test",
                "A",
                "txt.example.test",
                "TXT",
            ])
            .output()
            .expect("dig runs");
        let text = String::from_utf8_lossy(&output.stdout).replace("\" \"", "");
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                "\"first string second; with a semicolon\"",
                "192.0.2.7",
                "192.0.2.8"
            ],
            "{address}"
        );
    }
    project.run(&["providers", "--check", "--zones"]).expect(
        0,
        &[
            "reads, holds 1 zone",
            "reads example.test.",
            "example.test.",
        ],
    );

    // What octoDNS cannot hold is said before anybody is written: here a type that its class does not support.
    project.append("odd TYPE65280 \\# 1 00\n");
    project.run(&["lint"]).expect_code(0);
    project
        .run(&["plan"])
        .expect(2, &["FIT01", "does not hold TYPE65280"]);
    project
        .run(&["sync", "--yes"])
        .expect(2, &["does not hold TYPE65280 records; nothing was changed"]);
    project.run(&["check"]).expect(2, &["FIT01"]);
}

#[test]
fn what_an_account_says_of_its_plug_in_counts_offline_too() {
    let project = Project::new().zone(ORIGIN, ZONE).account(
        "files",
        &format!(
            "adapter = \"exec\"\ncommand = [\"nobody\"]\n{}\n[capabilities]\ntypes = [\"A\", \"NS\", \"MX\"]\n",
            nameservers("a", free_address())
        ),
    );
    project
        .run(&["lint"])
        .expect(1, &["FIT01", "`_dmarc TXT` does not fit `files`"]);
    project.edit("providers/files.toml", "types", "tipes");
    project
        .run(&["lint"])
        .expect(2, &["CFG02", "unknown field `tipes`"]);
}

/// A master file that BIND reads, written by the reference plug-in in Python.
#[test]
fn the_reference_plug_in_writes_what_a_nameserver_can_read() {
    let (Some(_), Some(checker)) = (
        require("python3", "python3"),
        require("named-checkzone", "bind9-utils"),
    ) else {
        return;
    };
    let plugin = concat!(env!("CARGO_MANIFEST_DIR"), "/plugins/zonefile.py");
    let project = Project::new().zone(ORIGIN, &(ZONE.to_owned() + MORE)).account(
        "files",
        &format!(
            "adapter = \"exec\"\ncommand = [\"python3\", \"{plugin}\"]\n{}\n\
             [capabilities]\nsettle = 0\n[settings]\ndirectory = \"served\"\nreload = [\"touch\", \"served/{{zone}}.told\"]\n",
            nameservers("a", free_address())
        ),
    );
    std::fs::create_dir(project.path("served")).expect("a directory");
    // Nobody serves it here, so nothing can be proved.
    project
        .run(&["sync", "--yes"])
        .expect(3, &["files", "answered none of"]);
    project.run(&["plan", "--exit-code"]).expect_code(0);
    assert!(project.path("served/example.test.told").exists());
    let file = project.path("served/example.test.zone");
    let output = Command::new(checker)
        .arg(ORIGIN)
        .arg(&file)
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("OK"), "{said}");
}
