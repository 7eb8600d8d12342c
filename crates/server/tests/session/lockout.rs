//! Guessing passwords gets nowhere: accounts are locked for longer and longer, known or not, and addresses run out of tries.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::common::staff::PASSWORD;
use crate::common::{Answer, Harness, on_both};

const WRONG: &str = "Wrong-horse-7";

async fn sign_in(h: &Harness, account: &str, password: &str) -> Answer {
    h.stranger().send("POST", "/api/v1/session", &json!({ "account": account, "password": password })).await
}

async fn fail(h: &Harness, account: &str, times: usize) {
    for n in 0..times {
        let answer = sign_in(h, account, WRONG).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "wrong_credentials"), "try {n}");
    }
}

async fn assert_locked(h: &Harness, account: &str, password: &str, seconds: &str) {
    let answer = sign_in(h, account, password).await;
    assert_eq!((answer.status, answer.code()), (StatusCode::TOO_MANY_REQUESTS, "locked_out"), "{account}");
    assert_eq!(answer.header("retry-after"), seconds, "{account}");
}

#[tokio::test]
async fn four_failures_cost_nothing() {
    on_both(async |h| {
        fail(&h, "operator", 4).await;
        assert_eq!(sign_in(&h, "operator", PASSWORD).await.status, StatusCode::CREATED);
        fail(&h, "operator", 4).await;
        assert_eq!(sign_in(&h, "operator", PASSWORD).await.status, StatusCode::CREATED, "a success begins anew");
    })
    .await;
}

#[tokio::test]
async fn the_fifth_failure_locks_and_the_lock_doubles() {
    on_both(async |h| {
        fail(&h, "operator", 5).await;
        assert_locked(&h, "operator", PASSWORD, "30").await;
        h.pass(TimeDelta::milliseconds(12_500));
        assert_locked(&h, "operator", WRONG, "18").await;
        h.pass(TimeDelta::milliseconds(17_500));
        fail(&h, "operator", 1).await;
        assert_locked(&h, "operator", PASSWORD, "60").await;
        h.pass(TimeDelta::seconds(60));
        fail(&h, "operator", 1).await;
        assert_locked(&h, "operator", PASSWORD, "120").await;
        h.pass(TimeDelta::seconds(120));
        assert_eq!(sign_in(&h, "operator", PASSWORD).await.status, StatusCode::CREATED);
        fail(&h, "operator", 4).await;
    })
    .await;
}

#[tokio::test]
async fn the_lock_is_the_accounts_and_outlives_the_process_memory() {
    on_both(async |h| {
        fail(&h, "operator", 5).await;
        assert_eq!(sign_in(&h, "dispatcher", PASSWORD).await.status, StatusCode::CREATED);
        let credentials = h.app.db().credentials("operator").await.unwrap().unwrap();
        assert_eq!(credentials.failures, 5);
        assert_eq!(credentials.locked_until, Some(h.app.now() + TimeDelta::seconds(30)));
    })
    .await;
}

#[tokio::test]
async fn a_name_that_no_account_has_is_locked_alike() {
    on_both(async |h| {
        fail(&h, "nobody", 5).await;
        assert_locked(&h, "nobody", WRONG, "30").await;
        h.pass(TimeDelta::seconds(30));
        fail(&h, "nobody", 1).await;
        assert_locked(&h, "nobody", WRONG, "60").await;
    })
    .await;
}

#[tokio::test]
async fn tries_at_the_same_moment_are_all_counted() {
    on_both(async |h| {
        let tries = (0..12).map(|_| sign_in(&h, "operator", WRONG));
        let answers = futures_util::future::join_all(tries).await;
        let guesses = answers.iter().filter(|a| a.code() == "wrong_credentials").count();
        assert!((5..=8).contains(&guesses), "{guesses} of 12 guesses were checked");
        let counted = h.app.db().credentials("operator").await.unwrap().unwrap().failures;
        assert_eq!(usize::try_from(counted).unwrap(), guesses);
    })
    .await;
}

async fn sign_in_from(h: &Harness, peer: &str, account: &str, password: &str) -> Answer {
    let peer: SocketAddr = peer.parse().unwrap();
    let body = json!({ "account": account, "password": password }).to_string();
    let request = Request::post("/api/v1/session").header("content-type", "application/json");
    let request = request.header("x-forwarded-for", account).extension(ConnectInfo(peer));
    h.stranger().call(request.body(Body::from(body)).unwrap()).await
}

#[tokio::test]
async fn an_address_runs_out_of_failures() {
    on_both(async |h| {
        for n in 0..60 {
            let answer = sign_in_from(&h, "192.0.2.1:1000", &format!("name-{n}"), WRONG).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "try {n}");
        }
        let answer = sign_in_from(&h, "192.0.2.1:2000", "operator", PASSWORD).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::TOO_MANY_REQUESTS, "slow_down"));
        assert_eq!(answer.header("retry-after"), "1");
        assert_eq!(sign_in_from(&h, "192.0.2.2:1000", "operator", PASSWORD).await.status, StatusCode::CREATED);
        h.pass(TimeDelta::seconds(1));
        for _ in 0..3 {
            let answer = sign_in_from(&h, "192.0.2.1:3000", "operator", PASSWORD).await;
            assert_eq!(answer.status, StatusCode::CREATED, "who knows the password uses nothing up: {}", answer.json);
        }
        let link = json!({ "token": "made-up" });
        assert_eq!(h.stranger().post("/api/v1/session/link", link).await.0, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn an_administrator_opens_the_account_again() {
    on_both(async |h| {
        fail(&h, "operator", 5).await;
        assert_locked(&h, "operator", PASSWORD, "30").await;
        let administrator = h.as_role("administrator").await;
        let (_, list) = administrator.get("/api/v1/people?q=operator").await;
        assert_eq!((&list["items"][0]["account"], &list["items"][0]["locked"]), (&json!("operator"), &json!(true)));
        assert_eq!(list["items"][0]["lockedUntil"], "2026-11-20T10:00:30+08:00");
        let (status, _) = administrator.post("/api/v1/people/operator/unlock", Value::Null).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        fail(&h, "operator", 4).await;
        assert_eq!(sign_in(&h, "operator", PASSWORD).await.status, StatusCode::CREATED);
    })
    .await;
}
