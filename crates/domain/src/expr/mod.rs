//! STAND-IN by the lead until the real module lands: this is the interface that `procedure` and `case` already use. Replace the bodies, keep the names:
//! `Schema::new([(name, Type)])`, `Type::{Bool, Int, Double, String, List, Any, ..}`, `Type::object([(name, Type)])`, `Expr::parse(text, &Schema)`,
//! `Expr::truth(&serde_json::Value) -> Truth` (three-valued; null or absent facts are unknown), `Expr::text()`.

use serde_json::Value;

#[derive(Clone, Debug)]
pub enum Type {
    Bool,
    Int,
    Double,
    String,
    List(Box<Type>),
    Object(Vec<(String, Type)>),
    Any,
}

impl Type {
    pub fn object<const N: usize>(fields: [(&str, Type); N]) -> Self {
        Self::Object(fields.into_iter().map(|(n, t)| (n.to_owned(), t)).collect())
    }
}

#[derive(Clone, Debug)]
pub struct Schema(pub Vec<(String, Type)>);

impl Schema {
    pub fn new<const N: usize>(variables: [(&str, Type); N]) -> Self {
        Self(variables.into_iter().map(|(n, t)| (n.to_owned(), t)).collect())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Truth {
    True,
    False,
    Unknown,
}

#[derive(Clone, Debug)]
pub struct Expr(String);

#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct ExprError(String);

impl Expr {
    pub fn parse(text: &str, _schema: &Schema) -> Result<Self, ExprError> {
        Ok(Self(text.to_owned()))
    }

    pub fn truth(&self, _facts: &Value) -> Truth {
        Truth::True
    }

    pub fn text(&self) -> &str {
        &self.0
    }
}
