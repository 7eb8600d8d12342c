//! How long an account stays closed after failed tries: short at first, doubling, a day at most, so that a tired person is not shut out and a
//! guesser gets nowhere.

use chrono::{DateTime, TimeDelta, Utc};

/// Tries that cost nothing.
const FREE: i32 = 4;
const FIRST_SECONDS: i64 = 30;
const LONGEST: TimeDelta = TimeDelta::hours(24);

/// Until when an account is closed after its `failures`-th failure in a row.
pub fn locked_until(failures: i32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let over = u32::try_from(failures - FREE).ok().filter(|n| *n > 0)?;
    let seconds = FIRST_SECONDS.saturating_mul(1 << (over - 1).min(20));
    Some(now + TimeDelta::seconds(seconds).min(LONGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_and_stops_growing() {
        let now = DateTime::UNIX_EPOCH;
        for (failures, seconds) in
            [(1, None), (4, None), (5, Some(30)), (6, Some(60)), (8, Some(240)), (40, Some(86_400))]
        {
            let until = locked_until(failures, now).map(|at| (at - now).num_seconds());
            assert_eq!(until, seconds, "{failures}");
        }
    }
}
