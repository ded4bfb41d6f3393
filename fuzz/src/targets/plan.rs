//! Saved plans: what is read is written and read again as the same.

use redundns::plan::SavedPlan;

use super::{Target, words};

pub(super) const TARGET: Target = Target {
    name: "plan",
    folders: &["plan"],
    pieces: &[
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "null",
        "true",
        "-1",
        "1e9",
        "4294967296",
        "\\u0000",
        "\"zone\"",
        "\"base\"",
        "\"body\"",
        "\"apex_ns\"",
        "\"create\"",
        "\"replace\"",
        "\"delete\"",
        "\"type\"",
        "\"TXT\"",
        "\"TYPE65280\"",
        "\"example.com.\"",
        "\"192.0.2.1\"",
        "\\\\# 1 00",
        "\u{fc}",
    ],
    judge,
};

fn judge(_: &Target, octets: &[u8]) -> Result<String, String> {
    let plan = match SavedPlan::read(octets) {
        Ok(plan) => plan,
        Err(error) => return Ok(words(&error.message)),
    };
    let written = plan.to_json();
    match SavedPlan::read(written.as_bytes()) {
        Ok(again) if again.to_json() == written => Ok("read".to_owned()),
        Ok(_) => Err(format!("written and read, it is another:\n{written}")),
        Err(error) => Err(format!("written, it cannot be read: {error}\n{written}")),
    }
}
