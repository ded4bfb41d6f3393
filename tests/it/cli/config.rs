//! What is wrong with a project or its accounts: said with a place and a hint, and nothing is changed.

use std::os::unix::fs::PermissionsExt;

use super::{ORIGIN, Project, ZONE, finish, nameservers, program};
use crate::world::bind::Bind;
use crate::world::free_address;
use crate::world::hosted::{Access, Hosted, KEY, KEYS};
use crate::world::pdns::Pdns;

/// A powerdns account whose API nobody has to answer for.
fn powerdns(more: &str) -> String {
    let address = free_address();
    format!(
        "adapter = \"powerdns\"\nendpoint = \"http://{address}\"\n{more}\n{}",
        nameservers("b", address)
    )
}

/// Every command that looks at providers ends with 2 and says so; `a`, which is well, is not written.
#[track_caller]
fn trouble(project: &Project, phrases: &[&str]) {
    for command in [&["plan"][..], &["check"], &["sync", "--yes"]] {
        project.run(command).expect(2, phrases);
    }
    assert_eq!(project.stored("a"), None);
}

#[test]
fn account_files_with_errors_in_them() {
    let embedded = "adapter = \"embedded\"\nlisten = [\"127.0.0.1:53\"]\n";
    for (toml, phrases) in [
        (
            format!("{embedded}colour = 1\n"),
            ["b.toml:3:1", "unknown key `colour`", "`directory`"],
        ),
        (
            "adapter = \"bindd\"\n".to_owned(),
            ["b.toml:1:11", "`bindd` is no adapter", "`rfc2136`"],
        ),
        (
            "listen = []\n".to_owned(),
            ["b.toml:1:1", "missing field `adapter`", "adapters: "],
        ),
        (
            "adapter = \"embedded\n".to_owned(),
            ["b.toml:1:", "error[CFG02]", ""],
        ),
        (
            format!("{embedded}zones = 5\n"),
            ["b.toml:3:9", "error[CFG02]", "expected"],
        ),
        (
            format!("{embedded}nameservers = [{{ name = \"a..b\" }}]\n"),
            ["b.toml:3:25", "`a..b` is no name", ""],
        ),
        (
            format!("{embedded}nameservers = [{{ name = \"b.\", addresses = [\"nope\"] }}]\n"),
            ["b.toml:3:44", "`nope` is no address", "hint"],
        ),
    ] {
        let project = Project::pair().account("b", &toml);
        trouble(&project, &phrases);
    }
}

#[test]
fn all_accounts_with_errors_are_named_in_one_run() {
    let project = Project::pair()
        .account("b", "adapter = \"nope\"\n")
        .account("c", "adapter = \"embedded\"\nlisten = []\nx = 1\n");
    trouble(&project, &["b.toml:1:11", "c.toml:3:1"]);
    project.write("redundns.toml", "[guard]\nmax = 3\n");
    trouble(
        &project,
        &["redundns.toml:2:1", "unknown field `max`", "b.toml:1:11"],
    );
}

#[test]
fn a_secret_in_the_account_itself_is_refused_and_not_repeated() {
    let project = Project::pair().account("b", &powerdns("api_key = \"hunter2\""));
    trouble(
        &project,
        &["b.toml:3:11", "a secret does not belong", "env ="],
    );
    for command in [
        &["plan"][..],
        &["sync", "--yes"],
        &["providers", "--check"],
        &["check", "--json"],
    ] {
        let output = project.run(command);
        assert!(!output.said().contains("hunter2"), "{}", output.said());
    }
}

#[test]
fn secrets_that_are_not_there() {
    for (key, phrases) in [
        ("", ["`api_key` is missing", "PDNS_API_KEY"]),
        (
            "api_key = { env = \"NOPE\" }",
            ["`NOPE` is not set", "REDUNDNS_B_API_KEY"],
        ),
        (
            "api_key = { file = \"no/such\" }",
            ["no/such", "project directory"],
        ),
        (
            "api_key = { command = [\"false\"] }",
            ["`false` failed", "hint"],
        ),
        (
            "api_key = { command = [\"no-such-program\"] }",
            ["cannot run `no-such-program`", ""],
        ),
    ] {
        let project = Project::pair().account("b", &powerdns(key));
        trouble(&project, &phrases);
    }
}

