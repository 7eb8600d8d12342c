//! Acting in one of several posts.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Client, on_both, on_both_demo};

async fn posts(client: &Client) -> Vec<Value> {
    client.get("/api/v1/me").await.1["posts"].as_array().unwrap().clone()
}

#[tokio::test]
async fn one_acts_in_the_post_held_longest_until_one_chooses() {
    on_both(async |h| {
        let several = h.as_account("several").await;
        let held = posts(&several).await;
        let roles: Vec<&Value> = held.iter().map(|p| &p["role"]).collect();
        assert_eq!(roles, ["operator", "leader", "administrator"]);
        let (_, me) = several.get("/api/v1/me").await;
        assert_eq!((&me["post"]["role"], &me["permissions"]["report"]), (&json!("operator"), &json!(true)));

        let (status, session) = several.put("/api/v1/session/post", json!({ "post": held[1]["id"] })).await;
        assert_eq!((status, &session["post"]["role"]), (StatusCode::OK, &json!("leader")));
        assert_eq!(session["post"]["regionName"], "涵江区");
        assert_eq!(session["csrfToken"], several.csrf);
        let (_, me) = several.get("/api/v1/me").await;
        assert_eq!((&me["post"]["role"], &me["permissions"]["report"]), (&json!("leader"), &json!(false)));
        assert_eq!(me["post"]["region"], "350303000000");
    })
    .await;
}

#[tokio::test]
async fn the_choice_is_kept_and_is_the_sessions() {
    on_both(async |h| {
        let (here, there) = (h.as_account("several").await, h.as_account("several").await);
        let leader = posts(&here).await[1]["id"].clone();
        here.put("/api/v1/session/post", json!({ "post": leader })).await;
        h.app.sessions().clear();
        assert_eq!(here.get("/api/v1/me").await.1["post"]["role"], "leader");
        assert_eq!(there.get("/api/v1/me").await.1["post"]["role"], "operator");
    })
    .await;
}

#[tokio::test]
async fn only_ones_own_posts_can_be_chosen() {
    on_both(async |h| {
        let several = h.as_account("several").await;
        let others = posts(&h.as_role("dispatcher").await).await[0]["id"].clone();
        for wrong in [others, json!("01980000-0000-7000-8000-000000000000"), json!("x"), json!("")] {
            let (status, _) = several.put("/api/v1/session/post", json!({ "post": wrong })).await;
            assert_eq!(status, StatusCode::NOT_FOUND, "{wrong}");
        }
        assert_eq!(several.get("/api/v1/me").await.1["post"]["role"], "operator");
    })
    .await;
}

#[tokio::test]
async fn a_post_that_demands_a_second_factor_is_closed_without_one() {
    on_both(async |h| {
        let several = h.as_account("several").await;
        let held = posts(&several).await;
        let (status, _) = several.put("/api/v1/session/post", json!({ "post": held[2]["id"] })).await;
        assert_eq!(status, StatusCode::OK);
        let answer = several.send("GET", "/api/v1/people", &Value::Null).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "totp_setup"));
        several.put("/api/v1/session/post", json!({ "post": held[0]["id"] })).await;
        assert_eq!(several.get("/api/v1/regions").await.0, StatusCode::OK, "the other post is as it was");
    })
    .await;
    on_both_demo(async |h| {
        let several = h.as_account("several").await;
        let administrator = posts(&several).await[2]["id"].clone();
        several.put("/api/v1/session/post", json!({ "post": administrator })).await;
        assert_eq!(several.get("/api/v1/people").await.0, StatusCode::OK, "not in a demonstration");
    })
    .await;
}
