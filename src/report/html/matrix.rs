//! Nameserver × record set, and each difference in full.

use std::fmt::Write as _;

use super::{ROWS, close, open};
use crate::report::data::ZoneReport;
use crate::report::escaped;
use crate::report::text::{Style, cells, columns, difference_in_full, labels, plural, relative};

/// The class and the words of a symbol.
const MEANINGS: &[(char, &str, &str)] = &[
    ('=', "same", "as in the file"),
    ('~', "other", "other data"),
    ('-', "missing", "missing"),
    ('+', "extra", "not in the file"),
    ('!', "failed", "refused or failed"),
    ('?', "silent", "no answer"),
    ('.', "", "not asked"),
];

pub(super) fn meaning(symbol: char) -> (&'static str, &'static str) {
    let found = MEANINGS.iter().find(|(own, ..)| *own == symbol);
    found.map_or(("", ""), |(_, class, words)| (class, words))
}

/// The matrix of what is not as in the file, its legend, and the differences in full.
pub(super) fn matrix(out: &mut String, zone: &ZoneReport) {
    if zone.nameservers.is_empty() {
        return;
    }
    for server in zone.silent() {
        let label = server.label();
        let why = zone.why_silent(&label).unwrap_or("no answer");
        let _ = writeln!(
            out,
            "<p>{} {} answered none of {}: {}</p>",
            super::mark('?'),
            escaped(&label),
            plural(server.asked, "question"),
            escaped(why)
        );
    }
    let told: Vec<_> = zone.told().collect();
    if told.is_empty() {
        return;
    }
    let columns = columns(zone);
    out.push_str("<h3>Agreement</h3>\n");
    let caption = format!(
        "{} not answered everywhere as the zone file says; {} more agree",
        plural(told.len(), "record set"),
        zone.agreement.agree
    );
    open(out, &format!("Agreement about {}", zone.zone), &caption);
    out.push_str("<thead>\n<tr><th rowspan=\"2\" scope=\"col\">Record set</th>");
    for group in columns.chunk_by(|one, other| one.provider == other.provider) {
        let _ = write!(
            out,
            "<th colspan=\"{}\" scope=\"colgroup\">{}</th>",
            group.len(),
            escaped(group[0].provider.as_deref().unwrap_or("–"))
        );
    }
    out.push_str("</tr>\n<tr>");
    for (server, label) in columns.iter().zip(labels(&columns)) {
        let _ = write!(
            out,
            "<th scope=\"col\">{} <small>{}</small></th>",
            escaped(&label),
            escaped(&server.address)
        );
    }
    out.push_str("</tr>\n</thead>\n<tbody>\n");
    for difference in told.iter().take(ROWS) {
        let note = match difference.explained {
            Some(_) => " <small>explained</small>",
            None => "",
        };
        let _ = write!(
            out,
            "<tr><th scope=\"row\">{} {}{note}</th>",
            escaped(relative(&difference.name, &zone.zone)),
            escaped(&difference.rtype)
        );
        for symbol in cells(&columns, difference) {
            let (class, words) = meaning(symbol);
            let _ = write!(
                out,
                "<td class=\"cell {class}\"><span aria-hidden=\"true\">{symbol}</span>\
                 <span class=\"words\">{words}</span></td>"
            );
        }
        out.push_str("</tr>\n");
    }
    close(out, told.len());
    out.push_str("<ul class=\"legend\">\n");
    for &(symbol, _, words) in MEANINGS {
        let _ = writeln!(out, "<li>{} {words}</li>", super::mark(symbol));
    }
    out.push_str("</ul>\n");
    let style = Style {
        width: 160,
        ..Style::default()
    };
    for difference in told.iter().take(ROWS) {
        let mut text = String::new();
        difference_in_full(&mut text, zone, difference, style);
        let (title, rest) = text.trim_start().split_once('\n').unwrap_or((&text, ""));
        let _ = writeln!(
            out,
            "<details><summary>{}</summary>\n<pre>{}</pre></details>",
            escaped(title),
            escaped(rest)
        );
    }
}
