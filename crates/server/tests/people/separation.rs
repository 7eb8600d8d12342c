//! The three administrators are three people.

use axum::http::StatusCode;
use serde_json::json;

use crate::common::{Answer, Client, on_both};

const FAMILIES: [&str; 3] = ["administrator", "security_officer", "auditor"];

async fn give(client: &Client, account: &str, role: &str) -> Answer {
    let post = json!({ "role": role, "region": "350302000000" });
    client.send("POST", &format!("/api/v1/people/{account}/posts"), &post).await
}

#[tokio::test]
async fn nobody_holds_posts_of_two_of_their_families() {
    on_both(async |h| {
        let city = h.as_account("administrator-city").await;
        for held in FAMILIES {
            for role in FAMILIES.into_iter().filter(|role| *role != held) {
                let answer = give(&city, held, role).await;
                assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{held} + {role}");
                assert_eq!((answer.code(), &answer.json["field"]), ("separation_of_duties", &json!("role")));
            }
            assert_eq!(give(&city, held, "operator").await.status, StatusCode::CREATED, "{held} may do other work");
            let again = json!({ "role": held, "region": "350303000000" });
            let (status, _) = city.post(&format!("/api/v1/people/{held}/posts"), again).await;
            assert_eq!(status, StatusCode::CREATED, "{held} may be the same elsewhere");
        }
    })
    .await;
}

#[tokio::test]
async fn it_holds_between_posts_of_different_times() {
    on_both(async |h| {
        let city = h.as_account("administrator-city").await;
        let later = json!({ "role": "auditor", "region": "350302000000", "from": "2027-01-01T00:00:00+08:00" });
        let (status, _) = city.post("/api/v1/people/leader/posts", later).await;
        assert_eq!(status, StatusCode::CREATED);
        assert_eq!(give(&city, "leader", "administrator").await.code(), "separation_of_duties");
    })
    .await;
}

#[tokio::test]
async fn a_post_that_has_ended_is_no_hindrance() {
    on_both(async |h| {
        let city = h.as_account("administrator-city").await;
        let given = give(&city, "leader", "auditor").await;
        let id = given.json["id"].as_str().unwrap();
        assert_eq!(city.delete(&format!("/api/v1/people/leader/posts/{id}")).await.0, StatusCode::NO_CONTENT);
        assert_eq!(give(&city, "leader", "security_officer").await.status, StatusCode::CREATED);
    })
    .await;
}

#[tokio::test]
async fn of_two_given_at_once_one_is_refused() {
    on_both(async |h| {
        let city = h.as_account("administrator-city").await;
        for account in ["leader", "operator", "dispatcher", "verifier", "citizen", "grid_worker", "window_clerk"] {
            let given = futures_util::future::join_all(FAMILIES.map(|role| give(&city, account, role))).await;
            assert_eq!(given.iter().filter(|a| a.status == StatusCode::CREATED).count(), 1, "{account}");
        }
    })
    .await;
}
