//! Where tiles come from: the caller's business, behind one trait. A caller that reads asynchronously asks first which tiles are needed
//! (`edge_tiles`, `inclusion_tiles`, `consistency_tiles`), fetches them, and hands them over in a [`TileMap`].

use std::collections::BTreeMap;

use super::{Tile, TileId, WIDTH};
use crate::Hash;

/// Gives the bytes of a tile.
///
/// A log may have replaced a partial tile by a wider one. A source then may give the wider tile's bytes: what is beyond the asked width is
/// left unread.
pub trait TileSource {
    type Error;

    /// # Errors
    /// When the tile is missing or cannot be read.
    fn tile(&self, id: &TileId) -> Result<Vec<u8>, Self::Error>;
}

impl<E, F: Fn(&TileId) -> Result<Vec<u8>, E>> TileSource for F {
    type Error = E;

    fn tile(&self, id: &TileId) -> Result<Vec<u8>, E> {
        self(id)
    }
}

/// A tile that could not be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError<E> {
    #[error("{id}: {error}")]
    Source { id: TileId, error: E },
    #[error("{id} has {bytes} bytes, which are not the hashes or entries of that tile")]
    Malformed { id: TileId, bytes: usize },
}

/// Tiles in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TileMap {
    tiles: BTreeMap<TileId, Vec<u8>>,
}

/// A [`TileMap`] was not given this tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the tile was not fetched")]
pub struct NotFetched;

impl TileMap {
    pub fn insert(&mut self, tile: Tile) {
        self.tiles.insert(tile.id, tile.bytes);
    }
}

impl Extend<Tile> for TileMap {
    fn extend<T: IntoIterator<Item = Tile>>(&mut self, tiles: T) {
        self.tiles.extend(tiles.into_iter().map(|tile| (tile.id, tile.bytes)));
    }
}

impl FromIterator<Tile> for TileMap {
    fn from_iter<T: IntoIterator<Item = Tile>>(tiles: T) -> Self {
        let mut map = Self::default();
        map.extend(tiles);
        map
    }
}

impl TileSource for TileMap {
    type Error = NotFetched;

    fn tile(&self, id: &TileId) -> Result<Vec<u8>, NotFetched> {
        let wider = self.tiles.range(*id..=id.full()).next();
        wider.map(|(_, bytes)| bytes.clone()).ok_or(NotFetched)
    }
}

/// The hashes of a tile, as many as its name says, from a tile at least as wide.
pub(super) fn read_hashes<S: TileSource>(source: &S, id: &TileId) -> Result<Vec<Hash>, ReadError<S::Error>> {
    let bytes = source.tile(id).map_err(|error| ReadError::Source { id: *id, error })?;
    let (hashes, rest) = bytes.as_chunks::<32>();
    if !(id.width()..=WIDTH as usize).contains(&hashes.len()) || !rest.is_empty() {
        return Err(ReadError::Malformed { id: *id, bytes: bytes.len() });
    }
    Ok(hashes[..id.width()].iter().copied().map(Hash).collect())
}
