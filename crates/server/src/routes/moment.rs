//! Moments and days as requests write them: with an offset, in a sane range of years. Ranges are half-open: a day at the upper end of a range
//! counts whole, because the range then ends where the next day begins.

use chrono::{DateTime, Days, NaiveDate, SecondsFormat, SubsecRound as _, TimeZone as _, Utc};
use serde::de::{Deserialize, Deserializer, Error};
use yizhi_domain::clock::{china, is_plausible};

/// What the reading of a moment says when it fails.
pub(super) const NOT_A_MOMENT: &str = "not a moment";
/// What the reading of a day or moment says when it fails.
pub(super) const NOT_A_DAY: &str = "not a day";

/// A moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Moment(pub(crate) DateTime<Utc>);

/// The lower end of a range: a moment, or the beginning of a day in China. It belongs to the range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Since(pub(crate) DateTime<Utc>);

/// The upper end of a range, which it does not hold: a moment, or a day, of which all belongs to the range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Until(pub(crate) DateTime<Utc>);

/// As the records of looks write moments.
pub(crate) fn written(at: DateTime<Utc>) -> String {
    at.with_timezone(&china()).to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        moment(&text).map(Self).ok_or_else(|| D::Error::custom(NOT_A_MOMENT))
    }
}

impl<'de> Deserialize<'de> for Since {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let at = moment(&text).or_else(|| midnight(day(&text)?));
        at.map(Self).ok_or_else(|| D::Error::custom(NOT_A_DAY))
    }
}

impl<'de> Deserialize<'de> for Until {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let at = moment(&text).or_else(|| midnight(day(&text)?).map(|begins| begins + Days::new(1)));
        at.map(Self).ok_or_else(|| D::Error::custom(NOT_A_DAY))
    }
}

/// A query turns the plus of an offset into a blank where nobody has escaped it. A leap second is no moment here: what is shown of it is another day's.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let mended = text.rsplit_once(' ').map(|(time, offset)| format!("{time}+{offset}"));
    let read = DateTime::parse_from_rfc3339(text).ok();
    let read = read.or_else(|| DateTime::parse_from_rfc3339(&mended?).ok())?;
    let is_leap = read.timestamp_subsec_nanos() >= 1_000_000_000;
    Some(read.to_utc().trunc_subsecs(6)).filter(|at| !is_leap && is_plausible(*at))
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok().filter(|_| text.trim().len() == 10)
}

fn midnight(day: NaiveDate) -> Option<DateTime<Utc>> {
    let at = china().from_local_datetime(&day.and_hms_opt(0, 0, 0)?).single()?.to_utc();
    Some(at).filter(|at| is_plausible(*at))
}

#[cfg(test)]
mod tests {
    use serde::de::value::{Error, StrDeserializer};

    use super::*;

    fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Option<T> {
        T::deserialize(StrDeserializer::<Error>::new(text)).ok()
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_counts_whole_at_both_ends() {
        assert_eq!(read("2026-11-20"), Some(Since(at("2026-11-20T00:00:00+08:00"))));
        assert_eq!(read("2026-11-20"), Some(Until(at("2026-11-21T00:00:00+08:00"))));
        assert_eq!(read("2026-12-31"), Some(Until(at("2027-01-01T00:00:00+08:00"))));
    }

    #[test]
    fn a_moment_is_itself() {
        let ten = at("2026-11-20T10:00:00+08:00");
        for text in ["2026-11-20T10:00:00+08:00", "2026-11-20T10:00:00 08:00", "2026-11-20T02:00:00Z"] {
            assert_eq!(read(text), Some(Moment(ten)), "{text}");
            assert_eq!(read(text), Some(Since(ten)), "{text}");
            assert_eq!(read(text), Some(Until(ten)), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_of_ours_is_refused() {
        for text in [
            "",
            "now",
            "2026-11-20T10:00:00",
            "2026-02-30",
            "1899-12-31",
            "2200-01-01",
            "9999-12-31",
            "+262142-01-01T00:00:00Z",
            "-99999-01-01T00:00:00Z",
            "2026-11-20T25:00:00Z",
            "2026-11-20T23:59:60+08:00",
            "2016-12-31T23:59:60.5Z",
            "2026-11-20T10:00:00+99:00",
            "20261120",
        ] {
            assert_eq!(read::<Moment>(text), None, "{text}");
            assert_eq!(read::<Since>(text), None, "{text}");
            assert_eq!(read::<Until>(text), None, "{text}");
        }
    }
}
