//! JSON that others send, read within bounds (I-JSON, RFC 7493): a depth that every reader here can follow, numbers that every program reads alike,
//! names that stand once, texts and lists of a length. What was kept before there were bounds is read too, as deep as is safe.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::text::Text;

/// Most levels of lists and objects. A record adds three to what it holds, and every reader stops at 128.
pub const DEPTH_MAX: usize = 32;
/// Longest text, in characters.
pub const TEXT_MAX: usize = 20_000;
/// Longest name of a member, in characters.
pub const NAME_MAX: usize = 200;
/// Most items of a list, and most members of an object.
pub const ITEMS_MAX: usize = 1_000;

/// Numbers up to here are read exactly by every program (RFC 7493 §2.2).
const NUMBER_MAX: f64 = 9_007_199_254_740_991.0;

/// What is wrong with some JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.hint().en)]
pub struct JsonFault {
    /// The member it is about, such as `location.lon`; empty for the whole.
    pub field: String,
    pub kind: JsonFaultKind,
}

/// The kinds of faults.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonFaultKind {
    /// No JSON: line and column of the first sign that does not fit.
    Syntax {
        line: usize,
        column: usize,
    },
    TooDeep,
    Number,
    TextTooLong,
    TooMany,
    /// A member's name stands twice.
    Twice,
    /// The character U+0000, which no text has.
    Nul,
}

impl JsonFault {
    /// What is wrong and how to mend it.
    pub fn hint(&self) -> Text {
        match self.kind {
            JsonFaultKind::Syntax { line, column } => Text::new(
                format!("请求不是有效的 JSON：第{line}行第{column}个字符处有误。"),
                format!("The request is not valid JSON: line {line}, column {column}."),
            ),
            JsonFaultKind::TooDeep => Text::new(
                format!("内容嵌套太深，最多{DEPTH_MAX}层。"),
                format!("Nested too deep: at most {DEPTH_MAX} levels."),
            ),
            JsonFaultKind::Number => Text::new(
                "数字太大，请写在±9007199254740991以内；编号一类的长数字请写成文字。",
                "The number is too large: keep within ±9007199254740991, or write long codes as text.",
            ),
            JsonFaultKind::TextTooLong => Text::new(
                format!("文字太长，最多{TEXT_MAX}个字。"),
                format!("The text is too long: at most {TEXT_MAX} characters."),
            ),
            JsonFaultKind::TooMany => {
                Text::new(format!("项目太多，最多{ITEMS_MAX}项。"), format!("Too many items: at most {ITEMS_MAX}."))
            }
            JsonFaultKind::Twice => {
                Text::new("同一个名称写了两次，请只留一个。", "The same name stands twice; keep one.")
            }
            JsonFaultKind::Nul => Text::new(
                "含有不能用的空字符（U+0000），请去掉后再试。",
                "It has the character U+0000 in it; remove it.",
            ),
        }
    }
}

/// Reads JSON that somebody sent.
///
/// # Errors
/// [`JsonFault`] names the first fault.
pub fn read(bytes: &[u8]) -> Result<Value, JsonFault> {
    read_with(bytes, TEXT_MAX)
}

/// Reads JSON that may hold a whole table as a text: only the length of texts is not bounded here.
///
/// # Errors
/// [`JsonFault`] names the first fault.
pub fn read_tables(bytes: &[u8]) -> Result<Value, JsonFault> {
    read_with(bytes, usize::MAX)
}

fn read_with(bytes: &[u8], text_max: usize) -> Result<Value, JsonFault> {
    let reading = Reading { text_max, path: RefCell::default(), fault: Cell::default() };
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let done = Bounded { reading: &reading, depth: 0 }.deserialize(&mut source).and_then(|value| {
        source.end()?;
        Ok(value)
    });
    done.map_err(|error| {
        let field = reading.path.borrow().join(".");
        match reading.fault.take() {
            Some(kind) => JsonFault { field, kind },
            None => {
                let kind = JsonFaultKind::Syntax { line: error.line(), column: error.column() };
                JsonFault { field: String::new(), kind }
            }
        }
    })
}

/// Reads JSON that is kept here, whatever it was written by: what lies deeper than [`DEPTH_MAX`] and three more levels is left out as null. `None` when it
/// is no JSON.
pub fn read_kept(bytes: &[u8]) -> Option<Value> {
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let value = Shallow(DEPTH_MAX + 3).deserialize(&mut source).ok()?;
    source.end().ok()?;
    Some(value)
}

struct Reading {
    text_max: usize,
    path: RefCell<Vec<String>>,
    fault: Cell<Option<JsonFaultKind>>,
}

impl Reading {
    fn fault<E: serde::de::Error>(&self, kind: JsonFaultKind) -> E {
        self.fault.set(Some(kind));
        E::custom("out of bounds")
    }

    fn text<E: serde::de::Error>(&self, text: &str, most: usize) -> Result<(), E> {
        if text.contains('\0') {
            return Err(self.fault(JsonFaultKind::Nul));
        }
        if text.len() > most && text.chars().count() > most {
            return Err(self.fault(JsonFaultKind::TextTooLong));
        }
        Ok(())
    }

