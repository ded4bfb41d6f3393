//! Secrets stay where they are.

use super::*;

#[test]
fn no_finding_about_an_account_repeats_a_secret_in_it() {
    for line in [
        "api_key = \"hunter2\"",
        "api_key = 'hunter2'",
        "api_key = hunter2",
        "api_key = \"hunter2",
        "api_key = \"\"\"\nhunter2\n\"\"\"",
        "api_kee = 'hunter2'",
        "api_key = [\"hunter2\"]",
        "api_key = { literal = 'hunter2' }",
        "api_key = { env = ['hunter2'] }",
        "enabled = 'hunter2'",
        "endpoint = 'http://me:hunter2@127.0.0.1'",
        "hunter2",
    ] {
        let text = format!("adapter = \"powerdns\"\n{line}\n");
        let directory = Path::new("/nonexistent");
        let mut findings = Vec::new();
        let id = "pdns".to_owned();
        let file = "providers/pdns.toml".to_owned();
        match read(id, file, text, directory, &mut findings) {
            Some(Ok(account)) => findings.extend(account.connect().err()),
            _ => assert!(!findings.is_empty(), "{line}"),
        }
        assert!(!findings.is_empty(), "{line}");
        for finding in findings {
            let shown = crate::zone::show(&finding, false);
            assert!(!shown.contains("hunter2"), "{line}\n{shown}");
        }
    }
}
