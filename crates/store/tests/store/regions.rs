//! Regions in memory are the current rows of the database, whatever has become of some of them.

use chrono::{DateTime, Utc};
use yizhi_domain::region::RegionPath;
use yizhi_store::RegionRow;

use crate::common::{Ground, on_both};

fn now() -> DateTime<Utc> {
    "2026-11-20T10:00:00+08:00".parse().unwrap()
}

fn row(path: &str, level: &str, code: &str, name: &str, center: Option<(f64, f64)>) -> RegionRow {
    RegionRow {
        path: path.to_owned(),
        level: level.to_owned(),
        code: code.to_owned(),
        name: name.to_owned(),
        pinyin: "pinyin".to_owned(),
        initials: "py".to_owned(),
        center,
        outline: None,
    }
}

async fn lay(ground: &Ground) {
    // Villages before what is above them, and codes against the order of paths: no order of the rows is relied on.
    let rows = vec![
        row("35.03.02.001.002.", "village", "350302001001", "东村", None),
        row("35.03.02.001.001.", "village", "350302001002", "西村", Some((119.5, 25.25))),
        row("35.03.02.001.", "township", "350302001000", "北镇", None),
        row("35.03.02.", "county", "350302000000", "城厢区", Some((119.0, 25.0))),
        row("35.03.", "city", "350300000000", "莆田市", None),
        row("35.", "province", "350000000000", "福建省", None),
        row("35.03.02.009.", "township", "350302009000", "旧镇", None),
    ];
    ground.db.regions_import(rows, now()).await.unwrap();
    let closed = RegionPath::parse("35.03.02.009.").unwrap();
    ground.db.regions_close(vec![closed], now()).await.unwrap();
}

/// Path, code, name and place of every region.
async fn kept(ground: &Ground) -> Vec<String> {
    let tree = ground.db.region_tree().await.unwrap();
    tree.iter().map(|r| format!("{} {} {} {} {} {:?}", r.key, r.code, r.name, r.pinyin, r.initials, r.center)).collect()
}

const WHOLE: [&str; 6] = [
    "35. 350000000000 福建省 pinyin py None",
    "35.03. 350300000000 莆田市 pinyin py None",
    "35.03.02. 350302000000 城厢区 pinyin py Some((119.0, 25.0))",
    "35.03.02.001. 350302001000 北镇 pinyin py None",
    "35.03.02.001.001. 350302001002 西村 pinyin py Some((119.5, 25.25))",
    "35.03.02.001.002. 350302001001 东村 pinyin py None",
];

#[test]
fn current_regions_are_kept_as_the_database_has_them() {
    on_both(|ground| async move {
        lay(&ground).await;
        assert_eq!(kept(&ground).await, WHOLE);
        assert!(ground.db.unreadable().is_empty());
    });
}

#[test]
fn a_region_that_cannot_be_read_is_said_and_the_others_stay() {
    on_both(|ground| async move {
        lay(&ground).await;
        let village = "WHERE code = '350302001001'";
        let mut hurt = vec![
            ("SET path = 'nowhere'", "region nowhere 1", "SET path = '35.03.02.001.002.'"),
            ("SET lon = 1, lat = INFINITE", "region 35.03.02.001.002. 1", "SET lon = NULL, lat = NULL"),
            ("SET name = 'LONG'", "region 35.03.02.001.002. 1", "SET name = '东村'"),
        ];
        if !ground.postgres {
            hurt.extend([
                ("SET name = X'e4b8'", "region 35.03.02.001.002. 1", "SET name = '东村'"),
                ("SET pinyin = CAST(X'ff' AS TEXT)", "region 35.03.02.001.002. 1", "SET pinyin = 'pinyin'"),
                ("SET lon = 'east', lat = 1", "region 35.03.02.001.002. 1", "SET lon = NULL, lat = NULL"),
            ]);
        }
        for (change, said, back) in hurt {
            let infinite = if ground.postgres { "'Infinity'" } else { "9e999" };
            let change = change.replace("LONG", &"长".repeat(30_000)).replace("INFINITE", infinite);
            ground.run(format!("UPDATE region {change} {village}")).await;
            assert_eq!(kept(&ground).await, WHOLE[..5], "{said}");
            assert_eq!(ground.db.unreadable(), [said], "{back}");
            ground.run(format!("UPDATE region {back} {village}")).await;
            assert_eq!(kept(&ground).await, WHOLE, "{back}");
            assert!(ground.db.unreadable().is_empty(), "{back}");
        }
    });
}

/// More than are read at once.
#[test]
fn no_region_is_lost_between_two_reads() {
    const MANY: usize = 45_001;
    on_both(|ground| async move {
        ground
            .run(format!(
                "INSERT INTO region (path, version, level, code, name, pinyin, initials, from_at) \
                 WITH RECURSIVE n(n) AS (SELECT 100000 UNION ALL SELECT n + 1 FROM n WHERE n < {}) \
                 SELECT '35.03.02.' || n || '.', 1, 'township', '35' || n, 'n' || n, '', '', 0 FROM n",
                100_000 + MANY - 1
            ))
            .await;
        let tree = ground.db.region_tree().await.unwrap();
        assert_eq!(tree.len(), MANY);
        let keys: Vec<&str> = tree.iter().map(|region| region.key).collect();
        assert!(keys.is_sorted() && keys.windows(2).all(|pair| pair[0] != pair[1]));
        assert_eq!(tree.by_code("35145000").map(|region| region.name), Some("n145000"));
    });
}
