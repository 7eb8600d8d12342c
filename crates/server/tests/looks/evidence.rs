//! Evidence that is overdue is shown, and closes what is restricted while it is: nothing published, too few witnesses, records that were changed, a
//! database older than its log. All else works on.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::Value;
use yizhi_ledger::note::{Algorithm, SignerKey};
use yizhi_server::app::Config;
use yizhi_server::ledger::{Policy, Sequencer, Witness};

use crate::common::{Harness, on_both, on_both_demo, on_both_with};
use crate::scene::{get, looks, told, unmask};

async fn ledger(h: &Harness) -> Value {
    let answer = get(h, "leader", "/api/v1/ledger").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
    answer.json
}

/// Whether restricted reads are open, of which all say the same; other reads and writes work anyhow.
async fn open(h: &Harness, case: &str) -> bool {
    let before = looks(h).await.len();
    let answers = [
        unmask(h, "operator", case, "contact_reporter").await,
        get(h, "operator", "/api/v1/cases/export?purpose=statistics").await,
        get(h, "auditor", "/api/v1/looks/export").await,
    ];
    for path in ["/api/v1/cases".to_owned(), format!("/api/v1/cases/{case}"), "/api/v1/counters".to_owned()] {
        assert_eq!(get(h, "operator", &path).await.status, StatusCode::OK, "{path}");
    }
    assert_eq!(get(h, "auditor", "/api/v1/looks").await.status, StatusCode::OK);
    told(h, "operator", false).await;
    let recorded = looks(h).await.len() - before;
    if answers.iter().all(|answer| answer.status == StatusCode::OK) {
        assert_eq!(recorded, 4);
        return true;
    }
    for answer in &answers {
        assert_eq!((answer.status.as_u16(), answer.code()), (503, "evidence_overdue"), "{}", answer.json);
    }
    assert_eq!(recorded, 1, "what is refused is no look");
    false
}

#[tokio::test]
async fn what_is_not_published_in_time_closes_restricted_reads_until_it_is() {
    on_both(async |h| {
        let case = told(&h, "operator", false).await;
        let mut sequencer = Sequencer::new();
        assert_eq!(sequencer.tend(&h.app).await, None);
        let fresh = ledger(&h).await;
        assert_eq!((&fresh["overdue"], &fresh["gates"]), (&false.into(), &true.into()), "{fresh}");
        assert_eq!(fresh["overdueAfterSeconds"], 900);
        h.pass(TimeDelta::minutes(14));
        assert!(open(&h, &case).await, "signing in is recorded, and waits for less than a quarter of an hour");
        h.pass(TimeDelta::minutes(2));
        assert!(!open(&h, &case).await);
        let late = ledger(&h).await;
        assert_eq!(
            (&late["overdue"], &late["behindSince"]),
            (&true.into(), &"2026-11-20T10:00:00+08:00".into()),
            "{late}"
        );
        assert!(late["published"].as_u64() > Some(0));
        assert_eq!(sequencer.tend(&h.app).await, None);
        assert!(open(&h, &case).await);
        let mended = get(&h, "leader", "/api/v1/ledger").await.json;
        assert_eq!(mended["overdue"], false, "{mended}");
    })
    .await;
}

#[tokio::test]
async fn the_wait_and_the_gate_are_settings() {
    let short = |config: &mut Config| config.evidence_overdue = TimeDelta::seconds(30);
    on_both_with(short, async |h| {
        let case = told(&h, "operator", false).await;
        h.pass(TimeDelta::seconds(31));
        assert!(!open(&h, &case).await);
        let refused = h.as_role("operator").await.with("accept-language", "en");
        let answer = refused.send("GET", "/api/v1/cases/export?purpose=statistics", &Value::Null).await;
        assert!(answer.json["detail"].as_str().unwrap().contains("more than 30 s"), "{}", answer.json);
    })
    .await;
    let ungated = |config: &mut Config| config.gate_restricted_reads = Some(false);
    on_both_with(ungated, async |h| {
        let case = told(&h, "operator", false).await;
        h.pass(TimeDelta::days(2));
        assert!(open(&h, &case).await);
        let late = ledger(&h).await;
        assert_eq!((&late["overdue"], &late["gates"]), (&true.into(), &false.into()));
    })
    .await;
    on_both_demo(async |h| assert_eq!(ledger(&h).await["gates"], false, "a demo's history is told in the past")).await;
}

