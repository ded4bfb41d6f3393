//! An account that is nothing but nameservers: its data arrive by zone transfer from another account, and all that it
//! can be told is that there is something new (RFC 1996).

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::Deserialize;
use tokio::net::UdpSocket;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::tsig::{self, Exchange, Key, TsigKeys};
use super::{AccountKey, Adapter, Kind, Settings, SettingsError};
use crate::plan::Change;
use crate::provider::{
    ApexNs, Capabilities, ErrorKind, Follow, Granularity, NameserverSpec, Provider, ProviderError,
    Snapshot, Soa,
};
use crate::zone::message::MessageRef;
use crate::zone::{Name, RecordType};

/// The adapter `secondary`.
pub(super) const ADAPTER: Adapter = Adapter {
    name: "secondary",
    docs: "https://www.rfc-editor.org/rfc/rfc1996",
    capabilities,
    keys: &[
        AccountKey::new(
            "notify",
            Kind::Texts,
            "Addresses to tell that a zone has changed (NOTIFY, RFC 1996); left out: nobody.",
        ),
        AccountKey::text(
            "primary",
            "The account that the zones are transferred from; left out: any of the others.",
        ),
        AccountKey::new(
            "tsig",
            Kind::Tsig,
            "The key that signs what is told; left out: it is not signed.",
        ),
    ],
    connect,
};

/// How long to wait for an acknowledgment, try by try: the packet may be lost, either way.
const TRIES: [Duration; 4] = [
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(3),
];
const OPCODE_NOTIFY: u8 = 4;
const CLASS_IN: u16 = 1;

