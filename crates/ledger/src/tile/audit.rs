//! Checking a whole log: every file against its entries, and these against the signed root.

use super::append::edge_entries;
use super::bundle::split;
use super::{Frontier, Kind, ReadError, Tile, TileId, TileSource, WIDTH};
use crate::TreeHead;
use crate::merkle::leaf_hash;

/// What is wrong with a log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditError<E> {
    #[error(transparent)]
    Read(#[from] ReadError<E>),
    #[error("{0} does not hold the hashes of the log's entries: the tile or the entries were changed")]
    Tile(TileId),
    #[error("the {size} entries lead to another root than the signed one")]
    Root { size: u64 },
}

/// Reads all entries of a log in their order, gives each with its index to `entry`, and checks every hash tile and the root.
///
/// Holds one bundle at a time. Stops at the first thing that is wrong; entries given out before it are those of the bundles read so far.
///
/// # Errors
/// Names the file that is missing, malformed or does not fit, or says that the root differs.
pub fn audit<S: TileSource>(
    head: &TreeHead,
    source: &S,
    mut entry: impl FnMut(u64, &[u8]),
) -> Result<(), AuditError<S::Error>> {
    let mut frontier = Frontier::empty();
    for id in (0..head.size.div_ceil(WIDTH)).filter_map(|index| TileId::in_tree(Kind::Entries, index, head.size)) {
        let bundle = edge_entries(&id, source)?;
        let mut full = Vec::new();
        for bytes in split(&bundle).unwrap_or_default() {
            entry(frontier.size(), bytes);
            frontier.push(leaf_hash(bytes), &mut full);
        }
        full.iter().try_for_each(|tile| compare(tile, source))?;
    }
    frontier.partial_tiles().try_for_each(|tile| compare(&tile, source))?;
    if frontier.root() == head.root { Ok(()) } else { Err(AuditError::Root { size: head.size }) }
}

/// A partial tile may have been replaced by a wider one.
fn compare<S: TileSource>(tile: &Tile, source: &S) -> Result<(), AuditError<S::Error>> {
    let bytes = source.tile(&tile.id).map_err(|error| ReadError::Source { id: tile.id, error })?;
    let hashes = bytes.len().is_multiple_of(32) && bytes.len() <= 32 * WIDTH as usize;
    if hashes && bytes.starts_with(&tile.bytes) { Ok(()) } else { Err(AuditError::Tile(tile.id)) }
}
