//! The house rules that a compiler does not know.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const LIMIT: usize = 400;

/// Every Rust file below `directory`, with its text.
fn sources(directory: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(directory)];
    while let Some(directory) = open.pop() {
        for entry in fs::read_dir(&directory).expect("a readable directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a readable file");
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "nothing below {directory}");
    found
}

/// The part of a file before its unit tests.
fn without_tests(text: &str) -> &str {
    text.split("#[cfg(test)]").next().unwrap_or(text)
}

/// The crate's module that a file of `src/` belongs to.
fn module(path: &Path) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let inside = path.strip_prefix(root).expect("a file of src");
    inside
        .components()
        .next()
        .expect("a component")
        .as_os_str()
        .to_string_lossy()
        .trim_end_matches(".rs")
        .to_owned()
}

/// The table under "Layers" in ARCHITECTURE.md.
fn layers() -> BTreeMap<String, BTreeSet<String>> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("ARCHITECTURE.md"))
        .expect("the document");
    let section = text
        .split("## Layers")
        .nth(1)
        .expect("the section")
        .split("\n## ")
        .next()
        .expect("its text");
    let words = |cell: &str| {
        cell.split('`')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
    };
    section
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let mut cells = line.trim_matches('|').split('|');
            let name = words(cells.next().expect("a module"))
                .pop_first()
                .expect("a name");
            (name, words(cells.next().expect("its layers")))
        })
        .collect()
}

#[test]
fn modules_use_only_the_layers_below_them() {
    let layers = layers();
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let own = module(&path);
        if own == "lib" || own == "main" {
            continue;
        }
        let allowed = layers
            .get(&own)
            .unwrap_or_else(|| panic!("`{own}` is not in the table of layers"));
        for rest in without_tests(&text).split("crate::").skip(1) {
            let used: Vec<String> = match rest.strip_prefix('{') {
                Some(group) => group
                    .split('}')
                    .next()
                    .unwrap_or_default()
                    .split(',')
                    .map(first_word)
                    .collect(),
                None => vec![first_word(rest)],
            };
            for used in used.into_iter().filter(|used| !used.is_empty()) {
                if used != own && layers.contains_key(&used) && !allowed.contains(&used) {
                    wrong.push(format!("{}: `{own}` uses `{used}`", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn first_word(text: &str) -> String {
    text.trim_start()
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
        .collect()
}

/// A word, and where it may stand: by module and path.
type Door<'a> = (&'a str, &'a dyn Fn(&str, &Path) -> bool);

#[test]
fn the_core_is_pure_and_each_door_is_in_one_place() {
    let core = [
        "zone", "provider", "plan", "verdict", "audit", "report", "status",
    ];
    let doors: &[Door<'_>] = &[
        ("std::fs", &|module, _| !core.contains(&module)),
        ("std::env", &|module, _| module == "config"),
        ("tokio::", &|module, _| !core.contains(&module)),
        ("SystemTime", &|module, _| !core.contains(&module)),
        ("Instant::now", &|module, _| !core.contains(&module)),
        ("reqwest", &|module, path| {
            module == "adapters" && path.to_string_lossy().contains("adapters/http")
        }),
        ("std::io::stdout", &|module, path| {
            module == "commands" && path.ends_with("console.rs")
        }),
        ("std::io::stderr", &|module, path| {
            module == "commands" && path.ends_with("console.rs")
        }),
    ];
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let own = module(&path);
        let code: String = without_tests(&text)
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .collect();
        for (word, allowed) in doors {
            if code.contains(word) && !allowed(&own, &path) {
                wrong.push(format!("{}: `{word}`", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_file_is_too_long_and_nothing_is_left_undone() {
    let mut wrong = Vec::new();
    for (path, text) in ["src", "tests", "benches"].into_iter().flat_map(sources) {
        let lines = text.lines().count();
        if lines > LIMIT {
            wrong.push(format!("{}: {lines} lines", path.display()));
        }
        for mark in [
            concat!("TO", "DO"),
            concat!("FIX", "ME"),
            concat!("unimple", "mented!"),
            concat!("to", "do!("),
        ] {
            if text.contains(mark) {
                wrong.push(format!("{}: {mark}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"))
        .expect("the manifest");
    let section = text.split("[dependencies]").nth(1).expect("dependencies");
    let section = section.split("\n[[").next().expect("its text");
    let mut before = "";
    for line in section.lines() {
        if line.contains(" = ") && !line.starts_with('#') {
            assert!(before.starts_with('#'), "no reason above: {line}");
        }
        before = line;
    }
}

#[test]
fn tests_that_the_promises_name_exist() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("docs/safety.md")).expect("the document");
    let tests: String = sources("tests").into_iter().map(|(_, text)| text).collect();
    let words = text.split('`').skip(1).step_by(2);
    let named: Vec<&str> = words
        .filter_map(|word| {
            word.rsplit_once("::")
                .map(|(_, name)| name)
                .or(word.strip_prefix('…'))
        })
        .filter(|name| name.contains('_'))
        .collect();
    assert!(named.len() > 10, "{named:?}");
    for name in named {
        let name = name.trim_end_matches('…');
        assert!(
            tests.contains(&format!("fn {name}")),
            "there is no test `{name}`"
        );
    }
}
