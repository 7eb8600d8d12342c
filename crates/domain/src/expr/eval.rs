//! Evaluates checked expressions. Total: what cannot be computed is unknown.

use std::cmp::Ordering;

use chrono::TimeDelta;
use serde_json::Value;

use super::Truth;
use super::ast::{Arithmetic, Comparison, Function, Node, Quantifier};
use super::value::{Val, and, or, to_int};

/// Nodes visited before an evaluation is given up as unknown: two nested quantifiers over three hundred elements each.
const MAX_STEPS: u32 = 1_000_000;

pub(super) struct Evaluation<'a> {
    facts: &'a Value,
    elements: Vec<Val<'a>>,
    steps: u32,
}

impl<'a> Evaluation<'a> {
    pub(super) fn new(facts: &'a Value) -> Self {
        Self { facts, elements: Vec::new(), steps: 0 }
    }

    pub(super) fn value(&mut self, node: &'a Node) -> Val<'a> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Val::Unknown;
        }
        match node {
            Node::Bool(value) => Val::Bool(*value),
            Node::Int(value) => Val::Int(*value),
            Node::Double(value) => Val::Double(*value),
            Node::String(text) => Val::String(text.as_str().into()),
            Node::Time(time) => Val::Time(*time),
            Node::Duration(duration) => Val::Duration(*duration),
            Node::List(nodes) => Val::List(nodes.iter().map(|node| self.value(node)).collect()),
            Node::Fact(name, ty) => self.facts.get(name).map_or(Val::Unknown, |fact| Val::of(fact, ty)),
            Node::Element(index) => self.elements.get(*index).cloned().unwrap_or(Val::Unknown),
            Node::Field(base, name, ty) => match self.value(base) {
                Val::Object(fields) => fields.get(name).map_or(Val::Unknown, |field| Val::of(field, ty)),
                _ => Val::Unknown,
            },
            Node::Index(base, index) => self.index(base, index),
            Node::Has(base, name) => match self.value(base) {
                Val::Object(fields) => Val::Bool(fields.get(name).is_some_and(|field| !field.is_null())),
                _ => Val::Bool(false),
            },
            Node::Not(a) => (!self.truth(a)).into(),
            Node::And(a, b) => match self.truth(a) {
                Truth::False => Val::Bool(false),
                known => and(known, self.truth(b)).into(),
            },
            Node::Or(a, b) => match self.truth(a) {
                Truth::True => Val::Bool(true),
                known => or(known, self.truth(b)).into(),
            },
            Node::Choose(choice) => {
                let [condition, yes, no] = choice.as_ref();
                match self.truth(condition) {
                    Truth::True => self.value(yes),
                    Truth::False => self.value(no),
                    Truth::Unknown => Val::Unknown,
                }
            }
            Node::Compare(comparison, a, b) => compare(*comparison, &self.value(a), &self.value(b)).into(),
            Node::In(element, list) => self.contained(element, list).into(),
            Node::Arithmetic(arithmetic, a, b) => {
                compute(*arithmetic, self.value(a), self.value(b)).unwrap_or(Val::Unknown)
            }
            Node::Call(function, nodes) => self.call(*function, nodes).unwrap_or(Val::Unknown),
            Node::Quantify(quantifier, list, condition) => self.quantify(*quantifier, list, condition).into(),
        }
    }

    fn truth(&mut self, node: &'a Node) -> Truth {
        self.value(node).truth()
    }

    fn index(&mut self, base: &'a Node, index: &'a Node) -> Val<'a> {
        match (self.value(base), self.value(index)) {
            (Val::Object(fields), Val::String(name)) => {
                fields.get(name.as_ref()).map_or(Val::Unknown, |field| Val::of(field, &super::Type::Any))
            }
            (Val::Facts(items, ty), Val::Int(index)) => usize::try_from(index)
                .ok()
                .and_then(|index| items.get(index))
                .map_or(Val::Unknown, |item| Val::of(item, ty)),
            (Val::List(mut items), Val::Int(index)) => match usize::try_from(index) {
                Ok(index) if index < items.len() => items.swap_remove(index),
                _ => Val::Unknown,
            },
            _ => Val::Unknown,
        }
    }

    /// Whether a list has an element, or an object a field.
    fn contained(&mut self, element: &'a Node, list: &'a Node) -> Truth {
        let (element, list) = (self.value(element), self.value(list));
        if let (Val::String(name), Val::Object(fields)) = (&element, &list) {
            return fields.get(name.as_ref()).is_some_and(|field| !field.is_null()).into();
        }
        let (false, Some(items)) = (matches!(element, Val::Unknown), list.elements()) else {
            return Truth::Unknown;
        };
        let mut found = Truth::False;
        for item in items {
            self.steps += 1;
            found = or(found, element.equals(&item));
            if found == Truth::True || self.steps > MAX_STEPS {
                break;
            }
        }
        if self.steps > MAX_STEPS { Truth::Unknown } else { found }
    }

    fn call(&mut self, function: Function, nodes: &'a [Node]) -> Option<Val<'a>> {
        let first = self.value(nodes.first()?);
        Some(match (function, first) {
            (Function::Negate, Val::Int(value)) => Val::Int(value.checked_neg()?),
            (Function::Negate, Val::Double(value)) => Val::Double(-value),
            (Function::Negate, Val::Duration(value)) => Val::Duration(-value),
            (Function::Size, value) => Val::Int(i64::try_from(value.size()?).ok()?),
            (Function::Int, Val::Double(value)) => Val::Int(to_int(value)?),
            (Function::Int, Val::Int(value)) => Val::Int(value),
            #[expect(clippy::cast_precision_loss, reason = "what the author asks for")]
            (Function::Double, Val::Int(value)) => Val::Double(value as f64),
            (Function::Double, Val::Double(value)) => Val::Double(value),
            (test, Val::String(text)) => match (test, self.value(nodes.get(1)?)) {
                (Function::Contains, Val::String(part)) => Val::Bool(text.contains(part.as_ref())),
                (Function::StartsWith, Val::String(part)) => Val::Bool(text.starts_with(part.as_ref())),
                (Function::EndsWith, Val::String(part)) => Val::Bool(text.ends_with(part.as_ref())),
                _ => return None,
            },
            _ => return None,
        })
    }

    fn quantify(&mut self, quantifier: Quantifier, list: &'a Node, condition: &'a Node) -> Truth {
        let list = self.value(list);
        let Some(items) = list.elements() else {
            return Truth::Unknown;
        };
        let (join, decided, mut all): (fn(Truth, Truth) -> Truth, _, _) = match quantifier {
            Quantifier::All => (and, Truth::False, Truth::True),
            Quantifier::Exists => (or, Truth::True, Truth::False),
        };
        for item in items {
            self.elements.push(item);
            all = join(all, self.truth(condition));
            self.elements.pop();
            if all == decided {
                break;
            }
        }
        all
    }
}

