//! Our evaluation against CEL's own interpreter on facts that are all known, and Kleene's laws on facts that are not.

use cel::{Context, Program};
use proptest::prelude::*;
use serde_json::{Value, json};
use yizhi_domain::expr::{Expr, Schema, Truth, Type};

fn schema() -> Schema {
    Schema::new([
        ("i", Type::Int),
        ("j", Type::Int),
        ("d", Type::Double),
        ("s", Type::String),
        ("t", Type::String),
        ("b", Type::Bool),
        ("l", Type::list(Type::Int)),
        ("o", Type::object([("n", Type::Int), ("absent", Type::Int)])),
    ])
}

#[derive(Clone, Debug)]
struct Facts {
    i: i64,
    j: i64,
    d: f64,
    s: String,
    t: String,
    b: bool,
    l: Vec<i64>,
    n: i64,
}

impl Facts {
    fn json(&self) -> Value {
        json!({"i": self.i, "j": self.j, "d": self.d, "s": self.s, "t": self.t, "b": self.b, "l": self.l, "o": {"n": self.n}})
    }

    fn context(&self) -> Context<'static, 'static> {
        let mut context = Context::default();
        let object = cel::Value::from(std::collections::HashMap::from([("n".to_owned(), cel::Value::from(self.n))]));
        context.add_variable_from_value("i", self.i);
        context.add_variable_from_value("j", self.j);
        context.add_variable_from_value("d", self.d);
        context.add_variable_from_value("s", self.s.clone());
        context.add_variable_from_value("t", self.t.clone());
        context.add_variable_from_value("b", self.b);
        context.add_variable_from_value("l", self.l.clone());
        context.add_variable_from_value("o", object);
        context
    }
}

fn facts() -> impl Strategy<Value = Facts> {
    let text = || prop::sample::select(vec!["", "a", "ab", "ba", "中", "中文a"]).prop_map(str::to_owned);
    (
        -3..4_i64,
        -3..4_i64,
        -2..3_i32,
        text(),
        text(),
        any::<bool>(),
        prop::collection::vec(-3..4_i64, 0..4),
        any::<i64>(),
    )
        .prop_map(|(i, j, d, s, t, b, l, n)| Facts { i, j, d: f64::from(d) / 2.0, s, t, b, l, n })
}

/// Texts of a type: 0 bool, 1 int, 2 string, 3 double.
fn text(kind: u8, depth: u32) -> BoxedStrategy<String> {
    let leaf = |texts: &[&str]| prop::sample::select(texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>()).boxed();
    let leaves = match kind {
        0 => leaf(&["b", "true", "false", "has(o.n)", "has(o.absent)"]),
        1 => leaf(&["i", "j", "0", "2", "-3", "o.n", "l[0]", "size(s)", "size(l)"]),
        2 => leaf(&["s", "t", "'a'", "'中'"]),
        _ => leaf(&["d", "0.5", "-1.0", "double(i)"]),
    };
    if depth == 0 {
        return leaves;
    }
    let sub = |kind| text(kind, depth - 1);
    let op = |kind: u8, ops: &[&str]| {
        (sub(kind), leaf(ops), sub(kind)).prop_map(|(a, op, b)| format!("({a} {op} {b})")).boxed()
    };
    let choice = (sub(0), sub(kind), sub(kind)).prop_map(|(c, a, b)| format!("({c} ? {a} : {b})")).boxed();
    let more = match kind {
        0 => prop_oneof![
            op(0, &["&&", "||", "==", "!="]),
            op(1, &["==", "!=", "<", "<=", ">", ">="]),
            op(2, &["==", "!=", "<", ">="]),
            op(3, &["==", "<", ">"]),
            sub(0).prop_map(|a| format!("!({a})")),
            // The elements are known here: over a list with unknown ones we answer like `exists`, CEL not at all.
            (sub(1), leaf(&["i", "j", "-1"])).prop_map(|(a, b)| format!("({a} in [{b}, 1])")),
            sub(1).prop_map(|a| format!("({a} in l)")),
            (leaf(&["all", "exists"]), sub(1)).prop_map(|(q, a)| format!("l.{q}(e, e > {a})")),
            (sub(2), leaf(&["contains", "startsWith", "endsWith"]), sub(2))
                .prop_map(|(a, f, b)| format!("({a}).{f}({b})")),
        ]
        .boxed(),
        1 => prop_oneof![
            op(1, &["+", "-", "*", "/", "%"]),
            sub(1).prop_map(|a| format!("-({a})")),
            sub(2).prop_map(|a| format!("size({a})")),
        ]
        .boxed(),
        2 => op(2, &["+"]),
        _ => op(3, &["+", "-", "*"]),
    };
    prop_oneof![2 => leaves, 5 => more, 1 => choice].boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn agrees_with_the_interpreter_of_cel(text in text(0, 3), facts in facts()) {
        let expr = Expr::parse(&text, &schema()).unwrap();
        let theirs = match Program::compile(&text).unwrap().execute(&facts.context()) {
            Ok(cel::Value::Bool(value)) => Truth::from(value),
            Ok(other) => panic!("{text}: {other:?}"),
            Err(_) => Truth::Unknown,
        };
        prop_assert_eq!(expr.truth(&facts.json()), theirs, "{}", text);
    }

    /// Learning a fact may decide what was unknown, but never overturns what was decided.
    #[test]
    fn knowing_more_never_changes_an_answer(text in text(0, 3), facts in facts(), hidden in prop::collection::vec(0..8_usize, 0..5)) {
        let text = text.replace("has(o.n)", "b").replace("has(o.absent)", "b");
        let expr = Expr::parse(&text, &schema()).unwrap();
        let all = facts.json();
        let mut some = all.clone();
        for index in hidden {
            some[["i", "j", "d", "s", "t", "b", "l", "o"][index]] = Value::Null;
        }
        let before = expr.truth(&some);
        prop_assert!(before == Truth::Unknown || before == expr.truth(&all), "{text}");
    }

    #[test]
    fn any_text_is_accepted_or_refused(text in "[a-z0-9 .()'\"\\[\\]{}?:&|!<>=+*/%,中\\\\-]{0,60}") {
        let _ = Expr::parse(&text, &schema());
    }
}
