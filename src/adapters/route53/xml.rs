//! XML as a small tree, which is all that the API's answers need, and text on its way into a request.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

/// An element by its local name; attributes do not matter here.
#[derive(Debug, Default)]
pub(super) struct Element {
    name: String,
    text: String,
    children: Vec<Self>,
}

impl Element {
    /// The root of a document.
    pub(super) fn parse(document: &[u8]) -> Result<Self, String> {
        let document = std::str::from_utf8(document).map_err(|error| error.to_string())?;
        let mut reader = Reader::from_str(document);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(tag) => open.push(Self::named(tag.local_name().as_ref())),
                Event::Empty(tag) => {
                    let element = Self::named(tag.local_name().as_ref());
                    last(&mut open).children.push(element);
                }
                Event::End(_) => {
                    let element = open.pop().expect("the reader matches ends with starts");
                    last(&mut open).children.push(element);
                }
                Event::Text(text) => {
                    last(&mut open).text.push_str(&text.xml10_content());
                }
                Event::CData(data) => {
                    last(&mut open).text.push_str(&data.xml10_content());
                }
                Event::GeneralRef(entity) => {
                    let number = entity
                        .resolve_char_ref()
                        .map_err(|error| error.to_string())?;
                    let name = entity.xml10_content();
                    match (number, resolve_predefined_entity(&name)) {
                        (Some(character), _) => last(&mut open).text.push(character),
                        (None, Some(text)) => last(&mut open).text.push_str(text),
                        (None, None) => return Err(format!("unknown entity `&{name};`")),
                    }
                }
                Event::Eof if open.len() > 1 => return Err("it broke off".to_owned()),
                Event::Eof => break,
                Event::Decl(_) | Event::PI(_) | Event::DocType(_) | Event::Comment(_) => {}
            }
        }
        let document = open.pop().unwrap_or_default();
        document
            .children
            .into_iter()
            .next()
            .ok_or_else(|| "no XML".to_owned())
    }

    fn named(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Its local name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Its own text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The elements directly in it.
    pub(super) fn children(&self) -> impl Iterator<Item = &Self> {
        self.children.iter()
    }

    /// The first element called `name` directly in it.
    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of [`Self::child`].
    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(Self::text)
    }

    /// The elements in the child called `name`, which an answer of the right kind has even where it is empty.
    pub(super) fn required_list(&self, name: &str) -> Result<impl Iterator<Item = &Self>, String> {
        let list = self.child(name);
        let list = list.ok_or_else(|| format!("`{}` without `{name}`", self.name))?;
        Ok(list.children())
    }

    /// The elements in the child called `name`; none where it is missing.
    pub(super) fn list(&self, name: &str) -> impl Iterator<Item = &Self> {
        self.child(name).into_iter().flat_map(Self::children)
    }
}

fn last(open: &mut [Element]) -> &mut Element {
    open.last_mut().expect("the document itself stays open")
}

/// Appends `<name>text</name>`.
pub(super) fn element(name: &str, text: &str, out: &mut String) {
    let text = quick_xml::escape::escape(text);
    for part in ["<", name, ">", &text, "</", name, ">"] {
        out.push_str(part);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_survives_both_ways() {
        for text in [
            "a & b < c > \"d\" 'e'",
            "&amp;",
            "  blanks  ",
            "",
            "]]>",
            "ü",
        ] {
            let mut document = String::from("<?xml version=\"1.0\"?>\n<Root xmlns=\"urn:x\">");
            element("Value", text, &mut document);
            document.push_str("</Root>");
            let root = Element::parse(document.as_bytes()).expect("XML");
            assert_eq!((root.name(), root.text_of("Value")), ("Root", Some(text)));
        }
    }

    #[test]
    fn numeric_references_and_empty_elements_are_understood() {
        let root = Element::parse(b"<a><b>&#34;x&#x22;&quot;</b><c/><d><e>1</e><e>2</e></d></a>")
            .expect("XML");
        assert_eq!(root.text_of("b"), Some("\"x\"\""));
        assert_eq!(root.text_of("c"), Some(""));
        let listed: Vec<&str> = root.list("d").map(Element::text).collect();
        assert_eq!(listed, ["1", "2"]);
    }

    #[test]
    fn what_is_no_whole_document_is_an_error() {
        for document in ["", "<a><b>", "<a></b>", "no", "<a>&what;</a>", "{}"] {
            assert!(Element::parse(document.as_bytes()).is_err(), "{document}");
        }
    }
}
