//! Rules about the zone as a whole.

use crate::zone::data::Note;
use crate::zone::{Finding, Lookup, NameRef, Position, RecordType, SetRef, Severity, Zone, rdata};

/// Judges `zone`; `notes` are what building it found out.
pub(super) fn lint(zone: &Zone, notes: &[Note], findings: &mut Vec<Finding>) {
    let mut lint = Lint { zone, findings };
    for note in notes {
        lint.note(note);
    }
    lint.apex();
    let mut index = 0;
    while index < zone.len() {
        let owner = zone.set(index).owner();
        let end = (index + 1..zone.len())
            .find(|&next| zone.set(next).owner() != owner)
            .unwrap_or(zone.len());
        lint.owner(index, end);
        index = end;
    }
    lint.below_cuts();
}

struct Lint<'z, 'f> {
    zone: &'z Zone,
    findings: &'f mut Vec<Finding>,
}

impl<'z> Lint<'z, '_> {
    fn say(
        &mut self,
        code: &'static str,
        severity: Severity,
        message: String,
        at: Position,
        set: SetRef<'z>,
    ) -> &mut Finding {
        let file = self
            .zone
            .files()
            .get(usize::from(at.file))
            .cloned()
            .unwrap_or_default();
        let mut finding =
            Finding::new(code, severity, message).at(file, at.line.max(1), at.column.max(1));
        finding = finding.about(set.owner(), set.rtype());
        finding.length = 1;
        let index = self.findings.len();
        self.findings.push(finding);
        &mut self.findings[index]
    }

    fn note(&mut self, note: &Note) {
        let Some(set) = self.zone.get(note.key.owner.borrow(), note.key.rtype) else {
            return;
        };
        match note.other_ttl {
            Some(ttl) => {
                let message = format!(
                    "TTL {ttl} here, {} where the record set begins; {} counts",
                    set.ttl(),
                    set.ttl()
                );
                self.say("ZON17", Severity::Warning, message, note.at, set);
            }
            None => {
                self.say(
                    "ZON18",
                    Severity::Warning,
                    format!("{} is given twice", note.key),
                    note.at,
                    set,
                );
            }
        }
    }

    fn apex(&mut self) {
        let apex = self.zone.origin().clone();
        let first_file = self.zone.files().first().cloned().unwrap_or_default();
        match self.zone.get(apex.borrow(), RecordType::SOA) {
            None => self.findings.push(
                Finding::new("ZON12", Severity::Error, format!("the zone has no SOA at `{apex}`"))
                    .at(&first_file, 1, 1)
                    .about(&apex, RecordType::SOA)
                    .hint("the first record of a zone is its SOA; is the file named after the zone's origin?"),
            ),
            Some(set) if set.len() > 1 => {
                let at = set.positions().max_by_key(|at| (at.file, at.line)).unwrap_or_default();
                self.say("ZON12", Severity::Error, "a second SOA; a zone has one".to_owned(), at, set);
            }
            Some(_) => {}
        }
        if self.zone.get(apex.borrow(), RecordType::NS).is_none() {
            self.findings.push(
                Finding::new(
                    "ZON13",
                    Severity::Error,
                    format!("the zone has no NS set at `{apex}`"),
                )
                .at(&first_file, 1, 1)
                .about(&apex, RecordType::NS)
                .hint("list the nameservers of every provider there"),
            );
        }
    }

    /// The sets from `start` to `end` share an owner.
    fn owner(&mut self, start: usize, end: usize) {
        let zone = self.zone;
        let owner = zone.set(start).owner();
        for set in (start..end).map(|index| zone.set(index)) {
            match set.rtype() {
                RecordType::CNAME => {
                    if set.len() > 1 {
                        let at = last(set);
                        self.say(
                            "ZON14",
                            Severity::Error,
                            format!("several CNAMEs for `{owner}`"),
                            at,
                            set,
                        );
                    }
                    let other = (start..end).map(|index| zone.set(index)).find(|other| {
                        !other.rtype().is_signers()
                            && !matches!(other.rtype(), RecordType::CNAME | RecordType::KEY)
                    });
                    if let Some(other) = other {
                        let message = format!("a CNAME beside {} for `{owner}`", other.rtype());
                        self.say("ZON14", Severity::Error, message, set.position(), set)
                            .hint = Some(
                            "a CNAME stands alone; give the name the target's addresses instead"
                                .to_owned(),
                        );
                    }
                }
                RecordType::DNAME => {
                    if set.len() > 1 {
                        let at = last(set);
                        self.say(
                            "ZON15",
                            Severity::Error,
                            format!("several DNAMEs for `{owner}`"),
                            at,
                            set,
                        );
                    }
                    if let Some(below) = (end < zone.len())
                        .then(|| zone.set(end))
                        .filter(|next| next.owner().is_at_or_below(owner))
                    {
                        let message =
                            format!("`{}` lies below the DNAME of `{owner}`", below.owner());
                        self.say("ZON15", Severity::Error, message, below.position(), below);
                    }
                }
                RecordType::SOA if owner != zone.origin().borrow() => {
                    self.say(
                        "ZON12",
                        Severity::Error,
                        "a SOA below the apex".to_owned(),
                        set.position(),
                        set,
                    );
                }
                RecordType::NS if owner.is_wildcard() => {
                    self.say(
                        "ZON24",
                        Severity::Warning,
                        "a wildcard NS set does not delegate".to_owned(),
                        set.position(),
                        set,
                    );
                }
                RecordType::TXT => self.spf(set),
                _ => {}
            }
            if has_targets(set.rtype()) {
                self.targets(set);
            }
        }
    }

    fn spf(&mut self, set: SetRef<'z>) {
        let is_spf = |data: &[u8]| {
            data.get(1..)
                .is_some_and(|text| text.starts_with(b"v=spf1"))
        };
        if set.len() > 1 && set.rdata().filter(|data| is_spf(data)).count() > 1 {
            let message = format!(
                "several SPF records for `{}`; receivers then take none",
                set.owner()
            );
            self.say("ZON23", Severity::Warning, message, set.position(), set);
        }
    }

    fn targets(&mut self, set: SetRef<'z>) {
        let apex = self.zone.origin().borrow();
        for (data, at) in set.rdata().zip(set.positions()) {
            for target in rdata::targets(set.rtype(), data) {
                if target.is_root() || target == set.owner() && is_service(set.rtype()) {
                    continue;
                }
                if target.is_at_or_below(apex) {
                    self.target_in_zone(set, at, target);
                } else if looks_like_address(target) {
                    let message = format!(
                        "the target `{target}` is an address; {} wants a name",
                        set.rtype()
                    );
                    self.say("ZON21", Severity::Warning, message, at, set);
                }
            }
        }
    }

    fn target_in_zone(&mut self, set: SetRef<'z>, at: Position, target: NameRef<'_>) {
        let rtype = set.rtype();
        let wants_address = matches!(rtype, RecordType::NS | RecordType::MX | RecordType::SRV);
        let found = match self.zone.lookup(target, RecordType::A) {
            Lookup::Records { .. } | Lookup::Referral { .. } | Lookup::Dname { .. } => return,
            Lookup::Alias { .. } => Target::Alias,
            Lookup::NoData { .. } if !wants_address => return,
            Lookup::NoData { .. } => match self.zone.lookup(target, RecordType::AAAA) {
                Lookup::Records { .. } => return,
                _ => Target::NoAddress,
            },
            Lookup::NxDomain | Lookup::NotInZone => Target::Missing,
        };
        let (code, severity, message) = match (found, rtype) {
            (Target::Alias, RecordType::NS) => (
                "ZON16",
                Severity::Error,
                format!("the nameserver `{target}` is a CNAME"),
            ),
            (Target::Alias, RecordType::MX | RecordType::SRV) => (
                "ZON20",
                Severity::Warning,
                format!("the target `{target}` is a CNAME"),
            ),
            (Target::Alias, _) => return,
            (_, RecordType::NS) => (
                "ZON16",
                Severity::Error,
                format!("the nameserver `{target}` has no address in the zone"),
            ),
            (Target::NoAddress, _) => (
                "ZON19",
                Severity::Warning,
                format!("the target `{target}` has no address"),
            ),
            (Target::Missing, _) => (
                "ZON19",
                Severity::Warning,
                format!("the target `{target}` does not exist"),
            ),
        };
        let repeated = repeats_origin(target, self.zone.origin().borrow());
        let finding = self.say(code, severity, message, at, set);
        if repeated {
            finding.hint =
                Some("is a final dot missing? a name without one is below $ORIGIN".to_owned());
        }
    }

    /// Data below a zone cut that is not glue.
    fn below_cuts(&mut self) {
        let zone = self.zone;
        let apex = zone.origin().borrow();
        let mut cut: Option<SetRef<'z>> = None;
        for set in zone.sets() {
            if let Some(above) = cut {
                if set.owner().is_at_or_below(above.owner()) {
                    let glue = matches!(set.rtype(), RecordType::A | RecordType::AAAA);
                    let at_cut = set.owner() == above.owner();
                    let fine = if at_cut {
                        matches!(set.rtype(), RecordType::NS | RecordType::DS)
                            || glue
                            || set.rtype().is_signers()
                    } else {
                        glue || set.rtype().is_signers()
                    };
                    if !fine {
                        let message = format!(
                            "{} {} is hidden below the delegation of `{}`",
                            set.owner(),
                            set.rtype(),
                            above.owner()
                        );
                        self.say("ZON22", Severity::Warning, message, set.position(), set);
                    }
                    continue;
                }
                cut = None;
            }
            if set.rtype() == RecordType::NS && set.owner() != apex && !set.owner().is_wildcard() {
                cut = Some(set);
            }
        }
    }
}

enum Target {
    Alias,
    NoAddress,
    Missing,
}

fn last(set: SetRef<'_>) -> Position {
    set.positions()
        .max_by_key(|at| (at.file, at.line))
        .unwrap_or_default()
}

fn has_targets(rtype: RecordType) -> bool {
    matches!(
        rtype,
        RecordType::NS
            | RecordType::CNAME
            | RecordType::MX
            | RecordType::SRV
            | RecordType::SVCB
            | RecordType::HTTPS
            | RecordType::PTR
    )
}

fn is_service(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::SVCB | RecordType::HTTPS)
}

/// Four labels of digits, as in `192.0.2.1.`
fn looks_like_address(name: NameRef<'_>) -> bool {
    let digits = |label: &[u8]| label.len() <= 3 && label.iter().all(u8::is_ascii_digit);
    name.labels().count() == 4 && name.labels().all(digits)
}

/// `mail.example.com.example.com.`
fn repeats_origin(name: NameRef<'_>, origin: NameRef<'_>) -> bool {
    let (name, origin) = (name.wire(), origin.wire());
    let labels = &origin[..origin.len() - 1];
    name.len() >= labels.len() + origin.len() && name[..name.len() - origin.len()].ends_with(labels)
}
