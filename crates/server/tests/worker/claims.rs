//! Claims: one worker at a time, lost claims, bounded tries, dead letters in words.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use yizhi_domain::text::Text;
use yizhi_server::jobs;
use yizhi_store::JOB_LEASE;

use crate::common::on_both;

const KIND: &[&str] = &["some.kind"];

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_never_hold_one_job() {
    on_both(async |h| {
        let servers = [h.app.clone(), h.sibling().await];
        for n in 0..60 {
            assert!(
                h.app.db().job_add_once(&format!("job {n}"), KIND[0], &json!({ "n": n }), h.app.now()).await.unwrap()
            );
        }
        let mut workers = tokio::task::JoinSet::new();
        for worker in 0..8 {
            let app = servers[worker % 2].clone();
            workers.spawn(async move {
                let mut held = Vec::new();
                while let Some(job) = app.db().job_claim(KIND, app.now()).await.unwrap() {
                    held.push(job.id);
                    assert!(app.db().job_finish(&job, Ok(()), app.now()).await.unwrap());
                }
                held
            });
        }
        let held: Vec<_> = workers.join_all().await.into_iter().flatten().collect();
        assert_eq!((held.len(), held.iter().collect::<BTreeSet<_>>().len()), (60, 60));
    })
    .await;
}

#[tokio::test]
async fn a_job_of_a_name_is_queued_once() {
    on_both(async |h| {
        let (db, now) = (h.app.db(), h.app.now());
        assert!(db.job_add_once("the one", KIND[0], &Value::Null, now).await.unwrap());
        assert!(!db.job_add_once("the one", KIND[0], &Value::Null, now).await.unwrap());
        let job = db.job_claim(KIND, now).await.unwrap().unwrap();
        assert!(db.job_finish(&job, Ok(()), now).await.unwrap());
        assert!(!h.sibling().await.db().job_add_once("the one", KIND[0], &Value::Null, now).await.unwrap());
        assert!(db.job_claim(KIND, now).await.unwrap().is_none());
        assert!(db.job_claim(&["another.kind"], now).await.unwrap().is_none());
    })
    .await;
}

/// The worker was killed at any point after its claim, or hangs: another takes the job when the lease is over, and the first can say nothing any more.
#[tokio::test]
async fn who_lost_a_claim_cannot_end_the_job() {
    on_both(async |h| {
        let db = h.app.db();
        db.job_add_once("the one", KIND[0], &Value::Null, h.app.now()).await.unwrap();
        let first = db.job_claim(KIND, h.app.now()).await.unwrap().unwrap();
        h.pass(JOB_LEASE - TimeDelta::seconds(1));
        assert!(db.job_claim(KIND, h.app.now()).await.unwrap().is_none(), "still held");
        assert!(db.job_progress(&first, 1, 3, h.app.now()).await.unwrap());
        h.pass(TimeDelta::minutes(1));
        assert!(db.job_claim(KIND, h.app.now()).await.unwrap().is_none(), "progress holds it for another lease");
        h.pass(JOB_LEASE);
        let second = db.job_claim(KIND, h.app.now()).await.unwrap().unwrap();
        assert_eq!((second.id, second.attempts, second.done, second.total), (first.id, 2, 1, 3));
        assert!(!db.job_progress(&first, 2, 3, h.app.now()).await.unwrap());
        assert!(!db.job_finish(&first, Ok(()), h.app.now()).await.unwrap());
        db.job_return(&first, h.app.now()).await.unwrap();
        assert_eq!(db.job(first.id).await.unwrap().unwrap().state, "running");
        assert!(db.job_finish(&second, Ok(()), h.app.now()).await.unwrap());
        assert!(!db.job_finish(&second, Ok(()), h.app.now()).await.unwrap(), "once");
    })
    .await;
}

/// A job that takes its worker down each time is not tried for ever.
#[tokio::test]
async fn a_job_whose_worker_is_lost_each_time_is_dead() {
    on_both(async |h| {
        let db = h.app.db();
        db.job_add_once("the one", KIND[0], &Value::Null, h.app.now()).await.unwrap();
        let mut tried = 0;
        while db.job_claim(KIND, h.app.now()).await.unwrap().is_some() {
            tried += 1;
            h.pass(JOB_LEASE + TimeDelta::seconds(1));
        }
        assert_eq!(tried, 5);
        let (_, page) = h.as_role("administrator").await.get("/api/v1/admin/jobs").await;
        assert!(page["items"][0]["error"].as_str().unwrap().contains("中途停下"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn a_job_given_back_was_not_tried() {
    on_both(async |h| {
        let (db, now) = (h.app.db(), h.app.now());
        db.job_add_once("the one", KIND[0], &Value::Null, now).await.unwrap();
        for _ in 0..10 {
            let job = db.job_claim(KIND, now).await.unwrap().unwrap();
            assert_eq!(job.attempts, 1);
            db.job_return(&job, now).await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn each_failure_is_waited_for_longer_and_told_in_both_languages() {
    on_both(async |h| {
        let db = h.app.db();
        db.job_add_once("the one", KIND[0], &Value::Null, h.app.now()).await.unwrap();
        for attempt in 1..=5 {
            let job = db.job_claim(KIND, h.app.now()).await.unwrap().unwrap();
            db.job_finish(&job, Err(Text::new("磁盘满了", "the disk is full")), h.app.now()).await.unwrap();
            h.pass(TimeDelta::seconds(30 * attempt - 1));
            assert!(db.job_claim(KIND, h.app.now()).await.unwrap().is_none(), "attempt {attempt}");
            h.pass(TimeDelta::seconds(1));
        }
        let administrator = h.as_role("administrator").await;
        let (_, page) = administrator.get("/api/v1/admin/jobs").await;
        assert_eq!(page["items"][0]["error"], json!("磁盘满了"));
        let english = h.as_role("administrator").await.with("accept-language", "en");
        assert_eq!(english.get("/api/v1/admin/jobs").await.1["items"][0]["error"], json!("the disk is full"));
        let id = page["items"][0]["id"].as_str().unwrap();
        let (status, _) = administrator.post(&format!("/api/v1/admin/jobs/{id}/resend"), Value::Null).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(db.job_claim(KIND, h.app.now()).await.unwrap().unwrap().attempts, 1);
    })
    .await;
}

/// What the worker itself cannot do ends as a dead letter with its reason.
#[tokio::test]
async fn an_unreadable_job_is_a_dead_letter() {
    on_both(async |h| {
        h.app.db().job_add_once("odd", "stage_day", &json!({ "day": "some day" }), h.app.now()).await.unwrap();
        for _ in 0..5 {
            assert_eq!(jobs::work_jobs(&h.app).await.unwrap(), 1);
            h.pass(TimeDelta::minutes(10));
        }
        assert_eq!(jobs::work_jobs(&h.app).await.unwrap(), 0);
        let (_, page) = h.as_role("administrator").await.get("/api/v1/admin/jobs").await;
        assert_eq!(page["items"][0]["error"], json!("任务里没有写明是哪一天。"));
    })
    .await;
}
