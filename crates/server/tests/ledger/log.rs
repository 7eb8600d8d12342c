//! Doing things that are recorded, and reading the log again.

use axum::http::StatusCode;
use serde_json::{Value, json};
use yizhi_server::ledger::{Sequencer, SequencerError};

pub(crate) use crate::common::log::{published, whole};
use crate::common::{Client, Harness};

/// Reports a case; its id.
pub(crate) async fn report(h: &Harness) -> String {
    report_as(&h.as_role("operator").await).await
}

/// The same in a session that is there already.
pub(crate) async fn report_as(operator: &Client) -> String {
    let body = json!({ "matter": "event-0194", "title": "饭店油烟", "location": { "grid": "350302001001001" } });
    let (status, case) = operator.post("/api/v1/cases", body).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    case["id"].as_str().unwrap().to_owned()
}

/// What one turn of a fresh process does.
pub(crate) async fn turn(h: &Harness) -> Result<(), SequencerError> {
    h.pass(chrono::TimeDelta::minutes(1));
    Sequencer::new().turn(&h.app).await
}

/// A case's timeline, as its operator sees it.
pub(crate) async fn timeline(h: &Harness, case: &str) -> Vec<Value> {
    let (_, page) = h.as_role("operator").await.get(&format!("/api/v1/cases/{case}/timeline")).await;
    page["items"].as_array().unwrap().clone()
}
