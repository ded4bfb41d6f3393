//! Signatures on messages (RFC 8945), computed over the octets as they are sent and received.

use std::time::{SystemTime, UNIX_EPOCH};

use data_encoding::BASE64;
use hickory_proto::rr::rdata::tsig::TsigAlgorithm;
use serde::Deserialize;

use super::{SecretSource, Settings, SettingsError};
use crate::provider::{ErrorKind, ProviderError};
use crate::zone::message::{MessageRef, RecordRef, Section};
use crate::zone::{Name, NameRef, RecordType, rdata};

/// Seconds that the clocks may differ (RFC 8945, section 10).
const FUDGE: u16 = 300;
/// At most this many messages of a transfer may stand between two signatures (RFC 8945, section 5.3.1).
const MOST_UNSIGNED: usize = 99;
/// Class ANY, which TSIG records have.
const ANY: u16 = 255;

const BADSIG: u16 = 16;
const BADKEY: u16 = 17;
const BADTIME: u16 = 18;

/// A shared secret with its name and algorithm.
pub(super) struct Key {
    name: Name,
    hmac: TsigAlgorithm,
    algorithm: Name,
    secret: Vec<u8>,
}

impl Key {
    /// `None` where `algorithm` is not one of hmac-sha256, hmac-sha384 and hmac-sha512.
    pub(super) fn new(name: Name, algorithm: &str, secret: Vec<u8>) -> Option<Self> {
        let algorithm = algorithm.trim_end_matches('.').to_ascii_lowercase();
        let hmac = match algorithm.as_str() {
            "hmac-sha256" => TsigAlgorithm::HmacSha256,
            "hmac-sha384" => TsigAlgorithm::HmacSha384,
            "hmac-sha512" => TsigAlgorithm::HmacSha512,
            _ => return None,
        };
        let algorithm = Name::absolute(&algorithm).ok()?;
        Some(Self {
            name,
            hmac,
            algorithm,
            secret,
        })
    }

    /// Name, class, TTL and algorithm: the variables that do not change.
    fn variables(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.name.borrow().wire());
        out.extend_from_slice(&ANY.to_be_bytes());
        out.extend_from_slice(&[0; 4]);
        out.extend_from_slice(self.algorithm.borrow().wire());
    }
}

/// `tsig = { name = …, algorithm = …, secret = … }` of an account.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TsigKeys {
    name: String,
    #[serde(default = "usual_algorithm")]
    algorithm: String,
    secret: Option<SecretSource>,
}

fn usual_algorithm() -> String {
    "hmac-sha256".to_owned()
}

/// The key that an account names, which stands at `span` of its file.
pub(super) fn read_key(
    settings: &Settings<'_>,
    span: std::ops::Range<usize>,
    tsig: &TsigKeys,
) -> Result<Key, SettingsError> {
    let wrong = |message: String, hint: &str| SettingsError {
        message,
        span: Some(span.clone()),
        hint: Some(hint.to_owned()),
    };
    let name = Name::absolute(&tsig.name).map_err(|error| {
        wrong(
            format!("`{}` is no name of a key: {error}", tsig.name),
            "write the key's name as the server's configuration has it",
        )
    })?;
    let secret = settings.required_secret(
        "tsig.secret",
        tsig.secret.as_ref(),
        &["DNS_UPDATE_KEYSECRET"],
    )?;
    let secret = BASE64
        .decode(secret.reveal().trim().as_bytes())
        .map_err(|_| {
            wrong(
                "`tsig.secret` is not base64".to_owned(),
                "take the secret as `tsig-keygen` or `keymgr -t` prints it",
            )
        })?;
    Key::new(name, &tsig.algorithm, secret).ok_or_else(|| {
        wrong(
            format!(
                "`{}` is no TSIG algorithm that is supported",
                tsig.algorithm
            ),
            "use hmac-sha256, hmac-sha384 or hmac-sha512",
        )
    })
}

/// The signatures of one request and of the messages that answer it.
pub(super) struct Exchange<'k> {
    key: Option<&'k Key>,
    /// The last signature, which the next one covers.
    mac: Vec<u8>,
    /// Messages that no signature has covered yet.
    unsigned: Vec<u8>,
    unsigned_count: usize,
    answered: bool,
}

