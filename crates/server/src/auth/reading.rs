//! Turns of those who read. A few connections to the database serve everybody, so one person's requests take some of them only, in however many sessions,
//! and their exports wait for each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use yizhi_domain::ids::PersonId;
use yizhi_store::half_of_the_cores;

use crate::error::Problem;
use crate::per_person::{PerPerson, Slot};

/// Most reads of one person at once: two of the four connections that SQLite is read by, and no more than half of the cores.
const READS: usize = 2;
/// Reads of one person that may wait; more are told to slow down.
const READS_WAITING: usize = 100;
/// So many wait behind each other when a page is loaded: browsers open six connections.
const CROWD: usize = 8;
/// Longest rest between two reads of one person, or two parts of an export.
const REST_MOST: Duration = Duration::from_secs(2);
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
    /// Reads begun since the start.
    begun: AtomicU64,
    exports: PerPerson,
    exports_all: Arc<Semaphore>,
}

impl Default for Reading {
    fn default() -> Self {
        Self {
            reads: PerPerson::new(half_of_the_cores(READS), READS_WAITING),
            begun: AtomicU64::new(0),
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

/// A request that reads, until it is answered. Where more of the same person wait than a browser asks at once, the next one begins after as long a rest
/// as this one took: whoever asks without end takes half of what they could.
#[derive(Debug)]
pub(crate) struct ReadTurn {
    slot: Option<Slot>,
    began: Instant,
}

/// How long a person's next read waits after one that took so long, while so many of theirs wait.
fn rest(waiting: usize, took: Duration) -> Option<Duration> {
    (waiting > CROWD).then(|| took.min(REST_MOST))
}

impl Drop for ReadTurn {
    fn drop(&mut self) {
        let Some(slot) = self.slot.take() else { return };
        let Some(rest) = rest(slot.waiting(), self.began.elapsed()) else { return };
        let Ok(runtime) = Handle::try_current() else { return };
        runtime.spawn(async move {
            tokio::time::sleep(rest).await;
            drop(slot);
        });
    }
}

/// Work that goes on for long and leaves others half of the time.
#[derive(Debug)]
pub(crate) struct Pace<'r> {
    reading: &'r Reading,
    begun: u64,
    since: Instant,
}

impl Pace<'_> {
    /// Rests after a part, for as long as that took, if anybody read meanwhile.
    pub(crate) async fn rest(&mut self) {
        if self.reading.begun.load(Ordering::Relaxed) != self.begun {
            tokio::time::sleep(self.since.elapsed().min(REST_MOST)).await;
        }
        *self = self.reading.pace();
    }
}

impl Reading {
    /// Waits until one more request of a person may read.
    ///
    /// # Errors
    /// 429 when too many of theirs wait.
    pub(crate) async fn read(&self, person: PersonId) -> Result<ReadTurn, Problem> {
        match self.reads.take(person).await {
            Some(slot) => {
                self.begun.fetch_add(1, Ordering::Relaxed);
                Ok(ReadTurn { slot: Some(slot), began: Instant::now() })
            }
            None => Err(too_many(1).await),
        }
    }

    /// For work that goes on for long, part by part.
    pub(crate) fn pace(&self) -> Pace<'_> {
        Pace { reading: self, begun: self.begun.load(Ordering::Relaxed), since: Instant::now() }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_without_end_rests_and_who_loads_a_page_does_not() {
        let took = Duration::from_millis(300);
        assert_eq!(rest(CROWD, took), None);
        assert_eq!(rest(CROWD + 1, took), Some(took));
        assert_eq!(rest(READS_WAITING, Duration::from_mins(1)), Some(REST_MOST));
    }

    #[tokio::test]
    async fn all_who_wait_get_their_turn_rest_or_not() {
        let reading = Arc::new(Reading::default());
        let person = PersonId(uuid::Uuid::from_bytes([7; 16]));
        let asked = (0..3 * CROWD).map(|_| {
            let reading = reading.clone();
            tokio::spawn(async move { reading.read(person).await.is_ok() })
        });
        for one in asked.collect::<Vec<_>>() {
            assert!(one.await.unwrap());
        }
    }
}
