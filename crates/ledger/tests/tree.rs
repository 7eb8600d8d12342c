//! Trees, tiles and proofs against the naive tree.

#![expect(clippy::unwrap_used, reason = "tests")]

pub mod common;

use common::{entries, mth, path, sha, subproof};
use proptest::prelude::*;
use yizhi_ledger::merkle::{leaf_hash, root_of_inclusion, verify_consistency, verify_growth, verify_inclusion};
use yizhi_ledger::tile::{
    AppendError, Appender, Frontier, Kind, TileId, TileMap, consistency_tiles, edge_tiles, inclusion_tiles,
    parse_bundle, prove_consistency, prove_inclusion, tree_head,
};
use yizhi_ledger::{Hash, TreeHead};

/// The log written in steps, each continued from its files alone.
fn written(all: &[Vec<u8>], steps: &[usize]) -> (TileMap, TreeHead) {
    let mut tiles = TileMap::default();
    let mut head = TreeHead::empty();
    let mut rest = all;
    for step in steps.iter().copied().chain([all.len()]) {
        let (now, later) = rest.split_at(step.min(rest.len()));
        rest = later;
        let mut log = Appender::load(&head, &tiles).unwrap();
        let batch = log.append(now).unwrap();
        tiles.extend(batch.tiles);
        head = batch.head;
    }
    (tiles, head)
}

/// Every tile the log must have, computed from the definition in C2SP tlog-tiles.
fn check_tiles(all: &[Vec<u8>], tiles: &TileMap) {
    use yizhi_ledger::tile::TileSource as _;
    let size = all.len() as u64;
    for level in 0..3_u8 {
        let span = 256_usize.pow(u32::from(level));
        for index in 0.. {
            let Some(id) = TileId::in_tree(Kind::Hashes(level), index, size) else { break };
            let start = index as usize * 256;
            let hash = |place: usize| mth(&all[(start + place) * span..(start + place + 1) * span]).0;
            let expected: Vec<u8> = (0..id.width()).flat_map(hash).collect();
            assert_eq!(tiles.tile(&id).unwrap(), expected, "{id}");
        }
    }
    for (index, chunk) in (0..).zip(all.chunks(256)) {
        let id = TileId::in_tree(Kind::Entries, index, size).unwrap();
        assert_eq!(parse_bundle(&id, &tiles.tile(&id).unwrap()).unwrap(), chunk, "{id}");
    }
}

#[test]
fn small_trees_are_right_in_every_size_and_every_proof() {
    let all = entries(40);
    for size in 0..=all.len() {
        let now = &all[..size];
        let (tiles, head) = written(now, &[size / 3, size / 5]);
        assert_eq!(head, TreeHead { size: size as u64, root: mth(now) });
        for index in 0..size {
            let proof = prove_inclusion(index as u64, head.size, &tiles).unwrap();
            assert_eq!(proof, path(index, now));
            verify_inclusion(&leaf_hash(&now[index]), index as u64, &head, &proof).unwrap();
        }
        for old in 1..=size {
            let proof = prove_consistency(old as u64, head.size, &tiles).unwrap();
            assert_eq!(proof, subproof(old, now, true));
            let old = TreeHead { size: old as u64, root: mth(&now[..old]) };
            verify_consistency(&old, &head, &proof).unwrap();
        }
    }
}

