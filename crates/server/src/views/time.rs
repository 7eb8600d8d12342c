//! Moments as RFC 3339 with China's offset.

use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use yizhi_domain::clock::china;

/// A moment as shown: RFC 3339, microseconds, `+08:00`.
#[derive(Clone, Copy, Debug, ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub(crate) struct Shown(DateTime<FixedOffset>);

pub(crate) fn shown(at: DateTime<Utc>) -> Shown {
    Shown(at.with_timezone(&china()))
}

/// As one text: a case shows some thirty moments, and chrono's own way hands them on sign by sign.
impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.to_rfc3339_opts(SecondsFormat::AutoSi, false))
    }
}
