//! Where time comes from. The process clock implements this in `server`; tests set it by hand.

use std::sync::Mutex;

use chrono::{DateTime, FixedOffset, SecondsFormat, TimeDelta, Utc};
use serde::Serializer;

/// A source of the present moment.
pub trait Clock: Send + Sync {
    fn now(&self) -> DateTime<Utc>;
}

/// Years in which anything that the platform is told may lie. Everything that is counted from such a moment can be counted and kept.
pub const YEARS: std::ops::Range<i32> = 1900..2200;

/// Whether a moment lies in a year of [`YEARS`], in China.
pub fn is_plausible(at: DateTime<Utc>) -> bool {
    use chrono::Datelike as _;
    // A day inside the ends of chrono's range, so that the offset can be added.
    let within = DateTime::<Utc>::MIN_UTC + TimeDelta::days(1)..DateTime::<Utc>::MAX_UTC - TimeDelta::days(1);
    within.contains(&at) && YEARS.contains(&at.with_timezone(&china()).year())
}

/// China Standard Time, UTC+8 without daylight saving since 1992.
pub fn china() -> FixedOffset {
    #[expect(clippy::expect_used, reason = "eight hours is a valid offset")]
    FixedOffset::east_opt(8 * 3600).expect("valid offset")
}

/// Writes a moment as chrono does in JSON, but as one text: chrono's own way hands it on sign by sign.
///
/// # Errors
/// Those of the serializer.
pub fn as_text<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

/// The same where there may be none.
///
/// # Errors
/// Those of the serializer.
pub fn maybe_as_text<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => as_text(at, serializer),
        None => serializer.serialize_none(),
    }
}

/// A clock that moves only when told.
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    pub fn new(at: DateTime<Utc>) -> Self {
        Self(Mutex::new(at))
    }

    pub fn set(&self, at: DateTime<Utc>) {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = at;
    }

    pub fn advance(&self, by: TimeDelta) {
        let mut held = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *held += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_chrono_writes_them() {
        #[derive(serde::Serialize)]
        struct Told {
            #[serde(serialize_with = "as_text")]
            at: DateTime<Utc>,
            #[serde(serialize_with = "maybe_as_text")]
            until: Option<DateTime<Utc>>,
        }
        for micros in [0, 1, 1_000, 500_000, 1_772_409_600_000_000, 1_772_409_600_123_456, -62_135_596_800_000_000] {
            let at = DateTime::from_timestamp_micros(micros).unwrap();
            let told = serde_json::to_value(Told { at, until: Some(at) }).unwrap();
            assert_eq!(told, serde_json::json!({ "at": at, "until": at }));
        }
        let none = serde_json::to_value(Told { at: DateTime::UNIX_EPOCH, until: None }).unwrap();
        assert_eq!(none["until"], serde_json::Value::Null);
    }
}
