//! What one has read of what one was told: for oneself, page by page, and nothing of cases one does not see.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::common::{Client, Harness, on_both};

const GRID: &str = "350302001001001";

async fn report(client: &Client, confidential: bool) -> Value {
    let body = json!({
        "matter": "event-0110", "title": "路口积水", "location": { "grid": GRID }, "confidential": confidential,
    });
    let (status, case) = client.post("/api/v1/cases", body).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    case
}

async fn act(h: &Harness, account: &str, case: &Value, action: &str) -> Value {
    let path = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
    let client = h.as_account(account).await;
    let (_, now) = client.get(&path).await;
    let body = json!({ "version": now["version"], "note": "说明" });
    let (status, after) = client.post(&format!("{path}/actions/{action}"), body).await;
    assert_eq!(status, StatusCode::OK, "{action}: {after}");
    h.pass(TimeDelta::seconds(1));
    after
}

/// Two reports of the citizen that the operator rejects, and one that the leader supervises, of which the holders are told.
async fn told(h: &Harness) -> (Client, Client) {
    let citizen = h.as_role("citizen").await;
    for _ in 0..2 {
        let case = report(&citizen, false).await;
        act(h, "operator", &case, "reject").await;
    }
    let case = report(&citizen, false).await;
    act(h, "leader", &case, "supervise").await;
    (citizen, h.as_role("grid_worker").await)
}

async fn unread(client: &Client) -> Value {
    client.get("/api/v1/me/notices/unread").await.1["unread"].clone()
}

async fn items(client: &Client, query: &str) -> Vec<Value> {
    let (status, page) = client.get(&format!("/api/v1/me/notices{query}")).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page["items"].as_array().unwrap().clone()
}

#[tokio::test]
async fn each_reads_for_themselves() {
    on_both(async |h| {
        let (citizen, worker) = told(&h).await;
        assert_eq!((unread(&citizen).await, unread(&worker).await), (json!(2), json!(1)));
        let mine = items(&citizen, "").await;
        let ids = json!({ "ids": [mine[0]["id"]] });
        assert_eq!(worker.post("/api/v1/me/notices/read", ids.clone()).await.0, StatusCode::NO_CONTENT);
        assert_eq!(unread(&citizen).await, json!(2), "nobody reads for another");
        for _ in 0..2 {
            assert_eq!(citizen.post("/api/v1/me/notices/read", ids.clone()).await.0, StatusCode::NO_CONTENT);
        }
        let after = items(&citizen, "").await;
        assert_eq!(
            (&after[0]["read"], &after[1]["read"], unread(&citizen).await),
            (&json!(true), &json!(false), json!(1))
        );
        assert_eq!(items(&citizen, "?unread=true").await.len(), 1);
        let all = json!({ "all": true });
        assert_eq!(worker.post("/api/v1/me/notices/read", all.clone()).await.0, StatusCode::NO_CONTENT);
        assert_eq!((unread(&worker).await, unread(&citizen).await), (json!(0), json!(1)));
        let many: Vec<String> = (0..201).map(|n| format!("01980000-0000-7000-8000-{n:012}")).collect();
        let (status, problem) = citizen.post("/api/v1/me/notices/read", json!({ "ids": many })).await;
        assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("ids")));
    })
    .await;
}

#[tokio::test]
async fn a_post_is_told_together_and_read_apart() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let case = report(&citizen, false).await;
        act(&h, "operator", &case, "reject").await;
        let other = report(&citizen, true).await;
        act(&h, "operator", &other, "escalate").await;
        act(&h, "operator", &other, "supervise").await;
        let (operator, several) = (h.as_account("operator").await, h.as_account("several").await);
        assert_eq!((unread(&operator).await, unread(&several).await), (json!(1), json!(1)), "both hold the post");
        assert_eq!(operator.post("/api/v1/me/notices/read", json!({ "all": true })).await.0, StatusCode::NO_CONTENT);
        assert_eq!((unread(&operator).await, unread(&several).await), (json!(0), json!(1)));
    })
    .await;
}

#[tokio::test]
async fn pages_go_on_where_the_last_ended() {
    on_both(async |h| {
        let (citizen, _) = told(&h).await;
        let (_, first) = citizen.get("/api/v1/me/notices?limit=1").await;
        let next = first["next"].as_str().unwrap();
        let (_, second) = citizen.get(&format!("/api/v1/me/notices?limit=1&cursor={next}")).await;
        assert_eq!(second["next"], Value::Null);
        assert_ne!(first["items"][0]["id"], second["items"][0]["id"]);
        let (status, problem) = citizen.get("/api/v1/me/notices?cursor=x").await;
        assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("cursor")));
    })
    .await;
}

#[tokio::test]
async fn what_became_confidential_is_told_no_more() {
    on_both(async |h| {
        let citizen = h.as_role("citizen").await;
        let case = report(&citizen, false).await;
        act(&h, "leader", &case, "supervise").await;
        let worker = h.as_role("grid_worker").await;
        assert_eq!((items(&worker, "").await.len(), unread(&worker).await), (1, json!(1)));
        act(&h, "operator", &case, "make_confidential").await;
        assert_eq!((items(&worker, "").await.len(), unread(&worker).await), (0, json!(0)));
        act(&h, "operator", &case, "lift_confidential").await;
        assert_eq!(items(&worker, "").await.len(), 1);
        let told: Vec<Value> = items(&citizen, "").await.into_iter().map(|n| n["text"]["zh"].clone()).collect();
        assert!(told.iter().any(|text| text.as_str().unwrap().contains("不再按保密案件办理")), "{told:?}");
    })
    .await;
}
