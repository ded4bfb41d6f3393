//! Record data in the server's own spelling: a content that differs from it in a single character is refused.

use std::collections::HashMap;
use std::fmt::Write;
use std::net::Ipv6Addr;

use data_encoding::{BASE64, HEXLOWER};

use crate::zone::{RecordKey, RecordType, rdata};

/// An address record that the server makes up from its target's addresses.
const ALIAS: RecordType = RecordType(65401);
/// A record whose data a script makes up.
const LUA: RecordType = RecordType(65402);

/// The types whose presentation format version 4.7 knows; every other one goes as generic data.
const KNOWN: &[RecordType] = &[
    RecordType::A,
    RecordType::NS,
    RecordType::CNAME,
    RecordType::SOA,
    RecordType::MB,
    RecordType::MG,
    RecordType::MR,
    RecordType::PTR,
    RecordType::HINFO,
    RecordType::MINFO,
    RecordType::MX,
    RecordType::TXT,
    RecordType::RP,
    RecordType::AFSDB,
    RecordType::KEY,
    RecordType::AAAA,
    RecordType::LOC,
    RecordType::SRV,
    RecordType::NAPTR,
    RecordType::KX,
    RecordType::CERT,
    RecordType::DNAME,
    RecordType::APL,
    RecordType::DS,
    RecordType::SSHFP,
    RecordType::IPSECKEY,
    RecordType::RRSIG,
    RecordType::NSEC,
    RecordType::DNSKEY,
    RecordType::DHCID,
    RecordType::NSEC3,
    RecordType::NSEC3PARAM,
    RecordType::TLSA,
    RecordType::SMIMEA,
    RecordType::RKEY,
    RecordType::CDS,
    RecordType::CDNSKEY,
    RecordType::OPENPGPKEY,
    RecordType::CSYNC,
    RecordType::ZONEMD,
    RecordType::SVCB,
    RecordType::HTTPS,
    RecordType::SPF,
    RecordType::NID,
    RecordType::L32,
    RecordType::L64,
    RecordType::LP,
    RecordType::EUI48,
    RecordType::EUI64,
    RecordType::URI,
    RecordType::CAA,
    RecordType::DLV,
];

/// Spellings that a server insisted on, where its version differs from the one this module knows.
#[derive(Default)]
pub(super) struct Spellings(HashMap<(RecordKey, Box<[u8]>), String>);

impl Spellings {
    /// Appends the content of a record of `key`.
    pub(super) fn append(&self, key: &RecordKey, rdata: &[u8], out: &mut String) {
        if !self.0.is_empty()
            && let Some(learned) = self.0.get(&(key.clone(), rdata.into()))
        {
            out.push_str(learned);
        } else {
            append(key.rtype, rdata, out);
        }
    }

    /// How many were learned.
    pub(super) fn corrections(&self) -> usize {
        self.0.len()
    }

    /// Takes over the spelling that the refusal `said` asks for, if it means the same data. Says whether there was
    /// something to learn.
    pub(super) fn learn(&mut self, key: &RecordKey, rdata: &[u8], said: &str) -> bool {
        let mut content = String::new();
        self.append(key, rdata, &mut content);
        let record = format!("Record {}/{} '{content}'", key.owner, type_name(key.rtype));
        let Some(asked) = said
            .strip_prefix(&record)
            .and_then(|rest| rest.split_once("(parsed as '"))
            .and_then(|(_, rest)| rest.strip_suffix("')"))
        else {
            return false;
        };
        let mut meant = Vec::new();
        let is_same =
            asked != content && read(key.rtype, asked, &mut meant).is_ok() && meant == rdata;
        if is_same {
            self.0.insert((key.clone(), rdata.into()), asked.to_owned());
        }
        is_same
    }
}

/// The type called so by the server.
pub(super) fn read_type(text: &str) -> Option<RecordType> {
    match text {
        "ALIAS" => Some(ALIAS),
        "LUA" => Some(LUA),
        _ => text.parse().ok(),
    }
}

/// What the server calls the type, or would if it knew it.
pub(super) fn type_name(rtype: RecordType) -> String {
    match rtype {
        ALIAS => "ALIAS".to_owned(),
        LUA => "LUA".to_owned(),
        _ if KNOWN.contains(&rtype) => rtype.to_string(),
        RecordType(number) => format!("TYPE{number}"),
    }
}

