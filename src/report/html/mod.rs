//! One page that stands on its own: no network, no script, readable on a phone, on paper and by a screen reader.

mod latency;
mod matrix;
mod redundancy;

use std::fmt::Write as _;

use super::data::{
    FindingEntry, ObjectionEntry, ProviderReport, ProviderState, Report, SetEntry, ZoneReport,
};
use super::escaped;
use super::text::{counts, in_order, plural, relative, sentence_of};

/// Rows of one table; what is beyond is counted.
const ROWS: usize = 500;

/// Zones without anything to tell that have a section of their own.
const CALM: usize = 20;

/// The page; `made` is when, as people read it.
pub fn html(report: &Report, made: &str) -> String {
    let mut out = String::with_capacity(16 * 1024);
    let title = format!("redundns {}", report.command);
    let outcome = outcome(report);
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}: {outcome}</title>\n<style>\n{}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>\n\
         <p class=\"verdict\">{}</p>\n<p class=\"faint\">{} · redundns {} · exit code {}</p>\n</header>\n<main>\n",
        include_str!("style.css"),
        escaped(outcome),
        escaped(made),
        env!("CARGO_PKG_VERSION"),
        report.outcome.exit_code(),
    );
    objections(&mut out, &report.objections);
    findings(&mut out, &report.findings);
    if report.zones.len() > 1 {
        overview(&mut out, &report.command, &report.zones);
    }
    let calm = report
        .zones
        .iter()
        .filter(|zone| is_calm(&report.command, zone))
        .count();
    let is_short = calm <= CALM;
    for zone in report
        .zones
        .iter()
        .filter(|zone| is_short || !is_calm(&report.command, zone))
    {
        of_zone(&mut out, &report.command, zone);
    }
    latency::heat_map(&mut out, &report.zones);
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn outcome(report: &Report) -> &'static str {
    let is_audit = report.command == "audit";
    match report.outcome.exit_code() {
        0 if is_audit => "= no errors",
        1 if is_audit => "! something is wrong",
        0 => "= nothing differs",
        1 => "~ something differs",
        2 => "? not everything could be done or verified",
        3 => "! stopped midway: providers may now differ because of this run",
        _ => "! refused: nothing was written",
    }
}

fn is_calm(command: &str, zone: &ZoneReport) -> bool {
    sentence_of(command, zone).0 == '=' && zone.differences.is_empty() && zone.findings.is_empty()
}

/// Every zone in one line, where there are several.
fn overview(out: &mut String, command: &str, zones: &[ZoneReport]) {
    let heads = ["Zone", "Verdict", "Questions", "Differ", "Unverified"];
    open(out, "Zones", &plural(zones.len(), "zone"));
    out.push_str("<thead><tr>");
    for head in heads {
        let _ = write!(out, "<th scope=\"col\">{head}</th>");
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    let mut sorted: Vec<&ZoneReport> = zones.iter().collect();
    sorted.sort_by_key(|zone| is_calm(command, zone));
    for zone in sorted.iter().take(ROWS) {
        let (symbol, sentence) = sentence_of(command, zone);
        let own = sentence.strip_prefix(&*zone.zone).unwrap_or(&sentence);
        let agreement = zone.agreement;
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{} {}</td><td class=\"number\">{}</td><td class=\"number\">{}</td>\
             <td class=\"number\">{}</td></tr>",
            escaped(&zone.zone),
            mark(symbol),
            escaped(own.trim_start_matches(": ")),
            agreement.questions,
            agreement.differ,
            agreement.unverified
        );
    }
    close(out, sorted.len());
}

fn of_zone(out: &mut String, command: &str, zone: &ZoneReport) {
    let (symbol, sentence) = sentence_of(command, zone);
    let _ = writeln!(
        out,
        "<section>\n<h2>{} {}</h2>\n<p>{}</p>",
        mark(symbol),
        escaped(&zone.zone),
        escaped(&sentence)
    );
    for provider in &zone.providers {
        objections(out, &provider.objections);
    }
    if let Some(entry) = &zone.redundancy {
        redundancy::redundancy(out, &zone.zone, entry);
    }
    findings(out, &zone.findings);
    matrix::matrix(out, zone);
    for provider in &zone.providers {
        api(out, zone, provider);
    }
    out.push_str("</section>\n");
}

