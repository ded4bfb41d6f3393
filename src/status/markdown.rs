//! Markdown of an operator as HTML that is harmless: no markup of its own, no picture that a browser would fetch, and
//! links to pages and letters alone.

use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

use super::link::is_link;
use crate::report::escaped;

/// Headings begin below the title of the incident, which has level 3.
pub(super) fn to_html(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len() * 5 / 4);
    // For each link or picture that is open, whether it became a link.
    let mut open: Vec<bool> = Vec::new();
    let events = Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH).filter_map(|event| {
        Some(match event {
            Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
            Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
            Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
            Event::Start(Tag::Heading {
                level,
                id,
                classes,
                attrs,
            }) => Event::Start(Tag::Heading {
                level: below(level),
                id,
                classes,
                attrs,
            }),
            Event::End(TagEnd::Heading(level)) => Event::End(TagEnd::Heading(below(level))),
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                let is_shown = is_link(&dest_url) && !open.contains(&true);
                open.push(is_shown);
                if !is_shown {
                    return None;
                }
                let link = format!("<a href=\"{}\" rel=\"noreferrer\">", escaped(&dest_url));
                Event::InlineHtml(CowStr::from(link))
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                if !open.pop().unwrap_or_default() {
                    return None;
                }
                Event::InlineHtml(CowStr::from("</a>"))
            }
            other => other,
        })
    });
    html::push_html(&mut out, events);
    out
}

const fn below(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H4,
        HeadingLevel::H2 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_text_with_a_little_form() {
        for (markdown, html) in [
            ("**09:20** slow", "<p><strong>09:20</strong> slow</p>\n"),
            ("# Cause", "<h4>Cause</h4>\n"),
            (
                "[log](https://example.com/?a=1&b=2)",
                "<p><a href=\"https://example.com/?a=1&amp;b=2\" rel=\"noreferrer\">log</a></p>\n",
            ),
            (
                "![graph](https://example.com/a.png)",
                "<p><a href=\"https://example.com/a.png\" rel=\"noreferrer\">graph</a></p>\n",
            ),
            (
                "[![graph](https://example.com/a.png)](https://example.com/)",
                "<p><a href=\"https://example.com/\" rel=\"noreferrer\">graph</a></p>\n",
            ),
        ] {
            assert_eq!(to_html(markdown), html);
        }
    }

    #[test]
    fn nothing_in_it_can_act() {
        for markdown in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<div onclick=\"alert(1)\">\n\n*x*\n\n</div>",
            "[x](javascript:alert(1))",
            "[x](<java&#x73;cript:alert(1)>)",
            "[x](JaVaScRiPt&colon;alert(1))",
            "[x](data:text/html;base64,PHNjcmlwdD4=)",
            "![x](file:///etc/passwd)",
            "[x]: javascript:alert(1)\n\n[x]",
            "<javascript:alert(1)>",
            "[x](https://a/\"onmouseover=\"alert(1))",
            "```\"><script>\nx\n```",
            "<!-- --><script>alert(1)</script>",
            "<![CDATA[<script>]]>",
        ] {
            let html = to_html(markdown);
            let tags: Vec<&str> = html.split('<').skip(1).collect();
            for tag in tags {
                let name = tag.split(['>', ' ']).next().unwrap_or_default();
                let name = name.trim_start_matches('/');
                assert!(
                    ["p", "a", "pre", "code", "em"].contains(&name),
                    "{markdown}: {html}"
                );
                let inside = tag.split('>').next().unwrap_or_default();
                if name == "a" && tag.starts_with("a ") {
                    assert!(
                        inside.starts_with("a href=\"https://") && inside.matches('"').count() == 4,
                        "{html}"
                    );
                }
            }
        }
    }
}
