//! Stage facts by day against an oracle: the lives of cases as their assignments tell them, counted by hand.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};
use yizhi_domain::clock::china;
use yizhi_domain::region::{Level, RegionPath};
use yizhi_domain::slice::Slice;
use yizhi_server::app::Config;
use yizhi_server::jobs;
use yizhi_store::StageDay;

use crate::common::{Harness, on_both_with};

fn unhurried(config: &mut Config) {
    config.rate = 1_000_000;
}

async fn report(h: &Harness, confidential: bool) -> String {
    let body = json!({ "matter": "event-0194", "title": "饭店油烟", "location": { "grid": "350302001001001" }, "confidential": confidential });
    let account = if confidential { "citizen" } else { "operator" };
    let (status, case) = h.as_role(account).await.post("/api/v1/cases", body).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    case["id"].as_str().unwrap().to_owned()
}

async fn act(h: &Harness, case: &str, account: &str, action: &str, mut body: Value) {
    let client = h.as_account(account).await;
    let (_, now) = client.get(&format!("/api/v1/cases/{case}")).await;
    body["version"] = now["version"].clone();
    let (status, said) = client.post(&format!("/api/v1/cases/{case}/actions/{action}"), body).await;
    assert_eq!(status, StatusCode::OK, "{action}: {said}");
}

type Counts = BTreeMap<(NaiveDate, String, String, String, String), (i64, i64, i64)>;

/// What the assignments of all cases say, one by one.
async fn oracle(h: &Harness, cases: &[String]) -> Counts {
    let world = h.app.world();
    // Between them they see all cases: who told of a confidential one sees it.
    let slices = ["operator", "citizen"].map(|role| {
        let post = world.directory.posts_of(h.person(role), h.app.now()).next().unwrap();
        Slice::of_post(world.catalog.roles().get(role).unwrap(), post, h.app.now())
    });
    let day = |at: DateTime<Utc>| at.with_timezone(&china()).date_naive();
    let mut counts = Counts::new();
    for id in cases {
        let mut found = None;
        for slice in &slices {
            found = found.or(h.app.db().case_fetch(id.parse().unwrap(), slice).await.unwrap());
        }
        let case = found.unwrap().case;
        let level = if case.confidential { Level::County } else { Level::Village };
        for work in &case.assignments {
            let key = |day| {
                let place = case.path.at(level).as_str().to_owned();
                (day, place, work.stage.clone(), work.role.clone(), work.department.clone().unwrap_or_default())
            };
            counts.entry(key(day(work.opened))).or_default().0 += 1;
            if let Some(left) = work.left {
                let of_day = counts.entry(key(day(left))).or_default();
                if work.due.is_some_and(|due| left > due) { of_day.2 += 1 } else { of_day.1 += 1 }
            }
        }
    }
    counts
}

async fn facts(h: &Harness) -> Counts {
    let (from, to) = ("2026-01-01".parse().unwrap(), "2027-12-31".parse().unwrap());
    let rows = h.app.db().stage_days(&RegionPath::root(), from, to).await.unwrap();
    let row = |f: StageDay| {
        let place = f.place.as_str().to_owned();
        ((f.day, place, f.stage, f.role, f.department), (f.entered, f.left_in_time, f.left_late))
    };
    rows.into_iter().map(row).collect()
}

/// The facts of finished days are those of the oracle, and no other day has any.
async fn agree(h: &Harness, cases: &[String]) {
    let finished = (h.app.now() - TimeDelta::minutes(20)).with_timezone(&china()).date_naive();
    let mut wanted = oracle(h, cases).await;
    wanted.retain(|(day, ..), _| *day < finished);
    assert_eq!(facts(h).await, wanted);
}

