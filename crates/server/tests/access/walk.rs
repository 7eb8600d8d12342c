//! Every endpoint is called by everybody: with a session, with a token, from another site's page, without a second factor.

use std::collections::BTreeMap;

use crate::calls::{Said, call, said};
use crate::common::on_both;
use crate::common::staff::STAFF;
use crate::scene::{Scene, on_scene};
use crate::table::{Line, TABLE, Who};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Via {
    Session,
    Token,
}

/// Accounts with one post, and its role.
fn accounts() -> impl Iterator<Item = (&'static str, &'static str)> {
    let staff = STAFF.iter().filter(|(account, ..)| !["several", "administrator-new"].contains(account));
    staff.map(|(account, role, ..)| (*account, *role))
}

fn expected(line: &Line, account: &str, role: &str, via: Via) -> u16 {
    let administrative = ["administrator", "security_officer", "auditor"].contains(&role);
    if via == Via::Token && (line.in_person || administrative) {
        return 403;
    }
    match line.who {
        Who::Roles(roles) if !roles.contains(&role) => 403,
        _ if line.unseen.contains(&account) => 404,
        _ => line.works,
    }
}

/// A refusal is told in words of its own, so that a 403 or 404 for another reason does not pass for it.
fn is_told(line: &Line, (status, code): &Said) -> bool {
    match status {
        403 => ["forbidden", "session_only", "totp_demanded", "token_not_allowed", "purpose_not_allowed"]
            .contains(&code.as_str()),
        404 if line.works != 404 => code == "not_found",
        _ => true,
    }
}

fn check(line: &Line, account: &str, role: &str, via: Via, got: &Said) -> Option<String> {
    let wanted = expected(line, account, role, via);
    let how = if via == Via::Token { "with a token" } else { "" };
    (got.0 != wanted || !is_told(line, got))
        .then(|| format!("{account} {how} {} {}: {wanted} expected, got {got:?}", line.method, line.path))
}

#[tokio::test]
async fn everybody_gets_what_the_table_says_and_a_token_is_no_more_than_its_owner() {
    on_scene(async |scene| {
        let mut wrong = Vec::new();
        let tokens = tokens(&scene).await;
        for line in TABLE.iter().filter(|line| !matches!(line.who, Who::Public)) {
            for (account, role) in accounts() {
                let client = scene.h.as_account(account).await;
                let got = call(&scene, line, account, &client).await;
                wrong.extend(check(line, account, role, Via::Session, &got));
                let got = call(&scene, line, account, &tokens[account]).await;
                wrong.extend(check(line, account, role, Via::Token, &got));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    })
    .await;
}

async fn tokens(scene: &Scene) -> BTreeMap<&'static str, crate::common::Client> {
    let mut out = BTreeMap::new();
    for (account, _) in accounts() {
        out.insert(account, scene.h.as_program(account).await);
    }
    out
}

#[tokio::test]
async fn no_write_goes_through_from_another_page() {
    on_scene(async |scene| {
        for line in TABLE.iter().filter(|line| line.method != "GET" && !matches!(line.who, Who::Public)) {
            for (account, _) in accounts() {
                let browser = scene.who(account).clone().with("origin", "https://elsewhere.example");
                for forged in [browser.clone(), browser.with("x-csrf-token", "guessed")] {
                    let got = said(&forged, line.method, line.path, line.body).await;
                    assert_eq!((got.0, got.1.as_str()), (403, "csrf"), "{account}: {} {}", line.method, line.path);
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_second_factor_an_administrator_gets_only_where_it_is_set() {
    on_both(async |h| {
        for line in TABLE.iter().filter(|line| !matches!(line.who, Who::Public)) {
            let arriving = h.as_account("administrator-new").await;
            let (status, code) = said(&arriving, line.method, line.path, line.body).await;
            let open = matches!(line.who, Who::Arriving);
            assert_eq!(code != "totp_setup", open, "{} {}: {status} {code}", line.method, line.path);
        }
    })
    .await;
}

/// A session that acts in another post has that post's rights, and only those.
#[tokio::test]
async fn changing_the_post_changes_what_one_may() {
    on_scene(async |scene| {
        let several = scene.h.as_account("several").await;
        let held = several.get("/api/v1/me").await.1["posts"].clone();
        for post in held.as_array().unwrap() {
            let role = post["role"].as_str().unwrap();
            let (status, _) = several.put("/api/v1/session/post", serde_json::json!({ "post": post["id"] })).await;
            if role == "administrator" {
                let (_, code) = said(&several, "GET", "/api/v1/cases", "").await;
                assert_eq!((status.as_u16(), code.as_str()), (200, "totp_setup"), "a stricter post asks for more");
                continue;
            }
            for (path, who) in TABLE.iter().filter(|l| l.method == "GET").map(|l| (l.ask, l.who)) {
                let Who::Roles(roles) = who else { continue };
                if path.contains('$') {
                    continue;
                }
                let (status, _) = said(&several, "GET", path, "").await;
                assert_eq!(status, if roles.contains(&role) { 200 } else { 403 }, "{role}: {path}");
            }
        }
    })
    .await;
}