/// Appends the wire form of a content. The server's own types have no wire form: ALIAS is its target's name, LUA
/// the octets of its text.
pub(super) fn read(rtype: RecordType, content: &str, out: &mut Vec<u8>) -> Result<(), String> {
    match rtype {
        LUA => {
            out.extend_from_slice(content.as_bytes());
            Ok(())
        }
        ALIAS => rdata::append_text(RecordType::CNAME, content, None, out),
        // Without a gateway the server has no word for it; everybody else has a dot.
        RecordType::IPSECKEY if content.split(' ').nth(1) == Some("0") => {
            let mut words: Vec<&str> = content.split(' ').collect();
            words.insert(words.len().min(3), ".");
            rdata::append_text(rtype, &words.join(" "), None, out)
        }
        _ => rdata::append_text(rtype, content, None, out),
    }
    .map_err(|error| error.to_string())
}

/// Appends the content as the server spells it, seen with version 4.7.3 on 2026-11-23.
fn append(rtype: RecordType, data: &[u8], out: &mut String) {
    match rtype {
        ALIAS => rdata::append_as_text(RecordType::CNAME, data, out),
        LUA => out.push_str(&String::from_utf8_lossy(data)),
        RecordType::AAAA => append_aaaa(data, out),
        RecordType::NID | RecordType::L64 => {
            let mut text = rdata::to_text(rtype, data);
            text.make_ascii_uppercase();
            out.push_str(&text);
        }
        RecordType::SVCB | RecordType::HTTPS => append_svcb(rtype, data, out),
        RecordType::IPSECKEY if data.get(1) == Some(&0) => {
            out.push_str(&rdata::to_text(rtype, data).replacen(" .", "", 1));
        }
        _ if KNOWN.contains(&rtype) => rdata::append_as_text(rtype, data, out),
        // The space stays where there are no octets.
        _ => {
            let _ = write!(out, "\\# {} {}", data.len(), HEXLOWER.encode(data));
        }
    }
}

/// The mapped addresses come as `::ffff:192.0.2.1` and must go as `::ffff:c000:201`.
fn append_aaaa(data: &[u8], out: &mut String) {
    let mapped = <[u8; 16]>::try_from(data)
        .ok()
        .map(Ipv6Addr::from)
        .filter(|address| address.to_ipv4_mapped().is_some());
    match mapped {
        Some(address) => {
            let [.., high, low] = address.segments();
            let _ = write!(out, "::ffff:{high:x}:{low:x}");
        }
        None => rdata::append_as_text(RecordType::AAAA, data, out),
    }
}

/// RFC 9460 leaves several spellings to choose from; this is the server's.
fn append_svcb(rtype: RecordType, data: &[u8], out: &mut String) {
    let start = out.len();
    if svcb(data, out).is_none() {
        out.truncate(start);
        rdata::append_as_text(rtype, data, out);
    }
}

fn svcb(data: &[u8], out: &mut String) -> Option<()> {
    let (priority, rest) = data.split_first_chunk::<2>()?;
    let length = crate::zone::wire_length(rest).ok()?;
    let (target, mut rest) = rest.split_at(length);
    let _ = write!(out, "{} ", u16::from_be_bytes(*priority));
    rdata::append_as_text(RecordType::CNAME, target, out);
    while !rest.is_empty() {
        let (key, tail) = rest.split_first_chunk::<2>()?;
        let (length, tail) = tail.split_first_chunk::<2>()?;
        let (value, tail) = tail.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        out.push(' ');
        svc_param(u16::from_be_bytes(*key), value, out)?;
        rest = tail;
    }
    Some(())
}

fn svc_key(key: u16, out: &mut String) {
    const KEYS: [&str; 7] = [
        "mandatory",
        "alpn",
        "no-default-alpn",
        "port",
        "ipv4hint",
        "ech",
        "ipv6hint",
    ];
    match KEYS.get(usize::from(key)) {
        Some(name) => out.push_str(name),
        None => {
            let _ = write!(out, "key{key}");
        }
    }
}

fn svc_param(key: u16, value: &[u8], out: &mut String) -> Option<()> {
    svc_key(key, out);
    if key == 2 {
        return value.is_empty().then_some(());
    }
    out.push('=');
    match key {
        0 => list(value.chunks(2), out, |key, out| {
            svc_key(u16::from_be_bytes(key.try_into().ok()?), out);
            Some(())
        })?,
        1 => {
            let mut ids = Vec::new();
            let mut rest = value;
            while let Some((&length, tail)) = rest.split_first() {
                let (id, tail) = tail.split_at_checked(usize::from(length))?;
                ids.push(id);
                rest = tail;
            }
            list(ids, out, |id, out| {
                for &byte in id {
                    match byte {
                        b',' => out.push_str("\\\\,"),
                        b'\\' => out.push_str("\\\\\\\\"),
                        0x21..=0x7e => out.push(char::from(byte)),
                        _ => return None,
                    }
                }
                Some(())
            })?;
        }
        3 => {
            let _ = write!(out, "{}", u16::from_be_bytes(value.try_into().ok()?));
        }
        4 => list(value.chunks(4), out, |address, out| {
            let address: [u8; 4] = address.try_into().ok()?;
            let _ = write!(out, "{}", std::net::Ipv4Addr::from(address));
            Some(())
        })?,
        5 => {
            let _ = write!(out, "\"{}\"", BASE64.encode(value));
        }
        6 => list(value.chunks(16), out, |address, out| {
            let address: [u8; 16] = address.try_into().ok()?;
            let _ = write!(out, "{}", Ipv6Addr::from(address));
            Some(())
        })?,
        _ => {
            out.push('"');
            for &byte in value {
                match byte {
                    b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
                    0x20..=0x7e => out.push(char::from(byte)),
                    _ => {
                        let _ = write!(out, "\\{byte:03}");
                    }
                }
            }
            out.push('"');
        }
    }
    Some(())
}

