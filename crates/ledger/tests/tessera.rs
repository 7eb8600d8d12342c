//! A log that another implementation wrote verifies whole, and is what we would have written.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use yizhi_ledger::merkle::{leaf_hash, verify_consistency, verify_inclusion};
use yizhi_ledger::note::SignedCheckpoint;
use yizhi_ledger::receipt::PinnedKeys;
use yizhi_ledger::tile::{Appender, Kind, TileId, parse_bundle, prove_consistency, prove_inclusion, tree_head};

const SIZE: u64 = 15;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/tessera")
}

fn read(id: &TileId) -> std::io::Result<Vec<u8>> {
    fs::read(folder().join(id.to_string()))
}

fn checkpoint(size: u64) -> SignedCheckpoint {
    SignedCheckpoint::parse(&fs::read(folder().join(format!("checkpoint.{size}"))).unwrap()).unwrap()
}

fn entries(size: u64) -> Vec<Vec<u8>> {
    let id = TileId::in_tree(Kind::Entries, 0, size).unwrap();
    parse_bundle(&id, &read(&id).unwrap()).unwrap().into_iter().map(<[u8]>::to_vec).collect()
}

#[test]
fn every_checkpoint_is_signed_and_has_the_root_of_its_tiles() {
    let keys = PinnedKeys::parse(include_str!("vectors/tessera.keys")).unwrap();
    for size in 0..=SIZE {
        let checkpoint = checkpoint(size);
        let evidence = keys.check(&checkpoint).unwrap();
        assert_eq!((evidence.head.size, evidence.existed_by()), (size, None));
        assert_eq!(tree_head(size, &read).unwrap(), evidence.head);
    }
    let last = fs::read(folder().join("checkpoint")).unwrap();
    assert_eq!(last, checkpoint(SIZE).to_string().as_bytes());
}

#[test]
fn every_entry_and_every_older_size_is_proven_by_the_tiles() {
    let head = *checkpoint(SIZE).head();
    for (index, entry) in (0..).zip(entries(SIZE)) {
        let proof = prove_inclusion(index, SIZE, &read).unwrap();
        verify_inclusion(&leaf_hash(&entry), index, &head, &proof).unwrap();
    }
    for size in 1..=SIZE {
        let proof = prove_consistency(size, SIZE, &read).unwrap();
        verify_consistency(checkpoint(size).head(), &head, &proof).unwrap();
    }
}

#[test]
fn we_write_the_same_files() {
    let all = entries(SIZE);
    for size in 0..SIZE {
        let mut log = Appender::load(checkpoint(size).head(), &read).unwrap();
        let batch = log.append(&all[size as usize..]).unwrap();
        assert_eq!(batch.head, *checkpoint(SIZE).head());
        assert_eq!(batch.tiles.len(), 2);
        for tile in batch.tiles {
            assert_eq!(tile.bytes, read(&tile.id).unwrap(), "{}", tile.id);
        }
    }
}