impl<'k> Exchange<'k> {
    /// Signs `request`, a whole message, where there is a key.
    pub(super) fn begin(
        key: Option<&'k Key>,
        request: &mut Vec<u8>,
    ) -> Result<Self, ProviderError> {
        let mut mac = Vec::new();
        if let Some(key) = key {
            mac = sign(key, request, now())?;
        }
        Ok(Self {
            key,
            mac,
            unsigned: Vec::new(),
            unsigned_count: 0,
            answered: false,
        })
    }

    /// Checks the signature of the next answer and then its RCODE, which `refusal` explains.
    pub(super) fn accept(
        &mut self,
        message: &MessageRef<'_>,
        refusal: impl FnOnce(u16) -> ProviderError,
    ) -> Result<(), ProviderError> {
        let rcode = message.rcode();
        let Some(key) = self.key else {
            return if rcode == 0 {
                Ok(())
            } else {
                Err(refusal(rcode))
            };
        };
        let last = match message.count(Section::Additional) {
            0 => None,
            _ => message.records().last().and_then(Result::ok),
        };
        let Some(record) = last.filter(|record| record.rtype == RecordType::TSIG) else {
            if rcode != 0 {
                return Err(refusal(rcode));
            }
            if !self.answered || self.unsigned_count == MOST_UNSIGNED {
                return Err(not_signed());
            }
            self.unsigned.extend_from_slice(message.octets());
            self.unsigned_count += 1;
            return Ok(());
        };
        let signature = Signature::read(&record).ok_or_else(not_signed)?;
        if matches!(signature.error, BADSIG | BADKEY) {
            return Err(signature.refusal());
        }
        self.verify(key, message, &record, &signature)?;
        if signature.error != 0 {
            return Err(signature.refusal());
        }
        if rcode == 0 {
            Ok(())
        } else {
            Err(refusal(rcode))
        }
    }

    /// After the last answer: whether a signature covers it.
    pub(super) fn finish(&self) -> Result<(), ProviderError> {
        if self.unsigned_count == 0 {
            Ok(())
        } else {
            Err(not_signed())
        }
    }

    fn verify(
        &mut self,
        key: &Key,
        message: &MessageRef<'_>,
        record: &RecordRef<'_>,
        signature: &Signature,
    ) -> Result<(), ProviderError> {
        if !record.owner_is(key.name.borrow()) || signature.algorithm != key.algorithm {
            return Err(bad_signature());
        }
        let mut data = Vec::with_capacity(message.octets().len() + self.unsigned.len() + 512);
        data.extend_from_slice(&(self.mac.len() as u16).to_be_bytes());
        data.extend_from_slice(&self.mac);
        data.append(&mut self.unsigned);
        self.unsigned_count = 0;
        let start = data.len();
        data.extend_from_slice(&message.octets()[..record.offset()]);
        data[start..start + 2].copy_from_slice(&signature.original_id.to_be_bytes());
        let additional = message.count(Section::Additional) - 1;
        data[start + 10..start + 12].copy_from_slice(&additional.to_be_bytes());
        if !self.answered {
            key.variables(&mut data);
        }
        data.extend_from_slice(&signature.time.to_be_bytes()[2..]);
        data.extend_from_slice(&signature.fudge.to_be_bytes());
        if !self.answered {
            data.extend_from_slice(&signature.error.to_be_bytes());
            data.extend_from_slice(&(signature.other.len() as u16).to_be_bytes());
            data.extend_from_slice(&signature.other);
        }
        key.hmac
            .verify_mac(&key.secret, &data, &signature.mac)
            .map_err(|_| bad_signature())?;
        self.answered = true;
        self.mac.clone_from(&signature.mac);
        if signature.error == 0 && signature.time.abs_diff(now()) > u64::from(signature.fudge) {
            return Err(bad_time());
        }
        Ok(())
    }
}

