//! When things happen in the simulated history: reports come in waves through the day and week, people work in their hours.

use chrono::{DateTime, Datelike, NaiveTime, TimeDelta, TimeZone, Timelike, Utc, Weekday};
use rand::Rng;
use rand::distr::Distribution;
use rand::distr::weighted::WeightedIndex;
use rand::rngs::StdRng;
use yizhi_domain::calendar::Calendar;
use yizhi_domain::clock::china;

/// Length of the history.
pub(in crate::demo) const DAYS: i64 = 90;

/// Reports in each hour of the day, relative to each other.
const HOURS: [u32; 24] = [1, 1, 0, 0, 0, 1, 4, 10, 16, 18, 17, 13, 8, 9, 14, 16, 15, 13, 11, 10, 9, 7, 4, 2];
const WEEKEND: u32 = 7;
const WEEKDAY: u32 = 10;

/// `n` moments of reports in the days before `now`, in order.
pub(super) fn of_reports(n: usize, now: DateTime<Utc>, rng: &mut StdRng) -> Vec<DateTime<Utc>> {
    let first = now - TimeDelta::days(DAYS);
    let days: Vec<DateTime<Utc>> = (0..=DAYS).map(|d| first + TimeDelta::days(d)).collect();
    let weight = |day: &DateTime<Utc>| match day.with_timezone(&china()).weekday() {
        Weekday::Sat | Weekday::Sun => WEEKEND,
        _ => WEEKDAY,
    };
    let (Ok(by_day), Ok(by_hour)) = (WeightedIndex::new(days.iter().map(weight)), WeightedIndex::new(HOURS)) else {
        return Vec::new();
    };
    let mut moments = Vec::with_capacity(n);
    while moments.len() < n {
        let day = days[by_day.sample(rng)].with_timezone(&china()).date_naive();
        let hour = u32::try_from(by_hour.sample(rng)).unwrap_or(12);
        let time = NaiveTime::from_hms_opt(hour, rng.random_range(0..60), rng.random_range(0..60)).unwrap_or_default();
        let Some(at) = china().from_local_datetime(&day.and_time(time)).single() else { continue };
        let at = at.to_utc();
        if first <= at && at < now {
            moments.push(at);
        }
    }
    moments.sort_unstable();
    moments
}

/// When somebody works on what they hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hours {
    /// At any hour: emergencies.
    Always,
    /// From seven to ten in the evening: people in the field.
    Daylight,
    Office,
}

/// The first moment from `at` on at which somebody works; a little after opening, not all at the stroke.
pub(super) fn at_work(at: DateTime<Utc>, hours: Hours, calendar: &Calendar, turn: usize) -> DateTime<Utc> {
    let some = TimeDelta::seconds(i64::try_from(turn % 1_500).unwrap_or(0) + 60);
    match hours {
        Hours::Always => at,
        Hours::Office => {
            let open = calendar.working_from(at);
            if open == at { at } else { open + some }
        }
        Hours::Daylight => {
            let local = at.with_timezone(&china());
            let day = match local.hour() {
                7..22 => return at,
                0..7 => local.date_naive(),
                _ => local.date_naive().succ_opt().unwrap_or_default(),
            };
            let seven = NaiveTime::from_hms_opt(7, 0, 0).unwrap_or_default();
            let morning = china().from_local_datetime(&day.and_time(seven)).single();
            morning.map_or(at, |m| m.to_utc() + some)
        }
    }
}

/// A share of the time from one moment to another.
pub(super) fn share(from: DateTime<Utc>, until: DateTime<Utc>, share: f64) -> DateTime<Utc> {
    #[expect(clippy::cast_possible_truncation, reason = "seconds within some months")]
    let seconds = ((until - from).as_seconds_f64() * share) as i64;
    from + TimeDelta::seconds(seconds)
}

/// Hours as a length.
pub(super) fn hours(hours: f64) -> TimeDelta {
    #[expect(clippy::cast_possible_truncation, reason = "some days in seconds")]
    let seconds = (hours * 3_600.0) as i64;
    TimeDelta::seconds(seconds)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn reports_come_in_order_and_in_the_days_before() {
        let now = at("2026-11-22T10:00:00+08:00");
        let moments = of_reports(500, now, &mut StdRng::seed_from_u64(3));
        assert_eq!(moments.len(), 500);
        assert!(moments.is_sorted() && moments[0] >= now - TimeDelta::days(DAYS) && moments[499] < now);
        assert_eq!(moments, of_reports(500, now, &mut StdRng::seed_from_u64(3)));
    }

    #[test]
    fn people_in_the_field_sleep() {
        let (_, files) = crate::loading::shipped_catalog().unwrap();
        let calendars = crate::loading::calendars(&files).unwrap();
        let national = calendars.national();
        let night = at("2026-11-18T23:30:00+08:00");
        assert_eq!(at_work(night, Hours::Daylight, national, 0), at("2026-11-19T07:01:00+08:00"));
        assert_eq!(at_work(night, Hours::Office, national, 30), at("2026-11-19T08:01:30+08:00"));
        assert_eq!(at_work(night, Hours::Always, national, 0), night);
        let noon = at("2026-11-19T12:30:00+08:00");
        assert_eq!(at_work(noon, Hours::Daylight, national, 0), noon);
        assert_eq!(at_work(noon, Hours::Office, national, 0), at("2026-11-19T14:01:00+08:00"));
    }
}
