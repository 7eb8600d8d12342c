//! Expressions of the catalog: guards, form logic and policy criteria in one language, the Common Expression Language (CEL), in a small typed
//! profile that is cheap to evaluate anywhere and never fails half-way.
//!
//! # Profile
//! - Literals of bool, int, double, string, list; `timestamp("2026-01-01T00:00:00+08:00")` and `duration("1h30m")` of a literal text.
//! - Names and fields of the schema, `list[0]`, `object["field"]`.
//! - `&& || ! ?:`, `== != < <= > >=`, `in`, `+ - * / %`.
//! - `has(a.b)`, `size(x)`, `x.contains(y)`, `x.startsWith(y)`, `x.endsWith(y)`, `int(x)`, `double(x)`.
//! - `list.all(x, …)` and `list.exists(x, …)`.
//!
//! Everything else of CEL is refused when the catalog is loaded, with its place, and so is a text whose types do not fit. Texts have at most
//! 2,000 bytes and brackets 24 deep.
//!
//! # Three values
//! A fact that is absent, null, or of another type than declared is *unknown*, and so is what cannot be computed (a division by zero, an
//! overflow, an index past the end). Unknown spreads, except that `false && unknown` is false and `true || unknown` is true (Kleene); `all`,
//! `exists` and `in` follow from these. `has(a.b)` asks whether a fact is known and is itself never unknown.

mod ast;
mod calls;
mod check;
mod error;
mod eval;
mod text;
mod types;
mod value;

use std::fmt;

use serde_json::Value;

pub use error::ExprError;
pub use types::{Schema, Type};

/// What an expression says of some facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    True,
    False,
    /// The facts known do not decide it.
    Unknown,
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }
}

impl std::ops::Not for Truth {
    type Output = Self;
    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// A checked expression.
#[derive(Clone, PartialEq)]
pub struct Expr {
    text: String,
    root: ast::Node,
    ty: Type,
}

impl Expr {
    /// Reads a condition over the facts of a schema.
    ///
    /// # Errors
    /// Where and why the text is refused: bad syntax, outside the profile, unknown names, types that do not fit, or no condition.
    pub fn parse(text: &str, schema: &Schema) -> Result<Self, ExprError> {
        let expr = Self::parse_value(text, schema)?;
        if matches!(expr.ty, Type::Bool | Type::Any) {
            return Ok(expr);
        }
        Err(ExprError { line: 1, column: 1, message: format!("a condition is needed, this is {}", expr.ty) })
    }

    /// Reads an expression of any type, such as a value that a form computes.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_value(text: &str, schema: &Schema) -> Result<Self, ExprError> {
        let (root, ty) = check::check(text, schema)?;
        Ok(Self { text: text.to_owned(), root, ty })
    }

    /// What a condition says; facts are an object with the names of the schema. A value that is no bool is unknown.
    pub fn truth(&self, facts: &Value) -> Truth {
        eval::Evaluation::new(facts).value(&self.root).truth()
    }

    /// The value of an expression, `None` when it is unknown. Times and durations are written as RFC 3339 and as seconds (`5400s`).
    pub fn value(&self, facts: &Value) -> Option<Value> {
        eval::Evaluation::new(facts).value(&self.root).to_json()
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// The type of the value.
    pub fn value_type(&self) -> &Type {
        &self.ty
    }
}

impl fmt::Debug for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expr({:?})", self.text)
    }
}
