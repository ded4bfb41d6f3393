//! DNS messages, and RDATA in both forms.

use redundns::zone::message::MessageRef;
use redundns::zone::{Name, RecordType, rdata};

use super::{Target, words};

pub(super) const MESSAGE: Target = Target {
    name: "message",
    folders: &["message"],
    pieces: &[
        "\u{0}",
        "\u{0}\u{1}",
        "\u{3}www",
        "\u{1}*",
        "\u{0}\u{10}\u{0}\u{1}",
    ],
    judge: message,
};

pub(super) const RDATA: Target = Target {
    name: "rdata",
    folders: &["rdata"],
    pieces: &[
        "\"",
        "\\",
        "\\255",
        "\\# ",
        "\\# 2 abcd",
        " ",
        "@",
        ".",
        "1",
        "65536",
        "1h",
        "192.0.2.1",
        "2001:db8::1",
        "alpn=h2",
        "key65535=\"x\"",
        "mandatory=alpn",
        "ipv4hint=192.0.2.1",
        "A NS SOA",
        "20261123000000",
        "AwEAAQ==",
        "-",
        "!1:192.0.2.0/24",
        "52 22 23.000 N 4 53 32.000 E -2.00m",
        "\u{0}",
        "\u{3f}",
        "\u{3}www",
    ],
    judge: one_rdata,
};

fn message(_: &Target, octets: &[u8]) -> Result<String, String> {
    let message = match MessageRef::read(octets) {
        Ok(message) => message,
        Err(error) => return Ok(words(&error.to_string())),
    };
    let _ = (message.question(), message.rcode(), message.opcode());
    let mut said = String::new();
    let mut data = Vec::new();
    for record in message.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => return Ok(said + &words(&error.to_string())),
        };
        if record.rdata.end > octets.len() {
            return Err("RDATA outside of the message".to_owned());
        }
        if let Err(error) = record.owner() {
            return Ok(said + &words(&error.to_string()));
        }
        data.clear();
        let read = rdata::from_message(record.rtype, octets, record.rdata.clone(), &mut data);
        if said.len() < 40 {
            said += &format!(
                "{} {} ",
                record.rtype,
                if read.is_ok() { "ok" } else { "bad" }
            );
        }
        if read.is_ok() {
            holds(record.rtype, &data)?;
        }
    }
    Ok(said)
}

/// Canonical data is valid, and its text means the same.
fn holds(rtype: RecordType, data: &[u8]) -> Result<(), String> {
    if !rdata::is_valid(rtype, data) {
        return Err(format!("{rtype}: read, and not valid: {data:02x?}"));
    }
    let text = rdata::to_text(rtype, data);
    match rdata::from_text(rtype, &text, None) {
        Ok(again) if again == data => Ok(()),
        Ok(again) => Err(format!(
            "{rtype}: `{text}` is {again:02x?}, not {data:02x?}"
        )),
        Err(error) => Err(format!("{rtype}: `{text}` cannot be read: {error}")),
    }
}

/// Two octets say the type; of the rest, both its meaning as text and as octets count.
fn one_rdata(_: &Target, input: &[u8]) -> Result<String, String> {
    let Some((number, rest)) = input.split_at_checked(2) else {
        return Ok("short".to_owned());
    };
    let rtype = RecordType(u16::from_be_bytes([number[0] % 2, number[1]]));
    let mut data = Vec::new();
    let read = rdata::from_message(rtype, rest, 0..rest.len(), &mut data);
    if read.is_ok() {
        holds(rtype, &data)?;
    } else if !data.is_empty() {
        return Err(format!("{rtype}: an error left {data:02x?} behind"));
    }
    let _ = (rdata::to_text(rtype, rest), rdata::is_valid(rtype, rest));
    let mut said = format!("{rtype} {}", read.is_ok());
    if let Ok(text) = std::str::from_utf8(rest) {
        let origin = Name::absolute("example.test").expect("a constant name");
        match rdata::from_text(rtype, text, Some(origin.borrow())) {
            Ok(data) => {
                said += " text";
                holds(rtype, &data)?;
            }
            Err(error) => said += &words(&error.to_string()),
        }
    }
    Ok(said)
}
