//! Moments as RFC 3339 with China's offset.

use chrono::{DateTime, FixedOffset, Utc};
use yizhi_domain::clock::china;

/// A moment as shown: microseconds, `+08:00`.
pub(crate) type Shown = DateTime<FixedOffset>;

pub(crate) fn shown(at: DateTime<Utc>) -> Shown {
    at.with_timezone(&china())
}
