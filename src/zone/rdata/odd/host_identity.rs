//! The head of a HIP record: two lengths, algorithm, host identity tag, public key (RFC 8005, section 5). The text
//! gives no lengths.

use data_encoding::{BASE64, HEXLOWER_PERMISSIVE, HEXUPPER};

use super::super::codes;
use super::super::print::push;
use super::super::text::base64_octets;
use super::Odd;

pub(in super::super) const HOST_IDENTITY: Odd = Odd {
    read: |words, out| {
        let algorithm = words.number(0xff)? as u8;
        let text = words.bare("a host identity tag")?;
        let tag = HEXLOWER_PERMISSIVE
            .decode(text)
            .ok()
            .filter(|tag| (1..=255).contains(&tag.len()))
            .ok_or_else(|| words.bad(codes::BAD_HEX, "not a tag in hexadecimal:"))?;
        let text = words.bare("a public key")?;
        let key = base64_octets(text)
            .filter(|key| (1..=0xffff).contains(&key.len()))
            .ok_or_else(|| words.bad(codes::BAD_BASE64, "not a key in base64:"))?;
        out.push(tag.len() as u8);
        out.push(algorithm);
        out.extend((key.len() as u16).to_be_bytes());
        out.extend(tag);
        out.extend(key);
        Ok(())
    },
    length: |rest| {
        let (tag, key) = lengths(rest)?;
        (tag > 0 && key > 0).then_some(4 + tag + key)
    },
    print: |octets, out| {
        let tag_end = 4 + usize::from(octets[0]);
        push(out, format_args!("{} ", octets[1]));
        HEXUPPER.encode_append(&octets[4..tag_end], out);
        out.push(' ');
        BASE64.encode_append(&octets[tag_end..], out);
    },
};

fn lengths(octets: &[u8]) -> Option<(usize, usize)> {
    let &[tag, _, high, low, ..] = octets else {
        return None;
    };
    Some((
        usize::from(tag),
        usize::from(u16::from_be_bytes([high, low])),
    ))
}
