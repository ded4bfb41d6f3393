//! What the adapter sends for a fixed set of changes, kept for a reader who has the vendor's documentation beside.
//!
//! `UPDATE_SNAPSHOTS=1` writes the files anew instead of comparing with them.

use std::path::{Path, PathBuf};

use redundns::plan::{Change, DiffRules, diff, order};
use redundns::provider::{ApexNs, Capabilities, Provider};
use redundns::zone::{Name, RecordType, Zone};

use crate::bed::zone_text;
use crate::case::{self, wait};
use crate::fakes::clock::Clock;
use crate::fakes::http::{Exchange, Request};
use crate::fakes::{Fake, Vendor};
use crate::vendors::{self, prepare};
use crate::world::environment;

const ZONE: &str = "example.com.";

/// Headers that say something about the body, or about what is asked for. Credentials never show.
const HEADERS: [&str; 4] = ["content-type", "if-match", "if-none-match", "x-ovh-batch"];

/// Octets of a text beyond ASCII, and a text of them alone.
const STRANGE: &str = " \\195\\188";
const STRANGE_TEXT: &str = "\"\\195\\188\"";
/// A text with what needs escapes.
const ESCAPED_TEXT: &str = "\"say \\\"hello\\\"; a\\\\b\"";

/// A change: the line of the zone file that goes, and the lines that come.
struct Edit {
    name: &'static str,
    gone: &'static [&'static str],
    new: &'static str,
}

const EDITS: &[Edit] = &[
    Edit {
        name: "create",
        gone: &[],
        new: "new LONG IN A 192.0.2.20\n",
    },
    Edit {
        name: "replace",
        gone: &["www"],
        new: "www LONG IN A 192.0.2.12\nwww LONG IN A 192.0.2.13\n",
    },
    Edit {
        name: "delete",
        gone: &["www"],
        new: "",
    },
    Edit {
        name: "address_to_alias",
        gone: &["www"],
        new: "www LONG IN CNAME ns1\n",
    },
    Edit {
        name: "alias_to_address",
        gone: &["alias"],
        new: "alias LONG IN A 192.0.2.30\n",
    },
    Edit {
        name: "text",
        gone: &[],
        new: "text LONG IN TXT \"say \\\"hello\\\"; a\\\\b \\195\\188\"\n",
    },
    Edit {
        name: "mail",
        gone: &[],
        new: "@ LONG IN MX 10 mail.example.net.\n_sip._tcp LONG IN SRV 1 2 5060 sip.example.net.\n@ LONG IN CAA 0 issue \"ca.example.net\"\n*.wild LONG IN A 192.0.2.40\n",
    },
    Edit {
        name: "three_at_once",
        gone: &["kept", "www"],
        new: "new LONG IN A 192.0.2.20\nwww LONG IN A 192.0.2.14\n",
    },
    Edit {
        name: "apex_ns",
        gone: &[],
        new: "@ LONG IN NS ns.other.example.\n",
    },
];

/// The changes of an edit; those of types that the vendor has not are left out.
fn changes(
    edit: &Edit,
    before: &str,
    held: &Zone,
    capabilities: &Capabilities,
    takes: fn(RecordType, &str) -> bool,
) -> Vec<Change> {
    let is_kept = |line: &&str| {
        let owner = line.split(' ').next().unwrap_or_default();
        !edit.gone.contains(&owner)
    };
    let mut text: String = before
        .lines()
        .filter(is_kept)
        .flat_map(|line| [line, "\n"])
        .collect();
    let long = 3600.clamp(*capabilities.ttl.start(), *capabilities.ttl.end());
    let new = edit.new.replace("LONG", &long.to_string());
    // Not every vendor takes octets that are no text.
    let is_taken = takes(RecordType::TXT, STRANGE_TEXT);
    let new = if is_taken {
        new
    } else {
        new.replace(STRANGE, "")
    };
    // Nor quotes and backslashes.
    let is_taken = takes(RecordType::TXT, ESCAPED_TEXT);
    text += &if is_taken {
        new
    } else {
        new.replace("\\\"", "").replace("\\\\", "")
    };
    let desired = case::zone(held.origin(), &text);
    let plan = diff(held, &desired, &DiffRules::of(capabilities, Vec::new()));
    let plan = plan
        .changes
        .into_iter()
        .filter(|change| capabilities.holds(change.key().rtype))
        .collect();
    order(plan, held.origin()).iter().cloned().collect()
}

/// What was asked, but for tokens: those requests are nothing but credentials.
fn all_shown(log: &[Exchange]) -> String {
    let requests = log.iter().map(|seen| &seen.request);
    let is_for_token = |kind: &str| kind.starts_with("application/x-www-form-urlencoded");
    let requests =
        requests.filter(|request| !request.header("content-type").is_some_and(is_for_token));
    requests.map(shown).collect::<Vec<_>>().join("\n###\n\n")
}

fn shown(request: &Request) -> String {
    let mut text = format!("{} {}\n", request.method, request.target);
    for name in HEADERS {
        if let Some(value) = request.header(name) {
            text += &format!("{name}: {value}\n");
        }
    }
    if !request.body.is_empty() {
        let pretty = request
            .json()
            .map(|json| serde_json::to_string_pretty(&json).expect("JSON"));
        let body = pretty.unwrap_or_else(|| String::from_utf8_lossy(&request.body).into_owned());
        text += &format!("\n{}\n", body.trim_end());
    }
    text
}

