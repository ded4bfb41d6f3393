//! Rules about the names that records point to.

use super::super::parse::Part;
use super::super::{Finding, NameRef, Position, RecordType as T, SetRef, Severity, codes, rdata};
use super::Lint;
use super::owners::is_repeated;

/// What the zone knows about a name in it.
enum Standing {
    /// Address records.
    Addresses,
    /// An alias.
    Alias,
    /// Neither of them, but something.
    Other,
    /// Below a delegation or a DNAME: other zones know.
    Elsewhere,
    /// Nothing, or only names below it.
    Nothing,
}

impl<'z> Lint<'z, '_> {
    pub(super) fn targets(&mut self, set: SetRef<'z>) {
        if !matches!(
            set.rtype(),
            T::NS | T::CNAME | T::MX | T::SRV | T::SVCB | T::HTTPS
        ) {
            return;
        }
        for (octets, at) in set.rdata().zip(set.positions()) {
            for target in rdata::targets(set.rtype(), octets) {
                self.target(set, target, at);
            }
        }
    }

    fn target(&mut self, set: SetRef<'z>, target: NameRef<'z>, at: Position) {
        let apex = self.zone.origin().borrow();
        let rtype = set.rtype();
        let part = || Part::Target(at, target.to_name());
        if is_address(target) {
            let finding = Finding::new(
                codes::ADDRESS_AS_NAME,
                Severity::Warning,
                format!("{rtype} points to `{target}`, which looks like an address"),
            )
            .hint("give the address a name of its own with an A or AAAA record, and point to that");
            self.note(part(), set, finding);
            return;
        }
        if !target.is_at_or_below(apex) {
            return;
        }
        let standing = self.standing(target);
        let is_apex = set.owner() == apex;
        let finding = match (rtype, standing) {
            (T::NS, Standing::Alias) => Finding::new(
                codes::NS_IS_ALIAS,
                Severity::Error,
                format!("nameserver `{target}` is an alias"),
            )
            .hint("give it A or AAAA records instead of the CNAME"),
            (T::MX | T::SRV, Standing::Alias) => Finding::new(
                codes::TARGET_IS_ALIAS,
                Severity::Warning,
                format!("{rtype} points to `{target}`, which is an alias"),
            )
            .hint("point to the name that has the addresses"),
            // A nameserver that nobody can find leaves nothing to ask: the zone at its apex, a child below its cut.
            (T::NS, Standing::Other | Standing::Nothing | Standing::Elsewhere)
                if is_apex || target.is_at_or_below(set.owner()) =>
            {
                Finding::new(
                    codes::NS_WITHOUT_ADDRESS,
                    Severity::Error,
                    format!("nameserver `{target}` has no address record"),
                )
                .hint(self.missing(target, "add an A or AAAA record for it"))
            }
            (_, Standing::Nothing) if is_repeated(target, apex) => Finding::new(
                codes::FINAL_DOT,
                Severity::Warning,
                format!("{rtype} points to `{target}`, with the zone's name in it twice"),
            )
            .hint("a name without a final dot is relative to the origin; end it with a dot"),
            (_, Standing::Nothing) => Finding::new(
                codes::DANGLING,
                Severity::Warning,
                format!("{rtype} points to `{target}`, which does not exist"),
            )
            .hint(self.missing(target, "add it, or point elsewhere")),
            (T::NS | T::MX | T::SRV, Standing::Other) => Finding::new(
                codes::DANGLING,
                Severity::Warning,
                format!("{rtype} points to `{target}`, which has no address"),
            )
            .hint("add an A or AAAA record for it"),
            _ => return,
        };
        self.note(part(), set, finding);
    }

    /// A hint that thinks of the final dot where the relative part looks like a whole name.
    fn missing(&self, target: NameRef<'_>, otherwise: &str) -> String {
        let relative = target.relative_to(self.zone.origin().borrow());
        if relative.contains('.') {
            format!("{otherwise}; if `{relative}.` is meant, write it with the final dot")
        } else {
            otherwise.to_owned()
        }
    }

    fn standing(&self, target: NameRef<'z>) -> Standing {
        if let Some(known) = self.known(target) {
            return known;
        }
        // RFC 4592: the closest name that exists decides, by what stands above it and by its wildcard.
        let closest = self.closest(target);
        if let Some(elsewhere) = self.delegated(closest) {
            return elsewhere;
        }
        if closest == target {
            return Standing::Nothing;
        }
        let wildcard = closest.child(b"*").ok();
        wildcard
            .and_then(|wildcard| self.known(wildcard.borrow()))
            .unwrap_or(Standing::Nothing)
    }

    /// The longest name at or above `target` that exists, if only because of names below it: one that a neighbor in
    /// canonical order is below.
    fn closest(&self, target: NameRef<'z>) -> NameRef<'z> {
        let next = self.zone.lower_bound(target, T(0));
        let neighbors = [next.checked_sub(1), Some(next)].map(|index| {
            index
                .filter(|&index| index < self.zone.len())
                .map(|index| self.zone.set(index).owner())
        });
        let apex = self.zone.origin().borrow();
        let mut name = target;
        while name != apex {
            let exists = neighbors.iter().flatten().any(|neighbor| {
                neighbor.wire().ends_with(name.wire()) && neighbor.is_at_or_below(name)
            });
            match name.parent() {
                Some(parent) if !exists => name = parent,
                _ => break,
            }
        }
        name
    }

    /// What stands at the very name.
    fn known(&self, name: NameRef<'_>) -> Option<Standing> {
        let mut known = None;
        for set in self.at(name) {
            match set.rtype() {
                T::A | T::AAAA => return Some(Standing::Addresses),
                T::CNAME => return Some(Standing::Alias),
                T::NS if name != self.zone.origin().borrow() => known = Some(Standing::Elsewhere),
                _ => known = known.or(Some(Standing::Other)),
            }
        }
        known
    }

    /// Whether `name` or something above it is delegated or redirected.
    fn delegated(&self, name: NameRef<'_>) -> Option<Standing> {
        let apex = self.zone.origin().borrow();
        let mut name = Some(name);
        while let Some(here) = name.filter(|name| *name != apex) {
            if self.at(here).any(|set| is_exit(set, here, apex)) {
                return Some(Standing::Elsewhere);
            }
            name = here.parent();
        }
        None
    }
}

fn is_exit(set: SetRef<'_>, owner: NameRef<'_>, apex: NameRef<'_>) -> bool {
    set.rtype() == T::DNAME || set.rtype() == T::NS && owner != apex
}

/// Whether the first labels are an IPv4 address, or the first one has a colon as in an IPv6 address.
fn is_address(name: NameRef<'_>) -> bool {
    let is_octet = |label: &[u8]| {
        label.len() <= 3
            && label.iter().all(u8::is_ascii_digit)
            && label
                .iter()
                .fold(0, |value, digit| value * 10 + u32::from(digit - b'0'))
                < 256
    };
    let mut labels = name.labels();
    match labels.next() {
        Some(first) if is_octet(first) => {
            labels.take(3).filter(|label| is_octet(label)).count() == 3
        }
        Some(first) => first.contains(&b':'),
        None => false,
    }
}
