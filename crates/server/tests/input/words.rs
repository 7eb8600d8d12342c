//! Looking for words: width and case are folded, rare characters are characters, signs alone find nothing, and long queries are refused in words.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::common::{Client, Harness, on_both, on_both_with};

async fn told(h: &Harness, title: &str) -> Value {
    let body = json!({ "matter": "event-0194", "title": title, "location": { "grid": "350302001001001" } });
    let (status, case) = h.as_role("citizen").await.post("/api/v1/cases", body).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    case["title"].clone()
}

fn quoted(q: &str) -> String {
    q.bytes().map(|b| format!("%{b:02x}")).collect()
}

async fn found(client: &Client, q: &str) -> Vec<Value> {
    let (status, list) = client.get(&format!("/api/v1/cases?total=true&q={}", quoted(q))).await;
    assert_eq!(status, StatusCode::OK, "{list}");
    let titles: Vec<Value> = list["items"].as_array().unwrap().iter().map(|c| c["title"].clone()).collect();
    assert_eq!(list["total"], json!(titles.len()), "{q}");
    titles
}

#[tokio::test]
async fn words_are_found_in_any_width_and_script() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        let mut titles = Vec::new();
        for title in ["ＫＴＶ８８扰民", "𰻞𰻞面馆油烟", "𠮷野家后门", "café 排烟"] {
            titles.push(told(&h, title).await);
        }
        for (q, at) in [
            ("ktv88", 0),
            ("ＫＴＶ８８", 0),
            ("Ktv88 扰民", 0),
            ("𰻞", 1),
            ("𰻞面", 1),
            ("𰻞𰻞面馆", 1),
            ("𠮷野", 2),
            ("CAFE\u{301}", 3),
            ("排\u{200b}烟", 3),
        ] {
            assert_eq!(found(&operator, q).await, [titles[at].clone()], "{q}");
        }
        assert_eq!(found(&operator, "𰻝").await, Vec::<Value>::new());
        assert_eq!(found(&operator, "").await.len(), 4);
        assert_eq!(found(&operator, "\u{200b}").await.len(), 4, "nothing was asked");
    })
    .await;
}

#[tokio::test]
async fn signs_alone_find_nothing() {
    on_both_with(
        |config| config.rate = 100_000,
        async |h| {
            told(&h, "油烟！！").await;
            let (operator, administrator) = (h.as_role("operator").await, h.as_role("administrator").await);
            for q in ["！！", "。", "%", "_", "*", "\"", "'", "😀", "-", "\u{2800}。。"] {
                assert_eq!(found(&operator, q).await, Vec::<Value>::new(), "{q}");
                let q = quoted(q);
                let export = operator
                    .send("GET", &format!("/api/v1/cases/export?purpose=handle_cases&q={q}"), &Value::Null)
                    .await;
                let text = String::from_utf8_lossy(&export.bytes).into_owned();
                assert_eq!((export.status, text.lines().count()), (StatusCode::OK, 1), "heads only: {text}");
                for (client, path) in [
                    (&operator, format!("/api/v1/regions?q={q}")),
                    (&operator, format!("/api/v1/regions?parent=350302000000&q={q}")),
                    (&operator, format!("/api/v1/grids/search?q={q}")),
                    (&operator, format!("/api/v1/matters?q={q}")),
                    (&administrator, format!("/api/v1/people?q={q}")),
                ] {
                    let (status, list) = client.get(&path).await;
                    assert_eq!((status, &list["items"]), (StatusCode::OK, &json!([])), "{path}");
                }
            }
        },
    )
    .await;
}

#[tokio::test]
async fn long_queries_are_refused_in_words() {
    on_both(async |h| {
        let (operator, administrator) = (h.as_role("operator").await, h.as_role("administrator").await);
        let many: String = (0..40).map(|n| format!("w{n} ")).collect();
        let long = "长".repeat(101);
        for (client, path, q) in [
            (&operator, "/api/v1/cases?", &many),
            (&operator, "/api/v1/cases?", &long),
            (&operator, "/api/v1/cases/export?purpose=handle_cases&", &many),
            (&operator, "/api/v1/regions?", &long),
            (&operator, "/api/v1/grids/search?", &long),
            (&operator, "/api/v1/matters?", &long),
            (&administrator, "/api/v1/people?", &long),
        ] {
            let (status, problem) = client.get(&format!("{path}q={}", quoted(q))).await;
            assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("q")), "{path}");
        }
        for (field, value) in [("state", "a,".repeat(51)), ("matter", "x".repeat(65)), ("department", "x".repeat(65))] {
            let (status, problem) = operator.get(&format!("/api/v1/cases?{field}={value}")).await;
            assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)));
        }
    })
    .await;
}

#[tokio::test]
async fn names_are_found_in_any_width() {
    on_both(async |h| {
        let (operator, administrator) = (h.as_role("operator").await, h.as_role("administrator").await);
        for (client, path, q) in [
            (&operator, "/api/v1/regions?q=", "兴安\u{3000}社区"),
            (&operator, "/api/v1/grids/search?q=", "第１网格"),
            (&operator, "/api/v1/grids/search?q=", "ＸＡＳＱ"),
            (&operator, "/api/v1/matters?q=", "０１９４"),
            (&administrator, "/api/v1/people?q=", "ＯＰＥＲＡＴＯＲ"),
        ] {
            let (status, list) = client.get(&format!("{path}{}", quoted(q))).await;
            assert_eq!(status, StatusCode::OK);
            assert!(!list["items"].as_array().unwrap().is_empty(), "{path}{q}");
        }
    })
    .await;
}

/// The words of a case that an earlier version received are as it folded them, until the job has gone through.
#[tokio::test]
async fn an_older_index_is_made_anew() {
    on_both(async |h| {
        let title = told(&h, "ＫＴＶ８８扰民").await;
        told(&h, "普通油烟").await;
        let old = "ｋｔｖ８８ 扰 扰民 民";
        match h.app.db().backend() {
            yizhi_store::Backend::Sqlite => {
                let row = "SELECT rowid FROM cases WHERE body LIKE '%ＫＴＶ８８%'";
                h.sql(&format!("DELETE FROM case_search WHERE rowid = ({row})"));
                h.sql(&format!(
                    "INSERT INTO case_search (rowid, tokens) SELECT rowid, '{old}' FROM cases WHERE rowid = ({row})"
                ));
            }
            yizhi_store::Backend::Postgres => h.sql(&format!(
                "UPDATE case_search SET tokens = array_to_tsvector(string_to_array('{old}', ' ')) \
                 WHERE case_id = (SELECT id FROM cases WHERE body LIKE '%ＫＴＶ８８%')"
            )),
        }
        let operator = h.as_role("operator").await;
        assert_eq!(found(&operator, "ktv88").await, Vec::<Value>::new());
        let (_stop, stopped) = watch::channel(false);
        yizhi_server::jobs::refold_words(&h.app, &stopped).await.unwrap();
        assert_eq!(found(&operator, "ktv88").await, [title]);
        assert_eq!(found(&operator, "普通").await.len(), 1);
        yizhi_server::jobs::refold_words(&h.app, &stopped).await.unwrap();
    })
    .await;
}
