//! From the zone file to the proof: the built program, the fake's API, and the fake's nameserver.

use std::fs;
use std::path::Path;
use std::process::Command;

use redundns::provider::ApexNs;
use redundns::zone::{Name, RecordType};

use crate::bed::zone_text;
use crate::case;
use crate::fakes::clock::Clock;
use crate::fakes::{Fake, Vendor};
use crate::vendors::{self, account};
use crate::world::environment;

const ZONE: &str = "loop.example";

pub(crate) fn check(vendor: &'static Vendor) {
    let fake = Fake::start(vendor, Clock::times(super::SPEED));
    let capabilities = vendors::capabilities(vendor);
    let text = zone_text(&format!("{ZONE}."), &capabilities, &vendors::own(vendor));
    let origin = Name::absolute(ZONE).expect("a name");
    let zone = case::zone(&origin, &text);
    if !capabilities.creates_zones {
        vendors::prepare(vendor, &fake, &format!("{ZONE}."));
    }
    let project = tempfile::tempdir().expect("a directory");
    for folder in ["zones", "providers"] {
        fs::create_dir(project.path().join(folder)).expect("a folder");
    }
    let file = project.path().join(format!("zones/{ZONE}.zone"));
    fs::write(&file, &text).expect("a zone file");
    let account = account(vendor, &fake.http().endpoint());
    let servers = zone
        .get(origin.borrow(), RecordType::NS)
        .expect("an apex NS set")
        .rdata()
        .map(|wire| {
            let name = Name::from_wire(wire).expect("a name");
            format!("{{ name = \"{name}\", addresses = [\"{}\"] }}", fake.dns())
        })
        .collect::<Vec<_>>()
        .join(", ");
    // The TTL of a set that cannot be set is the vendor's, too.
    let declared = match capabilities.apex_ns {
        ApexNs::Fixed | ApexNs::Hidden => "apex_ns = \"provider\"\n",
        ApexNs::AddOnly | ApexNs::Full => "",
    };
    let lines = format!(
        "adapter = \"{}\"\nnameservers = [{servers}]\n{declared}{}\n",
        vendor.adapter, account.text
    );
    fs::write(project.path().join("providers/vendor.toml"), lines).expect("an account");
    let run = |arguments: &[&str], code: i32| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_redundns"));
        command
            .current_dir(project.path())
            .args(arguments)
            .env_clear()
            .env("PATH", environment("PATH").unwrap_or_default());
        for (key, secret) in &account.secrets {
            command.env(format!("REDUNDNS_VENDOR_{}", key.to_uppercase()), secret);
        }
        let output = command.output().expect("the program runs");
        let said = format!(
            "{arguments:?}\n{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(code), "{said}");
        for (_, secret) in &account.secrets {
            assert!(!said.contains(secret), "a secret shows: {said}");
        }
    };
    run(&["sync", "--yes", "--adopt"], 0);
    run(&["check"], 0);
    edit(&file, "192.0.2.11", "192.0.2.99");
    run(&["check"], 1);
    run(&["sync", "--yes"], 0);
    run(&["check"], 0);
    // The same from the other end: what the provider holds, as a file.
    fs::remove_file(&file).expect("the zone file");
    run(&["import", "vendor", ZONE], 0);
    run(&["plan", "--exit-code"], 0);
    let written = fs::read_to_string(&file).expect("the zone file");
    run(&["import", "vendor", ZONE], 2);
    assert_eq!(fs::read_to_string(&file).expect("the zone file"), written);
}

fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).expect("the zone file");
    assert!(text.contains(from));
    fs::write(file, text.replace(from, to)).expect("the zone file");
}
