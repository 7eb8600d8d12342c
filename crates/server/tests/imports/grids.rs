//! `yizhi grid import`: a file with some of a village's grids ends none of the others, unless that is asked for; and then it is said what stood in them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::command::{catch_up, collection, feature, file, rectangle, rows, verifies, yizhi};
use crate::common::ground::{path, point_in};
use crate::common::{Harness, on_both};

const VILLAGE: &str = "350302001001";
const FIRST: &str = "350302001001001";
const SECOND: &str = "350302001001002";

fn import(h: &Harness, features: &[Value], more: &[&str]) -> (bool, String) {
    let file = file(h, "grids.geojson", &collection(features));
    yizhi(h, &[&["grid", "import", file.to_str().unwrap()], more].concat())
}

/// The west half of the village, as it is.
fn first() -> Value {
    feature(FIRST, "新一网格", rectangle(0.0, 0.01, 0.02))
}

/// Code, version and whether it is schematic, of the village's grids in force.
async fn current(h: &Harness) -> Vec<(String, i32, bool)> {
    let grids = h.app.db().grids(&path(VILLAGE)).await.unwrap();
    grids.into_iter().map(|grid| (grid.code, grid.version, grid.schematic)).collect()
}

#[tokio::test]
async fn what_a_file_lacks_stays_and_is_named() {
    on_both(async |h| {
        let (done, said) = import(&h, &[first()], &[]);
        assert!(done, "{said}");
        for part in [
            "兴安社区（350302001001）原有 2 个网格，文件里没有其中 1 个",
            SECOND,
            "the file lacks 1 of them",
            "--retire-missing",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        assert_eq!(current(&h).await, [(FIRST.to_owned(), 2, false), (SECOND.to_owned(), 1, true)]);
        let others = h.app.db().grids(&path("350302000000")).await.unwrap();
        assert_eq!(others.len(), 8, "the other villages are as they were");
        verifies(&h);
    })
    .await;
}

/// Nobody is on duty in the second grid any more.
async fn vacate(h: &Harness) {
    let (grid, worker) = (path(VILLAGE).child("002"), h.person("grid_worker"));
    h.app.db().duty_end(&grid, "grid_worker", worker, h.person("operator"), h.app.now()).await.unwrap();
}

#[tokio::test]
async fn what_is_to_be_retired_is_and_may_come_again() {
    on_both(async |h| {
        vacate(&h).await;
        let (done, said) = import(&h, &[first()], &["--retire-missing"]);
        assert!(done && said.contains(&format!("（{SECOND}）已撤销")) && said.contains("was retired"), "{said}");
        assert_eq!(current(&h).await, [(FIRST.to_owned(), 2, false)]);
        let second = feature(SECOND, "新二网格", rectangle(0.01, 0.02, 0.02));
        let (done, said) = import(&h, &[second], &[]);
        assert!(done, "{said}");
        assert_eq!(current(&h).await, [(FIRST.to_owned(), 2, false), (SECOND.to_owned(), 2, false)]);
        verifies(&h);
    })
    .await;
}

#[tokio::test]
async fn a_grid_in_which_something_stands_is_retired_only_expressly() {
    on_both(async |h| {
        let body = json!({ "matter": "event-0110", "title": "路边垃圾", "location": { "grid": SECOND } });
        let (status, case) = h.as_role("citizen").await.post("/api/v1/cases", body).await;
        assert_eq!(status, StatusCode::CREATED, "{case}");
        let before = rows(&h);
        let (done, said) = import(&h, &[first()], &["--retire-missing"]);
        assert!(!done && said.contains("未办结案件 1 件、值守 1 人次、岗位 0 个"), "{said}");
        assert!(said.contains("--retire-occupied") && said.contains("Nothing was changed"), "{said}");
        assert_eq!(rows(&h), before, "nothing was changed");

        let (done, said) = import(&h, &[first()], &["--retire-missing", "--retire-occupied"]);
        assert!(done && said.contains("1 件未办结案件仍记在原网格") && said.contains("1 人次值守已结束"), "{said}");
        catch_up(&h).await;
        h.app.reload().await.unwrap();
        let duties = h.app.db().duties_below(&path(VILLAGE), h.app.now()).await.unwrap();
        assert!(duties.iter().all(|duty| duty.path.ends_with(".001.")), "{duties:?}");
        let worker = h.as_role("grid_worker").await;
        let act = format!("/api/v1/cases/{}/actions/verify", case["id"].as_str().unwrap());
        let body = json!({ "version": case["version"], "note": "到过现场", "data": { "found": true } });
        let (status, acted) = worker.post(&act, body).await;
        assert_eq!(status, StatusCode::OK, "{acted}");
        assert_eq!(acted["grid"], json!(SECOND), "the case keeps its place: {acted}");
        let (lon, lat) = point_in(SECOND);
        let (status, _) = worker.get(&format!("/api/v1/grids/locate?lon={lon}&lat={lat}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "nothing falls into it any more");
        verifies(&h);
    })
    .await;
}

#[tokio::test]
async fn grids_that_stay_are_compared_with_those_that_come() {
    on_both(async |h| {
        let before = rows(&h);
        for (east, told) in [(0.011, "重叠"), (0.009_98, "通到外面的空隙")] {
            let (done, said) = import(&h, &[feature(FIRST, "新一网格", rectangle(0.0, east, 0.02))], &[]);
            assert!(!done && said.contains(told) && said.contains(SECOND), "{east}: {said}");
            assert!(said.contains("什么都没有改动") && said.contains("nothing was changed"), "{said}");
            assert_eq!(rows(&h), before, "{east}");
        }
        vacate(&h).await;
        let (done, said) = import(&h, &[feature(FIRST, "新一网格", rectangle(0.0, 0.02, 0.02))], &["--retire-missing"]);
        assert!(done, "one grid takes the place of both: {said}");
    })
    .await;
}

/// The outline was imported, so it counts; that of a demo only warns.
#[tokio::test]
async fn the_edge_of_a_village_is_told_like_a_hole() {
    on_both(async |h| {
        let outline = file(&h, "outline.geojson", &collection(&[feature(VILLAGE, "", rectangle(0.0, 0.02, 0.02))]));
        let (done, said) = yizhi(&h, &["region", "import", outline.to_str().unwrap()]);
        assert!(done, "{said}");
        let second = |east: f64| feature(SECOND, "新二网格", rectangle(0.01, east, 0.02));
        for (east, told) in [(0.019_9, "没有网格"), (0.020_1, "超出村（社区）350302001001 的范围")] {
            let (done, said) = import(&h, &[first(), second(east)], &[]);
            assert!(!done && said.contains(told) && said.contains("119.0") && said.contains(SECOND), "{east}: {said}");
        }
        let (done, said) = import(&h, &[first(), second(0.02)], &[]);
        assert!(done, "{said}");
    })
    .await;
}

#[tokio::test]
async fn files_that_are_no_text_are_told_by_line() {
    on_both(async |h| {
        let path = h.app.config().data.join("gbk.geojson");
        std::fs::write(&path, b"{\"type\":\n\"\xb3\xc7\xcf\xe1\"}").unwrap();
        let (done, said) = yizhi(&h, &["grid", "import", path.to_str().unwrap()]);
        assert!(!done && said.contains("gbk.geojson:2: ") && said.contains("UTF-8"), "{said}");
    })
    .await;
}
