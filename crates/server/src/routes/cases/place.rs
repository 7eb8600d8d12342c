//! Where a report says it is: a point in any of the usual coordinate systems, a grid, a village with street or landmark, or a receiving region.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use yizhi_domain::region::{Level, Region, RegionPath};
use yizhi_domain::written::{line_cut, optional_line};
use yizhi_grid::{Crs, LonLat, crs};

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;

/// A place: a point, or a grid, or a region.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
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
    /// 12 digits: a village, or any region for matters without a place.
    pub(crate) region: Option<String>,
    /// Street and number, or a landmark, on one line. A village needs it where the matter has a place.
    pub(crate) address: Option<String>,
}

impl PlaceInput {
    /// Street or landmark as it is kept, if any is given.
    pub(crate) fn address(&self) -> Result<Option<String>, Problem> {
        let text = optional_line(self.address.as_deref().unwrap_or_default(), ADDRESS_MAX)
            .map_err(|fault| Problem::written("location.address", fault))?;
        Ok(Some(text).filter(|text| !text.is_empty()))
    }
}

/// In characters.
const ADDRESS_MAX: usize = 120;

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
        let position = position(input, true)?;
        let place = at_point(app, point(lon, lat, input.crs.as_deref())?, position)?;
        agrees(who, input, &place)?;
        return Ok(place);
    }
    if let Some(code) = &input.grid {
        let places = app.places();
        let grid = places.by_code(code).ok_or_else(|| no_grid(code))?;
        let position = position(input, false)?;
        let place = Place { path: grid.path.clone(), grid: Some(grid.code.clone()), location: None, position };
        agrees(who, input, &place)?;
        return Ok(place);
    }
    let Some(code) = &input.region else {
        return Err(nowhere());
    };
    let region = who.world.regions.by_code(code).ok_or_else(|| {
        let code = line_cut(code, 20);
        Problem::invalid("location.region", format!("没有编码为{code}的地区。"), format!("There is no region {code}."))
    })?;
    if needs_point {
        check_findable(&region, input)?;
    }
    let position = position(input, false)?;
    Ok(Place { path: region.path(), grid: None, location: None, position })
}

/// Where a grid or a region is named beside a point, or a region beside a grid, the one lies in the other: one of the two would be dropped without a word.
fn agrees(who: &Who, input: &PlaceInput, place: &Place) -> Result<(), Problem> {
    if let Some(named) = input.grid.as_deref().filter(|named| place.grid.as_deref() != Some(*named)) {
        let (named, found) = (line_cut(named, 20), place.grid.as_deref().unwrap_or_default());
        return Err(Problem::invalid(
            "location.grid",
            format!("所给的点在网格{found}里，不在网格{named}里。请只写一样，或改成一致。"),
            format!("The point lies in the grid {found}, not in {named}. Give one of them, or make them agree."),
        ));
    }
    let Some(named) = input.region.as_deref() else { return Ok(()) };
    if who.world.regions.by_code(named).is_some_and(|region| region.path().contains(&place.path)) {
        return Ok(());
    }
    let named = line_cut(named, 20);
    let (zh, en) = if place.location.is_some() { ("点", "point") } else { ("网格", "grid") };
    Err(Problem::invalid(
        "location.region",
        format!("所给的{zh}不在地区{named}里。请只写一样，或改成一致。"),
        format!("The {en} does not lie in the region {named}. Give one of them, or make them agree."),
    ))
}

/// Whoever goes there must be able to find it: a village alone is too large.
fn check_findable(region: &Region<'_>, input: &PlaceInput) -> Result<(), Problem> {
    if region.level != Level::Village {
        return Err(nowhere());
    }
    match input.address()? {
        Some(_) => Ok(()),
        None => Err(Problem::invalid(
            "location.address",
            "只选了村（社区）时，请写明街道门牌或明显的标志物，办理的人才找得到。",
            "With a village alone, give the street and number or a landmark, so that it can be found.",
        )),
    }
}

fn nowhere() -> Problem {
    Problem::invalid(
        "location",
        "请指明地点：在地图上点一下，或选择网格，或选择村（社区）并写明街道门牌。",
        "Say where: give a point (lon, lat), or a grid, or a village with its street or landmark.",
    )
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

/// How the point was got, where there is one, and what the place is called.
fn position(input: &PlaceInput, point: bool) -> Result<Option<Value>, Problem> {
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
    let mut said = Map::new();
    if point && (input.accuracy.is_some() || source.is_some()) {
        let got = [("accuracy", json!(input.accuracy)), ("source", json!(source)), ("crs", json!(input.crs))];
        said.extend(got.map(|(name, value)| (name.to_owned(), value)));
    }
    said.extend(input.address()?.map(|text| ("address".to_owned(), text.into())));
    Ok((!said.is_empty()).then(|| said.into()))
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
