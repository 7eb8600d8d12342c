//! A change as live readers are told of it.

use serde::Serialize;
use utoipa::ToSchema;
use yizhi_store::Change;

use super::time::{Shown, shown};

/// A change of something in one's slice.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LiveChange {
    seq: i64,
    kind: String,
    id: String,
    version: i32,
    state: String,
    /// Code of the region.
    region: String,
    at: Shown,
}

impl LiveChange {
    pub(crate) fn new(change: &Change, region: String) -> Self {
        Self {
            seq: change.seq,
            kind: change.kind.clone(),
            id: change.id.to_string(),
            version: change.version,
            state: change.state.clone(),
            region,
            at: shown(change.at),
        }
    }
}
