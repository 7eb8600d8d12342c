//! Stretches of time during which a clock stands still (挂账, waiting for materials).

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::local::Local;

/// A stretch during which a clock stands still: `from` included, `until` excluded. `None` while it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    pub from: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

/// A pause that has ended, or whose end is not known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Still {
    pub(super) from: Local,
    pub(super) until: Option<Local>,
}

/// The pauses of a clock that started at `start`: in order, overlaps joined, empty ones and what lies before the start dropped.
pub(super) fn joined(pauses: &[Pause], start: Local) -> Vec<Still> {
    let mut stills: Vec<Still> = pauses
        .iter()
        .map(|pause| Still { from: Local::from_utc(pause.from).max(start), until: pause.until.map(Local::from_utc) })
        .filter(|still| still.until.is_none_or(|until| until > still.from))
        .collect();
    stills.sort_by_key(|still| still.from);
    stills.dedup_by(|later, earlier| {
        let touching = earlier.until.is_none_or(|until| later.from <= until);
        if touching {
            earlier.until = earlier.until.zip(later.until).map(|(a, b)| a.max(b));
        }
        touching
    });
    stills
}
