//! Token buckets: an allowance that refills with time.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// Seconds of allowance that may be saved up.
const BURST: f64 = 4.0;

/// One allowance.
#[derive(Debug)]
pub struct Bucket(Mutex<State>);

#[derive(Debug)]
struct State {
    /// Seconds of allowance left, 0 to [`BURST`].
    left: f64,
    at: DateTime<Utc>,
}

impl Bucket {
    pub fn full(at: DateTime<Utc>) -> Self {
        Self(Mutex::new(State { left: BURST, at }))
    }

    /// Takes one request at `rate` requests a second.
    ///
    /// # Errors
    /// How many seconds to wait.
    pub fn take(&self, rate: u32, now: DateTime<Utc>) -> Result<(), u32> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = (now - state.at).as_seconds_f64().max(0.0);
        state.left = (state.left + passed).min(BURST);
        state.at = now;
        let cost = 1.0 / f64::from(rate.max(1));
        if state.left < cost {
            return Err(1);
        }
        state.left -= cost;
        Ok(())
    }
}
