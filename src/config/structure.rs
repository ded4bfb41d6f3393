//! A TOML table read into a structure, with everything that does not fit told at once.
//!
//! serde stops at the first thing that does not fit. So that is told, taken out, and the rest is read again.

use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// Reads `table`; `say` gets what does not fit, and where. Nothing where even the rest cannot be read.
pub(super) fn read<T: DeserializeOwned>(
    mut table: Spanned<DeTable<'_>>,
    mut say: impl FnMut(String, Option<Range<usize>>),
) -> Option<T> {
    loop {
        let error = match T::deserialize(toml::de::Deserializer::from(table.clone())) {
            Ok(read) => return Some(read),
            Err(error) => error,
        };
        let span = error.span();
        let at = span.clone().filter(|span| !span.is_empty());
        let is_cut = at.is_some_and(|at| cut(table.get_mut(), &at));
        say(in_words(error.message()), span);
        if !is_cut {
            return None;
        }
    }
}

/// What was expected, in the words of TOML and not in those of Rust.
fn in_words(message: &str) -> String {
    let (wrong, expected) = message.rsplit_once(", expected ").unwrap_or((message, ""));
    let expected = match expected {
        "" => return message.to_owned(),
        "a boolean" => "true or false",
        "a map" | "a table" => "a table",
        "a sequence" => "a list",
        "a nonzero u32" | "a nonzero usize" => "a whole number from 1 on",
        "u8" | "u16" | "u32" | "usize" => "a whole number from 0 on",
        other => other,
    };
    let wrong = wrong
        .replace("invalid type: map", "invalid type: table")
        .replace("invalid type: sequence", "invalid type: list");
    format!("{wrong}, expected {expected}")
}

/// Takes out the smallest entry that `at` lies in. Whether there was one.
fn cut(table: &mut DeTable<'_>, at: &Range<usize>) -> bool {
    let within = |(_, value): (_, &mut Spanned<DeValue<'_>>)| cut_within(value, at);
    if table.iter_mut().any(within) {
        return true;
    }
    let before = table.len();
    let all = std::mem::take(table).into_iter();
    *table = all
        .filter(|(key, value)| !covers(&key.span(), at) && !covers(&value.span(), at))
        .collect();
    table.len() < before
}

fn cut_within(value: &mut Spanned<DeValue<'_>>, at: &Range<usize>) -> bool {
    match value.get_mut() {
        DeValue::Table(table) => cut(table, at),
        DeValue::Array(list) => {
            if list.iter_mut().any(|one| cut_within(one, at)) {
                return true;
            }
            let before = list.len();
            let all = std::mem::replace(list, DeArray::new()).into_iter();
            *list = all.filter(|one| !covers(&one.span(), at)).collect();
            list.len() < before
        }
        _ => false,
    }
}

/// Whether `at` lies within `span`.
pub(super) fn covers(span: &Range<usize>, at: &Range<usize>) -> bool {
    span.start <= at.start && at.end <= span.end && span.start < span.end
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        number: Option<u8>,
        inner: Option<Inner>,
        #[serde(default)]
        each: Vec<Inner>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        name: String,
        #[serde(default)]
        is_big: bool,
    }

    fn read_text(text: &str) -> (Option<Outer>, Vec<(String, String)>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        assert!(errors.is_empty(), "{errors:?}");
        let mut faults = Vec::new();
        let outer = read(table, |message, span| {
            faults.push((message, text[span.expect("a place")].to_owned()));
        });
        (outer, faults)
    }

    #[test]
    fn what_does_not_fit_is_told_at_once_and_the_rest_is_read() {
        let (outer, faults) = read_text(
            "numbr = 1\nnumber = \"two\"\ninner = { name = \"a\", is_big = 3 }\n\
             [[each]]\nis_big = true\n[[each]]\nname = \"b\"\nnme = 1\n",
        );
        let mut told: Vec<&str> = faults.iter().map(|(message, _)| &**message).collect();
        told.sort_unstable();
        assert_eq!(
            told,
            [
                "invalid type: integer `3`, expected true or false",
                "invalid type: string \"two\", expected a whole number from 0 on",
                "missing field `name`",
                "unknown field `nme`, expected `name` or `is_big`",
                "unknown field `numbr`, expected one of `number`, `inner`, `each`",
            ],
            "{faults:?}"
        );
        let outer = outer.expect("the rest");
        assert_eq!(outer.number, None);
        let inner = outer.inner.expect("the inner table");
        assert_eq!((&*inner.name, inner.is_big), ("a", false));
        let names: Vec<&str> = outer.each.iter().map(|one| &*one.name).collect();
        assert_eq!(names, ["b"]);
    }

    #[test]
    fn what_is_missing_at_the_top_leaves_nothing_to_read() {
        #[derive(Deserialize, Debug)]
        struct Needy {
            #[expect(dead_code, reason = "it is missing")]
            name: String,
        }
        let (table, _) = DeTable::parse_recoverable("other = 1\n");
        let mut faults = Vec::new();
        let read = read::<Needy>(table, |message, _| faults.push(message));
        assert!(read.is_none());
        assert_eq!(faults, ["missing field `name`"]);
    }
}
