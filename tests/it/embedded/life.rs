//! What happens to a running server: its zones are created, changed, broken and removed, and it is stopped.

use std::fs;
use std::time::Instant;

use hickory_proto::op::ResponseCode;
use redundns::plan::Change;
use redundns::provider::{ErrorKind, ProviderError, Snapshot};
use redundns::zone::{RecordType, Zone, ZoneBuilder};

use super::{Project, ask, code, connect, in_words, key, name, set, try_connect, wait};
use crate::world::{free_address, wait_until};

const TEXT: &str = "\
$ORIGIN example.com.
@ 3600 IN SOA ns1 hostmaster 41 7200 3600 1209600 300
@ 3600 IN NS ns1
ns1 3600 IN A 192.0.2.53
www 60 IN A 192.0.2.1
";

fn www(last: u8) -> redundns::zone::RecordSet {
    set(60, &[&[192, 0, 2, last]])
}

fn replace(before: u8, after: u8) -> Change {
    Change::Replace {
        key: key("www.example.com", RecordType::A),
        before: www(before),
        after: www(after),
    }
}

/// A change with nothing remembered of an earlier reading.
fn apply(project: &Project, changes: &[Change]) -> Result<(), ProviderError> {
    let origin = name("example.com");
    let base = Snapshot::of(Zone::empty(origin.clone()));
    wait(project.provider.apply(&origin, changes, &base))
}

fn fetch(project: &Project) -> Result<Zone, ProviderError> {
    wait(project.provider.fetch(&name("example.com"))).map(|snapshot| snapshot.zone)
}

fn serial(zone: &Zone) -> Option<u32> {
    let soa = zone.get(zone.origin().borrow(), RecordType::SOA)?;
    let fields = soa.rdata().next()?.last_chunk::<20>()?;
    Some(u32::from_be_bytes(*fields.first_chunk()?))
}

#[test]
fn a_zone_is_created_changed_and_listed() {
    let (project, _serving, address) = Project::serving(&[]);
    assert_eq!(
        code(&ask(address, "example.com.", 6)),
        ResponseCode::Refused
    );
    let missing = fetch(&project).expect_err("no zone");
    assert_eq!(missing.kind, ErrorKind::NoSuchZone);

    let origin = name("example.com");
    let mut desired = ZoneBuilder::new(origin.clone());
    let soa = [&[0, 0][..], &[0, 0, 0, 9].repeat(5)].concat();
    for (owner, rtype, data) in [
        ("example.com", RecordType::SOA, set(3600, &[&soa])),
        (
            "example.com",
            RecordType::NS,
            set(3600, &[name("ns1.example.com").borrow().wire()]),
        ),
        ("www.example.com", RecordType::A, www(1)),
    ] {
        desired.push_set(name(owner).borrow(), rtype, &data);
    }
    let desired = desired.finish();
    let creates = project.provider.creates_zones().expect("the ability");
    wait(creates.create_zone(&desired)).expect("created");
    let fresh = fetch(&project).expect("a zone");
    assert_eq!((fresh.len(), serial(&fresh)), (2, Some(9)));
    wait(creates.create_zone(&desired)).expect("a zone that exists is no error");

    let create = Change::Create {
        key: key("www.example.com", RecordType::A),
        after: www(1),
    };
    apply(&project, &[create]).expect("applied");
    let fetched = fetch(&project).expect("a zone");
    assert_eq!((fetched.len(), serial(&fetched)), (3, Some(10)));
    assert_eq!(ask(address, "www.example.com.", 1).answers.len(), 1);

    let lists = project.provider.lists_zones().expect("the ability");
    assert_eq!(wait(lists.list_zones()).expect("a list"), [origin]);
}

#[test]
fn all_changes_are_made_or_none() {
    let project = Project::new(&[]);
    project.put("example.com", TEXT);
    let good = Change::Create {
        key: key("new.example.com", RecordType::A),
        after: www(9),
    };
    let error = apply(&project, &[good.clone(), replace(7, 8)]).expect_err("moved");
    assert_eq!((error.kind, error.applied), (ErrorKind::Conflict, Some(0)));
    assert!(error.message.contains("`www.example.com. A`"), "{error}");

    // A CNAME beside other data could be written, but not be read again.
    let bad = Change::Create {
        key: key("www.example.com", RecordType::CNAME),
        after: set(60, &[b"\x03ns1\x07example\x03com\x00"]),
    };
    let error = apply(&project, &[good.clone(), bad]).expect_err("no zone");
    assert_eq!((error.kind, error.applied), (ErrorKind::Rejected, Some(0)));

    let text = fs::read_to_string(project.file("example.com")).expect("the file");
    assert_eq!(text, TEXT);
    apply(&project, &[good, replace(1, 2)]).expect("applied");
    let zone = fetch(&project).expect("a zone");
    assert_eq!((zone.len(), serial(&zone)), (5, Some(42)));
}

