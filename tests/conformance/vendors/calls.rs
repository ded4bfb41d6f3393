//! `docs/providers.md`: what every provider can hold, and how many calls changes take, counted at the fakes. And the
//! table in the README, which has the most of it.

use std::path::Path;

use redundns::adapters::{ADAPTERS, Adapter};
use redundns::plan::Change;
use redundns::provider::{ApexNs, Capabilities, Counted, Granularity, RateLimit, Soa};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};

use crate::case::wait;
use crate::fakes::clock::Clock;
use crate::fakes::{Fake, VENDORS, Vendor};
use crate::vendors::{self, prepare, snapshots};

const HEAD: &str = "\
# Providers

Written by `UPDATE_SNAPSHOTS=1 cargo test --test conformance docs` from what the adapters say of themselves and from
calls counted at the fakes in `tests/fakes`; a test compares.

**Calls** are the requests that make 1, 100 and 1,000 new record sets in a zone that was read before, and the requests
that read a zone of 1,000. **octoDNS** is what its provider for the same API takes for the same changes.

| adapter | writes | atomic | most a call | TTL | apex NS | SOA | read 1,000 | calls for 1 | 100 | 1,000 | octoDNS 1 | 100 | 1,000 |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
";

const ZONE: &str = "calls.example.";

/// Requests for so many new sets, and for reading them again.
fn count(vendor: &'static Vendor, size: usize) -> (usize, usize) {
    let fake = Fake::start(vendor, Clock::times(super::SPEED));
    prepare(vendor, &fake, ZONE);
    let provider = vendors::provider(vendor, &fake.http().endpoint());
    let origin = Name::absolute(ZONE).expect("a name");
    let base = wait(provider.fetch(&origin)).expect("a zone");
    let ttl = vendors::capabilities(vendor).ttl;
    let changes: Vec<Change> = (0..size)
        .map(|index| {
            let address = format!("10.0.{}.{}", index / 250, index % 250);
            let data = rdata::from_text(RecordType::A, &address, None).expect("an address");
            Change::Create {
                key: RecordKey {
                    owner: Name::parse(format!("n{index}").as_bytes(), Some(origin.borrow()))
                        .expect("a name"),
                    rtype: RecordType::A,
                },
                after: RecordSet::new(3600.clamp(*ttl.start(), *ttl.end()), vec![data.into()]),
            }
        })
        .collect();
    fake.http().take_log();
    wait(provider.apply(&origin, &changes, &base)).expect("the changes");
    let calls = fake.http().take_log().len();
    let after = wait(provider.fetch(&origin)).expect("the zone again");
    assert_eq!(after.zone.len(), base.zone.len() + size);
    (calls, fake.http().take_log().len())
}

fn row(adapter: &Adapter) -> String {
    let held = (adapter.capabilities)();
    let vendor = VENDORS.iter().find(|vendor| vendor.adapter == adapter.name);
    let counted = vendor.map(|vendor| [1, 100, 1000].map(|size| count(vendor, size)));
    let calls = counted.map_or(
        "– | – | – | –".to_owned(),
        |[one, hundred, thousand]| {
            format!(
                "{} | {} | {} | {}",
                thousand.1, one.0, hundred.0, thousand.0
            )
        },
    );
    let octodns = vendor
        .and_then(|vendor| vendor.octodns_calls)
        .map_or("– | – | –".to_owned(), |[one, hundred, thousand]| {
            format!("{one} | {hundred} | {thousand}")
        });
    let (writes, apex, soa) = (writes(&held), apex(&held), soa(&held));
    let atomic = yes(held.atomic);
    let batch = match held.batch {
        usize::MAX => "any".to_owned(),
        most => most.to_string(),
    };
    format!(
        "| `{}` | {writes} | {atomic} | {batch} | {}–{} | {apex} | {soa} | {calls} | {octodns} |\n",
        adapter.name,
        held.ttl.start(),
        held.ttl.end()
    )
}

fn yes(is: bool) -> &'static str {
    if is { "yes" } else { "no" }
}

fn writes(held: &Capabilities) -> &'static str {
    match held.granularity {
        Granularity::Record => "records",
        Granularity::RecordSet => "record sets",
        Granularity::Zone => "the zone",
    }
}

fn apex(held: &Capabilities) -> &'static str {
    match held.apex_ns {
        ApexNs::Full => "any",
        ApexNs::AddOnly => "added to its own",
        ApexNs::Fixed => "its own",
        ApexNs::Hidden => "hidden",
    }
}

