//! What nameservers answer, read by the adapter `rfc2136` itself over loopback: a decoder has no other door.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use redundns::adapters::{Secret, SecretSource, Secrets, Settings, SettingsError, adapter};
use redundns::plan::Change;
use redundns::provider::{Provider, ProviderError, Snapshot};
use redundns::zone::{Name, RecordKey, RecordSet, RecordType, Zone, print};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

use super::{Target, words};

pub(super) const TRANSFER: Target = Target {
    name: "transfer",
    folders: &["transfer"],
    pieces: &["\u{0}", "\u{0}\u{1}", "\u{3}www", "\u{0}\u{10}\u{0}\u{1}"],
    judge: transfer,
};

pub(super) const UPDATE: Target = Target {
    name: "update",
    folders: &["update"],
    pieces: &["\u{0}", "\u{0}\u{1}", "\u{0}\u{c}", "\u{28}"],
    judge: update,
};

/// Servers that answer with the input, and adapters that ask them.
struct Bench {
    runtime: Runtime,
    input: Arc<Mutex<Vec<u8>>>,
    plain: Arc<dyn Provider>,
    signed: Arc<dyn Provider>,
}

/// One bench, and one input at a time on it.
fn bench() -> std::sync::MutexGuard<'static, Bench> {
    static BENCH: OnceLock<Mutex<Bench>> = OnceLock::new();
    let bench = BENCH.get_or_init(|| Mutex::new(Bench::new()));
    bench
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Bench {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let input: Arc<Mutex<Vec<u8>>> = Arc::default();
        let dns = runtime.block_on(async {
            let dns = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = dns.local_addr().expect("bound");
            tokio::spawn(serve(dns, input.clone()));
            address
        });
        let key = "tsig = { name = \"key.\", secret = { env = \"X\" } }";
        Self {
            plain: connect("rfc2136", &format!("server = \"{dns}\"")),
            signed: connect("rfc2136", &format!("server = \"{dns}\"\n{key}")),
            runtime,
            input,
        }
    }

    fn fetch(&self, provider: &dyn Provider, input: &[u8]) -> Result<String, String> {
        self.put(input);
        said(self.runtime.block_on(provider.fetch(&origin())))
    }

    fn put(&self, input: &[u8]) {
        *self.input.lock().expect("nothing panics while it is held") = input.to_vec();
    }
}

fn connect(name: &str, text: &str) -> Arc<dyn Provider> {
    struct Constant;
    impl Secrets for Constant {
        fn read(
            &self,
            _: &str,
            _: &str,
            _: Option<&SecretSource>,
            _: &[&str],
        ) -> Result<Option<Secret>, SettingsError> {
            Ok(Some(Secret::new("c2VjcmV0IG9mIHRoZSBmdXp6ZXI=")))
        }
    }
    let adapter = adapter(name).expect("a registered adapter");
    let connected = (adapter.connect)(Settings {
        id: "fuzz",
        values: toml::de::DeTable::parse(text).expect("TOML"),
        nameservers: Vec::new(),
        directory: Path::new("/nonexistent"),
        secrets: &Constant,
    });
    connected.unwrap_or_else(|error| panic!("{}", error.message))
}

async fn serve(listener: TcpListener, input: Arc<Mutex<Vec<u8>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(dns_answer(stream, input.clone()));
    }
}

/// The input as a stream of messages, each with the id of the question.
async fn dns_answer(mut stream: TcpStream, input: Arc<Mutex<Vec<u8>>>) -> std::io::Result<()> {
    let mut request = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut request).await?;
    let mut octets = input
        .lock()
        .expect("nothing panics while it is held")
        .clone();
    let mut at = 0;
    while let Some(&[high, low, ..]) = octets.get(at..) {
        if let Some(id) = octets.get_mut(at + 2..at + 4) {
            id.copy_from_slice(&request[..2]);
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
    // What is left unread makes the client's goodbye a reset, so that no port waits for late packets.
    octets.extend_from_slice(&[0; 8]);
    stream.write_all(&octets).await?;
    stream.shutdown().await
}

pub(super) fn origin() -> Name {
    Name::absolute("example.test").expect("a constant name")
}

pub(super) fn said(result: Result<Snapshot, ProviderError>) -> Result<String, String> {
    match result {
        Ok(snapshot) => whole(&snapshot.zone),
        Err(error) => one_line(&error),
    }
}

fn one_line(error: &ProviderError) -> Result<String, String> {
    if error.message.contains(char::is_control) || error.message.len() > 4000 {
        return Err(format!("no line to show anybody: {:?}", error.message));
    }
    Ok(words(&error.message))
}

/// Whatever is accepted can be printed, and lies in the zone.
fn whole(zone: &Zone) -> Result<String, String> {
    let mut text = String::new();
    print(zone, &mut text).map_err(|error| error.to_string())?;
    let outside = zone
        .sets()
        .find(|set| !set.owner().to_string().ends_with("example.test."));
    match outside {
        Some(set) => Err(format!("`{}` is not in the zone", set.owner())),
        None => Ok(format!("accepted {}", zone.len().min(9))),
    }
}

fn transfer(_: &Target, input: &[u8]) -> Result<String, String> {
    let bench = bench();
    let provider = if input.len().is_multiple_of(2) {
        &bench.plain
    } else {
        &bench.signed
    };
    bench.fetch(&**provider, input)
}

fn update(_: &Target, input: &[u8]) -> Result<String, String> {
    let bench = bench();
    let provider = if input.len().is_multiple_of(2) {
        &bench.plain
    } else {
        &bench.signed
    };
    bench.put(input);
    let change = Change::Create {
        key: RecordKey {
            owner: origin(),
            rtype: RecordType::A,
        },
        after: RecordSet::new(60, vec![vec![192, 0, 2, 1].into()]),
    };
    let base = Snapshot::of(Zone::empty(origin()));
    match bench
        .runtime
        .block_on(provider.apply(&origin(), &[change], &base))
    {
        Ok(()) => Ok("made".to_owned()),
        Err(error) => one_line(&error),
    }
}
