//! Where a domain's records come from: a file in hand, a provider's API, a transfer, or questions for the usual names.

use std::time::Instant;

use super::accounts::Member;
use super::files::partial;
use super::guess::guessed;
use super::look::{Look, transferred};
use super::target::{InHand, Target};
use crate::commands::console::Console;
use crate::commands::import::{self, Held, Settled, file_of, settle, take, undecided};
use crate::commands::survey;
use crate::plan::{self, DiffRules, IgnoreRule};
use crate::provider::{ApexNs, ErrorKind, Snapshot, Soa};
use crate::zone::{Finding, Severity, Zone};

/// Who is asked, and how.
pub(super) struct Sources<'a> {
    pub(super) members: &'a [Member],
    pub(super) ignore: &'a [IgnoreRule],
    pub(super) prefer: Option<&'a str>,
    pub(super) deadline: Option<Instant>,
    pub(super) console: &'a Console,
}

/// What a zone file is made of.
pub(super) struct Records {
    /// The zone; nothing where only a part of it is known.
    pub(super) zone: Option<Zone>,
    /// The file to write, as shown, and its text.
    pub(super) file: Option<(String, String)>,
    /// In words.
    pub(super) source: String,
    /// What was left out or made up.
    pub(super) remarks: Vec<String>,
    /// Accounts that cannot be read, and what else is to be said.
    pub(super) findings: Vec<Finding>,
    /// Whether the file says what a provider held, and nothing was decided.
    pub(super) is_imported: bool,
    holders: Vec<String>,
}

impl Records {
    /// Whether the account holds the zone.
    pub(super) fn belongs_to(&self, member: &Member) -> bool {
        self.holders.iter().any(|id| id == member.id())
    }
}