fn compare(comparison: Comparison, a: &Val<'_>, b: &Val<'_>) -> Truth {
    match comparison {
        Comparison::Equal => return a.equals(b),
        Comparison::Different => return !a.equals(b),
        _ => {}
    }
    let Some(order) = a.order(b) else {
        // Not a number is neither less nor greater; values of different kinds have no order at all.
        return if a.is_number() && b.is_number() { Truth::False } else { Truth::Unknown };
    };
    Truth::from(match comparison {
        Comparison::Less => order == Ordering::Less,
        Comparison::LessOrEqual => order != Ordering::Greater,
        Comparison::Greater => order == Ordering::Greater,
        _ => order != Ordering::Less,
    })
}

fn compute<'a>(arithmetic: Arithmetic, a: Val<'a>, b: Val<'a>) -> Option<Val<'a>> {
    use Arithmetic::{Add, Divide, Multiply, Remainder, Subtract};
    Some(match (arithmetic, a, b) {
        (Add, Val::Int(a), Val::Int(b)) => Val::Int(a.checked_add(b)?),
        (Subtract, Val::Int(a), Val::Int(b)) => Val::Int(a.checked_sub(b)?),
        (Multiply, Val::Int(a), Val::Int(b)) => Val::Int(a.checked_mul(b)?),
        (Divide, Val::Int(a), Val::Int(b)) => Val::Int(a.checked_div(b)?),
        (Remainder, Val::Int(a), Val::Int(b)) => Val::Int(a.checked_rem(b)?),
        (Add, Val::Double(a), Val::Double(b)) => Val::Double(a + b),
        (Subtract, Val::Double(a), Val::Double(b)) => Val::Double(a - b),
        (Multiply, Val::Double(a), Val::Double(b)) => Val::Double(a * b),
        (Divide, Val::Double(a), Val::Double(b)) => Val::Double(a / b),
        (Add, Val::String(a), Val::String(b)) => Val::String((a.into_owned() + b.as_ref()).into()),
        (Add, Val::Time(time), Val::Duration(by)) | (Add, Val::Duration(by), Val::Time(time)) => {
            Val::Time(time.checked_add_signed(by)?)
        }
        (Subtract, Val::Time(time), Val::Duration(by)) => Val::Time(time.checked_sub_signed(by)?),
        (Subtract, Val::Time(a), Val::Time(b)) => Val::Duration(a - b),
        (Add, Val::Duration(a), Val::Duration(b)) => Val::Duration(TimeDelta::checked_add(&a, &b)?),
        (Subtract, Val::Duration(a), Val::Duration(b)) => Val::Duration(TimeDelta::checked_sub(&a, &b)?),
        _ => return None,
    })
}
