//! What each code means, for `explain CODE`.

use std::fmt;

/// A code in words.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// `GRD01`.
    pub code: &'static str,
    /// What is looked at, in one sentence.
    pub rule: &'static str,
    /// Why that matters.
    pub why: &'static str,
    /// What to do.
    pub action: &'static str,
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.code, self.rule)?;
        writeln!(f, "\nWhy: {}", self.why)?;
        writeln!(f, "\nWhat to do: {}", self.action)
    }
}

/// The explanation of `code`, in whatever case it is written.
pub fn explain(code: &str) -> Option<&'static Explanation> {
    EXPLANATIONS
        .iter()
        .find(|explanation| explanation.code.eq_ignore_ascii_case(code))
}

/// Tables of codes that a sentence explains.
const SENTENCES: &[&[(&str, &str)]] = &[crate::zone::CODES, crate::zone::rdata::CODES];

/// What there is to say about `code`, as text: an [`Explanation`], or the sentence of a code that has but one.
pub fn explain_text(code: &str) -> Option<String> {
    let sentence = || {
        SENTENCES
            .iter()
            .flat_map(|table| table.iter())
            .find(|(own, _)| own.eq_ignore_ascii_case(code))
            .map(|(own, text)| format!("{own}: {text}\n"))
    };
    let rule = || crate::audit::rule(code).map(ToString::to_string);
    explain(code)
        .map(ToString::to_string)
        .or_else(rule)
        .or_else(sentence)
}

const fn entry(
    code: &'static str,
    rule: &'static str,
    why: &'static str,
    action: &'static str,
) -> Explanation {
    Explanation {
        code,
        rule,
        why,
        action,
    }
}

