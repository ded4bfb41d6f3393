//! Every fault of HTTP at every call of a read and of a write, one named trial each. An adapter whose bed has an
//! endpoint gets all of them.
//!
//! Between the adapter and its API stands a server that misbehaves at one call, the next time at the next one, until a
//! run ends without meeting it.

mod clock;
mod disturbed;

use std::sync::PoisonError;

use redundns::plan::{Change, apply};
use redundns::provider::{ProviderError, Snapshot};
use redundns::zone::{Name, RecordType, Zone};

use self::disturbed::Disturbed;
use crate::bed::Endpoint;
use crate::case::{Case, wait};
use crate::world::http_faults::{AGAIN, At, FAULTS, Fault, PASSING};

/// More calls than any read or write takes here.
const MOST_CALLS: usize = 40;
/// A zone that is read in several calls where the API has pages.
const PAGES: &str = "pages.test.";
/// A zone that is nobody's business.
const BYSTANDER: &str = "bystander.test.";

/// Every fault there is.
pub(crate) fn faults() -> impl Iterator<Item = &'static Fault> {
    FAULTS.iter().chain(PASSING).chain([&AGAIN])
}

/// What a trial of a fault is called.
pub(crate) fn name(fault: &Fault) -> String {
    format!("meets_{}", fault.name.replace(' ', "_"))
}

/// The zone of a fault, in which it meets writes.
pub(crate) fn origin(fault: &Fault) -> String {
    format!("{}.test.", name(fault).replace('_', "-"))
}

/// The zones of all of them, and those that they share.
pub(crate) fn origins() -> Vec<String> {
    let shared = [PAGES, BYSTANDER].map(str::to_owned);
    faults().map(origin).chain(shared).collect()
}

