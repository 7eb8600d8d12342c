//! Checks names and types, and lowers CEL's syntax tree to the profile.

use cel::IdedExpr;
use cel::common::ast::{ComprehensionExpr, Expr, ListExpr, LiteralValue, SelectExpr, SourceInfo, operators};

use super::ast::{Node, Quantifier};
use super::error::ExprError;
use super::text;
use super::types::{Schema, Type};

const MAX_DEPTH: usize = 64;
const MAX_QUANTIFIERS: usize = 2;

pub(super) type Checked = Result<(Node, Type), ExprError>;

/// Reads, checks and lowers a text.
pub(super) fn check(text: &str, schema: &Schema) -> Checked {
    let (tree, places) = text::parse(text)?;
    Checker { text, places: &places, schema, elements: Vec::new(), depth: 0 }.lower(&tree)
}

pub(super) struct Checker<'a> {
    text: &'a str,
    places: &'a SourceInfo,
    schema: &'a Schema,
    /// Names and types of the elements that quantifiers around here look at.
    elements: Vec<(String, Type)>,
    depth: usize,
}

impl Checker<'_> {
    pub(super) fn error<T>(&self, at: &IdedExpr, message: impl Into<String>) -> Result<T, ExprError> {
        let byte = self.places.offset_for(at.id).map_or(0, |(start, _)| start as usize);
        Err(ExprError::at(self.text, byte, message))
    }

    pub(super) fn lower(&mut self, at: &IdedExpr) -> Checked {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.error(at, "the expression is too deep; split it");
        }
        let lowered = match &at.expr {
            Expr::Literal(literal) => self.literal(at, literal),
            Expr::Ident(name) => self.name(at, name),
            Expr::Select(select) => self.select(at, select),
            Expr::Call(call) => self.call(at, call),
            Expr::List(list) => self.list(at, list),
            Expr::Comprehension(quantified) => self.quantifier(at, quantified),
            Expr::Map(_) | Expr::Struct(_) => self.error(at, "objects cannot be made in an expression"),
            Expr::Unspecified => self.error(at, "something is missing here"),
        };
        self.depth -= 1;
        lowered
    }

    fn literal(&self, at: &IdedExpr, literal: &LiteralValue) -> Checked {
        Ok(match literal {
            LiteralValue::Boolean(value) => (Node::Bool(**value), Type::Bool),
            LiteralValue::Int(value) => (Node::Int(**value), Type::Int),
            LiteralValue::Double(value) => (Node::Double(**value), Type::Double),
            LiteralValue::String(value) => (Node::String(value.inner().to_owned()), Type::String),
            LiteralValue::Null => return self.error(at, "null is not used here: ask has(…) whether a fact is known"),
            LiteralValue::UInt(_) => return self.error(at, "write integers without u"),
            LiteralValue::Bytes(_) => return self.error(at, "bytes are not used here"),
        })
    }

    fn name(&self, at: &IdedExpr, name: &str) -> Checked {
        if let Some(index) = self.elements.iter().rposition(|(element, _)| element == name) {
            return Ok((Node::Element(index), self.elements[index].1.clone()));
        }
        match self.schema.0.get(name) {
            Some(ty) => Ok((Node::Fact(name.to_owned(), ty.clone()), ty.clone())),
            None => {
                let known: Vec<&str> = self.schema.0.keys().map(String::as_str).collect();
                self.error(at, format!("there is no fact `{name}`; there are {}", known.join(", ")))
            }
        }
    }

    fn select(&mut self, at: &IdedExpr, select: &SelectExpr) -> Checked {
        let (base, ty) = self.lower(&select.operand)?;
        let field = self.field(at, &ty, &select.field)?;
        if select.test {
            return Ok((Node::Has(Box::new(base), select.field.clone()), Type::Bool));
        }
        Ok((Node::Field(Box::new(base), select.field.clone(), field.clone()), field))
    }

    /// The type of a field of a type.
    pub(super) fn field(&self, at: &IdedExpr, ty: &Type, name: &str) -> Result<Type, ExprError> {
        match ty {
            Type::Any => Ok(Type::Any),
            Type::Object(fields) => match fields.get(name) {
                Some(field) => Ok(field.clone()),
                None => {
                    let known: Vec<&str> = fields.keys().map(String::as_str).collect();
                    self.error(at, format!("there is no field `{name}`; there are {}", known.join(", ")))
                }
            },
            _ => self.error(at, format!("{ty} has no fields")),
        }
    }

    fn list(&mut self, at: &IdedExpr, list: &ListExpr) -> Checked {
        let mut nodes = Vec::with_capacity(list.elements.len());
        let mut joined: Option<Type> = None;
        for element in &list.elements {
            let (node, ty) = self.lower(element)?;
            nodes.push(node);
            joined = match joined {
                None => Some(ty),
                Some(before) => match before.clone().join(ty.clone()) {
                    None => return self.error(element, format!("this is {ty} in a list that began with {before}")),
                    both => both,
                },
            };
        }
        match joined {
            Some(element) => Ok((Node::List(nodes), Type::list(element))),
            None => self.error(at, "an empty list holds nothing to compare with"),
        }
    }

    /// `all` and `exists` as the parser expands them; the other macros of CEL have other shapes.
    fn quantifier(&mut self, at: &IdedExpr, quantified: &ComprehensionExpr) -> Checked {
        let refused = "of the macros over lists only all(…) and exists(…) are used here";
        let Expr::Call(step) = &quantified.loop_step.expr else {
            return self.error(at, refused);
        };
        let quantifier = match step.func_name.as_str() {
            operators::LOGICAL_AND => Quantifier::All,
            operators::LOGICAL_OR => Quantifier::Exists,
            _ => return self.error(at, refused),
        };
        let ([_, condition], true) = (step.args.as_slice(), matches!(quantified.result.expr, Expr::Ident(_))) else {
            return self.error(at, refused);
        };
        if self.elements.len() >= MAX_QUANTIFIERS {
            return self
                .error(at, format!("at most {MAX_QUANTIFIERS} of all(…) and exists(…) can stand in each other"));
        }
        let (list, ty) = self.lower(&quantified.iter_range)?;
        let element = match ty {
            Type::List(element) => *element,
            Type::Any => Type::Any,
            other => return self.error(&quantified.iter_range, format!("a list is needed here, this is {other}")),
        };
        self.elements.push((quantified.iter_var.clone(), element));
        let condition = self.bool(condition);
        self.elements.pop();
        Ok((Node::Quantify(quantifier, Box::new(list), Box::new(condition?)), Type::Bool))
    }

    /// A condition.
    pub(super) fn bool(&mut self, at: &IdedExpr) -> Result<Node, ExprError> {
        match self.lower(at)? {
            (node, Type::Bool | Type::Any) => Ok(node),
            (_, ty) => self.error(at, format!("a condition is needed here, this is {ty}")),
        }
    }
}
