//! One-time links and the demonstration's role switch.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use yizhi_server::keys::new_token;
use yizhi_store::LoginLink;

use crate::common::{Answer, Harness, on_both, on_both_demo};

async fn link(h: &Harness, account: &str) -> String {
    let (token, digest) = new_token();
    let row = LoginLink { token: digest, person: h.person(account), goto: "/cases/350302-1".to_owned() };
    h.app.db().login_links_add(vec![row], h.app.now()).await.unwrap();
    token
}

async fn follow(h: &Harness, token: &str) -> Answer {
    h.stranger().send("POST", "/api/v1/session/link", &json!({ "token": token })).await
}

#[tokio::test]
async fn a_link_opens_one_session_and_says_where_it_leads() {
    on_both_demo(async |h| {
        let token = link(&h, "operator").await;
        let answer = follow(&h, &token).await;
        assert_eq!(answer.status, StatusCode::CREATED);
        assert_eq!((&answer.json["account"], &answer.json["goto"]), (&json!("operator"), &json!("/cases/350302-1")));
        let client = h.stranger().with_session(&answer.session_token(), "");
        assert_eq!(client.get("/api/v1/me").await.0, StatusCode::OK);
        let again = follow(&h, &token).await;
        assert_eq!((again.status, again.code()), (StatusCode::UNAUTHORIZED, "link_used"));
        assert_eq!(again.header("set-cookie"), "");
    })
    .await;
}

#[tokio::test]
async fn of_two_who_follow_a_link_at_once_one_enters() {
    on_both_demo(async |h| {
        let token = link(&h, "operator").await;
        let answers = futures_util::future::join_all((0..8).map(|_| follow(&h, &token))).await;
        assert_eq!(answers.iter().filter(|a| a.status == StatusCode::CREATED).count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_link_is_good_for_a_day() {
    on_both_demo(async |h| {
        let (early, late) = (link(&h, "operator").await, link(&h, "operator").await);
        h.pass(TimeDelta::hours(24));
        assert_eq!(follow(&h, &early).await.status, StatusCode::CREATED);
        h.pass(TimeDelta::seconds(1));
        assert_eq!(follow(&h, &late).await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(follow(&h, "made-up").await.code(), "link_used");
    })
    .await;
}

#[tokio::test]
async fn a_link_does_not_replace_a_second_factor() {
    on_both(async |h| {
        assert_eq!(follow(&h, &link(&h, "operator").await).await.status, StatusCode::CREATED);
        assert_eq!(follow(&h, &link(&h, "auditor").await).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
    on_both_demo(async |h| {
        assert_eq!(follow(&h, &link(&h, "auditor").await).await.status, StatusCode::CREATED);
    })
    .await;
}

async fn become_one(h: &Harness, account: &str) -> Answer {
    h.stranger().send("POST", "/api/v1/session/demo", &json!({ "account": account })).await
}

#[tokio::test]
async fn there_is_no_role_switch_outside_a_demonstration() {
    on_both(async |h| {
        for account in ["operator", "nobody"] {
            let answer = become_one(&h, account).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "not_found"));
        }
        let signed_in = h.as_role("operator").await;
        let (status, _) = signed_in.post("/api/v1/session/demo", json!({ "account": "dispatcher" })).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_demonstration_switches_between_its_own_accounts_only() {
    on_both_demo(async |h| {
        let answer = become_one(&h, "dispatcher").await;
        assert_eq!((answer.status, &answer.json["account"]), (StatusCode::CREATED, &json!("dispatcher")));
        assert_eq!(answer.json["demo"], true);
        assert_eq!(become_one(&h, "leader").await.status, StatusCode::NOT_FOUND, "a real account in a demonstration");
        assert_eq!(become_one(&h, "nobody").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn the_session_before_a_switch_ends() {
    on_both_demo(async |h| {
        let operator = h.as_role("operator").await;
        let answer = operator.send("POST", "/api/v1/session/demo", &json!({ "account": "dispatcher" })).await;
        assert_eq!(answer.status, StatusCode::CREATED);
        assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED);
        let dispatcher = h.stranger().with_session(&answer.session_token(), "");
        let (status, me) = dispatcher.get("/api/v1/me").await;
        assert_eq!((status, &me["post"]["role"]), (StatusCode::OK, &json!("dispatcher")));
        assert_ne!(me["demoAccounts"], Value::Null);
    })
    .await;
}
