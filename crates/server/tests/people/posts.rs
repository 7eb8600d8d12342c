//! Giving and ending posts.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::common::{Answer, on_both};
use crate::two::{appoint, confirm};

#[tokio::test]
async fn a_post_given_can_be_acted_in_at_once() {
    on_both(async |h| {
        let (administrator, leader) = (h.as_role("administrator").await, h.as_role("leader").await);
        let answer =
            appoint(&h, &administrator, "leader", json!({ "role": "operator", "region": "350302001000" })).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
        assert_eq!((&answer.json["role"], &answer.json["regionName"]), (&json!("operator"), &json!("龙桥街道")));
        assert_eq!(answer.json["from"], "2026-11-20T10:00:00+08:00");
        let (status, session) = leader.put("/api/v1/session/post", json!({ "post": answer.json["id"] })).await;
        assert_eq!((status, &session["post"]["id"]), (StatusCode::OK, &answer.json["id"]));
        assert_eq!(session["posts"].as_array().unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_post_in_a_grid_names_it() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let post = json!({ "role": "grid_worker", "region": "350302001002", "grid": "350302001002002" });
        let answer = appoint(&h, &administrator, "leader", post).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
        assert_eq!((&answer.json["region"], &answer.json["grid"]), (&json!("350302001002"), &json!("350302001002002")));
    })
    .await;
}

#[tokio::test]
async fn what_does_not_fit_is_named() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        for (post, field) in [
            (json!({ "role": "emperor", "region": "350302000000" }), "role"),
            (json!({ "role": "operator", "region": "350303000000" }), "region"),
            (json!({ "role": "operator", "region": "350300000000" }), "region"),
            (json!({ "role": "operator", "region": "999999000000" }), "region"),
            (json!({ "role": "operator", "region": "350302001001" }), "region"),
            (json!({ "role": "grid_worker", "region": "350302000000" }), "region"),
            (json!({ "role": "operator", "region": "350302001001", "grid": "350302001001001" }), "region"),
            (json!({ "role": "grid_worker", "region": "350302001001", "grid": "350302001002001" }), "grid"),
            (json!({ "role": "grid_worker", "region": "350302001001", "grid": "x" }), "grid"),
            (json!({ "role": "department_handler", "region": "350302000000" }), "department"),
            (json!({ "role": "department_handler", "region": "350302000000", "department": "magic" }), "department"),
            (json!({ "role": "operator", "region": "350302000000", "department": "water" }), "department"),
            (json!({ "role": "operator", "region": "350302000000", "until": "2026-11-20T10:00:00+08:00" }), "until"),
            (
                json!({ "role": "operator", "region": "350302000000", "from": "2026-01-01T00:00:00+08:00", "until": "2026-11-20T10:00:00+08:00" }),
                "until",
            ),
            (
                json!({ "role": "operator", "region": "350302000000", "from": "2027-01-02T00:00:00+08:00", "until": "2027-01-01T00:00:00+08:00" }),
                "until",
            ),
        ] {
            let answer = appoint(&h, &administrator, "leader", post.clone()).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"), "{post}");
            assert_eq!(answer.json["field"], field, "{post}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_same_post_is_given_once() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let post =
            json!({ "role": "verifier", "region": "350302001000", "id": "01980000-0000-7000-8000-00000000aaaa" });
        let first = appoint(&h, &administrator, "leader", post.clone()).await;
        let again = appoint(&h, &administrator, "leader", post.clone()).await;
        assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::OK));
        assert_eq!(first.json, again.json);
        let mut other = post.clone();
        other["region"] = json!("350302003000");
        assert_eq!(appoint(&h, &administrator, "leader", other).await.code(), "key_reused");
        let mut anew = post;
        anew["id"] = Value::Null;
        let answer = appoint(&h, &administrator, "leader", anew).await;
        assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "already_held"));
    })
    .await;
}

