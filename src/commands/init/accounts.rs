//! The accounts of a project to be: those that are there, and those that what was seen asks for.

use std::path::Path;

use super::look::Look;
use crate::adapters::{ADAPTERS, AccountKey, Adapter, adapter};
use crate::cli::Init;
use crate::commands::fleet::Connected;
use crate::config::{Account, Draft, NamedAddress};
use crate::provider::OPERATORS;
use crate::zone::{Finding, Name, Severity};

/// Adapters that need no vendor, so that nobody's credentials point to them.
const OWN: [&str; 5] = ["embedded", "exec", "powerdns", "rfc2136", "secondary"];

/// An account, and what there is to write of it.
pub(super) struct Member {
    pub(super) draft: Draft,
    /// The file's lines; nothing where it is there already.
    pub(super) new: Option<Vec<String>>,
}

impl Member {
    pub(super) fn id(&self) -> &str {
        &self.draft.account.id
    }

    pub(super) fn connected(&self) -> Connected<'_> {
        Connected {
            account: &self.draft.account,
            provider: self.draft.provider.clone(),
        }
    }

    /// The variables that it needs: where one was found, that one, else the best known.
    pub(super) fn variables(&self) -> Vec<String> {
        let credentials = self.draft.credentials.iter();
        let named = credentials.filter_map(|one| one.found.as_ref().or(one.usual.first()));
        named.cloned().collect()
    }

    /// The file of a new account that shall hold `zones`.
    pub(super) fn text(&self, zones: &[&Name]) -> Option<String> {
        let zones: Vec<String> = zones.iter().map(|zone| quoted(zone)).collect();
        let lines = self.new.as_ref()?;
        Some(format!(
            "{}\nzones = [{}]\n",
            lines.join("\n"),
            zones.join(", ")
        ))
    }
}

fn quoted(name: &Name) -> String {
    let name = name.to_string();
    let name = if name == "." {
        "."
    } else {
        name.trim_end_matches('.')
    };
    toml::Value::String(name.to_owned()).to_string()
}

/// What the command line says of accounts.
#[derive(Default)]
pub(super) struct Typed {
    /// Of nameservers whose names tell nothing.
    adapter: Option<&'static Adapter>,
    second: Option<&'static Adapter>,
    /// Lines of the account of that adapter, or of the second one where it is the only one named.
    lines: Vec<String>,
}

impl Typed {
    /// Everything that is wrong with it, at once.
    pub(super) fn of(arguments: &Init) -> Result<Self, Vec<Finding>> {
        let mut findings = Vec::new();
        let mut named = |name: &Option<String>| {
            let name = name.as_ref()?;
            let found = adapter(name);
            if found.is_none() {
                let names: Vec<&str> = ADAPTERS.iter().map(|adapter| adapter.name).collect();
                findings.push(
                    Finding::new("INI03", Severity::Error, format!("`{name}` is no adapter"))
                        .hint(format!("adapters: {}", names.join(", "))),
                );
            }
            found
        };
        let (adapter, second) = (named(&arguments.adapter), named(&arguments.second));
        let lines = settings(&arguments.set, &mut findings);
        if !lines.is_empty() && arguments.adapter.is_none() && arguments.second.is_none() {
            findings.push(
                Finding::new("INI03", Severity::Error, "`--set` goes with an adapter, and none is named")
                    .hint("--adapter ADAPTER for whoever serves the zone, --second ADAPTER for another one"),
            );
        }
        if findings.is_empty() {
            Ok(Self {
                adapter,
                second,
                lines,
            })
        } else {
            Err(findings)
        }
    }

    /// Nothing but a second provider.
    pub(super) fn second(name: &str) -> Self {
        Self {
            second: adapter(name),
            ..Self::default()
        }
    }

    /// Whether the account is for every domain, since somebody named its adapter.
    pub(super) fn names(&self, member: &Member) -> bool {
        let name = member.draft.account.adapter.name;
        let mut named = self.adapter.iter().chain(&self.second);
        named.any(|adapter| adapter.name == name)
    }
}

