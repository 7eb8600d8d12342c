//! Counting what readers do, so that a test can say that a list stays cheap. Not for servers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Backend, Db, Error};

/// Instructions between two counts.
const EVERY: i32 = 100;

impl Db {
    /// Adds to `steps`, from now on, the instructions that SQLite's readers carry out, in hundreds begun. PostgreSQL counts rows itself.
    ///
    /// # Errors
    /// When the readers cannot be reached.
    #[doc(hidden)]
    pub async fn watch_reads(&self, steps: &Arc<AtomicU64>) -> Result<(), Error> {
        if self.backend() == Backend::Postgres {
            return Ok(());
        }
        let pool = self.read().get_sqlite_connection_pool();
        let mut readers = Vec::new();
        for _ in 0..pool.options().get_max_connections() {
            let mut reader = pool.acquire().await?;
            let steps = steps.clone();
            reader.lock_handle().await?.set_progress_handler(EVERY, move || {
                steps.fetch_add(u64::from(EVERY.unsigned_abs()), Ordering::Relaxed);
                true
            });
            readers.push(reader);
        }
        Ok(())
    }
}
