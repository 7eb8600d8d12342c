//! A body's text in the parts that have leaves of their own. Nothing is read as a value, so that no number or text can change on the way.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::{MapAccess, Visitor};
use serde_json::value::RawValue;

/// The parts of a body.
#[derive(Debug, Default)]
pub(super) struct Body<'a> {
    pub(super) title: Option<&'a str>,
    pub(super) description: Option<&'a str>,
    /// Where the reporter was, among the data.
    pub(super) position: Option<&'a str>,
    pub(super) rest: String,
}

impl<'a> Body<'a> {
    pub(super) fn read(text: &'a str) -> Self {
        Self::parts(text).unwrap_or_else(|| Self { rest: text.to_owned(), ..Self::default() })
    }

    /// `None` for what this program does not write, such as spaces between members.
    fn parts(text: &'a str) -> Option<Self> {
        let mut out = Self { rest: String::with_capacity(text.len()), ..Self::default() };
        let members = Members::of(text)?;
        for (name, raw) in &members.0 {
            match name.as_ref() {
                "title" if out.title.is_none() => out.title = told(raw),
                "description" if out.description.is_none() => out.description = told(raw),
                "data" => {
                    out.push(name);
                    out.rest.push('{');
                    let data = Members::of(raw)?;
                    for (name, raw) in &data.0 {
                        if name == "position" && out.position.is_none() {
                            out.position = Some(raw);
                        } else {
                            out.push(name);
                            out.rest.push_str(raw);
                        }
                    }
                    out.rest.push('}');
                }
                _ => {
                    out.push(name);
                    out.rest.push_str(raw);
                }
            }
        }
        Some(out)
    }

    fn push(&mut self, name: &str) {
        if !self.rest.is_empty() && !self.rest.ends_with('{') {
            self.rest.push(',');
        }
        if is_plain(name) {
            self.rest.extend(["\"", name, "\""]);
        } else {
            self.rest.push_str(&serde_json::Value::from(name).to_string());
        }
        self.rest.push(':');
    }
}

/// A text that is not empty.
fn told(raw: &str) -> Option<&str> {
    Some(raw).filter(|raw| *raw != "\"\"")
}

/// The members of an object's text, in order, without reading the values.
struct Members<'a>(Vec<(Cow<'a, str>, &'a str)>);

impl<'a> Members<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let members: Self = serde_json::from_str(text).ok()?;
        let written: usize = members.0.iter().map(|(name, raw)| quoted(name) + raw.len() + 2).sum();
        let braces = if members.0.is_empty() { 2 } else { 1 };
        (written + braces == text.len()).then_some(members)
    }
}

fn quoted(name: &str) -> usize {
    if is_plain(name) { name.len() + 2 } else { serde_json::Value::from(name).to_string().len() }
}

/// Whether JSON has a text as it is, between quotes.
pub(super) fn is_plain(text: &str) -> bool {
    text.bytes().all(|b| b >= b' ' && b != b'"' && b != b'\\')
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
        struct Pairs;
        impl<'de> Visitor<'de> for Pairs {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut out = Vec::with_capacity(8);
                while let Some((Name(name), raw)) = map.next_entry::<Name<'de>, &'de RawValue>()? {
                    out.push((name, raw.get()));
                }
                Ok(Members(out))
            }
        }
        deserializer.deserialize_map(Pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_falls_into_its_parts() {
        let text = r#"{"title":"油烟","description":"","data":{"a":1.10,"position":[1,2],"b":"x"},"entries":3}"#;
        let body = Body::read(text);
        assert_eq!((body.title, body.description, body.position), (Some("\"油烟\""), None, Some("[1,2]")));
        assert_eq!(body.rest, r#""data":{"a":1.10,"b":"x"},"entries":3"#);
    }

    #[test]
    fn a_body_that_is_written_otherwise_is_taken_whole() {
        for text in [r#"{"title": "油烟"}"#, r#"{"title":"油烟"} "#, "{", "", r#"{"data":[1]}"#, r#"{"data":{ }}"#]
        {
            let body = Body::read(text);
            assert_eq!((body.rest.as_str(), body.title), (text, None), "{text}");
        }
    }

    #[test]
    fn a_second_title_is_no_title() {
        assert_eq!(Body::read(r#"{"title":"a","title":"b"}"#).rest, r#""title":"b""#);
    }
}
