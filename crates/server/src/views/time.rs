//! Moments as RFC 3339 with China's offset.

use chrono::{DateTime, FixedOffset, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::clock::china;

/// A moment as shown: RFC 3339, microseconds, `+08:00`.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = DateTime)]
pub(crate) struct Shown(DateTime<FixedOffset>);

pub(crate) fn shown(at: DateTime<Utc>) -> Shown {
    Shown(at.with_timezone(&china()))
}