#[test]
fn every_full_and_partial_tile_of_three_levels_is_there() {
    for size in [1, 255, 256, 257, 512, 65_535, 65_537] {
        let all = entries(size);
        let (tiles, head) = written(&all, &[1, 254, 2, 300]);
        assert_eq!(head.root, mth(&all));
        check_tiles(&all, &tiles);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_log_written_in_any_steps_is_the_same(
        size in 0..2_000_usize,
        steps in prop::collection::vec(0..600_usize, 0..8),
        (a, b) in (0..2_000_usize, 1..2_001_usize),
    ) {
        let all = entries(size);
        let (tiles, head) = written(&all, &steps);
        prop_assert_eq!(head, TreeHead { size: size as u64, root: mth(&all) });
        prop_assert_eq!(tree_head(head.size, &tiles).unwrap(), head);
        check_tiles(&all, &tiles);
        if a < size {
            prop_assert_eq!(prove_inclusion(a as u64, head.size, &tiles).unwrap(), path(a, &all));
        } else {
            prop_assert!(prove_inclusion(a as u64, head.size, &tiles).is_err());
        }
        if b <= size {
            prop_assert_eq!(prove_consistency(b as u64, head.size, &tiles).unwrap(), subproof(b, &all, true));
        } else {
            prop_assert!(prove_consistency(b as u64, head.size, &tiles).is_err());
        }
    }

    #[test]
    fn a_changed_proof_is_refused(
        size in 2..900_usize,
        index in any::<prop::sample::Index>(),
        place in any::<prop::sample::Index>(),
        bit in 0..256_usize,
        kind in 0..3,
    ) {
        let all = entries(size);
        let head = TreeHead { size: size as u64, root: mth(&all) };
        let (old, leaf) = (index.index(size - 1) + 1, index.index(size));
        let change = |mut proof: Vec<Hash>| {
            let place = place.index(proof.len());
            match kind {
                0 => proof[place].0[bit / 8] ^= 1 << (bit % 8),
                1 => drop(proof.remove(place)),
                _ => proof.insert(place, sha(&[b"more"])),
            }
            proof
        };
        let inclusion = change(path(leaf, &all));
        prop_assert!(verify_inclusion(&leaf_hash(&all[leaf]), leaf as u64, &head, &inclusion).is_err());
        let consistency = change(subproof(old, &all, true));
        let old = TreeHead { size: old as u64, root: mth(&all[..old]) };
        prop_assert!(verify_consistency(&old, &head, &consistency).is_err());
        prop_assert!(verify_growth(&old, &head, &consistency).is_err());
    }

    #[test]
    fn a_rewritten_log_is_not_consistent(size in 2..600_usize, old in any::<prop::sample::Index>(), at in any::<prop::sample::Index>()) {
        let all = entries(size);
        let old = old.index(size - 1) + 1;
        let mut other = all.clone();
        other[at.index(old)][0] ^= 1;
        let before = TreeHead { size: old as u64, root: mth(&all[..old]) };
        let after = TreeHead { size: size as u64, root: mth(&other) };
        prop_assert!(verify_consistency(&before, &after, &subproof(old, &other, true)).is_err());
        prop_assert!(verify_consistency(&before, &after, &subproof(old, &all, true)).is_err());
    }
}

#[test]
fn a_proof_needs_the_tiles_it_names_and_no_others() {
    let all = entries(70_000);
    let (tiles, head) = written(&all, &[]);
    use yizhi_ledger::tile::{Tile, TileSource as _};
    let only = |ids: Vec<TileId>| -> TileMap {
        ids.into_iter().map(|id| Tile { bytes: tiles.tile(&id).unwrap(), id }).collect()
    };
    for index in [0, 255, 256, 65_535, 65_536, 69_887, 69_888, 69_999] {
        let needed = inclusion_tiles(index, head.size).unwrap();
        assert!(needed.len() <= 5, "{needed:?}");
        let proof = prove_inclusion(index, head.size, &only(needed)).unwrap();
        assert_eq!(root_of_inclusion(&leaf_hash(&all[index as usize]), index, head.size, &proof).unwrap(), head.root);
    }
    for old in [1, 256, 300, 65_536, 65_537, 69_999] {
        let needed = consistency_tiles(old, head.size).unwrap();
        let proof = prove_consistency(old, head.size, &only(needed)).unwrap();
        let old = TreeHead { size: old, root: mth(&all[..old as usize]) };
        verify_consistency(&old, &head, &proof).unwrap();
    }
    assert_eq!(Frontier::load(head.size, &only(edge_tiles(head.size))).unwrap().root(), head.root);
    Appender::load(&head, &only(Appender::needs(head.size))).unwrap();
}

#[test]
fn sizes_of_the_largest_trees_do_not_overflow() {
    let size = u64::MAX;
    assert_eq!(edge_tiles(size).len(), 8);
    assert!(inclusion_tiles(size - 1, size).unwrap().len() > 7);
    assert!(consistency_tiles(size - 1, size).unwrap().len() > 7);
    assert!(inclusion_tiles(size, size).is_err());
    assert!(
        verify_inclusion(&Hash::default(), 0, &TreeHead { size, root: Hash::default() }, &[Hash::default(); 64])
            .is_err()
    );
    let old = TreeHead { size: size - 1, root: Hash::default() };
    assert!(verify_consistency(&old, &TreeHead { size, ..old }, &[Hash::default(); 64]).is_err());
}

#[test]
fn a_log_whose_files_were_changed_is_not_continued() {
    let all = entries(300);
    let (tiles, head) = written(&all, &[]);
    use yizhi_ledger::tile::TileSource as _;
    for id in Appender::needs(head.size) {
        let changed = |asked: &TileId| {
            let mut bytes = tiles.tile(asked)?;
            if *asked == id {
                bytes[5] ^= 1;
            }
            Ok::<_, yizhi_ledger::tile::NotFetched>(bytes)
        };
        assert!(matches!(Appender::load(&head, &changed), Err(AppendError::Root { size: 300 })), "{id}");
        let cut = |asked: &TileId| {
            let mut bytes = tiles.tile(asked)?;
            if *asked == id {
                bytes.pop();
            }
            Ok::<_, yizhi_ledger::tile::NotFetched>(bytes)
        };
        assert!(matches!(Appender::load(&head, &cut), Err(AppendError::Read(_))), "{id}");
    }
}

#[test]
fn a_partial_tile_may_be_read_from_a_wider_one() {
    let all = entries(600);
    let (tiles, head) = written(&all[..300], &[]);
    let (later, _) = written(&all, &[]);
    let mut log = Appender::load(&head, &later).unwrap();
    let again = log.append(&all[300..]).unwrap();
    assert_eq!(again, Appender::load(&head, &tiles).unwrap().append(&all[300..]).unwrap());
}

#[test]
fn an_entry_too_long_for_a_bundle_is_refused_and_nothing_makes_nothing() {
    assert!(Appender::empty().append([vec![0; 65_536]]).is_err());
    assert!(Appender::empty().append([vec![0; 65_535]]).is_ok());
    assert!(Appender::empty().append::<Vec<u8>>([]).unwrap().tiles.is_empty());
}