pub(crate) fn check(case: &Case<'_>, fault: &'static Fault) {
    let endpoint = case.bed.endpoint.as_ref().expect("a bed that speaks HTTP");
    let turns = case.bed.turns.as_ref();
    let _turn = turns.map(|turns| turns.lock().unwrap_or_else(PoisonError::into_inner));
    let bystander = Case::new(case.bed, BYSTANDER);
    let before = bystander.fetch();
    let mut wrong = Vec::new();
    if fault.at != At::Writes {
        wrong.extend(at_reads(case, endpoint, fault));
    }
    // What passes by itself at reads alone says nothing about writes.
    if fault.at != At::Reads {
        wrong.extend(at_writes(case, endpoint, fault));
    }
    bystander.expect(&before, &bystander.fetch().zone);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A zone of as many sets as it takes to have a second page, but for APIs whose pages are larger than a thousand.
fn pages(case: &Case<'_>, endpoint: &Endpoint) -> Zone {
    let many = case.bed.pages.get_or_init(|| {
        let case = Case::new(case.bed, PAGES);
        let calls = || {
            let disturbed = Disturbed::none(endpoint);
            wait(disturbed.provider().fetch(&case.origin)).expect("the zone");
            disturbed.calls()
        };
        let few = calls();
        for sizes in [0..101, 101..301, 301..501, 501..1001] {
            let create = |index: usize| {
                let address = format!("10.0.{}.{}", index / 250, index % 250);
                case.create(&format!("n{index}"), RecordType::A, 3600, &[&address])
            };
            let changes: Vec<Change> = sizes.map(create).collect();
            case.try_apply(&changes, &case.fetch())
                .unwrap_or_else(|error| panic!("the pages: {error}"));
            if calls() > few {
                break;
            }
        }
        case.fetch().zone
    });
    many.clone()
}

/// A failed read is never a smaller zone.
fn at_reads(case: &Case<'_>, endpoint: &Endpoint, fault: &'static Fault) -> Vec<String> {
    let whole = pages(case, endpoint);
    let origin = Name::absolute(PAGES).expect("a name");
    let mut wrong = Vec::new();
    for call in 0..MOST_CALLS {
        let disturbed = Disturbed::at(endpoint, fault, call);
        let provider = disturbed.provider();
        let result = disturbed.run(|| async {
            disturbed.begin();
            provider.fetch(&origin).await
        });
        let is_over = disturbed.is_over(result.is_ok());
        let complaints = match &result {
            Ok(held) => read(case, held, &whole, fault, disturbed.is_met()),
            Err(error) => refused(fault, &disturbed, error, 0),
        };
        let name = format!("call {} of a read", call + 1);
        wrong.extend(complaints.into_iter().map(|text| format!("{name}: {text}")));
        if is_over {
            return wrong;
        }
    }
    panic!("more than {MOST_CALLS} calls");
}

fn passes(fault: &Fault) -> bool {
    PASSING.iter().any(|passing| passing.name == fault.name)
}

/// Complaints about a read that succeeded.
fn read(
    case: &Case<'_>,
    held: &Snapshot,
    whole: &Zone,
    fault: &Fault,
    is_met: bool,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let left = case.difference(&held.zone, whole).changes;
    if !left.is_empty() {
        wrong.push(format!("a zone without {} of its sets", left.len()));
    }
    // A page more, where nothing is missing, does no harm.
    let is_harmless = passes(fault) || fault.leaves() || fault.name == AGAIN.name;
    if is_met && !is_harmless {
        wrong.push("it went unnoticed".to_owned());
    }
    wrong
}

/// Complaints about an error.
fn refused(
    fault: &Fault,
    disturbed: &Disturbed<'_>,
    error: &ProviderError,
    phrase: usize,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let shown = format!("{error:?}");
    if !disturbed.is_met() && !fault.leaves() {
        wrong.push(format!("nothing was wrong: {error}"));
    }
    if passes(fault) {
        wrong.push(format!("it would have passed: {error}"));
    }
    if let Some(kind) = fault.kind {
        let phrase = fault.phrases[phrase];
        if error.kind != kind || !error.message.contains(phrase) {
            wrong.push(format!("not {kind:?} with `{phrase}`: {shown}"));
        }
    }
    if error.message.contains(char::is_control) {
        wrong.push(format!("more than a line: {shown}"));
    }
    let secrets = disturbed.secrets();
    let secrets = secrets.iter().filter(|secret| shown.contains(*secret));
    wrong.extend(secrets.map(|_| format!("a credential shows: {shown}")));
    wrong
}

/// The changes of a write: more than one call where the API allows it.
fn changes(case: &Case<'_>, base: &Snapshot) -> Vec<Change> {
    let after = case.set(RecordType::A, 300, &["192.0.2.12", "192.0.2.13"]);
    vec![
        case.create("new", RecordType::A, 300, &["192.0.2.20"]),
        case.create("text", RecordType::TXT, 300, &["\"new, too\""]),
        case.replace(base, "www", RecordType::A, after),
        case.delete(base, "alias", RecordType::CNAME),
    ]
}

/// What was made is told exactly, or as unknown, and the next run makes the rest.
fn at_writes(case: &Case<'_>, endpoint: &Endpoint, fault: &'static Fault) -> Vec<String> {
    let start = case.fetch();
    let changes = changes(case, &start);
    let desired = apply(&start.zone, &changes);
    let mut wrong = Vec::new();
    for call in 0..MOST_CALLS {
        let disturbed = Disturbed::at(endpoint, fault, call);
        let provider = disturbed.provider();
        let result = disturbed.run(|| async {
            let base = provider.fetch(&case.origin).await.expect("the base");
            disturbed.begin();
            provider.apply(&case.origin, &changes, &base).await
        });
        let is_over = disturbed.is_over(result.is_ok());
        let held = case.fetch();
        let stage = stage(case, &held.zone, &start.zone, &changes);
        let mut complaints = match &result {
            Ok(()) => made(case, &held, &desired, fault, &disturbed),
            Err(error) => {
                let mut wrong = refused(fault, &disturbed, error, 1);
                wrong.extend(counted(&disturbed, error, stage, changes.len()));
                wrong
            }
        };
        complaints.extend(untouched(case, &held.zone, &start.zone, &changes));
        complaints.extend(disturbed.sent_twice());
        complaints.extend(converges(case, &held, &desired));
        let name = format!("call {} of a write", call + 1);
        wrong.extend(complaints.into_iter().map(|text| format!("{name}: {text}")));
        if is_over {
            return wrong;
        }
        if !converges(case, &case.fetch(), &start.zone).is_empty() {
            wrong.push("it cannot be put back".to_owned());
            return wrong;
        }
    }
    panic!("more than {MOST_CALLS} calls");
}

/// How many changes from the front are made; `None` where it is others.
fn stage(case: &Case<'_>, held: &Zone, start: &Zone, changes: &[Change]) -> Option<usize> {
    (0..=changes.len()).find(|&made| {
        let zone = apply(start, &changes[..made]);
        case.difference(held, &zone).changes.is_empty()
    })
}

/// Complaints about a write that succeeded.
fn made(
    case: &Case<'_>,
    held: &Snapshot,
    desired: &Zone,
    fault: &Fault,
    disturbed: &Disturbed<'_>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let left = case.difference(&held.zone, desired).changes;
    if !left.is_empty() {
        wrong.push(format!("success, and {} changes are not made", left.len()));
    }
    // Whoever cannot ask any more whether a change has arrived everywhere has made it all the same.
    let is_harmless = passes(fault) || fault.leaves() || disturbed.is_read();
    if disturbed.is_met() && !is_harmless {
        wrong.push("it went unnoticed".to_owned());
    }
    wrong
}

/// Complaints about the count in an error.
fn counted(
    disturbed: &Disturbed<'_>,
    error: &ProviderError,
    stage: Option<usize>,
    changes: usize,
) -> Option<String> {
    match (error.applied, stage) {
        (Some(told), stage) if Some(told) != stage => {
            Some(format!("{told} made, it says, and {stage:?} are: {error}"))
        }
        // Where all is made, more was asked than to make it: to serve it, or whether it is served.
        (None, Some(made))
            if disturbed.is_certain() && made < changes && !(disturbed.is_read() && made > 0) =>
        {
            Some(format!("{made} are made, and it does not know: {error}"))
        }
        _ => None,
    }
}

/// Complaints about what was not named and is another.
fn untouched(case: &Case<'_>, held: &Zone, start: &Zone, changes: &[Change]) -> Vec<String> {
    let left = case.difference(held, start).changes;
    let is_foreign = |change: &&Change| !changes.iter().any(|named| named.key() == change.key());
    let foreign = left.iter().filter(is_foreign);
    foreign
        .map(|change| format!("`{}` is touched", change.key()))
        .collect()
}

/// The next run makes the rest, and the one after it has nothing to do.
fn converges(case: &Case<'_>, held: &Snapshot, desired: &Zone) -> Vec<String> {
    let rest = case.plan(held, desired);
    if let Err(error) = case.try_apply(&rest, held) {
        return vec![format!("the next run fails: {error}")];
    }
    let left = case.difference(&case.fetch().zone, desired).changes;
    let complaint = |change: &Change| format!("the next run leaves `{}`", change.key());
    left.iter().map(complaint).collect()
}
