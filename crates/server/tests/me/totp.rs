//! Setting, changing and removing one's second factor.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use yizhi_server::auth::totp::code_at;

use crate::common::staff::{PASSWORD, SECRET};
use crate::common::{Answer, Client, Harness, on_both};

async fn begin(client: &Client) -> String {
    let (status, setup) = client.post("/api/v1/me/totp", json!({ "current": PASSWORD })).await;
    assert_eq!(status, StatusCode::OK, "{setup}");
    setup["secret"].as_str().unwrap().to_owned()
}

async fn confirm(client: &Client, code: &str) -> Answer {
    client.send("PUT", "/api/v1/me/totp", &json!({ "code": code })).await
}

async fn sign_in(h: &Harness, account: &str, code: Option<&str>) -> Answer {
    let body = json!({ "account": account, "password": PASSWORD, "totp": code });
    h.stranger().send("POST", "/api/v1/session", &body).await
}

fn shown(h: &Harness, secret: &str, account: &str) -> String {
    code_at(secret, account, h.app.now()).unwrap()
}

#[tokio::test]
async fn an_authenticator_gets_what_it_needs() {
    on_both(async |h| {
        let (_, setup) = h.as_role("operator").await.post("/api/v1/me/totp", json!({ "current": PASSWORD })).await;
        let secret = setup["secret"].as_str().unwrap();
        assert_eq!(secret.len(), 32);
        let uri = setup["uri"].as_str().unwrap();
        assert!(uri.starts_with("otpauth://totp/Yizhi:operator?"), "{uri}");
        assert!(uri.contains(&format!("secret={secret}")), "{uri}");
        assert!(setup["qr"].as_str().unwrap().contains("<svg"));
    })
    .await;
}

#[tokio::test]
async fn it_counts_after_the_first_code_and_ends_other_sessions() {
    on_both(async |h| {
        let (here, there) = (h.as_role("operator").await, h.as_role("operator").await);
        let secret = begin(&here).await;
        assert_eq!(sign_in(&h, "operator", None).await.status, StatusCode::CREATED, "not yet in force");
        let answer = confirm(&here, "000000").await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, "wrong_code"));
        assert_eq!(answer.json["field"], "code");
        assert_eq!(there.get("/api/v1/me").await.1["totp"], false);

        let code = shown(&h, &secret, "operator");
        assert_eq!(confirm(&here, &code).await.status, StatusCode::NO_CONTENT);
        assert_eq!(here.get("/api/v1/me").await.1["totp"], true);
        assert_eq!(there.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in(&h, "operator", None).await.code(), "totp_required");
        assert_eq!(sign_in(&h, "operator", Some(&code)).await.code(), "wrong_credentials", "that code is used up");
        h.pass(TimeDelta::seconds(30));
        let code = shown(&h, &secret, "operator");
        assert_eq!(sign_in(&h, "operator", Some(&code)).await.status, StatusCode::CREATED);
    })
    .await;
}

#[tokio::test]
async fn there_must_be_something_to_confirm() {
    on_both(async |h| {
        let answer = confirm(&h.as_role("operator").await, "123456").await;
        assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "totp_not_begun"));
    })
    .await;
}

/// Password and the code of the phone in force, as they are shown before a change.
fn proof(h: &Harness, secret: &str, account: &str) -> Value {
    json!({ "current": PASSWORD, "code": shown(h, secret, account) })
}

