//! One administrator tries everything alone, in any order: accounts, codes, proposals, resets, ended posts, sessions and tokens. Nothing that is under
//! their hand ever holds a post that sees people's data or decides about others.

use std::collections::BTreeMap;

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

use crate::common::{Client, Harness, on_both};

const MOVES: usize = 60;
/// What one person may give alone.
const HARMLESS: [&str; 2] = ["citizen", "window_clerk"];
const ROLES: [&str; 7] =
    ["operator", "security_officer", "auditor", "administrator", "window_clerk", "citizen", "dispatcher"];
const VICTIMS: [&str; 5] = ["operator", "security_officer", "auditor", "window_clerk", "administrator-city"];
const PASSWORD: &str = "Puppet-of-mine-9";

/// What the one person has in hand.
struct Hand {
    /// The administrator's own session, and those of puppets.
    sessions: BTreeMap<String, Client>,
    codes: Vec<String>,
    proposals: Vec<String>,
    accounts: Vec<String>,
    n: usize,
}

impl Hand {
    async fn new(h: &Harness) -> Self {
        let own = h.as_role("administrator").await;
        let sessions = BTreeMap::from([("administrator".to_owned(), own)]);
        let accounts = VICTIMS.map(str::to_owned).to_vec();
        Self { sessions, codes: Vec::new(), proposals: Vec::new(), accounts, n: 0 }
    }

    /// Keeps every code and proposal that an answer tells.
    fn learn(&mut self, answer: &Value) {
        if let Some(code) = answer["activation"]["code"].as_str() {
            self.codes.push(code.to_owned());
        }
        if let Some(id) = answer["proposal"]["id"].as_str() {
            self.proposals.push(id.to_owned());
        }
        if let Some(id) = answer["id"].as_str().filter(|_| answer["kind"].is_string()) {
            self.proposals.push(id.to_owned());
        }
    }

    async fn send(&mut self, as_whom: &str, method: &str, path: &str, body: Value) -> Value {
        let answer = self.sessions[as_whom].send(method, path, &body).await;
        self.learn(&answer.json);
        answer.json
    }

    async fn make_a_move(&mut self, h: &Harness, rng: &mut StdRng) {
        let names: Vec<String> = self.sessions.keys().cloned().collect();
        let me = names.choose(rng).unwrap().clone();
        let account = self.accounts.choose(rng).unwrap().clone();
        let post = json!({ "role": ROLES.choose(rng).unwrap(), "region": "350302000000" });
        match rng.random_range(0..10) {
            0 | 1 => {
                self.n += 1;
                let new = format!("puppet-{}", self.n);
                let harmless = json!({ "role": "window_clerk", "region": "350302000000" });
                let post = if rng.random_bool(0.4) { harmless } else { post };
                self.send(&me, "POST", "/api/v1/people", json!({ "account": new, "name": "木偶", "post": post })).await;
                self.accounts.push(new);
            }
            2 => {
                self.send(&me, "POST", &format!("/api/v1/people/{account}/posts"), post).await;
            }
            3 => {
                let reason = json!({ "reason": "忘记密码" });
                self.send(&me, "POST", &format!("/api/v1/people/{account}/reset"), reason).await;
            }
            4 | 5 => {
                if let Some(id) = self.proposals.choose(rng).cloned() {
                    self.send(&me, "POST", &format!("/api/v1/proposals/{id}/confirm"), Value::Null).await;
                }
            }
            6 | 7 => {
                let last = self.codes.last().filter(|_| rng.random_bool(0.5)).or(self.codes.choose(rng)).cloned();
                let (one, other) = (last, self.codes.choose(rng).cloned());
                let body = json!({ "code": one, "confirmation": other, "password": PASSWORD });
                if let (200, state) = as_number(h.stranger().post("/api/v1/session/activation", body).await) {
                    let account = state["account"].as_str().unwrap();
                    self.enter(h, account).await;
                }
            }
            8 => {
                self.enter(h, &account).await;
            }
            _ => {
                let (_, seen) = self.sessions["administrator"].get(&format!("/api/v1/people?q={account}")).await;
                if let Some(id) = seen["items"][0]["posts"][0]["id"].as_str() {
                    self.send(&me, "DELETE", &format!("/api/v1/people/{account}/posts/{id}"), Value::Null).await;
                }
            }
        }
    }

    async fn enter(&mut self, h: &Harness, account: &str) {
        let body = json!({ "account": account, "password": PASSWORD });
        let answer = h.stranger().send("POST", "/api/v1/session", &body).await;
        if answer.status == 201 {
            let client = h.stranger().with_session(&answer.session_token(), answer.json["csrfToken"].as_str().unwrap());
            self.sessions.insert(account.to_owned(), client);
        }
    }

    /// The roles in which puppets can act.
    async fn roles(&self) -> Vec<(String, String)> {
        let mut out = Vec::new();
        for (account, client) in self.sessions.iter().filter(|(account, _)| *account != "administrator") {
            let (_, me) = client.get("/api/v1/me").await;
            for post in me["posts"].as_array().into_iter().flatten() {
                out.push((account.clone(), post["role"].as_str().unwrap().to_owned()));
            }
        }
        out
    }
}

fn as_number((status, body): (axum::http::StatusCode, Value)) -> (u16, Value) {
    (status.as_u16(), body)
}

#[tokio::test]
async fn one_administrator_alone_gets_nowhere_in_any_order() {
    let opened = std::cell::Cell::new(0);
    for seed in 0..4_u64 {
        on_both(async |h| {
            let mut rng = StdRng::seed_from_u64(seed);
            let mut hand = Hand::new(&h).await;
            for n in 0..MOVES {
                hand.make_a_move(&h, &mut rng).await;
                for (account, role) in hand.roles().await {
                    assert!(HARMLESS.contains(&role.as_str()), "seed {seed}, move {n}: {account} is {role}");
                }
                // Failures of the one address count against its tries; an hour gives them back.
                h.pass(chrono::TimeDelta::minutes(2));
                let own = h.as_role("administrator").await;
                hand.sessions.insert("administrator".to_owned(), own);
            }
            opened.set(opened.get() + hand.sessions.len() - 1);
        })
        .await;
    }
    assert!(opened.get() > 0, "puppets that one may open were opened, so that the walk means something");
}