/// A witness that does not answer: the checkpoint lacks a signature, so it is not published.
#[tokio::test]
async fn too_few_witnesses_close_restricted_reads() {
    let key = SignerKey::from_seed("silent.example/witness", Algorithm::Cosignature, &[7; 32]).unwrap();
    let witness: Witness = format!("{} http://127.0.0.1:9", key.verifier()).parse().unwrap();
    let watched = |config: &mut Config| config.ledger = Policy { witnesses: vec![witness.clone()], quorum: 1 };
    on_both_with(watched, async |h| {
        let case = told(&h, "operator", false).await;
        assert_eq!(Sequencer::new().tend(&h.app).await, None);
        assert!(open(&h, &case).await);
        h.pass(TimeDelta::minutes(16));
        assert_eq!(Sequencer::new().tend(&h.app).await, None);
        assert!(!open(&h, &case).await);
        let late = ledger(&h).await;
        assert_eq!((&late["published"], &late["publishedAt"], &late["quorum"]), (&0.into(), &Value::Null, &1.into()));
        assert!(late["size"].as_u64() > Some(0), "integrated all the same: {late}");
        let witness = &late["witnesses"][0];
        assert_eq!((&witness["name"], &witness["cosignedAt"]), (&"silent.example/witness".into(), &Value::Null));
        assert!(witness["refusal"].as_str().unwrap().contains("does not answer"), "{witness}");
    })
    .await;
}

#[tokio::test]
async fn a_record_that_was_changed_closes_restricted_reads_in_time() {
    on_both(async |h| {
        let case = told(&h, "operator", false).await;
        let mut sequencer = Sequencer::new();
        assert_eq!(sequencer.tend(&h.app).await, None);
        told(&h, "operator", false).await;
        let last = h.app.db().records_committed().await.unwrap() - 1;
        h.sql(&format!("UPDATE record SET tag = NULL WHERE seq = {last}"));
        let fault = sequencer.tend(&h.app).await.expect("a tag that does not fit");
        assert!(open(&h, &case).await, "not before its time");
        h.pass(TimeDelta::minutes(16));
        assert_eq!(sequencer.tend(&h.app).await.as_ref(), Some(&fault));
        assert!(!open(&h, &case).await);
        assert_eq!(ledger(&h).await["fault"], Value::from(fault));
    })
    .await;
}

#[tokio::test]
async fn a_database_older_than_its_log_closes_restricted_reads_at_once() {
    on_both(async |h| {
        let case = told(&h, "operator", false).await;
        told(&h, "citizen", false).await;
        // Sessions opened here are not recorded after the log has them.
        let operator = h.as_role("operator").await;
        Sequencer::new().turn(&h.app).await.unwrap();
        let size = h.app.db().ledger_head().await.unwrap().size;
        h.sql(&format!("DELETE FROM record WHERE seq >= {}", size - 2));
        h.sql("UPDATE feed_head SET records = records - 2");
        let (status, problem) = operator.get("/api/v1/cases/export?purpose=statistics").await;
        assert_eq!((status.as_u16(), &problem["code"]), (503, &"evidence_overdue".into()), "{problem} {case}");
    })
    .await;
}

#[tokio::test]
async fn records_that_were_taken_away_close_restricted_reads() {
    on_both(async |h| {
        told(&h, "operator", false).await;
        Sequencer::new().turn(&h.app).await.unwrap();
        let operator = h.as_role("operator").await;
        let (status, _) = operator.fetch("/api/v1/cases/export?purpose=statistics").await;
        assert_eq!(status, StatusCode::OK);
        let size = h.app.db().ledger_head().await.unwrap().size;
        h.sql(&format!("DELETE FROM record WHERE seq >= {size}"));
        let (status, problem) = operator.get("/api/v1/cases/export?purpose=statistics").await;
        assert_eq!((status.as_u16(), &problem["code"]), (503, &"evidence_overdue".into()), "{problem}");
    })
    .await;
}

/// A checkpoint that this log's key did not sign publishes nothing, though it says that the log has everything.
#[tokio::test]
async fn a_checkpoint_of_somebody_else_does_not_open_the_gate() {
    on_both(async |h| {
        let case = told(&h, "operator", false).await;
        Sequencer::new().turn(&h.app).await.unwrap();
        told(&h, "operator", false).await;
        h.pass(TimeDelta::minutes(16));
        assert!(!open(&h, &case).await);
        let file = h.app.config().data.join("ledger/checkpoint");
        let text = std::fs::read_to_string(&file).unwrap();
        let size = text.lines().nth(1).unwrap().to_owned();
        let committed = h.app.db().records_committed().await.unwrap().to_string();
        std::fs::write(&file, text.replacen(&size, &committed, 1)).unwrap();
        assert!(!open(&h, &case).await);
        std::fs::write(&file, "not a checkpoint").unwrap();
        assert!(!open(&h, &case).await);
    })
    .await;
}