#[tokio::test]
async fn every_day_is_what_the_assignments_say() {
    on_both_with(unhurried, async |h| {
        let mut cases = Vec::new();
        for n in 0..6 {
            cases.push(report(&h, n == 5).await);
            h.pass(TimeDelta::hours(1));
        }
        act(&h, &cases[0], "grid_worker", "verify", json!({ "note": "到过现场", "data": { "found": true } })).await;
        assert_eq!(jobs::queue_stage_days(&h.app).await.unwrap(), 0, "no day is over yet");
        h.pass(TimeDelta::days(2));
        assert!(jobs::queue_stage_days(&h.app).await.unwrap() > 0);
        assert!(jobs::work_jobs(&h.app).await.unwrap() > 0);
        agree(&h, &cases).await;

        // Late by days, then reopened after it was closed; each day counts what happened on it.
        act(&h, &cases[1], "grid_worker", "verify", json!({ "note": "晚了", "data": { "found": true } })).await;
        act(&h, &cases[1], "operator", "register", json!({})).await;
        h.pass(TimeDelta::days(1));
        act(&h, &cases[1], "dispatcher", "dispatch", json!({ "to": { "department": "city_management" } })).await;
        jobs::raise_alerts(&h.app).await.unwrap();
        h.pass(TimeDelta::days(3));
        assert_eq!(jobs::queue_stage_days(&h.sibling().await).await.unwrap(), 4);
        assert_eq!(jobs::queue_stage_days(&h.app).await.unwrap(), 0, "queued once");
        jobs::work_jobs(&h.app).await.unwrap();
        agree(&h, &cases).await;
        let late: i64 = facts(&h).await.values().map(|(_, _, late)| late).sum();
        assert!(late > 0, "the late one is late");

        // Doing it all again changes nothing.
        let before = facts(&h).await;
        for day in before.keys().map(|(day, ..)| *day).collect::<std::collections::BTreeSet<_>>() {
            h.app.db().stage_day_roll(day).await.unwrap();
        }
        assert_eq!(facts(&h).await, before);
    })
    .await;
}

/// Facts of a day are the same whether one server rolls it up or two at the same moment.
#[tokio::test(flavor = "multi_thread")]
async fn two_servers_roll_a_day_up_at_once() {
    on_both_with(unhurried, async |h| {
        let cases = [report(&h, false).await, report(&h, true).await];
        let day = h.app.now().with_timezone(&china()).date_naive();
        h.pass(TimeDelta::days(2));
        let servers = [h.app.clone(), h.sibling().await];
        let mut running = tokio::task::JoinSet::new();
        for n in 0..8 {
            let app = servers[n % 2].clone();
            running.spawn(async move { app.db().stage_day_roll(day).await.unwrap() });
        }
        running.join_all().await;
        agree(&h, &cases).await;
    })
    .await;
}

/// A village does not learn from its figures that there is a confidential case.
#[tokio::test]
async fn confidential_cases_count_at_the_county() {
    on_both_with(unhurried, async |h| {
        report(&h, true).await;
        h.pass(TimeDelta::days(2));
        jobs::queue_stage_days(&h.app).await.unwrap();
        jobs::work_jobs(&h.app).await.unwrap();
        let places: Vec<String> = facts(&h).await.into_keys().map(|(_, place, ..)| place).collect();
        assert!(!places.is_empty());
        assert!(
            places.iter().all(|place| RegionPath::parse(place).unwrap().level() == Some(Level::County)),
            "{places:?}"
        );
    })
    .await;
}

/// The worker is killed at each point: before it does the day, when it has done it but not said so, and when it has said so.
#[tokio::test]
async fn a_killed_worker_leaves_a_day_that_the_next_one_completes() {
    for point in ["claimed", "rolled up", "ended"] {
        on_both_with(unhurried, async |h| {
            let cases = [report(&h, false).await];
            let day = h.app.now().with_timezone(&china()).date_naive();
            h.pass(TimeDelta::days(1));
            assert_eq!(jobs::queue_stage_days(&h.app).await.unwrap(), 1);
            let job = h.app.db().job_claim(&["stage_day"], h.app.now()).await.unwrap().unwrap();
            if point != "claimed" {
                h.app.db().stage_day_roll(day).await.unwrap();
            }
            if point == "ended" {
                assert!(h.app.db().job_finish(&job, Ok(()), h.app.now()).await.unwrap());
            }
            let next = h.sibling().await;
            assert_eq!(jobs::work_jobs(&next).await.unwrap(), 0, "{point}: the claim still holds");
            h.pass(yizhi_store::JOB_LEASE + TimeDelta::seconds(1));
            assert_eq!(jobs::work_jobs(&next).await.unwrap(), usize::from(point != "ended"), "{point}");
            assert_eq!(next.db().job(job.id).await.unwrap().unwrap().state, "done", "{point}");
            agree(&h, &cases).await;
        })
        .await;
    }
}
