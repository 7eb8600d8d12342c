//! Guessing passwords gets nowhere: accounts are locked for longer and longer, known or not, and addresses run out of tries.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use chrono::TimeDelta;
use serde_json::{Value, json};
use yizhi_server::app::Config;
use yizhi_server::auth::{ForwardedBy, Proxies};

use crate::common::staff::PASSWORD;
use crate::common::{Answer, Harness, on_both, on_both_with};

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
        h.app.reload().await.unwrap();
        assert_locked(&h, "operator", PASSWORD, "30").await;
    })
    .await;
}

/// Each failure on a known account is recorded, and no try on a name that nobody has.
#[tokio::test]
async fn failures_of_known_accounts_are_recorded() {
    on_both(async |h| {
        fail(&h, "nobody", 2).await;
        fail(&h, "operator", 3).await;
        let subject = h.person("operator").0;
        let of_operator = async || {
            let records = h.app.db().records_from(0, 1_000).await.unwrap();
            let failed: Vec<_> = records.into_iter().filter(|r| r.kind == "session.failed").collect();
            assert!(failed.iter().all(|r| r.subject == subject));
            failed.len()
        };
        // They are written beside the answer, which must not take longer for an account that exists.
        while of_operator().await < 3 {
            tokio::task::yield_now().await;
        }
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
    })
    .await;
}

struct From<'a> {
    peer: &'a str,
    forwarded: &'a str,
    cookie: &'a str,
}

impl<'a> From<'a> {
    fn peer(peer: &'a str) -> Self {
        Self { peer, forwarded: "", cookie: "" }
    }
}

async fn sign_in_from(h: &Harness, from: From<'_>, account: &str, password: &str) -> Answer {
    let peer: SocketAddr = from.peer.parse().unwrap();
    let body = json!({ "account": account, "password": password }).to_string();
    let mut request = Request::post("/api/v1/session").header("content-type", "application/json");
    for (name, value) in [("x-forwarded-for", from.forwarded), ("cookie", from.cookie)] {
        if !value.is_empty() {
            request = request.header(name, value);
        }
    }
    h.stranger().call(request.extension(ConnectInfo(peer)).body(Body::from(body)).unwrap()).await
}

/// The cookie by which a browser is known, as it sends it back.
fn device(answer: &Answer) -> String {
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|v| v.to_str().ok());
    let own = cookies.filter_map(|c| c.split(';').next()).find(|c| c.contains("yizhi_device="));
    own.unwrap().to_owned()
}

#[tokio::test]
async fn a_stranger_elsewhere_locks_nobody_out() {
    on_both(async |h| {
        for n in 0..5 {
            let answer = sign_in_from(&h, From::peer("192.0.2.1:1000"), "operator", WRONG).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{n}");
        }
        let there = sign_in_from(&h, From::peer("192.0.2.1:1000"), "operator", PASSWORD).await;
        assert_eq!(there.code(), "locked_out");
        let here = sign_in_from(&h, From::peer("192.0.2.2:1000"), "operator", PASSWORD).await;
        assert_eq!(here.status, StatusCode::CREATED);
    })
    .await;
}

#[tokio::test]
async fn a_stranger_behind_the_same_proxy_does_not_shut_out_a_browser_that_is_known() {
    on_both(async |h| {
        let office = "192.0.2.1:1000";
        let known = device(&sign_in_from(&h, From::peer(office), "operator", PASSWORD).await);
        for n in 0..70 {
            let account = if n < 10 { "operator".to_owned() } else { format!("name-{n}") };
            sign_in_from(&h, From::peer(office), &account, WRONG).await;
        }
        let stranger = sign_in_from(&h, From::peer(office), "operator", PASSWORD).await;
        assert_eq!(stranger.status, StatusCode::TOO_MANY_REQUESTS, "{}", stranger.json);
        let here = From { cookie: &known, ..From::peer(office) };
        let answer = sign_in_from(&h, here, "operator", PASSWORD).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
        let other = From { cookie: &known, ..From::peer(office) };
        let answer = sign_in_from(&h, other, "dispatcher", PASSWORD).await;
        assert_eq!(answer.code(), "slow_down", "it is known for its own account only");
    })
    .await;
}

#[tokio::test]
async fn a_browser_that_is_known_guesses_no_more_than_others() {
    on_both(async |h| {
        let known = device(&sign_in_from(&h, From::peer("192.0.2.1:1000"), "operator", PASSWORD).await);
        let here = || From { cookie: &known, ..From::peer("192.0.2.9:1000") };
        for n in 0..5 {
            assert_eq!(sign_in_from(&h, here(), "operator", WRONG).await.code(), "wrong_credentials", "{n}");
        }
        assert_eq!(sign_in_from(&h, here(), "operator", PASSWORD).await.code(), "locked_out");
        let made_up = format!("yizhi_device={}.{}", "0".repeat(32), "0".repeat(32));
        let answer = sign_in_from(&h, From { cookie: &made_up, ..here() }, "operator", PASSWORD).await;
        assert_eq!(answer.status, StatusCode::CREATED, "a made-up one is no more than none");
    })
    .await;
}

