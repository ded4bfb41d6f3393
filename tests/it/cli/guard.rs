//! Guards: exit 4, nothing changed, the flag is named, and the flag lets it pass.

use super::{Project, ZONE};

const FILE: &str = "zones/example.test.zone";

/// `sync` is refused with `flag`, as a plan says beforehand; with the flag it is done.
fn refused_until(project: &Project, flag: &str, phrases: &[&str]) {
    let before = (project.stored("a"), project.stored("b"));
    let output = project.run(&["sync", "--yes"]);
    let phrases: Vec<&str> = [phrases, &[flag, "nothing was changed"]].concat();
    output.expect(4, &phrases);
    assert_eq!((project.stored("a"), project.stored("b")), before);
    let (code, report) = project.json(&["sync", "--yes"]);
    assert_eq!((code, &report["outcome"]), (4, &"refused".into()));
    project.run(&["plan"]).expect(0, &[flag]);
    let words: Vec<&str> = flag.split(' ').collect();
    project
        .run(&[&["sync", "--yes"], &words[..]].concat())
        .expect_code(0);
    project.run(&["check"]).expect_code(0);
}

#[test]
fn a_large_share_of_changes() {
    let project = Project::synced();
    project.write(FILE, &ZONE.replace("A 192.0.2.1", "A 198.51.100.1"));
    refused_until(
        &project,
        "--allow-change 67%",
        &["8 of 12 record sets", "GRD01"],
    );
}

#[test]
fn thirty_percent_may_pass_and_the_limit_can_be_set() {
    let project = Project::synced();
    project.write(
        FILE,
        &ZONE.replace("h1 A 192.0.2.11\nh2 A 192.0.2.12\n", ""),
    );
    project.write("redundns.toml", "[guard]\nmax_change = \"10%\"\n");
    project
        .run(&["sync", "--yes"])
        .expect(4, &["2 of 12 record sets", "more than 10 %"]);
    project.write("redundns.toml", "");
    project.run(&["sync", "--yes"]).expect_code(0);
}

#[test]
fn an_emptied_zone() {
    let project = Project::synced();
    let frame: String = ZONE.split_inclusive('\n').take(4).collect();
    project.write(FILE, &frame);
    let before = project.stored("a");
    project
        .run(&["sync", "--yes"])
        .expect(4, &["--allow-empty", "--allow-protected", "GRD02"]);
    assert_eq!(project.stored("a"), before);
    project
        .run(&["sync", "--yes", "--allow-empty"])
        .expect(4, &["--allow-protected"]);
    project
        .run(&["sync", "--yes", "--allow-empty", "--allow-protected"])
        .expect_code(0);
}

#[test]
fn protected_sets() {
    let project = Project::synced();
    project.edit(FILE, "_dmarc TXT \"v=DMARC1; p=none\"\n", "");
    refused_until(&project, "--allow-protected", &["`_dmarc TXT`", "GRD03"]);
}

#[test]
fn a_first_contact_with_a_zone_that_holds_more() {
    let other = ZONE.to_owned() + "legacy A 192.0.2.200\n";
    let project = Project::pair();
    std::fs::create_dir_all(project.path(".redundns/embedded/b")).expect("a folder");
    project.write(&super::stored_file("b"), &other);
    project
        .run(&["sync", "--yes"])
        .expect(4, &["`legacy A`", "--adopt", "nothing was changed"]);
    assert_eq!(
        project.stored("a"),
        None,
        "the other provider is not changed either"
    );
    assert_eq!(project.stored("b"), Some(other));
    project.run(&["sync", "--yes", "--adopt"]).expect_code(0);
    project.append("legacy A 192.0.2.201\n");
    project.run(&["sync", "--yes"]).expect_code(0);
    project.edit(FILE, "legacy A 192.0.2.201\n", "");
    project.run(&["sync", "--yes"]).expect_code(0);
}

#[test]
fn every_record_set_of_a_type() {
    let project = Project::synced();
    project.append("_a._tcp SRV 1 1 1 mail\n_b._tcp SRV 1 1 1 mail\n");
    project.run(&["sync", "--yes"]).expect_code(0);
    project.write(FILE, ZONE);
    refused_until(&project, "--allow-type-gone", &["type SRV (2)", "GRD06"]);
}

#[test]
fn a_nameserver_whose_account_left() {
    let project = Project::synced();
    std::fs::remove_file(project.path("providers/b.toml")).expect("a file");
    project.append("new A 192.0.2.99\n");
    project.run(&["check"]).expect(1, &["GRD08"]);
    refused_until(
        &project,
        "--allow-left",
        &[
            "GRD08",
            "`ns1.b.example.` is listed in the zone file",
            "`b`",
        ],
    );
    project.edit(FILE, "@ NS ns1.b.example.\n", "");
    project.append("newer A 192.0.2.99\n");
    project
        .run(&["sync", "--yes"])
        .expect(4, &["is listed in the apex NS set at `a`"]);
    project.edit(FILE, "newer A 192.0.2.99\n", "");
    project.run(&["sync", "--yes"]).expect_code(0);
}

#[test]
fn many_small_zones_at_once() {
    let text = |octet: u8| {
        format!(
            "$TTL 300\n@ SOA ns1.a.example. hostmaster 1 4h 1h 2w 5m\n@ NS ns1.a.example.\n@ NS ns1.b.example.\n\
             @ A 192.0.2.{octet}\nwww A 192.0.2.{octet}\n"
        )
    };
    let mut project = Project::new().embedded("a").embedded("b");
    for number in 1..=4 {
        project = project.zone(&format!("z{number}.test"), &text(1));
    }
    project.run(&["sync", "--yes"]).expect_code(0);
    for number in 1..=4 {
        project.write(&format!("zones/z{number}.test.zone"), &text(2));
    }
    let said = ["GRD09", "in 4 zones", "8 of 12", "--allow-change 67%"];
    project.run(&["plan"]).expect(0, &said);
    project.run(&["plan", "--exit-code"]).expect_code(4);
    project.run(&["sync", "--yes"]).expect(4, &said);
    let (_, report) = project.json(&["sync", "--yes"]);
    assert_eq!(report["objections"][0]["code"], "GRD09");
    project.run(&["sync", "--yes", "z1.test"]).expect_code(0);
    project
        .run(&["sync", "--yes", "--allow-change", "67%"])
        .expect_code(0);
}
