//! What takes two people: one proposes, another of another family confirms, and neither holds both halves of a code.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Answer, Client, Harness, on_both};
use crate::create::{OWN, activate, sign_in};

/// Gives a post, with the security officer's confirmation where it takes one: what came of it in the end.
pub(crate) async fn appoint(h: &Harness, client: &Client, account: &str, post: Value) -> Answer {
    let mut answer = client.send("POST", &format!("/api/v1/people/{account}/posts"), &post).await;
    if answer.status == StatusCode::ACCEPTED {
        answer = confirm(h, "security_officer", &answer.json["proposal"]).await;
        if answer.status == StatusCode::OK {
            answer.status = StatusCode::CREATED;
            answer.json = answer.json["proposal"]["post"].clone();
        }
    }
    answer
}

pub(crate) async fn confirm(h: &Harness, account: &str, proposal: &Value) -> Answer {
    let path = format!("/api/v1/proposals/{}/confirm", proposal["id"].as_str().unwrap());
    h.as_account(account).await.send("POST", &path, &Value::Null).await
}

fn newcomer(role: &str) -> Value {
    json!({ "account": "newcomer", "name": "新人", "post": { "role": role, "region": "350302000000" } })
}

#[tokio::test]
async fn an_operator_is_made_by_two_and_told_one_half_by_each() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let made = administrator.send("POST", "/api/v1/people", &newcomer("operator")).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.json);
        assert_eq!(made.json["posts"], json!([]), "no post yet");
        let proposal = &made.json["proposal"];
        assert_eq!((&proposal["state"], &proposal["kind"]), (&json!("proposed"), &json!("post")));
        assert_eq!(
            (&proposal["proposedBy"]["account"], &proposal["confirmable"]),
            (&json!("administrator"), &json!(false))
        );
        let first = made.json["activation"]["code"].as_str().unwrap();
        assert_eq!(made.json["activation"]["half"], "first");

        let early = activate(&h, json!({ "code": first, "confirmation": first, "password": OWN })).await;
        assert_eq!((early.status, early.code()), (StatusCode::CONFLICT, "not_confirmed"));
        let (_, waiting) = h.as_role("security_officer").await.get("/api/v1/proposals?waiting=true").await;
        assert_eq!((&waiting["items"][0]["id"], &waiting["items"][0]["confirmable"]), (&proposal["id"], &json!(true)));
        let confirmed = confirm(&h, "security_officer", proposal).await;
        assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.json);
        assert_eq!(confirmed.json["proposal"]["decidedBy"]["account"], "security_officer");
        let second = confirmed.json["activation"]["code"].as_str().unwrap();
        assert_eq!(confirmed.json["activation"]["half"], "second");

        let alone = activate(&h, json!({ "code": first, "password": OWN })).await;
        assert_eq!((alone.status, &alone.json["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("confirmation")));
        assert_eq!(activate(&h, json!({ "code": second, "password": OWN })).await.code(), "activation_over");
        let wrong = activate(&h, json!({ "code": first, "confirmation": first, "password": OWN })).await;
        assert_eq!((wrong.status, wrong.code()), (StatusCode::UNPROCESSABLE_ENTITY, "wrong_code"));
        let done = activate(&h, json!({ "code": first, "confirmation": second, "password": OWN })).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.json);
        assert_eq!(sign_in(&h, "newcomer", OWN).await.json["post"]["role"], "operator");
    })
    .await;
}

#[tokio::test]
async fn the_records_name_both() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let made = administrator.send("POST", "/api/v1/people", &newcomer("operator")).await;
        confirm(&h, "auditor", &made.json["proposal"]).await;
        let records = h.app.db().records_from(0, 1_000).await.unwrap();
        let added = records.iter().rev().find(|r| r.kind == "post.add").unwrap();
        let text: Value = serde_json::from_slice(&added.canonical).unwrap();
        let fields = &text["fields"];
        assert_eq!(fields["by"], json!(h.person("administrator")));
        assert_eq!(fields["confirmedBy"], json!(h.person("auditor")));
        for named in ["post", "person", "role", "region", "department", "from", "until", "proposal", "confirmedFamily"]
        {
            assert!(fields.get(named).is_some(), "{named} in {fields}");
        }
        assert!(records.iter().any(|r| r.kind == "post.propose"));
    })
    .await;
}

#[tokio::test]
async fn ten_wrong_second_halves_spend_a_code() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let made = administrator.send("POST", "/api/v1/people", &newcomer("operator")).await;
        let first = made.json["activation"]["code"].as_str().unwrap();
        let confirmed = confirm(&h, "security_officer", &made.json["proposal"]).await;
        let second = confirmed.json["activation"]["code"].as_str().unwrap();
        for n in 0..10 {
            let answer = activate(&h, json!({ "code": first, "confirmation": "AAAA-AAAA", "password": OWN })).await;
            assert_eq!(answer.code(), "wrong_code", "{n}");
        }
        let right = activate(&h, json!({ "code": first, "confirmation": second, "password": OWN })).await;
        assert_eq!(right.code(), "activation_over");
    })
    .await;
}

