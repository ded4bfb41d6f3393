//! What a CI system says of the place in which it runs the program.

use std::path::{Path, PathBuf};

use super::secret::environment;

/// Where CI systems say which directory the repository was checked out to: GitHub, GitLab.
const ROOTS: &[&str] = &["GITHUB_WORKSPACE", "CI_PROJECT_DIR"];

/// The file whose Markdown GitHub Actions shows as the summary of a job
/// (<https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions>).
pub fn step_summary() -> Option<PathBuf> {
    let path = environment("GITHUB_STEP_SUMMARY")?;
    (!path.is_empty()).then(|| PathBuf::from(path))
}

/// How one gets from the repository's root to the project, with a final slash: `dns/`. Empty at the root, and where
/// nobody says what the root is.
pub fn path_from_root(directory: Option<&Path>) -> String {
    let here = match directory {
        Some(given) => Some(given.to_path_buf()),
        None => super::locate(None)
            .ok()
            .or_else(|| std::env::current_dir().ok()),
    };
    let root = ROOTS.iter().find_map(|name| environment(name));
    let inside = || {
        let here = here?.canonicalize().ok()?;
        let root = Path::new(&root?).canonicalize().ok()?;
        Some(here.strip_prefix(root).ok()?.to_path_buf())
    };
    let Some(inside) = inside() else {
        return String::new();
    };
    let parts = inside.components();
    parts
        .map(|part| part.as_os_str().to_string_lossy().into_owned() + "/")
        .collect()
}
