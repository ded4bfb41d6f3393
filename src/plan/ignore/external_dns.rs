//! What external-dns owns, by the TXT records in which it keeps its registry.
//!
//! Each of its record sets has a TXT record beside it whose text begins with `heritage=external-dns`. Its name is made
//! from the set's: `a-www` for `www A`, with the prefix or suffix of `--txt-prefix` and `--txt-suffix` around it, in
//! which `%{record_type}` stands for the type; before version 0.12 the name was the set's own with the affixes alone
//! (external-dns, `registry/mapper` and `registry/txt`, read 2026-11-23). Registries that are encrypted cannot be
//! recognized.

use std::collections::HashSet;

use crate::zone::{Name, NameRef, RecordType, SetRef, Zone};

const HERITAGE: &[u8] = b"heritage=external-dns";

/// Where `--txt-prefix` and the like may put the type.
const TEMPLATE: &str = "%{record_type}";

/// The types that external-dns can be told to manage.
const MANAGED: &[RecordType] = &[
    RecordType::A,
    RecordType::AAAA,
    RecordType::CNAME,
    RecordType::NS,
    RecordType::MX,
    RecordType::SRV,
    RecordType::NAPTR,
    RecordType::PTR,
    RecordType::TXT,
];

/// Whether external-dns could have made a set of this type.
pub(super) fn is_managed(rtype: RecordType) -> bool {
    MANAGED.contains(&rtype)
}

/// How the names of registry records are made, as external-dns was told.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Affixes {
    prefix: String,
    suffix: String,
    /// What stands for `*` in the names of registry records.
    wildcard: Option<String>,
}

impl Affixes {
    /// `prefix=…`, `suffix=…`, `wildcard=…`; a word that is none of them is given back.
    pub(super) fn read<'a>(words: impl Iterator<Item = &'a str>) -> Result<Self, &'a str> {
        let mut affixes = Self::default();
        for word in words {
            let (key, value) = word.split_once('=').ok_or(word)?;
            let value = value.to_ascii_lowercase();
            match key {
                "prefix" => affixes.prefix = value,
                "suffix" => affixes.suffix = value,
                "wildcard" => affixes.wildcard = Some(value),
                _ => return Err(word),
            }
        }
        Ok(affixes)
    }

    /// The name of the registry record for `owner`: with `rtype` in it, or in the older form without.
    fn registry_name(&self, owner: NameRef<'_>, rtype: Option<&str>) -> Option<Name> {
        let parent = owner.parent()?;
        let text = owner.to_string();
        let rest = parent.to_string();
        let label = text.strip_suffix(&rest)?.strip_suffix('.')?;
        let label = match &self.wildcard {
            Some(replacement) if label == "*" => replacement,
            _ => label,
        };
        let filled = |affix: &str| affix.replace(TEMPLATE, rtype.unwrap_or_default());
        let (prefix, suffix) = (filled(&self.prefix), filled(&self.suffix));
        let is_in_affix = self.prefix.contains(TEMPLATE) || self.suffix.contains(TEMPLATE);
        let marked = match rtype {
            Some(rtype) if !is_in_affix => format!("{rtype}-{label}"),
            _ => label.to_owned(),
        };
        Name::absolute(&format!("{prefix}{marked}{suffix}.{rest}")).ok()
    }
}

/// The owners of registry records in one zone.
pub(super) struct Registry(HashSet<Name>);

impl Registry {
    pub(super) fn read(zone: &Zone) -> Self {
        let owners = zone
            .sets()
            .filter(|set| is_registry(*set))
            .map(|set| set.owner().to_name());
        Self(owners.collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether `set` is a registry record, or one stands for it.
    pub(super) fn claims(&self, affixes: &Affixes, set: SetRef<'_>) -> bool {
        if self.is_empty() || !is_managed(set.rtype()) {
            return false;
        }
        let stands = |rtype: Option<&str>| {
            affixes
                .registry_name(set.owner(), rtype)
                .is_some_and(|name| self.0.contains(&name))
        };
        let mnemonic = set.rtype().to_string().to_ascii_lowercase();
        is_registry(set)
            || stands(Some(&mnemonic))
            // An address that a provider makes from an alias was recorded as the CNAME that it replaces.
            || set.rtype() == RecordType::A && stands(Some("cname"))
            || !matches!(set.rtype(), RecordType::AAAA | RecordType::TXT) && stands(None)
    }
}

fn is_registry(set: SetRef<'_>) -> bool {
    set.rtype() == RecordType::TXT && set.rdata().any(is_heritage)
}

/// Whether the first string of a TXT record says that external-dns wrote it. Some providers keep the quotes that it
/// sends as a part of the text.
fn is_heritage(rdata: &[u8]) -> bool {
    let Some((&length, rest)) = rdata.split_first() else {
        return false;
    };
    let text = &rest[..usize::from(length).min(rest.len())];
    let text = text.strip_prefix(b"\"").unwrap_or(text);
    text.strip_prefix(HERITAGE)
        .is_some_and(|rest| matches!(rest.first(), None | Some(b',' | b'"')))
}
