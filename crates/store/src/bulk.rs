//! Reads of many rows from SQLite beside the pools: a pool's connection hands each row from one thread to another, which costs several times what the row
//! does. The work runs where it may wait for the disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use tokio::sync::Mutex;

use crate::Error;

const BUSY: Duration = Duration::from_secs(30);

/// One connection that only reads, opened when it is first needed.
#[derive(Clone, Debug)]
pub(crate) struct BulkReader {
    file: PathBuf,
    connection: Arc<Mutex<Option<Connection>>>,
}

impl BulkReader {
    pub(crate) fn new(file: &Path) -> Self {
        Self { file: file.to_owned(), connection: Arc::default() }
    }

    /// Works on the connection; one caller at a time.
    pub(crate) async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let file = self.file.clone();
        let mut held = self.connection.clone().lock_owned().await;
        blocking(move || match &*held {
            Some(connection) => work(connection),
            None => work(held.insert(open(&file)?)),
        })
        .await
    }

    /// A connection of one's own.
    pub(crate) async fn another(&self) -> Result<Connection, Error> {
        let file = self.file.clone();
        blocking(move || open(&file)).await
    }
}

fn open(file: &Path) -> Result<Connection, Error> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", "ON")?;
    Ok(connection)
}

/// Runs work that waits for the disk.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Closed)?
}
