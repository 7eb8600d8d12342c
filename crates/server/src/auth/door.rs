//! What stands between a guesser and all accounts together: how many passwords are checked at once, and how often an address may fail. What concerns one
//! account is in `guard.rs` and kept in the database.

use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use tokio::sync::{Semaphore, SemaphorePermit};
use yizhi_store::half_of_the_cores;

use crate::error::Problem;

use super::addresses::Addresses;
use super::password;

/// Most passwords checked at the same time: each takes 19 MiB and a core, and each is one guess that is not yet counted. Browsers and sessions that are
/// known have as many turns of their own: a flood of strangers does not make them wait.
const TURNS_MOST: usize = 4;

/// Tries to sign in, as this process remembers them.
#[derive(Debug)]
pub struct Door {
    turns: Semaphore,
    known_turns: Semaphore,
    /// Passwords checked since the start.
    checks: AtomicU64,
    addresses: Addresses,
}

impl Default for Door {
    fn default() -> Self {
        Self {
            turns: Semaphore::new(half_of_the_cores(TURNS_MOST)),
            known_turns: Semaphore::new(half_of_the_cores(TURNS_MOST)),
            checks: AtomicU64::new(0),
            addresses: Addresses::default(),
        }
    }
}

impl Door {
    /// Waits for a turn to check a password, among strangers or among those who are known; the turn lasts until it is dropped.
    ///
    /// # Errors
    /// Never while the process runs.
    pub async fn turn(&self, known: bool) -> Result<SemaphorePermit<'_>, Problem> {
        let turns = if known { &self.known_turns } else { &self.turns };
        turns.acquire().await.map_err(|e| Problem::internal(&e))
    }

    /// Checks a password, where it holds nobody up.
    pub(super) async fn check(&self, given: String, phc: String) -> bool {
        self.checks.fetch_add(1, Ordering::Relaxed);
        password::verify_in_background(given, phc).await
    }

    /// How many passwords were checked: every try to sign in is one, whatever is the matter with the account.
    pub fn checks(&self) -> u64 {
        self.checks.load(Ordering::Relaxed)
    }

    /// Goes on only if the address has not failed too often.
    ///
    /// # Errors
    /// 429.
    pub fn admit(&self, address: Option<IpAddr>, now: DateTime<Utc>) -> Result<(), Problem> {
        address.map_or(Ok(()), |a| self.addresses.admit(a, now)).map_err(Problem::slow_down)
    }

    /// Counts a failure of an address.
    pub fn failed(&self, address: Option<IpAddr>, now: DateTime<Utc>) {
        if let Some(address) = address {
            self.addresses.failed(address, now);
        }
    }
}
