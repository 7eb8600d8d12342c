//! Only administrators, and only over those whose posts all lie in their region.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Call, Client, on_both};

/// Every role but the administrator's.
const OTHERS: &[&str] = &[
    "security_officer",
    "auditor",
    "operator",
    "dispatcher",
    "verifier",
    "grid_leader",
    "grid_worker",
    "grid_supervisor",
    "department_handler",
    "window_clerk",
    "leader",
    "citizen",
];

#[tokio::test]
async fn others_manage_nobody() {
    on_both(async |h| {
        for (method, path, body) in [
            ("POST", "/api/v1/people", json!({ "account": "new-one", "name": "新人" })),
            ("POST", "/api/v1/people/citizen/posts", json!({ "role": "leader", "region": "350302000000" })),
            ("DELETE", "/api/v1/people/citizen/posts/x", Value::Null),
            ("POST", "/api/v1/people/citizen/unlock", Value::Null),
            ("DELETE", "/api/v1/people/citizen/tokens", Value::Null),
        ] {
            h.refuses(&Call { method, path, body }, OTHERS).await;
        }
        for path in ["/api/v1/people", "/api/v1/proposals", "/api/v1/administrations"] {
            h.refuses(&Call { method: "GET", path, body: Value::Null }, &OTHERS[2..]).await;
        }
    })
    .await;
}

async fn post_of(client: &Client, account: &str) -> String {
    let (_, list) = client.get(&format!("/api/v1/people?q={account}")).await;
    let person = list["items"].as_array().unwrap().iter().find(|p| p["account"] == account).unwrap();
    person["posts"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn people_of_other_regions_do_not_exist() {
    on_both(async |h| {
        let city = h.as_account("administrator-city").await;
        let county = h.as_role("administrator").await;
        for account in
            ["operator-2", "administrator-2", "leader-city", "administrator-city", "several", "nobody-at-all"]
        {
            let post = match account {
                "nobody-at-all" => "01980000-0000-7000-8000-000000000000".to_owned(),
                known => post_of(&city, known).await,
            };
            for (method, path, body) in [
                ("POST", format!("/api/v1/people/{account}/unlock"), Value::Null),
                (
                    "POST",
                    format!("/api/v1/people/{account}/posts"),
                    json!({ "role": "leader", "region": "350302000000" }),
                ),
                ("DELETE", format!("/api/v1/people/{account}/posts/{post}"), Value::Null),
            ] {
                let answer = county.send(method, &path, &body).await;
                assert_eq!((answer.status, answer.code()), (StatusCode::NOT_FOUND, "not_found"), "{method} {path}");
            }
        }
        let (status, _) = city.post("/api/v1/people/several/unlock", Value::Null).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "with a post in each county, the city's administrator manages them");
    })
    .await;
}

#[tokio::test]
async fn nobody_gives_or_takes_their_own_posts() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let own = post_of(&administrator, "administrator").await;
        for (method, path, body) in [
            (
                "POST",
                "/api/v1/people/administrator/posts".to_owned(),
                json!({ "role": "operator", "region": "350302000000" }),
            ),
            ("DELETE", format!("/api/v1/people/administrator/posts/{own}"), Value::Null),
        ] {
            let answer = administrator.send(method, &path, &body).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "own_posts"), "{method}");
        }
        let colleague = h.as_account("administrator-city").await;
        let (status, _) = colleague.delete(&format!("/api/v1/people/administrator/posts/{own}")).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(administrator.get("/api/v1/people").await.0, StatusCode::UNAUTHORIZED);
    })
    .await;
}
