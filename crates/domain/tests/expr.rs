//! Expressions as tables: what they say, what unknown facts do, what is refused and where.

#![expect(clippy::panic, reason = "tests")]

use serde_json::{Value, json};
use yizhi_domain::expr::{Expr, Schema, Truth, Type};

fn schema() -> Schema {
    Schema::new([
        ("age", Type::Int),
        ("income", Type::Double),
        ("name", Type::String),
        ("local", Type::Bool),
        ("since", Type::Time),
        ("waited", Type::Duration),
        ("tags", Type::list(Type::String)),
        ("home", Type::object([("area", Type::Double), ("kind", Type::String)])),
        ("members", Type::list(Type::object([("age", Type::Int), ("jobs", Type::list(Type::String))]))),
        ("data", Type::Any),
    ])
}

fn facts() -> Value {
    json!({
        "age": 70, "income": 812.5, "name": "陈阿婆", "local": true,
        "since": "2026-11-20T09:30:00+08:00", "waited": "36h",
        "tags": ["独居", "低保"],
        "home": {"area": 45, "kind": "自建房"},
        "members": [{"age": 70, "jobs": []}, {"age": 12, "jobs": ["学生"]}],
        "data": {"count": 3, "rate": 0.5, "note": "后门油烟", "list": [1, 2.0, "x", null], "nothing": null},
    })
}

fn truth(text: &str, facts: &Value) -> Truth {
    Expr::parse(text, &schema()).unwrap_or_else(|error| panic!("{text}: {error}")).truth(facts)
}

#[test]
fn conditions_over_known_facts() {
    let facts = facts();
    let cases = [
        ("age >= 60 && local", true),
        ("age < 60 || income < 900.0", true),
        ("income == 812.5", true),
        ("age == 70.0", true),
        ("!(local)", false),
        ("name == '陈阿婆'", true),
        ("size(name) == 3 && name.size() == 3", true),
        ("name.startsWith('陈') && name.endsWith('婆') && !name.contains('王')", true),
        ("'独居' in tags", true),
        ("'五保' in tags", false),
        ("age in [60, 70, 80]", true),
        ("tags == ['独居', '低保']", true),
        ("tags[1] == '低保'", true),
        ("home.area <= 50.0 && home['kind'] == '自建房'", true),
        ("members.exists(m, m.age < 18)", true),
        ("members.all(m, m.age < 18)", false),
        ("members.all(m, m.jobs.all(j, j == '学生'))", true),
        ("members.exists(m, m.jobs.exists(j, m.age == 12 && j == '学生'))", true),
        ("(local ? 1 : 2) == 1", true),
        ("7 / 2 == 3 && -7 / 2 == -3 && -7 % 2 == -1", true),
        ("double(age) * 1.5 == 105.0 && int(income) == 812", true),
        ("since > timestamp('2026-11-20T00:00:00Z')", true),
        ("timestamp('2026-11-22T00:00:00Z') - since > waited", true),
        ("since + duration('1h30m') == timestamp('2026-11-20T11:00:00+08:00')", true),
        ("waited + duration('-12h') == duration('24h')", true),
        ("name + '家' == '陈阿婆家'", true),
        ("data.count == 3 && data.rate < 1 && data.note.contains('油烟')", true),
        ("data.list[1] == 2", true),
        ("'count' in data", true),
        ("data.count == '3'", false),
        ("has(data.count) && !has(data.nothing) && !has(data.other.deeper)", true),
        ("has(home.area)", true),
        ("1.0 / 0.0 > 1e300", true),
    ];
    for (text, expected) in cases {
        assert_eq!(truth(text, &facts), Truth::from(expected), "{text}");
    }
}

