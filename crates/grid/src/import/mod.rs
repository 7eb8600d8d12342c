//! Checking a GeoJSON file of grids before it may replace anything: every grid valid, coded and named, no overlaps, no
//! gaps, villages known, coordinates in the declared system. All problems are reported together, so that the author of
//! a file mends it once.
//!
//! A file is a FeatureCollection of Polygons and MultiPolygons with `properties.code` (15 digits: village code and
//! three more) and `properties.name`.

mod fit;
mod read;
mod report;
mod rings;
mod topology;
mod words;

use std::collections::BTreeMap;

use crate::crs::Crs;
use crate::shape::{GridShape, MultiPolygon};

pub use report::{Feature, Problem, Reason, Report, Warning};

/// What a file is checked against.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The system its coordinates are in.
    pub crs: Crs,
    /// Overlaps and gaps up to this many square metres each are accepted; what is thinner than 3 cm is taken for
    /// rounding and accepted whatever its area.
    pub tolerance_m2: f64,
    /// The county's outline in WGS-84, to find out whether the coordinates are in another system than declared.
    pub outline: Option<&'a MultiPolygon<f64>>,
    /// Whether `outline` is exact, so that a part of it without grid is a gap.
    pub cover_outline: bool,
    /// Exact outlines of villages in WGS-84 by 12-digit code; a village that is in the file must be filled exactly.
    pub village_outlines: &'a BTreeMap<String, MultiPolygon<f64>>,
    /// Whether a grid code is taken by a grid that this file does not replace.
    pub taken: Option<&'a dyn Fn(&str) -> bool>,
}

impl Default for Options<'_> {
    /// WGS-84, 10 m², nothing to compare with.
    fn default() -> Self {
        static NO_OUTLINES: BTreeMap<String, MultiPolygon<f64>> = BTreeMap::new();
        Options {
            crs: Crs::Wgs84,
            tolerance_m2: 10.0,
            outline: None,
            cover_outline: false,
            village_outlines: &NO_OUTLINES,
            taken: None,
        }
    }
}

/// A grid that passed all checks.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedGrid {
    /// 15 digits.
    pub code: String,
    pub name: String,
    /// WGS-84, vertices rounded to 1e-7 degrees, outer rings counter-clockwise.
    pub area: MultiPolygon<f64>,
}

impl ImportedGrid {
    /// The 12-digit code of the village.
    pub fn village(&self) -> &str {
        &self.code[..12]
    }

    /// The part that [`GridIndex`](crate::GridIndex) needs.
    pub fn shape(&self) -> GridShape {
        GridShape { code: self.code.clone(), area: self.area.clone() }
    }
}

/// A file that passed all checks.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// In the order of the file.
    pub grids: Vec<ImportedGrid>,
    pub warnings: Vec<Warning>,
}

/// Checks the text of a GeoJSON file. `known_villages` tells whether a 12-digit code is a village grids may belong to.
///
/// # Errors
/// A [`Report`] of every problem found. Gaps are looked for only when all features could be read, as an unreadable
/// one would leave a gap anyway.
pub fn check(geojson: &str, options: &Options<'_>, known_villages: &dyn Fn(&str) -> bool) -> Result<Imported, Report> {
    let mut report = Report::default();
    let candidates = read::candidates(geojson, options, known_villages, &mut report);
    topology::overlaps(&candidates, options.tolerance_m2, &mut report);
    if candidates.len() == report.features && !candidates.is_empty() {
        compare(&candidates, options, &mut report);
    }
    if !report.problems.is_empty() {
        return Err(report);
    }
    let grid = |c: read::Candidate| Some(ImportedGrid { code: c.feature.code?, name: c.name, area: c.area });
    Ok(Imported { grids: candidates.into_iter().filter_map(grid).collect(), warnings: report.warnings })
}

/// The checks that look at all grids together.
fn compare(candidates: &[read::Candidate], options: &Options<'_>, report: &mut Report) {
    let covered = topology::union(candidates);
    topology::gaps(candidates, &covered, options, report);
    if let Some(outline) = options.outline {
        match fit::better_crs(&covered, outline, options.crs) {
            Some(warning) => report.warnings.push(warning),
            None => report.warnings.extend(fit::outsiders(candidates, outline)),
        }
    }
}
