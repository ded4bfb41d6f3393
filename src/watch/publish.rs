//! The files of the status page, each of which appears whole or stays as it was.

use std::io::{self, Write as _};
use std::path::{Component, Path};

use tempfile::Builder;

/// Writes them into `directory`, which is made where it is missing.
pub fn publish(directory: &Path, files: &[(String, Vec<u8>)]) -> io::Result<()> {
    for (name, content) in files {
        let path = directory.join(name);
        let is_inside = Path::new(name)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        if !is_inside {
            return Err(io::Error::other(format!("`{name}` is no name of a page")));
        }
        let beside = path.parent().unwrap_or(directory);
        std::fs::create_dir_all(beside)?;
        let mut builder = Builder::new();
        builder.prefix(".new-");
        readable(&mut builder);
        let mut waiting = builder.tempfile_in(beside)?;
        waiting.write_all(content)?;
        waiting.persist(&path).map_err(|error| error.error)?;
    }
    Ok(())
}

/// The public reads it.
#[cfg(unix)]
fn readable(builder: &mut Builder<'_, '_>) {
    use std::os::unix::fs::PermissionsExt;
    builder.permissions(std::fs::Permissions::from_mode(0o644));
}

#[cfg(not(unix))]
fn readable(_: &mut Builder<'_, '_>) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_replace_what_was_there_and_stay_inside() {
        let directory = tempfile::tempdir().expect("a directory");
        let page = directory.path().join("public");
        let files = |text: &str| {
            ["index.html", "incidents/one.html"].map(|name| (name.to_owned(), text.into()))
        };
        publish(&page, &files("one")).expect("written");
        publish(&page, &files("two")).expect("written");
        for name in ["index.html", "incidents/one.html"] {
            assert_eq!(
                std::fs::read_to_string(page.join(name)).ok().as_deref(),
                Some("two")
            );
        }
        let left = std::fs::read_dir(&page).expect("a directory").count();
        assert_eq!(left, 2, "nothing else is left behind");
        for name in ["../out.html", "/tmp/out.html", ""] {
            assert!(
                publish(&page, &[(name.to_owned(), Vec::new())]).is_err(),
                "{name}"
            );
        }
        assert!(!directory.path().join("out.html").exists());
    }
}
