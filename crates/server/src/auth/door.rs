//! The door: what stands between a guesser and an account beside the password itself. It is this process's memory of tries; what must outlive the
//! process, an account's own failures, is in the database.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::{Semaphore, SemaphorePermit};
use yizhi_domain::ids::PersonId;

use crate::error::Problem;

use super::addresses::Addresses;
use super::strangers::Strangers;

/// Passwords checked at the same time: each takes 19 MiB and a core, and each is one guess that is not yet counted.
const TURNS: usize = 4;

/// Tries to sign in, as this process remembers them.
#[derive(Debug)]
pub struct Door {
    turns: Semaphore,
    addresses: Addresses,
    strangers: Strangers,
    /// The last time step whose code each person used: a code is good once (RFC 6238, 5.2).
    used: Mutex<HashMap<PersonId, u64>>,
}

impl Default for Door {
    fn default() -> Self {
        Self {
            turns: Semaphore::new(TURNS),
            addresses: Addresses::default(),
            strangers: Strangers::default(),
            used: Mutex::default(),
        }
    }
}

impl Door {
    /// Waits for a turn to check a password; the turn lasts until it is dropped.
    ///
    /// # Errors
    /// Never while the process runs.
    pub(super) async fn turn(&self) -> Result<SemaphorePermit<'_>, Problem> {
        self.turns.acquire().await.map_err(|e| Problem::internal(&e))
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

    pub(super) fn strangers(&self) -> &Strangers {
        &self.strangers
    }

    /// Uses up the code of a time step: `false` if it, or a later one, was used before.
    pub fn use_step(&self, person: PersonId, step: u64) -> bool {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = used.get(&person).is_none_or(|last| *last < step);
        if fresh {
            used.insert(person, step);
        }
        fresh
    }
}