impl Sources<'_> {
    /// The records of the zone. An error where nothing at all is to be found out.
    pub(super) async fn records(
        &self,
        look: &Look,
        target: Target,
    ) -> Result<Records, Vec<Finding>> {
        let (held, findings) = self.held(look).await;
        let mut records = match target.file {
            Some(file) => in_hand(look, file),
            None if !held.is_empty() => self.imported(look, &held).await?,
            None => self.seen_outside(look, &findings).await?,
        };
        records.holders = held.into_iter().map(|one| one.id).collect();
        records.findings.extend(findings);
        Ok(records)
    }

    /// The accounts that have the zone, and those of which nobody knows.
    async fn held(&self, look: &Look) -> (Vec<Held>, Vec<Finding>) {
        let (mut held, mut findings) = (Vec::new(), Vec::new());
        for member in self.members {
            if member.new.is_none() && !member.draft.account.takes(&look.origin) {
                continue;
            }
            let connected = member.connected();
            let provider = match &connected.provider {
                Ok(provider) if provider.follows().is_some() => continue,
                Ok(provider) => provider,
                Err(finding) => {
                    findings.push(missing(member, finding));
                    continue;
                }
            };
            let text = format!("{}: reading {}", look.origin, member.id());
            let _progress = self.console.progress(&text);
            let read = survey::fetch(&**provider, &look.origin, self.deadline).await;
            match &read.held {
                Err(error) if error.kind == ErrorKind::NoSuchZone => continue,
                _ => {}
            }
            match take(self.ignore.to_vec(), &connected, read).await {
                Ok(one) => {
                    held.push(one);
                    if provider.may_write(Some(&look.origin)).await.ok().flatten() == Some(false) {
                        findings.push(read_only(member));
                    }
                }
                Err(finding) => findings.push(finding),
            }
        }
        (held, findings)
    }

    async fn imported(&self, look: &Look, held: &[Held]) -> Result<Records, Vec<Finding>> {
        let zones: Vec<&Zone> = held.iter().map(|one| &one.imported.zone).collect();
        let ids: Vec<&str> = held.iter().map(|one| one.id.as_str()).collect();
        let (zone, is_imported) = match settle(&zones, &ids, self.prefer, self.console).await {
            Settled::Same => (zones[0].clone(), true),
            Settled::Chosen { zone, .. } => (zone, false),
            Settled::Open => return Err(vec![undecided()]),
        };
        let from: Vec<String> = held.iter().map(Held::source).collect();
        let sources: Vec<import::Source<'_>> = held
            .iter()
            .map(|one| import::Source {
                from: one.source(),
                remarks: &one.imported.remarks,
            })
            .collect();
        Ok(Records {
            file: Some(checked(look, &zone, &sources)?),
            zone: Some(zone),
            source: from.join(" and "),
            remarks: held
                .iter()
                .flat_map(|one| one.imported.remarks.clone())
                .collect(),
            findings: Vec::new(),
            is_imported,
            holders: Vec::new(),
        })
    }

    /// What nameservers tell anybody.
    async fn seen_outside(
        &self,
        look: &Look,
        unknown: &[Finding],
    ) -> Result<Records, Vec<Finding>> {
        let why = match transferred(look, self.console).await {
            Ok((zone, whom)) => return self.whole(look, zone, &whom),
            Err(why) => why,
        };
        let text = format!("{}: asking for the usual names", look.origin);
        let (zone, asked) = {
            let _progress = self.console.progress(&text);
            guessed(look, self.deadline).await
        };
        if zone.is_empty() {
            let message = format!(
                "nobody gives the records of `{}`: no account holds it, no transfer ({why}), and no nameserver answers for it",
                look.origin
            );
            let mut findings = look.findings.clone();
            findings.extend_from_slice(unknown);
            findings
                .push(Finding::new("INI04", Severity::Error, message).hint(
                    "give credentials of its provider, or its zone file instead of its name",
                ));
            return Err(findings);
        }
        let remarks = vec![
            "THIS IS NOT THE WHOLE ZONE: nameservers tell only what they are asked for".to_owned(),
            format!("{asked} questions for usual names were asked; every other name is missing"),
            format!("no zone transfer: {why}"),
        ];
        let sources = [import::Source {
            from: "questions to its nameservers".to_owned(),
            remarks: &remarks,
        }];
        let text = import::written(&zone, &sources);
        let shown = partial(&look.origin);
        Ok(Records {
            zone: None,
            source: format!("{asked} questions for usual names"),
            remarks: Vec::new(),
            findings: vec![
                Finding::new("INI05", Severity::Warning, format!("`{shown}` is not the whole zone: nameservers tell only what they are asked for, and allow no transfer ({why})"))
                    .hint("no command takes it for a zone file; compare it with what `redundns import` gets once there are credentials"),
            ],
            file: Some((shown, text)),
            is_imported: false,
            holders: Vec::new(),
        })
    }

    fn whole(&self, look: &Look, zone: Zone, whom: &str) -> Result<Records, Vec<Finding>> {
        let rules = DiffRules {
            apex_ns: ApexNs::Full,
            soa: Soa::Settable,
            ignore: self.ignore.to_vec(),
        };
        let imported = plan::import(&Snapshot::of(zone), &rules, &[]);
        let source = format!("a zone transfer from {whom}");
        let sources = [import::Source {
            from: source.clone(),
            remarks: &imported.remarks,
        }];
        Ok(Records {
            file: Some(checked(look, &imported.zone, &sources)?),
            zone: Some(imported.zone.clone()),
            source,
            remarks: imported.remarks.clone(),
            findings: Vec::new(),
            is_imported: false,
            holders: Vec::new(),
        })
    }
}

fn read_only(member: &Member) -> Finding {
    let message = format!(
        "the credentials of `{}` read, and do not write",
        member.id()
    );
    Finding::new("INI07", Severity::Warning, message)
        .hint("`plan` and `check` need no more, as on pull requests; a `sync` would be refused")
        .provider(member.id())
}

/// An account without what it needs.
fn missing(member: &Member, finding: &Finding) -> Finding {
    let mut own = Finding::new(
        "INI06",
        Severity::Warning,
        format!("`{}` cannot be asked: {}", member.id(), finding.message),
    )
    .provider(member.id());
    own.hint.clone_from(&finding.hint);
    own
}

fn in_hand(look: &Look, file: InHand) -> Records {
    Records {
        zone: Some(file.zone),
        file: file.text.map(|text| (file_of(&look.origin), text)),
        source: format!("the file {}", file.shown),
        remarks: Vec::new(),
        findings: Vec::new(),
        is_imported: false,
        holders: Vec::new(),
    }
}

/// The zone file, which reads back as `zone`.
fn checked(
    look: &Look,
    zone: &Zone,
    sources: &[import::Source<'_>],
) -> Result<(String, String), Vec<Finding>> {
    let text = import::written(zone, sources);
    let shown = file_of(&look.origin);
    import::judge(&text, zone, &shown)
        .map_err(|error| vec![Finding::new("IMP01", Severity::Error, error.to_string())])?;
    Ok((shown, text))
}
