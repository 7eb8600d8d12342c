//! A change of somebody's account, post or duty is known at once, and reads only people: a country's regions stay as they are in memory.

use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::json;
use yizhi_domain::region::RegionPath;

use crate::common::{Harness, on_both};

fn village(h: &Harness) -> String {
    let path = RegionPath::parse("35.03.02.001.001.").unwrap();
    h.app.world().regions.by_path(&path).unwrap().name.to_owned()
}

#[tokio::test]
async fn a_change_of_people_reads_no_regions() {
    on_both(async |h| {
        let (before, places, name) = (h.app.world(), h.app.places(), village(&h));
        h.sql("UPDATE region SET name = '新名' WHERE path = '35.03.02.001.001.'");
        let administrator = h.as_role("administrator").await;
        let post = json!({ "role": "window_clerk", "region": "350302003000" });
        let body = json!({ "account": "wang.fang", "name": "王芳", "post": post });
        let (status, created) = administrator.post("/api/v1/people", body).await;
        assert_eq!(status, StatusCode::CREATED, "{created}");
        let after = h.app.world();
        assert!(before.directory.by_account("wang.fang").is_none());
        assert!(after.directory.by_account("wang.fang").is_some());
        assert!(Arc::ptr_eq(&before.regions, &after.regions) && Arc::ptr_eq(&before.catalog, &after.catalog));
        assert!(Arc::ptr_eq(&places, &h.app.places()));
        assert_eq!(village(&h), name);

        h.app.reload().await.unwrap();
        assert_eq!(village(&h), "新名", "reading everything again does read them");
        assert!(h.app.world().directory.by_account("wang.fang").is_some());
    })
    .await;
}

#[tokio::test]
async fn of_many_changes_at_once_none_is_forgotten() {
    on_both(async |h| {
        let mut making = tokio::task::JoinSet::new();
        for n in 0..12 {
            let (administrator, app) = (h.as_role("administrator").await, h.app.clone());
            making.spawn(async move {
                let account = format!("clerk{n}");
                let post = json!({ "role": "window_clerk", "region": "350302003000" });
                let body = json!({ "account": account, "name": "王芳", "post": post });
                let (status, created) = administrator.post("/api/v1/people", body).await;
                assert_eq!(status, StatusCode::CREATED, "{created}");
                assert!(app.world().directory.by_account(&account).is_some(), "{account} is not known yet");
            });
        }
        making.join_all().await;
        let world = h.app.world();
        assert!((0..12).all(|n| world.directory.by_account(&format!("clerk{n}")).is_some()));
    })
    .await;
}
