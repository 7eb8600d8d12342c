//! Turns: how many uploads are received at once, how many bytes of them lie on the disk, and how much memory cleaning takes. All in all, and for each
//! person, so that nobody stops the others.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};
use yizhi_domain::ids::PersonId;
use yizhi_store::{Quota, half_of_the_cores};

use crate::error::Problem;
use crate::per_person::{PerPerson, Slot};

/// Bounds of uploads.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Bytes of all uploads under way together.
    pub in_flight: u64,
    /// Uploads of one person that are received at once; more wait.
    pub at_once: usize,
    /// Uploads of one person that may wait, and of all together.
    pub waiting: usize,
    pub waiting_all: usize,
    /// Longest time without a byte.
    pub idle: Duration,
    /// Fewest bytes a second, once `idle` is over.
    pub least_rate: u64,
    /// Most bytes a second of one upload: what comes faster is left in the system's buffers.
    pub most_rate: u64,
    /// What of one person may wait for a case to use it.
    pub unused: Quota,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            in_flight: 1 << 30,
            at_once: 4,
            waiting: 64,
            waiting_all: 512,
            idle: Duration::from_secs(30),
            least_rate: 4 * 1024,
            most_rate: 25 * 1024 * 1024,
            unused: Quota { files: 100, bytes: 2 << 30 },
        }
    }
}

/// Most files that are cleaned at once: each takes a core.
const CLEANED_AT_ONCE: usize = 4;

/// Semaphores count in units of this, in bytes.
const UNIT: u64 = 1024 * 1024;

/// The turns of a process.
#[derive(Debug)]
pub struct Turns {
    limits: Limits,
    flight: Arc<Semaphore>,
    memory: Arc<Semaphore>,
    cleaning: Semaphore,
    waiting: Arc<AtomicUsize>,
    people: PerPerson,
}

/// An upload's turn, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _slot: Slot,
    _flight: OwnedSemaphorePermit,
}

/// One who waits.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn enter(count: &Arc<AtomicUsize>, most: usize) -> Option<Self> {
        let entered = Self(count.clone());
        (count.fetch_add(1, Ordering::SeqCst) < most).then_some(entered)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn units(bytes: u64) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

fn semaphore(bytes: u64) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(units(bytes) as usize))
}

impl Turns {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            flight: semaphore(limits.in_flight),
            memory: semaphore(yizhi_uploads::MEMORY_MAX),
            cleaning: Semaphore::new(half_of_the_cores(CLEANED_AT_ONCE)),
            waiting: Arc::default(),
            people: PerPerson::new(limits.at_once, limits.waiting),
        }
    }

    /// The bounds.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Waits until a person may send so many bytes.
    ///
    /// # Errors
    /// 429 or 503 when too many wait already.
    pub(crate) async fn take(&self, person: PersonId, bytes: u64) -> Result<Turn, Problem> {
        let slot = self.people.take(person).await.ok_or_else(busy)?;
        let _all = Waiting::enter(&self.waiting, self.limits.waiting_all).ok_or_else(busy)?;
        let units = units(bytes.min(self.limits.in_flight)).max(1);
        let flight = self.flight.clone().acquire_many_owned(units).await.map_err(|e| Problem::internal(&e))?;
        Ok(Turn { _slot: slot, _flight: flight })
    }

    /// Waits until so much memory may be taken.
    pub(crate) async fn memory(&self, bytes: u64) -> Result<OwnedSemaphorePermit, Problem> {
        let units = units(bytes.min(yizhi_uploads::MEMORY_MAX)).max(1);
        self.memory.clone().acquire_many_owned(units).await.map_err(|e| Problem::internal(&e))
    }

    /// Waits until one more file may be cleaned.
    pub(crate) async fn cleaning(&self) -> Result<SemaphorePermit<'_>, Problem> {
        self.cleaning.acquire().await.map_err(|e| Problem::internal(&e))
    }
}

fn busy() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "busy",
        "正在上传的文件太多，请稍等片刻再试。",
        "Too many files are being uploaded; wait a moment and try again.",
    )
    .with_retry_after(5)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(n: u8) -> PersonId {
        PersonId(uuid::Uuid::from_bytes([n; 16]))
    }

    fn turns(limits: Limits) -> Arc<Turns> {
        Arc::new(Turns::new(limits))
    }

    /// Whether somebody has a turn without waiting.
    async fn at_once(turns: &Turns, n: u8, bytes: u64) -> Option<Turn> {
        tokio::select! {
            biased;
            turn = turns.take(person(n), bytes) => Some(turn.unwrap()),
            () = tokio::task::yield_now() => None,
        }
    }

    #[tokio::test]
    async fn a_person_has_so_many_turns_and_others_theirs() {
        let turns = turns(Limits { at_once: 2, ..Limits::default() });
        let (first, _second) = (at_once(&turns, 1, 1).await.unwrap(), at_once(&turns, 1, 1).await.unwrap());
        assert!(at_once(&turns, 1, 1).await.is_none());
        assert!(at_once(&turns, 2, 1).await.is_some());
        drop(first);
        assert!(at_once(&turns, 1, 1).await.is_some());
    }

    #[tokio::test]
    async fn all_together_hold_so_many_bytes() {
        let turns = turns(Limits { in_flight: 4 * UNIT, ..Limits::default() });
        let _three = at_once(&turns, 1, 3 * UNIT).await.unwrap();
        assert!(at_once(&turns, 2, 2 * UNIT).await.is_none());
        assert!(at_once(&turns, 3, UNIT).await.is_some());
    }
}