#[test]
fn a_change_made_elsewhere_is_served_at_once() {
    let (project, _serving, address) = Project::serving(&[("example.com", TEXT)]);
    let elsewhere = connect(project.directory.path(), &[]);
    let origin = name("example.com");
    for last in 1..20 {
        let served = ask(address, "www.example.com.", 1);
        let words: Vec<String> = served.answers.iter().map(in_words).collect();
        assert_eq!(words, [format!("www.example.com. 60 A 192.0.2.{last}")]);
        let base = wait(elsewhere.fetch(&origin)).expect("a zone");
        wait(elsewhere.apply(&origin, &[replace(last, last + 1)], &base)).expect("applied");
    }
}

#[test]
fn a_broken_file_is_never_an_answer() {
    let (project, _serving, address) = Project::serving(&[("example.com", TEXT)]);
    let asked = || code(&ask(address, "www.example.com.", 1));
    assert_eq!(asked(), ResponseCode::NoError);

    for (broken, line) in [
        (format!("{TEXT}oops 60 IN A not-an-address\n"), 6),
        (format!("{TEXT}www 60 IN CNAME ns1\n"), 6),
        (format!("{TEXT}$INCLUDE other.zone\n"), 6),
        (TEXT.lines().skip(2).collect(), 1),
        (String::new(), 1),
    ] {
        project.put("example.com", &broken);
        assert_eq!(asked(), ResponseCode::ServFail, "{broken}");
        let error = fetch(&project).expect_err("broken");
        assert_eq!(error.kind, ErrorKind::Protocol);
        let place = format!("example.com.zone:{line}");
        assert!(error.message.contains(&place), "{error}\n{broken}");
        let error = apply(&project, &[replace(1, 2)]).expect_err("broken");
        assert_eq!(error.kind, ErrorKind::Protocol);
    }

    project.put("example.com", TEXT);
    assert_eq!(asked(), ResponseCode::NoError);
    fs::remove_file(project.file("example.com")).expect("removed");
    assert_eq!(asked(), ResponseCode::Refused);
}

#[test]
fn an_address_is_taken_once_and_free_again_after_the_drop() {
    let address = free_address();
    let project = Project::new(&[address]);
    project.put("example.com", TEXT);
    let started = Instant::now();
    for _ in 0..50 {
        let mut served = None;
        // A process that another test starts may hold a copy of the old socket until it has become its program.
        wait_until("the address", || {
            served = project.serve().ok();
            served.is_some()
        });
        let serving = served.expect("free again");
        assert_eq!(serving.addresses, [address]);
        assert_eq!(
            code(&ask(address, "example.com.", 6)),
            ResponseCode::NoError
        );
        let taken = project.serve().map(|_| ()).expect_err("taken");
        assert_eq!(taken.kind, ErrorKind::Conflict);
        assert!(taken.message.contains(&address.to_string()), "{taken}");
    }
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn settings_are_checked() {
    let directory = tempfile::tempdir().expect("a directory");
    for (text, complaint) in [
        ("directory = \"x\"", "missing field `listen`"),
        ("listen = [\"localhost\"]", "socket address"),
        ("listen = []\nlisten_on = 1", "unknown field `listen_on`"),
    ] {
        let error = try_connect(directory.path(), text).err().expect("refused");
        assert!(error.message.contains(complaint), "{}", error.message);
    }
    let text = "listen = []\ndirectory = \"state\"";
    let provider =
        try_connect(directory.path(), text).unwrap_or_else(|error| panic!("{}", error.message));
    fs::create_dir(directory.path().join("state")).expect("a directory");
    fs::write(directory.path().join("state/example.com.zone"), TEXT).expect("a file");
    assert!(wait(provider.fetch(&name("example.com"))).is_ok());
}
