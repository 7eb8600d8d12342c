//! The three administrators are three people, and nothing else.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Answer, Client, Harness, on_both};
use crate::two::{appoint, confirm};

const FAMILIES: [&str; 3] = ["administrator", "security_officer", "auditor"];
const OTHERS: [&str; 3] = ["operator", "window_clerk", "citizen"];

async fn give(client: &Client, account: &str, role: &str) -> Answer {
    let post = json!({ "role": role, "region": "350302000000" });
    client.send("POST", &format!("/api/v1/people/{account}/posts"), &post).await
}

fn assert_apart(answer: &Answer, what: &str) {
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{what}");
    assert_eq!((answer.code(), &answer.json["field"]), ("separation_of_duties", &json!("role")), "{what}");
}

#[tokio::test]
async fn an_administrator_holds_no_other_post_and_nobody_else_theirs() {
    on_both(async |h| {
        let city = h.as_account("administrator-city").await;
        for held in FAMILIES {
            for role in FAMILIES.into_iter().chain(OTHERS).filter(|role| *role != held) {
                assert_apart(&give(&city, held, role).await, &format!("{held} + {role}"));
            }
            let again = json!({ "role": held, "region": "350303000000" });
            let (status, _) = city.post(&format!("/api/v1/people/{held}/posts"), again).await;
            assert_eq!(status, StatusCode::ACCEPTED, "{held} may be the same elsewhere");
        }
        for held in ["operator", "window_clerk", "citizen", "leader"] {
            for role in FAMILIES {
                assert_apart(&give(&city, held, role).await, &format!("{held} + {role}"));
            }
        }
    })
    .await;
}

#[tokio::test]
async fn it_holds_between_posts_of_different_times() {
    on_both(async |h| {
        let city = h.as_account("administrator-city").await;
        let later = json!({ "role": "auditor", "region": "350302000000", "from": "2027-01-01T00:00:00+08:00" });
        assert_eq!(appoint(&h, &city, "without-post", later).await.status, StatusCode::CREATED);
        for role in ["administrator", "operator", "citizen"] {
            assert_apart(&give(&city, "without-post", role).await, role);
        }
    })
    .await;
}

/// What was in order when it was proposed is asked again when it is confirmed.
#[tokio::test]
async fn it_holds_between_proposals() {
    on_both(async |h| {
        let city = h.as_account("administrator-city").await;
        let proposed = give(&city, "without-post", "auditor").await;
        assert_eq!(give(&city, "without-post", "citizen").await.status, StatusCode::CREATED);
        assert_apart(&confirm(&h, "security_officer", &proposed.json["proposal"]).await, "auditor and citizen");
    })
    .await;
}

#[tokio::test]
async fn a_post_that_has_ended_is_no_hindrance() {
    on_both(async |h| {
        let city = h.as_account("administrator-city").await;
        let post = json!({ "role": "leader", "region": "350302000000" });
        let given = appoint(&h, &city, "without-post", post).await;
        let id = given.json["id"].as_str().unwrap();
        assert_eq!(city.delete(&format!("/api/v1/people/without-post/posts/{id}")).await.0, StatusCode::NO_CONTENT);
        let post = json!({ "role": "security_officer", "region": "350302000000" });
        assert_eq!(confirm_by_auditor(&h, &city, post).await.status, StatusCode::OK);
    })
    .await;
}

async fn confirm_by_auditor(h: &Harness, city: &Client, post: Value) -> Answer {
    let proposed = city.send("POST", "/api/v1/people/without-post/posts", &post).await;
    confirm(h, "auditor", &proposed.json["proposal"]).await
}

#[tokio::test]
async fn of_two_given_at_once_one_is_refused() {
    on_both(async |h| {
        let city = h.as_account("administrator-city").await;
        let first = give(&city, "without-post", "security_officer").await;
        let second = give(&city, "without-post", "administrator").await;
        let confirmed = futures_util::future::join(
            confirm(&h, "auditor", &first.json["proposal"]),
            confirm(&h, "auditor", &second.json["proposal"]),
        );
        let (one, other) = confirmed.await;
        let given = [one, other].iter().filter(|a| a.status == StatusCode::OK).count();
        assert_eq!(given, 1);
    })
    .await;
}

/// Posts of an older database may stand side by side; the administrator's is closed until one of the two ends.
#[tokio::test]
async fn an_older_mixture_opens_no_administrators_post() {
    on_both(async |h| {
        h.sql("UPDATE person SET totp = (SELECT totp FROM person WHERE account = 'administrator') WHERE account = 'several'");
        let several = h.as_account("several").await;
        let posts = several.get("/api/v1/me").await.1["posts"].clone();
        several.put("/api/v1/session/post", json!({ "post": posts[2]["id"] })).await;
        let answer = several.send("GET", "/api/v1/people", &Value::Null).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "separation_of_duties"));
        assert_eq!(several.get("/api/v1/me").await.1["permissions"]["managePeople"], false);
        several.put("/api/v1/session/post", json!({ "post": posts[0]["id"] })).await;
        assert_eq!(several.get("/api/v1/regions").await.0, StatusCode::OK);
    })
    .await;
}
