//! Records that were written before bodies had bounds are read again: a step whose data is nested so deep that its record exceeds what JSON readers follow.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use uuid::Uuid;
use yizhi_domain::record::Record;

use crate::common::{Harness, on_both};

/// A comment as an earlier version recorded it, with data 125 levels deep.
async fn planted(h: &Harness, case: &Value) {
    let data = (0..125).fold(json!(1), |inner, _| json!({ "a": inner }));
    let fields = json!({
        "seq": 2, "action": "comment", "number": case["number"], "actor": h.person("citizen"), "role": "citizen", "region": "35.03.02.",
        "department": null, "at": "2026-11-20T02:00:00.000000Z", "from": "reported", "to": "reported", "note": "很深",
        "details": { "data": data, "recipient": { "department": "city_management" } },
    });
    let Value::Object(fields) = fields else { panic!("an object") };
    let subject: Uuid = case["id"].as_str().unwrap().parse().unwrap();
    let plant = |fields: Map<String, Value>| Record::new("case.step", subject, fields);
    let now = h.clock.now();
    h.app.db().write(now, |tx| Box::pin(tx.record(plant(fields.clone()), ()))).await.unwrap();
    h.sql("UPDATE cases SET body = REPLACE(body, '\"entries\":1', '\"entries\":2')");
}

#[tokio::test]
async fn a_case_with_a_deep_record_is_read_and_erased_from() {
    on_both(async |h| {
        let report = json!({ "matter": "event-0194", "title": "油烟很大", "location": { "grid": "350302001001001" } });
        let citizen = h.as_role("citizen").await;
        let (_, case) = citizen.post("/api/v1/cases", report).await;
        planted(&h, &case).await;
        let address = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
        let (status, trace) = citizen.get(&format!("{address}/timeline")).await;
        assert_eq!(status, StatusCode::OK, "{trace}");
        let deep = &trace["items"][1];
        assert_eq!((&deep["note"], &deep["recipient"]), (&json!("很深"), &json!("city_management")));

        let step = json!({ "version": 1, "note": "还能办" });
        assert_eq!(citizen.post(&format!("{address}/actions/comment"), step).await.0, StatusCode::OK);
        let operator = h.as_role("operator").await;
        let (_, authority) = operator
            .post(
                "/api/v1/cases",
                json!({ "matter": "event-0194", "title": "请求删除", "location": { "grid": "350302001001001" } }),
            )
            .await;
        h.sql(&format!(
            "UPDATE cases SET state = 'closed', closed_at = recorded_at WHERE number = '{}'",
            authority["number"].as_str().unwrap()
        ));
        let asked = json!({ "fields": ["note:2"], "authorisedBy": authority["number"], "reason": "本人申请" });
        let (status, erasure) = operator.post(&format!("{address}/erasures"), asked).await;
        assert_eq!(status, StatusCode::CREATED, "{erasure}");
        let confirm = format!("/api/v1/erasures/{}/confirm", erasure["id"].as_str().unwrap());
        let (status, done) = h.as_role("security_officer").await.post(&confirm, Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{done}");
        let (_, trace) = citizen.get(&format!("{address}/timeline")).await;
        assert_eq!(trace["items"][1]["erased"], json!(["note"]));
    })
    .await;
}
