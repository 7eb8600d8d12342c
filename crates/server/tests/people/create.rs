//! Accounts for new people.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Answer, Client, Harness, on_both};

async fn create(client: &Client, body: &Value) -> Answer {
    client.send("POST", "/api/v1/people", body).await
}

async fn sign_in(h: &Harness, account: &str, password: &str) -> Answer {
    h.stranger().send("POST", "/api/v1/session", &json!({ "account": account, "password": password })).await
}

#[tokio::test]
async fn the_password_to_begin_with_is_told_once_and_works() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let body = json!({
            "account": "wang.fang",
            "name": "王芳",
            "phone": "13912345678",
            "post": { "role": "verifier", "region": "350302003000" },
        });
        let answer = create(&administrator, &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
        assert_eq!((&answer.json["account"], &answer.json["phone"]), (&json!("wang.fang"), &json!("139****5678")));
        assert_eq!(answer.json["posts"][0]["regionName"], "霞林街道");
        let password = answer.json["initialPassword"].as_str().unwrap();
        let session = sign_in(&h, "wang.fang", password).await;
        assert_eq!((session.status, &session.json["post"]["role"]), (StatusCode::CREATED, &json!("verifier")));
        let (_, found) = administrator.get("/api/v1/people?q=wang.fang").await;
        assert_eq!(found["items"][0]["initialPassword"], Value::Null);
        assert_eq!(found["items"][0]["phone"], "139****5678");
    })
    .await;
}

#[tokio::test]
async fn a_password_may_be_given_and_a_post_later() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let body = json!({ "account": "li4", "name": "李四", "password": "First-mule-9" });
        let answer = create(&administrator, &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
        assert_eq!(answer.json.get("initialPassword"), None);
        assert_eq!(sign_in(&h, "li4", "First-mule-9").await.code(), "no_post");
        let post = json!({ "role": "operator", "region": "350302001000" });
        assert_eq!(administrator.post("/api/v1/people/li4/posts", post).await.0, StatusCode::CREATED);
        assert_eq!(sign_in(&h, "li4", "First-mule-9").await.status, StatusCode::CREATED);
    })
    .await;
}

#[tokio::test]
async fn an_account_is_one_persons() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        for account in ["operator", "operator-2"] {
            let answer = create(&administrator, &json!({ "account": account, "name": "新人" })).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "taken"), "{account}");
            assert_eq!(answer.json["field"], "account");
        }
        assert_eq!(sign_in(&h, "operator", crate::common::staff::PASSWORD).await.status, StatusCode::CREATED);
    })
    .await;
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let sound =
            json!({ "account": "new-one", "name": "新人", "post": { "role": "leader", "region": "350302000000" } });
        for (pointer, value, field) in [
            ("/account", json!("ab"), "account"),
            ("/account", json!("Has-Capitals"), "account"),
            ("/account", json!("有汉字的账号"), "account"),
            ("/account", json!("-dash"), "account"),
            ("/account", json!("a".repeat(33)), "account"),
            ("/name", json!("  "), "name"),
            ("/name", json!("名".repeat(51)), "name"),
            ("/name", json!("a\nb"), "name"),
            ("/phone", json!("12345"), "phone"),
            ("/password", json!("weak"), "password"),
            ("/password", json!("New-one-2026"), "password"),
            ("/post/role", json!("emperor"), "role"),
            ("/post/region", json!("350303000000"), "region"),
        ] {
            let mut body = sound.clone();
            let (parent, key) = pointer.rsplit_once('/').unwrap();
            body.pointer_mut(parent).unwrap()[key] = value.clone();
            let answer = create(&administrator, &body).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{pointer} {value}");
            assert_eq!(answer.json["field"], field, "{pointer} {value}");
        }
        let (_, found) = administrator.get("/api/v1/people?q=new-one").await;
        assert_eq!(found["items"], json!([]), "nothing was kept of the attempts");
        assert_eq!(create(&administrator, &sound).await.status, StatusCode::CREATED);
    })
    .await;
}
