//! What cannot be recorded is not shown: the look fails while it is written, or at its commit, and nothing of what was asked for is in the answer.

use axum::http::StatusCode;
use serde_json::json;

use crate::common::{Harness, on_both};
use crate::scene::{NAME, PHONE, get, looks, told, unmask};

/// The table is not there.
const GONE: &str = "ALTER TABLE look RENAME TO look_elsewhere";

/// Every row names somebody who is not there, which the database notices at the commit.
fn refused_at_commit(h: &Harness) -> String {
    let uuid = match h.app.db().backend() {
        yizhi_store::Backend::Sqlite => "BLOB",
        yizhi_store::Backend::Postgres => "uuid",
    };
    format!(
        "CREATE TABLE nobody (id {uuid} PRIMARY KEY); ALTER TABLE look RENAME TO look_elsewhere; \
         CREATE TABLE look (seq BIGINT PRIMARY KEY, at BIGINT, kind TEXT, person {uuid} REFERENCES nobody (id) DEFERRABLE INITIALLY DEFERRED, \
         case_id {uuid}, province TEXT, city TEXT, county TEXT)"
    )
}

#[tokio::test]
async fn nothing_is_shown_that_is_not_recorded() {
    for at_commit in [false, true] {
        on_both(async |h| {
            let case = told(&h, "operator", false).await;
            let secret = told(&h, "citizen", true).await;
            let body = json!({ "version": 1, "note": "到过现场", "data": { "found": true } });
            let verified = format!("/api/v1/cases/{secret}/actions/verify");
            assert_eq!(h.as_role("operator").await.post(&verified, body).await.0, StatusCode::OK);
            assert_eq!(unmask(&h, "operator", &case, "contact_reporter").await.status, StatusCode::OK);
            let before = looks(&h).await.len();
            h.sql(&if at_commit { refused_at_commit(&h) } else { GONE.to_owned() });
            let shown = [
                unmask(&h, "operator", &case, "contact_reporter").await,
                get(&h, "operator", "/api/v1/cases/export?purpose=statistics").await,
                get(&h, "verifier", &format!("/api/v1/cases/{secret}")).await,
                get(&h, "verifier", &format!("/api/v1/cases/{secret}/timeline")).await,
                get(&h, "auditor", "/api/v1/looks").await,
                get(&h, "auditor", "/api/v1/looks/export").await,
            ];
            for answer in shown {
                let text = String::from_utf8_lossy(&answer.bytes);
                assert_eq!((answer.status.as_u16(), answer.code()), (500, "internal"), "{text}");
                for kept in [NAME, PHONE, "油烟", "后门", "operator", "到过现场"] {
                    assert!(!text.contains(kept), "{kept} in {text}");
                }
            }
            assert_eq!(looks(&h).await.len(), before, "and nothing is half recorded");
            assert_eq!(get(&h, "operator", &format!("/api/v1/cases/{case}")).await.status, StatusCode::OK);
        })
        .await;
    }
}