fn kept(vendor: &Vendor, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/snapshots")
        .join(vendor.adapter)
        .join(format!("{name}.http"))
}

/// Compares with what is kept, or keeps it.
pub(crate) fn compare(path: &Path, text: &str) -> Result<(), String> {
    if environment("UPDATE_SNAPSHOTS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a directory")).expect("a directory");
        std::fs::write(path, text).expect("a file that can be written");
        return Ok(());
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    if kept == text {
        return Ok(());
    }
    Err(format!(
        "{} is not what is sent now (UPDATE_SNAPSHOTS=1 writes it):\n{text}",
        path.display()
    ))
}

/// A set of each type whose data have parts.
#[rustfmt::skip]
const TYPED: &[&str] = &[
    "six LONG IN AAAA 2001:db8::1",
    "@ LONG IN MX 10 www",
    "_sip._tcp LONG IN SRV 1 2 5060 www",
    "@ LONG IN CAA 0 issue \"ca.example.net\"",
    "service LONG IN HTTPS 1 www alpn=\"h2,h3\" port=8443",
    "service LONG IN SVCB 2 www port=53",
    "_443._tcp LONG IN TLSA 3 1 1 e2d3c916f6deeac73294e8268fb5885044a833fc5459588f4a9184cfc41a5766",
    "shell LONG IN SSHFP 4 2 e2d3c916f6deeac73294e8268fb5885044a833fc5459588f4a9184cfc41a5766",
    "naming LONG IN NAPTR 10 20 \"S\" \"SIP+D2U\" \"\" _sip._udp",
    "place LONG IN LOC 52 22 23.000 N 4 53 32.000 E 2.00m 1m 10000m 10m",
    "below LONG IN NS ns1",
    "below LONG IN DS 4711 13 2 e2d3c916f6deeac73294e8268fb5885044a833fc5459588f4a9184cfc41a5766",
    "pointer LONG IN PTR www",
    "lines LONG IN URI 10 1 \"https://www.example.net/\"",
    "*.wild LONG IN A 192.0.2.40",
];

/// What reads are answered with: where fuzzing begins, and so with the zone that it is about.
pub(crate) fn check_corpus(vendor: &'static Vendor) {
    let capabilities = vendors::capabilities(vendor);
    let long = 3600.clamp(*capabilities.ttl.start(), *capabilities.ttl.end());
    let is_held = |line: &&&str| {
        let rtype = line.split(' ').nth(3).expect("a type");
        capabilities.holds(rtype.parse().expect("a type"))
    };
    let typed: Vec<&str> = TYPED.iter().filter(is_held).copied().collect();
    let typed = typed.join("\n").replace("LONG", &long.to_string()) + "\n";
    let wrong = [("read", ""), ("types", &typed)].map(|(name, lines)| {
        let text = zone_text(FUZZED, &capabilities, &vendors::own(vendor));
        compare_answers(vendor, name, &(text + lines)).err()
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const FUZZED: &str = "example.test.";

fn compare_answers(vendor: &'static Vendor, name: &str, text: &str) -> Result<(), String> {
    let fake = Fake::start(vendor, Clock::times(super::SPEED));
    fake.add(FUZZED, text);
    let endpoint = fake.http().endpoint();
    let provider = vendors::provider(vendor, &endpoint);
    let origin = Name::absolute(FUZZED).expect("a name");
    wait(provider.fetch(&origin)).expect("a zone");
    let log = fake.http().take_log();
    // Whoever posts asks for a token.
    let reads = log.iter().filter(|seen| seen.request.method == "GET");
    let answers = reads.map(|seen| {
        let text = String::from_utf8_lossy(&seen.answer.body).into_owned();
        // A clock says something else each time: here the first second of 2026.
        let is_clock = seen
            .request
            .segments()
            .last()
            .is_some_and(|last| last == "time");
        if is_clock {
            "1767225600".to_owned()
        } else {
            text
        }
    });
    let answers: Vec<String> = answers.collect();
    let text = answers.join("\n--- next answer ---\n");
    let text = text.replace(&endpoint, "http://127.0.0.1:1");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus");
    compare(&path.join(vendor.adapter).join(name), &text)
}

pub(crate) fn check(vendor: &'static Vendor) {
    let capabilities = vendors::capabilities(vendor);
    let before = zone_text(ZONE, &capabilities, &vendors::own(vendor));
    let origin = Name::absolute(ZONE).expect("a name");
    let mut wrong = Vec::new();
    for edit in EDITS {
        if edit.name == "apex_ns" && capabilities.apex_ns < ApexNs::AddOnly {
            continue;
        }
        // Each begins anew, so that ids in paths do not depend on the others.
        let fake = Fake::start(vendor, Clock::times(super::SPEED));
        prepare(vendor, &fake, ZONE);
        let provider: &dyn Provider = &*vendors::provider(vendor, &fake.http().endpoint());
        let base = wait(provider.fetch(&origin)).expect("a zone");
        let read = fake.http().take_log();
        if edit.name == "create" {
            wrong.extend(compare(&kept(vendor, "read"), &all_shown(&read)).err());
        }
        let changes = changes(edit, &before, &base.zone, &capabilities, vendor.takes);
        assert!(!changes.is_empty(), "{} changes nothing", edit.name);
        wait(provider.apply(&origin, &changes, &base)).expect("the changes");
        let sent = fake.http().take_log();
        wrong.extend(compare(&kept(vendor, edit.name), &all_shown(&sent)).err());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