/// Appends a TSIG record to `message` and returns its MAC.
fn sign(key: &Key, message: &mut Vec<u8>, time: u64) -> Result<Vec<u8>, ProviderError> {
    let mut data = message.clone();
    key.variables(&mut data);
    let mut clock = time.to_be_bytes()[2..].to_vec();
    clock.extend_from_slice(&FUDGE.to_be_bytes());
    data.extend_from_slice(&clock);
    data.extend_from_slice(&[0; 4]);
    let mac = key.hmac.mac_data(&key.secret, &data).map_err(|_| {
        ProviderError::new(
            ErrorKind::Unauthorized,
            "the TSIG algorithm is not supported",
        )
    })?;
    let mut rdata = key.algorithm.borrow().wire().to_vec();
    rdata.extend_from_slice(&clock);
    rdata.extend_from_slice(&(mac.len() as u16).to_be_bytes());
    rdata.extend_from_slice(&mac);
    rdata.extend_from_slice(&message[..2]);
    rdata.extend_from_slice(&[0; 4]);
    message.extend_from_slice(key.name.borrow().wire());
    message.extend_from_slice(&RecordType::TSIG.0.to_be_bytes());
    message.extend_from_slice(&ANY.to_be_bytes());
    message.extend_from_slice(&[0; 4]);
    message.extend_from_slice(&(rdata.len() as u16).to_be_bytes());
    message.extend_from_slice(&rdata);
    let additional = u16::from_be_bytes([message[10], message[11]]) + 1;
    message[10..12].copy_from_slice(&additional.to_be_bytes());
    Ok(mac)
}

/// The RDATA of a TSIG record (RFC 8945, section 4.2).
struct Signature {
    algorithm: Name,
    time: u64,
    fudge: u16,
    mac: Vec<u8>,
    original_id: u16,
    error: u16,
    other: Vec<u8>,
}

impl Signature {
    fn read(record: &RecordRef<'_>) -> Option<Self> {
        let message = record.message().get(..record.rdata.end)?;
        let mut algorithm = Vec::new();
        let at = rdata::read_name(message, record.rdata.start, &mut algorithm).ok()?;
        let mut rest = message.get(at..)?;
        let mut take = |length: usize| {
            let (taken, left) = rest.split_at_checked(length)?;
            rest = left;
            Some(taken)
        };
        let mut number = |length: usize| {
            take(length).map(|octets| {
                octets
                    .iter()
                    .fold(0_u64, |number, &octet| number << 8 | u64::from(octet))
            })
        };
        let (time, fudge, size) = (number(6)?, number(2)? as u16, number(2)? as usize);
        let mac = take(size)?.to_vec();
        let mut pair = || take(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        let (original_id, error, size) = (pair()?, pair()?, pair()?);
        let other = take(usize::from(size))?.to_vec();
        Some(Self {
            algorithm: NameRef::trusted(&algorithm).to_name(),
            time,
            fudge,
            mac,
            original_id,
            error,
            other,
        })
    }

    fn refusal(&self) -> ProviderError {
        match self.error {
            BADKEY => ProviderError::new(
                ErrorKind::Unauthorized,
                "the server does not know the TSIG key (BADKEY)",
            )
            .hint("compare the key's name and algorithm with the server's configuration"),
            BADSIG => ProviderError::new(
                ErrorKind::Unauthorized,
                "the server does not accept the TSIG signature (BADSIG)",
            )
            .hint("compare the key's secret and algorithm with the server's configuration"),
            BADTIME => bad_time(),
            other => ProviderError::new(
                ErrorKind::Unauthorized,
                format!("the server refuses the TSIG signature with error {other}"),
            ),
        }
    }
}

fn bad_time() -> ProviderError {
    ProviderError::new(
        ErrorKind::Unauthorized,
        format!("the clocks differ by more than {FUDGE} seconds (BADTIME)"),
    )
    .hint("set the clock of this machine or of the server")
}

fn bad_signature() -> ProviderError {
    ProviderError::new(
        ErrorKind::Protocol,
        "the TSIG signature of the answer is wrong",
    )
}

fn not_signed() -> ProviderError {
    ProviderError::new(
        ErrorKind::Protocol,
        "the answer to a signed request has no TSIG signature",
    )
}

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |time| time.as_secs())
}
