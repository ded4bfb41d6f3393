//! Everything that reads what somebody else wrote. The fuzzer mutates inputs of each; the package's tests replay the
//! corpora.

mod answer;
mod api;
mod config;
mod journal;
mod message;
mod plan;
mod zone;

use std::path::Path;

/// A reader and what must hold for it.
pub struct Target {
    /// As the fuzzer's command line has it.
    pub name: &'static str,
    /// Where its corpus is, below `tests/corpus`.
    pub folders: &'static [&'static str],
    /// Pieces that matter to it.
    pub pieces: &'static [&'static str],
    judge: fn(&Self, &[u8]) -> Result<String, String>,
}

impl Target {
    /// What came of the input in a few words, or what does not hold. Inputs whose words are new are mutated further.
    pub fn judge(&self, input: &[u8]) -> Result<String, String> {
        (self.judge)(self, input)
    }
}

/// All of them: one for each format of files and of DNS, and one for each adapter that speaks HTTP.
pub fn targets() -> Vec<Target> {
    let own = [
        zone::TARGET,
        config::ACCOUNT,
        config::POLICY,
        message::MESSAGE,
        message::RDATA,
        answer::TRANSFER,
        answer::UPDATE,
        plan::TARGET,
        journal::TARGET,
    ];
    own.into_iter().chain(api::targets()).collect()
}

/// The names and octets of the files in folders of `tests/corpus`, sorted.
pub fn files(folders: &[&str]) -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let beside = root.join("tests/corpus");
    let root = if beside.is_dir() {
        beside
    } else {
        root.join("../tests/corpus")
    };
    let mut files = Vec::new();
    for folder in folders {
        for entry in std::fs::read_dir(root.join(folder)).expect("the corpus") {
            let path = entry.expect("an entry of the corpus").path();
            let name = path.file_name().and_then(|name| name.to_str());
            files.push((
                name.expect("a name in UTF-8").to_owned(),
                std::fs::read(&path).expect("a readable input"),
            ));
        }
    }
    files.sort();
    files
}

/// A message without what varies from one input to the next: numbers, and what stands in quotes.
fn words(message: &str) -> String {
    let mut words = String::new();
    for (number, part) in message.split(['`', '"', '\'']).enumerate() {
        if number % 2 == 0 {
            words.extend(part.chars().filter(|c| !c.is_ascii_digit()));
        }
    }
    words
}
