//! Contents of records: which deSEC takes, and how it spells what it holds.

use std::net::Ipv6Addr;

use redundns::zone::{RecordType, rdata};

/// The data of a content, or why it is refused.
pub fn content(rtype: RecordType, text: &str) -> Result<Box<[u8]>, String> {
    let is_text = matches!(rtype, RecordType::TXT | RecordType::SPF);
    if is_text && !text.trim_start().starts_with('"') {
        return Err(format!(
            "Data for {rtype} records must be given using quotation marks."
        ));
    }
    let data = rdata::from_text(rtype, text, None).map_err(|error| {
        let words = error.to_string();
        if words.contains("relative") {
            "Hostname must be fully qualified (i.e., end in a dot: \"example.com.\")".to_owned()
        } else {
            format!("Record content for type {rtype} malformed: {words}")
        }
    })?;
    let host = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || octet == b'-')
    };
    let plain = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|octet| octet.is_ascii_alphanumeric() || b"-_*".contains(&octet))
    };
    let (field, root, label): (_, _, &dyn Fn(&str) -> bool) = match rtype {
        RecordType::MX => ("exchange", true, &host),
        RecordType::NS => ("target", false, &host),
        RecordType::SRV => ("target", true, &host),
        RecordType::CNAME => ("target", true, &plain),
        _ => return Ok(data.into()),
    };
    for target in rdata::targets(rtype, &data) {
        let target = target.to_string();
        let is_fine = target == "." && root || target.trim_end_matches('.').split('.').all(label);
        if !is_fine {
            return Err(format!(
                "Cannot parse record contents: invalid {field}: {target}"
            ));
        }
    }
    Ok(data.into())
}

/// A record in deSEC's own spelling, which is not always what was written: small hexadecimal digits, mapped
/// addresses without a dotted part, and parameters of services without quotes.
pub fn spelled(rtype: RecordType, data: &[u8]) -> String {
    let text = rdata::to_text(rtype, data);
    match rtype {
        RecordType::DS
        | RecordType::CDS
        | RecordType::DLV
        | RecordType::SSHFP
        | RecordType::TLSA
        | RecordType::SMIMEA => text.to_ascii_lowercase(),
        RecordType::AAAA => {
            let address: Option<[u8; 16]> = data.try_into().ok();
            let mapped = address
                .map(Ipv6Addr::from)
                .filter(|address| address.to_ipv4_mapped().is_some());
            mapped.map_or(text, |address| {
                let [.., high, low] = address.segments();
                format!("::ffff:{high:x}:{low:x}")
            })
        }
        RecordType::SVCB | RecordType::HTTPS => text
            .split(' ')
            .map(|word| match word.split_once("=\"") {
                Some((key @ ("alpn" | "mandatory" | "port" | "ipv4hint" | "ipv6hint"), value)) => {
                    format!("{key}={}", value.trim_end_matches('"'))
                }
                _ => word.to_owned(),
            })
            .collect::<Vec<_>>()
            .join(" "),
        _ => text,
    }
}
