//! RFC 8785, the JSON Canonicalization Scheme: one text for each value.

use std::cmp::Ordering;
use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

/// The largest integer that every JSON reader keeps exactly (RFC 7493 §2.2).
const MAX_SAFE: u64 = (1 << 53) - 1;

/// An integer beyond ±(2⁵³ − 1), which some readers would round.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is not read exactly by every program; write integers beyond ±(2^53 − 1) as text")]
pub struct UnsafeInteger(pub String);

/// The canonical text of a value.
///
/// # Errors
/// When an integer lies beyond ±(2⁵³ − 1).
pub fn canonical_json(value: &Value) -> Result<String, UnsafeInteger> {
    let mut out = String::new();
    write_value(&mut out, value)?;
    Ok(out)
}

pub(super) fn write_value(out: &mut String, value: &Value) -> Result<(), UnsafeInteger> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => return write_number(out, number),
        Value::String(text) => write_string(out, text),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(out, item)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            out.push('{');
            let mut first = true;
            in_order(members, |name, value| {
                if !std::mem::take(&mut first) {
                    out.push(',');
                }
                write_string(out, name);
                out.push(':');
                write_value(out, value)
            })?;
            out.push('}');
        }
    }
    Ok(())
}

/// Visits members in the order of RFC 8785 §3.2.3.
pub(super) fn in_order<E>(
    members: &Map<String, Value>,
    mut visit: impl FnMut(&str, &Value) -> Result<(), E>,
) -> Result<(), E> {
    if members.keys().is_sorted_by(|a, b| utf16_order(a, b) != Ordering::Greater) {
        return members.iter().try_for_each(|(name, value)| visit(name, value));
    }
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by(|(a, _), (b, _)| utf16_order(a, b));
    sorted.into_iter().try_for_each(|(name, value)| visit(name, value))
}

/// UTF-16 order. It differs from that of UTF-8 bytes only for characters beyond U+FFFF, whose surrogates sort below U+E000.
pub(super) fn utf16_order(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() { a.cmp(b) } else { a.encode_utf16().cmp(b.encode_utf16()) }
}

pub(super) fn write_string(out: &mut String, text: &str) {
    out.push('"');
    let mut copied = 0;
    for (index, byte) in text.bytes().enumerate().filter(|(_, b)| *b < 0x20 || matches!(b, b'"' | b'\\')) {
        out.push_str(&text[copied..index]);
        copied = index + 1;
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0x08 => "\\b",
            b'\t' => "\\t",
            b'\n' => "\\n",
            0x0c => "\\f",
            b'\r' => "\\r",
            _ => {
                let _infallible = write!(out, "\\u{byte:04x}");
                continue;
            }
        };
        out.push_str(short);
    }
    out.push_str(&text[copied..]);
    out.push('"');
}

fn write_number(out: &mut String, number: &Number) -> Result<(), UnsafeInteger> {
    let magnitude = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
    match (magnitude, number.as_f64()) {
        (Some(magnitude), _) if magnitude <= MAX_SAFE => {
            let _infallible = write!(out, "{number}");
            Ok(())
        }
        (None, Some(double)) if double.is_finite() => {
            out.push_str(ryu_js::Buffer::new().format_finite(double));
            Ok(())
        }
        _ => Err(UnsafeInteger(number.to_string())),
    }
}
