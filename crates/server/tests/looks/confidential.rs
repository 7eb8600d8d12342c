//! Reading a confidential case is a look where one has nothing to do with it any more; otherwise, and for all other cases, it is plain reading.

use axum::http::StatusCode;
use serde_json::json;
use yizhi_domain::look::LookKind;

use crate::common::{Harness, on_both};
use crate::scene::{get, looks, told};

/// Names of the parts that a case is read in.
async fn parts(h: &Harness) -> Vec<String> {
    let looks = looks(h).await;
    looks.into_iter().filter(|(look, _)| look.kind == LookKind::Read).map(|(look, _)| look.fields.join("+")).collect()
}

async fn verify(h: &Harness, case: &str) {
    let body = json!({ "version": 1, "note": "到过现场", "data": { "found": true } });
    let (status, after) = h.as_role("operator").await.post(&format!("/api/v1/cases/{case}/actions/verify"), body).await;
    assert_eq!(status, StatusCode::OK, "{after}");
}

#[tokio::test]
async fn those_who_take_part_read_without_a_record() {
    on_both(async |h| {
        let case = told(&h, "citizen", true).await;
        for account in ["citizen", "operator", "verifier"] {
            for part in ["", "/timeline"] {
                let answer = get(&h, account, &format!("/api/v1/cases/{case}{part}")).await;
                assert_eq!(answer.status, StatusCode::OK, "{account}");
            }
        }
        let open = told(&h, "citizen", false).await;
        for account in ["operator", "leader", "dispatcher"] {
            assert_eq!(get(&h, account, &format!("/api/v1/cases/{open}")).await.status, StatusCode::OK);
        }
        assert_eq!(looks(&h).await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn those_whose_work_is_over_look() {
    on_both(async |h| {
        let case = told(&h, "citizen", true).await;
        verify(&h, &case).await;
        let timeline = get(&h, "citizen", &format!("/api/v1/cases/{case}/timeline")).await.json;
        yizhi_server::ledger::Sequencer::new().turn(&h.app).await.unwrap();
        let receipt = format!("/receipts/{}", timeline["items"][0]["ledger"]);
        let receipt = receipt.as_str();
        for part in ["", "?purpose=handle_cases", "/timeline", receipt] {
            let answer = get(&h, "verifier", &format!("/api/v1/cases/{case}{part}")).await;
            assert_eq!(answer.status, StatusCode::OK, "{part}: {}", answer.json);
        }
        assert_eq!(parts(&h).await, ["detail", "detail", "timeline", "receipt"]);
        let purposes: Vec<_> = looks(&h).await.into_iter().map(|(look, _)| look.purpose).collect();
        assert_eq!(purposes, [None, Some("handle_cases".to_owned()), None, None]);
        let refused = get(&h, "verifier", &format!("/api/v1/cases/{case}?purpose=supervise")).await;
        assert_eq!((refused.status, refused.code()), (StatusCode::FORBIDDEN, "purpose_not_allowed"));
        assert_eq!(get(&h, "citizen", &format!("/api/v1/cases/{case}")).await.status, StatusCode::OK);
        assert_eq!(get(&h, "leader", &format!("/api/v1/cases/{case}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(parts(&h).await.len(), 4, "neither the reporter's reading nor a refusal is a look");
    })
    .await;
}

/// A look at a case is a record about it, and no step of it.
#[tokio::test]
async fn looks_are_not_in_the_timeline_and_have_no_receipt_there() {
    on_both(async |h| {
        let case = told(&h, "citizen", true).await;
        verify(&h, &case).await;
        get(&h, "verifier", &format!("/api/v1/cases/{case}")).await;
        let records = h.app.db().records_from(0, 100_000).await.unwrap();
        let look = records.iter().find(|record| record.kind == "look.read").unwrap();
        assert_eq!(look.subject.to_string(), case);
        yizhi_server::ledger::Sequencer::new().turn(&h.app).await.unwrap();
        let (_, timeline) = h.as_role("citizen").await.get(&format!("/api/v1/cases/{case}/timeline")).await;
        assert_eq!(timeline["items"].as_array().unwrap().len(), 2);
        let receipt = get(&h, "citizen", &format!("/api/v1/cases/{case}/receipts/{}", look.seq)).await;
        assert_eq!(receipt.status, StatusCode::NOT_FOUND);
    })
    .await;
}
