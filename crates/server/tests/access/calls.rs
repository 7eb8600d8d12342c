//! Making the calls of the table: names such as `$case` become what the scene has.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;
use axum::http::Request;
use chrono::TimeDelta;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use yizhi_domain::text::Text;

use crate::common::{Client, Harness};
use crate::scene::{Scene, form};
use crate::table::Line;

/// What came back: the status, and the code of a problem.
pub(crate) type Said = (u16, String);

/// Makes one call of the table as somebody.
pub(crate) async fn call(scene: &Scene, line: &Line, account: &str, client: &Client) -> Said {
    let (ask, body) = made_out(scene, line, account, 'A').await;
    said(client, line.method, &ask, &body).await
}

/// A call of the table as somebody would make it about one of the cases: its address and body. What it needs is there then.
pub(crate) async fn made_out(scene: &Scene, line: &Line, account: &str, case: char) -> (String, String) {
    (filled(scene, line.ask, account, case).await, filled(scene, line.body, account, case).await)
}

/// Sends a request and reads no more of the answer than a problem's code: the live stream has no end.
pub(crate) async fn said(client: &Client, method: &str, ask: &str, body: &str) -> Said {
    let request = Request::builder().method(method).uri(ask);
    let request = match body {
        "" => request.body(Body::empty()),
        "$file" => {
            let (kind, bytes) = form();
            request.header("content-type", kind).body(Body::from(bytes))
        }
        json => request.header("content-type", "application/json").body(Body::from(json.to_owned())),
    };
    let response = client.begin(request.unwrap()).await;
    let status = response.status().as_u16();
    let kind = response.headers().get("content-type").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    if kind != "application/problem+json" {
        return (status, String::new());
    }
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    let problem: Value = serde_json::from_slice(&bytes).unwrap();
    (status, problem["code"].as_str().unwrap().to_owned())
}

async fn filled(scene: &Scene, text: &str, account: &str, case: char) -> String {
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let h = &scene.h;
    let case = &scene.told(case).case;
    let out = text.replace("$case", &case.id).replace("$photo", &case.photo).replace("$job", &scene.job);
    let mut out = out.replace("$leaf", &scene.leaf.to_string()).replace("$look", &scene.look.to_string());
    if out.contains("$post") {
        out = out.replace("$post", &h.first_post(account).to_string());
    }
    if out.contains("$n") {
        out = out.replace("$n", &CALLS.fetch_add(1, Ordering::Relaxed).to_string());
    }
    let may = account.starts_with("administrator");
    if out.contains("$hired") {
        let (hired, post) = if may { hire(h, CALLS.fetch_add(1, Ordering::Relaxed)).await } else { nobody() };
        out = out.replace("$hired-post", &post).replace("$hired", &hired);
    }
    if out.contains("$dead") {
        out = out.replace("$dead", &if may { dead_job(h, "operator").await } else { nobody().1 });
    }
    out
}

fn nobody() -> (String, String) {
    ("nobody".to_owned(), "01980000-0000-7000-8000-000000000000".to_owned())
}

/// Somebody new with a post in the first county: account and post.
async fn hire(h: &Harness, n: usize) -> (String, String) {
    let account = format!("hired-{n}");
    let post = json!({ "role": "window_clerk", "region": "350302000000" });
    let body = json!({ "account": account, "name": "新人", "post": post });
    let (status, person) = h.as_account("administrator-city").await.post("/api/v1/people", body).await;
    assert_eq!(status, 201, "{person}");
    (account, person["posts"][0]["id"].as_str().unwrap().to_owned())
}

/// A job of an account that has failed for good.
pub(crate) async fn dead_job(h: &Harness, account: &str) -> String {
    let db = h.app.db();
    let id = db.job_add("import.cases", &json!({}), h.person(account), h.app.now()).await.unwrap();
    while let Some(claimed) = db.job_claim(&["import.cases"], h.app.now()).await.unwrap() {
        db.job_finish(&claimed, Err(Text::new("读不出来", "unreadable")), h.app.now()).await.unwrap();
        h.pass(TimeDelta::minutes(3));
    }
    assert_eq!(db.job(id).await.unwrap().unwrap().state, "dead");
    id.to_string()
}
