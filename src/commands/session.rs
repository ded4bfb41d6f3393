//! What every command begins with: the project, the accounts that count, the zones that were named.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use super::console::Console;
use super::declared::{own_zones, place};
use super::neighbors::{neighbors, written_down};
pub(super) use super::output::{refuse, refuse_as, rendered, show_findings};
use crate::cli::Global;
use crate::config::{Account, Exception, NoProject, NsPolicy, Project, Shard, ZoneFile, read_zone};
use crate::provider::{Capabilities, Member, fit};
use crate::report::text::plural;
use crate::rollout::journal;
use crate::zone::{Finding, Name, Position, RecordType, Severity, Zone, ZoneBuilder};

/// A project, seen through the global flags.
pub(super) struct Session {
    pub(super) project: Project,
    /// `--provider`; empty means all.
    only: Vec<String>,
    without: Vec<String>,
    /// When `--timeout` strikes.
    pub(super) deadline: Option<Instant>,
    /// What runs on record may have left unserved, read once for all zones.
    unserved: OnceLock<BTreeMap<(String, String), u64>>,
}

/// A zone file, read without an error.
pub(super) struct Loaded {
    pub(super) file: ZoneFile,
    /// What the file says, with the nameservers of `ns = "union"`.
    pub(super) zone: Arc<Zone>,
    /// What an account with a declared exception shall hold instead, by its id.
    own: BTreeMap<String, Arc<Zone>>,
    /// The differences that are declared, those of accounts that take no part included.
    pub(super) exceptions: Vec<Exception>,
    /// Warnings.
    pub(super) findings: Vec<Finding>,
}

impl Loaded {
    /// The accounts that shall hold something else than the file says, and what.
    pub(super) fn own_zones(&self) -> impl Iterator<Item = (&str, &Zone)> {
        self.own.iter().map(|(id, zone)| (id.as_str(), &**zone))
    }

    /// What the account shall hold.
    pub(super) fn zone_of(&self, account: &str) -> Arc<Zone> {
        Arc::clone(self.own.get(account).unwrap_or(&self.zone))
    }
}

impl Session {
    /// Reads the project; configuration findings are kept in it.
    pub(super) fn open(global: &Global) -> Result<Self, NoProject> {
        Ok(Self::of(
            Project::read(global.directory.as_deref())?,
            global,
        ))
    }

    /// Sees a project that is read already.
    pub(super) fn of(project: Project, global: &Global) -> Self {
        Self {
            project,
            only: global.provider.clone(),
            without: global.without.clone(),
            deadline: global.timeout.map(|timeout| Instant::now() + timeout),
            unserved: OnceLock::new(),
        }
    }

    /// The run on record that may have written to a provider what nobody serves, where it has to be told to.
    pub(super) fn unserved(&self, account: &str, zone: &Name) -> Option<u64> {
        let unserved = self
            .unserved
            .get_or_init(|| journal::unserved(&self.project.directory));
        let key = (account.to_owned(), zone.to_string());
        unserved.get(&key).copied()
    }

    /// As [`Self::sound`]; says what is wrong, and gives nothing where there is an error.
    pub(super) fn open_or_say(global: &Global, command: &str, console: &Console) -> Option<Self> {
        let session = Self::sound(global);
        session
            .map_err(|findings| refuse(command, &findings, console))
            .ok()
    }

    /// As [`Self::open`], where neither the configuration nor a flag has an error; everything that is said of them where
    /// one has. What is no error is the report's to say.
    pub(super) fn sound(global: &Global) -> Result<Self, Vec<Finding>> {
        let mut session = Self::open(global).map_err(|error| {
            vec![Finding::new("CFG09", Severity::Error, error.message).hint(error.hint)]
        })?;
        let known = |id: &String| {
            session
                .project
                .accounts
                .iter()
                .any(|account| account.id == *id)
                || session.project.disabled.contains(id)
        };
        let unknown: Vec<&String> = session
            .only
            .iter()
            .chain(&session.without)
            .filter(|id| !known(id))
            .collect();
        let findings: Vec<Finding> = unknown
            .into_iter()
            .map(|id| session.no_such_account(id))
            .collect();
        let off: Vec<Finding> = session
            .only
            .iter()
            .filter(|id| session.project.disabled.contains(id))
            .map(|id| session.no_such_account(id))
            .collect();
        session.project.findings.extend(findings);
        session.project.findings.extend(off);
        if session
            .project
            .findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
        {
            return Err(session.project.findings);
        }
        Ok(session)
    }

