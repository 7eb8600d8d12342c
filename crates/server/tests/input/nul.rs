//! U+0000 is refused wherever it is sent: in the address, in every query parameter, in bodies and forms of every endpoint.

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::common::{Client, on_both, on_both_with};

/// Method, path and names of the parameters of an endpoint, each with its place.
type Operation = (String, String, Vec<(String, String)>);

/// Method, path and names of the parameters of every endpoint, as described.
fn operations() -> Vec<Operation> {
    let (_, description) = yizhi_server::router::api();
    let description = serde_json::to_value(description).unwrap();
    let mut out = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(_, o)| o["responses"].is_object()) {
            let text = |p: &Value, name: &str| p[name].as_str().unwrap_or_default().to_owned();
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let parameters = parameters.map(|p| (text(p, "in"), text(p, "name"))).collect();
            out.push((method.to_uppercase(), path.clone(), parameters));
        }
    }
    assert!(out.len() > 40);
    out
}

async fn refused(client: &Client, method: &str, path: &str, body: &Value) {
    let answer = client.send(method, path, body).await;
    let expected = if body.is_null() { [400, 400] } else { [422, 403] };
    assert!(expected.contains(&answer.status.as_u16()), "{method} {path} {body}: {} {}", answer.status, answer.json);
    let kind = answer.header("content-type").to_owned();
    assert_eq!(kind, "application/problem+json", "{method} {path}");
}

#[tokio::test]
async fn addresses_have_none() {
    on_both_with(
        |config| config.rate = 100_000,
        async |h| {
            for account in ["operator", "administrator", "auditor"] {
                let client = h.as_account(account).await;
                for (method, path, parameters) in operations() {
                    let filled = |inside: &str| {
                        let mut filled = path.clone();
                        for (_, name) in parameters.iter().filter(|(place, _)| place == "path") {
                            filled = filled.replace(&format!("{{{name}}}"), inside);
                        }
                        filled
                    };
                    if filled("a%00b") != path {
                        refused(&client, &method, &filled("a%00b"), &Value::Null).await;
                    }
                    for (_, name) in parameters.iter().filter(|(place, _)| place == "query") {
                        for value in ["%00", "a%00", "%00b"] {
                            refused(&client, &method, &format!("{}?{name}={value}", filled("a")), &Value::Null).await;
                        }
                    }
                }
            }
        },
    )
    .await;
}

#[tokio::test]
async fn bodies_have_none() {
    on_both_with(
        |config| config.rate = 100_000,
        async |h| {
            for account in ["operator", "administrator", "citizen", "security_officer"] {
                let client = h.as_account(account).await;
                for (method, path, _) in
                    operations().into_iter().filter(|(m, p, _)| m != "GET" && !p.ends_with("/session"))
                {
                    let path = path.replace(['{', '}'], "");
                    for body in
                        [json!({ "account": "a\0" }), json!({ "title\0": "a" }), json!({ "data": { "a": ["\0"] } })]
                    {
                        if !takes_no_body(&method, &path) {
                            refused(&client, &method, &path, &body).await;
                        }
                    }
                }
            }
            let stranger = h.stranger();
            for account in ["a\0", "\0", "operator\0"] {
                let body = json!({ "account": account, "password": "x" });
                refused(&stranger, "POST", "/api/v1/session", &body).await;
            }
        },
    )
    .await;
}

/// Endpoints that act without a JSON body; none is read, so nothing in it can do harm.
fn takes_no_body(method: &str, path: &str) -> bool {
    let without = ["/confirm", "/unlock", "/resend", "/attachments"].iter().any(|end| path.ends_with(end));
    method == "DELETE" || without || (method == "POST" && path.ends_with("/totp"))
}

#[tokio::test]
async fn forms_have_none() {
    on_both(async |h| {
        let client = h.as_role("citizen").await;
        for form in [
            "--b\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\na\0b\r\n--b--\r\n",
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\0.jpg\"\r\n\r\nx\r\n--b--\r\n",
            "--b\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''a%00.jpg\r\n\r\nx\r\n--b--\r\n",
        ] {
            let request =
                Request::post("/api/v1/attachments").header("content-type", "multipart/form-data; boundary=b");
            let answer = client.call(request.body(Body::from(form)).unwrap()).await;
            assert!(answer.status.is_client_error(), "{form:?}: {}", answer.status);
        }
    })
    .await;
}
