//! Where time comes from. The process clock implements this in `server`; tests set it by hand.

use std::sync::Mutex;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};

/// A source of the present moment.
pub trait Clock: Send + Sync {
    fn now(&self) -> DateTime<Utc>;
}

/// Years in which anything that the platform is told may lie. Everything that is counted from such a moment can be counted and kept.
pub const YEARS: std::ops::Range<i32> = 1900..2200;

/// Whether a moment lies in a year of [`YEARS`], in China.
pub fn is_plausible(at: DateTime<Utc>) -> bool {
    use chrono::Datelike as _;
    // A day inside the ends of chrono's range, so that the offset can be added.
    let within = DateTime::<Utc>::MIN_UTC + TimeDelta::days(1)..DateTime::<Utc>::MAX_UTC - TimeDelta::days(1);
    within.contains(&at) && YEARS.contains(&at.with_timezone(&china()).year())
}

/// China Standard Time, UTC+8 without daylight saving since 1992.
pub fn china() -> FixedOffset {
    #[expect(clippy::expect_used, reason = "eight hours is a valid offset")]
    FixedOffset::east_opt(8 * 3600).expect("valid offset")
}

/// A clock that moves only when told.
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    pub fn new(at: DateTime<Utc>) -> Self {
        Self(Mutex::new(at))
    }

    pub fn set(&self, at: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = at;
    }

    pub fn advance(&self, by: TimeDelta) {
        let mut held = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *held += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