    /// Says which accounts there are instead.
    pub(super) fn no_such_account(&self, id: &str) -> Finding {
        let project = &self.project;
        let (message, hint) = if project.disabled.iter().any(|own| own == id) {
            (
                format!("the account `{id}` is not enabled"),
                format!("set `enabled = true` in providers/{id}.toml"),
            )
        } else {
            let ids = project.accounts.iter().map(|own| format!("`{}`", own.id));
            let ids: Vec<String> = ids.collect();
            let hint = match ids.as_slice() {
                [] => {
                    "no account is enabled: write one TOML file for each into providers/".to_owned()
                }
                ids => format!("enabled accounts: {}", ids.join(", ")),
            };
            (format!("there is no account `{id}`"), hint)
        };
        Finding::new("CFG11", Severity::Error, message).hint(hint)
    }

    /// Whether `--provider` and `--without` leave the account in.
    pub(super) fn counts(&self, account: &Account) -> bool {
        !self.leaves_out(&account.id)
    }

    /// Whether `--provider` or `--without` leave out whatever account is called `id`.
    pub(super) fn leaves_out(&self, id: &str) -> bool {
        !self.only.is_empty() && !self.only.iter().any(|own| own == id)
            || self.without.iter().any(|own| own == id)
    }

    /// The zone files that are named, or all, each read once; an error in any is an error of the whole, since a run
    /// that works on some of what was asked for leaves the rest unsaid. What was read is not kept: an estate has
    /// thousands of zones.
    pub(super) fn files(
        &self,
        named: &[String],
        shard: Option<Shard>,
        console: &Console,
    ) -> Result<Vec<ZoneFile>, Vec<Finding>> {
        let (mut files, mut errors) = self.project.zone_files(named);
        keep(&mut files, shard, console);
        errors.extend(
            files
                .iter()
                .filter_map(|file| self.read(file).err())
                .flatten(),
        );
        if errors.is_empty() {
            Ok(files)
        } else {
            Err(errors)
        }
    }

    /// As [`Self::files`], all kept.
    pub(super) fn load(
        &self,
        named: &[String],
        shard: Option<Shard>,
        console: &Console,
    ) -> Result<Vec<Loaded>, Vec<Finding>> {
        let (mut files, mut errors) = self.project.zone_files(named);
        keep(&mut files, shard, console);
        let mut loaded = Vec::new();
        for file in &files {
            match self.read(file) {
                Ok(one) => loaded.push(one),
                Err(findings) => errors.extend(findings),
            }
        }
        if errors.is_empty() {
            Ok(loaded)
        } else {
            Err(errors)
        }
    }

    /// Reads one zone file; where there is an error, everything that is said of it.
    pub(super) fn read(&self, file: &ZoneFile) -> Result<Loaded, Vec<Finding>> {
        let parsed = read_zone(file, &self.project.directory).map_err(|finding| vec![finding])?;
        let mut findings = parsed.findings;
        findings.extend(self.misfits(file, &parsed.zone));
        let is_error = |finding: &Finding| finding.severity == Severity::Error;
        if findings.iter().any(is_error) {
            return Err(findings);
        }
        let zone = self.with_union(parsed.zone);
        let own = own_zones(&self.project, &zone).0.into_iter();
        Ok(Loaded {
            own: own.map(|(id, zone)| (id, Arc::new(zone))).collect(),
            exceptions: self.project.policy.exceptions_of(zone.origin()).to_vec(),
            zone: Arc::new(zone),
            file: file.clone(),
            findings,
        })
    }

