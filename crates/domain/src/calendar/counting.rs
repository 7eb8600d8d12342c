//! Each kind of limit as positions on an axis of its own: running is moving along the axis, pausing is not moving.

use super::limit::{Counting, Limit, LimitUnit};
use super::local::{DAY, Local};
use super::table::Table;

/// The axis a limit is counted on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Axis {
    /// Microseconds by the clock.
    Clock,
    /// Microseconds of work.
    Work,
    /// Working days with a time of day, each as long as 24 hours.
    WorkDays,
    /// Whole days, the first not counted.
    Dates,
    /// Whole working days, the first not counted.
    WorkDates,
}

/// A limit's axis on one calendar.
#[derive(Clone, Copy)]
pub(super) struct Course<'a> {
    pub(super) table: &'a Table,
    pub(super) axis: Axis,
    /// Whether hours that run out during a day last until its end.
    snap: bool,
}

impl<'a> Course<'a> {
    pub(super) fn new(table: &'a Table, limit: &Limit) -> Self {
        let axis = match (limit.unit, limit.counting) {
            (LimitUnit::ClockHours, _) | (LimitUnit::CalendarDays, Counting::SameTime) => Axis::Clock,
            (LimitUnit::WorkingHours, _) => Axis::Work,
            (LimitUnit::WorkingDays, Counting::SameTime) => Axis::WorkDays,
            (LimitUnit::WorkingDays, Counting::EndOfDay) => Axis::WorkDates,
            (LimitUnit::CalendarDays, Counting::EndOfDay) => Axis::Dates,
        };
        let hours = matches!(limit.unit, LimitUnit::ClockHours | LimitUnit::WorkingHours);
        Self { table, axis, snap: hours && limit.counting == Counting::EndOfDay }
    }

    /// Where a moment lies on the axis. Never falls as time goes on.
    pub(super) fn position(&self, at: Local) -> i64 {
        match self.axis {
            Axis::Clock => at.0,
            Axis::Work => self.table.work_before(at),
            Axis::WorkDays => self.table.workdays_before(at),
            Axis::Dates => at.day() * DAY,
            Axis::WorkDates => self.table.days_before(at.day() + 1) * DAY,
        }
    }

    /// The moment at a position.
    fn at(&self, position: i64) -> Local {
        match self.axis {
            Axis::Clock => Local(position),
            Axis::Work => self.table.work_done(position),
            Axis::WorkDays => self.table.workdays_done(position),
            Axis::Dates => Local::end_of(position.div_euclid(DAY)),
            Axis::WorkDates => Local::end_of(self.table.nth_day(position.div_euclid(DAY) - 1)),
        }
    }

    /// The first moment at or after `bound` at which a limit on this axis may end.
    fn end_from(&self, bound: Local) -> Local {
        match self.axis {
            Axis::Clock => bound,
            Axis::Work | Axis::WorkDays => self.table.working_from(bound),
            Axis::Dates => Local::end_of(bound.day()),
            Axis::WorkDates => Local::end_of(self.table.day_from(bound.day())),
        }
    }

    fn not_before(&self, at: Local, bound: Local) -> Local {
        if at < bound { self.end_from(bound) } else { at }
    }

    /// The moment an amount after a start.
    pub(super) fn after(&self, start: Local, amount: i64) -> Local {
        let (whole, rest) = (amount.div_euclid(DAY), amount.rem_euclid(DAY));
        let end = match self.axis {
            Axis::WorkDays => {
                let later = self.table.same_time_later(self.table.working_from(start), whole);
                if rest == 0 { later } else { self.at(self.position(later) + rest) }
            }
            _ => self.at(self.position(start) + amount),
        };
        self.not_before(end, start)
    }

    /// The end moved by a stretch during which the clock stood still.
    pub(super) fn pushed(&self, end: Local, from: Local, until: Local) -> Local {
        let base = self.position(end).max(self.position(from));
        self.not_before(self.at(base + self.position(until) - self.position(from)), until)
    }

    /// The end as it binds: hours that last until the end of their day, statutory days that do not end on a day off.
    pub(super) fn settled(&self, end: Local) -> Local {
        match self.axis {
            Axis::Dates => Local::end_of(self.table.day_from(end.day())),
            _ if self.snap => Local::end_of(end.day()),
            _ => end,
        }
    }
}