fn soa(held: &Capabilities) -> &'static str {
    match held.soa {
        Soa::Fixed => "its own",
        Soa::Settable => "settable",
    }
}

fn section(adapter: &Adapter) -> String {
    let held = (adapter.capabilities)();
    let mut text = format!("\n## {}\n\n<{}>\n\n", adapter.name, adapter.docs);
    text += &format!("- Types: {}.\n", types(&held));
    if let Some(octets) = held.txt_octets {
        text += &format!("- TXT: {octets} octets in a record.\n");
    }
    if let Some(octets) = held.txt_set_octets {
        text += &format!("- TXT: {octets} octets in a set.\n");
    }
    if let Some(records) = held.records_per_set {
        text += &format!("- Records in a set: {records}.\n");
    }
    if !held.limits.is_empty() {
        let limits: Vec<String> = held.limits.iter().map(limit).collect();
        text += &format!("- Limits: {}.\n", limits.join(", "));
    }
    for quirk in held.quirks {
        text += &format!("- {} ({}; {}).\n", quirk.what, quirk.verified, quirk.source);
    }
    text
}

fn types(held: &Capabilities) -> String {
    let Some(types) = &held.rtypes else {
        return "all, unknown ones included".to_owned();
    };
    let names: Vec<String> = types.iter().map(ToString::to_string).collect();
    names.join(" ")
}

fn limit(limit: &RateLimit) -> String {
    let what = match limit.of {
        Counted::All => "requests",
        Counted::Reads => "reads",
        Counted::Writes => "writes",
    };
    let per = match limit.per.as_secs() {
        1 => "a second".to_owned(),
        60 => "a minute".to_owned(),
        3600 => "an hour".to_owned(),
        86_400 => "a day".to_owned(),
        seconds => format!("in {seconds} s"),
    };
    format!("{} {what} {per}", limit.requests)
}

pub(crate) fn check_document() {
    let mut text = HEAD.to_owned();
    text.extend(ADAPTERS.iter().map(|adapter| row(adapter)));
    text.extend(ADAPTERS.iter().map(|adapter| section(adapter)));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/providers.md");
    if let Err(message) = snapshots::compare(&path, &text) {
        panic!("{message}");
    }
}

const README_HEAD: &str = "\
| account | types | TTL | apex NS | SOA | writes | all or nothing | refuses a base that moved |
|---|---|---|---|---|---|---|---|
";

/// A row of the README. What follows others is not written to.
fn readme_row(root: &Path, adapter: &Adapter) -> String {
    let held = (adapter.capabilities)();
    let sample = format!("providers/{}.toml", adapter.name);
    let account = if root.join(&sample).exists() {
        format!("[`{}`]({sample})", adapter.name)
    } else {
        format!("`{}`", adapter.name)
    };
    let types = held.rtypes.as_ref();
    let types = types.map_or("all".to_owned(), |types| types.len().to_string());
    let ttl = match (*held.ttl.start(), *held.ttl.end()) {
        (0, 0x7fff_ffff) => "any".to_owned(),
        (lowest, 0x7fff_ffff) => format!("{lowest} and more"),
        (lowest, highest) => format!("{lowest}–{highest}"),
    };
    let written = if held.follows {
        "– | – | –".to_owned()
    } else {
        let (atomic, refuses) = (yes(held.atomic), yes(held.detects_conflict));
        format!("{} | {atomic} | {refuses}", writes(&held))
    };
    let (apex, soa) = (apex(&held), soa(&held));
    format!("| {account} | {types} | {ttl} | {apex} | {soa} | {written} |\n")
}

/// The table stands between two marks.
pub(crate) fn check_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("README.md");
    let text = std::fs::read_to_string(&path).expect("the README");
    let [begin, end] = ["<!-- what each can hold -->\n", "<!-- until here -->\n"];
    let (head, rest) = text.split_once(begin).expect("the mark before the table");
    let (_, tail) = rest.split_once(end).expect("the mark behind the table");
    let rows = ADAPTERS.iter().map(|adapter| readme_row(root, adapter));
    let table = README_HEAD.to_owned() + &rows.collect::<String>();
    let text = format!("{head}{begin}{table}{end}{tail}");
    if let Err(message) = snapshots::compare(&path, &text) {
        panic!("{message}");
    }
}
