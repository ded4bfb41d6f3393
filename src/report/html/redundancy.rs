//! What a zone survives: each thing that can be lost, and what that costs.

use std::fmt::Write as _;

use super::{ROWS, close, open};
use crate::report::escaped;
use crate::report::redundancy::RedundancyEntry;

pub(super) fn redundancy(out: &mut String, zone: &str, entry: &RedundancyEntry) {
    let _ = writeln!(
        out,
        "<h3>Redundancy</h3>\n<p>{} {}</p>",
        mark(entry.survives),
        escaped(&entry.answer)
    );
    if !entry.losses.is_empty() {
        open(
            out,
            &format!("What {zone} survives"),
            &format!(
                "{} of {} addresses answer as they should",
                entry.sound, entry.servers
            ),
        );
        out.push_str(
            "<thead><tr><th scope=\"col\">Lost</th><th scope=\"col\">Verdict</th><th scope=\"col\">Addresses left</th>\
             <th scope=\"col\">First lookups that wait</th><th scope=\"col\">Wrong answers, were it stale</th></tr></thead>\n\
             <tbody>\n",
        );
        for loss in entry.losses.iter().take(ROWS) {
            let _ = writeln!(
                out,
                "<tr><th scope=\"row\">{} {}</th><td>{} {}</td><td class=\"number\">{} of {}</td>\
                 <td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
                escaped(words(&loss.kind)),
                escaped(&loss.name),
                mark(loss.survives),
                if loss.survives {
                    "survived"
                } else {
                    "not survived"
                },
                loss.left,
                loss.left + loss.lost,
                share(loss.survives.then_some(loss.cold_share)),
                share(Some(loss.stale_share)),
            );
        }
        close(out, entry.losses.len());
    }
    if entry.assumptions.is_empty() {
        return;
    }
    out.push_str("<details><summary>What the figures take for granted</summary>\n<ul>\n");
    for assumption in &entry.assumptions {
        let _ = writeln!(out, "<li>{}</li>", escaped(assumption));
    }
    out.push_str("</ul>\n</details>\n");
}

fn mark(survives: bool) -> &'static str {
    if survives {
        "<span class=\"mark same\" aria-hidden=\"true\">=</span>"
    } else {
        "<span class=\"mark missing\" aria-hidden=\"true\">!</span>"
    }
}

/// The kinds of JSON in words.
fn words(kind: &str) -> &str {
    match kind {
        "as" => "AS",
        "name_zone" => "zone of nameserver names",
        "tld" => "top-level domain of nameserver names",
        other => other,
    }
}

fn share(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), |share| format!("{:.0} %", share * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::redundancy::LossEntry;

    #[test]
    fn each_loss_is_one_row_with_what_it_costs() {
        let loss = |kind: &str, name: &str, survives| LossEntry {
            kind: kind.to_owned(),
            name: name.to_owned(),
            survives,
            left: usize::from(survives),
            lost: 1,
            cold_share: 0.5,
            stale_share: 0.25,
        };
        let entry = RedundancyEntry {
            answer: "it <depends>".to_owned(),
            losses: vec![
                loss("provider", "<b>", true),
                loss("tld", "example.", false),
            ],
            assumptions: vec!["all alike".to_owned()],
            ..RedundancyEntry::default()
        };
        let mut out = String::new();
        redundancy(&mut out, "example.com.", &entry);
        for words in [
            "not survived</td>",
            "!</span> it &lt;depends&gt;</p>",
            "provider &lt;b&gt;</th>",
            "1 of 2</td><td class=\"number\">50 %</td><td class=\"number\">25 %</td>",
            "top-level domain of nameserver names example.</th>",
            "0 of 1</td><td class=\"number\">–</td>",
            "<li>all alike</li>",
        ] {
            assert!(out.contains(words), "{words}: {out}");
        }
    }
}
