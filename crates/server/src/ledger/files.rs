//! The log's files in the object store: tiles, entry bundles, the published checkpoint. Their names below `ledger/` are those of C2SP tlog-tiles.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt, PutPayload};
use yizhi_ledger::note::{CheckpointError, SignedCheckpoint};
use yizhi_ledger::tile::{Tile, TileId, TileMap};

/// Files written or read at once. Those that are made durable together share the file system's commits.
const AT_ONCE: usize = 64;
const FOLDER: &str = "ledger";
const CHECKPOINT: &str = "checkpoint";

/// Files that cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FilesError {
    #[error(transparent)]
    Store(#[from] object_store::Error),
    #[error("the published checkpoint cannot be read: {0}")]
    Checkpoint(#[from] CheckpointError),
}

/// The log's files.
#[derive(Clone, Debug)]
pub struct Files(Arc<dyn ObjectStore>);

impl Files {
    pub fn new(objects: Arc<dyn ObjectStore>) -> Self {
        Self(objects)
    }

    /// The published checkpoint as it was written; `None` before the first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn checkpoint_bytes(&self) -> Result<Option<Bytes>, FilesError> {
        self.read(&path(CHECKPOINT)).await
    }

    /// # Errors
    /// When it cannot be read, or is none.
    pub async fn checkpoint(&self) -> Result<Option<SignedCheckpoint>, FilesError> {
        let bytes = self.checkpoint_bytes().await?;
        Ok(bytes.map(|bytes| SignedCheckpoint::parse(&bytes)).transpose()?)
    }

    /// Publishes a checkpoint in place of the one before.
    ///
    /// # Errors
    /// When it cannot be written; the one before then stays.
    pub async fn publish(&self, checkpoint: &SignedCheckpoint) -> Result<(), FilesError> {
        self.0.put(&path(CHECKPOINT), PutPayload::from(checkpoint.to_string())).await?;
        Ok(())
    }

    /// The bytes of exactly this tile; `None` when it is not there.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn exact(&self, id: &TileId) -> Result<Option<Bytes>, FilesError> {
        self.read(&path(&id.to_string())).await
    }

    /// A tile; the full one where a partial one has been collected. `None` when the log has neither.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn tile(&self, id: &TileId) -> Result<Option<Tile>, FilesError> {
        for id in [*id, id.full()] {
            if let Some(bytes) = self.read(&path(&id.to_string())).await? {
                return Ok(Some(Tile { id, bytes: bytes.to_vec() }));
            }
        }
        Ok(None)
    }

    /// Those of the tiles that are there.
    ///
    /// # Errors
    /// When one cannot be read.
    pub async fn tiles(&self, ids: impl IntoIterator<Item = TileId>) -> Result<TileMap, FilesError> {
        let found: Vec<Option<Tile>> =
            stream::iter(ids).map(async |id| self.tile(&id).await).buffered(AT_ONCE).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }

    /// Writes tiles; when this returns, they are durable. Partial tiles that a full one replaces are removed.
    ///
    /// # Errors
    /// When one cannot be written. Writing the same tiles again is harmless.
    pub async fn write(&self, tiles: Vec<Tile>) -> Result<(), FilesError> {
        let full: Vec<TileId> = tiles.iter().map(|tile| tile.id).filter(TileId::is_full).collect();
        let writes = stream::iter(tiles)
            .map(async |tile: Tile| self.0.put(&path(&tile.id.to_string()), PutPayload::from(tile.bytes)).await);
        writes.buffer_unordered(AT_ONCE).try_for_each(async |_| Ok(())).await?;
        for id in full {
            self.collect_partial(&id).await?;
        }
        Ok(())
    }

    async fn collect_partial(&self, full: &TileId) -> Result<(), FilesError> {
        let folder = path(&format!("{full}.p"));
        let partial: Vec<Path> = self.0.list(Some(&folder)).map_ok(|found| found.location).try_collect().await?;
        for old in partial {
            match self.0.delete(&old).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    async fn read(&self, path: &Path) -> Result<Option<Bytes>, FilesError> {
        match self.0.get(path).await {
            Ok(found) => Ok(Some(found.bytes().await?)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

fn path(name: &str) -> Path {
    Path::from(format!("{FOLDER}/{name}"))
}
