//! Every answer of the specification.

use axum::body::Body;
use axum::http::{Method, Request};
use chrono::TimeDelta;
use yizhi_domain::clock::Clock as _;
use yizhi_ledger::Hash;

use crate::log::TestLog;
use crate::place::{Place, ask, post};

#[tokio::test]
async fn growth_is_cosigned_with_the_time() {
    let (place, log) = (Place::new(), TestLog::new(300));
    let witness = place.open(&log);
    for (old, new) in [(0, 0), (0, 5), (5, 5), (5, 6), (6, 256), (256, 300), (300, 300)] {
        place.clock.advance(TimeDelta::seconds(7));
        let request = log.request(old, new);
        let answer = post(&witness, request.to_string()).await;
        let time = place.time(&answer, &request.checkpoint);
        assert_eq!(i64::try_from(time).unwrap(), place.clock.now().timestamp(), "{old} to {new}");
    }
}

#[tokio::test]
async fn a_request_that_is_repeated_is_cosigned_again() {
    let (place, log) = (Place::new(), TestLog::new(9));
    let witness = place.open(&log);
    post(&witness, log.request(0, 9).to_string()).await;
    let again = log.request(9, 9);
    let first = post(&witness, again.to_string()).await;
    assert_eq!(post(&witness, again.to_string()).await, first);
    place.clock.advance(TimeDelta::seconds(1));
    let later = post(&witness, again.to_string()).await;
    assert_eq!(place.time(&later, &again.checkpoint), place.time(&first, &again.checkpoint) + 1);
}

#[tokio::test]
async fn each_refusal_has_its_status() {
    let (place, log) = (Place::new(), TestLog::new(20));
    let witness = place.open(&log);
    assert_eq!(post(&witness, log.request(0, 9).to_string()).await.status, 200);
    let other = log.rewritten(3);
    let mut unproven = log.request(9, 12);
    unproven.proof[0] = Hash::default();
    let mut wrongly_signed = log.request(9, 12);
    let mut signature = wrongly_signed.checkpoint.note().signatures()[0].clone();
    signature.bytes[5] ^= 1;
    wrongly_signed.checkpoint.add(signature);
    let mut larger = log.request(9, 12);
    larger.old_size = 13;
    let mut longer = log.request(9, 12);
    longer.proof = vec![Hash::default(); 64];
    let text = log.request(9, 12).to_string();
    for (what, body, status) in [
        ("another log", TestLog::named("other.example/log", 12).request(9, 12).to_string(), 404),
        ("another key", log.forged().request(9, 12).to_string(), 403),
        ("a wrong signature", wrongly_signed.to_string(), 403),
        ("a larger old size", larger.to_string(), 400),
        ("64 hashes", longer.to_string(), 400),
        ("nothing", String::new(), 400),
        ("no last newline", text.trim_end().to_owned(), 400),
        ("a leading zero", text.replacen("old 9", "old 09", 1), 400),
        ("another line end", text.replacen('\n', "\r\n", 1), 400),
        ("another size", log.request(8, 12).to_string(), 409),
        ("no size", log.request(0, 12).to_string(), 409),
        ("a smaller tree", log.request(5, 7).to_string(), 409),
        ("another root of that size", other.request(9, 9).to_string(), 409),
        ("a wrong proof", unproven.to_string(), 422),
        ("a rewritten history", other.request(9, 12).to_string(), 422),
    ] {
        let answer = post(&witness, body).await;
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        if status == 409 {
            assert_eq!((answer.kind.as_str(), answer.text.as_str()), ("text/x.tlog.size", "9\n"), "{what}");
        }
    }
    assert_eq!(post(&witness, text).await.status, 200, "the refused changed nothing");
}

#[tokio::test]
async fn what_was_never_signed_has_size_zero() {
    let (place, log) = (Place::new(), TestLog::new(9));
    let answer = post(&place.open(&log), log.request(5, 9).to_string()).await;
    assert_eq!((answer.status, answer.text.as_str()), (409, "0\n"));
}

#[tokio::test]
async fn bodies_have_a_limit_and_other_calls_are_refused() {
    let (place, log) = (Place::new(), TestLog::new(9));
    let witness = place.open(&log);
    let long = format!("{}{}", log.request(0, 9), "x".repeat(300 * 1024));
    assert_eq!(post(&witness, long).await.status, 413);
    for (method, path, status) in [
        (Method::GET, "/add-checkpoint", 405),
        (Method::PUT, "/add-checkpoint", 405),
        (Method::POST, "/vkey", 405),
        (Method::GET, "/", 404),
    ] {
        let request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
        assert_eq!(ask(&witness, request).await.status, status, "{path}");
    }
}

#[tokio::test]
async fn key_and_health_are_public() {
    let (place, log) = (Place::new(), TestLog::new(0));
    let witness = place.open(&log);
    let get = async |path: &str| ask(&witness, Request::get(path).body(Body::empty()).unwrap()).await;
    assert_eq!(get("/vkey").await.text, format!("{}\n", place.key));
    assert_eq!((get("/healthz").await.status, get("/healthz").await.text.as_str()), (200, "ok"));
}

#[tokio::test]
async fn a_larger_tree_never_has_an_earlier_time() {
    let (place, log) = (Place::new(), TestLog::new(20));
    let witness = place.open(&log);
    let first = log.request(0, 5);
    let began = place.time(&post(&witness, first.to_string()).await, &first.checkpoint);

    place.clock.advance(TimeDelta::seconds(-60));
    let second = log.request(5, 6);
    assert_eq!(place.time(&post(&witness, second.to_string()).await, &second.checkpoint), began, "a small step back");

    place.clock.advance(TimeDelta::seconds(-1));
    let third = log.request(6, 7);
    let refused = post(&witness, third.to_string()).await;
    assert!(refused.status == 500 && !refused.text.contains("— "), "{refused:?}");

    place.clock.advance(TimeDelta::seconds(62));
    assert_eq!(place.time(&post(&witness, third.to_string()).await, &third.checkpoint), began + 1);
}
