//! What somebody other than the adapter says about what a provider can hold.

use std::time::Duration;

use serde::de::Error;
use serde::{Deserialize, Deserializer};

use super::{ApexNs, Capabilities, Soa};
use crate::zone::RecordType;

/// What an account file or a plug-in says about what its provider can hold. Whatever it leaves out stays as it was.
///
/// The same words stand in TOML (`[capabilities]` of an account) and in JSON (the answer to `hello` of a plug-in).
#[derive(Clone, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    /// The types it holds, by mnemonic or as `TYPE65280`.
    #[serde(default, deserialize_with = "types")]
    pub types: Option<Vec<RecordType>>,
    /// The lowest TTL, in seconds.
    pub ttl_min: Option<u32>,
    /// The highest TTL, in seconds.
    pub ttl_max: Option<u32>,
    /// The only TTLs there are, in seconds.
    pub ttl_steps: Option<Vec<u32>>,
    /// Octets of TXT data in one record, strings joined.
    pub txt_octets: Option<usize>,
    /// Octets of TXT data in one `RRset`, all its records together.
    pub txt_set_octets: Option<usize>,
    /// Records in one `RRset`.
    pub records_per_set: Option<usize>,
    /// The apex NS set: `full`, `add_only`, `fixed` or `hidden`.
    pub apex_ns: Option<ApexNs>,
    /// The SOA: `settable` or `fixed`.
    pub soa: Option<Soa>,
    /// How many seconds after a write its nameservers may still answer with the old data.
    pub settle: Option<u64>,
}

impl Claims {
    /// `capabilities` with what is claimed in the place of what was known.
    #[must_use]
    pub fn over(&self, mut capabilities: Capabilities) -> Capabilities {
        let bounds = &capabilities.ttl;
        capabilities.ttl =
            self.ttl_min.unwrap_or(*bounds.start())..=self.ttl_max.unwrap_or(*bounds.end());
        if let Some(types) = &self.types {
            capabilities.rtypes = Some(types.clone().into());
        }
        if let Some(steps) = &self.ttl_steps {
            capabilities.ttl_steps = steps.clone().into();
        }
        capabilities.txt_octets = self.txt_octets.or(capabilities.txt_octets);
        capabilities.txt_set_octets = self.txt_set_octets.or(capabilities.txt_set_octets);
        capabilities.records_per_set = self.records_per_set.or(capabilities.records_per_set);
        capabilities.apex_ns = self.apex_ns.unwrap_or(capabilities.apex_ns);
        capabilities.soa = self.soa.unwrap_or(capabilities.soa);
        if let Some(seconds) = self.settle {
            capabilities.settle = Duration::from_secs(seconds);
        }
        capabilities
    }
}

fn types<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<RecordType>>, D::Error> {
    struct Type(RecordType);

    impl<'de> Deserialize<'de> for Type {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let text = String::deserialize(deserializer)?;
            let unknown = |_| D::Error::custom(format_args!("`{text}` is no record type"));
            text.parse().map(Type).map_err(unknown)
        }
    }

    let types = Option::<Vec<Type>>::deserialize(deserializer)?;
    Ok(types.map(|types| types.into_iter().map(|Type(rtype)| rtype).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::Granularity;

    fn everything() -> Capabilities {
        Capabilities {
            rtypes: None,
            ttl: 0..=86400,
            ttl_steps: (&[]).into(),
            txt_octets: Some(4000),
            txt_set_octets: None,
            records_per_set: None,
            apex_ns: ApexNs::Full,
            apex_ns_ttl: None,
            soa: Soa::Fixed,
            granularity: Granularity::RecordSet,
            batch: 1,
            atomic: false,
            detects_conflict: false,
            lists_zones: false,
            creates_zones: false,
            follows: false,
            limits: &[],
            settle: Duration::ZERO,
            quirks: &[],
        }
    }

    #[test]
    fn what_is_claimed_counts_and_the_rest_stays() {
        let claims: Claims = toml::from_str(
            "types = ['A', 'TYPE65280']\nttl_min = 30\nttl_steps = [60, 300]\napex_ns = 'add_only'\nsettle = 90",
        )
        .expect("claims");
        let found = claims.over(everything());
        assert_eq!(
            found.rtypes.as_deref(),
            Some(&[RecordType::A, RecordType(65280)][..])
        );
        assert_eq!(found.ttl, 30..=86400);
        assert_eq!(*found.ttl_steps, [60, 300]);
        assert_eq!(found.apex_ns, ApexNs::AddOnly);
        assert_eq!(found.settle, Duration::from_secs(90));
        assert_eq!(
            (found.txt_octets, found.soa),
            (Some(4000), Soa::Fixed),
            "not claimed"
        );
    }

    #[test]
    fn what_cannot_be_meant_is_an_error() {
        for text in [
            "types = ['NOSUCH']",
            "ttl_minimum = 30",
            "apex_ns = 'maybe'",
            "ttl_min = -1",
        ] {
            assert!(toml::from_str::<Claims>(text).is_err(), "{text}");
        }
    }
}
