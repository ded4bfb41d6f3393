//! Rules about what stands at one name, and above it.

use std::collections::HashSet;
use std::ops::Range;

use super::super::parse::Part;
use super::super::{Finding, NameRef, RecordType as T, SetRef, Severity, codes, rdata};
use super::Lint;

/// BIND refuses larger sets by default (`max-records-per-type`, since 9.18.28).
const LARGE_SET: usize = 100;
const WEEK: u32 = 604_800;

impl<'z> Lint<'z, '_> {
    pub(super) fn owner(&mut self, owner: NameRef<'z>, sets: Range<usize>) {
        self.leave(owner);
        let apex = self.zone.origin().borrow();
        let zone = self.zone;
        let (mut alias, mut plain, mut delegated) = (None, None, false);
        for index in sets.clone() {
            let set = zone.set(index);
            match set.rtype() {
                T::CNAME => alias = Some(set),
                T::KEY | T::SIG | T::NXT | T::NSEC | T::RRSIG => {}
                rtype => {
                    delegated |= rtype == T::NS && owner != apex;
                    plain = plain.or(Some(set));
                }
            }
        }
        if let (Some(alias), Some(plain)) = (alias, plain) {
            self.alias_and_other(alias, plain);
        }
        if let Some(above) = self.redirected {
            let set = zone.set(sets.start);
            let finding = Finding::new(
                codes::BELOW_DNAME,
                Severity::Error,
                format!("`{owner}` is below the DNAME at `{above}`"),
            )
            .hint("move the record out of the redirected tree, or drop the DNAME");
            self.note(Part::Owner(set.position()), set, finding);
        }
        self.repeated_origin(owner, zone.set(sets.start));
        let below = self.cut.is_some();
        if delegated && !below {
            self.cut = Some(owner);
        }
        for index in sets {
            let set = zone.set(index);
            self.numbers(set);
            if below || self.cut == Some(owner) {
                self.beyond_cut(set, below);
            }
            self.kind(set, owner, apex);
            if !below {
                self.targets(set);
            }
        }
    }

    /// Forgets what `owner` is not below.
    fn leave(&mut self, owner: NameRef<'z>) {
        if self.cut.is_some_and(|cut| !owner.is_at_or_below(cut)) {
            self.cut = None;
        }
        if self
            .redirected
            .is_some_and(|above| !owner.is_at_or_below(above))
        {
            self.redirected = None;
        }
    }

    fn alias_and_other(&mut self, alias: SetRef<'z>, plain: SetRef<'z>) {
        let finding = Finding::new(
            codes::CNAME_AND_OTHER,
            Severity::Error,
            format!("`{}` has a CNAME and other data ({})", alias.owner(), plain.rtype()),
        )
        .hint(if alias.owner() == self.zone.origin().borrow() {
            "the apex always has SOA and NS records, so it cannot be an alias; use A and AAAA records"
        } else {
            "keep the CNAME or the other records, not both"
        });
        self.note(Part::Owner(alias.position()), alias, finding);
    }

    fn repeated_origin(&mut self, owner: NameRef<'_>, set: SetRef<'_>) {
        if is_repeated(owner, self.zone.origin().borrow()) {
            let finding = Finding::new(
                codes::FINAL_DOT,
                Severity::Warning,
                format!("the owner is `{owner}`, with the zone's name in it twice"),
            )
            .hint("a name without a final dot is relative to the origin; end it with a dot");
            self.note(Part::Owner(set.position()), set, finding);
        }
    }

    fn numbers(&mut self, set: SetRef<'_>) {
        let ttl = set.ttl();
        if !(30..=WEEK).contains(&ttl) && !set.rtype().is_signers() {
            let (what, hint) = match ttl {
                0 => (
                    "is zero: nothing caches the record",
                    "300 is short enough for nearly everything",
                ),
                1..30 => ("is very short", "300 is short enough for nearly everything"),
                _ => (
                    "is longer than a week",
                    "a mistake would stay in caches as long",
                ),
            };
            let finding = Finding::new(
                codes::ODD_TTL,
                Severity::Warning,
                format!("TTL {ttl} {what}"),
            )
            .hint(hint);
            self.note(Part::Ttl(set.position()), set, finding);
        }
        if set.len() > LARGE_SET {
            let finding = Finding::new(
                codes::LARGE_SET,
                Severity::Warning,
                format!("{} records of type {} at one name", set.len(), set.rtype()),
            )
            .hint("BIND refuses more than 100 unless `max-records-per-type` is raised");
            self.note(Part::Owner(set.position()), set, finding);
        }
    }

    /// What a type allows at an owner, and how often.
    fn kind(&mut self, set: SetRef<'z>, owner: NameRef<'z>, apex: NameRef<'z>) {
        let error = |code, message| Finding::new(code, Severity::Error, message);
        let warning = |code, message| Finding::new(code, Severity::Warning, message);
        let several = set.len() > 1;
        let finding = match set.rtype() {
            T::SOA if owner != apex => error(
                codes::SOA_NOT_AT_APEX,
                format!("SOA record at `{owner}`, but the zone's apex is `{apex}`"),
            ),
            T::SOA if several => error(codes::SEVERAL_SOA, "second SOA record".to_owned()),
            T::CNAME if several => error(
                codes::SEVERAL_CNAME,
                format!("`{owner}` is an alias of {} names", set.len()),
            ),
            T::DNAME => {
                self.redirected.get_or_insert(owner);
                if several {
                    error(
                        codes::SEVERAL_DNAME,
                        format!("`{owner}` is redirected to {} names", set.len()),
                    )
                } else if owner.is_wildcard() {
                    warning(
                        codes::WILDCARD_DNAME,
                        format!("DNAME at the wildcard `{owner}`"),
                    )
                } else {
                    return;
                }
            }
            T::NS if owner.is_wildcard() => {
                warning(codes::WILDCARD_NS, format!("NS at the wildcard `{owner}`"))
            }
            T::TXT if several && set.rdata().filter(|octets| is_spf(octets)).count() > 1 => {
                warning(
                    codes::SEVERAL_SPF,
                    format!("`{owner}` has more than one SPF text"),
                )
                .hint("merge them into one")
            }
            _ => return,
        };
        // The last of several is the one that is too many.
        let at = if several {
            set.positions()
                .max_by_key(|at| (at.file, at.line, at.column))
                .unwrap_or_default()
        } else {
            set.position()
        };
        self.note(Part::Owner(at), set, finding);
    }

    /// At and below a delegation little is served.
    fn beyond_cut(&mut self, set: SetRef<'z>, below: bool) {
        let used = match set.rtype() {
            T::NS | T::DS => !below,
            T::NSEC | T::RRSIG => true,
            T::A | T::AAAA => {
                let zone = self.zone;
                let nameservers = self.nameservers.get_or_insert_with(|| nameservers(zone));
                nameservers.contains(set.owner().wire())
            }
            _ => false,
        };
        let Some(cut) = self.cut.filter(|_| !used) else {
            return;
        };
        let finding = Finding::new(
            codes::OCCLUDED,
            Severity::Warning,
            format!("{} record hidden by the delegation of `{cut}`", set.rtype()),
        )
        .hint("move the record into the delegated zone");
        self.note(Part::Owner(set.position()), set, finding);
    }
}

fn nameservers(zone: &super::Zone) -> HashSet<&[u8]> {
    zone.sets()
        .filter(|set| set.rtype() == T::NS)
        .flat_map(SetRef::rdata)
        .flat_map(|octets| rdata::targets(T::NS, octets))
        .map(NameRef::wire)
        .collect()
}

/// Whether `name` ends in the labels of `apex` twice.
pub(super) fn is_repeated(name: NameRef<'_>, apex: NameRef<'_>) -> bool {
    let (wire, labels) = (name.wire(), &apex.wire()[..apex.wire().len() - 1]);
    !labels.is_empty()
        && wire
            .strip_suffix(apex.wire())
            .is_some_and(|own| own.ends_with(labels))
}

/// Whether the text begins with the version of RFC 7208, section 4.5.
fn is_spf(octets: &[u8]) -> bool {
    let text = octets.get(1..).unwrap_or_default();
    text.get(..6)
        .is_some_and(|start| start.eq_ignore_ascii_case(b"v=spf1"))
        && matches!(text.get(6), None | Some(b' '))
}
