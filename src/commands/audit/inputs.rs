//! What an audit is told beside its targets: the project, if there is one, and the files of its flags.

use std::path::Path;

use crate::audit::AsnTable;
use crate::cli::{Audit, Global};
use crate::commands::roots::{self, records};
use crate::config::{Level, Project, ZoneFile, origin_of, read_zone, unread};
use crate::provider::operator;
use crate::verdict::Nameserver;
use crate::zone::{Finding, Name, RecordType, Severity, Zone};

/// A target that can be audited.
pub(super) struct Subject {
    /// The apex.
    pub(super) zone: Name,
    /// The zone file that it shall be as.
    pub(super) file: Option<(ZoneFile, Zone)>,
    /// What is to be said of its text.
    pub(super) findings: Vec<Finding>,
}

/// Everything that is the same for all targets.
pub(super) struct Inputs {
    pub(super) project: Option<Project>,
    pub(super) hints: Option<Vec<Nameserver>>,
    pub(super) asn: Option<AsnTable>,
    /// The file of names and its text; a name means something below each zone.
    pub(super) names: Option<(String, String)>,
    /// DS and DNSKEY records that are trusted instead of the public root's.
    pub(super) anchors: Option<Zone>,
    /// Where users are told of outages.
    pub(super) page: Option<Name>,
}

impl Inputs {
    /// Reads all files; whatever is wrong with any of them is said at once.
    pub(super) fn read(global: &Global, arguments: &Audit) -> Result<Self, Vec<Finding>> {
        let mut faults = Vec::new();
        let project = match Project::read(global.directory.as_deref()) {
            Ok(project) => Some(project),
            // Without a project there is no policy, which is no fault unless one was named.
            Err(error) if global.directory.is_some() => {
                faults.push(Finding::new("CFG09", Severity::Error, error.message).hint(error.hint));
                None
            }
            Err(_) => None,
        };
        if let Some(project) = &project {
            // Accounts may be broken: nobody of them is asked.
            let mut policy = project.findings.clone();
            policy.retain(|one| one.severity == Severity::Error && one.file == "redundns.toml");
            faults.extend(policy);
            faults.extend(unknown_codes(project));
        }
        let hints = arguments.root_hints.as_deref().and_then(|path| {
            let hints = roots::read(path);
            hints.map_err(|own| faults.extend(own)).ok()
        });
        let mut text = |path: &Option<std::path::PathBuf>| {
            let path = path.as_ref()?;
            let shown = path.display().to_string();
            match std::fs::read_to_string(path) {
                Ok(text) => Some((shown, text)),
                Err(error) => {
                    let message = format!("cannot read it: {error}");
                    let finding = Finding::new("CFG01", Severity::Error, message);
                    faults.push(finding.hint(unread(&error)).at(shown, 1, 1));
                    None
                }
            }
        };
        let anchors = text(&arguments.trust_anchor);
        let asn = text(&arguments.asn);
        let names = text(&arguments.names);
        let anchors = anchors.and_then(|(file, text)| {
            let anchors = trust_anchors(&file, &text);
            anchors.map_err(|own| faults.extend(own)).ok()
        });
        let asn = asn.and_then(|(file, text)| {
            let table = AsnTable::read(&file, &text);
            table.map_err(|own| faults.extend(own)).ok()
        });
        let mut page = None;
        match arguments
            .status_page
            .as_deref()
            .map(|text| (text, Name::absolute(text)))
        {
            None => {}
            Some((_, Ok(name))) => page = Some(name),
            Some((text, Err(error))) => {
                let message = format!("--status-page: `{text}` is no domain: {error}");
                faults.push(
                    Finding::new("CFG09", Severity::Error, message)
                        .hint("name the host of the page alone, such as status.example.net"),
                );
            }
        }
        if faults.is_empty() {
            Ok(Self {
                project,
                hints,
                asn,
                names,
                anchors,
                page,
            })
        } else {
            Err(faults)
        }
    }

    /// Whose a nameserver is: the account that lists it, the operator whose names look like that, else whoever has
    /// the zone that its name stands in. A name within the audited zone tells nothing.
    pub(super) fn owner(&self, zone: &Name, nameserver: &Name) -> Option<String> {
        let accounts = self.project.iter().flat_map(|project| &project.accounts);
        let mut listed = accounts.filter(|account| {
            let mut servers = account.nameservers.iter();
            servers.any(|server| server.name == *nameserver)
        });
        if let Some(account) = listed.next() {
            return Some(account.id.clone());
        }
        if let Some(operator) = operator(nameserver) {
            return Some(operator.name.to_owned());
        }
        let above = nameserver.borrow().parent()?;
        let tells = !above.is_root() && !above.is_at_or_below(zone.borrow());
        tells.then(|| above.to_name().to_string().trim_end_matches('.').to_owned())
    }