/// The accounts that are there, one for each operator whose API is known, and those that were asked for.
pub(super) fn members(
    accounts: Vec<Account>,
    disabled: &[String],
    looks: &[Look],
    typed: &Typed,
    given: &[NamedAddress],
    directory: &Path,
) -> Result<Vec<Member>, Vec<Finding>> {
    let mut members: Vec<Member> = accounts
        .into_iter()
        .map(|account| Member {
            draft: Draft::of(account, directory),
            new: None,
        })
        .collect();
    let mut findings = Vec::new();
    let mut wanted: Vec<Wanted> = Vec::new();
    if let Some(adapter) = typed.adapter {
        let mut own = Wanted::new(adapter, "Named on the command line".to_owned());
        own.lines.extend_from_slice(&typed.lines);
        if !own.says("nameservers") {
            own.lines.extend(nameservers(looks, given, &members));
        }
        wanted.push(own);
    }
    for operator in OPERATORS {
        let served = looks.iter().find(|look| {
            let mut operators = look.operators().into_iter();
            operators.any(|(own, _)| own == Some(operator))
        });
        let known = operator.adapter.and_then(adapter);
        if let (Some(look), Some(adapter)) = (served, known) {
            let seen = format!(
                "{}, by the names of the nameservers of {}",
                operator.name, look.origin
            );
            wanted.push(Wanted::new(adapter, seen));
        }
    }
    if let Some(adapter) = typed.second {
        if let [only] = &*members
            && only.draft.account.adapter.name == adapter.name
        {
            return Err(vec![no_second(only)]);
        }
        let mut own = Wanted::new(adapter, "The second provider".to_owned());
        if typed.adapter.is_none() {
            own.lines.extend_from_slice(&typed.lines);
        }
        if adapter.keys.contains(&AccountKey::CREATE) && !own.says("create") {
            own.lines.push("create = true".to_owned());
        }
        wanted.push(own);
    }
    for one in wanted {
        let mut there = members.iter();
        if let Some(member) =
            there.find(|member| member.draft.account.adapter.name == one.adapter.name)
        {
            findings.extend(in_vain(member, &one, &typed.lines));
            continue;
        }
        match one.member(disabled, directory) {
            Ok(member) => members.push(member),
            Err(more) => findings.extend(more),
        }
    }
    if findings.is_empty() {
        Ok(members)
    } else {
        Err(findings)
    }
}

/// An account that is to be.
struct Wanted {
    adapter: &'static Adapter,
    why: String,
    lines: Vec<String>,
}

impl Wanted {
    fn new(adapter: &'static Adapter, why: String) -> Self {
        Self {
            adapter,
            why,
            lines: Vec::new(),
        }
    }

    /// Whether one of the lines is of the key.
    fn says(&self, key: &str) -> bool {
        let keys = self.lines.iter().filter_map(|line| line.split_once('='));
        keys.into_iter().any(|(own, _)| own.trim() == key)
    }

    fn member(self, disabled: &[String], directory: &Path) -> Result<Member, Vec<Finding>> {
        let name = self.adapter.name;
        let mut id = name.to_owned();
        let mut number = 1;
        while disabled.contains(&id) {
            number += 1;
            id = format!("{name}-{number}");
        }
        let mut lines = vec![format!("adapter = \"{name}\"")];
        lines.extend(self.lines);
        let unfit = |finding| unfit(finding, self.adapter);
        let draft = Draft::read(&id, &lines.join("\n"), directory);
        let draft = draft.map_err(|all| all.into_iter().map(unfit).collect::<Vec<_>>())?;
        // Credentials may come later; what is written wrong, such as a secret itself, goes into no file.
        if let Err(finding) = &draft.provider
            && finding.code != "CFG05"
        {
            return Err(vec![unfit(finding.clone())]);
        }
        let mut head = vec![
            format!("# {}.", self.why),
            format!("# {}", self.adapter.docs),
        ];
        let found = draft
            .credentials
            .iter()
            .filter_map(|one| one.found.as_deref());
        let found: Vec<&str> = found.collect();
        if !found.is_empty() {
            head.push(format!(
                "# Credentials: {} of the environment.",
                found.join(", ")
            ));
        }
        head.extend(lines);
        Ok(Member {
            draft,
            new: Some(head),
        })
    }
}

