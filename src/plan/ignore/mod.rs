//! Record sets that are somebody else's: left as they are, counted, and never drift.
//!
//! A set that stands in the zone file is ours, whatever the rules say.

mod external_dns;

use std::fmt;

use super::{PatternError, SetPattern};
use crate::zone::{NameRef, RecordType, SetRef, Zone};
use external_dns::{Affixes, Registry};

/// One entry of `ignore`: a pattern, or a preset.
#[derive(Clone, PartialEq, Debug)]
pub struct IgnoreRule {
    text: String,
    means: Means,
}

#[derive(Clone, PartialEq, Debug)]
enum Means {
    Sets(Vec<SetPattern>),
    ExternalDns(Affixes),
}

/// The text is neither a pattern nor a preset.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum IgnoreError {
    /// No owner and type.
    Pattern(PatternError),
    /// No preset of that name.
    Preset(String),
    /// A word behind `preset:external-dns` that it does not take.
    Option(String),
}

impl fmt::Display for IgnoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pattern(error) => write!(f, "{error}"),
            Self::Preset(name) => write!(
                f,
                "there is no `preset:{name}`, only `preset:acme` and `preset:external-dns`"
            ),
            Self::Option(word) => write!(
                f,
                "`{word}` is no option of the preset: it is `prefix=`, `suffix=` or `wildcard=` with a value, for \
                 external-dns"
            ),
        }
    }
}

impl std::error::Error for IgnoreError {}

/// What ACME clients write to answer a DNS-01 challenge (RFC 8555, section 8.4): TXT records, for a moment. A CNAME
/// that delegates the challenge stays, and so it is the operator's own.
const ACME: [&str; 2] = ["_acme-challenge TXT", "_acme-challenge.* TXT"];

impl std::str::FromStr for IgnoreRule {
    type Err = IgnoreError;

    fn from_str(text: &str) -> Result<Self, IgnoreError> {
        let means = match text.strip_prefix("preset:") {
            None => Means::Sets(vec![text.parse().map_err(IgnoreError::Pattern)?]),
            Some(preset) => {
                let mut words = preset.split_ascii_whitespace();
                match words.next() {
                    Some("acme") => match words.next() {
                        Some(word) => return Err(IgnoreError::Option(word.to_owned())),
                        None => Means::Sets(
                            ACME.map(|text| text.parse().expect("an owner and a type"))
                                .to_vec(),
                        ),
                    },
                    Some("external-dns") => Means::ExternalDns(
                        Affixes::read(words)
                            .map_err(|word| IgnoreError::Option(word.to_owned()))?,
                    ),
                    name => return Err(IgnoreError::Preset(name.unwrap_or_default().to_owned())),
                }
            }
        };
        Ok(Self {
            text: text.to_owned(),
            means,
        })
    }
}

impl fmt::Display for IgnoreRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl IgnoreRule {
    /// Whether owner and type alone make the set somebody else's.
    fn is_named(&self, owner: NameRef<'_>, rtype: RecordType, origin: NameRef<'_>) -> bool {
        match &self.means {
            Means::Sets(patterns) => patterns
                .iter()
                .any(|pattern| pattern.matches(owner, rtype, origin)),
            Means::ExternalDns(_) => false,
        }
    }
}

/// Whether a set of this owner and type can be somebody else's, by what is known without reading any provider.
/// `unread` adds what only a provider's registry of owners would tell.
pub fn may_be_ignored(
    rules: &[IgnoreRule],
    owner: NameRef<'_>,
    rtype: RecordType,
    origin: NameRef<'_>,
    unread: bool,
) -> bool {
    rules.iter().any(|rule| {
        rule.is_named(owner, rtype, origin)
            || unread
                && matches!(rule.means, Means::ExternalDns(_))
                && external_dns::is_managed(rtype)
    })
}

/// The one answer to: is this set of a provider left alone?
pub struct LeftAlone<'a> {
    rules: &'a [IgnoreRule],
    desired: &'a Zone,
    /// What external-dns says that it owns there, where a rule asks.
    registry: Option<Registry>,
}

