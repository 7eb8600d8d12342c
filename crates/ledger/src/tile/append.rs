//! Adding entries to a log: from its right edge and the new entries to the files that have to be written.

use super::bundle::split;
use super::{EntryTooLong, Frontier, Kind, ReadError, Tile, TileId, TileSource, WIDTH, parse_bundle, push_entry};
use crate::TreeHead;
use crate::merkle::leaf_hash;

/// A log that grows. It holds the right edge only: a few kilobytes for any size.
///
/// After [`Appender::append`] the caller writes the tiles, then signs and publishes the head. When writing fails it drops the appender and
/// loads it again at the last published size; the same entries then give the same files.
#[derive(Clone, Debug, Default)]
pub struct Appender {
    frontier: Frontier,
    /// The partial bundle at the right edge.
    bundle: Vec<u8>,
}

/// What one call of [`Appender::append`] made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Files to write before the head is signed: full ones in the order they were filled, then the partial ones of the new size.
    pub tiles: Vec<Tile>,
    pub head: TreeHead,
}

/// Why a log cannot be continued.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError<E> {
    #[error(transparent)]
    Read(#[from] ReadError<E>),
    #[error("the tiles of size {size} lead to another root than the signed one: the log's files were changed or lost")]
    Root { size: u64 },
}

impl Appender {
    /// A new log.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Continues a log from its published head; reads the tiles of [`Appender::needs`].
    ///
    /// # Errors
    /// When a tile cannot be read, or when the tiles do not lead to the root of the head.
    pub fn load<S: TileSource>(head: &TreeHead, source: &S) -> Result<Self, AppendError<S::Error>> {
        let frontier = Frontier::load(head.size, source)?;
        if frontier.root() != head.root {
            return Err(AppendError::Root { size: head.size });
        }
        let bundle = match edge_bundle(head.size) {
            None => Vec::new(),
            Some(id) => edge_entries(&id, source)?,
        };
        let fits = frontier.partial_tiles().find(|tile| tile.id.kind() == Kind::Hashes(0)).is_none_or(|tile| {
            edge_bundle(head.size).is_some_and(|id| hashes_of(&id, &bundle).is_some_and(|hashes| hashes == tile.bytes))
        });
        if fits { Ok(Self { frontier, bundle }) } else { Err(AppendError::Root { size: head.size }) }
    }

    /// The tiles and the bundle that [`Appender::load`] asks for.
    pub fn needs(size: u64) -> Vec<TileId> {
        super::edge_tiles(size).into_iter().chain(edge_bundle(size)).collect()
    }

    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.frontier.size(), root: self.frontier.root() }
    }

    /// Adds entries in their order. Without entries there is nothing to write.
    ///
    /// # Errors
    /// When an entry is too long; drop the appender then, as it holds the entries before.
    pub fn append<T: AsRef<[u8]>>(&mut self, entries: impl IntoIterator<Item = T>) -> Result<Batch, EntryTooLong> {
        let before = self.frontier.size();
        let mut tiles = Vec::new();
        for entry in entries {
            push_entry(&mut self.bundle, entry.as_ref())?;
            self.frontier.push(leaf_hash(entry.as_ref()), &mut tiles);
            if self.frontier.size().is_multiple_of(WIDTH) {
                let index = self.frontier.size() / WIDTH - 1;
                let bytes = std::mem::take(&mut self.bundle);
                tiles.extend(TileId::in_tree(Kind::Entries, index, self.frontier.size()).map(|id| Tile { id, bytes }));
            }
        }
        if self.frontier.size() > before {
            tiles.extend(self.frontier.partial_tiles().filter(|tile| changed_since(&tile.id, before)));
            let partial = edge_bundle(self.frontier.size());
            tiles.extend(partial.map(|id| Tile { id, bytes: self.bundle.clone() }));
        }
        Ok(Batch { tiles, head: self.head() })
    }
}

/// Whether a tile was not already part of the tree of that size.
fn changed_since(id: &TileId, size: u64) -> bool {
    TileId::in_tree(id.kind(), id.index(), size) != Some(*id)
}

fn edge_bundle(size: u64) -> Option<TileId> {
    TileId::in_tree(Kind::Entries, size / WIDTH, size)
}

/// The bytes of a bundle, cut off at its width where the source gives a wider one.
pub(super) fn edge_entries<S: TileSource>(id: &TileId, source: &S) -> Result<Vec<u8>, ReadError<S::Error>> {
    let bytes = source.tile(id).map_err(|error| ReadError::Source { id: *id, error })?;
    let entries = split(&bytes).filter(|entries| (id.width()..=WIDTH as usize).contains(&entries.len()));
    let entries = entries.ok_or(ReadError::Malformed { id: *id, bytes: bytes.len() })?;
    let length = entries.iter().take(id.width()).map(|entry| 2 + entry.len()).sum();
    Ok(bytes[..length].to_vec())
}

fn hashes_of(id: &TileId, bundle: &[u8]) -> Option<Vec<u8>> {
    let entries = parse_bundle(id, bundle).ok()?;
    Some(entries.into_iter().flat_map(|entry| leaf_hash(entry).0).collect())
}
