//! Zone files: which there are, and reading one with what it includes.

use std::path::{Path, PathBuf};

use super::{CODES, shown, unread};
use crate::zone::{Finding, Includes, Name, Parsed, Severity, Source, parse};

/// One file of `zones/`.
#[derive(Clone, Debug)]
pub struct ZoneFile {
    /// The zone's origin: the file's name.
    pub origin: Name,
    /// The file.
    pub path: PathBuf,
    /// As shown to people: relative to the project.
    pub shown: String,
}

/// The files of `directory` with `extension`, sorted by name.
pub(super) fn files_in(
    directory: &Path,
    extension: &str,
    findings: &mut Vec<Finding>,
) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) => {
            let message = format!("cannot list `{}`: {error}", directory.display());
            findings.push(Finding::new(CODES[0].0, Severity::Error, message).hint(unread(&error)));
            return Vec::new();
        }
    };
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|own| own == extension) && path.is_file())
        .filter(|path| {
            !path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with('.'))
        })
        .collect();
    files.sort();
    files
}

pub(super) fn list(directory: &Path, named: &[String]) -> (Vec<ZoneFile>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut files = Vec::new();
    for path in files_in(&directory.join("zones"), "zone", &mut findings) {
        let shown = shown(directory, &path);
        match origin_of(&path) {
            Ok(origin) if files.iter().any(|file: &ZoneFile| file.origin == origin) => findings
                .push(
                    Finding::new(
                        "CFG07",
                        Severity::Error,
                        format!("another file has the zone `{origin}` already"),
                    )
                    .at(shown, 1, 1)
                    .hint(
                        "a zone has one file; names of files are compared without regard to case",
                    ),
                ),
            Ok(origin) => files.push(ZoneFile {
                origin,
                path,
                shown,
            }),
            Err(error) => findings.push(
                Finding::new(
                    "CFG07",
                    Severity::Error,
                    format!("the file's name is no zone: {error}"),
                )
                .at(shown, 1, 1)
                .hint("a zone file is named after its origin: example.com.zone"),
            ),
        }
    }
    if files.is_empty() && findings.is_empty() {
        findings.push(
            Finding::new("CFG09", Severity::Error, "the project has no zones").hint(
                "put a zone file into zones/, named after its origin: zones/example.com.zone",
            ),
        );
    }
    if named.is_empty() {
        return (files, findings);
    }
    let mut chosen: Vec<ZoneFile> = Vec::new();
    for text in named {
        let found = Name::absolute(text)
            .ok()
            .and_then(|origin| files.iter().find(|file| file.origin == origin));
        match found {
            Some(file) if chosen.iter().any(|other| other.origin == file.origin) => {}
            Some(file) => chosen.push(file.clone()),
            None => {
                let have: Vec<String> = files.iter().map(|file| file.origin.to_string()).collect();
                findings.push(
                    Finding::new(
                        "CFG09",
                        Severity::Error,
                        format!("there is no zone file for `{text}`"),
                    )
                    .hint(format!("zones here: {}", have.join(", "))),
                );
            }
        }
    }
    (chosen, findings)
}

/// The origin that a file's name gives.
pub fn origin_of(path: &Path) -> Result<Name, String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let stem = name.strip_suffix(".zone").unwrap_or(&name);
    let stem = if stem == "root" { "." } else { stem };
    Name::absolute(stem).map_err(|error| error.to_string())
}

/// Reads one zone file; `root` is the directory that `$INCLUDE` must not leave.
pub fn read_zone(file: &ZoneFile, root: &Path) -> Result<Parsed, Finding> {
    let text = std::fs::read(&file.path).map_err(|error| {
        Finding::new(
            "CFG01",
            Severity::Error,
            format!("cannot read the zone file: {error}"),
        )
        .hint(unread(&error))
        .at(&file.shown, 1, 1)
    })?;
    let includes = Files { root, file };
    Ok(parse(
        &Source {
            name: &file.shown,
            text: &text,
        },
        file.origin.clone(),
        &includes,
    ))
}

/// `$INCLUDE` from files, relative to the including file and inside of the project.
struct Files<'a> {
    root: &'a Path,
    /// Where the zone begins; how it is shown need not be relative to `root`.
    file: &'a ZoneFile,
}

impl Includes for Files<'_> {
    fn load(&self, from: &str, path: &str) -> Result<(String, Vec<u8>), String> {
        let including = if from == self.file.shown {
            self.file.path.clone()
        } else {
            self.root.join(from)
        };
        let target = including.parent().unwrap_or(self.root).join(path);
        let real = target
            .canonicalize()
            .map_err(|error| format!("cannot read `{path}`: {error}"))?;
        let root = self
            .root
            .canonicalize()
            .map_err(|error| format!("cannot read `{path}`: {error}"))?;
        if !real.starts_with(&root) {
            return Err(format!("`{path}` lies outside of the project directory"));
        }
        let text =
            std::fs::read(&real).map_err(|error| format!("cannot read `{path}`: {error}"))?;
        Ok((shown(&root, &real), text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_files_of_one_zone_are_an_error() {
        let project = tempfile::tempdir().expect("a directory");
        let zones = project.path().join("zones");
        std::fs::create_dir(&zones).expect("created");
        for file in ["example.com.zone", "Example.COM.zone"] {
            std::fs::write(zones.join(file), "").expect("written");
        }
        for named in [&[][..], &["example.com".to_owned()]] {
            let (_, findings) = list(project.path(), named);
            assert_eq!(findings.len(), 1, "{findings:?}");
            assert_eq!(findings[0].severity, Severity::Error);
        }
    }
}
