//! Doing things that are recorded, and reading the log as a stranger does: from its public files.

use axum::http::StatusCode;
use serde_json::{Value, json};
use yizhi_ledger::TreeHead;
use yizhi_ledger::note::SignedCheckpoint;
use yizhi_ledger::receipt::PinnedKeys;
use yizhi_ledger::tile::{Kind, Tile, TileId, TileMap, audit, parse_bundle};
use yizhi_server::ledger::{Sequencer, SequencerError};

use crate::common::{Client, Harness};

/// Reports a case; its id.
pub(crate) async fn report(h: &Harness) -> String {
    report_as(&h.as_role("operator").await).await
}

/// The same in a session that is there already.
pub(crate) async fn report_as(operator: &Client) -> String {
    let body = json!({ "matter": "event-0194", "title": "饭店油烟", "location": { "grid": "350302001001001" } });
    let (status, case) = operator.post("/api/v1/cases", body).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    case["id"].as_str().unwrap().to_owned()
}

/// What one turn of a fresh process does.
pub(crate) async fn turn(h: &Harness) -> Result<(), SequencerError> {
    h.pass(chrono::TimeDelta::minutes(1));
    Sequencer::new().turn(&h.app).await
}

pub(crate) async fn published(h: &Harness) -> Option<SignedCheckpoint> {
    let answer = h.stranger().fetch("/ledger/checkpoint").await;
    (answer.0 == StatusCode::OK).then(|| SignedCheckpoint::parse(&answer.1).unwrap())
}

/// The head of the published log, after reading all of it: signature, tiles, every entry against the record of its place.
pub(crate) async fn whole(h: &Harness) -> TreeHead {
    let keys = h.stranger().fetch("/ledger/vkeys").await.1;
    let keys = PinnedKeys::parse(std::str::from_utf8(&keys).unwrap()).unwrap();
    let checkpoint = published(h).await.expect("a checkpoint");
    keys.check(&checkpoint).unwrap();
    let head = *checkpoint.head();
    let records = h.app.db().records_from(0, 100_000).await.unwrap();
    let tiles = fetch_all(h, head.size).await;
    let mut entries = 0;
    audit(&head, &tiles, |index, entry| {
        assert_eq!(entry, records[usize::try_from(index).unwrap()].commitment, "entry {index}");
        entries += 1;
    })
    .unwrap();
    assert_eq!(entries, head.size);
    head
}

/// Every tile of the tree, by its public address.
async fn fetch_all(h: &Harness, size: u64) -> TileMap {
    let kinds = [Kind::Entries].into_iter().chain((0..8).map(Kind::Hashes));
    let ids = kinds.flat_map(|kind| (0..).map_while(move |index| TileId::in_tree(kind, index, size)));
    let mut tiles = TileMap::default();
    for id in ids {
        let (status, bytes) = h.stranger().fetch(&format!("/ledger/{id}")).await;
        assert_eq!(status, StatusCode::OK, "{id}");
        if id.kind() == Kind::Entries {
            parse_bundle(&id, &bytes).unwrap();
        }
        tiles.insert(Tile { id, bytes });
    }
    tiles
}

/// A case's timeline, as its operator sees it.
pub(crate) async fn timeline(h: &Harness, case: &str) -> Vec<Value> {
    let (_, page) = h.as_role("operator").await.get(&format!("/api/v1/cases/{case}/timeline")).await;
    page["items"].as_array().unwrap().clone()
}