fn list<'v>(
    items: impl IntoIterator<Item = &'v [u8]>,
    out: &mut String,
    mut item: impl FnMut(&'v [u8], &mut String) -> Option<()>,
) -> Option<()> {
    for (index, value) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        item(value, out)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Name;

    #[test]
    fn data_is_spelled_as_the_server_does_and_read_back() {
        for (rtype, given, spelled) in [
            ("AAAA", "::ffff:192.0.2.1", "::ffff:c000:201"),
            ("AAAA", "2001:DB8::1", "2001:db8::1"),
            ("L64", "10 2001:db8:1140:1000", "10 2001:0DB8:1140:1000"),
            ("IPSECKEY", "10 0 2 . AQID", "10 0 2 AQID"),
            ("CERT", "PKIX 2 3 AQID", "1 2 3 AQID"),
            ("SVCB", "1 a. alpn=\"h2,h3\"", "1 a. alpn=h2,h3"),
            (
                "SVCB",
                r#"1 a. alpn="f\\\\oo\\,bar,h2""#,
                r"1 a. alpn=f\\\\oo\\,bar,h2",
            ),
            (
                "HTTPS",
                "1 . mandatory=ech,port port=1 ech=AQID",
                "1 . mandatory=port,ech port=1 ech=\"AQID\"",
            ),
            ("HTTPS", "1 . dohpath=/q{?dns}", "1 . key7=\"/q{?dns}\""),
            (
                "HTTPS",
                "1 . no-default-alpn alpn=h2 key65000",
                "1 . alpn=h2 no-default-alpn key65000=\"\"",
            ),
            ("WKS", r"\# 6 c00002010640", r"\# 6 c00002010640"),
            ("TYPE65280", r"\# 0", r"\# 0 "),
        ] {
            let rtype: RecordType = rtype.parse().expect("a type in a test");
            let data = rdata::from_text(rtype, given, None)
                .unwrap_or_else(|error| panic!("{given}: {error}"));
            let mut content = String::new();
            append(rtype, &data, &mut content);
            assert_eq!(content, spelled);
            let mut back = Vec::new();
            assert_eq!(read(rtype, &content, &mut back), Ok(()), "{content}");
            assert_eq!(back, data, "{content}");
        }
    }

    #[test]
    fn a_type_is_called_what_the_server_calls_it() {
        for (rtype, name) in [
            (1, "A"),
            (24, "TYPE24"),
            (262, "TYPE262"),
            (65280, "TYPE65280"),
            (65401, "ALIAS"),
        ] {
            assert_eq!(type_name(RecordType(rtype)), name);
            assert_eq!(read_type(name), Some(RecordType(rtype)));
        }
    }

    #[test]
    fn a_correction_is_learned_if_it_means_the_same_data() {
        let key = RecordKey {
            owner: Name::absolute("x.example.com").expect("a name in a test"),
            rtype: RecordType::HTTPS,
        };
        let data = rdata::from_text(key.rtype, "1 . alpn=h2", None).expect("data in a test");
        let said = |asked: &str| {
            format!(
                "Record x.example.com./HTTPS '1 . alpn=h2': Not in expected format (parsed as '{asked}')"
            )
        };
        let mut spellings = Spellings::default();
        assert!(!spellings.learn(&key, &data, &said("1 . alpn=h3")));
        assert!(!spellings.learn(&key, &data, &said("1 . alpn=h2")));
        assert!(!spellings.learn(&key, &data, "Record y.example.com./HTTPS '1 . alpn=h2': no"));
        assert!(spellings.learn(&key, &data, &said("1 . alpn=\"h2\"")));
        let mut content = String::new();
        spellings.append(&key, &data, &mut content);
        assert_eq!(
            (content.as_str(), spellings.corrections()),
            ("1 . alpn=\"h2\"", 1)
        );
    }
}
