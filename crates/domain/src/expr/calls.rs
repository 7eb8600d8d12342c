//! Operators and functions: which types they take and what they give.

use cel::IdedExpr;
use cel::common::ast::{CallExpr, operators as op};
use chrono::DateTime;

use super::ast::{Arithmetic, Comparison, Function, Node};
use super::check::{Checked, Checker};
use super::types::Type;
use super::value::parse_duration;

impl Checker<'_> {
    pub(super) fn call(&mut self, at: &IdedExpr, call: &CallExpr) -> Checked {
        let all: Vec<&IdedExpr> = call.target.as_deref().into_iter().chain(&call.args).collect();
        let method = call.target.is_some();
        match (call.func_name.as_str(), all.as_slice()) {
            (op::LOGICAL_AND, [a, b]) => Ok((Node::And(Box::new(self.bool(a)?), Box::new(self.bool(b)?)), Type::Bool)),
            (op::LOGICAL_OR, [a, b]) => Ok((Node::Or(Box::new(self.bool(a)?), Box::new(self.bool(b)?)), Type::Bool)),
            (op::LOGICAL_NOT, [a]) => Ok((Node::Not(Box::new(self.bool(a)?)), Type::Bool)),
            (op::CONDITIONAL, [condition, yes, no]) => self.choice(at, condition, yes, no),
            (op::INDEX, [base, index]) => self.index(at, base, index),
            (op::IN, [element, list]) => self.membership(at, element, list),
            (op::NEGATE, [a]) => self.negation(at, a),
            ("size", [a]) => self.size(at, a),
            ("int", [a]) if !method => self.conversion(at, Function::Int, a, Type::Int),
            ("double", [a]) if !method => self.conversion(at, Function::Double, a, Type::Double),
            ("contains", [a, b]) if method => self.text_test(Function::Contains, a, b),
            ("startsWith", [a, b]) if method => self.text_test(Function::StartsWith, a, b),
            ("endsWith", [a, b]) if method => self.text_test(Function::EndsWith, a, b),
            ("timestamp", [a]) if !method => self.time(a),
            ("duration", [a]) if !method => self.duration(a),
            (name, [a, b]) => match (comparison(name), arithmetic(name)) {
                (Some(comparison), _) => self.compare(at, comparison, a, b),
                (_, Some(arithmetic)) => self.compute(at, arithmetic, a, b),
                _ => self.error(at, format!("there is no function `{name}` of this form")),
            },
            (name, _) => self.error(at, format!("there is no function `{name}` of this form")),
        }
    }

    fn choice(&mut self, at: &IdedExpr, condition: &IdedExpr, yes: &IdedExpr, no: &IdedExpr) -> Checked {
        let condition = self.bool(condition)?;
        let ((yes, yes_type), (no, no_type)) = (self.lower(yes)?, self.lower(no)?);
        match yes_type.clone().join(no_type.clone()) {
            Some(ty) => Ok((Node::Choose(Box::new([condition, yes, no])), ty)),
            None => self.error(at, format!("either {yes_type} or {no_type}: both sides need the same type")),
        }
    }

    fn index(&mut self, at: &IdedExpr, base: &IdedExpr, index: &IdedExpr) -> Checked {
        let ((base, base_type), (index_node, index_type)) = (self.lower(base)?, self.lower(index)?);
        let ty = match (&base_type, &index_type, &index_node) {
            (Type::Object(_), _, Node::String(name)) => {
                let ty = self.field(at, &base_type, name)?;
                return Ok((Node::Field(Box::new(base), name.clone(), ty.clone()), ty));
            }
            (Type::List(element), Type::Int | Type::Any, _) => (**element).clone(),
            (Type::Any, Type::Int | Type::String | Type::Any, _) => Type::Any,
            (Type::Object(_), ..) => return self.error(index, "fields are named by a literal text"),
            _ => return self.error(at, format!("{base_type} has no element named by {index_type}")),
        };
        Ok((Node::Index(Box::new(base), Box::new(index_node)), ty))
    }

    fn membership(&mut self, at: &IdedExpr, element: &IdedExpr, list: &IdedExpr) -> Checked {
        let ((element, element_type), (list, list_type)) = (self.lower(element)?, self.lower(list)?);
        match &list_type {
            Type::List(of) if of.meets(&element_type) => {}
            Type::List(of) => {
                return self.error(at, format!("{element_type} is never in a list of which each is {of}"));
            }
            Type::Any => {}
            _ => return self.error(at, format!("`in` needs a list, this is {list_type}")),
        }
        Ok((Node::In(Box::new(element), Box::new(list)), Type::Bool))
    }

    fn negation(&mut self, at: &IdedExpr, operand: &IdedExpr) -> Checked {
        match self.lower(operand)? {
            (node, ty) if ty.is_number() || ty == Type::Duration => Ok((Node::Call(Function::Negate, vec![node]), ty)),
            (_, ty) => self.error(at, format!("{ty} cannot be negated")),
        }
    }

    fn size(&mut self, at: &IdedExpr, operand: &IdedExpr) -> Checked {
        match self.lower(operand)? {
            (node, Type::String | Type::List(_) | Type::Any) => Ok((Node::Call(Function::Size, vec![node]), Type::Int)),
            (_, ty) => self.error(at, format!("{ty} has no size")),
        }
    }

    fn conversion(&mut self, at: &IdedExpr, function: Function, operand: &IdedExpr, gives: Type) -> Checked {
        match self.lower(operand)? {
            (node, ty) if ty.is_number() => Ok((Node::Call(function, vec![node]), gives)),
            (_, ty) => self.error(at, format!("{ty} cannot be made into {gives}")),
        }
    }

    fn text_test(&mut self, function: Function, text: &IdedExpr, part: &IdedExpr) -> Checked {
        let mut nodes = Vec::with_capacity(2);
        for operand in [text, part] {
            match self.lower(operand)? {
                (node, Type::String | Type::Any) => nodes.push(node),
                (_, ty) => return self.error(operand, format!("a string is needed here, this is {ty}")),
            }
        }
        Ok((Node::Call(function, nodes), Type::Bool))
    }

    fn time(&mut self, operand: &IdedExpr) -> Checked {
        let (Node::String(text), _) = self.lower(operand)? else {
            return self.error(operand, "timestamp(…) takes a literal text");
        };
        match DateTime::parse_from_rfc3339(&text) {
            Ok(time) => Ok((Node::Time(time.to_utc()), Type::Time)),
            Err(_) => self.error(operand, format!("`{text}` is no time; write it as 2026-01-01T00:00:00+08:00")),
        }
    }

    fn duration(&mut self, operand: &IdedExpr) -> Checked {
        let (Node::String(text), _) = self.lower(operand)? else {
            return self.error(operand, "duration(…) takes a literal text");
        };
        match parse_duration(&text) {
            Some(duration) => Ok((Node::Duration(duration), Type::Duration)),
            None => self.error(operand, format!("`{text}` is no duration; write it as 1h30m")),
        }
    }

    fn compare(&mut self, at: &IdedExpr, comparison: Comparison, a: &IdedExpr, b: &IdedExpr) -> Checked {
        let ((a, a_type), (b, b_type)) = (self.lower(a)?, self.lower(b)?);
        let equality = matches!(comparison, Comparison::Equal | Comparison::Different);
        let ordered = |ty: &Type| !matches!(ty, Type::Bool | Type::List(_) | Type::Object(_));
        if !a_type.meets(&b_type) || !(equality || ordered(&a_type) && ordered(&b_type)) {
            return self.error(at, format!("{a_type} cannot be compared with {b_type} here"));
        }
        Ok((Node::Compare(comparison, Box::new(a), Box::new(b)), Type::Bool))
    }

    fn compute(&mut self, at: &IdedExpr, arithmetic: Arithmetic, a: &IdedExpr, b: &IdedExpr) -> Checked {
        let ((a, a_type), (b, b_type)) = (self.lower(a)?, self.lower(b)?);
        match result_type(arithmetic, &a_type, &b_type) {
            Some(ty) => Ok((Node::Arithmetic(arithmetic, Box::new(a), Box::new(b)), ty)),
            None => self.error(
                at,
                format!("{a_type} and {b_type} do not go together here; int(…) and double(…) convert numbers"),
            ),
        }
    }
}

