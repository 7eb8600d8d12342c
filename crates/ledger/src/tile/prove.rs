//! Proofs from tiles. A proof reads one tile a level, about four for a hundred million leaves.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::source::read_hashes;
use super::{Frontier, Kind, ReadError, TileId, TileSource};
use crate::TreeHead;
use crate::merkle::{Hash, ProofError, Span, consistency_spans, fold, inclusion_spans, root};

/// Why a proof could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError<E> {
    #[error(transparent)]
    Range(#[from] ProofError),
    #[error(transparent)]
    Read(#[from] ReadError<E>),
}

/// The tiles that [`prove_inclusion`] reads.
///
/// # Errors
/// [`ProofError::Range`] when the index is not in the tree.
pub fn inclusion_tiles(index: u64, size: u64) -> Result<Vec<TileId>, ProofError> {
    Ok(tiles_of(&inclusion_spans(index, size)?, size))
}

/// The tiles that [`prove_consistency`] reads; they are those of the newer tree.
///
/// # Errors
/// [`ProofError::Range`] when the old tree is empty or larger than the new one.
pub fn consistency_tiles(old: u64, new: u64) -> Result<Vec<TileId>, ProofError> {
    Ok(tiles_of(&consistency_spans(old, new)?, new))
}

/// The proof that the leaf at `index` is in the tree of `size` leaves, from its sibling upwards (RFC 9162 §2.1.3.1).
///
/// # Errors
/// When the index is not in the tree, or a tile cannot be read. Whether the proof leads to the signed root is for the caller to check.
pub fn prove_inclusion<S: TileSource>(index: u64, size: u64, source: &S) -> Result<Vec<Hash>, ProveError<S::Error>> {
    Ok(hashes_of(&inclusion_spans(index, size)?, size, source)?)
}

/// The proof that the tree of `new` leaves continues that of `old` (RFC 9162 §2.1.4.1).
///
/// # Errors
/// As [`prove_inclusion`], of the sizes.
pub fn prove_consistency<S: TileSource>(old: u64, new: u64, source: &S) -> Result<Vec<Hash>, ProveError<S::Error>> {
    Ok(hashes_of(&consistency_spans(old, new)?, new, source)?)
}

/// Size and root of the tree whose right edge the source has.
///
/// # Errors
/// When a tile cannot be read.
pub fn tree_head<S: TileSource>(size: u64, source: &S) -> Result<TreeHead, ReadError<S::Error>> {
    Ok(TreeHead { size, root: Frontier::load(size, source)?.root() })
}

fn tiles_of(spans: &[Span], size: u64) -> Vec<TileId> {
    let parts = spans.iter().flat_map(|span| span.complete_parts());
    let mut tiles: Vec<TileId> = parts.filter_map(|part| Place::of(part, size)).map(|place| place.tile).collect();
    tiles.sort_unstable();
    tiles.dedup();
    tiles
}

fn hashes_of<S: TileSource>(spans: &[Span], size: u64, source: &S) -> Result<Vec<Hash>, ReadError<S::Error>> {
    let mut read = BTreeMap::new();
    let mut hashes = Vec::with_capacity(spans.len());
    for span in spans {
        let mut parts = Vec::new();
        for place in span.complete_parts().into_iter().filter_map(|part| Place::of(part, size)) {
            let tile = match read.entry(place.tile) {
                Entry::Occupied(tile) => tile.into_mut(),
                Entry::Vacant(space) => space.insert(read_hashes(source, &place.tile)?),
            };
            parts.extend(place.root(tile));
        }
        hashes.extend(fold(parts.into_iter()));
    }
    Ok(hashes)
}

/// Where a complete subtree is kept: as hashes `from..to` of a tile.
struct Place {
    tile: TileId,
    from: usize,
    to: usize,
}

impl Place {
    fn of(subtree: Span, size: u64) -> Option<Self> {
        let height = subtree.len().ilog2();
        let level = height / 8;
        let from = subtree.from >> (8 * level);
        let tile = TileId::in_tree(Kind::Hashes(u8::try_from(level).ok()?), from / super::WIDTH, size)?;
        let from = (from % super::WIDTH) as usize;
        Some(Self { tile, from, to: from + (1 << (height % 8)) })
    }

    fn root(&self, hashes: &[Hash]) -> Option<Hash> {
        hashes.get(self.from..self.to).map(root)
    }
}
