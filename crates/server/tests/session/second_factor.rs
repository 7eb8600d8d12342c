//! The second factor at the door, and the three administrators who must have one.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::common::database::Database;
use crate::common::staff::{PASSWORD, code};
use crate::common::{Answer, Client, Harness, on_both, on_both_demo};

async fn sign_in(h: &Harness, account: &str, totp: Option<&str>) -> Answer {
    let body = json!({ "account": account, "password": PASSWORD, "totp": totp });
    h.stranger().send("POST", "/api/v1/session", &body).await
}

#[tokio::test]
async fn whoever_has_one_is_asked_for_the_code() {
    on_both(async |h| {
        for missing in [None, Some(""), Some(" ")] {
            let answer = sign_in(&h, "auditor", missing).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "totp_required"));
        }
        let answer = sign_in(&h, "auditor", Some("000000")).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "wrong_credentials"));
        assert_eq!(answer.json["field"], "totp");
        let answer = sign_in(&h, "auditor", Some(&code("auditor", h.app.now()))).await;
        assert_eq!(answer.status, StatusCode::CREATED);
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_is_not_told_from_the_code() {
    on_both(async |h| {
        let body = json!({ "account": "auditor", "password": "Wrong-horse-7" });
        let answer = h.stranger().send("POST", "/api/v1/session", &body).await;
        assert_eq!(answer.code(), "wrong_credentials", "nobody learns that there is a second factor");
        assert_eq!(answer.json["field"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_code_is_good_once() {
    on_both(async |h| {
        let used = code("auditor", h.app.now());
        assert_eq!(sign_in(&h, "auditor", Some(&used)).await.status, StatusCode::CREATED);
        assert_eq!(sign_in(&h, "auditor", Some(&used)).await.status, StatusCode::UNAUTHORIZED);
        h.pass(TimeDelta::seconds(30));
        assert_eq!(sign_in(&h, "auditor", Some(&used)).await.status, StatusCode::UNAUTHORIZED, "though still in time");
        let next = code("auditor", h.app.now());
        assert_eq!(sign_in(&h, "auditor", Some(&next)).await.status, StatusCode::CREATED);
    })
    .await;
}

/// The last step used is in the database: another server, or this one after a restart, takes its code no more.
#[tokio::test]
async fn a_code_is_good_once_on_every_server() {
    on_both(async |h| {
        let step = u64::try_from(h.app.now().timestamp()).unwrap() / 30;
        let used = code("auditor", h.app.now());
        assert_eq!(sign_in(&h, "auditor", Some(&used)).await.status, StatusCode::CREATED);
        let other = Database::open_at(&h.database()).await;
        let auditor = h.person("auditor");
        assert!(!other.totp_step_use(auditor, step).await.unwrap());
        assert!(!other.totp_step_use(auditor, step - 1).await.unwrap(), "nor an earlier one");
        assert!(other.totp_step_use(auditor, step + 1).await.unwrap());
        let next = code("auditor", h.app.now() + TimeDelta::seconds(30));
        assert_eq!(sign_in(&h, "auditor", Some(&next)).await.status, StatusCode::UNAUTHORIZED, "used there");
    })
    .await;
}

#[tokio::test]
async fn of_two_uses_at_the_same_moment_one_counts() {
    on_both(async |h| {
        let shown = code("auditor", h.app.now());
        let tries = (0..4).map(|_| sign_in(&h, "auditor", Some(&shown)));
        let answers = futures_util::future::join_all(tries).await;
        assert_eq!(answers.iter().filter(|a| a.status == StatusCode::CREATED).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn guessing_codes_locks_the_account() {
    on_both(async |h| {
        for _ in 0..5 {
            assert_eq!(sign_in(&h, "auditor", Some("000000")).await.code(), "wrong_credentials");
        }
        let answer = sign_in(&h, "auditor", Some(&code("auditor", h.app.now()))).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::TOO_MANY_REQUESTS, "locked_out"));
    })
    .await;
}

async fn entered(h: &Harness, account: &str) -> Client {
    let answer = sign_in(h, account, None).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
    h.stranger().with_session(&answer.session_token(), answer.json["csrfToken"].as_str().unwrap())
}

#[tokio::test]
async fn an_administrator_without_one_gets_no_further_than_setting_it() {
    on_both(async |h| {
        let new = entered(&h, "administrator-new").await;
        let (status, me) = new.get("/api/v1/me").await;
        assert_eq!((status, &me["totp"], &me["totpRequired"]), (StatusCode::OK, &json!(false), &json!(true)));
        assert!(me["permissions"].as_object().unwrap().values().all(|p| *p == json!(false)), "{me}");
        for (method, path, body) in [
            ("GET", "/api/v1/people", Value::Null),
            ("GET", "/api/v1/regions", Value::Null),
            ("GET", "/api/v1/me/notices", Value::Null),
            ("GET", "/api/v1/admin/jobs", Value::Null),
            ("POST", "/api/v1/me/password", json!({ "current": PASSWORD, "password": "Better-horse-8" })),
            ("POST", "/api/v1/people", json!({ "account": "new-one", "name": "新人" })),
            ("POST", "/api/v1/me/totp/remove", json!({})),
        ] {
            let answer = new.send(method, path, &body).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "totp_setup"), "{method} {path}");
        }
        let (status, setup) = new.post("/api/v1/me/totp", json!({ "current": PASSWORD })).await;
        assert_eq!(status, StatusCode::OK);
        let secret = setup["secret"].as_str().unwrap();
        let shown = yizhi_server::auth::totp::code_at(secret, "administrator-new", h.app.now()).unwrap();
        assert_eq!(new.put("/api/v1/me/totp", json!({ "code": shown })).await.0, StatusCode::NO_CONTENT);
        assert_eq!(new.get("/api/v1/people").await.0, StatusCode::OK);
        assert_eq!(new.get("/api/v1/me").await.1["permissions"]["managePeople"], true);
    })
    .await;
}

#[tokio::test]
async fn a_new_password_takes_it() {
    on_both(async |h| {
        let shown = code("auditor", h.app.now());
        let answer = sign_in(&h, "auditor", Some(&shown)).await;
        let auditor = h.stranger().with_session(&answer.session_token(), answer.json["csrfToken"].as_str().unwrap());
        let change = async |code: Option<&str>| {
            let body = json!({ "current": PASSWORD, "password": "Better-horse-8", "code": code });
            auditor.send("POST", "/api/v1/me/password", &body).await
        };
        for (code, refused) in
            [(None, "totp_required"), (Some(shown.as_str()), "wrong_code"), (Some("000000"), "wrong_code")]
        {
            let answer = change(code).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, refused), "{code:?}");
        }
        h.pass(TimeDelta::minutes(1));
        assert_eq!(change(Some(&code("auditor", h.app.now()))).await.status, StatusCode::NO_CONTENT);
    })
    .await;
}

#[tokio::test]
async fn the_way_out_is_open_without_one() {
    on_both(async |h| {
        let new = entered(&h, "administrator-new").await;
        assert_eq!(new.delete("/api/v1/session").await.0, StatusCode::NO_CONTENT);
    })
    .await;
}

#[tokio::test]
async fn a_demonstration_does_not_ask_for_it() {
    on_both_demo(async |h| {
        let new = entered(&h, "administrator-new").await;
        assert_eq!(new.get("/api/v1/people").await.0, StatusCode::OK);
        assert_eq!(new.get("/api/v1/me").await.1["totpRequired"], false);
    })
    .await;
}

#[tokio::test]
async fn others_need_none() {
    on_both(async |h| {
        let operator = entered(&h, "operator").await;
        assert_eq!(operator.get("/api/v1/regions").await.0, StatusCode::OK);
        assert_eq!(operator.get("/api/v1/me").await.1["totpRequired"], false);
    })
    .await;
}
