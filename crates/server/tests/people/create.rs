//! Accounts for new people, who choose their own password.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::common::{Answer, Client, Harness, on_both};

pub(crate) const OWN: &str = "Own-choice-77-mule";

async fn create(client: &Client, body: &Value) -> Answer {
    client.send("POST", "/api/v1/people", body).await
}

pub(crate) async fn sign_in(h: &Harness, account: &str, password: &str) -> Answer {
    h.stranger().send("POST", "/api/v1/session", &json!({ "account": account, "password": password })).await
}

pub(crate) async fn activate(h: &Harness, body: Value) -> Answer {
    h.stranger().send("POST", "/api/v1/session/activation", &body).await
}

#[tokio::test]
async fn a_code_is_told_once_and_opens_once() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await.with("origin", "https://yizhi.example");
        let administrator = administrator.clone().with("x-csrf-token", &administrator.csrf);
        let body = json!({
            "account": "wang.fang",
            "name": "王芳",
            "phone": "13912345678",
            "post": { "role": "window_clerk", "region": "350302003000" },
        });
        let answer = create(&administrator, &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
        assert_eq!((&answer.json["account"], &answer.json["phone"]), (&json!("wang.fang"), &json!("139****5678")));
        assert_eq!(answer.json["posts"][0]["regionName"], "霞林街道");
        assert_eq!((&answer.json["active"], &answer.json["proposal"]), (&json!(false), &Value::Null));
        assert_eq!(answer.header("cache-control"), "no-store");
        let told = &answer.json["activation"];
        let code = told["code"].as_str().unwrap();
        assert_eq!(told["link"], format!("https://yizhi.example/activate#code={code}"));
        assert!(told["qr"].as_str().unwrap().contains("<svg"));
        assert_eq!((&told["half"], &told["expiresAt"]), (&Value::Null, &json!("2026-11-27T10:00:00+08:00")));

        let seen = activate(&h, json!({ "code": code.to_lowercase() })).await;
        assert_eq!((seen.status, &seen.json["account"]), (StatusCode::OK, &json!("wang.fang")));
        assert_eq!((&seen.json["inHalves"], &seen.json["done"]), (&json!(false), &json!(false)));
        let weak = activate(&h, json!({ "code": code, "password": "weak" })).await;
        assert_eq!((weak.status, &weak.json["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("password")));
        let done = activate(&h, json!({ "code": code, "password": OWN })).await;
        assert_eq!((done.status, &done.json["done"]), (StatusCode::OK, &json!(true)), "{}", done.json);
        let again = activate(&h, json!({ "code": code, "password": "Somebody-elses-88" })).await;
        assert_eq!((again.status, again.code()), (StatusCode::UNAUTHORIZED, "activation_over"));
        let session = sign_in(&h, "wang.fang", OWN).await;
        assert_eq!((session.status, &session.json["post"]["role"]), (StatusCode::CREATED, &json!("window_clerk")));
        let (_, found) = administrator.get("/api/v1/people?q=wang.fang").await;
        assert_eq!((&found["items"][0]["activation"], &found["items"][0]["active"]), (&Value::Null, &json!(true)));
    })
    .await;
}

#[tokio::test]
async fn a_code_is_over_after_a_week_and_when_there_is_a_newer_one() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let answer = create(&administrator, &json!({ "account": "li4", "name": "李四" })).await;
        let first = answer.json["activation"]["code"].as_str().unwrap().to_owned();
        let (status, reset) = administrator.post("/api/v1/people/li4/reset", json!({ "reason": "没有收到" })).await;
        assert_eq!(status, StatusCode::CREATED, "{reset}");
        let second = reset["activation"]["code"].as_str().unwrap().to_owned();
        let code = |code: &str| json!({ "code": code, "password": OWN });
        assert_eq!(activate(&h, code(&first)).await.code(), "activation_over");
        h.pass(TimeDelta::days(7));
        assert_eq!(activate(&h, code(&second)).await.code(), "activation_over");
        let (_, reset) =
            h.as_role("administrator").await.post("/api/v1/people/li4/reset", json!({ "reason": "过期" })).await;
        let third = reset["activation"]["code"].as_str().unwrap();
        assert_eq!(activate(&h, code(third)).await.status, StatusCode::OK);
        assert_eq!(sign_in(&h, "li4", OWN).await.code(), "no_post");
    })
    .await;
}

#[tokio::test]
async fn nobody_chooses_a_password_for_somebody_else() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let body = json!({ "account": "li4", "name": "李四", "password": "First-mule-9" });
        let answer = create(&administrator, &body).await;
        assert_eq!((answer.status, &answer.json["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("password")));
        let (_, reset) = administrator
            .post("/api/v1/people/citizen/reset", json!({ "reason": "忘记密码", "password": "First-mule-9" }))
            .await;
        assert_eq!(reset["field"], "password");
        assert_eq!(create(&administrator, &json!({ "account": "li4", "name": "李四" })).await.status, 201);
        for guess in ["", "li4", "First-mule-9"] {
            assert_eq!(sign_in(&h, "li4", guess).await.code(), "wrong_credentials", "no password opens it yet");
        }
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
            ("/name", json!("\u{3164}\u{200b}"), "name"),
            ("/name", json!("a\u{0}b"), "name"),
            ("/name", json!("名".repeat(51)), "name"),
            ("/name", json!("a\nb"), "name"),
            ("/phone", json!("12345"), "phone"),
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