#[test]
fn a_secret_file_that_everybody_can_read() {
    let expose = |path: &std::path::Path| {
        std::fs::write(path, "sesame\n").expect("a file");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).expect("a mode");
    };
    let project = Project::pair().account("b", &powerdns("api_key = { file = \"key\" }"));
    expose(&project.path("key"));
    trouble(
        &project,
        &[
            "can be read by everybody",
            "inside the project",
            "chmod 600",
        ],
    );

    let elsewhere = tempfile::tempdir().expect("a directory");
    let key = elsewhere.path().join("key");
    expose(&key);
    let source = format!("api_key = {{ file = \"{}\" }}", key.display());
    let project = Project::pair().account("b", &powerdns(&source));
    let output = project.run(&["plan"]);
    let output = output.expect(2, &["warning[CFG06]", "chmod 600", "connection refused"]);
    assert!(!output.said().contains("sesame"));
}

#[test]
fn powerdns_with_the_wrong_key_or_without_the_zone() {
    let Some(server) = Pdns::start(&[]) else {
        return;
    };
    let account = |more: &str| {
        format!(
            "adapter = \"powerdns\"\nendpoint = \"{}\"\napi_key = {{ env = \"KEY\" }}\n{more}{}",
            server.endpoint,
            nameservers("b", server.dns)
        )
    };
    let project = Project::pair()
        .account("b", &account("create = true\n"))
        .variable("KEY", "sesame");
    trouble(&project, &["401", "api_key"]);
    assert!(!project.run(&["plan"]).said().contains("sesame"));
    project.run(&["providers", "--check"]).expect(2, &["401"]);

    let project = Project::pair()
        .account("b", &account(""))
        .variable("KEY", server.api_key);
    trouble(&project, &["has no zone `example.test.`", "create = true"]);
    project
        .run(&["providers", "--check"])
        .expect(0, &["reads, holds 0 zones"]);
    assert_eq!(server.request("GET", "/zones", "").1, "[]");
}

#[test]
fn a_zone_transfer_that_is_refused_or_signed_wrongly() {
    let zones = [
        Hosted::dynamic(ORIGIN, ZONE),
        Hosted::dynamic("closed.test", &ZONE.replace("test.", "closed.test."))
            .transfer(Access::Nobody),
    ];
    let Some(server) = Bind::start(&zones) else {
        return;
    };
    let account = |tsig: &str| {
        format!(
            "adapter = \"rfc2136\"\nserver = \"{}\"\n{tsig}{}",
            server.address(),
            nameservers("b", server.address())
        )
    };
    let tsig = |name: &str| {
        format!(
            "tsig = {{ name = \"{name}\", algorithm = \"hmac-sha256\", secret = {{ env = \"KEY\" }} }}\n"
        )
    };
    let with = |account: &str, secret: &str| {
        Project::pair()
            .account("b", account)
            .variable("KEY", secret)
    };
    trouble(
        &with(&account(""), ""),
        &["refuses the transfer of `example.test.`", "allow-transfer"],
    );
    trouble(
        &with(&account(&tsig("other.")), KEY.secret),
        &["BADKEY", "hint"],
    );
    trouble(
        &with(&account(&tsig(KEY.name)), KEYS[1].secret),
        &["BADSIG", "hint"],
    );
    let garbled = with(&account(&tsig(KEY.name)), "no base64!");
    trouble(&garbled, &["secret"]);
    assert!(!garbled.run(&["plan"]).said().contains("no base64!"));

    let project = Project::new()
        .zone("closed.test", ZONE)
        .account("b", &account(&tsig(KEY.name)))
        .variable("KEY", KEY.secret);
    project
        .run(&["plan"])
        .expect(2, &["refuses the transfer", "allow-transfer"]);
    project
        .run(&["providers", "--check"])
        .expect(2, &["refuses the transfer"]);
}

