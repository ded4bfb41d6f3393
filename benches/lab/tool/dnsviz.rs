//! `dnsviz probe` with its diagnostic queries, then `dnsviz grok` at the level of warnings.

use std::fs;
use std::process::Command;

use serde_json::Value;

use super::{Heard, Remark, Visit, complaint, first_line, peer, run};
use crate::master::ZONE;

pub(super) fn version() -> Option<String> {
    peer("dnsviz")?;
    let python = peer("python3")?;
    let ask = "import importlib.metadata as m; print('DNSViz', m.version('dnsviz'))";
    first_line(Command::new(python).args(["-c", ask]))
}

pub(super) fn look(visit: &Visit<'_>) -> Heard {
    let own = visit
        .case
        .expect
        .as_ref()
        .and_then(|expect| expect.name.clone());
    let other = own
        .filter(|name| name != ZONE)
        .unwrap_or_else(|| format!("www.{ZONE}"));
    let heard = look_for(visit, &[ZONE, &other]);
    if heard.failure.is_none() {
        return heard;
    }
    // grok 0.11.2 ends with a Python error where a name is both asked for and met on the way from another.
    look_for(visit, &[ZONE])
}

fn look_for(visit: &Visit<'_>, names: &[&str]) -> Heard {
    let dnsviz = peer("dnsviz").expect("it has a version");
    let share = visit.scratch.join("share/hints");
    fs::create_dir_all(&share).expect("a folder");
    fs::copy(&visit.lab.hints, share.join("named.root")).expect("root hints");
    let probed = visit.scratch.join("probe.json");
    let mut probe = Command::new(&dnsviz);
    probe
        .env("DNSVIZ_SHARE_PATH", visit.scratch.join("share"))
        .args(["probe", "-A", "-E", "-o"])
        .arg(&probed)
        .args(names);
    let (_, status, probing) = run(&mut probe, visit.scratch);
    if status != Some(0) {
        return Heard {
            took: probing,
            failure: Some(complaint(visit.scratch, status)),
            ..Heard::default()
        };
    }
    let mut grok = Command::new(&dnsviz);
    grok.args(["grok", "-P", "-l", "warning", "-t"])
        .arg(&visit.lab.anchor)
        .arg("-r")
        .arg(&probed);
    let (said, status, grokking) = run(&mut grok, visit.scratch);
    let mut heard = Heard {
        took: probing + grokking,
        ..Heard::default()
    };
    match serde_json::from_str::<Value>(&said) {
        Ok(tree) => gather(&tree, &mut heard.remarks),
        // Nothing is printed where there is nothing to say.
        Err(_) if status == Some(0) => {}
        Err(_) => heard.failure = Some(complaint(visit.scratch, status)),
    }
    heard
}

/// Every `errors` and `warnings` below.
fn gather(value: &Value, into: &mut Vec<Remark>) {
    match value {
        Value::Object(fields) => {
            for (key, inner) in fields {
                if key != "errors" && key != "warnings" {
                    gather(inner, into);
                    continue;
                }
                for one in inner.as_array().into_iter().flatten() {
                    into.push(Remark {
                        code: one["code"].as_str().unwrap_or("?").to_owned(),
                        error: key == "errors",
                        text: one.to_string(),
                        ..Remark::default()
                    });
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, into)),
        _ => {}
    }
}
