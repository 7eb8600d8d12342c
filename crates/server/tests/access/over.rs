//! What is over, and what was never one's own: returned work, repeated requests, cases of other places that one only told of.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};

use crate::common::{Answer, Client};
use crate::scene::{Scene, on_scene};

async fn send(client: &Client, case: &str, action: &str, key: &str, body: &Value) -> Answer {
    let request = Request::post(format!("/api/v1/cases/{case}/actions/{action}"))
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_string()));
    client.call(request.unwrap()).await
}

/// City management returns A, then A goes to another department.
async fn returned(scene: &Scene) -> Value {
    let (handler, id) = (scene.who("department_handler"), &scene.told('A').case.id);
    let version = handler.get(&format!("/api/v1/cases/{id}")).await.1["version"].clone();
    let body = json!({ "version": version, "note": "不属于我局" });
    let first = send(handler, id, "return", "return-1", &body).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.json);
    let again = send(handler, id, "return", "return-1", &body).await;
    assert_eq!((again.status, &again.json["version"]), (StatusCode::OK, &first.json["version"]), "the first answer");
    body
}

#[tokio::test]
async fn a_department_that_returned_a_case_sees_no_more_of_it() {
    on_scene(async |scene| {
        returned(&scene).await;
        let (handler, case) = (scene.who("department_handler"), &scene.told('A').case);
        for address in [
            format!("/api/v1/cases/{}", case.id),
            format!("/api/v1/cases/{}", case.number),
            format!("/api/v1/cases/{}/timeline", case.id),
            format!("/api/v1/cases/{}/duplicates", case.id),
            format!("/api/v1/attachments/{}", case.photo),
        ] {
            assert_eq!(handler.get(&address).await.0, StatusCode::NOT_FOUND, "{address}");
        }
        assert_eq!(handler.get("/api/v1/cases").await.1["items"], json!([]));
        let step = json!({ "version": 1, "note": "还在" });
        let (status, _) = handler.post(&format!("/api/v1/cases/{}/actions/comment", case.id), step).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn repeating_an_old_request_shows_nothing_new() {
    on_scene(async |scene| {
        let body = returned(&scene).await;
        let id = &scene.told('A').case.id;
        scene.take("dispatcher", id, "dispatch", json!({ "to": { "department": "ecology_environment" } })).await;
        let again = send(scene.who("department_handler"), id, "return", "return-1", &body).await;
        assert_eq!((again.status, again.code()), (StatusCode::NOT_FOUND, "not_found"), "{}", again.json);
    })
    .await;
}

/// A remark needs no certain version, so a repeat of it tells nothing of when it was made.
#[tokio::test]
async fn repeating_an_old_remark_shows_nothing_new() {
    on_scene(async |scene| {
        let (handler, id) = (scene.who("department_handler"), &scene.told('A').case.id);
        let version = handler.get(&format!("/api/v1/cases/{id}")).await.1["version"].as_u64().unwrap();
        let remark = json!({ "version": version, "note": "已到现场" });
        assert_eq!(send(handler, id, "comment", "remark-1", &remark).await.status, StatusCode::OK);
        let early = json!({ "version": version + 3, "note": "以后用" });
        assert_eq!(send(handler, id, "comment", "remark-2", &early).await.code(), "version_conflict");
        assert_eq!(send(handler, id, "comment", "remark-1", &remark).await.status, StatusCode::OK, "while one sees it");
        returned(&scene).await;
        let again = send(handler, id, "comment", "remark-1", &remark).await;
        assert_eq!((again.status, again.code()), (StatusCode::NOT_FOUND, "not_found"), "{}", again.json);
    })
    .await;
}

/// Whoever came by a merge told of something else.
#[tokio::test]
async fn a_case_that_becomes_confidential_is_closed_to_merged_reporters() {
    on_scene(async |scene| {
        let own = scene.tell("citizen", "村里的账目", "350302001001001", false).await;
        let other = scene.tell("citizen-2", "村里的账不公开", "350302001001001", false).await;
        let operator = scene.who("operator");
        let merge = json!({ "version": 1, "data": { "into": own.number } });
        let (status, answer) = operator.post(&format!("/api/v1/cases/{}/actions/merge", other.id), merge).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        let address = format!("/api/v1/cases/{}", own.id);
        assert_eq!(scene.who("citizen-2").get(&address).await.0, StatusCode::OK, "while it is open");
        let version = operator.get(&address).await.1["version"].clone();
        let step = json!({ "version": version, "note": "反映的是村干部" });
        let (status, answer) = operator.post(&format!("{address}/actions/make_confidential"), step).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        assert_eq!(scene.who("citizen-2").get(&address).await.0, StatusCode::NOT_FOUND);
        assert_eq!(scene.who("citizen").get(&address).await.0, StatusCode::OK);
    })
    .await;
}

/// An operator who tells of something in another county follows it, and decides nothing there.
#[tokio::test]
async fn to_have_told_of_a_case_is_not_to_decide_it() {
    on_scene(async |scene| {
        let case = scene.tell("operator-2", "外地的油烟", "350302001001001", false).await;
        let (operator, address) = (scene.who("operator-2"), format!("/api/v1/cases/{}", case.id));
        let (status, seen) = operator.get(&address).await;
        let offered: Vec<&Value> = seen["actions"].as_array().unwrap().iter().map(|a| &a["code"]).collect();
        assert_eq!((status, offered), (StatusCode::OK, vec![&json!("comment")]));
        for (action, data) in [
            ("reject", json!({})),
            ("merge", json!({ "into": scene.told('B').case.number })),
            ("escalate", json!({})),
            ("supervise", json!({})),
        ] {
            let step = json!({ "version": seen["version"], "note": "与我无关", "data": data });
            let (status, answer) = operator.post(&format!("{address}/actions/{action}"), step).await;
            assert_eq!(status, StatusCode::FORBIDDEN, "{action}: {answer}");
        }
        let comment = json!({ "version": seen["version"], "note": "补充一点" });
        let (status, _) = operator.post(&format!("{address}/actions/comment"), comment).await;
        assert_eq!(status, StatusCode::OK, "who told of it may add to it");
        let (_, after) = scene.who("operator").get(&address).await;
        assert_eq!((&after["state"], &after["version"]), (&json!("reported"), &seen["version"]));
    })
    .await;
}

#[tokio::test]
async fn a_case_cannot_be_merged_into_one_that_is_not_seen() {
    on_scene(async |scene| {
        let operator = scene.who("operator");
        let address = format!("/api/v1/cases/{}", scene.told('D').case.id);
        let version = operator.get(&address).await.1["version"].clone();
        let mut said = Vec::new();
        for into in
            [&scene.told('B').case.number, &scene.told('B').case.id, &scene.told('C').case.id, "350302-20261120-99999"]
        {
            let step = json!({ "version": version, "data": { "into": into } });
            let answer = operator.send("POST", &format!("{address}/actions/merge"), &step).await;
            said.push((answer.status, answer.bytes));
        }
        assert!(said.iter().all(|s| s == &said[0]), "one that is not seen is as one that is not there: {said:?}");
        assert_eq!(said[0].0, StatusCode::UNPROCESSABLE_ENTITY);
    })
    .await;
}

/// The reporter of a merged case sees the other from then on; so nothing is merged into a confidential one.
#[tokio::test]
async fn a_merge_opens_no_confidential_case() {
    on_scene(async |scene| {
        let (operator, into) = (scene.who("operator"), &scene.told('E').case);
        assert_eq!(operator.get(&format!("/api/v1/cases/{}", into.id)).await.0, StatusCode::OK, "the operator told it");
        let address = format!("/api/v1/cases/{}", scene.told('D').case.id);
        let version = operator.get(&address).await.1["version"].clone();
        for into_name in [&into.id, &into.number] {
            let step = json!({ "version": version, "data": { "into": into_name } });
            let (status, answer) = operator.post(&format!("{address}/actions/merge"), step).await;
            assert_eq!((status, &answer["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("data.into")), "{answer}");
        }
        let (status, _) = scene.who("window_clerk").get(&format!("/api/v1/cases/{}", into.id)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn accounts_are_not_found_out_by_handing_work_to_them() {
    on_scene(async |scene| {
        let case = &scene.told('A').case.id;
        let returned = scene.take("department_handler", case, "return", json!({ "note": "退回" })).await;
        for (account, action) in [("dispatcher", "dispatch"), ("citizen", "comment"), ("citizen-2", "comment")] {
            let mut said = Vec::new();
            for to in ["auditor", "nobody-at-all"] {
                let step = json!({ "version": returned["version"], "note": "说明", "to": { "account": to } });
                let path = format!("/api/v1/cases/{case}/actions/{action}");
                let answer = scene.who(account).send("POST", &path, &step).await;
                said.push((answer.status, answer.json["detail"].clone()));
            }
            assert_eq!(said[0], said[1], "{account}: an account that is there, and one that is not");
        }
    })
    .await;
}

/// Nobody sees a confidential case by post; each whose work it becomes does, from then on.
#[tokio::test]
async fn a_confidential_case_is_seen_by_those_whose_work_it_is() {
    const LIFE: &[(&str, &str, &[&str])] = &[
        ("verifier", "verify", &["verifier", "operator", "several", "citizen"]),
        ("operator", "register", &[]),
        ("dispatcher", "dispatch", &["dispatcher"]),
        ("department_handler", "accept", &["department_handler"]),
        ("department_handler", "finish", &[]),
        ("verifier", "check", &[]),
        ("operator", "close", &[]),
    ];
    on_scene(async |scene| {
        let case = &scene.told('C').case.id;
        let mut seen_by: Vec<&str> = Vec::new();
        for (account, action, now_too) in LIFE {
            seen_by.extend(*now_too);
            for (other, _) in super::scene::SEES {
                let sees = seen_by.contains(other);
                let (status, _) = scene.who(other).get(&format!("/api/v1/cases/{case}")).await;
                assert_eq!(status == StatusCode::OK, sees, "{other} before {action}: {status}");
            }
            let more = match *action {
                "finish" => json!({ "note": "已清理" }),
                "verify" => json!({ "note": "属实", "data": { "found": true } }),
                "check" => json!({ "note": "属实" }),
                _ => json!({}),
            };
            scene.take(account, case, action, more).await;
        }
    })
    .await;
}
