//! Checking a GeoJSON file of grids before it may replace anything: every grid valid, coded and named, no overlaps, no
//! gaps, villages known, coordinates in the declared system. All problems are reported together, so that the author of
//! a file mends it once.
//!
//! A file is a FeatureCollection of Polygons and MultiPolygons with `properties.code` (15 digits: village code and
//! three more) and `properties.name`.

pub mod codes;
mod edges;
mod fit;
mod ground;
mod overlay;
mod read;
pub mod regions;
mod report;
mod rings;
mod slivers;
mod topology;
mod words;

use std::collections::BTreeMap;

use crate::crs::Crs;
use crate::shape::{GridShape, MultiPolygon};

use ground::Ground;

pub use report::{Feature, Problem, Reason, Report, Warning};

/// The most that is read of one file: bytes, features, and vertices of one feature. A county has some thousand grids; all
/// counties of China with their outlines are 3,000 features.
pub const MOST_BYTES: usize = 256 << 20;
pub const MOST_FEATURES: usize = 200_000;
pub const MOST_POINTS: usize = 100_000;

/// The outline of a region in WGS-84.
#[derive(Clone, Debug, PartialEq)]
pub struct Outline {
    pub area: MultiPolygon<f64>,
    /// Whether it is the very border: a place inside without a grid is a gap then.
    pub exact: bool,
}

/// A grid in force that the file lacks and that stays beside its grids.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// 15 digits.
    pub code: String,
    pub name: String,
    /// WGS-84.
    pub area: MultiPolygon<f64>,
    /// Drawn by a program, until real grids take its place.
    pub schematic: bool,
}

/// What a file is checked against.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// The system its coordinates are in.
    pub crs: Crs,
    /// Overlaps and gaps up to this many square metres each are accepted; what is thinner than 3 cm is taken for
    /// rounding and accepted whatever its area.
    pub tolerance_m2: f64,
    /// The county's outline, to find out whether the coordinates are in another system than declared, and whether grids
    /// reach beyond it.
    pub outline: Option<&'a Outline>,
    /// Whether these grids and those that stay should cover all of `outline`.
    pub cover_outline: bool,
    /// Outlines of villages by 12-digit code; a village that is in the file must be filled by its grids.
    pub village_outlines: &'a BTreeMap<String, Outline>,
    /// Whether a grid code is taken by a grid that this file does not replace.
    pub taken: Option<&'a dyn Fn(&str) -> bool>,
    /// Grids that stay beside those of the file.
    pub standing: &'a [Standing],
}

impl Default for Options<'_> {
    /// WGS-84, 10 m², nothing to compare with.
    fn default() -> Self {
        static NO_OUTLINES: BTreeMap<String, Outline> = BTreeMap::new();
        Options {
            crs: Crs::Wgs84,
            tolerance_m2: 10.0,
            outline: None,
            cover_outline: false,
            village_outlines: &NO_OUTLINES,
            taken: None,
            standing: &[],
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
    let ground = Ground::new(&candidates, options.standing);
    topology::overlaps(&ground, options.tolerance_m2, &mut report);
    let is_tangled = report.problems.iter().any(|problem| problem.reason == Reason::Tangled);
    if candidates.len() == report.features && !candidates.is_empty() && !is_tangled {
        compare(&ground, options, &mut report);
    }
    if !report.problems.is_empty() {
        return Err(report);
    }
    let grid = |c: read::Candidate| Some(ImportedGrid { code: c.feature.code?, name: c.name, area: c.area });
    Ok(Imported { grids: candidates.into_iter().filter_map(grid).collect(), warnings: report.warnings })
}

/// The checks that look at all grids together.
fn compare(ground: &Ground<'_>, options: &Options<'_>, report: &mut Report) {
    let Some(covered) = ground.union(0..ground.file.len() + ground.standing.len()) else {
        return report.add(None, None, Reason::Tangled);
    };
    topology::holes(ground, &covered, options, report);
    let mut in_right_crs = true;
    if let Some(outline) = options.outline {
        let of_file = ground.union(0..ground.file.len());
        let better = of_file.and_then(|area| fit::better_crs(&area, &outline.area, options.crs, &ground.overlays));
        match better {
            Some(warning) => {
                in_right_crs = false;
                report.warnings.push(warning);
            }
            None => report.warnings.extend(fit::outsiders(ground.file, &outline.area)),
        }
    }
    slivers::open(ground, &covered, options, in_right_crs, report);
    edges::compare(ground, &covered, options, in_right_crs, report);
}