impl<'a> LeftAlone<'a> {
    /// Reads the claims in `held` once; `desired` is what the provider shall hold.
    pub fn new(rules: &'a [IgnoreRule], held: &Zone, desired: &'a Zone) -> Self {
        let asks = rules
            .iter()
            .any(|rule| matches!(rule.means, Means::ExternalDns(_)));
        Self {
            rules,
            desired,
            registry: asks.then(|| Registry::read(held)),
        }
    }

    /// The rule by which `held` is left alone; nothing where it is ours.
    ///
    /// The SOA and a signer's records have rules of their own.
    pub fn rule(&self, held: SetRef<'_>) -> Option<&'a IgnoreRule> {
        if self.rules.is_empty() || held.rtype() == RecordType::SOA || held.rtype().is_signers() {
            return None;
        }
        let rule = self.rules.iter().find(|rule| self.means(rule, held))?;
        let is_ours = self.desired.get(held.owner(), held.rtype()).is_some();
        (!is_ours).then_some(rule)
    }

    fn means(&self, rule: &IgnoreRule, set: SetRef<'_>) -> bool {
        match (&rule.means, &self.registry) {
            (Means::ExternalDns(affixes), Some(registry)) => registry.claims(affixes, set),
            _ => rule.is_named(set.owner(), set.rtype(), self.desired.origin().borrow()),
        }
    }

    /// Sets of the file that external-dns claims at the provider: two masters edit them.
    pub fn contested(&self) -> impl Iterator<Item = SetRef<'a>> {
        let affixes: Vec<&Affixes> = self
            .rules
            .iter()
            .filter_map(|rule| match &rule.means {
                Means::ExternalDns(affixes) => Some(affixes),
                Means::Sets(_) => None,
            })
            .collect();
        let registry = self
            .registry
            .as_ref()
            .filter(|registry| !registry.is_empty());
        registry.into_iter().flat_map(move |registry| {
            let affixes = affixes.clone();
            self.desired.sets().filter(move |set| {
                set.rtype() != RecordType::TXT
                    && affixes.iter().any(|affixes| registry.claims(affixes, *set))
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::zone;

    fn rules(texts: &[&str]) -> Vec<IgnoreRule> {
        texts
            .iter()
            .map(|text| text.parse().expect("a rule"))
            .collect()
    }

    /// `owner TYPE: rule`, one a set of `held` that is left alone.
    fn left_alone(texts: &[&str], held: &[&str], desired: &[&str]) -> Vec<String> {
        let (rules, held, desired) = (rules(texts), zone(held), zone(desired));
        let left = LeftAlone::new(&rules, &held, &desired);
        held.sets()
            .filter_map(|set| {
                let rule = left.rule(set)?;
                let owner = set.owner().relative_to(held.origin().borrow());
                Some(format!("{owner} {}: {rule}", set.rtype()))
            })
            .collect()
    }

    #[test]
    fn patterns_leave_alone_what_the_file_lacks() {
        let held = [
            "@ 60 SOA ns h 1 2 3 4 5",
            "_acme-challenge 60 TXT token",
            "_acme-challenge 60 CNAME elsewhere.example.",
            "_acme-challenge.a.b 60 TXT token",
            "a._acme-challenge 60 TXT token",
            "lab 60 A 192.0.2.1",
            "ours.lab 60 A 192.0.2.1",
            "x.lab 60 A 192.0.2.1",
        ];
        assert_eq!(
            left_alone(
                &["preset:acme", "*.lab *", "@ *"],
                &held,
                &["ours.lab 60 A 192.0.2.2"]
            ),
            [
                "_acme-challenge TXT: preset:acme",
                "_acme-challenge.a.b TXT: preset:acme",
                "x.lab A: *.lab *"
            ]
        );
    }

    #[test]
    fn what_is_no_rule_is_named() {
        for (text, said) in [
            ("www", "`www` is not an owner and a type"),
            ("preset:", "no `preset:`"),
            ("preset:letsencrypt", "no `preset:letsencrypt`"),
            ("preset:acme now", "`now` is no option"),
            ("preset:external-dns edns-", "`edns-` is no option"),
        ] {
            let error = text.parse::<IgnoreRule>().expect_err(text).to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    const HERITAGE: &str =
        "TXT heritage=external-dns,external-dns/owner=k8s,external-dns/resource=service/x/y";

    fn claimed(rule: &str, held: &[&str]) -> Vec<String> {
        let lines: Vec<String> = held
            .iter()
            .map(|line| line.replace('!', HERITAGE))
            .collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        left_alone(&[rule], &lines, &[])
            .into_iter()
            .map(|line| line.split(':').next().unwrap_or_default().to_owned())
            .collect()
    }

    #[test]
    fn external_dns_owns_what_its_registry_claims() {
        let table: [(&str, &[&str], &[&str]); 7] = [
            // The form of today, with the type in front; an A that is an alias was once recorded as a CNAME.
            (
                "preset:external-dns",
                &[
                    "a-www 60 !",
                    "www 60 A 192.0.2.1",
                    "www 60 MX 1 www",
                    "cname-alias 60 !",
                    "alias 60 A 192.0.2.1",
                    "other 60 A 192.0.2.1",
                    "a-other 60 TXT heritage=me",
                ],
                &["a-www TXT", "alias A", "cname-alias TXT", "www A"],
            ),
            // The older form, under the name itself, which never stood for AAAA.
            (
                "preset:external-dns",
                &["api 60 !", "api 60 A 192.0.2.1", "api 60 AAAA 2001:db8::1"],
                &["api A", "api TXT"],
            ),
            (
                "preset:external-dns prefix=edns-",
                &[
                    "edns-cname-www 60 !",
                    "www 60 CNAME x",
                    "a-b 60 !",
                    "b 60 A 192.0.2.1",
                ],
                &["a-b TXT", "edns-cname-www TXT", "www CNAME"],
            ),
            (
                "preset:external-dns prefix=%{record_type}-edns.",
                &[
                    "a-edns.www 60 !",
                    "www 60 A 192.0.2.1",
                    "a-edns 60 !",
                    "@ 60 A 192.0.2.1",
                ],
                &["@ A", "a-edns TXT", "a-edns.www TXT", "www A"],
            ),
            (
                "preset:external-dns suffix=-edns",
                &["a-www-edns.sub 60 !", "www.sub 60 A 192.0.2.1"],
                &["www.sub A", "a-www-edns.sub TXT"],
            ),
            (
                "preset:external-dns wildcard=any",
                &["a-any.apps 60 !", "*.apps 60 A 192.0.2.1"],
                &["*.apps A", "a-any.apps TXT"],
            ),
            (
                "preset:external-dns",
                &["*.apps 60 A 192.0.2.1", "apps 60 A 192.0.2.1"],
                &[],
            ),
        ];
        for (rule, held, expected) in table {
            let mut expected: Vec<&str> = expected.to_vec();
            expected.sort_unstable();
            let mut claimed = claimed(rule, held);
            claimed.sort_unstable();
            assert_eq!(claimed, expected, "{rule} {held:?}");
        }
    }

    #[test]
    fn a_set_of_the_file_that_external_dns_claims_has_two_masters() {
        let registry = format!("a-www 60 {HERITAGE}");
        let held = zone(&[&registry, "www 60 A 192.0.2.1"]);
        let desired = zone(&["www 60 A 192.0.2.2", "api 60 A 192.0.2.2"]);
        let rules = rules(&["preset:external-dns"]);
        let left = LeftAlone::new(&rules, &held, &desired);
        let contested: Vec<String> = left.contested().map(|set| set.key().to_string()).collect();
        assert_eq!(contested, ["www.example.com. A"]);
        let www = held
            .get(
                crate::zone::Name::absolute("www.example.com")
                    .expect("a name")
                    .borrow(),
                RecordType::A,
            )
            .expect("held");
        assert_eq!(left.rule(www), None);
    }

    #[test]
    fn unread_claims_may_be_of_any_type_that_external_dns_manages() {
        let rules = rules(&["_x TXT", "preset:external-dns"]);
        let (zone, name) = (
            zone(&[]),
            crate::zone::Name::absolute("_x.example.com").expect("a name"),
        );
        let may = |rtype, unread| {
            may_be_ignored(&rules, name.borrow(), rtype, zone.origin().borrow(), unread)
        };
        assert!(may(RecordType::TXT, false) && may(RecordType::A, true));
        assert!(!may(RecordType::A, false) && !may(RecordType::CAA, true));
    }
}
