//! Grids and the people on duty in them, as shown.

use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::region::{Level, RegionTree};

use crate::places::Grid;

use super::region::LonLat;
use super::text::Text;

/// A grid without its outline.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GridView {
    /// 15 digits.
    pub(crate) code: String,
    pub(crate) name: String,
    /// Code of the village.
    pub(crate) village: String,
    pub(crate) village_name: String,
    pub(crate) kind: String,
    /// Drawn for demonstration, not a real boundary (示意).
    pub(crate) schematic: bool,
    pub(crate) version: i32,
    pub(crate) center: LonLat,
}

pub(crate) fn grid(tree: &RegionTree, grid: &Grid) -> GridView {
    let village = tree.by_path(&grid.path.at(Level::Village));
    GridView {
        code: grid.code.clone(),
        name: grid.name.clone(),
        village: village.map(|v| v.code.to_owned()).unwrap_or_default(),
        village_name: village.map(|v| v.name.to_owned()).unwrap_or_default(),
        kind: grid.kind.clone(),
        schematic: grid.schematic,
        version: grid.version,
        center: grid.center.into(),
    }
}

/// Somebody on duty.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DutyView {
    pub(crate) account: String,
    pub(crate) name: String,
    pub(crate) role: String,
    pub(crate) role_name: Text,
    /// Masked.
    pub(crate) phone: Option<String>,
}
