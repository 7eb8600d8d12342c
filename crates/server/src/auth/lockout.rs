//! How long an account stays closed after failed tries: short at first, doubling, a day at most, so that a tired person is not shut out and a guesser
//! gets nowhere.

use chrono::{DateTime, TimeDelta, Utc};

/// Tries that cost nothing.
const FREE: i32 = 4;
/// The same over all networks from which an account is not known.
const FREE_WIDELY: i32 = 100;
const FIRST_SECONDS: i64 = 30;
const LONGEST: TimeDelta = TimeDelta::hours(24);
/// Longest that an account is closed to everybody from whom it is not known.
const LONGEST_WIDELY: TimeDelta = TimeDelta::hours(1);

/// Until when a place is closed after its `failures`-th failure in a row.
pub fn locked_until(failures: i32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    doubling(failures, FREE, LONGEST, now)
}

/// Until when an account is closed to all places from which it is not known, after that many failures from all of them.
pub fn locked_until_widely(failures: i32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    doubling(failures, FREE_WIDELY, LONGEST_WIDELY, now)
}

fn doubling(failures: i32, free: i32, longest: TimeDelta, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let over = u32::try_from(failures - free).ok().filter(|n| *n > 0)?;
    let seconds = FIRST_SECONDS.saturating_mul(1 << (over - 1).min(20));
    Some(now + TimeDelta::seconds(seconds).min(longest))
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
        for (failures, seconds) in [(100, None), (101, Some(30)), (102, Some(60)), (140, Some(3_600))] {
            let until = locked_until_widely(failures, now).map(|at| (at - now).num_seconds());
            assert_eq!(until, seconds, "{failures} from everywhere");
        }
    }
}
