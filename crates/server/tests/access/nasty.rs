//! No parameter of any endpoint takes the server down or makes it fail: numbers, moments and places beyond any sane range, and bytes that are no text, are
//! refused in words, as problems that name the field, in the reader's language.

use serde_json::Value;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};

use crate::calls::made_out;
use crate::common::Answer;
use crate::scene::on_scene;
use crate::table::{Line, TABLE, Who};

/// Values that no parameter should have, as they stand in an address.
const NASTY: &[&str] = &[
    "",
    "0",
    "-1",
    "1.5",
    "1000000000000000000",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551616",
    "1e308",
    "1e999",
    "NaN",
    "inf",
    "-inf",
    "-99999-01-01",
    "-99999-01-01T00:00:00Z",
    "%2B262142-12-31T23:59:59Z",
    "262143-01-01T00:00:00Z",
    "9999-12-31T23:59:59.999999999Z",
    "0000-00-00",
    "2026-11-20T10:00:00%2B99:99",
    "1e308,1e308,1e308,1e308",
    "NaN,NaN,NaN,NaN",
    "-inf,-inf,inf,inf",
    "-180,-90,180,90",
    "9223372036854775807.ffffffff-ffff-ffff-ffff-ffffffffffff",
    "-9223372036854775808.00000000-0000-0000-0000-000000000000",
    "9223372036854775807.-9223372036854775808",
    "1000000000%20%E5%B7%A5%E4%BD%9C%E6%97%A5",
    "99999%20days",
    "0%20days",
    "true",
    "null",
    "%00",
    "a%00b",
    "%FF%FE",
    "%E2%80%AE",
    "%F0%9F%98%80",
    "%27%22%3B--",
    "%25_%5C",
    "..%2F..%2Fetc",
    "((((((((",
];

fn parameters(line: &Line) -> Vec<(String, ParameterIn)> {
    let (_, description) = yizhi_server::router::api();
    let item = &description.paths.paths[line.path];
    let operation: &Option<Operation> = match line.method {
        "GET" => &item.get,
        "POST" => &item.post,
        "PUT" => &item.put,
        _ => &item.delete,
    };
    let all = operation.as_ref().and_then(|o| o.parameters.clone()).unwrap_or_default();
    let plain = all.into_iter().filter_map(|p| match p {
        RefOr::T(Parameter { name, parameter_in, .. }) => Some((name, parameter_in)),
        RefOr::Ref(_) => None,
    });
    plain.collect()
}

/// Somebody who may make the call.
fn account(line: &Line) -> &'static str {
    match line.who {
        Who::Roles(roles) => roles[0],
        Who::SignedIn | Who::Arriving | Who::Public => "operator",
    }
}

/// The call with one parameter of the query set, the others as they are.
fn with_query(ask: &str, name: &str, value: &str) -> String {
    let (path, query) = ask.split_once('?').unwrap_or((ask, ""));
    let others = query.split('&').filter(|pair| !pair.is_empty() && pair.split('=').next() != Some(name));
    let pairs: Vec<String> = others.map(str::to_owned).chain([format!("{name}={value}")]).collect();
    format!("{path}?{}", pairs.join("&"))
}

/// The call with one segment of the path replaced.
fn with_segment(line: &Line, ask: &str, name: &str, value: &str) -> String {
    let (path, query) = ask.split_once('?').unwrap_or((ask, ""));
    let named = format!("{{{name}}}");
    let segments = line.path.split('/').zip(path.split('/'));
    let path: Vec<&str> = segments.map(|(pattern, now)| if pattern == named { value } else { now }).collect();
    if query.is_empty() { path.join("/") } else { format!("{}?{query}", path.join("/")) }
}

fn is_sound(what: &str, answer: &Answer) {
    let status = answer.status.as_u16();
    assert!(status < 500, "{what}: {status} {}", answer.json);
    if status < 400 {
        return;
    }
    assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
    assert!(!answer.code().is_empty() && !answer.json["detail"].as_str().unwrap_or_default().is_empty(), "{what}");
    let chinese = answer.json["detail"].as_str().unwrap().chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    assert!(chinese, "{what}: {}", answer.json);
    if status == 422 {
        assert!(answer.json["field"].is_string(), "{what}: {}", answer.json);
    }
}

/// The live stream has no end where it begins at all; its cursor has a test of its own in `gaps.rs`.
fn ends(line: &Line) -> bool {
    line.path != "/api/v1/live"
}

/// What ends somebody's session or account would spoil the calls after it.
fn spares_the_scene(line: &Line) -> bool {
    !(line.path.starts_with("/api/v1/me/") || line.method == "DELETE" && line.path == "/api/v1/session")
}

#[tokio::test]
async fn no_parameter_of_the_address_makes_the_server_fail() {
    on_scene(async |scene| {
        for line in TABLE.iter().filter(|line| ends(line) && (spares_the_scene(line) || line.method == "GET")) {
            let account = account(line);
            let (ask, body) = made_out(&scene, line, account, 'A').await;
            let body = serde_json::from_str(&body).unwrap_or(Value::Null);
            for (name, place) in parameters(line) {
                for value in NASTY {
                    let ask = match place {
                        ParameterIn::Query => with_query(&ask, &name, value),
                        ParameterIn::Path if !value.is_empty() => with_segment(line, &ask, &name, value),
                        _ => continue,
                    };
                    let answer = scene.who(account).send(line.method, &ask, &body).await;
                    is_sound(&format!("{} {ask}", line.method), &answer);
                }
            }
        }
    })
    .await;
}