#[tokio::test]
async fn who_may_not_confirm() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let post = json!({ "role": "operator", "region": "350302000000" });
        let answer = administrator.send("POST", "/api/v1/people/leader/posts", &post).await;
        let proposal = &answer.json["proposal"];
        assert_eq!(answer.json["activation"], Value::Null, "two stand for the leader's account already");
        for (account, code) in [
            ("administrator", "own_proposal"),
            ("administrator-city", "same_family"),
            ("operator", "forbidden"),
            ("leader", "forbidden"),
            ("administrator-2", "not_found"),
        ] {
            assert_eq!(confirm(&h, account, proposal).await.code(), code, "{account}");
        }
        h.sql("UPDATE person SET vouched_at = NULL WHERE account = 'security_officer'");
        assert_eq!(confirm(&h, "security_officer", proposal).await.code(), "not_vouched");
        assert_eq!(confirm(&h, "auditor", proposal).await.status, StatusCode::OK);
        assert_eq!(confirm(&h, "auditor", proposal).await.code(), "decided_already");
    })
    .await;
}

#[tokio::test]
async fn a_refusal_leaves_nothing() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let made = administrator.send("POST", "/api/v1/people", &newcomer("operator")).await;
        let path = format!("/api/v1/proposals/{}/refuse", made.json["proposal"]["id"].as_str().unwrap());
        let officer = h.as_role("security_officer").await;
        assert_eq!(officer.send("POST", &path, &json!({ "note": " " })).await.json["field"], "note");
        let (status, refused) = officer.post(&path, json!({ "note": "查无此人" })).await;
        assert_eq!(
            (status, &refused["state"], &refused["note"]),
            (StatusCode::OK, &json!("refused"), &json!("查无此人"))
        );
        let first = made.json["activation"]["code"].as_str().unwrap();
        assert_eq!(activate(&h, json!({ "code": first, "password": OWN })).await.code(), "activation_over");
        assert_eq!(confirm(&h, "auditor", &made.json["proposal"]).await.code(), "decided_already");
    })
    .await;
}

/// An account that one person alone opened, and may know the password of, is made anew when two give it a post.
#[tokio::test]
async fn what_one_person_gave_is_taken_when_two_stand_for_it() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let made = administrator.send("POST", "/api/v1/people", &newcomer("window_clerk")).await;
        let code = made.json["activation"]["code"].as_str().unwrap();
        activate(&h, json!({ "code": code, "password": "Puppet-of-mine-9" })).await;
        let puppet = sign_in(&h, "newcomer", "Puppet-of-mine-9").await;
        assert_eq!(puppet.status, StatusCode::CREATED);
        let session = h.stranger().with_session(&puppet.session_token(), "");
        let post = json!({ "role": "operator", "region": "350302000000" });
        let proposed = administrator.send("POST", "/api/v1/people/newcomer/posts", &post).await;
        assert_eq!((proposed.status, &proposed.json["activation"]["half"]), (StatusCode::ACCEPTED, &json!("first")));
        let confirmed = confirm(&h, "security_officer", &proposed.json["proposal"]).await;
        assert_eq!(confirmed.json["activation"]["half"], "second", "{}", confirmed.json);
        assert_eq!(session.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(sign_in(&h, "newcomer", "Puppet-of-mine-9").await.code(), "wrong_credentials");
    })
    .await;
}

/// The first code is used while a post waits: the code that comes with the post opens the account all the same.
#[tokio::test]
async fn a_code_of_ones_own_does_not_end_the_one_that_comes_with_a_post() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let made = administrator.send("POST", "/api/v1/people", &newcomer("window_clerk")).await;
        let post = json!({ "role": "operator", "region": "350302000000" });
        let proposed = administrator.send("POST", "/api/v1/people/newcomer/posts", &post).await;
        let used = activate(&h, json!({ "code": made.json["activation"]["code"], "password": "Own-for-now-77" })).await;
        assert_eq!(used.status, StatusCode::OK, "{}", used.json);
        let confirmed = confirm(&h, "security_officer", &proposed.json["proposal"]).await;
        assert_eq!(confirmed.json["activation"]["half"], "second", "{}", confirmed.json);
        assert_eq!(sign_in(&h, "newcomer", "Own-for-now-77").await.code(), "wrong_credentials");
        let halves = json!({
            "code": proposed.json["activation"]["code"], "confirmation": confirmed.json["activation"]["code"], "password": OWN,
        });
        let done = activate(&h, halves).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.json);
        assert_eq!(sign_in(&h, "newcomer", OWN).await.status, StatusCode::CREATED);
    })
    .await;
}

#[tokio::test]
async fn a_region_held_from_above_has_no_administrators() {
    on_both(async |h| {
        let administrator = h.as_role("administrator").await;
        let township = json!({ "role": "auditor", "region": "350302001000" });
        let choice = json!({ "region": "350302001001", "heldBy": "350302001000" });
        let (status, listed) = administrator.put("/api/v1/administrations", choice).await;
        assert_eq!((status, &listed["items"][0]["heldByName"]), (StatusCode::OK, &json!("龙桥街道")), "{listed}");
        let choice = json!({ "region": "350302003000", "heldBy": "350302000000" });
        administrator.put("/api/v1/administrations", choice).await;
        let held = json!({ "role": "auditor", "region": "350302003000" });
        let answer = administrator.send("POST", "/api/v1/people/citizen/posts", &held).await;
        assert_eq!((answer.status, &answer.json["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("region")));
        let answer = administrator.send("POST", "/api/v1/people/without-post/posts", &township).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.json);
        for wrong in [
            json!({ "region": "350302001000", "heldBy": "350302003000" }),
            json!({ "region": "350303001000", "heldBy": "350303000000" }),
            json!({ "region": "350302001000", "heldBy": "350302001000" }),
        ] {
            assert_eq!(administrator.put("/api/v1/administrations", wrong.clone()).await.0, 422, "{wrong}");
        }
        let (_, seen) = h.as_role("auditor").await.get("/api/v1/administrations").await;
        assert_eq!(seen["items"].as_array().unwrap().len(), 2);
    })
    .await;
}
