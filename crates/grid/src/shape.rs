//! The shape of a grid or region and its form as a GeoJSON geometry.

use geo::{Area, Closest, ClosestPoint, InteriorPoint, Intersects};
use serde_json::{Value, json};

use crate::crs::{EARTH_RADIUS_M, LonLat};

pub use geo::{Coord, LineString, MultiPolygon, Polygon};

/// A grid's code and the area it covers: polygons with holes, vertices in degrees (x is the longitude).
#[derive(Clone, Debug, PartialEq)]
pub struct GridShape {
    /// 15 digits: the code of the village (12) and a serial (3).
    pub code: String,
    pub area: MultiPolygon<f64>,
}

/// Why a GeoJSON geometry could not be read as an area.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GeometryError {
    #[error("the geometry is {0}, not a Polygon or MultiPolygon")]
    WrongType(String),
    #[error("the coordinates are not lists of [longitude, latitude] numbers")]
    BadCoordinates,
    #[error("ring {ring} of part {part} has {points} points, a ring needs at least four")]
    TooFewPoints { part: usize, ring: usize, points: usize },
    #[error("ring {ring} of part {part} does not end where it began")]
    NotClosed { part: usize, ring: usize },
}

/// Reads a GeoJSON geometry object of type Polygon or MultiPolygon. A Feature is also accepted, for its geometry.
pub fn area_from_geojson(value: &Value) -> Result<MultiPolygon<f64>, GeometryError> {
    let kind = value["type"].as_str().unwrap_or("missing");
    match kind {
        "Feature" => area_from_geojson(&value["geometry"]),
        "Polygon" => Ok(MultiPolygon(vec![polygon(&value["coordinates"], 0)?])),
        "MultiPolygon" => {
            let parts = value["coordinates"].as_array().ok_or(GeometryError::BadCoordinates)?;
            let polygons: Result<Vec<_>, _> = parts.iter().enumerate().map(|(i, part)| polygon(part, i)).collect();
            polygons.and_then(|p| if p.is_empty() { Err(GeometryError::BadCoordinates) } else { Ok(MultiPolygon(p)) })
        }
        other => Err(GeometryError::WrongType(other.to_owned())),
    }
}

fn polygon(rings: &Value, part: usize) -> Result<Polygon<f64>, GeometryError> {
    let rings = rings.as_array().ok_or(GeometryError::BadCoordinates)?;
    let mut lines = rings.iter().enumerate().map(|(i, points)| ring(points, part, i));
    let exterior = lines.next().ok_or(GeometryError::BadCoordinates)??;
    Ok(Polygon::new(exterior, lines.collect::<Result<_, _>>()?))
}

fn ring(points: &Value, part: usize, ring: usize) -> Result<LineString<f64>, GeometryError> {
    let points = points.as_array().ok_or(GeometryError::BadCoordinates)?;
    let coords: Option<Vec<Coord<f64>>> = points.iter().map(position).collect();
    let coords = coords.ok_or(GeometryError::BadCoordinates)?;
    if coords.len() < 4 {
        return Err(GeometryError::TooFewPoints { part, ring, points: coords.len() });
    }
    if coords.first() != coords.last() {
        return Err(GeometryError::NotClosed { part, ring });
    }
    Ok(LineString(coords))
}

fn position(value: &Value) -> Option<Coord<f64>> {
    match value.as_array()?.as_slice() {
        [x, y, ..] => Some(Coord { x: x.as_f64()?, y: y.as_f64()? }),
        _ => None,
    }
}

/// The GeoJSON geometry of an area: a Polygon where one polygon is enough, else a MultiPolygon.
pub fn area_to_geojson(area: &MultiPolygon<f64>) -> Value {
    let polygons: Vec<Value> = area.iter().map(polygon_to_json).collect();
    match <[Value; 1]>::try_from(polygons) {
        Ok([single]) => json!({ "type": "Polygon", "coordinates": single }),
        Err(several) => json!({ "type": "MultiPolygon", "coordinates": several }),
    }
}

fn polygon_to_json(polygon: &Polygon<f64>) -> Value {
    let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
    rings.map(|ring| ring.coords().map(|c| json!([c.x, c.y])).collect::<Value>()).collect()
}

/// Area in square metres: planar, with the scale of the area's own middle latitude; good to 0.5 % up to a county.
pub fn area_m2(area: &MultiPolygon<f64>) -> f64 {
    area.iter().map(polygon_area_m2).sum()
}

pub(crate) fn polygon_area_m2(polygon: &Polygon<f64>) -> f64 {
    let Some(middle) = middle_latitude(polygon) else { return 0.0 };
    let metres_per_degree = EARTH_RADIUS_M.to_radians();
    polygon.unsigned_area() * metres_per_degree * metres_per_degree * middle.to_radians().cos()
}

fn middle_latitude(polygon: &Polygon<f64>) -> Option<f64> {
    let latitudes = || polygon.exterior().coords().map(|c| c.y);
    let (low, high) = (latitudes().reduce(f64::min)?, latitudes().reduce(f64::max)?);
    Some((low + high) / 2.0)
}

/// Whether a point lies in an area or on its border.
pub fn holds(area: &MultiPolygon<f64>, point: LonLat) -> bool {
    area.intersects(&geo::Point::new(point.lon, point.lat))
}

/// How far a point lies outside an area, in metres; 0 inside.
pub fn outside_m(area: &MultiPolygon<f64>, point: LonLat) -> f64 {
    match area.closest_point(&geo::Point::new(point.lon, point.lat)) {
        Closest::Intersection(_) | Closest::Indeterminate => 0.0,
        Closest::SinglePoint(nearest) => point.distance_m(LonLat::new(nearest.x(), nearest.y())),
    }
}

/// A point inside the area, near the middle of its largest polygon: for labels and for moving a map there.
/// `None` for an empty area.
pub fn center(area: &MultiPolygon<f64>) -> Option<LonLat> {
    let largest = area.iter().max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))?;
    largest.interior_point().map(|p| LonLat::new(p.x(), p.y()).rounded())
}