/// What a provider holds otherwise, by its API.
fn api(out: &mut String, zone: &ZoneReport, provider: &ProviderReport) {
    let title = format!("{} ({})", provider.id, provider.adapter);
    if let Some(error) = &provider.error {
        let what = match provider.state {
            ProviderState::Unknown => "unknown",
            ProviderState::Known | ProviderState::Follows => "writing stopped",
        };
        let _ = writeln!(
            out,
            "<h3>{} {}: {what}</h3>\n<p>{}</p>",
            mark('?'),
            escaped(&title),
            escaped(&error.message)
        );
        hint(out, error.hint.as_deref());
    }
    if provider.changes.is_empty() {
        return;
    }
    let made = match provider.applied {
        0 => String::new(),
        applied => format!(", {applied} made"),
    };
    let _ = writeln!(out, "<h3>By API at {}</h3>", escaped(&title));
    open(
        out,
        &format!("Changes at {title}"),
        &format!("{}{made}", counts(provider)),
    );
    out.push_str(
        "<thead><tr><th scope=\"col\">Record set</th><th scope=\"col\">Change</th><th scope=\"col\">Held</th>\
         <th scope=\"col\">In the file</th></tr></thead>\n<tbody>\n",
    );
    for change in in_order(&provider.changes).iter().take(ROWS) {
        let set = |set: &Option<SetEntry>| match set {
            Some(set) => escaped(&set.told()),
            None => "nothing".to_owned(),
        };
        let symbol = match change.action.as_str() {
            "create" => '+',
            "delete" => '-',
            _ => '~',
        };
        let _ = writeln!(
            out,
            "<tr><th scope=\"row\">{} {}</th><td>{} {}</td><td>{}</td><td>{}</td></tr>",
            escaped(relative(&change.name, &zone.zone)),
            escaped(&change.rtype),
            mark(symbol),
            escaped(&change.action),
            set(&change.before),
            set(&change.after)
        );
    }
    close(out, provider.changes.len());
}

fn findings(out: &mut String, findings: &[FindingEntry]) {
    if findings.is_empty() {
        return;
    }
    out.push_str("<ul>\n");
    for finding in findings {
        let place = match (&finding.file, finding.line, finding.column) {
            (Some(file), Some(line), Some(column)) => format!("{file}:{line}:{column}: "),
            (Some(file), ..) => format!("{file}: "),
            _ => String::new(),
        };
        let _ = write!(
            out,
            "<li>{}<strong>{}</strong> [{}]: {}",
            escaped(&place),
            escaped(&finding.severity),
            escaped(&finding.code),
            escaped(&finding.message)
        );
        if let Some(server) = &finding.nameserver {
            let _ = write!(out, " <small>({})</small>", escaped(server));
        }
        hint(out, finding.hint.as_deref());
        if let Some(command) = &finding.reproduce {
            let _ = writeln!(out, "<pre>{}</pre>", escaped(command));
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}

fn objections(out: &mut String, objections: &[ObjectionEntry]) {
    for objection in objections {
        let _ = writeln!(
            out,
            "<p>{} <strong>refused</strong> [{}]: {}</p>",
            mark('!'),
            escaped(&objection.code),
            escaped(&objection.message)
        );
        hint(out, objection.hint.as_deref());
    }
}

fn hint(out: &mut String, hint: Option<&str>) {
    if let Some(hint) = hint {
        let _ = writeln!(out, "<p class=\"faint\">hint: {}</p>", escaped(hint));
    }
}

/// A symbol with the colour that belongs to it.
fn mark(symbol: char) -> String {
    let (class, words) = matrix::meaning(symbol);
    format!(
        "<span class=\"mark {class}\" title=\"{words}\">{}</span>",
        escaped(symbol.encode_utf8(&mut [0; 4]))
    )
}

/// A table that scrolls by itself where the screen is narrow, and can be reached by keyboard for that.
fn open(out: &mut String, name: &str, caption: &str) {
    let _ = writeln!(
        out,
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\">\n<table>\n<caption>{}</caption>",
        escaped(name),
        escaped(caption)
    );
}

fn close(out: &mut String, rows: usize) {
    out.push_str("</tbody>\n</table>\n</div>\n");
    if rows > ROWS {
        let _ = writeln!(
            out,
            "<p class=\"faint\">and {}</p>",
            plural(rows - ROWS, "more row")
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{calm, drifted};
    use super::*;

    #[test]
    fn nothing_from_outside_is_markup_and_nothing_is_fetched() {
        let page = html(&drifted(), "<now>");
        assert!(
            page.contains("&lt;now&gt;") && page.contains("&lt;old&gt; A"),
            "{page}"
        );
        for word in [
            "<old>", "<now>", "<script", "src=", "href=", "url(", "@import",
        ] {
            assert!(!page.contains(word), "{word}");
        }
    }

    #[test]
    fn an_estate_is_as_long_as_what_differs() {
        let mut report = drifted();
        let one = calm().zones.remove(0);
        report.zones.extend(std::iter::repeat_n(one, 300));
        let page = html(&report, "now");
        // One of the zone that differs, and the heat map.
        assert_eq!(page.matches("<section>").count(), 2);
        assert_eq!(page.matches("agree, and all are current").count(), 300);
    }
}
