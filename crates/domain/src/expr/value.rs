//! Values while an expression is evaluated: borrowed from the facts wherever possible.

use std::borrow::Cow;
use std::cmp::Ordering;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Map, Value};

use super::Truth;
use super::types::Type;

#[derive(Clone, Debug)]
pub(super) enum Val<'a> {
    Unknown,
    Bool(bool),
    Int(i64),
    Double(f64),
    String(Cow<'a, str>),
    Time(DateTime<Utc>),
    Duration(TimeDelta),
    /// A list of the expression.
    List(Vec<Val<'a>>),
    /// A list of the facts, and the type of its elements.
    Facts(&'a [Value], &'a Type),
    Object(&'a Map<String, Value>),
}

impl From<Truth> for Val<'_> {
    fn from(truth: Truth) -> Self {
        match truth {
            Truth::True => Val::Bool(true),
            Truth::False => Val::Bool(false),
            Truth::Unknown => Val::Unknown,
        }
    }
}

impl<'a> Val<'a> {
    /// A fact as its declared type; unknown when it is null or of another type.
    pub(super) fn of(fact: &'a Value, ty: &'a Type) -> Self {
        match (fact, ty) {
            (Value::Bool(value), Type::Bool | Type::Any) => Val::Bool(*value),
            (Value::Number(number), Type::Int) => integer(number).map_or(Val::Unknown, Val::Int),
            (Value::Number(number), Type::Double) => number.as_f64().map_or(Val::Unknown, Val::Double),
            (Value::Number(number), Type::Any) => match (integer(number), number.as_f64()) {
                (Some(int), _) => Val::Int(int),
                (_, Some(double)) => Val::Double(double),
                _ => Val::Unknown,
            },
            (Value::String(text), Type::String | Type::Any) => Val::String(Cow::Borrowed(text)),
            (Value::String(text), Type::Time) => {
                DateTime::parse_from_rfc3339(text).map_or(Val::Unknown, |time| Val::Time(time.to_utc()))
            }
            (Value::String(text), Type::Duration) => parse_duration(text).map_or(Val::Unknown, Val::Duration),
            (Value::Array(items), Type::List(element)) => Val::Facts(items, element),
            (Value::Array(items), Type::Any) => Val::Facts(items, &Type::Any),
            (Value::Object(fields), Type::Object(_) | Type::Any) => Val::Object(fields),
            _ => Val::Unknown,
        }
    }

    pub(super) fn truth(&self) -> Truth {
        match self {
            Val::Bool(value) => Truth::from(*value),
            _ => Truth::Unknown,
        }
    }

    /// The elements of a list; `None` when it is none.
    pub(super) fn elements(&self) -> Option<Box<dyn Iterator<Item = Val<'a>> + '_>> {
        match self {
            Val::List(items) => Some(Box::new(items.iter().cloned())),
            Val::Facts(items, ty) => Some(Box::new(items.iter().map(|item| Val::of(item, ty)))),
            _ => None,
        }
    }

    /// The number of characters of a text, elements of a list, or fields of an object.
    pub(super) fn size(&self) -> Option<usize> {
        Some(match self {
            Val::String(text) => text.chars().count(),
            Val::List(items) => items.len(),
            Val::Facts(items, _) => items.len(),
            Val::Object(fields) => fields.len(),
            _ => return None,
        })
    }

    /// Equality; values of different types differ, numbers are compared as numbers.
    pub(super) fn equals(&self, other: &Self) -> Truth {
        match (self, other) {
            (Val::Unknown, _) | (_, Val::Unknown) => Truth::Unknown,
            (Val::Bool(a), Val::Bool(b)) => Truth::from(a == b),
            (Val::Object(a), Val::Object(b)) => Truth::from(a == b),
            _ => match (self.elements(), other.elements()) {
                (Some(_), Some(_)) if self.size() != other.size() => Truth::False,
                (Some(a), Some(b)) => a.zip(b).fold(Truth::True, |all, (a, b)| and(all, a.equals(&b))),
                _ => Truth::from(self.order(other) == Some(Ordering::Equal)),
            },
        }
    }

    /// The order of two numbers, texts, times or durations.
    pub(super) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Val::Int(a), Val::Int(b)) => Some(a.cmp(b)),
            (Val::Double(a), Val::Double(b)) => a.partial_cmp(b),
            (Val::Int(a), Val::Double(b)) => order_mixed(*a, *b),
            (Val::Double(a), Val::Int(b)) => order_mixed(*b, *a).map(Ordering::reverse),
            (Val::String(a), Val::String(b)) => Some(a.cmp(b)),
            (Val::Time(a), Val::Time(b)) => Some(a.cmp(b)),
            (Val::Duration(a), Val::Duration(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Val::Int(_) | Val::Double(_))
    }

    pub(super) fn to_json(&self) -> Option<Value> {
        Some(match self {
            Val::Unknown => return None,
            Val::Bool(value) => Value::from(*value),
            Val::Int(value) => Value::from(*value),
            Val::Double(value) => Value::Number(serde_json::Number::from_f64(*value)?),
            Val::String(text) => Value::from(text.as_ref()),
            Val::Time(time) => Value::from(time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            Val::Duration(duration) => Value::from(format!("{}s", duration.num_seconds())),
            Val::List(items) => Value::Array(items.iter().map(|item| item.to_json().unwrap_or_default()).collect()),
            Val::Facts(items, _) => Value::from(items.to_vec()),
            Val::Object(fields) => Value::Object((*fields).clone()),
        })
    }
}

/// Kleene's conjunction.
pub(super) fn and(a: Truth, b: Truth) -> Truth {
    match (a, b) {
        (Truth::False, _) | (_, Truth::False) => Truth::False,
        (Truth::True, Truth::True) => Truth::True,
        _ => Truth::Unknown,
    }
}

/// Kleene's disjunction.
pub(super) fn or(a: Truth, b: Truth) -> Truth {
    !and(!a, !b)
}

/// An integer, also when it was written as 3.0.
fn integer(number: &serde_json::Number) -> Option<i64> {
    number.as_i64().or_else(|| to_int(number.as_f64().filter(|double| double.fract() == 0.0)?))
}

/// Towards zero; `None` outside of 64 bits.
pub(super) fn to_int(double: f64) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
    let int = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&double).then_some(double as i64);
    int
}

/// An integer against a double without rounding the integer.
fn order_mixed(int: i64, double: f64) -> Option<Ordering> {
    if double.is_nan() {
        return None;
    }
    let whole = double.trunc();
    match to_int(whole) {
        None => Some(if double > 0.0 { Ordering::Less } else { Ordering::Greater }),
        Some(other) => Some(int.cmp(&other).then_with(|| whole.partial_cmp(&double).unwrap_or(Ordering::Equal))),
    }
}

/// Reads whole numbers of hours, minutes and seconds: `36h`, `1h30m`, `-90s`.
pub(super) fn parse_duration(text: &str) -> Option<TimeDelta> {
    let (sign, mut rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let mut seconds = 0_i64;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let factor = match rest.as_bytes()[digits] {
            b'h' => 3600,
            b'm' => 60,
            b's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(rest[..digits].parse::<i64>().ok()?.checked_mul(factor)?)?;
        rest = &rest[digits + 1..];
    }
    TimeDelta::try_seconds(sign * seconds)
}