fn capabilities() -> Capabilities {
    Capabilities {
        rtypes: None,
        ttl: 0..=0x7fff_ffff,
        ttl_steps: (&[]).into(),
        txt_octets: None,
        txt_set_octets: None,
        records_per_set: None,
        apex_ns: ApexNs::Full,
        apex_ns_ttl: None,
        soa: Soa::Settable,
        granularity: Granularity::Zone,
        batch: 1,
        atomic: true,
        detects_conflict: false,
        lists_zones: false,
        creates_zones: false,
        follows: true,
        limits: &[],
        // A transfer that fails at first is tried again within a minute or so by the servers that are in use.
        settle: Duration::from_secs(120),
        quirks: &[],
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Keys {
    #[serde(default)]
    notify: Vec<toml::Spanned<String>>,
    primary: Option<String>,
    tsig: Option<toml::Spanned<TsigKeys>>,
}

fn connect(mut settings: Settings<'_>) -> Result<Arc<dyn Provider>, SettingsError> {
    let keys: Keys = settings.parse()?;
    if settings.nameservers.is_empty() {
        return Err(SettingsError {
            message: "`nameservers` of a secondary cannot be left out".to_owned(),
            span: None,
            hint: Some("there is nobody else who knows them: nameservers = [{ name = \"ns1.example.net.\" }]".to_owned()),
        });
    }
    let key = keys
        .tsig
        .map(|tsig| tsig::read_key(&settings, tsig.span(), tsig.get_ref()))
        .transpose()?;
    let notify = keys.notify.iter().map(address).collect::<Result<_, _>>()?;
    Ok(Arc::new(Secondary {
        notify,
        primary: keys.primary,
        key: key.map(Arc::new),
        nameservers: settings.nameservers,
    }))
}

fn address(text: &toml::Spanned<String>) -> Result<SocketAddr, SettingsError> {
    super::socket_address(text.get_ref()).ok_or_else(|| SettingsError {
        message: format!("`notify`: `{}` is no address", text.get_ref()),
        span: Some(text.span()),
        hint: Some("write `192.0.2.1`, `192.0.2.1:5301` or `[2001:db8::1]:5301`".to_owned()),
    })
}

struct Secondary {
    notify: Vec<SocketAddr>,
    primary: Option<String>,
    key: Option<Arc<Key>>,
    nameservers: Vec<NameserverSpec>,
}

#[async_trait]
impl Provider for Secondary {
    async fn nameservers(&self, _: &Name) -> Result<Vec<NameserverSpec>, ProviderError> {
        Ok(self.nameservers.clone())
    }

    async fn fetch(&self, zone: &Name) -> Result<Snapshot, ProviderError> {
        Err(holds_nothing(zone))
    }

    async fn apply(&self, zone: &Name, _: &[Change], _: &Snapshot) -> Result<(), ProviderError> {
        Err(holds_nothing(zone))
    }

    fn follows(&self) -> Option<&dyn Follow> {
        Some(self)
    }
}

fn holds_nothing(zone: &Name) -> ProviderError {
    ProviderError::new(
        ErrorKind::Rejected,
        format!("`{zone}` arrives there by zone transfer, and is neither read nor written"),
    )
}

#[async_trait]
impl Follow for Secondary {
    fn primary(&self) -> Option<&str> {
        self.primary.as_deref()
    }

    async fn notify(&self, zone: &Name) -> Result<(), ProviderError> {
        let mut telling = JoinSet::new();
        for &address in &self.notify {
            let (zone, key) = (zone.clone(), self.key.clone());
            telling.spawn(async move { notify(address, &zone, key.as_deref()).await });
        }
        let mut first = None;
        while let Some(told) = telling.join_next().await {
            if let Ok(Err(error)) = told {
                first.get_or_insert(error);
            }
        }
        first.map_or(Ok(()), Err)
    }
}

/// Tells one server until it says that it heard (RFC 1996, section 3.6).
async fn notify(address: SocketAddr, zone: &Name, key: Option<&Key>) -> Result<(), ProviderError> {
    let unsent = |error: io::Error| {
        let message = format!("cannot send NOTIFY to {address}: {error}");
        ProviderError::new(ErrorKind::Unreachable, message)
    };
    let local: SocketAddr = match address {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(local).await.map_err(unsent)?;
    socket.connect(address).await.map_err(unsent)?;
    // Unpredictable, since the answer is believed for the sake of it.
    let id = RandomState::new().hash_one(address) as u16;
    let mut silence = "it does not answer".to_owned();
    for patience in TRIES {
        // Signed anew each time, so that a late try is not refused for its age.
        let mut request = message(zone, id);
        let mut exchange = Exchange::begin(key, &mut request)?;
        socket.send(&request).await.map_err(unsent)?;
        match timeout(patience, answer(&socket, zone, id)).await {
            Err(_) => {}
            // Whoever does not listen yet may do so by the next try.
            Ok(Err(error)) => {
                silence = error.to_string();
                tokio::time::sleep(patience).await;
            }
            Ok(Ok(octets)) => {
                let answer = MessageRef::read(&octets).map_err(|error| {
                    let message = format!("{address} answers NOTIFY with nonsense: {error}");
                    ProviderError::new(ErrorKind::Protocol, message)
                })?;
                return exchange.accept(&answer, |rcode| refusal(address, zone, rcode));
            }
        }
    }
    Err(ProviderError::new(
        ErrorKind::Unreachable,
        format!("NOTIFY to {address} was not acknowledged: {silence}"),
    )
    .hint("is the address right that `notify` names, and does the server allow this machine?"))
}

/// A request with the zone's SOA as its question (RFC 1996, section 3.7).
fn message(zone: &Name, id: u16) -> Vec<u8> {
    const AUTHORITATIVE: u8 = 4;
    let mut message = id.to_be_bytes().to_vec();
    message.extend_from_slice(&[OPCODE_NOTIFY << 3 | AUTHORITATIVE, 0]);
    message.extend_from_slice(&[0, 1, 0, 0, 0, 0, 0, 0]);
    message.extend_from_slice(zone.borrow().wire());
    message.extend_from_slice(&RecordType::SOA.0.to_be_bytes());
    message.extend_from_slice(&CLASS_IN.to_be_bytes());
    message
}

/// The next message that answers the request.
async fn answer(socket: &UdpSocket, zone: &Name, id: u16) -> io::Result<Vec<u8>> {
    let mut buffer = [0; 4096];
    loop {
        let length = socket.recv(&mut buffer).await?;
        let Ok(message) = MessageRef::read(&buffer[..length]) else {
            continue;
        };
        // Some servers do not repeat the question in a refusal.
        let is_about_it = message.question().is_none()
            || message.question_is(zone.borrow(), RecordType::SOA, CLASS_IN);
        if message.qr() && message.id() == id && message.opcode() == OPCODE_NOTIFY && is_about_it {
            return Ok(buffer[..length].to_vec());
        }
    }
}

fn refusal(address: SocketAddr, zone: &Name, rcode: u16) -> ProviderError {
    let (said, hint) = match rcode {
        4 => (
            "NOTIMP",
            "it takes no NOTIFY at all: leave it out of `notify`",
        ),
        5 => (
            "REFUSED",
            "allow this machine to send NOTIFY: `allow-notify` in BIND and NSD, an `acl` with `action: notify` in Knot",
        ),
        9 => (
            "NOTAUTH",
            "it does not have the zone as a secondary, or asks for a key: see `tsig`",
        ),
        _ => ("an error", "its log says why"),
    };
    ProviderError::new(
        ErrorKind::Rejected,
        format!("{address} answers NOTIFY for `{zone}` with {said} (rcode {rcode})"),
    )
    .hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that is silent once, answers another's question once, and then as it is told.
    async fn server(rcode: u8) -> SocketAddr {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        let address = socket.local_addr().expect("an address");
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            for turn in 0.. {
                let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
                    return;
                };
                assert_eq!(buffer[2], 0x24, "opcode NOTIFY, authoritative");
                let mut answer = buffer[..length].to_vec();
                answer[2] |= 0x80;
                answer[3] |= rcode;
                if turn == 0 {
                    continue;
                }
                answer[1] ^= 1;
                let _ = socket.send_to(&answer, from).await;
                answer[1] ^= 1;
                let _ = socket.send_to(&answer, from).await;
            }
        });
        address
    }

    #[tokio::test]
    async fn it_is_told_until_it_says_that_it_heard() {
        let zone = Name::absolute("example.com").expect("a name");
        let heard = notify(server(0).await, &zone, None).await;
        assert!(heard.is_ok(), "{heard:?}");
        let error = notify(server(5).await, &zone, None)
            .await
            .expect_err("a refusal");
        assert_eq!(error.kind, ErrorKind::Rejected);
        assert!(error.message.contains("REFUSED"), "{error}");
    }

    #[tokio::test(start_paused = true)]
    async fn who_never_answers_is_unreachable() {
        let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
        let address = socket.local_addr().expect("an address");
        let zone = Name::absolute("example.com").expect("a name");
        let error = notify(address, &zone, None).await.expect_err("silence");
        assert_eq!(error.kind, ErrorKind::Unreachable);
        assert!(error.message.contains(&address.to_string()), "{error}");
    }
}
