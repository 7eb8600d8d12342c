//! The calendar against an oracle that walks minute by minute, and the laws it keeps whatever the dates.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use yizhi_domain::calendar::{Calendar, Counting, Limit, LimitUnit, Pause, parse};

/// The national calendar as shipped, read once.
fn shipped() -> &'static Calendar {
    static CALENDAR: LazyLock<Arc<Calendar>> = LazyLock::new(|| {
        let files = [
            ("cn-2024.yaml", include_str!("../../../catalog/calendars/cn-2024.yaml")),
            ("cn-2025.yaml", include_str!("../../../catalog/calendars/cn-2025.yaml")),
            ("cn-2026.yaml", include_str!("../../../catalog/calendars/cn-2026.yaml")),
            ("hours.yaml", include_str!("../../../catalog/calendars/hours.yaml")),
        ];
        parse(&files).unwrap().national().clone()
    });
    &CALENDAR
}

/// A minute between mid-2023 and mid-2027: both ends of the published years are inside.
fn moment() -> impl Strategy<Value = DateTime<Utc>> {
    (0..4 * 365 * 1440_i64).prop_map(|minutes| {
        DateTime::parse_from_rfc3339("2023-07-01T00:00:00+08:00").unwrap().to_utc() + TimeDelta::minutes(minutes)
    })
}

fn unit() -> impl Strategy<Value = LimitUnit> {
    prop_oneof![
        Just(LimitUnit::ClockHours),
        Just(LimitUnit::WorkingHours),
        Just(LimitUnit::WorkingDays),
        Just(LimitUnit::CalendarDays)
    ]
}

fn counting() -> impl Strategy<Value = Counting> {
    prop_oneof![Just(Counting::SameTime), Just(Counting::EndOfDay)]
}

fn limit(value: u32, unit: LimitUnit, counting: Counting) -> Limit {
    Limit { value, unit, counting, source: String::new() }
}

/// Pauses given as minutes after the start and lengths in minutes.
fn pauses(from: DateTime<Utc>, raw: &[(i64, i64)]) -> Vec<Pause> {
    let pause = |(offset, length): &(i64, i64)| {
        let from = from + TimeDelta::minutes(*offset);
        Pause { from, until: Some(from + TimeDelta::minutes(*length)) }
    };
    raw.iter().map(pause).collect()
}

fn raw_pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((-2000..20_000_i64, 0..8_000_i64), 0..4)
}

fn paused(at: DateTime<Utc>, pauses: &[Pause]) -> bool {
    pauses.iter().any(|pause| pause.from <= at && pause.until.is_none_or(|until| at < until))
}

