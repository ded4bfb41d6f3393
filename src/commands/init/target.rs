//! What `init` was asked for: domains, and zone files in hand.

use std::path::{Path, PathBuf};

use crate::cli::Init;
use crate::commands::console::Console;
use crate::commands::import::file_of;
use crate::config::{ZoneFile, origin_of, read_zone, unread};
use crate::zone::{Finding, Name, Severity, Zone};

/// A domain, and its zone file where there is one.
pub(super) struct Target {
    pub(super) origin: Name,
    pub(super) file: Option<InHand>,
}

/// A zone file that somebody has.
pub(super) struct InHand {
    /// Where it lies.
    pub(super) shown: String,
    pub(super) zone: Zone,
    /// The text to copy; nothing where it lies in `zones/` already.
    pub(super) text: Option<String>,
}

/// Reads what was typed, or asks for it.
pub(super) async fn targets(
    arguments: &Init,
    directory: &Path,
    asks: bool,
    console: &Console,
) -> Result<Vec<Target>, Vec<Finding>> {
    let mut typed = arguments.zones.clone();
    if typed.is_empty() && asks {
        let answer = console.question("Which domain? ").await.unwrap_or_default();
        typed.extend(answer.split_whitespace().map(str::to_owned));
    }
    if typed.is_empty() {
        let finding = Finding::new("INI03", Severity::Error, "no domain was named")
            .hint("redundns init example.com, or the path of a zone file");
        return Err(vec![finding]);
    }
    let (mut targets, mut findings): (Vec<Target>, Vec<Finding>) = (Vec::new(), Vec::new());
    for text in &typed {
        match target(text, directory) {
            Ok(target) if targets.iter().any(|other| other.origin == target.origin) => {}
            Ok(target) => targets.push(target),
            Err(more) => findings.extend(more),
        }
    }
    if findings.is_empty() {
        Ok(targets)
    } else {
        Err(findings)
    }
}

fn target(text: &str, directory: &Path) -> Result<Target, Vec<Finding>> {
    let path = Path::new(text);
    if path.is_file() {
        return in_hand(path, directory);
    }
    let bad = |message: String, hint: &str| {
        vec![Finding::new("INI03", Severity::Error, message).hint(hint)]
    };
    if text.contains('/') {
        let message = format!("`{text}` is neither a file nor a domain");
        return Err(bad(
            message,
            "redundns init example.com, or the path of a zone file",
        ));
    }
    if !text.is_ascii() {
        let message = format!("`{text}` is not written as DNS has it");
        return Err(bad(
            message,
            "write its A-labels: xn--…, as the registrar shows them (RFC 5890)",
        ));
    }
    let origin = Name::absolute(text).map_err(|error| {
        bad(
            format!("`{text}` is no domain: {error}"),
            "redundns init example.com",
        )
    })?;
    let own = directory.join(file_of(&origin));
    if own.is_file() {
        return in_hand(&own, directory);
    }
    Ok(Target { origin, file: None })
}

fn in_hand(path: &Path, directory: &Path) -> Result<Target, Vec<Finding>> {
    let shown = path
        .strip_prefix(directory)
        .unwrap_or(path)
        .display()
        .to_string();
    let fail = |message: String| Finding::new("INI03", Severity::Error, message).at(&shown, 1, 1);
    let origin = origin_of(path).map_err(|error| {
        vec![
            fail(format!("the file's name is no zone: {error}"))
                .hint("name it after its origin: example.com.zone"),
        ]
    })?;
    let file = ZoneFile {
        origin: origin.clone(),
        path: path.to_owned(),
        shown: shown.clone(),
    };
    let real = |path: PathBuf| path.canonicalize().ok();
    let is_in_place = real(path.to_owned()).is_some()
        && real(path.to_owned()) == real(directory.join(file_of(&origin)));
    let root = if is_in_place {
        directory
    } else {
        Path::new(".")
    };
    let parsed = read_zone(&file, root).map_err(|finding| vec![finding])?;
    if parsed.has_errors() {
        return Err(parsed.findings);
    }
    let text = if is_in_place {
        None
    } else if parsed.zone.files().len() > 1 {
        return Err(vec![
            fail("it includes other files, which would have to come along".to_owned()).hint(
                format!(
                    "put it at {} yourself, with what it includes",
                    file_of(&origin)
                ),
            ),
        ]);
    } else {
        let text = std::fs::read(path)
            .map_err(|error| vec![fail(format!("cannot read it: {error}")).hint(unread(&error))])?;
        let text = String::from_utf8(text).map_err(|_| {
            let hint = "`iconv -f latin1 -t utf-8` makes it so, or zones/ takes it as it is: put it there yourself";
            vec![fail("it is not UTF-8".to_owned()).hint(hint)]
        })?;
        Some(text)
    };
    Ok(Target {
        origin,
        file: Some(InHand {
            shown,
            zone: parsed.zone,
            text,
        }),
    })
}
