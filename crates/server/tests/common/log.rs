//! Reading the log as a stranger does: from its public files.

use axum::http::StatusCode;
use yizhi_ledger::TreeHead;
use yizhi_ledger::note::SignedCheckpoint;
use yizhi_ledger::receipt::PinnedKeys;
use yizhi_ledger::tile::{Kind, Tile, TileId, TileMap, audit, parse_bundle};

use super::Harness;

pub async fn published(h: &Harness) -> Option<SignedCheckpoint> {
    let answer = h.stranger().fetch("/ledger/checkpoint").await;
    (answer.0 == StatusCode::OK).then(|| SignedCheckpoint::parse(&answer.1).unwrap())
}

/// The head of the published log, after reading all of it: signature, tiles, every entry against the record of its place.
pub async fn whole(h: &Harness) -> TreeHead {
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
