//! Regions as shown.

use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::region::{Region, RegionTree};

/// Longitude, latitude in degrees, WGS-84/CGCS2000.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct LonLat {
    pub(crate) lon: f64,
    pub(crate) lat: f64,
}

impl From<(f64, f64)> for LonLat {
    fn from((lon, lat): (f64, f64)) -> Self {
        Self { lon, lat }
    }
}

/// A region.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RegionView {
    /// 12 digits.
    pub(crate) code: String,
    pub(crate) name: String,
    /// `province`, `city`, `county`, `township` or `village`.
    pub(crate) level: &'static str,
    pub(crate) parent: Option<String>,
    pub(crate) center: Option<LonLat>,
    /// Number of regions below it.
    pub(crate) children: usize,
}

pub(crate) fn region(tree: &RegionTree, region: &Region<'_>) -> RegionView {
    RegionView {
        code: region.code.to_owned(),
        name: region.name.to_owned(),
        level: region.level.as_str(),
        parent: tree.parent(region).map(|r| r.code.to_owned()),
        center: region.center.map(Into::into),
        children: tree.child_count(region),
    }
}
