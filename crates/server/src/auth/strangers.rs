//! Names that no account has are locked after failed tries like those of accounts, so that trying does not tell which accounts exist.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use super::lockout::locked_until;

const MOST: usize = 10_000;
/// A name nobody tried for this long is forgotten.
const KEPT: TimeDelta = TimeDelta::hours(24);

#[derive(Debug)]
struct Tried {
    failures: i32,
    at: DateTime<Utc>,
    locked_until: Option<DateTime<Utc>>,
}

/// Tries by name.
#[derive(Debug, Default)]
pub(super) struct Strangers(Mutex<HashMap<String, Tried>>);

impl Strangers {
    pub(super) fn locked_until(&self, name: &str) -> Option<DateTime<Utc>> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(name).and_then(|tried| tried.locked_until)
    }

    /// Counts a failure.
    pub(super) fn failed(&self, name: &str, now: DateTime<Utc>) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() >= MOST {
            held.retain(|_, tried| now - tried.at < KEPT);
        }
        if held.len() >= MOST {
            held.clear();
        }
        let tried = held.entry(name.to_owned()).or_insert(Tried { failures: 0, at: now, locked_until: None });
        tried.failures = tried.failures.saturating_add(1);
        tried.at = now;
        tried.locked_until = locked_until(tried.failures, now);
    }
}
