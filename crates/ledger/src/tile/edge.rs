//! The right edge of a tree: all that is needed to add leaves and to know the root. Each node is hashed once.

use super::source::read_hashes;
use super::{Kind, ReadError, Tile, TileId, TileSource, WIDTH};
use crate::Hash;
use crate::merkle::{fold, node_hash};

/// The partial tiles of a tree, level by level, and the roots of the complete subtrees inside of them.
#[derive(Clone, Debug, Default)]
pub struct Frontier {
    size: u64,
    levels: Vec<Level>,
}

/// The partial tile of one level.
#[derive(Clone, Debug, Default)]
struct Level {
    /// Its hashes, fewer than 256.
    bytes: Vec<u8>,
    /// One root for each bit set in their number, larger subtrees first.
    roots: Vec<Hash>,
}

impl Level {
    fn width(&self) -> usize {
        self.bytes.len() / 32
    }

    fn push(&mut self, hash: Hash) {
        self.bytes.extend_from_slice(&hash.0);
        let mut root = hash;
        for _ in 0..self.width().trailing_zeros() {
            if let Some(left) = self.roots.pop() {
                root = node_hash(&left, &root);
            }
        }
        self.roots.push(root);
    }
}

/// The partial tiles of a tree's right edge, of every level that has one: what [`Frontier::load`] asks for.
pub fn edge_tiles(size: u64) -> Vec<TileId> {
    let levels = (0..=7_u8).take_while(|level| size >> (8 * level) > 0);
    levels.filter_map(|level| edge_tile(level, size)).collect()
}

fn edge_tile(level: u8, size: u64) -> Option<TileId> {
    let index = size.checked_shr(8 * (u32::from(level) + 1)).unwrap_or(0);
    TileId::in_tree(Kind::Hashes(level), index, size)
}

impl Frontier {
    pub fn empty() -> Self {
        Self::default()
    }

    /// The right edge of the tree of `size` leaves. Compare [`Self::root`] with the signed one before adding to it.
    ///
    /// # Errors
    /// When a tile of [`edge_tiles`] cannot be read or has another length than its width says.
    pub fn load<S: TileSource>(size: u64, source: &S) -> Result<Self, ReadError<S::Error>> {
        let mut frontier = Self { size, levels: Vec::new() };
        for id in edge_tiles(size) {
            let Kind::Hashes(level) = id.kind() else { continue };
            for hash in read_hashes(source, &id)? {
                frontier.level(usize::from(level)).push(hash);
            }
        }
        Ok(frontier)
    }

    /// The number of leaves.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        let subtrees = self.levels.iter().rev().flat_map(|level| level.roots.iter().copied());
        fold(subtrees).unwrap_or_else(Hash::of_nothing)
    }

    /// Adds one leaf hash. A tile that it fills, on any level, goes to `full`; there may be one on each level.
    pub fn push(&mut self, leaf: Hash, full: &mut Vec<Tile>) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0_u8.. {
            let edge = self.level(usize::from(level));
            edge.push(hash);
            if edge.width() < WIDTH as usize {
                return;
            }
            let Level { bytes, roots } = std::mem::take(edge);
            let index = (self.size >> (8 * (u32::from(level) + 1))) - 1;
            full.extend(TileId::in_tree(Kind::Hashes(level), index, self.size).map(|id| Tile { id, bytes }));
            match roots.first() {
                Some(root) => hash = *root,
                None => return,
            }
        }
    }

    /// The partial tiles of the tree as it is now.
    pub fn partial_tiles(&self) -> impl Iterator<Item = Tile> {
        let levels = self.levels.iter().enumerate();
        levels.filter(|(_, level)| level.width() > 0).filter_map(|(number, level)| {
            let id = edge_tile(u8::try_from(number).ok()?, self.size)?;
            Some(Tile { id, bytes: level.bytes.clone() })
        })
    }

    fn level(&mut self, number: usize) -> &mut Level {
        if self.levels.len() <= number {
            self.levels.resize_with(number + 1, Level::default);
        }
        &mut self.levels[number]
    }
}
