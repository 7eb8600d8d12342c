//! Deadlines exact to the working calendar: limits, days off and make-up workdays, working hours, pauses. Time is a parameter.
//!
//! All dates and hours are those of China: UTC+8 all year, no daylight saving since 1992 (last used in 1991).
//!
//! How each kind of limit is counted:
//!
//! | unit | `same_time` | `end_of_day` |
//! |---|---|---|
//! | `clock_hours` | hours by the clock, day and night | the end of the day on which they run out |
//! | `working_hours` | hours of working time; ends with the last of it, so four hours from 08:00 end at 12:00 | the end of that day |
//! | `working_days` | at the same time of day so many working days later: three from Thursday 17:00 end on Tuesday 17:00 | see below |
//! | `calendar_days` | so many times 24 hours | see below |
//!
//! Working units that start outside working time start at the next working moment. Working time is closed at its start and open at its end,
//! so 12:00 and 18:00 are outside of it. When a `working_days` limit ends on a day with other hours, the time of day is moved to the nearest
//! following working moment of that same day, or to the day's close.
//!
//! `end_of_day` on days is statutory counting:
//! - the day of the event is not counted, whatever its hour (Civil Code 民法典 art. 201; Civil Procedure Law 民事诉讼法 as amended in 2023,
//!   art. 85 para. 2; both count from the next day);
//! - the last day runs until 24:00 (Civil Code art. 203 para. 2), given here as the last microsecond of that day, 23:59:59.999999;
//! - `calendar_days` whose last day is a day off end with the first working day after it (Civil Code art. 203 para. 1; Civil Procedure Law
//!   art. 85 para. 3). Days off in the middle are counted like any other.
//!
//! Pauses stop a clock; when it resumes it has what was left. A deadline is *provisional* when it rests on a day of a year whose notice is not
//! published: there Monday to Friday are taken for working days.

mod book;
mod counting;
mod due;
mod hours;
mod limit;
mod local;
mod parse;
mod pause;
mod table;

pub use book::{Calendar, Calendars, Day};
pub use due::Due;
pub use hours::{DayHours, HoursError};
pub use limit::{Amount, Counting, Limit, LimitError, LimitUnit};
pub use parse::{CalendarError, parse};
pub use pause::Pause;
