//! No receipt while the log is not to be relied on, whichever server is asked; and none by a checkpoint that lacks its witnesses.

use axum::http::StatusCode;
use serde_json::Value;
use yizhi_ledger::note::{Algorithm, SignerKey};
use yizhi_server::ledger::{Policy, Sequencer, Witness};

use crate::common::{Client, Harness, on_both};
use crate::log::{report, timeline, turn};
use crate::notary::Notary;

/// Where the receipts of a case's first step and of a look at it are.
struct Published {
    case: String,
    step: u64,
    look: u64,
}

/// A case and a look at it, both in the published log.
async fn publish(h: &Harness) -> Published {
    let case = report(h).await;
    let (status, _) = h.as_role("operator").await.get("/api/v1/cases/export?purpose=handle_cases").await;
    assert_eq!(status, StatusCode::OK);
    let records = h.app.db().records_from(0, 100_000).await.unwrap();
    let look = records.iter().find(|record| record.kind == "look.export").unwrap().seq;
    let step = timeline(h, &case).await[0]["ledger"].as_u64().unwrap();
    turn(h).await.unwrap();
    Published { case, step, look: u64::try_from(look).unwrap() }
}

/// What both kinds of receipts answer: status and code.
async fn answers(h: &Harness, published: &Published, at: impl Fn(Client) -> Client) -> Vec<(u16, String)> {
    let Published { case, step, look } = published;
    let mut out = Vec::new();
    for (account, path) in [
        ("operator", format!("/api/v1/cases/{case}/receipts/{step}")),
        ("auditor", format!("/api/v1/looks/{look}/receipt")),
    ] {
        let client = at(h.as_role(account).await);
        let answer = client.send("GET", &path, &Value::Null).await;
        out.push((answer.status.as_u16(), answer.json["code"].as_str().unwrap_or_default().to_owned()));
    }
    out
}

async fn all(h: &Harness, published: &Published, status: u16, code: &str) {
    let wanted = vec![(status, code.to_owned()); 2];
    assert_eq!(answers(h, published, |client| client).await, wanted);
}

/// A record that waits for the log was changed: what is in the log already is not proven either, at no server.
#[tokio::test]
async fn a_faulty_log_proves_nothing() {
    on_both(async |h| {
        let published = publish(&h).await;
        all(&h, &published, 200, "").await;
        report(&h).await;
        let last = h.app.db().records_committed().await.unwrap() - 1;
        h.sql(&format!("UPDATE record SET tag = commitment WHERE seq = {last}"));
        h.pass(chrono::TimeDelta::minutes(1));
        let mut sequencer = Sequencer::new();
        assert!(sequencer.tend(&h.app).await.is_some());
        all(&h, &published, 503, "ledger_fault").await;
        let (_, state) = h.as_role("leader").await.get("/api/v1/ledger").await;
        assert!(state["fault"].as_str().unwrap().contains("tag does not fit"), "{state}");

        // Another server has seen nothing of it itself.
        let other = h.sibling().await;
        let elsewhere = |client: Client| client.at(&other);
        assert_eq!(answers(&h, &published, elsewhere).await, vec![(503, "ledger_fault".to_owned()); 2]);

        // Mended, it proves again.
        h.app.db().ledger_accept(accepted(&h).await, h.app.now()).await.unwrap();
        assert_eq!(sequencer.tend(&h.app).await, None);
        all(&h, &published, 200, "").await;
        assert_eq!(answers(&h, &published, elsewhere).await, vec![(200, String::new()); 2]);
    })
    .await;
}

async fn accepted(h: &Harness) -> yizhi_store::Acceptance {
    let misfits = h.app.db().ledger_misfits(0).await.unwrap();
    assert_eq!(misfits.len(), 1);
    yizhi_store::Acceptance {
        misfits, retagged: Vec::new(), keys: Vec::new(), new_log: false, reason: "试".to_owned()
    }
}

#[tokio::test]
async fn a_database_older_than_its_log_proves_nothing() {
    on_both(async |h| {
        let published = publish(&h).await;
        let size = h.app.db().ledger_head().await.unwrap().size;
        for older in [
            format!("UPDATE ledger SET size = {}", size - 1),
            format!("UPDATE ledger SET size = {size}, root = (SELECT commitment FROM record WHERE seq = 0)"),
            "UPDATE ledger SET size = 0, root = NULL".to_owned(),
        ] {
            h.sql(&older);
            all(&h, &published, 503, "ledger_fault").await;
        }
    })
    .await;
}

/// Its text and salts were changed after it was published: the proof would be false.
#[tokio::test]
async fn a_changed_record_gets_no_receipt() {
    on_both(async |h| {
        let published = publish(&h).await;
        let Published { step, look, .. } = published;
        for seq in [step, look] {
            h.sql(&format!(
                "UPDATE record SET salts = (SELECT r.salts FROM record AS r WHERE r.seq = 0) WHERE seq = {seq}"
            ));
        }
        all(&h, &published, 503, "ledger_fault").await;
    })
    .await;
}

/// The witnesses that must sign are others by now: what was published without them counts no more, until they have signed it.
#[tokio::test]
async fn a_checkpoint_without_its_witnesses_is_not_published() {
    on_both(async |h| {
        let published = publish(&h).await;
        all(&h, &published, 200, "").await;
        let silent = SignerKey::from_seed("silent.example/witness", Algorithm::Cosignature, &[7; 32]).unwrap();
        let silent: Witness = format!("{} http://127.0.0.1:9", silent.verifier()).parse().unwrap();
        let notary = Notary::new("notary.example/witness").await;
        let log = h.app.ledger().keys().log().clone();
        let with = |witness: Witness| {
            let mut config = h.app.config().clone();
            config.ledger = Policy { witnesses: vec![witness], quorum: 1 };
            config
        };

        let other = h.sibling_with(with(silent)).await;
        let elsewhere = |client: Client| client.at(&other);
        assert_eq!(answers(&h, &published, elsewhere).await, vec![(503, "not_cosigned".to_owned()); 2]);
        let stranger = h.stranger().at(&other);
        let answer = stranger.send("GET", "/ledger/checkpoint", &Value::Null).await;
        assert_eq!((answer.status.as_u16(), answer.code()), (503, "not_cosigned"));
        let standing = yizhi_server::ledger::standing(&other).await.unwrap();
        assert_eq!((standing.published, standing.cosigned.len()), (0, 0));
        assert!(standing.behind_since.is_some());
        h.pass(chrono::TimeDelta::minutes(16));
        assert!(yizhi_server::ledger::standing(&other).await.unwrap().overdue);
        assert_eq!(Sequencer::new().tend(&other).await, None);
        assert_eq!(answers(&h, &published, elsewhere).await, vec![(503, "not_cosigned".to_owned()); 2]);

        // One that answers signs what is there already: nothing new need be recorded for that.
        notary.serve(&log);
        let signed = h.sibling_with(with(notary.named("http"))).await;
        h.pass(chrono::TimeDelta::minutes(1));
        assert_eq!(Sequencer::new().tend(&signed).await, None);
        let elsewhere = |client: Client| client.at(&signed);
        assert_eq!(answers(&h, &published, elsewhere).await, vec![(200, String::new()); 2]);
        assert!(yizhi_server::ledger::standing(&signed).await.unwrap().cosigned.len() == 1);
    })
    .await;
}