/// What was typed for an account that is there and says otherwise: its file stays as it is.
fn in_vain(member: &Member, wanted: &Wanted, typed: &[String]) -> Option<Finding> {
    let account = &member.draft.account;
    let is_lost = |line: &&String| wanted.lines.contains(line) && !account.says(line);
    let keys = typed.iter().filter(is_lost);
    let keys: Vec<&str> = keys.filter_map(|line| line.split(" =").next()).collect();
    let key = keys.first()?;
    let message = format!(
        "`--set {key}` would count for nothing: the account `{}` is there, and says otherwise",
        account.id
    );
    let hint = format!(
        "edit providers/{}.toml, or remove it to have it written anew",
        account.id
    );
    Some(Finding::new("INI03", Severity::Error, message).hint(hint))
}

/// The only provider is no second one.
fn no_second(only: &Member) -> Finding {
    let id = only.id();
    let message = format!("`{id}` is the provider that is there, and no second one");
    let hint = format!(
        "name another adapter; for a second installation of the same kind copy providers/{id}.toml under another \
         name, and change what differs"
    );
    Finding::new("INI03", Severity::Error, message).hint(hint)
}

/// What is wrong with an account that no file has yet.
fn unfit(finding: Finding, adapter: &Adapter) -> Finding {
    let message = format!("an account of `{}`: {}", adapter.name, finding.message);
    let hint = finding.hint.unwrap_or_else(|| {
        let keys: Vec<&str> = adapter.keys.iter().map(|key| key.name).collect();
        format!(
            "give each key as --set KEY=VALUE: {} ({})",
            keys.join(", "),
            adapter.docs
        )
    });
    Finding::new("INI03", Severity::Error, message).hint(hint)
}

/// `KEY=VALUE` as TOML: what is no TOML value is a string.
fn settings(given: &[String], findings: &mut Vec<Finding>) -> Vec<String> {
    let mut lines = Vec::new();
    for text in given {
        let Some((key, value)) = text.split_once('=') else {
            findings.push(
                Finding::new(
                    "INI03",
                    Severity::Error,
                    format!("`--set {text}` has no `=`"),
                )
                .hint("write --set KEY=VALUE, e.g. --set endpoint=http://127.0.0.1:8081"),
            );
            continue;
        };
        let as_is = format!("{} = {}", key.trim(), value.trim());
        lines.push(if as_is.parse::<toml::Table>().is_ok() {
            as_is
        } else {
            let value = toml::Value::String(value.trim().to_owned());
            format!("{} = {value}", key.trim())
        });
    }
    lines
}

/// The nameservers whose operator nobody recognises and no other account lists, with the addresses that were given.
fn nameservers(looks: &[Look], given: &[NamedAddress], members: &[Member]) -> Option<String> {
    let is_listed = |name: &Name| {
        let mut all = members
            .iter()
            .flat_map(|member| &member.draft.account.nameservers);
        all.any(|server| server.name == *name)
    };
    let mut names: Vec<&Name> = Vec::new();
    for (operator, own) in looks.iter().flat_map(Look::operators) {
        for name in own {
            if operator.is_none() && !names.contains(&name) && !is_listed(name) {
                names.push(name);
            }
        }
    }
    let line = |name: &&Name| {
        let own = given.iter().filter(|one| one.name == **name);
        let addresses: Vec<String> = own.map(|one| format!("\"{}\"", one.address)).collect();
        if addresses.is_empty() {
            format!("  {{ name = \"{name}\" }},")
        } else {
            format!(
                "  {{ name = \"{name}\", addresses = [{}] }},",
                addresses.join(", ")
            )
        }
    };
    let lines: Vec<String> = names.iter().map(line).collect();
    (!lines.is_empty()).then(|| format!("nameservers = [\n{}\n]", lines.join("\n")))
}

/// The adapters, other than those in use, for whose vendor the environment has credentials; and the variables.
pub(super) fn at_hand(members: &[Member], directory: &Path) -> Vec<(&'static str, Vec<String>)> {
    let in_use = |name: &str| {
        members
            .iter()
            .any(|one| one.draft.account.adapter.name == name)
    };
    ADAPTERS
        .iter()
        .filter(|adapter| !OWN.contains(&adapter.name) && !in_use(adapter.name))
        .filter_map(|adapter| {
            let text = format!("adapter = \"{}\"", adapter.name);
            let draft = Draft::read(adapter.name, &text, directory).ok()?;
            let found = draft.credentials.iter().filter_map(|one| one.found.clone());
            draft
                .has_credentials()
                .then(|| (adapter.name, found.collect()))
        })
        .collect()
}
