//! How the log is doing, for the page, the metrics and whoever waits for evidence.

use chrono::{DateTime, Utc};

/// What a witness said last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    pub name: String,
    /// When it last cosigned.
    pub cosigned_at: Option<DateTime<Utc>>,
    /// Why it did not cosign the newest checkpoint.
    pub refusal: Option<String>,
}

/// The state of the log as this process sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Entries integrated.
    pub size: u64,
    /// Entries of the published checkpoint.
    pub published: u64,
    /// When it was published; `None` when that was before this process began.
    pub published_at: Option<DateTime<Utc>>,
    pub witnesses: Vec<Heard>,
    /// Why nothing is integrated or signed.
    pub fault: Option<String>,
    /// Since when that is so.
    pub fault_since: Option<DateTime<Utc>>,
}

impl Status {
    /// Notes how the last turn went.
    pub(super) fn turned(&mut self, fault: Option<String>, now: DateTime<Utc>) {
        self.fault_since = fault.as_ref().map(|_| self.fault_since.unwrap_or(now));
        self.fault = fault;
    }
}
