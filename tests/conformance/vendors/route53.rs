//! What only Route 53 has: sets that no zone file can express, several zones of one name, credentials kept in many
//! places.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use redundns::adapters::adapter;
use redundns::plan::Change;
use redundns::provider::{ErrorKind, Provider};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};

use crate::bed::zone_text;
use crate::case::wait;
use crate::fakes::Fake;
use crate::fakes::clock::Clock;
use crate::fakes::http::{Answer, HttpServer, Request};
use crate::fakes::route53::VENDOR;
use crate::vendors::machine::Machine;
use crate::vendors::{self, prepare};
use crate::world::environment;

const ZONE: &str = "only.example";

fn fake() -> (Fake, Arc<dyn Provider>) {
    let fake = Fake::start(&VENDOR, Clock::times(super::SPEED));
    prepare(&VENDOR, &fake, &format!("{ZONE}."));
    let provider = vendors::provider(&VENDOR, &fake.http().endpoint());
    (fake, provider)
}

fn post(fake: &Fake, path: &str, body: &str) {
    let mut request = Request::new("POST", path, body);
    (VENDOR.sign)(&mut request);
    let answer = fake.ask(&request);
    let said = String::from_utf8_lossy(&answer.body);
    assert!(answer.status < 300, "{said}");
}

/// An alias at the apex, and two weighted sets.
fn add_specials(fake: &Fake) {
    let weighted = |id: &str| {
        format!(
            "<Change><Action>CREATE</Action><ResourceRecordSet><Name>by-weight.{ZONE}</Name><Type>A</Type>\
             <SetIdentifier>{id}</SetIdentifier><Weight>1</Weight><TTL>60</TTL><ResourceRecords><ResourceRecord>\
             <Value>192.0.2.1</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>"
        )
    };
    let alias = format!(
        "<Change><Action>CREATE</Action><ResourceRecordSet><Name>{ZONE}</Name><Type>A</Type><AliasTarget>\
         <HostedZoneId>Z2FDTNDATAQYW2</HostedZoneId><DNSName>d1.cloudfront.net.</DNSName>\
         <EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget></ResourceRecordSet></Change>"
    );
    let body = format!(
        "<ChangeResourceRecordSetsRequest><ChangeBatch><Changes>{alias}{}{}</Changes></ChangeBatch>\
         </ChangeResourceRecordSetsRequest>",
        weighted("one"),
        weighted("two")
    );
    post(fake, "/2013-04-01/hostedzone/ZONLYEXAMPLE/rrset/", &body);
}

fn create(owner: &str) -> Change {
    let data = rdata::from_text(RecordType::A, "192.0.2.50", None).expect("an address");
    Change::Create {
        key: RecordKey {
            owner: Name::absolute(owner).expect("a name"),
            rtype: RecordType::A,
        },
        after: RecordSet::new(300, vec![data.into()]),
    }
}