/// Every value of a body, wherever it stands, replaced by each of these in turn.
#[tokio::test]
async fn no_value_of_a_body_makes_the_server_fail() {
    let nasty: Vec<Value> = [
        r#"null"#,
        r#"true"#,
        r#"0"#,
        r#"-1"#,
        r#"1.5"#,
        r#"1e308"#,
        r#"-1e308"#,
        r#"2147483648"#,
        r#"4294967295"#,
        r#"4294967296"#,
        r#"9223372036854775807"#,
        r#"18446744073709551615"#,
        r#""""#,
        r#""-99999-01-01T00:00:00Z""#,
        r#""+262142-12-31T23:59:59Z""#,
        r#""9999-12-31T23:59:59Z""#,
        r#""ffffffff-ffff-ffff-ffff-ffffffffffff""#,
        r#"[]"#,
        r#"[[[[]]]]"#,
        r#"{}"#,
        r#"{"a":{"b":{"c":1}}}"#,
    ]
    .iter()
    .map(|text| serde_json::from_str(text).unwrap())
    .collect();
    on_scene(async |scene| {
        for line in TABLE.iter().filter(|line| line.body.starts_with('{') && spares_the_scene(line)) {
            let account = account(line);
            let (ask, body) = made_out(&scene, line, account, 'A').await;
            let whole: Value = serde_json::from_str(&body).unwrap();
            for pointer in pointers(&whole) {
                for value in &nasty {
                    let mut body = whole.clone();
                    *body.pointer_mut(&pointer).unwrap() = value.clone();
                    let answer = scene.who(account).send(line.method, &ask, &body).await;
                    is_sound(&format!("{} {ask} {pointer} = {value}", line.method), &answer);
                }
            }
        }
    })
    .await;
}

/// Where values stand in a body.
fn pointers(value: &Value) -> Vec<String> {
    let below = |name: String, value: &Value| pointers(value).into_iter().map(move |p| format!("/{name}{p}"));
    let mut out = vec![String::new()];
    match value {
        Value::Object(map) => out.extend(map.iter().flat_map(|(name, value)| below(name.clone(), value))),
        Value::Array(list) => out.extend(list.iter().enumerate().flat_map(|(i, value)| below(i.to_string(), value))),
        _ => {}
    }
    out
}

#[tokio::test]
async fn refusals_of_the_framework_are_problems_in_the_readers_language() {
    on_scene(async |scene| {
        let reader = scene.who("operator");
        for (method, path, body, status, code, field) in [
            ("GET", "/api/v1/nothing", "", 404, "not_found", None),
            ("GET", "/api/nothing", "", 404, "not_found", None),
            ("PATCH", "/api/v1/cases", "", 405, "method_not_allowed", None),
            ("DELETE", "/api/v1/cases", "", 405, "method_not_allowed", None),
            ("POST", "/api/v1/cases", "{", 400, "not_json", None),
            ("GET", "/api/v1/cases?limit=many", "", 422, "invalid", Some("limit")),
            ("GET", "/api/v1/cases?limit=0", "", 422, "invalid", Some("limit")),
            ("GET", "/api/v1/cases?limit=1&limit=2", "", 422, "invalid", Some("limit")),
            ("GET", "/api/v1/cases?overdue=perhaps", "", 422, "invalid", Some("overdue")),
            ("GET", "/api/v1/cases?since=yesterday", "", 422, "invalid", Some("since")),
            ("GET", "/api/v1/cases?q=a%00b", "", 400, "invalid", None),
            ("GET", "/api/v1/cases?q=a%01b", "", 422, "invalid", Some("q")),
            ("GET", "/api/v1/cases?q=%FF", "", 422, "invalid", Some("q")),
            ("GET", "/api/v1/grids/locate?lon=119", "", 422, "invalid", Some("lat")),
            ("GET", "/api/v1/grids/locate?lon=119&lat=NaN", "", 422, "invalid", Some("location")),
            ("GET", "/api/v1/calendar/due?limit=3", "", 422, "invalid", Some("from")),
            ("GET", "/api/v1/map/cases?bbox=1,2,3", "", 422, "invalid", Some("bbox")),
            ("GET", "/api/v1/map/cases?bbox=1,2,x,3,4", "", 422, "invalid", Some("bbox")),
            ("GET", "/api/v1/cases/%00", "", 400, "invalid", None),
            ("GET", "/api/v1/cases/%01", "", 422, "invalid", Some("id")),
            ("GET", "/api/v1/cases/%FF", "", 422, "invalid", Some("id")),
            ("GET", "/api/v1/cases/350302/receipts/first", "", 422, "invalid", Some("seq")),
        ] {
            for (language, english) in [("zh-CN", false), ("en", true)] {
                let client = reader.clone().with("accept-language", language);
                let request = axum::http::Request::builder().method(method).uri(path);
                let request = request.header("content-type", "application/json").body(body.to_owned().into()).unwrap();
                let answer = client.call(request).await;
                let what = format!("{method} {path} {language}: {}", answer.json);
                assert_eq!(answer.header("content-type"), "application/problem+json", "{what}");
                assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{what}");
                assert_eq!(answer.json["field"].as_str(), field, "{what}");
                let detail = answer.json["detail"].as_str().unwrap();
                assert_eq!(detail.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), !english, "{what}");
            }
        }
        let answer = reader.send("PATCH", "/api/v1/cases", &Value::Null).await;
        assert!(answer.header("allow").contains("GET"), "{:?}", answer.headers);
    })
    .await;
}
