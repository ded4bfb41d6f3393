//! Requests as trees, answers as text.

use quick_xml::Reader;
use quick_xml::escape::{escape, resolve_predefined_entity};
use quick_xml::events::Event;

/// An element by its local name.
#[derive(Clone, Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) text: String,
    pub(super) children: Vec<Self>,
}

impl Element {
    /// A document's root; `None` for what is no XML.
    pub(super) fn parse(document: &[u8]) -> Option<Self> {
        let mut reader = Reader::from_str(std::str::from_utf8(document).ok()?);
        let mut open = vec![Self::default()];
        loop {
            match reader.read_event().ok()? {
                Event::Start(tag) => open.push(Self {
                    name: tag.local_name().as_ref().to_owned(),
                    ..Self::default()
                }),
                Event::Empty(tag) => {
                    let name = tag.local_name().as_ref().to_owned();
                    let element = Self {
                        name,
                        ..Self::default()
                    };
                    open.last_mut()?.children.push(element);
                }
                Event::End(_) => {
                    let element = open.pop()?;
                    open.last_mut()?.children.push(element);
                }
                Event::Text(text) => open.last_mut()?.text += &text.xml10_content(),
                Event::GeneralRef(entity) => {
                    let character = entity.resolve_char_ref().ok()?.map(String::from);
                    let name = entity.xml10_content();
                    let text = character
                        .or_else(|| resolve_predefined_entity(&name).map(str::to_owned))?;
                    open.last_mut()?.text += &text;
                }
                Event::Eof => break,
                _ => {}
            }
        }
        (open.len() == 1).then(|| open.pop()?.children.into_iter().next())?
    }

    pub(super) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    pub(super) fn text_of(&self, name: &str) -> Option<&str> {
        self.child(name).map(|child| child.text.as_str())
    }

    /// As it was written, but for white space between elements.
    pub(super) fn write(&self) -> String {
        let inner: Vec<String> = self.children.iter().map(Self::write).collect();
        let text = if inner.is_empty() { &self.text[..] } else { "" };
        element(&self.name, &format!("{}{}", escape(text), inner.concat()))
    }
}

/// An element around something that is XML already.
pub(super) fn element(name: &str, inner: &str) -> String {
    format!("<{name}>{inner}</{name}>")
}

/// An element around a text.
pub(super) fn text(name: &str, text: &str) -> String {
    element(name, &escape(text))
}