#[test]
fn no_terminal_and_no_yes() {
    let project = Project::pair();
    project
        .run(&["sync"])
        .expect(2, &["nothing was changed", "--yes"]);
    assert_eq!(project.stored("a"), None);
    let (code, report) = project.json(&["sync"]);
    assert_eq!((code, &report["outcome"]), (2, &"trouble".into()));
}

#[test]
fn projects_that_are_none() {
    let nowhere = tempfile::tempdir().expect("a directory");
    let at = |arguments: &[&str]| finish(&mut program(nowhere.path(), arguments));
    for command in ["plan", "check", "sync", "serve", "providers"] {
        at(&[command]).expect(2, &["no project here", "hint", "`zones/`"]);
    }
    at(&["-C", "/no/such", "check"]).expect(2, &["`/no/such` is no project", "hint"]);

    let empty = Project::new().embedded("a");
    for command in [&["plan"][..], &["check"], &["sync", "--yes"], &["lint"]] {
        empty
            .run(command)
            .expect(2, &["the project has no zones", "hint"]);
    }
    let (code, report) = empty.json(&["check"]);
    assert_eq!((code, &report["outcome"]), (2, &"trouble".into()));
    assert_eq!(report["findings"][0]["code"], "CFG09");
}

#[test]
fn zones_and_accounts_that_are_named_in_vain() {
    let project = Project::pair();
    for command in [&["plan"][..], &["check"], &["sync", "--yes"]] {
        let zone = [command, &["example.tset"]].concat();
        project
            .run(&zone)
            .expect(2, &["no zone file for `example.tset`", "example.test."]);
        let account = [command, &["-p", "aa"]].concat();
        project
            .run(&account)
            .expect(2, &["no account `aa`", "`a`, `b`"]);
        let without = [command, &["--without", "aa"]].concat();
        project.run(&without).expect(2, &["no account `aa`"]);
    }
    assert_eq!(project.stored("a"), None);
}

#[test]
fn a_zone_that_no_account_takes_is_not_fine() {
    let project = Project::pair().zone("example.net", ZONE);
    for id in ["a", "b"] {
        let file = format!("providers/{id}.toml");
        project.write(
            &file,
            &("zones = [\"*.test\"]\n".to_owned() + &project.read(&file)),
        );
    }
    project
        .run(&["lint"])
        .expect(0, &["no account takes `example.net.`"]);
    project
        .run(&["sync", "--yes"])
        .expect(2, &["no provider is left for example.net."]);
    for command in ["plan", "check"] {
        let output = project.run(&[command, "example.net"]);
        output.expect(2, &["no provider is left for example.net.", "hint"]);
    }
}

#[test]
fn an_account_that_lists_no_nameserver_cannot_be_proved() {
    let address = free_address();
    let toml = format!("adapter = \"embedded\"\nlisten = [\"{address}\"]\n");
    let project = Project::pair().account("b", &toml);
    project.run(&["sync", "--yes"]).expect(
        2,
        &[
            "no nameserver of `b` is known",
            "nothing was changed",
            "b.toml",
        ],
    );
    assert_eq!(project.stored("a"), None);
    project.run(&["check"]).expect(2, &["no nameserver of `b`"]);
}

#[test]
fn an_account_that_is_not_enabled_can_be_left_out_and_not_asked_for() {
    let project = Project::pair();
    let text = "enabled = false\n".to_owned() + &project.read("providers/b.toml");
    project.write("providers/b.toml", &text);
    project
        .run(&["plan", "-p", "b"])
        .expect(2, &["`b` is not enabled", "providers/b.toml"]);
    project
        .run(&["sync", "--yes", "--without", "b"])
        .expect_code(0);
    assert_eq!(project.stored("b"), None);
}

#[test]
fn a_zone_has_one_file() {
    let project = Project::pair().zone("Example.TEST", ZONE);
    trouble(
        &project,
        &["another file has the zone `example.test.` already", "hint"],
    );
}