pub(super) fn leaves_alone_what_no_zone_file_can_express() {
    let (fake, provider) = fake();
    let origin = Name::absolute(ZONE).expect("a name");
    let before = wait(provider.fetch(&origin)).expect("the zone");
    assert!(before.opaque.is_empty());
    add_specials(&fake);
    let base = wait(provider.fetch(&origin)).expect("the zone");
    assert_eq!(base.zone, before.zone);
    let seen: Vec<String> = base
        .opaque
        .iter()
        .map(|opaque| format!("{}: {}", opaque.key, opaque.what))
        .collect();
    let expected = [
        "only.example. A: an alias of `d1.cloudfront.net.`",
        "by-weight.only.example. A: weighted",
    ];
    assert_eq!(seen, expected);
    // What is none of theirs can be changed, and a set in their place is refused by the API itself.
    wait(provider.apply(&origin, &[create("new.only.example")], &base)).expect("a change");
    let error = wait(provider.apply(&origin, &[create(ZONE)], &base)).expect_err("a refusal");
    assert_eq!(
        (error.kind, error.applied),
        (ErrorKind::Conflict, Some(0)),
        "{error}"
    );
    let after = wait(provider.fetch(&origin)).expect("the zone");
    assert_eq!(after.opaque, base.opaque);

    // The same, as the user sees it.
    let project = tempfile::tempdir().expect("a directory");
    for folder in ["zones", "providers"] {
        fs::create_dir(project.path().join(folder)).expect("a folder");
    }
    let account = vendors::account(&VENDOR, &fake.http().endpoint());
    fs::write(
        project.path().join("providers/aws.toml"),
        format!("adapter = \"route53\"\n{}\n", account.text),
    )
    .expect("an account");
    let file = project.path().join(format!("zones/{ZONE}.zone"));
    let text = zone_text(&format!("{ZONE}."), &vendors::capabilities(&VENDOR), &[]);
    fs::write(&file, text.clone() + "new 300 IN A 192.0.2.50\n").expect("a zone file");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_redundns"));
        command
            .current_dir(project.path())
            .args(arguments)
            .env_clear()
            .env("PATH", environment("PATH").unwrap_or_default());
        for (key, secret) in &account.secrets {
            command.env(format!("REDUNDNS_AWS_{}", key.to_uppercase()), secret);
        }
        let output = command.output().expect("the program runs");
        let said = [output.stdout, output.stderr].concat();
        (
            output.status.code(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    };
    let (code, said) = run(&["plan", "--exit-code"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("RUN11") && said.contains("an alias of `d1.cloudfront.net.`"),
        "{said}"
    );
    fs::write(&file, text + "@ 300 IN A 192.0.2.50\n").expect("a zone file");
    let (code, said) = run(&["sync", "--yes", "--adopt"]);
    assert_eq!(code, Some(2), "{said}");
    assert!(
        said.contains("does not fit `aws`: there it is an alias"),
        "{said}"
    );
}

pub(super) fn does_not_guess_between_zones() {
    let (fake, provider) = fake();
    let origin = Name::absolute(ZONE).expect("a name");
    let another = |vpc: &str, reference: &str| {
        let body = format!(
            "<CreateHostedZoneRequest><Name>{ZONE}</Name>{vpc}<CallerReference>{reference}</CallerReference>\
             </CreateHostedZoneRequest>"
        );
        post(&fake, "/2013-04-01/hostedzone", &body);
    };
    another(
        "<VPC><VPCRegion>us-east-1</VPCRegion><VPCId>vpc-1</VPCId></VPC>",
        "a",
    );
    wait(provider.fetch(&origin))
        .expect("the public zone: nobody outside is served from the other");
    another("", "b");
    let error = wait(provider.fetch(&origin)).err().expect("a refusal");
    assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
    assert!(
        error.message.contains("`ZONLYEXAMPLE`, `ZOTHER1`"),
        "{error}"
    );
    assert!(
        error
            .hint
            .is_some_and(|hint| hint.contains("zone_ids = { \"only.example\""))
    );
    let told = |id: &str| {
        let mut account = vendors::account(&VENDOR, &fake.http().endpoint());
        account.text += &format!("\nzone_ids = {{ \"{ZONE}\" = \"{id}\" }}");
        let adapter = adapter("route53").expect("a registered adapter");
        let provider = crate::bed::connect(adapter, Path::new("."), &account);
        wait(provider.fetch(&origin)).map(|held| held.zone.len())
    };
    assert_eq!(told("ZONLYEXAMPLE").expect("the zone that is named"), 7);
    for (id, part) in [
        ("ZOTHER0", "is a private hosted zone"),
        ("ZNONE", "NoSuchHostedZone"),
    ] {
        let error = told(id).expect_err("a refusal");
        assert!(error.message.contains(part), "{error}");
    }
}

/// What comes of reading the zone from a machine.
fn fetch(machine: &Machine, endpoint: &str, more: &str) -> Result<usize, String> {
    let text = format!("endpoint = \"{endpoint}\"\n{more}");
    let provider = machine.connect("route53", &text)?;
    let origin = Name::absolute(ZONE).expect("a name");
    let held = wait(provider.fetch(&origin)).map_err(|error| error.message)?;
    Ok(held.zone.len())
}

pub(super) fn finds_credentials_where_aws_keeps_them() {
    let (fake, _) = fake();
    let endpoint = fake.http().endpoint();
    let (id, secret) = (VENDOR.secrets[0].1, VENDOR.secrets[1].1);
    let machine = || {
        Machine::default()
            .with("HOME", "/home/me")
            .with("AWS_EC2_METADATA_DISABLED", "true")
    };
    let profile = |name: &str, secret: &str| {
        format!("[{name}]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
    };
    let role = format!(
        "{{\"Code\": \"Success\", \"LastUpdated\": \"2026-11-23T00:00:00Z\", \"Type\": \"AWS-HMAC\", \
         \"AccessKeyId\": \"{id}\", \"SecretAccessKey\": \"{secret}\", \"Token\": \"a-session\", \
         \"Expiration\": \"2099-01-01T00:00:00Z\"}}"
    );
    let services = HttpServer::start(move |request| {
        let given = |name| request.header(name).unwrap_or_default().to_owned();
        match (request.method.as_str(), request.target.as_str()) {
            ("GET", "/container") if given("authorization") == "container-token" => {
                Answer::text(200, "application/json", role.clone())
            }
            ("PUT", "/latest/api/token") => Answer::text(200, "text/plain", "instance-token"),
            ("GET", path) if given("x-aws-ec2-metadata-token") == "instance-token" => {
                let is_list = path.ends_with("/security-credentials/");
                let body = if is_list { "dns-role" } else { role.as_str() };
                Answer::text(200, "text/plain", body)
            }
            _ => Answer::empty(404),
        }
    });
    let services = services.endpoint();
    let both = profile("default", "wrong") + &profile("dns", secret);
    let shared = machine().file("/home/me/.aws/credentials", both.clone());
    for (what, machine, more) in [
        (
            "variables",
            machine()
                .with("AWS_ACCESS_KEY_ID", id)
                .with("AWS_SECRET_ACCESS_KEY", secret),
            "",
        ),
        ("AWS_PROFILE", shared.clone().with("AWS_PROFILE", "dns"), ""),
        (
            "a profile of the account, whatever the variables say",
            shared
                .clone()
                .with("AWS_ACCESS_KEY_ID", "other")
                .with("AWS_SECRET_ACCESS_KEY", "other"),
            "profile = \"dns\"",
        ),
        (
            "another file",
            machine()
                .with("AWS_SHARED_CREDENTIALS_FILE", "/etc/aws")
                .file("/etc/aws", profile("default", secret)),
            "",
        ),
        (
            "the configuration file",
            machine().file("/home/me/.aws/config", profile("profile dns", secret)),
            "profile = \"dns\"",
        ),
        (
            "a container's role",
            machine()
                .with(
                    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                    &format!("{services}/container"),
                )
                .with("AWS_CONTAINER_AUTHORIZATION_TOKEN", "container-token"),
            "",
        ),
        (
            "an instance's role",
            Machine::default().with("AWS_EC2_METADATA_SERVICE_ENDPOINT", &services),
            "",
        ),
    ] {
        assert_eq!(fetch(&machine, &endpoint, more), Ok(7), "{what}");
    }
    let sessions = fake.http().take_log();
    let sessions = sessions
        .iter()
        .filter_map(|seen| seen.request.header("x-amz-security-token"));
    assert_eq!(
        sessions.filter(|token| *token == "a-session").count(),
        4,
        "two roles, two requests each"
    );
    for (machine, more, part) in [
        (machine(), "", "no AWS credentials"),
        (shared, "", "SignatureDoesNotMatch"),
        (
            machine().with("AWS_ACCESS_KEY_ID", id),
            "",
            "`secret_access_key` is missing",
        ),
    ] {
        let error = fetch(&machine, &endpoint, more).expect_err("a refusal");
        assert!(error.contains(part), "{error}");
        // AWS repeats the request behind the first line of that refusal.
        assert!(!error.contains("Canonical"), "{error}");
    }
}
