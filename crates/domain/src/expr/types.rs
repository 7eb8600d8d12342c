//! The types that facts have.

use std::collections::BTreeMap;
use std::fmt;

/// The type of a fact or of an expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    Bool,
    Int,
    Double,
    String,
    /// RFC 3339 text in the facts.
    Time,
    /// Text such as `1h30m` in the facts.
    Duration,
    List(Box<Type>),
    /// An object whose fields are known.
    Object(BTreeMap<String, Type>),
    /// Not known before the facts are there, such as the data of a form; what does not fit then is unknown.
    Any,
}

impl Type {
    pub fn object<N: Into<String>>(fields: impl IntoIterator<Item = (N, Self)>) -> Self {
        Self::Object(fields.into_iter().map(|(name, ty)| (name.into(), ty)).collect())
    }

    pub fn list(of: Self) -> Self {
        Self::List(Box::new(of))
    }

    pub(super) fn is_number(&self) -> bool {
        matches!(self, Self::Int | Self::Double | Self::Any)
    }

    /// Whether values of the two types can be equal.
    pub(super) fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::List(a), Self::List(b)) => a.meets(b),
            (a, b) => a == b || (a.is_number() && b.is_number()),
        }
    }

    /// The type of a value that has one type or the other; `None` when nothing can be said of it.
    pub(super) fn join(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => Some(Self::Any),
            (Self::List(a), Self::List(b)) => a.join(*b).map(Self::list),
            (a, b) => (a == b).then_some(a),
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bool => "a bool",
            Self::Int => "an int",
            Self::Double => "a double",
            Self::String => "a string",
            Self::Time => "a timestamp",
            Self::Duration => "a duration",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
            Self::Any => "anything",
        })
    }
}

/// The facts an expression may speak of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema(pub(super) BTreeMap<String, Type>);

impl Schema {
    pub fn new<N: Into<String>>(facts: impl IntoIterator<Item = (N, Type)>) -> Self {
        Self(facts.into_iter().map(|(name, ty)| (name.into(), ty)).collect())
    }
}
