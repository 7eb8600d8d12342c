//! Other sites cannot act in somebody's name: what a browser sends to write must carry the session's token.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Client, Harness, on_both};

/// A write that changes nothing: the post one acts in already.
async fn write(h: &Harness, client: &Client) -> (StatusCode, String) {
    let answer = client.send("PUT", "/api/v1/session/post", &json!({ "post": h.first_post("operator") })).await;
    (answer.status, answer.code().to_owned())
}

const REFUSED: (StatusCode, &str) = (StatusCode::FORBIDDEN, "csrf");

#[tokio::test]
async fn a_browser_without_the_token_is_refused() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        for (name, value) in [
            ("origin", "http://127.0.0.1:8080"),
            ("origin", "https://elsewhere.example"),
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "cross-site"),
            ("referer", "https://elsewhere.example/page"),
        ] {
            let (status, code) = write(&h, &operator.clone().with(name, value)).await;
            assert_eq!((status, code.as_str()), REFUSED, "{name}: {value}");
        }
        assert_eq!(write(&h, &operator).await.0, StatusCode::OK, "the session is still good");
    })
    .await;
}

#[tokio::test]
async fn a_wrong_token_is_refused_whoever_sends_it() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        let others = h.as_role("operator").await.csrf;
        for wrong in ["", "x", &others] {
            for client in [operator.clone(), operator.clone().with("origin", "http://127.0.0.1:8080")] {
                let (status, code) = write(&h, &client.with("x-csrf-token", wrong)).await;
                assert_eq!((status, code.as_str()), REFUSED, "{wrong}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_right_token_and_programs_are_let_through() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        let browser = operator.clone().with("origin", "http://127.0.0.1:8080").with("x-csrf-token", &operator.csrf);
        assert_eq!(write(&h, &browser).await.0, StatusCode::OK);
        assert_eq!(write(&h, &operator).await.0, StatusCode::OK, "no browser: nothing can mislead it");
        let program = h.as_program("operator").await.with("origin", "https://elsewhere.example");
        let draft = json!({ "matter": "event-0194", "title": "油烟", "location": { "grid": "350302001001001" } });
        let (status, _) = program.post("/api/v1/cases/duplicates", draft).await;
        assert_eq!(status, StatusCode::OK, "a bearer token is not sent by browsers on their own");
    })
    .await;
}

#[tokio::test]
async fn reading_needs_no_token() {
    on_both(async |h| {
        let browser = h.as_role("operator").await.with("origin", "https://elsewhere.example");
        assert_eq!(browser.get("/api/v1/me").await.0, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn every_write_is_checked() {
    on_both(async |h| {
        let browser = h.as_role("administrator").await.with("sec-fetch-site", "same-site");
        for (method, path, body) in [
            ("DELETE", "/api/v1/session", Value::Null),
            ("POST", "/api/v1/me/totp", Value::Null),
            ("PUT", "/api/v1/me/totp", json!({ "code": "000000" })),
            ("POST", "/api/v1/me/totp/remove", json!({})),
            ("POST", "/api/v1/me/password", json!({ "current": "x", "password": "y" })),
            ("POST", "/api/v1/people", json!({ "account": "new-one", "name": "新人" })),
            ("POST", "/api/v1/people/operator/posts", json!({ "role": "leader", "region": "350302000000" })),
            ("DELETE", "/api/v1/people/operator/posts/x", Value::Null),
            ("POST", "/api/v1/people/operator/unlock", Value::Null),
            ("POST", "/api/v1/admin/jobs/x/resend", Value::Null),
        ] {
            let answer = browser.send(method, path, &body).await;
            assert_eq!((answer.status, answer.code()), REFUSED, "{method} {path}");
        }
    })
    .await;
}
