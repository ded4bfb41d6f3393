//! The parent's side: a small Internet with a root of its own.

use super::super::Project;
use crate::world::namespace;
use crate::world::small_internet::{SHOP, SmallInternet};

#[test]
fn a_broken_delegation_is_the_zones_state() {
    if !namespace::inside("cli::watch::delegation::a_broken_delegation_is_the_zones_state") {
        return;
    }
    let gamma = "shop NS ns1.gamma\n";
    let all = "shop NS ns1.alpha\nshop NS ns1.beta.lab.\nshop NS ns1.gamma\n";
    for (edits, code, phrases) in [
        (
            &[] as &[(&str, &str, &str)],
            0,
            &["= shop.example.: good\n"][..],
        ),
        (
            &[("example", gamma, "")],
            1,
            &["~ shop.example.: degraded", "ns1.gamma.example."],
        ),
        (
            &[("example", all, "")],
            1,
            &[
                "! shop.example.: failed",
                "the servers of example. do not delegate shop.example.",
            ],
        ),
    ] {
        let Some(internet) = SmallInternet::start(edits, &[]) else {
            return;
        };
        let mut project = Project::new().zone("shop.example", SHOP);
        for (number, id, name) in [
            (1, "alpha", "ns1.alpha.example."),
            (2, "beta", "ns1.beta.lab."),
            (3, "gamma", "ns1.gamma.example."),
        ] {
            let four = format!("10.53.{number}.1:53");
            project = project.account(
                id,
                &format!(
                    "adapter = \"rfc2136\"\nserver = \"{four}\"\n\
                     nameservers = [{{ name = \"{name}\", addresses = [\"{four}\", \"[fd53:0:{number}::1]:53\"] }}]\n"
                ),
            );
        }
        project.write("redundns.toml", "[watch]\nconfirm = 1\ndns_only = true\n");
        let hints = internet.directory().join("hints").display().to_string();
        let output = project.run(&["watch", "--once", "--root-hints", &hints]);
        output.expect(code, phrases);
    }
}