fn result_type(arithmetic: Arithmetic, a: &Type, b: &Type) -> Option<Type> {
    use Arithmetic::{Add, Remainder, Subtract};
    Some(match (arithmetic, a, b) {
        (_, Type::Any, _) | (_, _, Type::Any) => Type::Any,
        (_, Type::Int, Type::Int) => Type::Int,
        (Remainder, ..) => return None,
        (_, Type::Double, Type::Double) => Type::Double,
        (Add, Type::String, Type::String) => Type::String,
        (Subtract, Type::Time, Type::Time) => Type::Duration,
        (Add | Subtract, Type::Time, Type::Duration) | (Add, Type::Duration, Type::Time) => Type::Time,
        (Add | Subtract, Type::Duration, Type::Duration) => Type::Duration,
        _ => return None,
    })
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        op::EQUALS => Comparison::Equal,
        op::NOT_EQUALS => Comparison::Different,
        op::LESS => Comparison::Less,
        op::LESS_EQUALS => Comparison::LessOrEqual,
        op::GREATER => Comparison::Greater,
        op::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn arithmetic(name: &str) -> Option<Arithmetic> {
    Some(match name {
        op::ADD => Arithmetic::Add,
        op::SUBSTRACT => Arithmetic::Subtract,
        op::MULTIPLY => Arithmetic::Multiply,
        op::DIVIDE => Arithmetic::Divide,
        op::MODULO => Arithmetic::Remainder,
        _ => return None,
    })
}
