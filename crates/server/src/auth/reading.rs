//! Turns of those who read. A few connections to the database serve everybody, so one person's requests take some of them only, in however many sessions,
//! and their exports wait for each other.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use yizhi_domain::ids::PersonId;

use crate::error::Problem;
use crate::per_person::{PerPerson, Slot};

/// Reads of one person at once: two of the four connections that SQLite is read by.
const READS: usize = 2;
/// Reads of one person that may wait; more are told to slow down.
const READS_WAITING: usize = 100;
/// Exports of one person at once, and of all: each is in memory until it has been fetched.
const EXPORTS: usize = 1;
const EXPORTS_ALL: usize = 6;
/// Exports of one person that may wait.
const EXPORTS_WAITING: usize = 4;

/// How long a refusal is kept back: who asks again at once would take more of the server by being refused than by being answered.
const HELD_BACK: Duration = Duration::from_millis(250);

/// The refusal of somebody who asks too much.
pub(super) async fn too_many(seconds: u32) -> Problem {
    tokio::time::sleep(HELD_BACK).await;
    Problem::slow_down(seconds)
}

/// The turns of a process.
#[derive(Debug)]
pub(crate) struct Reading {
    reads: PerPerson,
    exports: PerPerson,
    exports_all: Arc<Semaphore>,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            reads: PerPerson::new(READS, READS_WAITING),
            exports: PerPerson::new(EXPORTS, EXPORTS_WAITING),
            exports_all: Arc::new(Semaphore::new(EXPORTS_ALL)),
        }
    }
}

/// An export under way, until the last of it was fetched.
#[derive(Debug)]
pub(crate) struct ExportTurn {
    _own: Slot,
    _all: OwnedSemaphorePermit,
}

impl Reading {
    /// Waits until one more request of a person may read.
    ///
    /// # Errors
    /// 429 when too many of theirs wait.
    pub(crate) async fn read(&self, person: PersonId) -> Result<Slot, Problem> {
        match self.reads.take(person).await {
            Some(slot) => Ok(slot),
            None => Err(too_many(1).await),
        }
    }

    /// Waits until a person may export.
    ///
    /// # Errors
    /// 429 when too many of theirs wait.
    pub(crate) async fn export(&self, person: PersonId) -> Result<ExportTurn, Problem> {
        let Some(own) = self.exports.take(person).await else { return Err(too_many(5).await) };
        let all = self.exports_all.clone().acquire_owned().await.map_err(|e| Problem::internal(&e))?;
        Ok(ExportTurn { _own: own, _all: all })
    }
}
