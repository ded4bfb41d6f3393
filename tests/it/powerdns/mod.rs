//! What is special about `PowerDNS`, against a real server and against one that misbehaves.

mod fault;
mod quirk;

use std::path::Path;
use std::sync::Arc;

use redundns::adapters::{Secret, SecretSource, Secrets, Settings, SettingsError, adapter};
use redundns::plan::Change;
use redundns::provider::{Provider, Snapshot};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, rdata};

use crate::world::pdns::Pdns;

const ORIGIN: &str = "example.com.";
const ZONE: &str = "\
@ 3600 IN SOA ns1.example.com. hostmaster.example.com. 1 7200 3600 1209600 300
@ 3600 IN NS ns1.example.com.
ns1 3600 IN A 192.0.2.53
www 300 IN A 192.0.2.1
";

struct Key(&'static str);

impl Secrets for Key {
    fn read(
        &self,
        _: &str,
        key: &str,
        _: Option<&SecretSource>,
        variables: &[&str],
    ) -> Result<Option<Secret>, SettingsError> {
        assert_eq!((key, variables), ("api_key", &["PDNS_API_KEY"][..]));
        Ok(Some(Secret::new(self.0)))
    }
}

fn connect(endpoint: &str, api_key: &'static str, more: &str) -> Arc<dyn Provider> {
    let text = format!("endpoint = \"{endpoint}\"\n{more}");
    try_connect(&text, api_key).unwrap_or_else(|error| panic!("{}", error.message))
}

fn try_connect(text: &str, api_key: &'static str) -> Result<Arc<dyn Provider>, SettingsError> {
    let adapter = adapter("powerdns").expect("a registered adapter");
    (adapter.connect)(Settings {
        id: "test",
        values: toml::de::DeTable::parse(text).expect("TOML"),
        nameservers: Vec::new(),
        directory: Path::new("."),
        secrets: &Key(api_key),
    })
}

fn provider(server: &Pdns) -> Arc<dyn Provider> {
    connect(&server.endpoint, server.api_key, "")
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

fn origin() -> Name {
    Name::absolute(ORIGIN).expect("a name")
}

fn key(owner: &str, rtype: RecordType) -> RecordKey {
    RecordKey {
        owner: Name::parse(owner.as_bytes(), Some(origin().borrow())).expect("a name in a test"),
        rtype,
    }
}

fn set(rtype: RecordType, ttl: u32, contents: &[&str]) -> RecordSet {
    let data = contents.iter().map(|content| {
        rdata::from_text(rtype, content, Some(origin().borrow()))
            .unwrap_or_else(|error| panic!("{content}: {error}"))
            .into()
    });
    RecordSet::new(ttl, data.collect())
}

fn create(owner: &str, rtype: RecordType, contents: &[&str]) -> Change {
    Change::Create {
        key: key(owner, rtype),
        after: set(rtype, 300, contents),
    }
}

fn fetch(provider: &dyn Provider) -> Snapshot {
    wait(provider.fetch(&origin())).unwrap_or_else(|error| panic!("{error}"))
}

fn held(snapshot: &Snapshot, owner: &str, rtype: RecordType) -> Option<RecordSet> {
    let key = key(owner, rtype);
    snapshot
        .zone
        .get(key.owner.borrow(), rtype)
        .map(redundns::zone::SetRef::to_record_set)
}
