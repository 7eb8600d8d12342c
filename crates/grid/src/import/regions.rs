//! Checking a file of regions' outlines and centres before any of it is kept: sound geometries, known codes, each region
//! inside the one above, each centre inside its outline.
//!
//! A file is a FeatureCollection. A Polygon or MultiPolygon is a region's outline, a Point its centre; `properties.code` has
//! the digits of its level (2, 4, 6, 9) or all 12; where it is missing, the six digits of `properties.adcode` are taken, as DataV names them. An outline may bring a centre of its own in `properties.center`.

use std::collections::{BTreeMap, HashMap};

use geo::{Area, BoundingRect};
use rstar::primitives::{GeomWithData, Rectangle};
use rstar::{AABB, RTree};
use serde_json::Value;

use super::overlay::{Overlays, sides};
use super::report::{Feature, Problem, Reason, Report, Warning};
use super::topology::notable;
use super::{Outline, fit, read};
use crate::crs::{Crs, LonLat, to_wgs84};
use crate::shape::{Coord, MultiPolygon, center, holds, outside_m};

/// With more of it outside, an outline belongs to another region, or is in another system.
const MOSTLY: f64 = 0.5;

/// What a file says of one region, in WGS-84.
#[derive(Clone, Debug, PartialEq)]
pub struct RegionPlace {
    pub feature: Feature,
    /// 12 digits.
    pub code: String,
    pub outline: Option<MultiPolygon<f64>>,
    pub center: Option<LonLat>,
}

/// What could be read of a file, and what could not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Read {
    /// Regions whose geometry is sound.
    pub places: Vec<RegionPlace>,
    pub report: Report,
}

/// What the regions of a file are compared with.
#[derive(Clone, Copy)]
pub struct Beside<'a> {
    /// The system the file is in.
    pub crs: Crs,
    /// Overlaps and overhangs up to this many square metres each are accepted.
    pub tolerance_m2: f64,
    /// Outlines that are kept now, by 12-digit code.
    pub outlines: &'a BTreeMap<String, Outline>,
    /// The code of the region above a region.
    pub parent: &'a dyn Fn(&str) -> Option<String>,
}

/// Regions that passed all checks, in the order of the file.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    pub places: Vec<RegionPlace>,
    pub warnings: Vec<Warning>,
}

/// The 12 digits of a code written with the digits of its level, or with all.
pub fn full_code(written: &str) -> Option<String> {
    let digits = written.bytes().all(|b| b.is_ascii_digit());
    (digits && matches!(written.len(), 2 | 4 | 6 | 9 | 12)).then(|| format!("{written:0<12}"))
}

/// Reads the text of a GeoJSON file. `known` tells whether a 12-digit code is a region's.
pub fn read(geojson: &str, crs: Crs, known: &dyn Fn(&str) -> bool) -> Read {
    let mut report = Report::default();
    let mut first_with_code: HashMap<String, Feature> = HashMap::new();
    let mut places = Vec::new();
    for (mut feature, value) in read::features(geojson, crs, &mut report) {
        feature.code = feature.code.or_else(|| adcode(&value["properties"]));
        let code = code(&feature, &value["properties"], known).and_then(|code| match first_with_code.get(&code) {
            Some(first) => Err(Reason::DuplicateCode { first: first.clone() }),
            None => Ok(code),
        });
        let place = place(&value, crs);
        if let Err((position, reason)) = &place {
            report.add(Some(feature.clone()), *position, reason.clone());
        }
        match code {
            Ok(code) => {
                first_with_code.insert(code.clone(), feature.clone());
                places.extend(place.ok().map(|(outline, center)| RegionPlace { feature, code, outline, center }));
            }
            Err(reason) => report.add(Some(feature), None, reason),
        }
    }
    Read { places, report }
}

/// The code as DataV and other public maps have it.
fn adcode(properties: &Value) -> Option<String> {
    read::code_of(&properties["adcode"]).filter(|code| code.len() == 6 && full_code(code).is_some())
}

/// The name of a property that seems to hold the code.
fn likely_code(properties: &Value) -> Option<String> {
    let mut members = properties.as_object()?.iter();
    let found = members
        .find(|(_, value)| read::code_of(value).is_some_and(|code| code.len() >= 6 && full_code(&code).is_some()));
    found.map(|(name, _)| name.clone())
}

