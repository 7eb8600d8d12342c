//! A case that somebody told of, and the records of looks.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use yizhi_domain::look::Look;

use crate::common::{Answer, Harness};

pub(crate) const NAME: &str = "陈大文";
pub(crate) const PHONE: &str = "13900004321";

/// A case with who told of it, in the first county; its id.
pub(crate) async fn told(h: &Harness, account: &str, confidential: bool) -> String {
    let body = json!({
        "matter": "event-0194", "title": "饭店油烟", "description": "后门的排烟口", "location": { "grid": "350302001001001" },
        "reporter": { "name": NAME, "phone": PHONE }, "confidential": confidential,
    });
    let (status, case) = h.as_account(account).await.post("/api/v1/cases", body).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    case["id"].as_str().unwrap().to_owned()
}

/// Asks for both fields of who told of a case.
pub(crate) async fn unmask(h: &Harness, account: &str, case: &str, purpose: &str) -> Answer {
    let body = json!({ "fields": ["reporter.name", "reporter.phone"], "purpose": purpose });
    h.as_account(account).await.send("POST", &format!("/api/v1/cases/{case}/unmask"), &body).await
}

pub(crate) async fn get(h: &Harness, account: &str, path: &str) -> Answer {
    h.as_account(account).await.send("GET", path, &Value::Null).await
}

/// The looks on record, oldest first, with the text of each.
pub(crate) async fn looks(h: &Harness) -> Vec<(Look, String)> {
    let records = h.app.db().records_from(0, 100_000).await.unwrap();
    let read = |record: yizhi_store::RecordRow| {
        let text = String::from_utf8(record.canonical).unwrap();
        let whole: Map<String, Value> = serde_json::from_str(&text).unwrap();
        Look::read(&record.kind, record.subject, whole["fields"].as_object().unwrap()).map(|look| (look, text))
    };
    records.into_iter().filter_map(read).collect()
}

/// What was recorded of the only look there is.
pub(crate) async fn only_look(h: &Harness) -> Look {
    let looks = looks(h).await;
    assert_eq!(looks.len(), 1, "{looks:?}");
    looks.into_iter().next().unwrap().0
}