/// Walks minute by minute, spending the limit only in minutes that count.
fn oracle(calendar: &Calendar, from: DateTime<Utc>, limit: &Limit, pauses: &[Pause]) -> DateTime<Utc> {
    let working = matches!(limit.unit, LimitUnit::WorkingHours | LimitUnit::WorkingDays);
    let minutes = match limit.unit {
        LimitUnit::ClockHours | LimitUnit::WorkingHours => 60,
        LimitUnit::WorkingDays => 480,
        LimitUnit::CalendarDays => 1440,
    };
    let minute = TimeDelta::minutes(1);
    let counts = |at| !paused(at, pauses) && (!working || calendar.is_working(at));
    let mut left = limit.value * minutes;
    let mut at = from;
    while left > 0 {
        left -= u32::from(counts(at));
        at += minute;
    }
    let may_end = |at| match limit.unit {
        LimitUnit::WorkingDays => counts(at),
        LimitUnit::WorkingHours => !paused(at, pauses) && (calendar.is_working(at) || calendar.is_working(at - minute)),
        _ => !paused(at, pauses),
    };
    while !may_end(at) {
        at += minute;
    }
    at
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn agrees_with_the_walk(from in moment(), unit in unit(), value in 1..12_u32, raw in raw_pauses()) {
        let calendar = shipped();
        let limit = limit(value, unit, Counting::SameTime);
        let pauses = pauses(from, &raw);
        prop_assert_eq!(calendar.due_with_pauses(from, &limit, &pauses).at, oracle(calendar, from, &limit, &pauses));
    }

    #[test]
    fn later_starts_and_longer_limits_never_end_earlier(
        from in moment(), later in 0..20_000_i64, unit in unit(), counting in counting(), value in 1..60_u32, more in 0..20_u32,
    ) {
        let calendar = shipped();
        let short = limit(value, unit, counting);
        let long = limit(value + more, unit, counting);
        let due = calendar.due(from, &short).at;
        prop_assert!(due > from);
        prop_assert!(due <= calendar.due(from, &long).at);
        prop_assert!(due <= calendar.due(from + TimeDelta::minutes(later), &short).at);
    }

    #[test]
    fn never_ends_inside_a_pause_or_on_a_day_off(
        from in moment(), unit in unit(), counting in counting(), value in 1..60_u32, raw in raw_pauses(),
    ) {
        let calendar = shipped();
        let limit = limit(value, unit, counting);
        let pauses = pauses(from, &raw);
        let due = calendar.due_with_pauses(from, &limit, &pauses).at;
        prop_assert!(!paused(due, &pauses), "{due}");
        prop_assert!(due >= calendar.due(from, &limit).at);
        let china = due.with_timezone(&chrono::FixedOffset::east_opt(8 * 3600).unwrap());
        let working_day = calendar.days(china.date_naive(), china.date_naive()).all(|day| day.working);
        let rests = unit == LimitUnit::ClockHours || (unit == LimitUnit::CalendarDays && counting == Counting::SameTime);
        prop_assert!(rests || working_day, "{due}");
        if unit == LimitUnit::WorkingDays && counting == Counting::SameTime {
            prop_assert!(calendar.is_working(due), "{due}");
        }
        if unit == LimitUnit::WorkingHours && counting == Counting::SameTime {
            prop_assert!(calendar.is_working(due) || calendar.is_working(due - TimeDelta::microseconds(1)), "{due}");
        }
    }

    #[test]
    fn working_hours_add_up(from in moment(), first in 1..60_u32, second in 1..60_u32) {
        let calendar = shipped();
        let hours = |from, value| calendar.due(from, &limit(value, LimitUnit::WorkingHours, Counting::SameTime)).at;
        prop_assert_eq!(hours(hours(from, first), second), hours(from, first + second));
    }

    #[test]
    fn used_and_left_make_the_limit(
        from in moment(), unit in unit(), counting in counting(), value in 1..30_u32, raw in raw_pauses(), look in 0..40_000_i64, step in 0..2_000_i64,
    ) {
        let calendar = shipped();
        let limit = limit(value, unit, counting);
        let pauses = pauses(from, &raw);
        let due = calendar.due_with_pauses(from, &limit, &pauses).at;
        let now = from + TimeDelta::minutes(look);
        let left = calendar.remaining(from, &limit, &pauses, now);
        let used = calendar.elapsed(from, &limit, &pauses, now);
        prop_assert!((left.value() + used.value() - f64::from(value)).abs() < 1e-9);
        prop_assert!(left.value() <= f64::from(value));
        prop_assert_eq!(left.value() < 0.0, now > due && left.value() != 0.0);
        let after = calendar.remaining(from, &limit, &pauses, now + TimeDelta::minutes(step));
        prop_assert!(after.value() <= left.value(), "{after:?} {left:?}");
        prop_assert_eq!(calendar.remaining(from, &limit, &pauses, due).value(), 0.0);
        let start = calendar.elapsed(from, &limit, &pauses, from).value();
        prop_assert_eq!(start, 0.0);
    }

    #[test]
    fn amber_is_never_after_the_deadline(
        from in moment(), unit in unit(), counting in counting(), value in 1..30_u32, raw in raw_pauses(), share in 0.0..1.0_f64,
    ) {
        let calendar = shipped();
        let limit = limit(value, unit, counting);
        let pauses = pauses(from, &raw);
        let amber = calendar.at_fraction(from, &limit, &pauses, share);
        prop_assert!(from <= amber && amber <= calendar.due_with_pauses(from, &limit, &pauses).at);
    }
}
