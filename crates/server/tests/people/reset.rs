//! A new activation for somebody who lost password or phone: by one where it harms nobody, by two elsewhere.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::staff::{PASSWORD, code};
use crate::common::{Answer, Client, on_both};
use crate::create::{OWN, activate, sign_in};
use crate::two::confirm;

async fn reset(client: &Client, account: &str) -> Answer {
    client.send("POST", &format!("/api/v1/people/{account}/reset"), &json!({ "reason": "换了手机" })).await
}

#[tokio::test]
async fn an_auditors_takes_two_and_ends_everything_of_the_old() {
    on_both(async |h| {
        let (administrator, auditor) = (h.as_role("administrator").await, h.as_role("auditor").await);
        let asked = reset(&administrator, "auditor").await;
        assert_eq!((asked.status, &asked.json["activation"]["half"]), (StatusCode::ACCEPTED, &json!("first")));
        assert_eq!(auditor.get("/api/v1/me").await.0, StatusCode::OK, "until it is confirmed nothing changes");
        assert_eq!(confirm(&h, "auditor", &asked.json["proposal"]).await.code(), "own_account");
        assert_eq!(confirm(&h, "administrator", &asked.json["proposal"]).await.code(), "own_proposal");
        let confirmed = confirm(&h, "security_officer", &asked.json["proposal"]).await;
        assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.json);
        assert_eq!(auditor.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED);
        let old = json!({ "account": "auditor", "password": PASSWORD, "totp": code("auditor", h.app.now()) });
        assert_eq!(h.stranger().post("/api/v1/session", old).await.0, StatusCode::UNAUTHORIZED);
        let halves = json!({
            "code": asked.json["activation"]["code"], "confirmation": confirmed.json["activation"]["code"], "password": OWN,
        });
        assert_eq!(activate(&h, halves).await.status, StatusCode::OK);
        let entered = sign_in(&h, "auditor", OWN).await;
        assert_eq!(entered.status, StatusCode::CREATED, "the second factor went too, and is set anew");
        let client = h.stranger().with_session(&entered.session_token(), entered.json["csrfToken"].as_str().unwrap());
        assert_eq!(client.get("/api/v1/people").await.1["code"], "totp_setup");
    })
    .await;
}

#[tokio::test]
async fn the_administrators_own_is_proposed_by_the_security_officer() {
    on_both(async |h| {
        let made =
            json!({ "account": "clerk", "name": "窗口", "post": { "role": "window_clerk", "region": "350302000000" } });
        h.as_role("administrator").await.post("/api/v1/people", made).await;
        let officer = h.as_role("security_officer").await;
        let asked = reset(&officer, "administrator").await;
        assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.json);
        assert_eq!(confirm(&h, "administrator-city", &asked.json["proposal"]).await.status, StatusCode::OK);
        let alone = reset(&officer, "clerk").await;
        assert_eq!(
            (alone.status, alone.code()),
            (StatusCode::FORBIDDEN, "forbidden"),
            "one alone is the administrator"
        );
    })
    .await;
}

#[tokio::test]
async fn who_once_saw_peoples_data_is_reset_by_two() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let made =
            json!({ "account": "clerk", "name": "窗口", "post": { "role": "window_clerk", "region": "350302000000" } });
        administrator.post("/api/v1/people", made).await;
        assert_eq!(reset(&administrator, "clerk").await.status, StatusCode::CREATED);
        let post = h.first_post("operator");
        let (status, _) = administrator.delete(&format!("/api/v1/people/operator/posts/{post}")).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(reset(&administrator, "operator").await.status, StatusCode::ACCEPTED);
        assert_eq!(reset(&administrator, "operator").await.code(), "proposed_already");
        assert_eq!(sign_in(&h, "operator", PASSWORD).await.code(), "no_post", "the password is as it was");
        // A resident who told of something would be read by whoever gets in.
        let made =
            json!({ "account": "resident", "name": "居民", "post": { "role": "citizen", "region": "350302000000" } });
        administrator.post("/api/v1/people", made).await;
        let code = reset(&administrator, "resident").await;
        assert_eq!(code.status, StatusCode::CREATED, "{}", code.json);
        activate(&h, json!({ "code": code.json["activation"]["code"], "password": OWN })).await;
        let entered = sign_in(&h, "resident", OWN).await;
        let resident = h.stranger().with_session(&entered.session_token(), entered.json["csrfToken"].as_str().unwrap());
        let body = json!({ "matter": "event-0110", "title": "路边垃圾", "location": { "grid": "350302001001001" } });
        let told = resident.post("/api/v1/cases", body).await;
        assert_eq!(told.0, StatusCode::CREATED, "{}", told.1);
        assert_eq!(reset(&administrator, "resident").await.status, StatusCode::ACCEPTED);
        let own = administrator.send("POST", "/api/v1/people/administrator/reset", &json!({ "reason": "自己" })).await;
        assert_eq!((own.status, own.code()), (StatusCode::FORBIDDEN, "own_posts"));
        let answer =
            administrator.send("POST", "/api/v1/people/citizen/reset", &json!({ "reason": Value::Null })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_of_a_family_stays() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        for role in ["security_officer", "auditor"] {
            let post = h.first_post(role);
            let answer =
                administrator.send("DELETE", &format!("/api/v1/people/{role}/posts/{post}"), &Value::Null).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "last_of_family"), "{role}");
        }
    })
    .await;
}
