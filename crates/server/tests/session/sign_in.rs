//! The way in by account and password, and the way out.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::staff::PASSWORD;
use crate::common::{Answer, Harness, on_both, on_both_with};

async fn sign_in(h: &Harness, account: &str, password: &str) -> Answer {
    h.stranger().send("POST", "/api/v1/session", &json!({ "account": account, "password": password })).await
}

#[tokio::test]
async fn the_right_password_opens_a_session() {
    on_both(async |h| {
        let answer = sign_in(&h, "operator", PASSWORD).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
        let body = &answer.json;
        assert_eq!(body["account"], "operator");
        assert_eq!(body["post"]["role"], "operator");
        assert_eq!(body["post"]["roleName"], json!({ "zh": "受理员", "en": "Operator" }));
        assert_eq!((&body["post"]["region"], &body["post"]["regionName"]), (&json!("350302000000"), &json!("城厢区")));
        assert_eq!(body["post"]["department"], Value::Null);
        assert_eq!(body["posts"].as_array().map(Vec::len), Some(1));
        assert_eq!(body["expiresAt"], "2026-11-20T22:00:00+08:00");
        assert_eq!(body["demo"], false);
        let client = h.stranger().with_session(&answer.session_token(), body["csrfToken"].as_str().unwrap());
        let (status, me) = client.get("/api/v1/me").await;
        assert_eq!(
            (status, &me["account"], &me["csrfToken"]),
            (StatusCode::OK, &json!("operator"), &body["csrfToken"])
        );
    })
    .await;
}

#[tokio::test]
async fn the_cookie_is_kept_from_scripts_and_other_sites() {
    on_both(async |h| {
        let answer = sign_in(&h, "operator", PASSWORD).await;
        let cookie = answer.header("set-cookie");
        for part in ["; HttpOnly", "; SameSite=Strict", "; Path=/", "; Max-Age=43200"] {
            assert!(cookie.contains(part), "{part} in {cookie}");
        }
        assert!(!cookie.contains("Secure"));
        assert_eq!(answer.session_token().len(), 64);
        assert!(!answer.json.to_string().contains(&answer.session_token()), "only the cookie holds the token");
    })
    .await;
    on_both_with(
        |config| config.secure_cookies = true,
        async |h| {
            let answer = sign_in(&h, "operator", PASSWORD).await;
            let cookies: Vec<&str> = answer.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap()).collect();
            assert_eq!(cookies.len(), 2);
            assert!(cookies.iter().all(|c| c.starts_with("__Host-yizhi_") && c.ends_with("; Secure")), "{cookies:?}");
            assert!(cookies.iter().all(|c| c.contains("; Path=/;") && !c.contains("Domain")), "{cookies:?}");
            let token = answer.session_token();
            let plain = h.stranger().with("cookie", &format!("yizhi_session={token}"));
            assert_eq!(plain.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED, "set by a page without encryption");
            let right = h.stranger().with("cookie", &format!("__Host-yizhi_session={token}"));
            assert_eq!(right.get("/api/v1/me").await.0, StatusCode::OK);
        },
    )
    .await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_account_get_the_same_answer() {
    on_both(async |h| {
        let wrong = sign_in(&h, "operator", "Wrong-horse-7").await;
        let unknown = sign_in(&h, "nobody", "Wrong-horse-7").await;
        assert_eq!((wrong.status, wrong.code()), (StatusCode::UNAUTHORIZED, "wrong_credentials"));
        assert_eq!((wrong.status, &wrong.json), (unknown.status, &unknown.json));
        assert_eq!(wrong.header("content-type"), "application/problem+json");
        assert_eq!(wrong.header("set-cookie"), "");
    })
    .await;
}

#[tokio::test]
async fn problems_speak_the_callers_language() {
    on_both(async |h| {
        let body = json!({ "account": "operator", "password": "Wrong-horse-7" });
        let chinese = h.stranger().send("POST", "/api/v1/session", &body).await;
        let english =
            h.stranger().with("accept-language", "en-GB,en;q=0.9").send("POST", "/api/v1/session", &body).await;
        assert!(chinese.json["detail"].as_str().unwrap().starts_with("账号或密码不对"));
        assert!(english.json["detail"].as_str().unwrap().starts_with("Account or password is wrong"));
    })
    .await;
}

#[tokio::test]
async fn somebody_without_a_post_cannot_enter() {
    on_both(async |h| {
        let answer = sign_in(&h, "without-post", PASSWORD).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "no_post"));
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_read_is_told() {
    on_both(async |h| {
        let answer = h.stranger().send("POST", "/api/v1/session", &json!({ "account": "operator" })).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"));
        assert_eq!(answer.json["field"], "password");
        let answer = h.stranger().send("POST", "/api/v1/session", &Value::Null).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_this_session_only() {
    on_both(async |h| {
        let (here, there) = (h.as_role("operator").await, h.as_role("operator").await);
        assert_eq!(here.get("/api/v1/me").await.0, StatusCode::OK);
        let answer = here.send("DELETE", "/api/v1/session", &Value::Null).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        assert!(answer.header("set-cookie").starts_with("yizhi_session=; "));
        assert!(answer.header("set-cookie").contains("Max-Age=0"));
        assert_eq!(here.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(there.get("/api/v1/me").await.0, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn signing_in_again_ends_the_session_the_browser_held() {
    on_both(async |h| {
        let before = h.as_role("operator").await;
        let body = json!({ "account": "dispatcher", "password": PASSWORD });
        let answer = before.send("POST", "/api/v1/session", &body).await;
        assert_eq!(answer.status, StatusCode::CREATED);
        assert_eq!(before.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED);
    })
    .await;
}
