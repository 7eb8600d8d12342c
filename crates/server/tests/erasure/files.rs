//! The bytes of an erased attachment: out of reach at once, deleted after the commit, and also when something fails on the way.

use std::fs;

use axum::http::StatusCode;
use serde_json::json;
use yizhi_server::jobs::finish_erasures;

use crate::scene::{Scene, on_scene};

/// The attachment's files.
fn files(scene: &Scene) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![scene.h.app.config().data.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else if entry.path().to_string_lossy().contains(&scene.photo) {
                found.push(entry.path());
            }
        }
    }
    found
}

#[tokio::test]
async fn a_photo_is_out_of_reach_at_once_and_deleted_after() {
    on_scene(async |scene| {
        let operator = scene.h.as_role("operator").await;
        let path = format!("/api/v1/attachments/{}", scene.photo);
        assert_eq!((operator.get(&path).await.0, files(&scene).len()), (StatusCode::OK, 2));
        let (_, proposed) = scene.propose(&[&scene.photo_field()]).await;
        assert_eq!(scene.decide(&proposed, "confirm").await.0, StatusCode::OK);
        for path in [path.clone(), format!("{path}/thumbnail")] {
            let (status, problem) = operator.get(&path).await;
            assert_eq!((status, &problem["code"]), (StatusCode::GONE, &json!("erased")), "{path}");
        }
        let stranger = scene.h.as_account("operator-2").await;
        assert_eq!(stranger.get(&path).await.0, StatusCode::NOT_FOUND);
        assert_eq!(files(&scene).len(), 2, "the process may die here");
        assert_eq!(finish_erasures(&scene.h.app).await.unwrap(), 0);
        assert!(files(&scene).is_empty());
        assert!(scene.h.app.db().erasure_rest().await.unwrap().is_empty());
    })
    .await;
}

/// Whoever has the database's password alone does not reach the files by it.
#[tokio::test]
async fn a_file_that_no_erasure_names_is_kept() {
    on_scene(async |scene| {
        scene.h.sql(&format!("INSERT INTO erasure_rest (kind, name) VALUES ('file', '{}')", scene.photo));
        assert_eq!(finish_erasures(&scene.h.app).await.unwrap(), 1);
        assert_eq!(files(&scene).len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_deleted_is_tried_again() {
    on_scene(async |scene| {
        let (_, proposed) = scene.propose(&[&scene.photo_field()]).await;
        scene.decide(&proposed, "confirm").await;
        scene.h.brittle.keep_all(true);
        assert_eq!(finish_erasures(&scene.h.app).await.unwrap(), 1);
        assert_eq!(files(&scene).len(), 2);
        scene.h.brittle.keep_all(false);
        assert_eq!(finish_erasures(&scene.h.app).await.unwrap(), 0);
        assert!(files(&scene).is_empty());
        assert_eq!(finish_erasures(&scene.h.app).await.unwrap(), 0, "nothing is left to do");
    })
    .await;
}
