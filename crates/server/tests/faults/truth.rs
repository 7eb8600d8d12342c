//! What must hold after any fault: everything acknowledged is there, everything asked can be asked again and has happened once, versions and
//! counters agree with the traces.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::Value;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::ground::{Ground, county};
use crate::load::{Log, ask};
use crate::support::http::{Ask, Client};
use crate::support::life::{STEPS, Seen};

/// How many acknowledged requests the logs hold.
pub(crate) fn acknowledged(logs: &[Log]) -> usize {
    logs.iter().flatten().filter(|asked| asked.told.is_some()).count()
}

/// Asks everything again, then checks the whole.
pub(crate) async fn holds(ground: &Ground, address: SocketAddr, logs: &[Log]) {
    let mut clients = JoinSet::new();
    for log in logs.iter().cloned() {
        clients.spawn(replay(address, log));
    }
    clients.join_all().await;
    let mut steps: BTreeMap<Uuid, usize> = BTreeMap::new();
    for asked in logs.iter().flatten() {
        let last = steps.entry(asked.request.case).or_default();
        *last = (*last).max(asked.request.step);
    }
    let mut client = Client::connect(address).await.unwrap();
    for (case, last) in &steps {
        whole(&mut client, &ground.leader, *case, *last).await;
    }
    counted(&mut client, &ground.leader, steps.len()).await;
}

/// Every request again with its key: what was acknowledged is known, and the rest is done now or was done then.
async fn replay(address: SocketAddr, log: Log) {
    let mut client = Client::connect(address).await.unwrap();
    for asked in log {
        let answer = ask(&mut client, &asked.request).await.unwrap();
        let known = answer.status == 200;
        assert!(known || answer.status == 201 && asked.told.is_none(), "{asked:?}: {}", answer.text());
        let seen = Seen::read(answer.body).unwrap();
        assert_eq!(seen.id, asked.request.case);
        assert!(asked.told.is_none_or(|told| told.version <= seen.version));
    }
}

/// A case whose last step was `last` has exactly the steps up to it, in order, and their version and state.
async fn whole(client: &mut Client, token: &str, case: Uuid, last: usize) {
    let seen = Seen::read(client.ask(Ask::get(&format!("/api/v1/cases/{case}"), token)).await.unwrap().body).unwrap();
    let trace = get(client, token, &format!("/api/v1/cases/{case}/timeline")).await;
    let items = trace["items"].as_array().unwrap();
    let actions: Vec<&str> = items.iter().map(|i| i["action"].as_str().unwrap()).collect();
    let expected: Vec<&str> = std::iter::once("report").chain(STEPS[..last].iter().map(|s| s.0)).collect();
    assert_eq!(actions, expected, "{case}");
    assert!(items.iter().map(|i| i["seq"].as_u64().unwrap()).eq(1..=items.len() as u64), "{trace}");
    assert_eq!(seen.version as usize, items.len(), "{case}");
    assert_eq!(seen.state, items.last().unwrap()["to"].as_str().unwrap(), "{case}");
}

/// The counters count as many cases as there are.
async fn counted(client: &mut Client, token: &str, cases: usize) {
    let list = get(client, token, "/api/v1/cases?total=true&limit=1").await;
    assert_eq!(list["total"], cases, "{list}");
    let counters = get(client, token, &format!("/api/v1/counters?by=state&region={}", county())).await;
    let totals = counters["items"].as_array().unwrap().iter().map(|i| i["total"].as_u64().unwrap());
    assert_eq!(totals.sum::<u64>(), cases as u64, "{counters}");
}

/// How many entries the trace of a case has; `None` when there is no such case.
pub(crate) async fn entries(client: &mut Client, token: &str, case: Uuid) -> Option<usize> {
    let path = format!("/api/v1/cases/{case}/timeline");
    let answer = client.ask(Ask::get(&path, token)).await.unwrap();
    let trace: Value = serde_json::from_slice(answer.body).unwrap();
    (answer.status == 200).then(|| trace["items"].as_array().unwrap().len())
}

async fn get(client: &mut Client, token: &str, path: &str) -> Value {
    let answer = client.ask(Ask::get(path, token)).await.unwrap();
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    serde_json::from_slice(answer.body).unwrap()
}