    fn number<E: serde::de::Error>(&self, number: f64, kept: Number) -> Result<Value, E> {
        if number.abs() > NUMBER_MAX { Err(self.fault(JsonFaultKind::Number)) } else { Ok(Value::Number(kept)) }
    }
}

#[derive(Clone, Copy)]
struct Bounded<'r> {
    reading: &'r Reading,
    depth: usize,
}

impl Bounded<'_> {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth == DEPTH_MAX {
            return Err(self.reading.fault(JsonFaultKind::TooDeep));
        }
        Ok(Self { depth: self.depth + 1, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Bounded<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Bounded<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }

    #[expect(clippy::cast_precision_loss, reason = "compared with a bound below the loss")]
    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Value, E> {
        self.reading.number(number as f64, number.into())
    }

    #[expect(clippy::cast_precision_loss, reason = "compared with a bound below the loss")]
    fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Value, E> {
        self.reading.number(number as f64, number.into())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Value, E> {
        let kept = Number::from_f64(number).ok_or_else(|| self.reading.fault(JsonFaultKind::Number))?;
        self.reading.number(number, kept)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
        self.reading.text(text, self.reading.text_max)?;
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            if out.len() == ITEMS_MAX {
                return Err(self.reading.fault(JsonFaultKind::TooMany));
            }
            out.push(item);
        }
        Ok(Value::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut out = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            self.reading.text(&name, NAME_MAX)?;
            self.reading.path.borrow_mut().push(name.chars().take(40).collect());
            if out.contains_key(&name) {
                return Err(self.reading.fault(JsonFaultKind::Twice));
            }
            if out.len() == ITEMS_MAX {
                return Err(self.reading.fault(JsonFaultKind::TooMany));
            }
            out.insert(name, members.next_value_seed(inner)?);
            self.reading.path.borrow_mut().pop();
        }
        Ok(Value::Object(out))
    }
}

/// Reads so many levels more; what lies deeper is passed over, which takes no stack.
#[derive(Clone, Copy)]
struct Shallow(usize);

impl<'de> DeserializeSeed<'de> for Shallow {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.0 == 0 {
            deserializer.deserialize_ignored_any(IgnoredAny)?;
            return Ok(Value::Null);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shallow {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Value, E> {
        Number::from_f64(number).map(Value::Number).ok_or_else(|| E::custom("no number"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(Self(self.0 - 1))? {
            out.push(item);
        }
        Ok(Value::Array(out))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut out = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            out.insert(name, members.next_value_seed(Self(self.0 - 1))?);
        }
        Ok(Value::Object(out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<JsonFaultKind> {
        read(text.as_bytes()).err().map(|fault| fault.kind)
    }

    fn nested(levels: usize) -> String {
        format!("{}{}", "[".repeat(levels), "]".repeat(levels))
    }

    #[test]
    fn what_is_within_the_bounds_is_read_as_it_is() {
        for text in
            [r#"{"a":[1,-2,0.5,true,null,"文"],"b":{"c":9007199254740991}}"#, &nested(DEPTH_MAX), "1e-400", "\"\""]
        {
            assert_eq!(read(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
        }
    }

    #[test]
    fn what_is_beyond_them_is_refused_by_name() {
        let long = format!("\"{}\"", "字".repeat(TEXT_MAX + 1));
        let many = format!("[{}0]", "0,".repeat(ITEMS_MAX));
        for (text, wanted) in [
            (nested(DEPTH_MAX + 1).as_str(), JsonFaultKind::TooDeep),
            (nested(100_000).as_str(), JsonFaultKind::TooDeep),
            ("9007199254740992", JsonFaultKind::Number),
            ("-9007199254740993", JsonFaultKind::Number),
            ("18446744073709551615", JsonFaultKind::Number),
            ("1e300", JsonFaultKind::Number),
            (long.as_str(), JsonFaultKind::TextTooLong),
            (many.as_str(), JsonFaultKind::TooMany),
            (r#"{"a":1,"a":2}"#, JsonFaultKind::Twice),
            (r#"{"a":1,"\u0061":2}"#, JsonFaultKind::Twice),
            (r#""a\u0000""#, JsonFaultKind::Nul),
            (r#"{"a\u0000":1}"#, JsonFaultKind::Nul),
        ] {
            assert_eq!(kind(text), Some(wanted));
        }
        for text in ["", "{", "{}{}", "NaN", "1e999", r#""\ud800""#, "[1,]", "nul"] {
            assert!(matches!(kind(text), Some(JsonFaultKind::Syntax { .. })), "{text}");
        }
        assert_eq!(read(br#"{"location":{"lon":1e99}}"#).unwrap_err().field, "location.lon");
    }

    #[test]
    fn what_was_kept_deeper_is_still_read() {
        let text = format!("{{\"a\":{},\"b\":1}}", nested(50_000));
        let read = read_kept(text.as_bytes()).unwrap();
        assert_eq!(read["b"], 1);
        let mut inner = &read["a"];
        let mut levels = 0;
        while let Some(next) = inner.get(0) {
            (inner, levels) = (next, levels + 1);
        }
        assert!((DEPTH_MAX..DEPTH_MAX + 3).contains(&levels), "{levels}");
        assert_eq!(read_kept(b"{\"a\":1}x"), None);
    }
}
