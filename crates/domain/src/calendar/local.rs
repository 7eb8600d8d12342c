//! China's wall clock as plain integers, so that deadline arithmetic is addition.

use chrono::{DateTime, Datelike, NaiveDate, Utc};

/// Microseconds in a day.
pub(super) const DAY: i64 = 86_400_000_000;
/// Microseconds in an hour.
pub(super) const HOUR: i64 = DAY / 24;
/// China is UTC+8 all year.
const OFFSET: i64 = 8 * HOUR;
/// 1970-01-01 as counted by `chrono` from the year 1.
const EPOCH_FROM_CE: i64 = 719_163;

/// Days since 1970-01-01.
pub(super) type DayNumber = i64;

/// A moment on China's wall clock: microseconds since 1970-01-01T00:00 there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Local(pub(super) i64);

impl Local {
    pub(super) fn from_utc(at: DateTime<Utc>) -> Self {
        Self(at.timestamp_micros() + OFFSET)
    }

    /// Moments outside the range of `chrono` become its last one.
    pub(super) fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0 - OFFSET).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    pub(super) fn new(day: DayNumber, time: i64) -> Self {
        Self(day * DAY + time)
    }

    /// The last microsecond of a day, which stands for its 24:00.
    pub(super) fn end_of(day: DayNumber) -> Self {
        Self::new(day, DAY - 1)
    }

    pub(super) fn day(self) -> DayNumber {
        self.0.div_euclid(DAY)
    }

    /// Microseconds since midnight.
    pub(super) fn time(self) -> i64 {
        self.0.rem_euclid(DAY)
    }
}

pub(super) fn day_number(date: NaiveDate) -> DayNumber {
    i64::from(date.num_days_from_ce()) - EPOCH_FROM_CE
}

/// The date of a day; days outside the range of `chrono` become its last one.
pub(super) fn date(day: DayNumber) -> NaiveDate {
    i32::try_from(day + EPOCH_FROM_CE).ok().and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or(NaiveDate::MAX)
}