#[tokio::test]
async fn guesses_from_everywhere_close_an_account_to_strangers() {
    on_both(async |h| {
        let known = device(&sign_in_from(&h, From::peer("192.0.2.1:1000"), "operator", PASSWORD).await);
        for n in 0..101 {
            let peer = format!("198.51.{}.7:1", n);
            let answer = sign_in_from(&h, From::peer(&peer), "operator", WRONG).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{n}");
        }
        let fresh = sign_in_from(&h, From::peer("203.0.113.1:1"), "operator", PASSWORD).await;
        assert_eq!((fresh.code(), fresh.header("retry-after")), ("locked_out", "30"));
        let here = From { cookie: &known, ..From::peer("192.0.2.1:1000") };
        assert_eq!(sign_in_from(&h, here, "operator", PASSWORD).await.status, StatusCode::CREATED);
    })
    .await;
}

fn behind_a_proxy(config: &mut Config) {
    config.proxies = Proxies { trusted: vec!["10.0.0.0/8".parse().unwrap()], header: ForwardedBy::XForwardedFor };
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_counts_for_itself() {
    on_both_with(behind_a_proxy, async |h| {
        fn from(forwarded: &str) -> From<'_> {
            From { forwarded, ..From::peer("10.0.0.1:80") }
        }
        for n in 0..70 {
            let spoofed = format!("198.51.100.{n}, 192.0.2.66");
            sign_in_from(&h, from(&spoofed), &format!("name-{n}"), WRONG).await;
        }
        let stopped = sign_in_from(&h, from("127.0.0.1, 10.0.0.1, 192.0.2.66"), "operator", PASSWORD).await;
        assert_eq!(stopped.code(), "slow_down", "what it writes itself changes nothing");
        assert_eq!(sign_in_from(&h, from("192.0.2.67"), "operator", PASSWORD).await.status, StatusCode::CREATED);
        let direct = From { forwarded: "192.0.2.1", ..From::peer("192.0.2.66:80") };
        assert_eq!(sign_in_from(&h, direct, "operator", PASSWORD).await.code(), "slow_down", "no proxy of ours");
    })
    .await;
}

/// Whatever is the matter with an account, a try costs one check of a password, and the answer waits for it: its time tells nothing.
#[tokio::test]
async fn every_try_does_the_same_work() {
    on_both(async |h| {
        h.sql("UPDATE person SET disabled_at = 1 WHERE account = 'verifier'");
        h.sql("UPDATE person SET password = NULL WHERE account = 'leader'");
        h.app.reload().await.unwrap();
        fail(&h, "operator", 5).await;
        fail(&h, "nobody", 5).await;
        let long = "n".repeat(5_000);
        let checks = || h.app.sessions().door().checks();
        for account in ["dispatcher", "unknown", "verifier", "leader", "operator", "nobody"] {
            for password in [WRONG, "", &long] {
                let before = checks();
                let answer = sign_in(&h, account, password).await;
                assert_eq!(checks(), before + 1, "{account}: {}", answer.status);
            }
        }
        for known in ["verifier", "leader"] {
            let answer = sign_in(&h, known, PASSWORD).await;
            assert_eq!(answer.code(), "wrong_credentials", "{known}");
        }
    })
    .await;
}

/// Names are kept as digests, whatever they are, and one that no account can have is refused before anything is done with it.
#[tokio::test]
async fn what_strangers_send_is_kept_short() {
    on_both(async |h| {
        for n in 0..5 {
            let account = format!("{}{n}", "名".repeat(60));
            let answer = sign_in_from(&h, From::peer("192.0.2.1:1"), &account, WRONG).await;
            assert_eq!(answer.code(), "wrong_credentials", "{n}");
        }
        let long = "名".repeat(100_000);
        let answer = sign_in_from(&h, From::peer("192.0.2.1:1"), &long, WRONG).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let rows = h.dump();
        assert!(rows.iter().all(|row| !format!("{row:?}").contains("名名名名")), "nothing of it is kept");
    })
    .await;
}

#[tokio::test]
async fn an_address_runs_out_of_failures() {
    on_both(async |h| {
        for n in 0..60 {
            let answer = sign_in_from(&h, From::peer("192.0.2.1:1000"), &format!("name-{n}"), WRONG).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "try {n}");
        }
        let answer = sign_in_from(&h, From::peer("192.0.2.1:2000"), "operator", PASSWORD).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::TOO_MANY_REQUESTS, "slow_down"));
        assert_eq!(answer.header("retry-after"), "1");
        assert_eq!(
            sign_in_from(&h, From::peer("192.0.2.2:1000"), "operator", PASSWORD).await.status,
            StatusCode::CREATED
        );
        h.pass(TimeDelta::seconds(1));
        for _ in 0..3 {
            let answer = sign_in_from(&h, From::peer("192.0.2.1:3000"), "operator", PASSWORD).await;
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