fn code(feature: &Feature, properties: &Value, known: &dyn Fn(&str) -> bool) -> Result<String, Reason> {
    let missing = || Reason::MissingRegionCode { found: likely_code(properties) };
    let written = feature.code.as_ref().ok_or_else(missing)?;
    let code = full_code(written).ok_or(Reason::MalformedRegionCode)?;
    if known(&code) { Ok(code) } else { Err(Reason::UnknownRegion { code }) }
}

type AtFault = (Option<LonLat>, Reason);

fn place(feature: &Value, crs: Crs) -> Result<(Option<MultiPolygon<f64>>, Option<LonLat>), AtFault> {
    let geometry = &feature["geometry"];
    if geometry.is_null() {
        return Err((None, Reason::NoGeometry));
    }
    match geometry["type"].as_str().unwrap_or("missing") {
        "Point" => Ok((None, Some(position(&geometry["coordinates"], crs)?))),
        "Polygon" | "MultiPolygon" => {
            let area = read::area(geometry, crs)?;
            let center = &feature["properties"]["center"];
            let center = if center.is_null() { None } else { Some(position(center, crs)?) };
            Ok((Some(area), center))
        }
        other => Err((None, Reason::NeitherAreaNorPoint { found: other.to_owned() })),
    }
}

fn position(value: &Value, crs: Crs) -> Result<LonLat, AtFault> {
    let numbers = value.as_array().map(Vec::as_slice);
    let Some([x, y] | [x, y, _]) = numbers else { return Err((None, Reason::BadCenter)) };
    let (Some(x), Some(y)) = (x.as_f64(), y.as_f64()) else { return Err((None, Reason::BadCenter)) };
    point(LonLat::new(x, y), crs)
}

/// A point in WGS-84, if it can be in China.
///
/// # Errors
/// The place and the reason why it cannot.
pub fn point(written: LonLat, crs: Crs) -> Result<LonLat, (Option<LonLat>, Reason)> {
    read::plausible(std::iter::once(Coord { x: written.lon, y: written.lat }))?;
    Ok(to_wgs84(written, crs).rounded())
}

/// Compares what was read with each other and with what is kept.
///
/// # Errors
/// A [`Report`] of every problem, those of reading first.
pub fn fit(read: Read, beside: &Beside<'_>) -> Result<Placed, Report> {
    let Read { places, mut report } = read;
    let new: HashMap<&str, &MultiPolygon<f64>> =
        places.iter().filter_map(|place| Some((place.code.as_str(), place.outline.as_ref()?))).collect();
    let mut doubtful = Vec::new();
    let overlays = &Overlays::of_sides(sides(new.values().copied()));
    let in_right_crs = right_crs(&places, beside, overlays, &mut report);
    let known = Known { new: &new, beside, overlays };
    for place in &places {
        if let Some(area) = &place.outline {
            known.under_parent(place, area, &mut report, &mut doubtful);
        }
        if let Some(at) = place.center {
            known.center(place, at, &mut report, &mut doubtful);
        }
    }
    if in_right_crs {
        overlaps(&places, beside, overlays, &mut report, &mut doubtful);
    }
    report.warn_of(doubtful);
    drop(new);
    if report.problems.is_empty() { Ok(Placed { places, warnings: report.warnings }) } else { Err(report) }
}

/// Warns when outlines that replace others fit those much better in another system.
fn right_crs(places: &[RegionPlace], beside: &Beside<'_>, overlays: &Overlays, report: &mut Report) -> bool {
    let both = places.iter().filter_map(|p| Some((p.outline.as_ref()?, &beside.outlines.get(&p.code)?.area)));
    let (new, old): (Vec<_>, Vec<_>) = both.unzip();
    if new.is_empty() {
        return true;
    }
    let better = |new, old| fit::better_crs(&overlays.union(new)?, &overlays.union(old)?, beside.crs, overlays);
    let warning = better(&new, &old);
    let right = warning.is_none();
    report.warnings.extend(warning);
    right
}

/// Outlines of the file before those that are kept.
struct Known<'a> {
    new: &'a HashMap<&'a str, &'a MultiPolygon<f64>>,
    beside: &'a Beside<'a>,
    overlays: &'a Overlays,
}

impl<'a> Known<'a> {
    fn outline(&self, code: &str) -> Option<(&'a MultiPolygon<f64>, bool)> {
        let kept = || self.beside.outlines.get(code).map(|outline| (&outline.area, outline.exact));
        self.new.get(code).map(|area| (*area, true)).or_else(kept)
    }

