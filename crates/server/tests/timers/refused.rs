//! Timers that the procedure refuses.

use axum::http::StatusCode;
use serde_json::{Value, json};
use yizhi_server::jobs;

use crate::common::{Call, Harness, on_both, on_both_with};
use crate::scene::{overdue, timer_steps, unhurried};

const BROKEN: usize = 300;

/// Takes a case's catalog release away: whatever its timer asks is refused.
fn take_release(h: &Harness, case: &str) {
    let id = if h.database().contains("://") { format!("'{case}'") } else { format!("x'{}'", case.replace('-', "")) };
    h.sql(&format!("UPDATE cases SET release = 'gone' WHERE id = {id}"));
}

async fn listed(h: &Harness, account: &str, path: &str) -> Vec<Value> {
    let (status, page) = h.as_account(account).await.get(path).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn three_hundred_broken_cases_hide_no_good_one() {
    on_both_with(unhurried, async |h| {
        let broken = overdue(&h, BROKEN).await;
        h.sql("UPDATE cases SET release = 'gone'");
        let damaged = overdue(&h, 1).await.remove(0);
        h.sql("UPDATE cases SET body = '{' WHERE release <> 'gone'");
        let good = overdue(&h, 1).await.remove(0);
        assert_eq!(jobs::raise_alerts(&h.app).await.unwrap(), 1);
        let steps = timer_steps(&h).await;
        assert_eq!(steps.keys().map(|(case, _)| case.as_str()).collect::<Vec<_>>(), [good.as_str()]);

        let operator = h.as_account("operator").await;
        let (mut seen, mut path) = (Vec::new(), "/api/v1/timers/refused?limit=200".to_owned());
        loop {
            let (_, page) = operator.get(&path).await;
            seen.extend(page["items"].as_array().unwrap().clone());
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/v1/timers/refused?limit=200&cursor={next}");
        }
        let mut named: Vec<&str> = seen.iter().map(|one| one["case"].as_str().unwrap()).collect();
        named.sort_unstable();
        let mut wanted: Vec<&str> = broken.iter().chain([&damaged]).map(String::as_str).collect();
        wanted.sort_unstable();
        assert_eq!(named, wanted, "each broken one once, the good one not");
        let why = |case: &str| seen.iter().find(|one| one["case"] == case).unwrap()["why"].as_str().unwrap().to_owned();
        assert!(why(&broken[0]).contains("事项目录里没有这一项"), "in words: {}", why(&broken[0]));
        assert!(why(&damaged).contains("读不出来"), "{}", why(&damaged));

        let reasons = listed(&h, "administrator", "/api/v1/admin/timers").await;
        let counts: Vec<i64> = reasons.iter().map(|one| one["cases"].as_i64().unwrap()).collect();
        assert_eq!(counts, [BROKEN as i64, 1]);
        assert!(!reasons.iter().any(|one| one.to_string().contains(&broken[0])), "administrators see no case");
    })
    .await;
}

#[tokio::test]
async fn a_refused_alert_waits_longer_each_time_and_is_not_lost() {
    on_both(async |h| {
        let case = overdue(&h, 1).await.remove(0);
        take_release(&h, &case);
        let mut waited = Vec::new();
        for tries in 1..=4 {
            assert_eq!(jobs::raise_alerts(&h.app).await.unwrap(), 0);
            assert_eq!(jobs::raise_alerts(&h.app).await.unwrap(), 0, "not again before its time");
            let item = listed(&h, "operator", "/api/v1/timers/refused").await.remove(0);
            assert_eq!(item["tries"], json!(tries));
            let next: chrono::DateTime<chrono::Utc> = item["nextTry"].as_str().unwrap().parse().unwrap();
            waited.push((next - h.app.now()).num_minutes());
            h.pass(next - h.app.now());
        }
        assert_eq!(waited, [1, 2, 4, 8]);
        h.sql(&format!("UPDATE cases SET release = '{}'", h.app.world().catalog.id()));
        assert_eq!(jobs::raise_alerts(&h.app).await.unwrap(), 1, "the alert was still due");
        assert_eq!(listed(&h, "operator", "/api/v1/timers/refused").await, Vec::<Value>::new());
        assert_eq!(listed(&h, "administrator", "/api/v1/admin/timers").await, Vec::<Value>::new());
        assert!(!h.dump().iter().any(|row| row.table == "timer_refusal"), "struck out");
    })
    .await;
}

/// Somebody acts on the case before the next try: there is nothing to show any more.
#[tokio::test]
async fn what_is_no_longer_due_is_not_shown() {
    on_both(async |h| {
        let case = overdue(&h, 1).await.remove(0);
        take_release(&h, &case);
        jobs::raise_alerts(&h.app).await.unwrap();
        assert_eq!(listed(&h, "operator", "/api/v1/timers/refused").await.len(), 1);
        h.sql("UPDATE cases SET next_alert_at = NULL");
        assert_eq!(listed(&h, "operator", "/api/v1/timers/refused").await, Vec::<Value>::new());
    })
    .await;
}

#[tokio::test]
async fn refused_timers_are_within_the_slice() {
    on_both(async |h| {
        let case = overdue(&h, 1).await.remove(0);
        take_release(&h, &case);
        jobs::raise_alerts(&h.app).await.unwrap();
        assert_eq!(listed(&h, "operator-2", "/api/v1/timers/refused").await, Vec::<Value>::new());
        assert_eq!(listed(&h, "administrator-2", "/api/v1/admin/timers").await, Vec::<Value>::new());
        assert_eq!(listed(&h, "leader", "/api/v1/timers/refused").await.len(), 1);
        let call = Call { method: "GET", path: "/api/v1/timers/refused", body: Value::Null };
        h.refuses(&call, &["administrator", "security_officer", "auditor", "citizen", "window_clerk"]).await;
        let call = Call { method: "GET", path: "/api/v1/admin/timers", body: Value::Null };
        h.refuses(&call, &["security_officer", "auditor", "operator", "leader"]).await;
    })
    .await;
}
