//! Deadlines: when a limit ends, what is left of it, and when a share of it is used.

use chrono::{DateTime, Utc};

use super::book::Calendar;
use super::counting::{Axis, Course};
use super::limit::{Amount, Limit};
use super::local::Local;
use super::pause::{Pause, Still, joined};

/// When a limit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    pub at: DateTime<Utc>,
    /// Whether it rests on a year whose days off are not published.
    pub provisional: bool,
}

/// A deadline before and after the rules about its last day.
#[derive(Clone, Copy)]
struct End {
    counted: Local,
    settled: Local,
}

impl Calendar {
    /// When a limit that starts at `from` ends.
    pub fn due(&self, from: DateTime<Utc>, limit: &Limit) -> Due {
        self.due_with_pauses(from, limit, &[])
    }

    /// The same with pauses. A pause that lasts does not move the deadline until it ends.
    pub fn due_with_pauses(&self, from: DateTime<Utc>, limit: &Limit, pauses: &[Pause]) -> Due {
        let start = Local::from_utc(from);
        let course = Course::new(&self.table, limit);
        let end = end(&course, start, limit.amount(), &joined(pauses, start));
        Due { at: end.settled.to_utc(), provisional: self.is_provisional(&course, start, end) }
    }

    /// When a share of the limit (0.8 for amber) is used; never after the deadline.
    pub fn at_fraction(&self, from: DateTime<Utc>, limit: &Limit, pauses: &[Pause], share: f64) -> DateTime<Utc> {
        let start = Local::from_utc(from);
        let course = Course::new(&self.table, limit);
        let stills = joined(pauses, start);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_precision_loss,
            reason = "a share of an amount below 2^53"
        )]
        let amount = (limit.amount() as f64 * share.clamp(0.0, 1.0)).round() as i64;
        let whole = end(&course, start, limit.amount(), &stills);
        end(&course, start, amount, &stills).counted.min(whole.settled).to_utc()
    }

    /// What is left of a limit at a moment, in its own unit; what was left when the pause began, during a pause; negative when overdue.
    ///
    /// Days counted by `end_of_day` are whole: 0 means that the deadline is today. `working_days` of `same_time` that reach over a change of
    /// working hours are measured in shares of each day's work.
    pub fn remaining(&self, from: DateTime<Utc>, limit: &Limit, pauses: &[Pause], now: DateTime<Utc>) -> Amount {
        let start = Local::from_utc(from);
        let course = Course::new(&self.table, limit);
        let mut stills = joined(pauses, start);
        let now = Local::from_utc(now).max(start);
        let stopped_at =
            stills.iter().find(|s| s.from <= now && s.until.is_none_or(|until| now < until)).map(|s| s.from);
        let seen_at = stopped_at.unwrap_or(now);
        stills.retain(|still| still.until.is_some_and(|until| until <= seen_at));
        let end = end(&course, start, limit.amount(), &stills);
        let left = course.position(end.counted) - course.position(seen_at);
        let scaled = if seen_at <= end.settled { left.clamp(0, limit.amount()) } else { left.min(0) };
        Amount { unit: limit.unit, scaled }
    }

    /// What is used of a limit at a moment: with [`Self::remaining`] it makes up the limit.
    pub fn elapsed(&self, from: DateTime<Utc>, limit: &Limit, pauses: &[Pause], now: DateTime<Utc>) -> Amount {
        let left = self.remaining(from, limit, pauses, now);
        Amount { unit: limit.unit, scaled: limit.amount() - left.scaled }
    }

    fn is_provisional(&self, course: &Course<'_>, start: Local, end: End) -> bool {
        let consulted = match course.axis {
            Axis::Clock => return false,
            Axis::Dates => end.counted.day()..=end.settled.day(),
            Axis::Work | Axis::WorkDays | Axis::WorkDates => start.day()..=end.settled.day(),
        };
        !self.published.contains(consulted.start()) || !self.published.contains(consulted.end())
    }
}

fn end(course: &Course<'_>, start: Local, amount: i64, stills: &[Still]) -> End {
    let counted = stills.iter().fold(course.after(start, amount), |end, still| match still.until {
        Some(until) if still.from <= course.settled(end) => course.pushed(end, still.from, until),
        _ => end,
    });
    End { counted, settled: course.settled(counted) }
}
