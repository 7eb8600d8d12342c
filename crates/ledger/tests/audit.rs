//! A whole log is checked, and what is wrong with it is named.

#![expect(clippy::unwrap_used, reason = "tests")]

pub mod common;

use common::entries;
use yizhi_ledger::TreeHead;
use yizhi_ledger::tile::{
    Appender, AuditError, Batch, Kind, NotFetched, ReadError, Tile, TileId, TileMap, TileSource, audit,
};

fn log(size: usize) -> Batch {
    Appender::empty().append(entries(size)).unwrap()
}

fn map(tiles: &[Tile]) -> TileMap {
    tiles.iter().cloned().collect()
}

#[test]
fn a_sound_log_gives_its_entries_in_order() {
    for size in [0, 1, 256, 300, 70_000] {
        let Batch { tiles, head } = log(size);
        let mut seen = Vec::new();
        audit(&head, &map(&tiles), |index, entry| seen.push((index, entry.to_vec()))).unwrap();
        assert_eq!(seen, (0..).zip(entries(size)).collect::<Vec<_>>());
    }
}

#[test]
fn an_older_head_is_checked_on_a_log_that_has_grown() {
    let older = log(300).head;
    audit(&older, &map(&log(1_000).tiles), |_, _| ()).unwrap();
}

#[test]
fn every_changed_or_missing_file_is_named() {
    let Batch { tiles, head } = log(66_000);
    for (place, tile) in tiles.iter().enumerate().filter(|(place, _)| place % 40 == 0 || *place + 5 > tiles.len()) {
        let mut changed = tiles.clone();
        let last = tile.bytes.len() - 1;
        changed[place].bytes[last] ^= 1;
        let expected = match tile.id.kind() {
            Kind::Hashes(_) => tile.id,
            Kind::Entries => TileId::in_tree(Kind::Hashes(0), tile.id.index(), head.size).unwrap(),
        };
        assert_eq!(audit(&head, &map(&changed), |_, _| ()), Err(AuditError::Tile(expected)));
        changed.remove(place);
        let missing = ReadError::Source { id: tile.id, error: NotFetched };
        assert_eq!(audit(&head, &map(&changed), |_, _| ()), Err(AuditError::Read(missing)));
    }
}

#[test]
fn entries_in_another_order_or_of_another_log_are_noticed() {
    let mut other = entries(300);
    other.swap(3, 7);
    let swapped = Appender::empty().append(other).unwrap();
    let head = log(300).head;
    assert_eq!(audit(&head, &map(&swapped.tiles), |_, _| ()), Err(AuditError::Root { size: 300 }));
    let longer = TreeHead { size: 301, ..head };
    assert!(matches!(audit(&longer, &map(&log(300).tiles), |_, _| ()), Err(AuditError::Read(_))));
    let long = |id: &TileId| map(&log(300).tiles).tile(id).map(|bytes| [bytes, vec![0; 8_192]].concat());
    assert!(audit(&head, &long, |_, _| ()).is_err());
}
