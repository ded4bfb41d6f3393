//! What the parent of a zone says, and what `check` and `sync` make of it, in a network of its own.

use std::process::Command;

use super::{Output, Project, finish};
use crate::world::free_address;
use crate::world::namespace;
use crate::world::small_internet::{SHOP, SmallInternet};

/// A digest of a key that nobody has.
const DS: &str =
    "shop DS 4711 13 2 e2d3c916f6deeac73294e8268fb5885044a833fc5459588f4a9184cfc41a5766\n";

/// Two embedded accounts with the servers of two of the providers.
fn project() -> Project {
    let account = |name: &str| {
        let address = free_address();
        format!(
            "adapter = \"embedded\"\nlisten = [\"{address}\"]\nnameservers = [{{ name = \"{name}\", addresses = [\"{address}\"] }}]\n"
        )
    };
    Project::new()
        .zone("shop.example", SHOP)
        .account("a", &account("ns1.alpha.example."))
        .account("b", &account("ns1.beta.lab."))
}

/// Runs where the root's server is the resolver of the machine.
fn run(project: &Project, arguments: &[&str]) -> Output {
    let inner = project.command(arguments);
    project.write("resolv.conf", "nameserver 10.53.0.1\n");
    let script = "mount --bind resolv.conf /etc/resolv.conf && exec \"$0\" \"$@\"";
    let mut command = Command::new("unshare");
    command
        .args(["--mount", "sh", "-c", script])
        .arg(inner.get_program())
        .args(inner.get_args())
        .current_dir(project.path("."));
    finish(&mut command)
}

fn start(parent: &[(&str, &str, &str)], test: &str) -> Option<SmallInternet> {
    let test = format!("cli::delegation::{test}");
    namespace::inside(&test).then(|| SmallInternet::start(parent, &["alpha", "beta", "gamma"]))?
}

#[test]
fn a_ds_above_a_zone_that_is_served_unsigned_stops_a_sync() {
    let ds = format!("shop NS ns1.alpha\n{DS}");
    let edits = [("example", "shop NS ns1.alpha\n", &*ds)];
    let name = "a_ds_above_a_zone_that_is_served_unsigned_stops_a_sync";
    let Some(_internet) = start(&edits, name) else {
        return;
    };
    let project = project();
    // Where nobody asks the parent, nobody knows.
    run(&project, &["sync", "--yes"]).expect_code(0);
    let held = project.read(".redundns/embedded/a/shop.example.zone");
    project.edit("zones/shop.example.zone", "192.0.2.20", "192.0.2.21");
    let told = [
        "`a` serves `shop.example.` unsigned (ns1.alpha.example.)",
        "SEC01",
        "--without a",
        "nothing was changed",
    ];
    run(&project, &["sync", "--yes", "--delegation"]).expect(4, &told);
    assert_eq!(project.read(".redundns/embedded/a/shop.example.zone"), held);
    run(&project, &["explain", "SEC01"]).expect(0, &["DS"]);
    project.write("redundns.toml", "[defaults]\ndelegation = true\n");
    run(&project, &["sync", "--yes", "--json"]).expect(4, &["SEC01", "\"refused\""]);
    run(&project, &["sync", "--yes", "--without", "a,b"]).expect_code(2);
    project.edit("zones/shop.example.zone", "192.0.2.21", "192.0.2.20");
    run(&project, &["check"]).expect(1, &["SEC01", "unsigned"]);
    // Taking back is no way deeper into it.
    run(&project, &["undo", "--yes"]).expect(4, &["GRD"]);
}

#[test]
fn the_parent_is_compared_with_the_zone() {
    let Some(_internet) = start(&[], "the_parent_is_compared_with_the_zone") else {
        return;
    };
    let project = project();
    project.write("redundns.toml", "[defaults]\ndelegation = true\n");
    run(&project, &["sync", "--yes"]).expect_code(0);
    run(&project, &["check"]).expect_code(0);
    project.edit("zones/shop.example.zone", "@ NS ns1.gamma.example.\n", "");
    let told = ["NSV03", "lists, and the zone does not, ns1.gamma.example."];
    run(&project, &["check"]).expect(1, &told);
}