    /// The nearest region above with an outline.
    fn above(&self, code: &str) -> Option<(String, &'a MultiPolygon<f64>, bool)> {
        let mut at = (self.beside.parent)(code)?;
        loop {
            if let Some((area, exact)) = self.outline(&at) {
                return Some((at, area, exact));
            }
            at = (self.beside.parent)(&at)?;
        }
    }

    fn under_parent(
        &self,
        place: &RegionPlace,
        area: &MultiPolygon<f64>,
        report: &mut Report,
        doubtful: &mut Vec<(f64, Warning)>,
    ) {
        let Some((parent, whole, _)) = self.above(&place.code) else { return };
        let Some(beyond) = self.overlays.difference(area, whole) else {
            return report.add(Some(place.feature.clone()), None, Reason::Tangled);
        };
        let mostly = beyond.unsigned_area() > MOSTLY * area.unsigned_area();
        let Some((area_m2, position)) = notable(beyond, self.beside.tolerance_m2) else { return };
        let feature = Some(place.feature.clone());
        if mostly {
            report.add(feature, position, Reason::OutsideParent { parent, area_m2 });
        } else {
            let reason = Reason::BeyondParent { parent, area_m2 };
            doubtful.push((area_m2, Warning::Doubtful { problem: Problem { feature, position, reason } }));
        }
    }

    fn center(&self, place: &RegionPlace, at: LonLat, report: &mut Report, doubtful: &mut Vec<(f64, Warning)>) {
        let own = self.outline(&place.code).map(|(area, exact)| (place.code.clone(), area, exact));
        let Some((outline_of, area, exact)) = own.or_else(|| self.above(&place.code)) else { return };
        if holds(area, at) {
            return;
        }
        let metres = outside_m(area, at);
        let (feature, reason) = (Some(place.feature.clone()), Reason::CenterOutside { outline_of, metres });
        if exact {
            report.add(feature, Some(at), reason);
        } else {
            let problem = Problem { feature, position: Some(at), reason };
            doubtful.push((metres, Warning::ByRoughOutline { problem }));
        }
    }
}

/// Warns of outlines below one region that overlap.
fn overlaps(
    places: &[RegionPlace],
    beside: &Beside<'_>,
    overlays: &Overlays,
    report: &mut Report,
    doubtful: &mut Vec<(f64, Warning)>,
) {
    let mut families: BTreeMap<Option<String>, Vec<(&RegionPlace, &MultiPolygon<f64>)>> = BTreeMap::new();
    for place in places {
        if let Some(area) = &place.outline {
            families.entry((beside.parent)(&place.code)).or_default().push((place, area));
        }
    }
    for family in families.values() {
        let boxed = |(number, (_, area)): (usize, &(&RegionPlace, &MultiPolygon<f64>))| {
            let rect = area.bounding_rect()?;
            let (min, max) = (rect.min(), rect.max());
            Some(GeomWithData::new(Rectangle::from_corners([min.x, min.y], [max.x, max.y]), number))
        };
        let tree = RTree::bulk_load(family.iter().enumerate().filter_map(boxed).collect());
        for (number, (place, area)) in family.iter().enumerate() {
            let Some(own) = boxed((number, &(*place, *area))) else { continue };
            let envelope = AABB::from_corners(own.geom().lower(), own.geom().upper());
            let mut others: Vec<usize> = tree.locate_in_envelope_intersecting(&envelope).map(|o| o.data).collect();
            others.retain(|other| *other > number);
            others.sort_unstable();
            for (other, theirs) in others.into_iter().map(|other| family[other]) {
                let Some(shared) = overlays.intersection(area, theirs) else {
                    return report.add(Some(place.feature.clone()), None, Reason::Tangled);
                };
                let Some((area_m2, position)) = notable(shared, beside.tolerance_m2) else { continue };
                let reason = Reason::OutlinesOverlap { other: other.feature.clone(), area_m2 };
                let problem = Problem { feature: Some(place.feature.clone()), position, reason };
                doubtful.push((area_m2, Warning::Doubtful { problem }));
            }
        }
    }
}

/// The centre that goes with a new outline: the one given, else the present one while it lies inside, else one made from it.
pub fn center_for(area: &MultiPolygon<f64>, given: Option<LonLat>, present: Option<LonLat>) -> Option<LonLat> {
    given.or_else(|| present.filter(|at| holds(area, *at))).or_else(|| center(area))
}
