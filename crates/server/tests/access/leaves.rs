//! Rows against leaves: whatever is asked of whichever endpoint by whom, each write that worked is recorded, each restricted read is one look, plain
//! reads are nothing; and every record is one entry of the log, in its place, with nothing missing and nothing extra.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom as _, SliceRandom as _};
use rand::{Rng as _, SeedableRng as _};
use serde_json::json;
use yizhi_server::ledger::Sequencer;
use yizhi_store::RecordRow;

use crate::calls::{made_out, said};
use crate::common::log::whole;
use crate::common::staff::STAFF;
use crate::scene::{Scene, on_scene};
use crate::table::{Line, TABLE, Trace, Who};

/// Calls picked at random, beside those that reach every endpoint.
const CALLS: usize = 250;
/// Cases that calls are about: C is confidential, and the work of those who verified it is over.
const LETTERS: [char; 3] = ['A', 'C', 'D'];

/// Somebody's call about a case.
struct Ask {
    line: &'static Line,
    account: &'static str,
    case: char,
}

fn accounts() -> Vec<(&'static str, &'static str)> {
    let staff = STAFF.iter().filter(|(account, ..)| !["several", "administrator-new"].contains(account));
    staff.map(|(account, role, ..)| (*account, *role)).collect()
}

/// Every endpoint by one who may, every endpoint by anybody, and more, in any order.
fn workload(rng: &mut StdRng) -> Vec<Ask> {
    let everybody = accounts();
    let mut asks = Vec::new();
    for line in TABLE {
        let may = |(account, role): &&(&str, &str)| match line.who {
            Who::Roles(roles) => roles.contains(role) && !line.unseen.contains(account),
            _ => !line.unseen.contains(account),
        };
        let able: Vec<_> = everybody.iter().filter(may).collect();
        let (account, _) = **able.choose(rng).unwrap();
        asks.push(Ask { line, account, case: 'A' });
    }
    for n in 0..TABLE.len() + CALLS {
        let line = TABLE.get(n).unwrap_or_else(|| TABLE.choose(rng).unwrap());
        let (account, _) = *everybody.choose(rng).unwrap();
        asks.push(Ask { line, account, case: *LETTERS.choose(rng).unwrap() });
    }
    asks.shuffle(rng);
    asks
}

/// The kinds of record that a call added, after its status.
async fn made(scene: &Scene, ask: &Ask) -> (u16, Vec<String>) {
    let client = scene.h.as_account(ask.account).await;
    let (address, body) = made_out(scene, ask.line, ask.account, ask.case).await;
    let before = scene.h.app.db().records_committed().await.unwrap();
    let (status, _) = said(&client, ask.line.method, &address, &body).await;
    let added = scene.h.app.db().records_from(before, 1_000).await.unwrap();
    (status, added.into_iter().map(|record| record.kind).collect())
}

/// What is wrong with what a call left behind.
fn fault(ask: &Ask, status: u16, added: &[String]) -> Option<String> {
    let looks: Vec<&str> = added.iter().map(String::as_str).filter(|kind| kind.starts_with("look.")).collect();
    let worked = (200..300).contains(&status);
    // The citizen told of C, the operators have work in it; the others who see it have done their part.
    let looked = ask.case == 'C' && !["citizen", "operator", "several"].contains(&ask.account);
    let right = match ask.line.trace {
        _ if !worked => looks.is_empty() && !added.iter().any(|kind| kind == "case.step"),
        Trace::None => added.is_empty(),
        Trace::Records => !added.is_empty() && looks.is_empty(),
        Trace::Look(kind) => added == [kind],
        Trace::PartOfCase if looked => added == ["look.read"],
        Trace::PartOfCase => added.is_empty(),
    };
    let Line { method, path, trace, .. } = ask.line;
    (!right).then(|| format!("{} {method} {path} ({}): {status}, {trace:?}, but {added:?}", ask.account, ask.case))
}

async fn is_in_the_log(scene: &Scene) {
    let records = scene.h.app.db().records_from(0, 1_000_000).await.unwrap();
    assert!(records.iter().zip(0..).all(|(record, place)| record.seq == place), "numbered without gaps");
    let entries: BTreeSet<&[u8]> = records.iter().map(|record| record.commitment.as_slice()).collect();
    assert_eq!(entries.len(), records.len(), "no two records are one entry");
    assert_eq!(whole(&scene.h).await.size, records.len() as u64);
    let looks: BTreeSet<&str> =
        records.iter().map(|r: &RecordRow| r.kind.as_str()).filter(|k| k.starts_with("look.")).collect();
    assert_eq!(looks.into_iter().collect::<Vec<_>>(), ["look.export", "look.list", "look.read", "look.unmask"]);
}

#[tokio::test]
async fn every_write_and_every_look_is_a_leaf_and_nothing_else_is() {
    on_scene(async |scene| {
        let seed = 20_261_122;
        let mut rng = StdRng::seed_from_u64(seed);
        let secret = scene.told('C').case.id.clone();
        scene.take("verifier", &secret, "verify", json!({ "note": "看过", "data": { "found": true } })).await;
        // The scene's own sequencer has let go of the log by then.
        scene.h.pass(TimeDelta::minutes(1));
        let mut sequencer = Sequencer::new();
        let (mut faults, mut worked) = (Vec::new(), BTreeSet::new());
        for ask in workload(&mut rng) {
            let (status, added) = made(&scene, &ask).await;
            faults.extend(fault(&ask, status, &added));
            if status == ask.line.works {
                worked.insert((ask.line.method, ask.line.path));
            }
            if rng.random_ratio(1, 40) {
                sequencer.turn(&scene.h.app).await.unwrap();
            }
        }
        let read = Ask {
            line: TABLE.iter().find(|l| l.path == "/api/v1/cases/{id}").unwrap(),
            account: "verifier",
            case: 'C',
        };
        let (status, added) = made(&scene, &read).await;
        faults.extend(fault(&read, status, &added));
        assert!(faults.is_empty(), "seed {seed}\n{}", faults.join("\n"));
        let idle: Vec<_> = TABLE.iter().map(|l| (l.method, l.path)).filter(|call| !worked.contains(call)).collect();
        assert!(idle.is_empty(), "seed {seed}: nobody got through at {idle:?}");
        sequencer.turn(&scene.h.app).await.unwrap();
        is_in_the_log(&scene).await;
    })
    .await;
}
