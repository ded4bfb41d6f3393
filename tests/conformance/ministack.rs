//! A bed for Route 53 with `MiniStack`, somebody else's idea of what AWS does: it compares deletions value by value, as
//! they were sent, pages at 300, and has a change PENDING before it is INSYNC. What it does not do (signatures,
//! limits, contents, escapes in names, throttles) the fake in `tests/fakes/route53` does.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use redundns::adapters::adapter;
use redundns::provider::Provider;
use redundns::zone::{Name, NoIncludes, Source, parse, rdata};
use serde_json::{Value, json};

use crate::bed::{self, Account, Bed, Endpoint, connect, text_for};
use crate::world::ministack::MiniStack;
use crate::world::{free_address, require_clients};

const ADAPTER: &str = "route53";

fn provider(origin: &str) -> Arc<dyn Provider> {
    let adapter = adapter(ADAPTER).expect("a registered adapter");
    connect(adapter, Path::new("."), &account(origin))
}

fn account(origin: &str) -> Account {
    Account {
        text: format!("endpoint = \"{origin}\"\ncreate = true"),
        secrets: vec![
            ("access_key_id", "test".to_owned()),
            ("secret_access_key", "test".to_owned()),
        ],
    }
}

/// The sets of a zone, in the spelling of the API.
fn sets(origin: &str) -> Value {
    let text = text_for(ADAPTER, origin);
    let source = Source {
        name: "zone",
        text: text.as_bytes(),
    };
    let zone = parse(
        &source,
        Name::absolute(origin).expect("a name"),
        &NoIncludes,
    )
    .zone;
    zone.sets()
        .map(|set| {
            let values: Vec<String> = set
                .rdata()
                .map(|data| rdata::to_text(set.rtype(), data))
                .collect();
            let (name, rtype) = (set.owner().to_string(), set.rtype().to_string());
            json!([name, rtype, set.ttl(), values])
        })
        .collect()
}

pub(crate) fn start(zones: &[String]) -> Option<Bed> {
    let python = require_clients(ADAPTER)?;
    let server = MiniStack::start()?;
    let origin = format!("http://{}", server.address);
    let zones = zones.iter().map(|zone| (zone.clone(), sets(zone)));
    let task = json!({ "endpoint": origin, "zones": Value::Object(zones.collect()) });
    let mut child = Command::new(python)
        .arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/clients/route53_zones.py"
        ))
        .stdin(Stdio::piped())
        .spawn()
        .expect("boto3 starts");
    let mut input = child.stdin.take().expect("a pipe");
    input
        .write_all(task.to_string().as_bytes())
        .expect("it reads its task");
    drop(input);
    assert!(child.wait().expect("it ends").success(), "boto3 failed");
    let own = account(&origin);
    Some(Bed {
        endpoint: Some(Endpoint {
            origin: origin.clone(),
            connect: Box::new(provider),
            secrets: Vec::new(),
        }),
        nobody: Some(provider(&format!("http://{}", free_address()))),
        counts_serials: false,
        ..bed::bed(ADAPTER, Path::new("."), &own, Box::new(server))
    })
}