#[test]
fn unknown_spreads_unless_the_rest_decides() {
    let known = json!({"local": true, "tags": ["a", null], "members": [{"age": 70}, {}], "age": null, "name": 3, "since": "soon"});
    let cases = [
        ("age > 60", Truth::Unknown),
        ("!(age > 60)", Truth::Unknown),
        ("age > 60 && local", Truth::Unknown),
        ("age > 60 || local", Truth::True),
        ("local || age > 60", Truth::True),
        ("age > 60 && !local", Truth::False),
        ("!local && age > 60", Truth::False),
        ("age > 60 || !local", Truth::Unknown),
        ("name == '3'", Truth::Unknown),
        ("since > timestamp('2026-01-01T00:00:00Z')", Truth::Unknown),
        ("'a' in tags", Truth::True),
        ("'b' in tags", Truth::Unknown),
        ("size(tags) == 2", Truth::True),
        ("tags[5] == 'a'", Truth::Unknown),
        ("tags == ['a', 'b']", Truth::Unknown),
        ("tags == ['b', 'a']", Truth::False),
        ("members.exists(m, m.age > 60)", Truth::True),
        ("members.all(m, m.age > 60)", Truth::Unknown),
        ("members.all(m, m.age > 80)", Truth::False),
        ("members.exists(m, has(m.age) && m.age > 80)", Truth::False),
        ("home.area > 1.0", Truth::Unknown),
        ("has(home.area)", Truth::False),
        ("(age > 60 ? 1 : 1) == 1", Truth::Unknown),
        ("local ? true : age > 60", Truth::True),
        ("1 / 0 == 1 || local", Truth::True),
        ("1 / 0 == 1", Truth::Unknown),
        ("9223372036854775807 + 1 > 0", Truth::Unknown),
        ("data.x == 1", Truth::Unknown),
        ("data", Truth::Unknown),
    ];
    for (text, expected) in cases {
        assert_eq!(truth(text, &known), expected, "{text}");
    }
    assert_eq!(truth("local", &Value::Null), Truth::Unknown);
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    let cases = [
        ("age", 1, 1, "a condition is needed, this is an int"),
        ("local && age", 1, 10, "a condition is needed here, this is an int"),
        ("local &&\n  agee > 3", 2, 3, "no fact `agee`; there are age, data"),
        ("'中文' == nom", 1, 9, "no fact `nom`"),
        ("home.size > 1.0", 1, 5, "no field `size`; there are area, kind"),
        ("age.area > 1", 1, 4, "an int has no fields"),
        ("age == '70'", 1, 5, "an int cannot be compared with a string"),
        ("local < true", 1, 7, "cannot be compared"),
        ("age + income > 1.0", 1, 5, "int(…) and double(…) convert"),
        ("age in tags", 1, 5, "never in a list"),
        ("age in name", 1, 5, "`in` needs a list"),
        ("name.startsWith(3)", 1, 17, "a string is needed here, this is an int"),
        ("size(age) > 1", 1, 5, "has no size"),
        ("tags['x'] == ''", 1, 5, "no element named by a string"),
        ("[1, 'a'] == [1]", 1, 5, "a string in a list that began with an int"),
        ("(local ? 1 : 'a') == 1", 1, 8, "both sides need the same type"),
        ("name == null", 1, 9, "has(…)"),
        ("age > 3u", 1, 7, "without u"),
        ("timestamp(name) > since", 1, 11, "literal text"),
        ("since > timestamp('yesterday')", 1, 19, "no time"),
        ("waited > duration('3 days')", 1, 19, "no duration"),
        ("name.matches('a')", 1, 13, "no function `matches`"),
        ("members.map(m, m.age) == [1]", 1, 12, "only all(…) and exists(…)"),
        ("tags.filter(t, t == '') == tags", 1, 12, "only all(…) and exists(…)"),
        ("tags.exists_one(t, t == '')", 1, 16, "only all(…) and exists(…)"),
        ("{'a': 1} == data", 1, 1, "objects cannot be made"),
        ("tags.all(a, tags.all(b, tags.all(c, a == c)))", 1, 33, "at most 2"),
        ("age >", 1, 6, "<EOF>"),
        ("age = 3", 1, 5, "="),
        ("", 1, 1, "<EOF>"),
        ("(local", 1, 7, "missing ')'"),
    ];
    for (text, line, column, message) in cases {
        let error = Expr::parse(text, &schema()).unwrap_err();
        assert!(error.message.contains(message), "{text}: {error}");
        assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
    }
}

#[test]
fn texts_beyond_the_bounds_are_refused() {
    let nested = |n: usize| format!("{}local{}", "(".repeat(n), ")".repeat(n));
    assert!(Expr::parse(&nested(24), &schema()).is_ok());
    let deep = [
        "!".repeat(1900) + "local",
        "-".repeat(1900) + "1 == 1",
        "1+".repeat(990) + "1 == 1",
        "data".to_owned() + &".a".repeat(900),
    ];
    let choices = "local?local:".repeat(150) + "local";
    let long = "local || ".repeat(400) + "local";
    for text in deep.into_iter().chain([nested(25), nested(900), choices, long, "[".repeat(1500)]) {
        let short = &text[..20];
        // Even chains that the parser folds are either fine or refused; none may bring the program down.
        let result = Expr::parse(&text, &schema());
        assert!(result.is_err() || text.starts_with('!') || text.starts_with('-'), "{short}…");
    }
    assert!(
        Expr::parse(&format!("name == '{}'", "(".repeat(300)), &schema()).is_ok(),
        "brackets in a text do not nest"
    );
}

#[test]
fn evaluation_is_bounded() {
    let schema = Schema::new([("list", Type::list(Type::Int))]);
    let expr = Expr::parse("list.all(a, list.all(b, a + b >= 0))", &schema).unwrap();
    assert_eq!(expr.truth(&json!({"list": vec![1; 300]})), Truth::True);
    assert_eq!(expr.truth(&json!({"list": vec![1; 3000]})), Truth::Unknown);
}

#[test]
fn values_come_back_as_json() {
    let facts = facts();
    let cases = [
        ("income * 12.0", Some(json!(9750.0))),
        ("local ? name : '?'", Some(json!("陈阿婆"))),
        ("size(members) + 1", Some(json!(3))),
        ("since + duration('24h')", Some(json!("2026-11-21T01:30:00Z"))),
        ("waited", Some(json!("129600s"))),
        ("[age, 1]", Some(json!([70, 1]))),
        ("home", Some(json!({"area": 45, "kind": "自建房"}))),
        ("data.absent", None),
        ("age / 0", None),
    ];
    for (text, expected) in cases {
        assert_eq!(Expr::parse_value(text, &schema()).unwrap().value(&facts), expected, "{text}");
    }
    assert_eq!(Expr::parse_value("age / 2", &schema()).unwrap().value_type(), &Type::Int);
}
