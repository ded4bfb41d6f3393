//! The conversation in the documentation is one that took place.

use std::path::Path;

use redundns::plan::Change;
use redundns::zone::{Name, NoIncludes, RecordKey, RecordSet, RecordType, Source, parse};

use super::connect;
use crate::world::require;

const DOCUMENT: &str = include_str!("../../../docs/exec.md");

/// What the documentation shows, `/var/lib/bind/zones` being the directory.
fn documented() -> Vec<String> {
    let (_, rest) = DOCUMENT
        .split_once("## A whole conversation")
        .expect("the section");
    let (_, block) = rest.split_once("```\n").expect("a block");
    let (block, _) = block.split_once("```").expect("its end");
    block.lines().map(str::to_owned).collect()
}

/// The same conversation with the reference plug-in: create, list, fetch, apply, a conflict.
async fn held(directory: &Path) -> Vec<String> {
    let log = directory.join("log");
    let root = env!("CARGO_MANIFEST_DIR");
    let zones = directory.join("zones");
    std::fs::create_dir(&zones).expect("a directory");
    let text = format!(
        "command = [\"python3\", \"{root}/tests/it/exec/tee.py\", \"{}\", \"python3\", \"{root}/plugins/zonefile.py\"]\n\
         [settings]\ndirectory = \"{}\"",
        log.display(),
        zones.display()
    );
    let provider = connect(directory, &text).unwrap_or_else(|error| panic!("{}", error.message));
    provider.capabilities().await.expect("hello");
    let origin = Name::absolute("example.com").expect("a name");
    let missing = provider.fetch(&origin).await.err();
    assert!(missing.is_some());
    let frame = "@ 3600 SOA ns1.example.net. hostmaster 1 7200 3600 1209600 300\n@ 3600 NS ns1.example.net.\n";
    let source = Source {
        name: "text",
        text: frame.as_bytes(),
    };
    let desired = parse(&source, origin.clone(), &NoIncludes).zone;
    let creates = provider.creates_zones().expect("the ability");
    creates.create_zone(&desired).await.expect("created");
    let lists = provider.lists_zones().expect("the ability");
    assert_eq!(
        lists.list_zones().await.expect("zones"),
        std::slice::from_ref(&origin)
    );
    assert!(
        provider
            .nameservers(&origin)
            .await
            .expect("none")
            .is_empty()
    );
    let base = provider.fetch(&origin).await.expect("a zone");
    let change = Change::Create {
        key: RecordKey {
            owner: Name::absolute("www.example.com").expect("a name"),
            rtype: RecordType::A,
        },
        after: RecordSet::new(300, vec![[192, 0, 2, 1].into()]),
    };
    let changes = std::slice::from_ref(&change);
    provider.apply(&origin, changes, &base).await.expect("made");
    let late = provider.apply(&origin, changes, &base).await;
    assert!(late.is_err(), "the base moved");
    drop(provider);
    let text = std::fs::read_to_string(log).expect("a log");
    let text = text.replace(&zones.display().to_string(), "/var/lib/bind/zones");
    text.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_documented_conversation_takes_place() {
    if require("python3", "python3").is_none() {
        return;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let held = held(directory.path()).await;
    assert_eq!(
        held,
        documented(),
        "docs/exec.md shows otherwise:\n{}",
        held.join("\n")
    );
}
