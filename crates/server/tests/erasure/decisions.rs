//! Who decides: a security officer of the region, never who proposed; once. Each step has its record.

use axum::http::StatusCode;
use serde_json::{Value, json};
use yizhi_domain::ids::PostId;
use yizhi_store::PostRow;

use crate::common::ground::path;
use crate::scene::{DESCRIPTION, Scene, TITLE, on_scene};

/// Gives somebody a post beside theirs.
async fn appoint(scene: &Scene, account: &str, role: &str, region: &str) {
    let row = PostRow {
        id: PostId::at(scene.h.app.now(), rand::random()),
        person: scene.h.person(account),
        role: role.to_owned(),
        path: path(region).as_str().to_owned(),
        department: None,
        from: scene.h.app.now(),
        until: None,
    };
    let by = scene.h.person("administrator");
    scene.h.app.db().post_add(row, Vec::new(), by, scene.h.app.now()).await.unwrap();
    scene.h.app.reload().await.unwrap();
}

/// Ends the post that somebody has held longest.
async fn dismiss(scene: &Scene, account: &str) {
    let (post, by) = (scene.h.first_post(account), scene.h.person("administrator"));
    scene.h.app.db().post_end(post, by, scene.h.app.now()).await.unwrap();
    scene.h.app.reload().await.unwrap();
}

/// What the last record says.
async fn last_record(scene: &Scene) -> (String, Value) {
    let last = scene.h.app.db().records_committed().await.unwrap() - 1;
    let record = scene.h.app.db().record_at(last).await.unwrap().unwrap();
    assert_eq!(record.subject.to_string(), scene.case.0, "it is about the case");
    let text: Value = serde_json::from_slice(&record.canonical).unwrap();
    (record.kind, text["fields"].clone())
}

#[tokio::test]
async fn it_takes_two_people() {
    on_scene(async |scene| {
        appoint(&scene, "operator", "security_officer", "350302000000").await;
        let (_, proposed) = scene.propose(&["title"]).await;
        let path = format!("/api/v1/erasures/{}", proposed["id"].as_str().unwrap());
        let both = scene.in_post("operator", "security_officer").await;
        let (status, problem) = both.post(&format!("{path}/confirm"), Value::Null).await;
        assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("separation_of_duties")));
        dismiss(&scene, "operator").await;
        let own = scene.in_post("operator", "security_officer").await;
        for (how, body) in [("confirm", Value::Null), ("refuse", json!({ "note": "不" }))] {
            let (status, problem) = own.post(&format!("{path}/{how}"), body).await;
            assert_eq!((status, &problem["code"]), (StatusCode::FORBIDDEN, &json!("own_proposal")), "{how}");
        }
        let (_, case) = scene.h.as_role("dispatcher").await.get(&format!("/api/v1/cases/{}", scene.case.0)).await;
        assert_eq!(case["title"], TITLE);
        let (status, done) = scene.decide(&proposed, "confirm").await;
        assert_eq!((status, &done["decidedBy"]["account"]), (StatusCode::OK, &json!("security_officer")), "{done}");
    })
    .await;
}

#[tokio::test]
async fn an_officer_of_elsewhere_finds_nothing() {
    on_scene(async |scene| {
        dismiss(&scene, "leader").await;
        appoint(&scene, "leader", "security_officer", "350303000000").await;
        let (_, proposed) = scene.propose(&["title"]).await;
        let stranger = scene.in_post("leader", "security_officer").await;
        let path = format!("/api/v1/erasures/{}/confirm", proposed["id"].as_str().unwrap());
        assert_eq!(stranger.post(&path, Value::Null).await.0, StatusCode::NOT_FOUND);
        assert_eq!(stranger.get("/api/v1/erasures").await.1["items"], json!([]));
        let of_case = format!("/api/v1/cases/{}/erasures", scene.case.0);
        assert_eq!(stranger.get(&of_case).await.0, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn a_refusal_says_why_and_takes_nothing() {
    on_scene(async |scene| {
        let before = scene.seen().await;
        let (_, proposed) = scene.propose(&["title"]).await;
        let path = format!("/api/v1/erasures/{}/refuse", proposed["id"].as_str().unwrap());
        let officer = scene.h.as_role("security_officer").await;
        let (status, problem) = officer.post(&path, json!({ "note": " " })).await;
        assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("note")));
        let (status, refused) = scene.decide(&proposed, "refuse").await;
        assert_eq!((status, &refused["state"]), (StatusCode::OK, &json!("refused")), "{refused}");
        assert_eq!(refused["note"], "不属于应当删除的情形");
        let (kind, said) = last_record(&scene).await;
        assert_eq!((kind.as_str(), &said["note"]), ("erasure.refuse", &refused["note"]));
        assert_eq!(scene.seen().await, before);
        assert_eq!(scene.propose(&["title"]).await.0, StatusCode::CREATED, "it may be proposed again");
    })
    .await;
}

#[tokio::test]
async fn what_is_decided_stays_decided() {
    on_scene(async |scene| {
        for how in ["confirm", "refuse"] {
            let field = if how == "confirm" { "title" } else { "location" };
            let (_, proposed) = scene.propose(&[field]).await;
            assert_eq!(scene.decide(&proposed, how).await.0, StatusCode::OK);
            for again in ["confirm", "refuse"] {
                let (status, problem) = scene.decide(&proposed, again).await;
                assert_eq!(
                    (status, &problem["code"]),
                    (StatusCode::CONFLICT, &json!("decided_already")),
                    "{how} {again}"
                );
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_record_names_places_and_people_and_no_value() {
    on_scene(async |scene| {
        let (_, proposed) = scene.propose(&["title", "description", "note:2"]).await;
        let (kind, said) = last_record(&scene).await;
        let person = |account: &str| json!(scene.h.person(account));
        assert_eq!((kind.as_str(), &said["proposedBy"]), ("erasure.propose", &person("operator")));
        assert_eq!(said["fields"], json!(["title", "description", "note:2"]));
        let steps = scene.timeline().await;
        scene.decide(&proposed, "confirm").await;
        let (kind, said) = last_record(&scene).await;
        assert_eq!(kind, "erasure.done");
        assert_eq!((&said["proposedBy"], &said["confirmedBy"]), (&person("operator"), &person("security_officer")));
        assert_eq!((&said["erasure"], &said["reason"]), (&proposed["id"], &json!("本人依法申请")));
        assert_eq!(said["authorisedBy"], json!({ "id": scene.authority.0, "number": scene.authority.1 }));
        assert_eq!(said["row"], json!(["title", "description"]));
        let places = json!([
            { "seq": steps[0]["ledger"], "fields": ["description", "title"] },
            { "seq": steps[1]["ledger"], "fields": ["note"] },
        ]);
        assert_eq!(said["records"], places);
        assert!(!said.to_string().contains(TITLE) && !said.to_string().contains(DESCRIPTION));
    })
    .await;
}

/// A case that was closed when the erasure was proposed has been opened again since.
#[tokio::test]
async fn the_authority_still_holds_when_it_is_decided() {
    on_scene(async |scene| {
        let (_, proposed) = scene.propose(&["title"]).await;
        scene.h.sql(&format!(
            "UPDATE cases SET closed_at = NULL, state = 'handling' WHERE number = '{}'",
            scene.authority.1
        ));
        let (status, problem) = scene.decide(&proposed, "confirm").await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::UNPROCESSABLE_ENTITY, &json!("not_authorised")),
            "{problem}"
        );
        assert_eq!(scene.seen().await["title"], TITLE);
    })
    .await;
}
