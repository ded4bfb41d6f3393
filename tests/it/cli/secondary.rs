//! Accounts with nameservers only: NSD and Knot, which transfer from a BIND that is written by us. Its zone has them
//! look for something new every four hours, so that whatever they have soon, they have because they were told.

use std::net::SocketAddr;

use super::{ORIGIN, Project, ZONE, changes, nameservers};
use crate::world::bind::Bind;
use crate::world::free_address;
use crate::world::hosted::{Access, Hosted, KEY};
use crate::world::knot::Knot;
use crate::world::nsd::Nsd;

fn bind(transfer: Access) -> Option<Bind> {
    Bind::start(&[Hosted::dynamic(ORIGIN, ZONE).transfer(transfer)])
}

fn tsig() -> String {
    format!(
        "tsig = {{ name = \"{}\", algorithm = \"{}\", secret = {{ env = \"TSIG\" }} }}",
        KEY.name, KEY.algorithm
    )
}

fn primary(address: SocketAddr) -> String {
    let servers = nameservers("a", address);
    let tsig = tsig();
    format!("adapter = \"rfc2136\"\nserver = \"{address}\"\n{tsig}\n{servers}")
}

fn secondary(id: &str, address: SocketAddr, more: &str) -> String {
    let servers = nameservers(id, address);
    format!("adapter = \"secondary\"\nnotify = [\"{address}\"]\n{more}\n{servers}")
}

fn project(bind: SocketAddr) -> Project {
    Project::new()
        .zone(ORIGIN, ZONE)
        .account("bind", &primary(bind))
        .variable("TSIG", KEY.secret)
}

#[test]
fn what_one_is_written_the_others_transfer() {
    let Some(bind) = bind(Access::Anyone) else {
        return;
    };
    let hosted = [Hosted::secondary(ORIGIN, "", bind.address())];
    let (Some(nsd), Some(knot)) = (Nsd::start(&hosted), Knot::start(&hosted)) else {
        return;
    };
    let project = project(bind.address())
        .account("nsd", &secondary("b", nsd.address(), ""))
        .account(
            "knot",
            &secondary(
                "c",
                knot.address(),
                &format!("primary = \"bind\"\n{}", tsig()),
            ),
        );
    // Their servers are to be listed, and are so only once they have the zone.
    project.edit(
        "zones/example.test.zone",
        "@ NS ns1.b.example.\n",
        "@ NS ns1.b.example.\n@ NS ns1.c.example.\n",
    );
    project.edit(
        "zones/example.test.zone",
        "www A 192.0.2.1\n",
        "www A 192.0.2.77\n",
    );
    project.run(&["lint"]).expect_code(0);
    project.run(&["plan"]).expect(
        0,
        &["nsd (secondary)  arrives by zone transfer from bind", "www"],
    );
    let (code, report) = project.json(&["sync", "--yes"]);
    assert_eq!(code, 0, "{report:#}");
    let zone = &report["zones"][0];
    assert_eq!(
        zone["agreement"]["agree"], zone["agreement"]["questions"],
        "{report:#}"
    );
    assert_eq!(zone["nameservers"].as_array().map(Vec::len), Some(3));
    assert_eq!(zone["findings"], serde_json::json!([]), "{report:#}");
    assert_eq!(changes(&report, "nsd"), [""; 0]);
    let states = zone["providers"].as_array().expect("providers").iter();
    let states: Vec<_> = states.map(|one| one["state"].as_str()).collect();
    assert_eq!(states, [Some("known"), Some("follows"), Some("follows")]);

    project.append("late A 192.0.2.99\n");
    project.run(&["check"]).expect(1, &["late"]);
    project.run(&["sync", "--yes"]).expect_code(0);
    project.run(&["check"]).expect_code(0);
    project.run(&["plan", "--exit-code"]).expect_code(0);
    project.run(&["providers", "--check"]).expect_code(0);

    let (code, report) = project.json(&["undo", "--yes"]);
    assert_eq!(code, 0, "{report:#}");
    let servers = &report["zones"][0]["nameservers"];
    assert_eq!(servers.as_array().map(Vec::len), Some(3), "{report:#}");
    project.run(&["check", "--dns-only"]).expect(1, &["late"]);
}

#[test]
fn a_secondary_that_does_not_get_the_zone_is_named() {
    let Some(bind) = bind(Access::Keys) else {
        return;
    };
    // BIND lets nobody transfer without a key, and this one has none.
    let Some(mut nsd) = Nsd::start(&[Hosted::secondary(ORIGIN, ZONE, bind.address())]) else {
        return;
    };
    let settle = "[capabilities]\nsettle = 1";
    let project = project(bind.address()).account(
        "nsd",
        &format!(
            "adapter = \"secondary\"\nnotify = [\"{0}\"]\n{1}\n{settle}",
            nsd.address(),
            nameservers("b", nsd.address())
        ),
    );
    project.run(&["check"]).expect_code(0);
    project.append("late A 192.0.2.99\n");
    project.run(&["sync", "--yes"]).expect(
        3,
        &[
            "bind (rfc2136)  1 change made",
            "the nameservers of `nsd` do not answer as `bind` now holds the zone",
            "late A",
        ],
    );
    // Nothing is left to write, so nothing that this run did is in doubt: it differs.
    project.run(&["sync", "--yes"]).expect(1, &["late A"]);

    nsd.stop();
    project.append("later A 192.0.2.100\n");
    project
        .run(&["plan"])
        .expect(0, &["nsd (secondary)  arrives by zone transfer from bind"]);
    project
        .run(&["sync", "--yes"])
        .expect(3, &["XFR01", "XFR02", "nsd"]);
    project.run(&["check"]).expect(2, &["answered none of"]);
}

#[test]
fn what_an_account_cannot_mean_is_said() {
    let address = free_address();
    let lone = Project::pair().account("s", "adapter = \"secondary\"");
    lone.run(&["plan"]).expect(
        2,
        &[
            "providers/s.toml",
            "`nameservers` of a secondary cannot be left out",
        ],
    );
    let lost = Project::pair().account("s", &secondary("a", address, "primary = \"nobody\""));
    lost.run(&["plan"])
        .expect(2, &["`primary` names `nobody`, which is no other account"]);
    let odd = Project::pair().account(
        "s",
        &secondary("a", address, "").replace("notify = [\"", "notify = [\"x"),
    );
    odd.run(&["plan"])
        .expect(2, &["providers/s.toml:2", "is no address"]);
}
