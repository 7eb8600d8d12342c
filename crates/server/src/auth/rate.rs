//! Token buckets: an allowance that refills with time.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// One allowance, counted in seconds: it refills by one a second up to its size.
#[derive(Debug)]
pub struct Bucket {
    size: f64,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    left: f64,
    at: DateTime<Utc>,
}

impl Bucket {
    /// A full one of `size` seconds.
    pub fn full(size: f64, at: DateTime<Utc>) -> Self {
        Self { size, state: Mutex::new(State { left: size, at }) }
    }

    /// Takes `cost` seconds from the allowance.
    ///
    /// # Errors
    /// How many seconds to wait; nothing was taken then.
    pub fn take(&self, cost: f64, now: DateTime<Utc>) -> Result<(), u32> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.refill(&mut state, now);
        enough(state.left, cost)?;
        state.left -= cost;
        Ok(())
    }

    /// Whether `cost` seconds could be taken.
    ///
    /// # Errors
    /// How many seconds to wait.
    pub fn has(&self, cost: f64, now: DateTime<Utc>) -> Result<(), u32> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.refill(&mut state, now);
        enough(state.left, cost)
    }

    /// Whether nothing has been taken that is not refilled.
    pub fn is_full(&self, now: DateTime<Utc>) -> bool {
        self.has(self.size, now).is_ok()
    }

    fn refill(&self, state: &mut State, now: DateTime<Utc>) {
        let passed = (now - state.at).as_seconds_f64().max(0.0);
        state.left = (state.left + passed).min(self.size);
        state.at = now;
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a wait of seconds, at least one")]
fn enough(left: f64, cost: f64) -> Result<(), u32> {
    if left >= cost { Ok(()) } else { Err((cost - left).ceil().max(1.0) as u32) }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn empties_and_refills() {
        let start = DateTime::UNIX_EPOCH;
        let bucket = Bucket::full(2.0, start);
        assert_eq!(bucket.take(1.0, start), Ok(()));
        assert_eq!(bucket.take(1.0, start), Ok(()));
        assert_eq!(bucket.take(1.5, start), Err(2));
        assert!(!bucket.is_full(start));
        let later = start + TimeDelta::seconds(2);
        assert_eq!(bucket.has(1.5, later), Ok(()));
        assert!(bucket.is_full(later));
        assert_eq!(bucket.take(2.5, start + TimeDelta::days(1)), Err(1));
    }
}
