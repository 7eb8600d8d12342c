//! From the text of a file to features in WGS-84, noting whatever cannot be read.

use std::collections::HashMap;

use geo::orient::{Direction, Orient};
use geo::{CoordsIter, MapCoords, RemoveRepeatedPoints};
use serde_json::Value;

use super::codes::code_written;
use super::report::{Feature, Reason, Report, Warning};
use super::{MOST_BYTES, MOST_FEATURES, MOST_POINTS, Options, rings};
use crate::crs::{Crs, LonLat, to_wgs84};
use crate::shape::{Coord, GeometryError, MultiPolygon, area_from_geojson};

/// A feature with a sound geometry; its attributes may still be at fault.
pub(super) struct Candidate {
    pub(super) feature: Feature,
    pub(super) name: String,
    pub(super) area: MultiPolygon<f64>,
}

/// The features of a file whose geometry is sound, in their order.
pub(super) fn candidates(
    text: &str,
    options: &Options<'_>,
    known_villages: &dyn Fn(&str) -> bool,
    report: &mut Report,
) -> Vec<Candidate> {
    let mut first_with_code = HashMap::new();
    let mut candidates = Vec::new();
    for (feature, value) in features(text, options.crs, report) {
        if let Err(reason) = code(&feature, options, known_villages, &mut first_with_code) {
            report.add(Some(feature.clone()), None, reason);
        }
        let name = text_of(&value["properties"]["name"]);
        if name.is_none() {
            report.add(Some(feature.clone()), None, Reason::MissingName);
        }
        match area(&value["geometry"], options.crs) {
            Ok(area) => candidates.push(Candidate { feature, name: name.unwrap_or_default(), area }),
            Err((position, reason)) => report.add(Some(feature), position, reason),
        }
    }
    candidates
}

/// The features of a file, each with what its author knows it by. Entries that are none are told and left out.
pub(super) fn features(text: &str, crs: Crs, report: &mut Report) -> Vec<(Feature, Value)> {
    let Some(mut file) = parse(text, report) else { return Vec::new() };
    if let Some(warning) = named_crs(&file, crs) {
        report.warnings.push(warning);
    }
    let Value::Array(values) = file["features"].take() else { return Vec::new() };
    report.features = values.len();
    if values.is_empty() {
        report.add(None, None, Reason::NoFeatures);
    }
    if values.len() > MOST_FEATURES {
        report.add(None, None, Reason::TooManyFeatures { most: MOST_FEATURES });
        return Vec::new();
    }
    let mut features = Vec::with_capacity(values.len());
    for (index, value) in values.into_iter().enumerate() {
        let feature = Feature { index, code: code_of(&value["properties"]["code"]) };
        if value["type"] == "Feature" {
            features.push((feature, value));
        } else {
            report.add(Some(feature), None, Reason::NotFeature);
        }
    }
    features
}

fn parse(text: &str, report: &mut Report) -> Option<Value> {
    if text.len() > MOST_BYTES {
        report.add(None, None, Reason::FileTooLong { bytes: text.len(), most: MOST_BYTES });
        return None;
    }
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        report.add(None, None, Reason::EmptyFile);
        return None;
    }
    match serde_json::from_str::<Value>(text) {
        Ok(file) if file["type"] == "FeatureCollection" && file["features"].is_array() => return Some(file),
        Ok(_) => report.add(None, None, Reason::NotFeatureCollection),
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            report.add(None, None, Reason::NotJson { line, column });
        }
    }
    None
}

/// The `crs` member of GeoJSON 2008 is outdated, but tools still write it. WGS-84 is what they write by default and
/// says nothing.
fn named_crs(file: &Value, declared: Crs) -> Option<Warning> {
    let named = file["crs"]["properties"]["name"].as_str()?;
    let is_default = named.contains("CRS84") || named.ends_with(":4326");
    let is_cgcs2000 = named.ends_with(":4490") && declared.is_stored_as_is();
    (!is_default && !is_cgcs2000).then(|| Warning::FileNamesOtherCrs { named: named.to_owned(), declared })
}

/// A property that should be text; numbers are taken as they are written.
fn text_of(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    (!text.is_empty()).then_some(text)
}

/// A code, also one that a spreadsheet has dressed up.
pub(super) fn code_of(value: &Value) -> Option<String> {
    text_of(value).map(|text| code_written(&text)).filter(|code| !code.is_empty())
}

fn code(
    feature: &Feature,
    options: &Options<'_>,
    known_villages: &dyn Fn(&str) -> bool,
    first_with_code: &mut HashMap<String, Feature>,
) -> Result<(), Reason> {
    let code = feature.code.as_ref().ok_or(Reason::MissingCode)?;
    if code.len() != 15 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Reason::MalformedCode);
    }
    if let Some(first) = first_with_code.get(code) {
        return Err(Reason::DuplicateCode { first: first.clone() });
    }
    first_with_code.insert(code.clone(), feature.clone());
    let village = &code[..12];
    if !known_villages(village) {
        return Err(Reason::UnknownVillage { village: village.to_owned() });
    }
    if options.taken.is_some_and(|taken| taken(code)) { Err(Reason::CodeTaken) } else { Ok(()) }
}

/// The area in WGS-84, rounded to 1e-7 degrees, outer rings counter-clockwise.
pub(super) fn area(geometry: &Value, crs: Crs) -> Result<MultiPolygon<f64>, (Option<LonLat>, Reason)> {
    if geometry.is_null() {
        return Err((None, Reason::NoGeometry));
    }
    let written = area_from_geojson(geometry).map_err(|error| (None, Reason::from(error)))?;
    let points = written.coords_count();
    if points > MOST_POINTS {
        return Err((None, Reason::TooManyPoints { points, most: MOST_POINTS }));
    }
    plausible(written.coords_iter())?;
    let convert = |c: Coord<f64>| {
        let p = to_wgs84(LonLat::new(c.x, c.y), crs).rounded();
        Coord { x: p.lon, y: p.lat }
    };
    let area = written.map_coords(convert).remove_repeated_points();
    rings::check(&area).map_err(|(position, reason)| (Some(position), reason))?;
    Ok(area.orient(Direction::Default))
}

/// Looks for the first vertex that cannot be in China (73–136° E, 3–54° N), and for the reason.
pub(super) fn plausible(mut vertices: impl Iterator<Item = Coord<f64>>) -> Result<(), (Option<LonLat>, Reason)> {
    let in_china = |x: f64, y: f64| (73.0..=136.0).contains(&x) && (3.0..=54.0).contains(&y);
    let Some(odd) = vertices.find(|c| !in_china(c.x, c.y)) else { return Ok(()) };
    let reason = if in_china(odd.y, odd.x) {
        Reason::SwappedAxes
    } else if LonLat::new(odd.x, odd.y).valid() {
        Reason::OutOfRange
    } else {
        Reason::NotDegrees
    };
    Err((Some(LonLat::new(odd.x, odd.y)), reason))
}

impl From<GeometryError> for Reason {
    fn from(error: GeometryError) -> Self {
        match error {
            GeometryError::WrongType(found) => Reason::WrongGeometry { found },
            GeometryError::BadCoordinates => Reason::BadCoordinates,
            GeometryError::TooFewPoints { part, ring, points } => Reason::TooFewPoints { part, ring, points },
            GeometryError::NotClosed { part, ring } => Reason::NotClosed { part, ring },
        }
    }
}
