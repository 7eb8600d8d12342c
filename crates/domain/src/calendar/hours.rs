//! The working hours of one day, and the arithmetic between time of day and work done.

use super::local::{DAY, HOUR};

/// One stretch of work, in microseconds since midnight, with the work done before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    from: i64,
    until: i64,
    before: i64,
}

/// When offices work on a working day: one or more spans in order, such as 08:00–12:00 and 14:00–18:00.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayHours {
    spans: Box<[Span]>,
    total: i64,
}

/// Why working hours could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    #[error("working hours need at least one span, such as \"08:00-12:00\"")]
    Empty,
    #[error("`{0}` is not a span of hours; write it as \"08:00-12:00\"")]
    Malformed(String),
    #[error("`{0}` ends before it starts, or starts before the span before it has ended")]
    Order(String),
}

impl DayHours {
    /// Reads spans such as `08:00-12:00`; `24:00` may end the last one.
    pub fn parse<S: AsRef<str>>(texts: &[S]) -> Result<Self, HoursError> {
        let mut spans: Vec<Span> = Vec::with_capacity(texts.len());
        let mut total = 0;
        for text in texts.iter().map(AsRef::as_ref) {
            let (from, until) = span_times(text).ok_or_else(|| HoursError::Malformed(text.to_owned()))?;
            let earliest = spans.last().map_or(0, |last| last.until);
            if until <= from || from < earliest {
                return Err(HoursError::Order(text.to_owned()));
            }
            spans.push(Span { from, until, before: total });
            total += until - from;
        }
        if spans.is_empty() { Err(HoursError::Empty) } else { Ok(Self { spans: spans.into(), total }) }
    }

    /// Working time in the whole day, in microseconds.
    pub(super) fn total(&self) -> i64 {
        self.total
    }

    /// Work done by a time of day.
    pub(super) fn worked(&self, time: i64) -> i64 {
        let last_begun = self.spans.iter().rev().find(|span| span.from <= time);
        last_begun.map_or(0, |span| span.before + time.min(span.until) - span.from)
    }

    /// The earliest time of day by which so much work is done: 12:00 rather than 14:00 for a morning's work.
    pub(super) fn end_of(&self, work: i64) -> i64 {
        let holding = self.spans.iter().find(|span| work <= span.before + (span.until - span.from));
        holding.map_or(self.close(), |span| span.from + (work - span.before).max(0))
    }

    /// The working moment at which so much work is done: 14:00 rather than 12:00 for a morning's work.
    pub(super) fn start_of(&self, work: i64) -> i64 {
        let holding = self.spans.iter().find(|span| work < span.before + (span.until - span.from));
        holding.map_or(self.close(), |span| span.from + (work - span.before).max(0))
    }

    /// The time itself when it is worked, else the start of the next span, else the close.
    pub(super) fn clamp(&self, time: i64) -> i64 {
        self.next(time).unwrap_or(self.close())
    }

    /// The first working moment of the day at or after a time.
    pub(super) fn next(&self, time: i64) -> Option<i64> {
        self.spans.iter().find(|span| time < span.until).map(|span| time.max(span.from))
    }

    /// When the day's work ends.
    fn close(&self) -> i64 {
        self.spans.last().map_or(DAY, |span| span.until)
    }
}

fn span_times(text: &str) -> Option<(i64, i64)> {
    let (from, until) = text.split_once(['-', '–'])?;
    Some((time_of_day(from.trim())?, time_of_day(until.trim())?))
}

fn time_of_day(text: &str) -> Option<i64> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits =
        |part: &str| (part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?;
    let (hour, minute): (i64, i64) = (two_digits(hour)?, two_digits(minute)?);
    let time = hour * HOUR + minute * (HOUR / 60);
    (minute < 60 && time <= DAY).then_some(time)
}
