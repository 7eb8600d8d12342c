//! What may be proposed: by whom, which fields, on whose authority, with which reason.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::scene::{NOTE, PHONE, Scene, TITLE, on_scene};

#[tokio::test]
async fn a_proposal_waits_and_takes_nothing() {
    on_scene(async |scene| {
        let before = scene.seen().await;
        let (status, proposed) = scene.propose(&["title", "reporter", "title"]).await;
        assert_eq!(status, StatusCode::CREATED, "{proposed}");
        assert_eq!((&proposed["state"], &proposed["fields"]), (&json!("proposed"), &json!(["reporter", "title"])));
        assert_eq!(
            (&proposed["case"]["number"], &proposed["authorisedBy"]["number"]),
            (&json!(scene.case.1), &json!(scene.authority.1))
        );
        assert_eq!((&proposed["proposedBy"]["account"], &proposed["decidedBy"]), (&json!("operator"), &Value::Null));
        assert_eq!(scene.seen().await, before);
        for account in ["operator", "security_officer"] {
            let client = scene.h.as_account(account).await;
            for path in
                ["/api/v1/erasures?state=proposed".to_owned(), format!("/api/v1/cases/{}/erasures", scene.case.1)]
            {
                let (status, page) = client.get(&path).await;
                assert_eq!((status, &page["items"]), (StatusCode::OK, &json!([proposed])), "{account} {path}");
            }
            assert_eq!(client.get("/api/v1/erasures?state=done").await.1["items"], json!([]));
            assert_eq!(client.get("/api/v1/erasures?limit=1").await.1["items"], json!([proposed]));
            assert_eq!(client.get("/api/v1/erasures?state=forgotten").await.0, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let elsewhere = scene.h.as_account("operator-2").await;
        assert_eq!(elsewhere.get("/api/v1/erasures").await.1["items"], json!([]), "another county");
    })
    .await;
}

/// Fields, and the code and field of the problem they make.
const FIELDS: &[(&[&str], &str)] = &[
    (&[], "invalid"),
    (&["data"], "invalid"),
    (&["note:x"], "invalid"),
    (&["title", "note:99"], "nothing_there"),
    (&["note:1"], "nothing_there"),
    (&["attachment:01980000-0000-7000-8000-000000000000"], "nothing_there"),
];

#[tokio::test]
async fn what_is_not_there_is_named() {
    on_scene(async |scene| {
        for (fields, code) in FIELDS {
            let (status, problem) = scene.propose(fields).await;
            let got = (status, problem["code"].as_str().unwrap(), problem["field"].as_str().unwrap());
            assert_eq!(got, (StatusCode::UNPROCESSABLE_ENTITY, *code, "fields"), "{fields:?}");
            let named = fields.last().is_none_or(|field| problem["detail"].as_str().unwrap().contains(field));
            assert!(named, "{problem}");
        }
        assert_eq!(scene.propose(&["title"]).await.0, StatusCode::CREATED);
        let (status, problem) = scene.propose(&["description", "title"]).await;
        assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("proposed_already")), "{problem}");
        scene.erase(&["description"]).await;
        let (status, problem) = scene.propose(&["description"]).await;
        assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("erased_already")), "{problem}");
    })
    .await;
}

#[tokio::test]
async fn the_authority_is_another_case_closed_in_favour() {
    on_scene(async |scene| {
        let operator = scene.h.as_role("operator").await;
        let report = json!({ "matter": "event-0194", "title": "请求删除", "location": { "grid": "350302001001001" } });
        let (_, open) = operator.post("/api/v1/cases", report.clone()).await;
        let (_, rejected) = operator.post("/api/v1/cases", report).await;
        scene.act("operator", rejected["id"].as_str().unwrap(), "reject", r#"{"note": "不支持"}"#).await;
        for (authority, code) in [
            (&json!(scene.case.1), "not_authorised"),
            (&open["number"], "not_authorised"),
            (&rejected["number"], "not_authorised"),
            (&json!("350302-19990101-00001"), "invalid"),
        ] {
            let body = json!({ "fields": ["title"], "authorisedBy": authority, "reason": "本人依法申请" });
            let (status, problem) = scene.propose_as("operator", body).await;
            let got = (status, problem["code"].as_str().unwrap(), problem["field"].as_str().unwrap());
            assert_eq!(got, (StatusCode::UNPROCESSABLE_ENTITY, code, "authorisedBy"), "{authority}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_reason_is_given_and_tells_nothing() {
    on_scene(async |scene| {
        let long = "长".repeat(501);
        for (fields, reason, code) in [
            (json!(["title"]), " ", "invalid"),
            (json!(["title"]), &*long, "invalid"),
            (json!(["title"]), &format!("请删除“{TITLE}”"), "reason_tells"),
            (json!(["note:2"]), &format!("他说：{NOTE}"), "reason_tells"),
            (json!(["reporter"]), &format!("来电{PHONE}"), "reason_tells"),
        ] {
            let body = json!({ "fields": fields, "authorisedBy": scene.authority.0, "reason": reason });
            let (status, problem) = scene.propose_as("operator", body).await;
            let got = (status, problem["code"].as_str().unwrap(), problem["field"].as_str().unwrap());
            assert_eq!(got, (StatusCode::UNPROCESSABLE_ENTITY, code, "reason"), "{reason}");
        }
    })
    .await;
}

/// The table of `access` has the roles; here is what an operator sees and a slice does not.
#[tokio::test]
async fn both_cases_are_in_the_slice() {
    on_scene(async |scene: Scene| {
        let body = json!({ "fields": ["title"], "authorisedBy": scene.authority.0, "reason": "本人依法申请" });
        let (status, _) = scene.propose_as("operator-2", body).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let away = json!({ "matter": "event-0194", "title": "外县", "location": { "grid": "350303001001001" } });
        let (_, away) = scene.h.as_account("citizen-2").await.post("/api/v1/cases", away).await;
        let body = json!({ "fields": ["title"], "authorisedBy": away["number"], "reason": "本人依法申请" });
        let (status, problem) = scene.propose_as("operator", body).await;
        assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("authorisedBy")));
    })
    .await;
}