#[tokio::test]
async fn an_id_is_of_one_post() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let (until, later) = ("2027-01-01T00:00:00+08:00", "2030-01-01T00:00:00+08:00");
        for (role, id) in [("citizen", 1), ("verifier", 2)] {
            let id = format!("01980000-0000-7000-8000-00000000000{id}");
            let post = json!({ "id": id, "role": role, "region": "350302000000", "until": until });
            let ask = async |account: &str, changes: &[(&str, Value)]| {
                let mut asked = post.clone();
                changes.iter().for_each(|(name, value)| asked[*name] = value.clone());
                administrator.send("POST", &format!("/api/v1/people/{account}/posts"), &asked).await
            };
            let first = ask("leader", &[]).await;
            let again = ask("leader", &[]).await;
            assert!(first.status.is_success() && again.status.is_success(), "{}", first.json);
            let same = |answer: &Answer| answer.json.get("proposal").unwrap_or(&answer.json).clone();
            assert_eq!(same(&first), same(&again));
            let others: [(&str, &[(&str, Value)]); 6] = [
                ("leader", &[("until", json!(later))]),
                ("leader", &[("until", Value::Null)]),
                ("leader", &[("from", json!("2026-12-01T00:00:00+08:00"))]),
                ("leader", &[("region", json!("350302001000"))]),
                ("operator", &[]),
                ("operator", &[("role", json!("grid_worker")), ("region", json!("350302001001"))]),
            ];
            let mut confirmed = false;
            loop {
                for (account, changes) in others {
                    let answer = ask(account, changes).await;
                    let got = (answer.status, answer.code());
                    assert_eq!(got, (StatusCode::CONFLICT, "key_reused"), "{role} {account} {changes:?}");
                }
                let newcomer = json!({ "account": "newcomer", "name": "新人", "post": post });
                let answer = administrator.send("POST", "/api/v1/people", &newcomer).await;
                assert_eq!((answer.status, answer.code()), (StatusCode::CONFLICT, "key_reused"), "{role}");
                if first.status != StatusCode::ACCEPTED || confirmed {
                    break;
                }
                h.pass(TimeDelta::hours(1));
                assert_eq!(confirm(&h, "security_officer", &first.json["proposal"]).await.status, StatusCode::OK);
                assert_eq!(ask("leader", &[]).await.status, StatusCode::OK, "it is given now");
                confirmed = true;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn posts_begin_and_end_by_their_dates() {
    on_both(async |h| {
        let (administrator, leader) = (h.as_role("administrator").await, h.as_role("leader").await);
        let post = json!({
            "role": "operator",
            "region": "350302000000",
            "from": "2026-11-20T11:00:00+08:00",
            "until": "2026-11-20T12:00:00+08:00",
        });
        let answer = appoint(&h, &administrator, "leader", post).await;
        assert_eq!(answer.json["until"], "2026-11-20T12:00:00+08:00");
        let choice = json!({ "post": answer.json["id"] });
        assert_eq!(leader.put("/api/v1/session/post", choice.clone()).await.0, StatusCode::NOT_FOUND, "not yet");
        h.pass(TimeDelta::hours(1));
        assert_eq!(leader.put("/api/v1/session/post", choice).await.0, StatusCode::OK);
        h.pass(TimeDelta::hours(1));
        assert_eq!(leader.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED, "over");
    })
    .await;
}

#[tokio::test]
async fn a_session_ends_with_its_post_and_others_go_on() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let (operator, dispatcher) = (h.as_role("operator").await, h.as_role("dispatcher").await);
        let id = operator.get("/api/v1/me").await.1["post"]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/people/operator/posts/{id}");
        let (status, _) = administrator.delete(&format!("/api/v1/people/dispatcher/posts/{id}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "it is not the dispatcher's");
        assert_eq!(administrator.delete(&path).await.0, StatusCode::NO_CONTENT);
        assert_eq!(operator.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(dispatcher.get("/api/v1/me").await.0, StatusCode::OK);
        assert_eq!(administrator.delete(&path).await.0, StatusCode::NOT_FOUND);
        let (_, found) = administrator.get("/api/v1/people?q=operator").await;
        assert_eq!(found["items"][0]["posts"], json!([]));
    })
    .await;
}
