//! Cases whose deadlines have passed.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use yizhi_server::app::Config;

use crate::common::Harness;

/// Many reports come from one session.
pub(crate) fn unhurried(config: &mut Config) {
    config.rate = 1_000_000;
}

/// Reports so many cases and lets their first deadline pass; their ids.
pub(crate) async fn overdue(h: &Harness, cases: usize) -> Vec<String> {
    let operator = h.as_role("operator").await;
    let mut ids = Vec::with_capacity(cases);
    for n in 0..cases {
        let title = format!("饭店油烟{n}");
        let body = json!({ "matter": "event-0194", "title": title, "location": { "grid": "350302001001001" } });
        let (status, case) = operator.post("/api/v1/cases", body).await;
        assert_eq!(status, StatusCode::CREATED, "{case}");
        ids.push(case["id"].as_str().unwrap().to_owned());
    }
    h.pass(TimeDelta::days(40));
    ids
}

/// How often each case has taken each timer's step, by its records.
pub(crate) async fn timer_steps(h: &Harness) -> BTreeMap<(String, String), usize> {
    let mut steps = BTreeMap::new();
    for record in h.app.db().records_from(0, 100_000).await.unwrap() {
        let whole: Value = serde_json::from_slice(&record.canonical).unwrap();
        let action = whole["fields"]["action"].as_str().unwrap_or_default();
        if record.kind == "case.step" && ["warn", "overdue"].contains(&action) {
            *steps.entry((record.subject.to_string(), action.to_owned())).or_default() += 1;
        }
    }
    steps
}

/// How many notices each case has led to.
pub(crate) fn notices(h: &Harness, cases: &[String]) -> Vec<usize> {
    let rows: Vec<String> = h.dump().into_iter().filter(|row| row.table == "notice").map(|row| row.text).collect();
    cases.iter().map(|case| rows.iter().filter(|text| text.contains(case.as_str())).count()).collect()
}
