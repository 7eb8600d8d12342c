//! What answers without a session. These lists may only shrink: whoever adds to them opens a door to the whole network, and must say why in a review.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::calls::said;
use crate::common::{on_both, on_both_demo, on_both_with};
use crate::complete::described;
use crate::table::{TABLE, Who};

/// Endpoints of the API without a session. May only shrink.
const PUBLIC: &[(&str, &str)] = &[
    ("GET", "/api/v1/meta"),
    ("POST", "/api/v1/session"),
    // Who has no password yet has no session either; the code is the proof.
    ("POST", "/api/v1/session/activation"),
    ("POST", "/api/v1/session/demo"),
    ("POST", "/api/v1/session/link"),
];

/// Routes outside the API, all without a session, with their status for somebody on another machine. May only shrink. The ledger's files are public by
/// the specification of such logs: they hold hashes of salted hashes, and who cannot read them cannot check us.
pub(crate) const OUTSIDE: &[(&str, u16)] = &[
    ("/healthz", 200),
    ("/readyz", 200),
    ("/metrics", 404),
    ("/api/openapi.json", 200),
    ("/ledger/checkpoint", 404),
    ("/ledger/tile/{*path}", 404),
    ("/ledger/vkeys", 200),
];

fn listed() -> BTreeSet<(String, String)> {
    PUBLIC.iter().map(|(method, path)| ((*method).to_owned(), (*path).to_owned())).collect()
}

#[test]
fn the_table_and_the_list_agree() {
    let table = TABLE.iter().filter(|line| matches!(line.who, Who::Public));
    let table: BTreeSet<_> = table.map(|line| (line.method.to_owned(), line.path.to_owned())).collect();
    assert_eq!(table, listed());
    assert!(PUBLIC.len() <= 5 && OUTSIDE.len() <= 7, "these lists may only shrink");
}

/// Every endpoint is asked by a stranger, whatever the table says of it.
#[tokio::test]
async fn what_answers_without_a_session_is_listed() {
    on_both(async |h| {
        for client in [
            h.stranger(),
            h.stranger().with("cookie", "yizhi_session=0123456789abcdef"),
            h.stranger().with("authorization", "Bearer 0123456789abcdef"),
        ] {
            let mut open = BTreeSet::new();
            for (method, path) in described() {
                let body = TABLE.iter().find(|l| l.method == method && l.path == path).map_or("", |l| l.body);
                let (status, code) = said(&client, &method, &path, body).await;
                if (status, code.as_str()) != (401, "no_session") {
                    open.insert((method, path));
                }
            }
            assert_eq!(open, listed());
        }
    })
    .await;
}

#[tokio::test]
async fn the_public_ones_tell_strangers_nothing() {
    on_both(async |h| {
        for line in TABLE.iter().filter(|line| matches!(line.who, Who::Public)) {
            let (status, _) = said(&h.stranger(), line.method, line.ask, line.body).await;
            assert_eq!(status, line.works, "{} {}", line.method, line.path);
        }
        let meta = h.stranger().send("GET", "/api/v1/meta", &Value::Null).await;
        let mut said: Vec<&str> = meta.json.as_object().unwrap().keys().map(String::as_str).collect();
        said.sort_unstable();
        assert_eq!(said, ["baseMap", "demo", "languages", "name", "roles", "states", "uploads", "version"]);
    })
    .await;
}

#[tokio::test]
async fn a_demonstration_opens_no_more() {
    on_both_demo(async |h| {
        for line in TABLE.iter().filter(|line| !matches!(line.who, Who::Public)) {
            let (status, code) = said(&h.stranger(), line.method, line.path, line.body).await;
            assert_eq!((status, code.as_str()), (401, "no_session"), "{} {}", line.method, line.path);
        }
    })
    .await;
}

#[tokio::test]
async fn outside_the_api_only_the_known_routes_answer() {
    on_both(async |h| {
        for (path, status) in OUTSIDE {
            let path = &path.replace("{*path}", "0/000");
            assert_eq!(said(&h.stranger(), "GET", path, "").await.0, *status, "{path}");
            for method in ["POST", "PUT", "DELETE", "PATCH"] {
                assert_eq!(said(&h.stranger(), method, path, "").await.0, 405, "{method} {path}");
            }
        }
        for unknown in ["/api/v1/cases/x/y/z", "/api/v1/admin", "/api/v2/cases", "/api/", "/api/v1/../v1/cases"] {
            assert_eq!(said(&h.stranger(), "GET", unknown, "").await.0, 404, "{unknown}");
        }
    })
    .await;
}

#[tokio::test]
async fn metrics_answer_others_only_where_configured() {
    on_both_with(
        |config| config.public_metrics = true,
        async |h| {
            let answer = h.stranger().send("GET", "/metrics", &Value::Null).await;
            assert_eq!(answer.status, 200);
            let text = String::from_utf8_lossy(&answer.bytes).into_owned();
            assert!(!text.contains("350302") && !text.contains("citizen"), "no case and nobody is named in {text}");
        },
    )
    .await;
}

/// Whatever strangers make up, the number of series stays.
#[tokio::test]
async fn made_up_methods_and_paths_make_no_metrics() {
    on_both_with(
        |config| config.public_metrics = true,
        async |h| {
            let stranger = h.stranger();
            let series = async || {
                let answer = stranger.send("GET", "/metrics", &Value::Null).await;
                String::from_utf8_lossy(&answer.bytes).into_owned()
            };
            for n in 0..50 {
                stranger.send(&format!("MADEUP{n}"), "/api/v1/meta", &Value::Null).await;
                stranger.send("GET", &format!("/api/v1/made-up-{n}"), &Value::Null).await;
                stranger.send("GET", &format!("/made-up-{n}"), &Value::Null).await;
            }
            let text = series().await;
            assert!(text.contains("method=\"other\""), "{text}");
            assert!(!text.contains("MADEUP") && !text.contains("made-up"), "{text}");
        },
    )
    .await;
}
