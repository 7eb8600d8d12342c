//! The tree and its entries as files of 256, which never change once full (C2SP tlog-tiles): their names, adding to them, proofs from them.

mod append;
mod audit;
mod bundle;
mod edge;
mod id;
mod prove;
mod source;

pub use append::{AppendError, Appender, Batch};
pub use audit::{AuditError, audit};
pub use bundle::{BundleError, EntryTooLong, parse_bundle, push_entry};
pub use edge::{Frontier, edge_tiles};
pub use id::{Kind, TileId, WIDTH};
pub use prove::{ProveError, consistency_tiles, inclusion_tiles, prove_consistency, prove_inclusion, tree_head};
pub use source::{NotFetched, ReadError, TileMap, TileSource};

/// A file of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    pub id: TileId,
    pub bytes: Vec<u8>,
}