    /// What the zone's accounts cannot hold, and what the apex NS set lacks.
    pub(super) fn misfits(&self, file: &ZoneFile, zone: &Zone) -> Vec<Finding> {
        let accounts = self.project.accounts_of(zone.origin());
        if accounts.is_empty() && !self.project.accounts.is_empty() {
            return vec![
                Finding::new(
                    "CFG08",
                    Severity::Warning,
                    format!("no account takes `{}`", zone.origin()),
                )
                .hint("see `zones = […]` in providers/*.toml, and `providers` in redundns.toml")
                .at(&file.shown, 1, 1),
            ];
        }
        let facts: Vec<(Capabilities, Vec<Name>)> = accounts
            .iter()
            .map(|account| {
                let names = account.nameservers.iter().map(|server| server.name.clone());
                (account.capabilities(None), names.collect())
            })
            .collect();
        let members: Vec<Member<'_>> = accounts
            .iter()
            .zip(&facts)
            .map(|(account, (capabilities, nameservers))| Member {
                id: &account.id,
                capabilities,
                nameservers,
                own_apex_ns: account.own_apex_ns,
            })
            .collect();
        let (own, mut findings) = own_zones(&self.project, zone);
        findings.extend(
            fit(zone, &members)
                .iter()
                .filter(|misfit| !own.contains_key(&misfit.provider))
                .map(|misfit| misfit.to_finding(zone)),
        );
        for (id, own) in &own {
            let exceptions: Vec<&Exception> = self
                .project
                .policy
                .exceptions_of(zone.origin())
                .iter()
                .filter(|exception| exception.provider == *id)
                .collect();
            for misfit in fit(own, &members) {
                if misfit.provider != *id {
                    continue;
                }
                let finding = misfit.to_finding(own);
                findings.push(if finding.line == 0 {
                    place(&self.project, finding, &exceptions)
                } else {
                    finding
                });
            }
        }
        let neighbors = neighbors(&written_down(&accounts), &[]).into_iter();
        findings.extend(neighbors.map(|finding| finding.at(&file.shown, 1, 1)));
        if self.project.policy.ns == NsPolicy::File
            && let Some(set) = zone.get(zone.origin().borrow(), RecordType::NS)
        {
            let at = set.position();
            for account in accounts {
                for server in &account.nameservers {
                    if !set
                        .rdata()
                        .any(|rdata| rdata == server.name.borrow().wire())
                    {
                        findings.push(
                            Finding::new(
                                "FIT09",
                                Severity::Warning,
                                format!("the apex NS set lacks `{}` of account `{}`", server.name, account.id),
                            )
                            .hint("a server that is not listed is not asked by resolvers; add it, or set `ns = \"union\"`; where the provider is to leave, let it serve until resolvers forgot it")
                            .at(&file.shown, at.line, at.column)
                            .about(zone.origin(), RecordType::NS)
                            .provider(&account.id),
                        );
                    }
                }
            }
        }
        findings
    }

    fn with_union(&self, zone: Zone) -> Zone {
        if self.project.policy.ns == NsPolicy::File {
            return zone;
        }
        let apex = zone.origin().clone();
        let ttl = zone
            .get(apex.borrow(), RecordType::NS)
            .map_or(3600, |set| set.ttl());
        let mut builder = ZoneBuilder::new(apex.clone());
        for file in zone.files() {
            builder.add_file(file.clone());
        }
        for set in zone.sets() {
            for (rdata, at) in set.rdata().zip(set.positions()) {
                builder.push(set.owner(), set.rtype(), set.ttl(), rdata, at);
            }
        }
        for account in self.project.accounts_of(&apex) {
            for server in &account.nameservers {
                builder.push(
                    apex.borrow(),
                    RecordType::NS,
                    ttl,
                    server.name.borrow().wire(),
                    Position::default(),
                );
            }
        }
        builder.finish()
    }
}

/// Keeps the zone files that belong to a part of the estate. That there is none is no fault, and told.
pub(super) fn keep(files: &mut Vec<ZoneFile>, shard: Option<Shard>, console: &Console) {
    let Some(shard) = shard else { return };
    let all = files.len();
    files.retain(|file| shard.takes(&file.origin));
    console.note(&format!(
        "shard {shard}: {} of {}",
        files.len(),
        plural(all, "zone")
    ));
}

/// The words for a zone that no account takes, or that the flags leave none for.
pub(super) fn nobody_left(zone: &Name) -> (String, &'static str) {
    (
        format!("no provider is left for {zone}"),
        "see `enabled` and `zones = […]` in providers/*.toml, and the flags -p and --without",
    )
}
