//! `$GENERATE`: one line of text for many (BIND 9 Administrator Reference Manual, "Zone File").

use std::fmt::Write;

use crate::zone::rdata::Word;

/// More lines than this are a typing error.
const MOST: u64 = 1_000_000;

/// The lines that the words behind `$GENERATE` stand for; or which word is wrong, and why.
pub(super) fn generate(words: &[Word<'_>]) -> Result<Vec<Vec<u8>>, (Option<usize>, String)> {
    let range = words
        .first()
        .ok_or((None, "the range is missing".to_owned()))?;
    let (first, last, step) = range_of(range.text).ok_or((
        Some(0),
        "a range is FIRST-LAST or FIRST-LAST/STEP".to_owned(),
    ))?;
    if words.len() < 4 {
        return Err((None, "an owner, a type and its data are needed".to_owned()));
    }
    if u64::from((last - first) / step) >= MOST {
        return Err((Some(0), format!("more than {MOST} lines")));
    }
    let mut lines = Vec::new();
    let mut value = first;
    loop {
        let mut line = Vec::new();
        for (index, word) in words.iter().enumerate().skip(1) {
            if index > 1 {
                line.push(b' ');
            }
            if word.quoted {
                line.push(b'"');
            }
            substitute(word.text, value, &mut line).map_err(|message| (Some(index), message))?;
            if word.quoted {
                line.push(b'"');
            }
        }
        lines.push(line);
        match value.checked_add(step) {
            Some(next) if next <= last => value = next,
            _ => return Ok(lines),
        }
    }
}

fn range_of(text: &[u8]) -> Option<(u32, u32, u32)> {
    let text = std::str::from_utf8(text).ok()?;
    let (range, step) = text.split_once('/').unwrap_or((text, "1"));
    let (first, last) = range.split_once('-')?;
    let number = |text: &str| {
        text.parse::<u32>()
            .ok()
            .filter(|&number| number <= 0x7fff_ffff)
    };
    let (first, last, step) = (number(first)?, number(last)?, number(step)?);
    (first <= last && step > 0).then_some((first, last, step))
}

/// `$` is the value, `$$` and `\$` a dollar sign, `${offset,width,base}` the value in another form.
fn substitute(text: &[u8], value: u32, line: &mut Vec<u8>) -> Result<(), String> {
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            b'\\' => {
                let next = text.get(at).copied();
                if next != Some(b'$') {
                    line.push(b'\\');
                }
                line.extend(next);
                at += 1;
            }
            b'$' if text.get(at) == Some(&b'$') => {
                line.push(b'$');
                at += 1;
            }
            b'$' if text.get(at) == Some(&b'{') => {
                let end = text[at..]
                    .iter()
                    .position(|&byte| byte == b'}')
                    .ok_or("`${` without `}`")?
                    + at;
                let inside = std::str::from_utf8(&text[at + 1..end])
                    .map_err(|_| "`${…}` is not ASCII".to_owned())?;
                line.extend_from_slice(formatted(inside, value)?.as_bytes());
                at = end + 1;
            }
            b'$' => line.extend_from_slice(value.to_string().as_bytes()),
            other => line.push(other),
        }
    }
    Ok(())
}

fn formatted(modifier: &str, value: u32) -> Result<String, String> {
    let bad = || {
        format!(
            "`${{{modifier}}}` is not `${{offset[,width[,base]]}}` with the base d, o, x, X, n or N"
        )
    };
    let mut parts = modifier.split(',');
    let offset: i64 = parts
        .next()
        .unwrap_or_default()
        .parse()
        .map_err(|_| bad())?;
    let width: usize = parts
        .next()
        .unwrap_or("0")
        .parse()
        .ok()
        .filter(|&width| width <= 255)
        .ok_or_else(bad)?;
    let base = parts.next().unwrap_or("d");
    if parts.next().is_some() {
        return Err(bad());
    }
    let value = u32::try_from(i64::from(value) + offset)
        .map_err(|_| format!("`${{{modifier}}}` makes a negative number"))?;
    Ok(match base {
        "d" => format!("{value:0width$}"),
        "o" => format!("{value:0width$o}"),
        "x" => format!("{value:0width$x}"),
        "X" => format!("{value:0width$X}"),
        "n" => nibbles(value, width, false),
        "N" => nibbles(value, width, true),
        _ => return Err(bad()),
    })
}

/// Hexadecimal digits from the last to the first with dots between, as in ip6.arpa; the width counts dots too.
fn nibbles(mut value: u32, width: usize, upper: bool) -> String {
    let mut text = String::new();
    loop {
        let digit = value & 0xf;
        value >>= 4;
        let _ = if upper {
            write!(text, "{digit:X}")
        } else {
            write!(text, "{digit:x}")
        };
        if value == 0 && text.len() >= width {
            return text;
        }
        text.push('.');
        if value == 0 && text.len() >= width {
            return text;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_the_value() {
        for (text, value, made) in [
            ("host$", 7, "host7"),
            ("a$$b\\$", 7, "a$b$"),
            ("${-1}", 7, "6"),
            ("${0,3}", 7, "007"),
            ("${0,4,x}", 255, "00ff"),
            ("${0,0,X}", 255, "FF"),
            ("${0,3,n}", 0x1f, "f.1"),
            ("a\\.b", 1, "a\\.b"),
        ] {
            let mut line = Vec::new();
            substitute(text.as_bytes(), value, &mut line).expect(text);
            assert_eq!(String::from_utf8_lossy(&line), made, "{text}");
        }
        for bad in ["${x}", "${0,1,q}", "${0", "${-8}", "${0,1,d,9}"] {
            assert!(
                substitute(bad.as_bytes(), 7, &mut Vec::new()).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn ranges() {
        assert_eq!(range_of(b"1-10/3"), Some((1, 10, 3)));
        for bad in ["10-1", "1-10/0", "1", "a-b", "-1-4"] {
            assert_eq!(range_of(bad.as_bytes()), None, "{bad}");
        }
    }
}
