//! Where a report says it is: a point in any of the usual coordinate systems, a grid, or a receiving region.

use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use yizhi_domain::region::RegionPath;
use yizhi_domain::written::{line_cut, optional_line};
use yizhi_grid::{Crs, LonLat, crs};

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;

/// A place: a point, or a grid, or a region.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlaceInput {
    /// Degrees, with `lat`.
    pub(crate) lon: Option<f64>,
    pub(crate) lat: Option<f64>,
    /// `WGS84` (default), `CGCS2000`, `GCJ02` or `BD09`; converted on arrival.
    pub(crate) crs: Option<String>,
    /// Metres, for a point.
    pub(crate) accuracy: Option<f64>,
    /// What gave the point, such as `gps` or `map`; at most 20 characters.
    pub(crate) source: Option<String>,
    /// 15 digits.
    pub(crate) grid: Option<String>,
    /// 12 digits, for matters without a place.
    pub(crate) region: Option<String>,
}

/// A place as cases keep it.
pub(crate) struct Place {
    pub(crate) path: RegionPath,
    pub(crate) grid: Option<String>,
    /// WGS-84, where a point was given. A grid or a region has none: nobody said where in it.
    pub(crate) location: Option<(f64, f64)>,
    /// How the point was found.
    pub(crate) position: Option<Value>,
}

/// Longest word for what gave a point, in characters.
const SOURCE_MAX: usize = 20;
/// Least accurate point, in metres.
const ACCURACY_MAX: f64 = 1e6;

/// Settles a place; `needs_point` for matters that have one.
pub(crate) fn settle(app: &App, who: &Who, input: &PlaceInput, needs_point: bool) -> Result<Place, Problem> {
    if let Some((lon, lat)) = both(input)? {
        let position = position(input)?;
        return at_point(app, point(lon, lat, input.crs.as_deref())?, position);
    }
    if let Some(code) = &input.grid {
        let places = app.places();
        let grid = places.by_code(code).ok_or_else(|| no_grid(code))?;
        return Ok(Place { path: grid.path.clone(), grid: Some(grid.code.clone()), location: None, position: None });
    }
    match &input.region {
        Some(code) if !needs_point => {
            let region = who.world.regions.by_code(code).ok_or_else(|| {
                let code = line_cut(code, 20);
                Problem::invalid(
                    "location.region",
                    format!("没有编码为{code}的地区。"),
                    format!("There is no region {code}."),
                )
            })?;
            Ok(Place { path: region.path.clone(), grid: None, location: None, position: None })
        }
        _ => Err(Problem::invalid(
            "location",
            "请指明地点：在地图上点一下，或选择网格。",
            "Say where: give a point (lon, lat) or a grid.",
        )),
    }
}

pub(super) fn no_grid(code: &str) -> Problem {
    let code = line_cut(code, 20);
    Problem::invalid("location.grid", format!("没有编码为{code}的网格。"), format!("There is no grid {code}."))
}

/// Longitude and latitude, which go together.
pub(super) fn both(input: &PlaceInput) -> Result<Option<(f64, f64)>, Problem> {
    match (input.lon, input.lat) {
        (Some(lon), Some(lat)) => Ok(Some((lon, lat))),
        (None, None) => Ok(None),
        _ => Err(Problem::invalid("location", "经度和纬度要一起填写。", "Give longitude and latitude together.")),
    }
}

fn position(input: &PlaceInput) -> Result<Option<Value>, Problem> {
    if input.accuracy.is_some_and(|metres| !(0.0..=ACCURACY_MAX).contains(&metres)) {
        return Err(Problem::invalid(
            "location.accuracy",
            "定位精度是0到1000000米之间的数。",
            "The accuracy is between 0 and 1000000 metres.",
        ));
    }
    let source = optional_line(input.source.as_deref().unwrap_or_default(), SOURCE_MAX);
    let source = source.map_err(|fault| Problem::written("location.source", fault))?;
    let source = Some(source).filter(|s| !s.is_empty());
    let said = input.accuracy.is_some() || source.is_some();
    Ok(said.then(|| json!({ "accuracy": input.accuracy, "source": source, "crs": input.crs })))
}

/// A point in WGS-84.
pub(crate) fn point(lon: f64, lat: f64, crs: Option<&str>) -> Result<LonLat, Problem> {
    let crs: Crs = crs.unwrap_or("WGS84").parse().map_err(|_| {
        Problem::invalid(
            "location.crs",
            "坐标系只认 WGS84、CGCS2000、GCJ02、BD09。",
            "The coordinate system is one of WGS84, CGCS2000, GCJ02, BD09.",
        )
    })?;
    let given = LonLat { lon, lat };
    if !given.valid() {
        return Err(Problem::invalid(
            "location",
            format!("坐标（{lon}, {lat}）不对：经度在±180、纬度在±90之间。"),
            format!("({lon}, {lat}) is no place: longitude is within ±180, latitude within ±90."),
        ));
    }
    Ok(crs::to_wgs84(given, crs))
}

fn at_point(app: &App, at: LonLat, position: Option<Value>) -> Result<Place, Problem> {
    let places = app.places();
    let grid = places.locate(at).ok_or_else(|| outside(at))?;
    Ok(Place { path: grid.path.clone(), grid: Some(grid.code.clone()), location: Some((at.lon, at.lat)), position })
}

fn outside(at: LonLat) -> Problem {
    Problem::invalid(
        "location",
        format!("这个地点（{:.5}, {:.5}）不在任何网格内，请检查坐标系和位置，或改选网格。", at.lon, at.lat),
        format!("({:.5}, {:.5}) is in no grid; check the coordinate system, or choose a grid.", at.lon, at.lat),
    )
    .with_code("outside")
}
