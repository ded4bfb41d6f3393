//! What only Route 53 has: sets that no zone file can express, several zones of one name, credentials kept in many
//! places.

pub(super) mod credentials;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

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
use crate::vendors::{self, prepare};
use crate::world::{environment, wait_until};

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
        assert_eq!(error.kind, ErrorKind::Rejected, "{error}");
        assert!(error.message.contains(part), "{error}");
    }
}

/// A batch of sets with one value each.
fn batch(action: &str, sets: usize) -> String {
    let mut changes = String::new();
    for index in 0..sets {
        changes += &format!(
            "<Change><Action>{action}</Action><ResourceRecordSet><Name>n{index}.{ZONE}</Name><Type>A</Type><TTL>60</TTL>\
             <ResourceRecords><ResourceRecord><Value>192.0.2.1</Value></ResourceRecord></ResourceRecords>\
             </ResourceRecordSet></Change>"
        );
    }
    format!(
        "<ChangeResourceRecordSetsRequest><ChangeBatch><Changes>{changes}</Changes></ChangeBatch>\
         </ChangeResourceRecordSetsRequest>"
    )
}

/// <https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html>
pub(super) fn the_fake_holds_the_limits_of_a_batch() {
    let text = format!("<Value>&quot;{}&quot;</Value>", "x".repeat(255));
    for (body, says) in [
        (
            batch("CREATE", 1001),
            Some("Number of records limit of 1000"),
        ),
        (
            batch("UPSERT", 501),
            Some("Number of records limit of 1000"),
        ),
        (batch("CREATE", 1000), None),
        (batch("UPSERT", 500), None),
        (
            batch("CREATE", 125)
                .replace("Type>A<", "Type>TXT<")
                .replace("<Value>192.0.2.1</Value>", &text),
            Some("RDATA character limit of 32000"),
        ),
        (
            batch("UPSERT", 62)
                .replace("Type>A<", "Type>TXT<")
                .replace("<Value>192.0.2.1</Value>", &text),
            None,
        ),
    ] {
        let (fake, _) = fake();
        let mut request = Request::new("POST", "/2013-04-01/hostedzone/ZONLYEXAMPLE/rrset/", &body);
        (VENDOR.sign)(&mut request);
        let answer = fake.ask(&request);
        let said = String::from_utf8_lossy(&answer.body);
        match says {
            Some(part) => assert!(answer.status == 400 && said.contains(part), "{said}"),
            None => assert_eq!(answer.status, 200, "{said}"),
        }
    }
}

/// An API that is busy for the first two writes.
pub(super) fn is_patient_with_an_api_that_is_busy() {
    let (fake, _) = fake();
    let fake = Arc::new(fake);
    for (code, words) in [
        (
            "PriorRequestNotComplete",
            "Route 53 was still processing a prior request.",
        ),
        ("Throttling", "Rate exceeded"),
    ] {
        let behind = fake.clone();
        let writes = AtomicUsize::new(0);
        let busy = HttpServer::start(move |request| {
            if request.method == "POST" && writes.fetch_add(1, Ordering::SeqCst) < 2 {
                let error = format!(
                    "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{words}</Message></Error>\
                     </ErrorResponse>"
                );
                return Answer::text(400, "text/xml", error);
            }
            behind.ask(request)
        });
        let provider = vendors::provider(&VENDOR, &busy.endpoint());
        let origin = Name::absolute(ZONE).expect("a name");
        let base = wait(provider.fetch(&origin)).expect("the zone");
        let change = create(&format!("{}.{ZONE}", code.to_lowercase()));
        wait(provider.apply(&origin, &[change], &base)).expect("the third attempt");
        let log = busy.take_log();
        let writes: Vec<u16> = log
            .iter()
            .filter(|seen| seen.request.method == "POST")
            .map(|seen| seen.answer.status)
            .collect();
        assert_eq!(writes, [400, 400, 200], "{code}");
    }
}

/// A write ends when all nameservers have it, not when the API has.
pub(super) fn waits_until_all_nameservers_have_a_change() {
    let clock = Clock::times(0);
    let fake = Fake::start(&VENDOR, clock.clone());
    prepare(&VENDOR, &fake, &format!("{ZONE}."));
    let provider = vendors::provider(&VENDOR, &fake.http().endpoint());
    let origin = Name::absolute(ZONE).expect("a name");
    let base = wait(provider.fetch(&origin)).expect("the zone");
    fake.http().take_log();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let change = create(&format!("new.{ZONE}"));
            wait(provider.apply(&origin, &[change], &base)).expect("a change");
            done.store(true, Ordering::SeqCst);
        });
        let mut asked = 0;
        wait_until("the change", || {
            let log = fake.http().take_log();
            asked += log
                .iter()
                .filter(|seen| seen.request.target.contains("/change/"))
                .count();
            asked >= 3
        });
        assert!(
            !done.load(Ordering::SeqCst),
            "it ended while the change was pending"
        );
        clock.advance(Duration::from_secs(60));
        wait_until("the end", || done.load(Ordering::SeqCst));
    });
}