/// Guards, fit and saved plans, sorted by code.
pub const EXPLANATIONS: &[Explanation] = &[
    entry(
        "FIT01",
        "A provider does not hold this record type.",
        "A record set that one provider lacks is answered by chance: it depends on which nameserver a resolver asks. So nobody gets it until you decide.",
        "Leave the type out of the zone, leave the provider out of the zone, or declare an exception for it in redundns.toml.",
    ),
    entry(
        "FIT02",
        "A TTL is outside of what a provider holds.",
        "The provider would refuse the record set or change its TTL silently, and every later comparison would show it.",
        "Write the TTL that the hint names: the nearest one that every provider of the zone holds.",
    ),
    entry(
        "FIT03",
        "A TTL is none of those that a provider knows.",
        "The provider rounds to its own list, and every later comparison would show it.",
        "Write the TTL that the hint names: the nearest one that every provider of the zone holds.",
    ),
    entry(
        "FIT04",
        "A TXT record is longer than a provider holds.",
        "The provider would refuse it or cut it off, and half a key is no key.",
        "Use a shorter value (an Ed25519 key for DKIM, a split SPF policy), or leave the provider out of the zone.",
    ),
    entry(
        "FIT05",
        "A record set has more records than a provider holds.",
        "The provider would refuse the set or keep part of it.",
        "Use fewer records, or leave the provider out of the zone.",
    ),
    entry(
        "FIT06",
        "A provider does not let the apex NS set be what the file says.",
        "Resolvers prefer the apex NS set to the delegation. Where it names one provider's servers only, the other provider is hardly ever asked, and the redundancy is on paper.",
        "List the provider's own nameservers in the file, switch on its multi-provider setting where it has one, or accept its own set with `apex_ns = \"provider\"` in the account.",
    ),
    entry(
        "FIT07",
        "The zone file has a record set where a provider holds one that no zone file can express.",
        "An alias, a weight or a health check is answered by the provider's own rules, so nothing that another provider serves can be identical to it. It is neither overwritten nor deleted here.",
        "Delete it at the provider, so that the set of the zone file can take its place, or declare an exception for this provider.",
    ),
    entry(
        "GRD01",
        "More than a set share of a provider's record sets would be changed or deleted.",
        "A plan that big is more often a wrong file, a wrong account or a broken generator than an intention.",
        "Read the plan. If it is meant, repeat it with --allow-change and the share, or raise max_change in redundns.toml.",
    ),
    entry(
        "GRD02",
        "The zone file has nothing but the SOA and the apex NS set, and the provider holds more.",
        "An emptied zone takes everything under the name off the net, and negative answers are cached.",
        "Look whether the file is complete. If the zone shall be empty, repeat with --allow-empty.",
    ),
    entry(
        "GRD03",
        "A protected record set would be deleted.",
        "Without its NS set a zone stops working, without MX or DMARC mail goes astray; each is noticed late.",
        "Put the record set into the file, repeat with --allow-protected, or change protect in redundns.toml.",
    ),
    entry(
        "GRD04",
        "A provider is written to for the first time and holds record sets that the file lacks.",
        "What nobody wrote into the file may still be in use, and would be deleted.",
        "Take what is needed into the file (`redundns plan` shows it with a `-`), then repeat with --adopt, which deletes the rest.",
    ),
    entry(
        "GRD05",
        "A nameserver would be listed that was not seen to serve the zone as in the file.",
        "Resolvers believe a listed server. One that is stale or empty gives wrong answers, which is worse than none.",
        "Let its provider have the zone first and run redundns check; list the server once it is current.",
    ),
    entry(
        "GRD06",
        "Every record set of a type would be deleted, where there are two or more.",
        "A type that vanishes as a whole is usually a part of the file that went missing: an include, a generator's output. A small part of a large zone passes the limit on the share of changes.",
        "Look whether the file is complete. If the type shall go, repeat with --allow-type-gone.",
    ),
    entry(
        "GRD07",
        "A name that is there before and after would be without an answer in between.",
        "A CNAME and other data exclude each other, and this API has no atomic batch to put one in the place of the other. Who asks in between caches the denial for the negative TTL.",
        "Do it at a quiet hour with --allow-gap, with a low SOA MINIMUM beforehand; `allow_gap = true` under [guard] permits it for good.",
    ),
    entry(
        "GRD08",
        "A nameserver is listed whose account left the project or no longer takes the zone.",
        "Resolvers go on asking a listed server. Nobody updates it any more, and a stale answer is worse than none.",
        "Take the server out of the apex NS set (and of the delegation) in a sync of its own, and let it serve until the NS TTL has passed at the parent and in the zone. Or bring the account back. --allow-left does it all the same.",
    ),
    entry(
        "GRD09",
        "More than a set share of the record sets of all small zones of a run would be changed or deleted.",
        "The share of change is not measured in a zone of few record sets, where every edit is large. Many such zones changed at once are a template or a generator gone wrong.",
        "Read the plan. If it is meant, repeat it with --allow-change and the share.",
    ),
    entry(
        "PLN01",
        "The zone file is not the one that a saved plan was made from.",
        "Somebody agreed to what the plan shows. Applying it would undo the edit, and applying the edit is what nobody looked at.",
        "Make a new plan with `redundns plan --out FILE`, look at it, and apply that.",
    ),
    entry(
        "PLN02",
        "A provider does not hold what it held when a saved plan was made.",
        "Somebody else changed it meanwhile, by another run or in the vendor's console, and the plan would overwrite that unseen.",
        "Find out who it was. Take the change into the zone file if it is meant, then make a new plan with `redundns plan --out FILE`.",
    ),
    entry(
        "PLN03",
        "The accounts or settings are not those that a saved plan was made with.",
        "With an account more or less the providers would not be identical afterwards; with other settings something else would be written than what the plan shows.",
        "Make a new plan with `redundns plan --out FILE`, look at it, and apply that.",
    ),
    entry(
        "PLN04",
        "A file is not a saved plan, or one of a newer version.",
        "A plan that is read in part would be applied in part.",
        "Make the plan with `redundns plan --out FILE`, and apply it as it is with the same version of redundns.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{GUARD_CODES, PLAN_CODES};
    use crate::provider::FIT_CODES;

    #[test]
    fn every_code_is_explained_once() {
        let codes = FIT_CODES.iter().chain(GUARD_CODES).chain(PLAN_CODES);
        let mut codes: Vec<&str> = codes.copied().collect();
        codes.sort_unstable();
        let explained: Vec<&str> = EXPLANATIONS.iter().map(|one| one.code).collect();
        assert_eq!(explained, codes);
    }

    #[test]
    fn codes_are_found_in_any_case() {
        assert_eq!(explain("grd01").map(|one| one.code), Some("GRD01"));
        assert_eq!(explain("GRD99"), None);
        let address = explain_text("rda05").expect("a code about record data");
        assert!(address.starts_with("RDA05: "), "{address}");
    }
}
