//! Record sets named by pattern, as settings name them: `@ NS`, `_dmarc TXT`, `_acme-challenge.* *`.

use std::fmt;

use wildmatch::WildMatch;

use crate::zone::{NameRef, RecordType};

/// An owner relative to the apex, with `*` and `?`, and a type or `*` for all.
///
/// `*` stands for any octets, dots included; `@` is the apex and nothing else.
#[derive(Clone, PartialEq, Debug)]
pub struct SetPattern {
    owner: WildMatch,
    rtype: Option<RecordType>,
    text: String,
}

/// The text is not an owner and a type.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PatternError(String);

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not an owner and a type, as in `_dmarc TXT` or `* *`",
            self.0
        )
    }
}

impl std::error::Error for PatternError {}

impl SetPattern {
    /// Whether the pattern means `owner` and `rtype` in the zone of `origin`.
    pub fn matches(&self, owner: NameRef<'_>, rtype: RecordType, origin: NameRef<'_>) -> bool {
        self.rtype.is_none_or(|own| own == rtype) && self.owner.matches(&owner.relative_to(origin))
    }
}

impl std::str::FromStr for SetPattern {
    type Err = PatternError;

    fn from_str(text: &str) -> Result<Self, PatternError> {
        let error = || PatternError(text.to_owned());
        let mut words = text.split_ascii_whitespace();
        let (Some(owner), Some(rtype), None) = (words.next(), words.next(), words.next()) else {
            return Err(error());
        };
        let rtype = match rtype {
            "*" => None,
            mnemonic => Some(mnemonic.parse().map_err(|_| error())?),
        };
        Ok(Self {
            owner: WildMatch::new(&owner.to_ascii_lowercase()),
            rtype,
            text: text.to_owned(),
        })
    }
}

impl fmt::Display for SetPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Name;

    #[test]
    fn patterns_mean_relative_owners() {
        let origin = Name::absolute("example.com").expect("a name");
        for (pattern, owner, rtype, expected) in [
            ("@ NS", "example.com", RecordType::NS, true),
            ("@ NS", "sub.example.com", RecordType::NS, false),
            ("@ NS", "example.com", RecordType::MX, false),
            ("_DMARC txt", "_dmarc.example.com", RecordType::TXT, true),
            (
                "_acme-challenge.* *",
                "_acme-challenge.a.b.example.com",
                RecordType::TXT,
                true,
            ),
            (
                "_acme-challenge.* *",
                "_acme-challenge.example.com",
                RecordType::TXT,
                false,
            ),
            ("* *", "www.example.com", RecordType(65280), true),
            ("* *", "example.com", RecordType::SOA, true),
        ] {
            let parsed: SetPattern = pattern.parse().expect("a pattern");
            let owner = Name::absolute(owner).expect("a name");
            assert_eq!(
                parsed.matches(owner.borrow(), rtype, origin.borrow()),
                expected,
                "{pattern} {owner}"
            );
        }
    }

    #[test]
    fn what_is_no_pattern_is_named() {
        for bad in ["", "@", "@ NS MX", "@ BOGUS"] {
            let error = bad.parse::<SetPattern>().expect_err(bad).to_string();
            assert!(error.starts_with(&format!("`{bad}` ")), "{error}");
        }
    }
}
