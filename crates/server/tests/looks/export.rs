//! Exports: the rows of the slice, masked as in the list, with a record of purpose, columns, filter and number of rows.

use axum::http::StatusCode;
use yizhi_domain::look::LookKind;

use crate::common::on_both;
use crate::scene::{NAME, PHONE, get, looks, only_look, told};

#[tokio::test]
async fn an_export_is_the_slice_as_a_file() {
    on_both(async |h| {
        let case = told(&h, "operator", false).await;
        told(&h, "citizen", true).await;
        let answer =
            get(&h, "leader", "/api/v1/cases/export?purpose=supervise&state=reported&q=%E6%B2%B9%E7%83%9F").await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"cases-20261120.csv\"");
        assert_eq!(answer.header("cache-control"), "no-store");
        let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
        let lines: Vec<&str> = text.trim_start_matches('\u{feff}').lines().collect();
        assert!(text.starts_with('\u{feff}') && lines[0].starts_with("编号,标题,事项,状态,地区,网格"), "{text}");
        assert_eq!(lines.len(), 2, "the confidential case of somebody else is not in it: {text}");
        let number = get(&h, "leader", &format!("/api/v1/cases/{case}")).await.json["number"].clone();
        assert!(lines[1].starts_with(number.as_str().unwrap()) && lines[1].contains("2026-11-20 10:00:00"), "{text}");
        assert!(!text.contains(NAME) && !text.contains(PHONE), "{text}");
        let look = only_look(&h).await;
        assert_eq!((look.kind, look.rows, look.case), (LookKind::Export, Some(1), None));
        assert_eq!(look.purpose.as_deref(), Some("supervise"));
        assert_eq!(look.filter.as_deref(), Some("q=*&state=reported"), "words may name somebody");
        assert!(look.fields.contains(&"title".to_owned()));
    })
    .await;
}

/// More than one page of the list.
#[tokio::test]
async fn an_export_has_every_row_once() {
    on_both(async |h| {
        let mut copy = "INSERT INTO cases (id, number, matter, family, procedure, release, state, version, path, lon, lat, confidential, demo, \
            occurred_at, recorded_at, alert, paused, provisional, body) SELECT "
            .to_owned();
        let case = told(&h, "operator", false).await;
        let (id, rows) = match h.app.db().backend() {
            yizhi_store::Backend::Sqlite => (
                "randomblob(16)",
                "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1205) SELECT i FROM n)",
            ),
            yizhi_store::Backend::Postgres => ("gen_random_uuid()", "(SELECT generate_series(1, 1205) AS i)"),
        };
        copy += &format!(
            "{id}, 'copy-' || i, matter, family, procedure, release, state, version, path, lon, lat, confidential, demo, occurred_at, \
             recorded_at + i / 3, alert, paused, provisional, body FROM cases, {rows} AS copies"
        );
        h.sql(&copy);
        let answer = get(&h, "leader", "/api/v1/cases/export?purpose=supervise&limit=1&cursor=nonsense").await;
        assert_eq!(answer.status, StatusCode::OK, "{} {case}", answer.json);
        let text = String::from_utf8(answer.bytes.to_vec()).unwrap();
        let mut numbers: Vec<&str> = text.lines().skip(1).map(|line| line.split(',').next().unwrap()).collect();
        assert_eq!(numbers.len(), 1206);
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(numbers.len(), 1206);
        assert_eq!(only_look(&h).await.rows, Some(1206));
    })
    .await;
}

#[tokio::test]
async fn an_export_without_a_purpose_of_ones_own_is_refused() {
    on_both(async |h| {
        told(&h, "operator", false).await;
        for (account, query, status, code) in [
            ("operator", "", 422, "invalid"),
            ("operator", "?purpose=", 422, "invalid"),
            ("operator", "?purpose=curiosity", 422, "invalid"),
            ("operator", "?purpose=contact_reporter", 403, "purpose_not_allowed"),
            ("grid_worker", "?purpose=statistics", 403, "purpose_not_allowed"),
            ("citizen", "?purpose=statistics", 403, "purpose_not_allowed"),
            ("auditor", "?purpose=statistics", 403, "forbidden"),
        ] {
            let answer = get(&h, account, &format!("/api/v1/cases/export{query}")).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{account} {query}");
        }
        assert_eq!(looks(&h).await.len(), 0);
    })
    .await;
}

/// Whoever compresses an answer asks for more than it has.
#[tokio::test]
async fn an_export_arrives_in_whatever_encoding() {
    on_both(async |h| {
        told(&h, "operator", false).await;
        let exports = [
            ("leader", "/api/v1/cases/export?purpose=supervise"),
            ("leader", "/api/v1/cases/export?purpose=supervise&q=zzzzz"),
            ("auditor", "/api/v1/looks/export"),
        ];
        for encoding in ["identity", "gzip", "br", "zstd", "deflate", "gzip, deflate, br, zstd"] {
            for (account, path) in exports {
                let client = h.as_account(account).await.with("accept-encoding", encoding);
                let (status, bytes) = client.fetch(path).await;
                assert_eq!(status, StatusCode::OK, "{encoding} {path}");
                assert!(bytes.len() > 10, "{encoding} {path}: {} bytes", bytes.len());
            }
        }
    })
    .await;
}
