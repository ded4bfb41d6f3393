//! What a user would get wrong.

use super::super::Project;
use super::{QUICK, TOKEN};

#[test]
fn what_is_wrong_with_the_configuration_is_said_where_it_stands() {
    for (text, phrases) in [
        (
            "[watch]\ninterval = \"soon\"\n",
            &[
                "redundns.toml:2:12",
                "`soon` is no interval",
                "write 1s to 24h",
            ][..],
        ),
        ("[watch]\ninterval = \"0s\"\n", &["`0s` is no interval"]),
        (
            "[watch]\nmetrics = \"everywhere\"\n",
            &["redundns.toml:2:11", "no address with a port"],
        ),
        (
            "[watch]\nmetrics = \"192.0.2.1:9153\"\n",
            &["can be reached by others", "metrics_beyond_loopback"],
        ),
        ("[watch]\nconfirm = 0\n", &["redundns.toml:2:11"]),
        (
            "[watch]\nevery = \"5m\"\n",
            &["redundns.toml:2:1", "CFG03", "`interval`"],
        ),
        ("[status]\ntitle = \"x\"\n", &["missing field `directory`"]),
        (
            "[status]\ndirectory = \"x\"\nurl = \"status.example\"\n",
            &["redundns.toml:3:7", "https://status.example.org/"],
        ),
        (
            "[status]\ndirectory = \"x\"\nelsewhere = \"http://x.example/y\"\n",
            &["redundns.toml:3:13", "plain http goes to loopback only"],
        ),
        (
            "[[notify]]\n",
            &["redundns.toml:1:1", "has one of `slack`, `webhook`"],
        ),
        ("[[notify]]\ncommand = []\n", &["the command is empty"]),
        (
            "[[notify]]\nslack = { env = \"A\" }\nwebhook = { env = \"B\" }\n",
            &["has one of"],
        ),
        (
            "[[notify]]\nsendmail = { to = [\"me\"], from = \"a@b.example\" }\n",
            &["redundns.toml:2:20", "`me` is no address"],
        ),
        (
            "[[notify]]\nsendmail = { to = [\"a@b.example\\nBcc: x@y.example\"], from = \"a@b.example\" }\n",
            &["is no address"],
        ),
        (
            "[[notify]]\nemail = \"a@b.example\"\n",
            &["redundns.toml:2:1", "CFG03"],
        ),
        (
            "[[notify]]\nslack = { env = \"NOT_SET\" }\n",
            &["CFG05", "`[[notify]]` 1", "`NOT_SET` is not set"],
        ),
        (
            "[[notify]]\nslack = { command = [\"echo\", \"nonsense\"] }\n",
            &["WAT02", "it is no URL"],
        ),
    ] {
        let project = Project::pair();
        project.write("redundns.toml", text);
        let output = project.run(&["watch", "--once"]);
        println!("{text}");
        output.expect(2, phrases);
    }
}

#[test]
fn a_url_that_stands_in_the_file_is_refused_and_not_repeated() {
    for line in [
        format!("slack = \"https://hooks.example/{TOKEN}\""),
        format!("slack = 'https://hooks.example/{TOKEN}"),
        format!("slack = https://hooks.example/{TOKEN}"),
        format!("webhook = {{ url = \"https://hooks.example/{TOKEN}\" }}"),
        format!("webhook = [\"https://hooks.example/{TOKEN}\"]"),
        format!("webhook = {{ env = [\"{TOKEN}\"] }}"),
        format!("command = \"{TOKEN}\""),
    ] {
        for text in [
            format!("[[notify]]\n{line}\n"),
            format!("notify = [{{ {line} }}]\n"),
        ] {
            let project = Project::pair();
            project.write("redundns.toml", &text);
            for manner in [
                &["watch", "--once"][..],
                &["watch", "--once", "--json"],
                &["plan"],
            ] {
                let output = project.run(manner).expect_code(2);
                assert!(
                    !output.said().contains("tok3n"),
                    "{text}\n{}",
                    output.said()
                );
            }
        }
    }
}

#[test]
fn words_that_make_no_sense_are_refused() {
    let project = Project::pair();
    project.write("redundns.toml", QUICK);
    for (words, phrases) in [
        (&["watch", "--interval", "0s"][..], &["1s to 24h"][..]),
        (&["watch", "other.test", "--once"], &["CFG09", "other.test"]),
        (
            &["watch", "--once", "--test-notify"],
            &["cannot be used with"],
        ),
        (
            &["watch", "--test-notify"],
            &["nobody is to be notified", "[[notify]]"],
        ),
        (
            &["watch", "--once", "--root-hints", "none"],
            &["CFG01", "none:1:1"],
        ),
        (
            &["watch", "--once", "--format", "nagios"],
            &["`watch` has no format `nagios`"],
        ),
        (
            &["watch", "--once", "-p", "zzz"],
            &["CFG11", "there is no account `zzz`"],
        ),
    ] {
        project.run(words).expect(2, phrases);
    }
    assert!(!project.path(".redundns/history.redb").exists());
}
