//! Edits behind the server's back stay visible after the next step, which would otherwise commit to them; every case that a step touches is committed to;
//! what cannot be read is said.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::Harness;
use crate::scene::{Scene, on_scene};

async fn comment(scene: &Scene) {
    let operator = scene.h.as_role("operator").await;
    let path = format!("/api/v1/cases/{}", scene.case.0);
    let seen = scene.h.ask(&format!("SELECT version FROM cases WHERE number = '{}'", scene.case.1));
    let body = json!({ "version": seen[0].parse::<i32>().unwrap(), "note": "再联系" });
    let (status, after) = operator.post(&format!("{path}/actions/comment"), body).await;
    assert_eq!(status, StatusCode::OK, "{after}");
}

#[tokio::test]
async fn a_step_does_not_hide_what_was_changed_before_it() {
    on_scene(async |scene| {
        for (change, name, of) in [
            ("UPDATE cases SET department = 'police' WHERE id = {case}", "record.before", "found the case in another"),
            ("UPDATE cases SET path = '35.03.02.001.001.' WHERE id = {case}", "record.before", ""),
            ("UPDATE assignment SET person = {case} WHERE case_id = {case}", "record.before", ""),
            ("DELETE FROM case_access WHERE case_id = {case}", "record.before", ""),
            ("UPDATE cases SET leaves = NULL WHERE id = {case}", "record.before", ""),
            ("UPDATE cases SET body = replace(body, '饭店油烟', '别的') WHERE id = {case}", "case.title", ""),
            ("UPDATE cases SET contact = leaves WHERE id = {case}", "case.contact", ""),
        ] {
            scene.restore();
            scene.h.sql(&change.replace("{case}", &scene.uuid(scene.case.0)));
            comment(&scene).await;
            scene.finds(change, name, of).await;
            comment(&scene).await;
            scene.finds(change, name, of).await;
        }
    })
    .await;
}

async fn report(h: &Harness, account: &str) -> Value {
    let body = json!({ "matter": "event-0194", "title": "同一家饭店", "location": { "grid": "350302001001001" } });
    let (status, case) = h.as_account(account).await.post("/api/v1/cases", body).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    case
}

#[tokio::test]
async fn a_merge_commits_to_the_case_that_it_joins() {
    on_scene(async |scene| {
        let (one, other) = (report(&scene.h, "citizen").await, report(&scene.h, "operator").await);
        let path = format!("/api/v1/cases/{}/actions/merge", one["id"].as_str().unwrap());
        let body = json!({ "version": one["version"], "data": { "into": other["number"] } });
        let (status, merged) = scene.h.as_role("operator").await.post(&path, body).await;
        assert_eq!(status, StatusCode::OK, "{merged}");
        scene.is_whole("a merge").await;
        let records = scene.h.app.db().records_from(0, 100_000).await.unwrap();
        let target = other["id"].as_str().unwrap();
        let of_target =
            |kind: &str| records.iter().filter(|r| r.kind == kind && r.subject.to_string() == target).count();
        assert_eq!((of_target("case.step"), of_target("case.change")), (1, 1));
        let path = path.replace("/merge", "/unmerge");
        let body = json!({ "version": merged["version"], "note": "不是一件事" });
        let (status, undone) = scene.h.as_role("operator").await.post(&path, body).await;
        assert_eq!(status, StatusCode::OK, "{undone}");
        scene.is_whole("a merge that was undone").await;
        let records = scene.h.app.db().records_from(0, 100_000).await.unwrap();
        let changes = records.iter().filter(|r| r.kind == "case.change" && r.subject.to_string() == target).count();
        assert_eq!(changes, 2, "each of the two changed who takes part in the other");
        scene.h.sql("DELETE FROM case_access WHERE why = 'merged'");
        scene.finds("the merged reporter", "case.facts", other["number"].as_str().unwrap()).await;
    })
    .await;
}

#[tokio::test]
async fn steps_name_procedure_and_release() {
    on_scene(async |scene| {
        for seq in &scene.steps {
            let text: Value = serde_json::from_slice(&scene.record(*seq).canonical).unwrap();
            let fields = &text["fields"];
            assert_eq!(fields["procedure"], "incident");
            assert_eq!(fields["release"], scene.h.app.world().catalog.id());
            assert_eq!(fields["state"].as_str().map(str::len), Some(64));
            assert!(fields.get("before").is_none());
        }
    })
    .await;
}

#[tokio::test]
async fn a_time_that_is_none_is_an_error_and_a_post_that_cannot_be_read_is_said() {
    on_scene(async |scene| {
        const NEVER: &str = "9223372036854775807";
        scene.h.sql(&format!("UPDATE cases SET recorded_at = {NEVER} WHERE number = '{}'", scene.case.1));
        let operator = scene.h.as_role("operator").await;
        let (status, _) = operator.fetch(&format!("/api/v1/cases/{}", scene.case.0)).await;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR, "not a case of 1970");
        scene.finds("a time", "case.facts", &scene.case.1).await;
        scene.restore();

        let post = scene.h.first_post("grid_worker");
        scene.h.sql(&format!("UPDATE post SET path = 'nowhere' WHERE id = {}", scene.uuid(post.0)));
        scene.h.app.reload().await.unwrap();
        assert_eq!(scene.h.app.db().unreadable(), [format!("post {post}")]);
        let (status, said) = scene.h.stranger().fetch("/readyz").await;
        assert_eq!((status, String::from_utf8_lossy(&said).contains('1')), (StatusCode::OK, true));
        scene.finds("a post", "row.changed", &post.to_string()).await;
        scene.restore();
        scene.h.app.reload().await.unwrap();
        assert!(scene.h.app.db().unreadable().is_empty());
    })
    .await;
}