    /// How bad a finding of `code` is here, if the project says so.
    pub(super) fn level(&self, code: &str) -> Option<Level> {
        self.project.as_ref()?.policy.audit.get(code).copied()
    }
}

/// Settings for codes that no finding of an audit has.
fn unknown_codes(project: &Project) -> Vec<Finding> {
    let codes = project.policy.audit.keys();
    codes
        .filter(|code| crate::report::explain_text(code).is_none())
        .map(|code| {
            Finding::new(
                "CFG02",
                Severity::Error,
                format!("`[audit] severity`: there is no code `{code}`"),
            )
            .at("redundns.toml", 1, 1)
            .hint("`redundns explain` lists all of them")
        })
        .collect()
}

/// What is worth knowing of targets that are files and could have been meant as domains.
pub(super) fn mistakable(targets: &[String]) -> Vec<String> {
    let is_mistakable = |target: &&String| {
        let path = Path::new(target.as_str());
        let looks_like_one = path.extension().is_none_or(|own| own != "zone");
        looks_like_one && !target.contains('/') && path.is_file()
    };
    let named = targets.iter().filter(is_mistakable);
    named
        .map(|target| {
            format!("`{target}` is a file here, and is compared; `{target}.` is the domain alone")
        })
        .collect()
}

/// The targets, or all that is wrong with any of them.
pub(super) fn subjects(targets: &[String]) -> Result<Vec<Subject>, Vec<Finding>> {
    let mut subjects = Vec::new();
    let mut faults = Vec::new();
    for target in targets {
        match subject(target) {
            Ok(subject) => subjects.push(subject),
            Err(own) => faults.extend(own),
        }
    }
    if faults.is_empty() {
        Ok(subjects)
    } else {
        Err(faults)
    }
}

fn subject(target: &str) -> Result<Subject, Vec<Finding>> {
    let path = Path::new(target);
    if path.is_dir() {
        let message = format!("`{target}` is a directory");
        return Err(vec![Finding::new("CFG09", Severity::Error, message).hint(
            "name a domain or a zone file; `redundns check` takes a project",
        )]);
    }
    if path.is_file() {
        return zone_file(target, path);
    }
    let refused = |why: String| {
        vec![Finding::new("CFG09", Severity::Error, why).hint(
            "name a domain such as example.com, or a zone file such as zones/example.com.zone",
        )]
    };
    if target.contains('/') || path.extension().is_some_and(|own| own == "zone") {
        return Err(refused(format!("there is no file `{target}`")));
    }
    let zone = Name::absolute(target)
        .map_err(|error| refused(format!("`{target}` is no domain: {error}")))?;
    Ok(Subject {
        zone,
        file: None,
        findings: Vec::new(),
    })
}

fn zone_file(target: &str, path: &Path) -> Result<Subject, Vec<Finding>> {
    let origin = origin_of(path).map_err(|error| {
        vec![
            Finding::new(
                "CFG07",
                Severity::Error,
                format!("the file's name is no zone: {error}"),
            )
            .at(target, 1, 1)
            .hint("a zone file is named after its origin: example.com.zone"),
        ]
    })?;
    let file = ZoneFile {
        origin: origin.clone(),
        path: path.to_path_buf(),
        shown: target.to_owned(),
    };
    let here = path.parent().filter(|own| !own.as_os_str().is_empty());
    let parsed = read_zone(&file, here.unwrap_or(Path::new("."))).map_err(|one| vec![one])?;
    if parsed.has_errors() {
        return Err(parsed.findings);
    }
    Ok(Subject {
        zone: origin,
        file: Some((file, parsed.zone)),
        findings: parsed.findings,
    })
}

fn trust_anchors(file: &str, text: &str) -> Result<Zone, Vec<Finding>> {
    let zone = records(file, text)?;
    let is_key = |rtype| matches!(rtype, RecordType::DS | RecordType::DNSKEY);
    let other = zone.sets().find(|set| !is_key(set.rtype()));
    let fault = match other {
        Some(set) => (
            format!("`{}` is neither DS nor DNSKEY", set.key()),
            set.position().line,
        ),
        None if zone.is_empty() => ("no DS or DNSKEY record".to_owned(), 1),
        None => return Ok(zone),
    };
    Err(vec![
        Finding::new("CFG14", Severity::Error, fault.0)
            .at(file, fault.1, 1)
            .hint("write the DS or DNSKEY records of the zone that is trusted, each with a TTL"),
    ])
}
