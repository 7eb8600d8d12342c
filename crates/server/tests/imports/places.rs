//! `yizhi region import` of outlines and centres: kept as dated versions, seen by the map, refused as a whole with every fault named.

use axum::http::StatusCode;
use serde_json::{Value, json};
use yizhi_grid::{Crs, LonLat, crs::to_wgs84};
use yizhi_store::RegionRow;

use crate::command::{catch_up, collection, feature, file, rectangle, rows, verifies, yizhi};
use crate::common::ground::path;
use crate::common::{Harness, on_both};

fn import(h: &Harness, name: &str, text: &str, more: &[&str]) -> (bool, String) {
    let file = file(h, name, text);
    yizhi(h, &[&["region", "import", file.to_str().unwrap()], more].concat())
}

fn outlines(features: &[Value]) -> String {
    collection(features)
}

async fn region(h: &Harness, code: &str) -> RegionRow {
    h.app.db().regions().await.unwrap().into_iter().find(|row| row.code == code).unwrap()
}

fn versions(h: &Harness, code: &str) -> Vec<String> {
    let path = path(code);
    let sql = format!(
        "SELECT version || ' ' || CASE WHEN until_at IS NULL THEN 'now' ELSE 'then' END || ' ' || name FROM region WHERE path = '{path}' ORDER BY version"
    );
    h.ask(&sql)
}

#[tokio::test]
async fn outlines_and_centres_are_new_versions_that_the_map_shows() {
    on_both(async |h| {
        let text = outlines(&[
            feature("350302", "", rectangle(0.0, 0.08, 0.02)),
            feature("350302001", "", rectangle(0.0, 0.04, 0.02)),
            feature("350302003000", "", json!({ "type": "Point", "coordinates": [119.06, 25.41] })),
        ]);
        let (done, said) = import(&h, "outlines.geojson", &text, &[]);
        assert!(done && said.contains("已更新 3 个区划的位置") && said.contains("3 regions were placed"), "{said}");
        catch_up(&h).await;
        h.app.reload().await.unwrap();
        let leader = h.as_role("leader").await;
        let (status, shown) = leader.get("/api/v1/regions/350302000000/outline").await;
        assert_eq!((status, &shown["geometry"]), (StatusCode::OK, &rectangle(0.0, 0.08, 0.02)), "{shown}");
        let (_, shown) = leader.get("/api/v1/regions/350302003000").await;
        assert_eq!(shown["center"], json!({ "lon": 119.06, "lat": 25.41 }), "{shown}");
        assert_eq!(versions(&h, "350302000000"), ["1 then 城厢区", "2 now 城厢区"]);
        assert_eq!(versions(&h, "350302001001"), ["1 now 兴安社区"], "what the file lacks is as it was");

        let (done, said) = import(&h, "outlines.geojson", &text, &[]);
        assert!(done && said.contains("已更新 0 个区划的位置，3 个没有变化"), "{said}");
        assert_eq!(versions(&h, "350302000000").len(), 2);

        catch_up(&h).await;
        // The next list of divisions knows no places: they stay, also under a new name.
        let mut row = RegionRow { center: None, outline: None, ..region(&h, "350302000000").await };
        h.app.db().regions_import(vec![row.clone()], h.app.now()).await.unwrap();
        assert_eq!(versions(&h, "350302000000").len(), 2, "nothing has changed");
        row.name = "新城厢区".to_owned();
        h.app.db().regions_import(vec![row], h.app.now()).await.unwrap();
        assert_eq!(versions(&h, "350302000000")[2], "3 now 新城厢区");
        assert!(h.app.db().region_outline(&path("350302000000")).await.unwrap().is_some());
        assert!(region(&h, "350302000000").await.center.is_some());
        verifies(&h);
    })
    .await;
}

#[tokio::test]
async fn a_file_with_faults_changes_nothing_and_names_them_all() {
    on_both(async |h| {
        let text = outlines(&[
            feature("350302", "", rectangle(0.0, 0.08, 0.02)),
            feature("350399", "", rectangle(0.0, 0.08, 0.02)),
            feature("350302001", "", rectangle(0.5, 0.54, 0.02)),
            feature("350302003", "", json!({ "type": "Point", "coordinates": [120.06, 25.41] })),
            feature("35030200", "", rectangle(0.0, 0.04, 0.02)),
        ]);
        let before = rows(&h);
        let (done, said) = import(&h, "outlines.geojson", &text, &[]);
        assert!(!done, "{said}");
        for part in [
            "第 2 个要素（编码 350399）：区划 350399000000 不存在",
            "Feature 3 (code 350302001), near ",
            "第 4 个要素（编码 350302003），120.06",
            "第 5 个要素（编码 35030200）",
            "4 处问题",
            "nothing was changed",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
        for (name, text) in [("a.geojson", "[[["), ("a.json", "{}"), ("a.csv", ""), ("b.csv", "code,lon\n350302,119\n")]
        {
            let (done, said) = import(&h, name, text, &[]);
            assert!(!done && said.contains("什么都没有改动") && !said.contains("panicked"), "{name}: {said}");
        }
        assert_eq!(rows(&h), before);
    })
    .await;
}

#[tokio::test]
async fn centres_come_from_a_table_in_any_system() {
    on_both(async |h| {
        let faulty = "code,lon,lat\n350302,119.04,25.41\n350399,119.04,25.41\n350302001,25.41,119.02\n350302003,119.06,\n350302,119.04,25.41\n350303,NaN,25\n";
        let before = rows(&h);
        let (done, said) = import(&h, "centres.csv", faulty, &[]);
        assert!(!done, "{said}");
        for line in ["centres.csv:3: ", "centres.csv:4: ", "centres.csv:5: ", "centres.csv:6: ", "centres.csv:7: ", "5 处问题"] {
            assert!(said.contains(line), "{line}: {said}");
        }
        assert_eq!(rows(&h), before);
        let (done, said) = import(&h, "centres.csv", "code,lon,lat\n350302,119.04,25.41\n350302001,119.02,25.41\n", &["--crs", "GCJ02"]);
        assert!(done && said.contains("已更新 2 个区划的位置"), "{said}");
        let (lon, lat) = region(&h, "350302000000").await.center.unwrap();
        let expected = to_wgs84(LonLat::new(119.04, 25.41), Crs::Gcj02).rounded();
        assert_eq!((lon, lat), (expected.lon, expected.lat));

        // A centre outside the outline that was imported.
        let (done, said) = import(&h, "outlines.geojson", &outlines(&[feature("350302001", "", rectangle(0.0, 0.04, 0.02))]), &[]);
        assert!(done, "{said}");
        let (done, said) = import(&h, "centres.csv", "code,lon,lat\n350302001,119.2,25.41\n", &[]);
        assert!(!done && said.contains("centres.csv:2: 350302001：中心点在区划 350302001000 的界线之外"), "{said}");
        verifies(&h);
    })
    .await;
}

#[tokio::test]
async fn what_lies_outside_a_new_outline_is_told() {
    on_both(async |h| {
        let text = outlines(&[feature("350302001001", "", rectangle(0.0, 0.01, 0.02))]);
        let (done, said) = import(&h, "outlines.geojson", &text, &[]);
        assert!(done && said.contains("新界线之外") && said.contains("350302001001002"), "{said}");
        assert!(!said.contains("350302001001001"), "{said}");
        let (done, said) = yizhi(&h, &["region", "import", h.app.config().data.to_str().unwrap(), "--crs", "GCJ02"]);
        assert!(!done && said.contains("--crs"), "a list has no coordinates: {said}");
    })
    .await;
}
