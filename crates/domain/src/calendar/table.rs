//! Prefix sums over days: how much work lies before a day, and on which day so much work is reached, without walking days.
//!
//! The table holds the published years and a few after them, whose seasonal hours are foreseeable. Before and after it, weeks of five days
//! with the default hours go on for ever, so that every question has an answer.

use super::hours::DayHours;
use super::local::{DAY, DayNumber, Local};

/// Monday, 5 January 1970.
const A_MONDAY: DayNumber = 4;

/// Whether a day is one of Monday to Friday.
pub(super) fn is_weekday(day: DayNumber) -> bool {
    (day - A_MONDAY).rem_euclid(7) < 5
}

/// Days of Monday to Friday between a fixed Monday and a day.
fn weekdays_before(day: DayNumber) -> i64 {
    let since = day - A_MONDAY;
    5 * since.div_euclid(7) + since.rem_euclid(7).min(5)
}

/// The inverse of [`weekdays_before`].
fn nth_weekday(n: i64) -> DayNumber {
    A_MONDAY + 7 * n.div_euclid(5) + n.rem_euclid(5)
}

/// What is counted: working days, or microseconds of work.
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    days: i64,
    work: i64,
}

#[derive(Clone, Copy, Debug)]
struct Cell {
    before: Sums,
    /// Index into `patterns`; `None` on a day off.
    hours: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct Table {
    first: DayNumber,
    cells: Vec<Cell>,
    /// The working days of the table, in order.
    working: Vec<DayNumber>,
    total: Sums,
    /// The first is the default.
    patterns: Vec<DayHours>,
}

impl Table {
    /// `days` gives the index of each day's hours among `patterns`, or `None` for a day off. The first of `patterns` is the default.
    pub(super) fn new(first: DayNumber, days: impl Iterator<Item = Option<usize>>, patterns: Vec<DayHours>) -> Self {
        let mut table = Self { first, cells: Vec::new(), working: Vec::new(), total: Sums::default(), patterns };
        for (day, hours) in (first..).zip(days) {
            table.cells.push(Cell { before: table.total, hours });
            if let Some(index) = hours {
                table.working.push(day);
                table.total.days += 1;
                table.total.work += table.patterns[index].total();
            }
        }
        table
    }

    fn end(&self) -> DayNumber {
        self.first + i64::try_from(self.cells.len()).unwrap_or(i64::MAX)
    }

    fn cell(&self, day: DayNumber) -> Option<&Cell> {
        usize::try_from(day - self.first).ok().and_then(|index| self.cells.get(index))
    }

    fn default_hours(&self) -> &DayHours {
        &self.patterns[0]
    }

    /// The hours of a working day; `None` on a day off.
    pub(super) fn hours(&self, day: DayNumber) -> Option<&DayHours> {
        match self.cell(day) {
            Some(cell) => cell.hours.map(|index| &self.patterns[index]),
            None => is_weekday(day).then(|| self.default_hours()),
        }
    }

    /// Working days and work between the table's first day and a day; negative before it.
    fn before(&self, day: DayNumber) -> Sums {
        if let Some(cell) = self.cell(day) {
            return cell.before;
        }
        let (edge, base) = if day < self.first { (self.first, Sums::default()) } else { (self.end(), self.total) };
        let days = weekdays_before(day) - weekdays_before(edge);
        Sums { days: base.days + days, work: base.work + days * self.default_hours().total() }
    }

    /// The ordinal of a day among working days: how many lie before it.
    pub(super) fn days_before(&self, day: DayNumber) -> i64 {
        self.before(day).days
    }

    /// The working day with an ordinal; the inverse of [`Self::days_before`].
    pub(super) fn nth_day(&self, n: i64) -> DayNumber {
        if let Some(day) = usize::try_from(n).ok().and_then(|index| self.working.get(index)) {
            return *day;
        }
        let (edge, base) = if n < 0 { (self.first, 0) } else { (self.end(), self.total.days) };
        nth_weekday(weekdays_before(edge) + n - base)
    }

    /// The first working day at or after a day.
    pub(super) fn day_from(&self, day: DayNumber) -> DayNumber {
        self.nth_day(self.days_before(day))
    }

    /// Microseconds of work between the table's first day and a moment.
    pub(super) fn work_before(&self, at: Local) -> i64 {
        self.before(at.day()).work + self.hours(at.day()).map_or(0, |hours| hours.worked(at.time()))
    }

    /// The earliest moment by which so much work is done.
    pub(super) fn work_done(&self, work: i64) -> Local {
        let day = self.day_of_work(work);
        let time = self.hours(day).map_or(0, |hours| hours.end_of(work - self.before(day).work));
        Local::new(day, time)
    }

    /// The working day within which, or at whose close, so much work is done.
    fn day_of_work(&self, work: i64) -> DayNumber {
        if (1..=self.total.work).contains(&work) {
            let after = self.working.partition_point(|day| self.before(*day).work < work);
            return self.working[after - 1];
        }
        let (base_days, base_work) = if work < 1 { (0, 0) } else { (self.total.days, self.total.work) };
        self.nth_day(base_days + (work - base_work - 1).div_euclid(self.default_hours().total()))
    }

    /// A moment counted in working days of 24 hours, each spread evenly over the day's work.
    pub(super) fn workdays_before(&self, at: Local) -> i64 {
        let share = self.hours(at.day()).map_or(0, |hours| spread(hours.worked(at.time()), DAY, hours.total()));
        self.days_before(at.day()) * DAY + share
    }

    /// The working moment at a count of [`Self::workdays_before`]: its exact inverse on working moments.
    pub(super) fn workdays_done(&self, count: i64) -> Local {
        let day = self.nth_day(count.div_euclid(DAY));
        let time =
            self.hours(day).map_or(0, |hours| hours.start_of(spread_up(count.rem_euclid(DAY), hours.total(), DAY)));
        Local::new(day, time)
    }

    /// The moment itself when it is working time, else the next working moment.
    pub(super) fn working_from(&self, at: Local) -> Local {
        let today = self.hours(at.day()).and_then(|hours| hours.next(at.time()));
        today.map_or_else(
            || {
                let day = self.day_from(at.day() + 1);
                Local::new(day, self.hours(day).map_or(0, |hours| hours.clamp(0)))
            },
            |time| Local::new(at.day(), time),
        )
    }

    /// The same time of day some working days later, moved into that day's hours.
    pub(super) fn same_time_later(&self, at: Local, days: i64) -> Local {
        let day = self.nth_day(self.days_before(at.day()) + days);
        Local::new(day, self.hours(day).map_or(at.time(), |hours| hours.clamp(at.time())))
    }
}

/// `part × to ÷ of`, rounded down. With `to ≥ of`, [`spread_up`] undoes it exactly.
fn spread(part: i64, to: i64, of: i64) -> i64 {
    i64::try_from(i128::from(part) * i128::from(to) / i128::from(of)).unwrap_or(i64::MAX)
}

/// `part × to ÷ of`, rounded up.
fn spread_up(part: i64, to: i64, of: i64) -> i64 {
    let (product, of) = (i128::from(part) * i128::from(to), i128::from(of));
    i64::try_from((product + of - 1) / of).unwrap_or(i64::MAX)
}