#[tokio::test]
async fn the_old_phone_works_until_the_new_one_is_confirmed() {
    on_both(async |h| {
        let auditor = h.as_role("auditor").await;
        let (status, setup) = auditor.post("/api/v1/me/totp", proof(&h, SECRET, "auditor")).await;
        assert_eq!(status, StatusCode::OK, "{setup}");
        let secret = setup["secret"].as_str().unwrap();
        assert_eq!(sign_in(&h, "auditor", None).await.code(), "totp_required", "never a moment without");
        h.pass(TimeDelta::seconds(60));
        let old = shown(&h, SECRET, "auditor");
        assert_eq!(confirm(&auditor, &old).await.code(), "wrong_code", "the old phone cannot confirm the new one");
        assert_eq!(sign_in(&h, "auditor", Some(&old)).await.status, StatusCode::CREATED);
        h.pass(TimeDelta::seconds(60));
        assert_eq!(confirm(&auditor, &shown(&h, secret, "auditor")).await.status, StatusCode::NO_CONTENT);
        h.pass(TimeDelta::seconds(60));
        let (old, new) = (shown(&h, SECRET, "auditor"), shown(&h, secret, "auditor"));
        assert_eq!(sign_in(&h, "auditor", Some(&old)).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in(&h, "auditor", Some(&new)).await.status, StatusCode::CREATED);
    })
    .await;
}

/// Whoever sits down at an open session changes nothing about how its owner signs in.
#[tokio::test]
async fn an_open_session_alone_changes_no_factor() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        for body in [json!({}), json!({ "current": "Wrong-horse-7" })] {
            let answer = operator.send("POST", "/api/v1/me/totp", &body).await;
            assert_eq!(
                (answer.status, answer.code()),
                (StatusCode::UNPROCESSABLE_ENTITY, "wrong_password"),
                "a first one"
            );
            assert_eq!(confirm(&operator, "000000").await.code(), "totp_not_begun");
        }
        let secret = begin(&operator).await;
        confirm(&operator, &shown(&h, &secret, "operator")).await;
        h.pass(TimeDelta::seconds(60));
        let code = shown(&h, &secret, "operator");
        for path in ["/api/v1/me/totp", "/api/v1/me/totp/remove"] {
            for (body, refusal) in [
                (json!({}), "wrong_password"),
                (json!({ "current": "Wrong-horse-7", "code": code }), "wrong_password"),
                (json!({ "current": PASSWORD }), "totp_required"),
                (json!({ "current": PASSWORD, "code": "000000" }), "wrong_code"),
            ] {
                let answer = h.as_role("operator").await.send("POST", path, &body).await;
                assert_eq!(
                    (answer.status, answer.code()),
                    (StatusCode::UNPROCESSABLE_ENTITY, refusal),
                    "{path} {body}"
                );
                h.pass(TimeDelta::hours(1));
            }
            h.pass(TimeDelta::days(2));
        }
        assert_eq!(sign_in(&h, "operator", None).await.code(), "totp_required", "it is in force still");
    })
    .await;
}

#[tokio::test]
async fn the_code_that_allows_a_change_is_used_up() {
    on_both(async |h| {
        let auditor = h.as_role("auditor").await;
        let proof = proof(&h, SECRET, "auditor");
        assert_eq!(auditor.post("/api/v1/me/totp", proof.clone()).await.0, StatusCode::OK);
        assert_eq!(auditor.send("POST", "/api/v1/me/totp", &proof).await.code(), "wrong_code");
        let code = proof["code"].as_str().unwrap();
        assert_eq!(sign_in(&h, "auditor", Some(code)).await.code(), "wrong_credentials");
    })
    .await;
}

#[tokio::test]
async fn it_can_be_removed_but_not_by_the_three_administrators() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        let secret = begin(&operator).await;
        confirm(&operator, &shown(&h, &secret, "operator")).await;
        h.pass(TimeDelta::seconds(60));
        let (status, _) = operator.post("/api/v1/me/totp/remove", proof(&h, &secret, "operator")).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(operator.get("/api/v1/me").await.1["totp"], false);
        assert_eq!(sign_in(&h, "operator", None).await.status, StatusCode::CREATED);
        for role in ["administrator", "security_officer", "auditor", "several"] {
            let answer = h.as_account(role).await.send("POST", "/api/v1/me/totp/remove", &json!({})).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "totp_demanded"), "{role}");
        }
        assert_eq!(sign_in(&h, "auditor", None).await.code(), "totp_required");
    })
    .await;
}
