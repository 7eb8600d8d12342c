//! What an import found, as data: programs count and place it, [`Problem::zh`] and [`Problem::en`] say it to people.

use serde::Serialize;

use crate::crs::{Crs, LonLat};

/// A feature of the file, named the way its author can find it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Feature {
    /// Position in the file, from 0.
    pub index: usize,
    /// `properties.code`, if there is one.
    pub code: Option<String>,
}

/// A reason to refuse the file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem {
    /// The feature to look at; `None` when the file as a whole is meant.
    pub feature: Option<Feature>,
    /// Where to look, in WGS-84, or as written in the file when the coordinates themselves are at fault.
    pub position: Option<LonLat>,
    #[serde(flatten)]
    pub reason: Reason,
}

/// What is wrong. Areas are square metres, parts and rings count from 0.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "reason", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Reason {
    /// The text is not JSON.
    NotJson {
        line: usize,
        column: usize,
    },
    /// There is nothing in the file.
    EmptyFile,
    /// The JSON is not a FeatureCollection.
    NotFeatureCollection,
    /// The collection is empty.
    NoFeatures,
    /// An entry of `features` is not a Feature.
    NotFeature,
    /// The geometry is null, or not there.
    NoGeometry,
    /// Neither Polygon nor MultiPolygon.
    WrongGeometry {
        found: String,
    },
    /// Coordinates are not lists of number pairs.
    BadCoordinates,
    TooFewPoints {
        part: usize,
        ring: usize,
        points: usize,
    },
    NotClosed {
        part: usize,
        ring: usize,
    },
    /// Latitude and longitude are in the wrong order.
    SwappedAxes,
    /// Numbers beyond ±180 and ±90: a projected system in metres.
    NotDegrees,
    /// Degrees, but not in China.
    OutOfRange,
    /// The border crosses or touches itself.
    SelfIntersection,
    /// A hole reaches outside its polygon.
    HoleOutside,
    /// Two parts of one grid overlap.
    PartsOverlap,
    /// The border runs to and fro, or crosses others, more often than can be compared.
    Tangled,
    MissingCode,
    /// Not 15 digits.
    MalformedCode,
    MissingName,
    UnknownVillage {
        village: String,
    },
    /// An earlier feature has the same code.
    DuplicateCode {
        first: Feature,
    },
    /// Another grid that this file does not replace has the code.
    CodeTaken,
    /// The text is longer than is read, in bytes.
    FileTooLong {
        bytes: usize,
        most: usize,
    },
    TooManyFeatures {
        most: usize,
    },
    /// One feature has more vertices than are read.
    TooManyPoints {
        points: usize,
        most: usize,
    },
    Overlap {
        other: Feature,
        area_m2: f64,
        tolerance_m2: f64,
    },
    /// Overlaps a grid that the file lacks and that stays.
    OverlapStanding {
        code: String,
        name: String,
        /// Both belong to one village, so that the file may have been meant to replace it.
        same_village: bool,
        area_m2: f64,
        tolerance_m2: f64,
    },
    /// No grid covers a place between grids.
    Gap {
        /// Codes of grids beside it.
        near: Vec<String>,
        area_m2: f64,
        tolerance_m2: f64,
    },
    /// No grid covers a narrow place between grids that is open to the outside.
    OpenSliver {
        near: Vec<String>,
        /// Its mean width.
        width_m: f64,
        area_m2: f64,
        tolerance_m2: f64,
    },
    /// No grid of the village covers a part of it.
    VillageGap {
        village: String,
        near: Vec<String>,
        area_m2: f64,
        tolerance_m2: f64,
    },
    /// A grid reaches beyond its village.
    BeyondVillage {
        village: String,
        area_m2: f64,
        tolerance_m2: f64,
    },
    /// No grid covers a part of the county.
    CountyGap {
        near: Vec<String>,
        area_m2: f64,
        tolerance_m2: f64,
    },
    /// A grid reaches beyond the county.
    BeyondCounty {
        area_m2: f64,
        tolerance_m2: f64,
    },
    /// Neither Polygon, MultiPolygon nor Point.
    NeitherAreaNorPoint {
        found: String,
    },
    /// The region has no code.
    MissingRegionCode {
        /// A property that seems to hold it.
        found: Option<String>,
    },
    /// Not the digits of a region.
    MalformedRegionCode,
    UnknownRegion {
        code: String,
    },
    /// A point is not two numbers.
    BadCenter,
    /// Most of a region's outline lies outside that of the region above.
    OutsideParent {
        parent: String,
        area_m2: f64,
    },
    /// Some of it does.
    BeyondParent {
        parent: String,
        area_m2: f64,
    },
    /// A region's point lies outside an outline: its own, or that of the region above.
    CenterOutside {
        outline_of: String,
        metres: f64,
    },
    /// The outlines of two regions below the same region overlap.
    OutlinesOverlap {
        other: Feature,
        area_m2: f64,
    },
}

/// Something that looks wrong but may be right.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "warning", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Warning {
    /// Read as `better`, the grids match the reference outline much more closely; the two readings lie `metres` apart.
    CrsFitsBetter { declared: Crs, better: Crs, metres: f64 },
    /// The file's own `crs` member names a system other than the declared one.
    FileNamesOtherCrs { named: String, declared: Crs },
    /// A grid lies wholly outside the reference outline.
    OutsideOutline { feature: Feature },
    /// Would refuse the file, were the outline it was found with exact.
    ByRoughOutline { problem: Problem },
    /// A wide place between grids that is open to the outside: a river, or grids that were drawn apart.
    WideGap { problem: Problem },
    /// A grid overlaps a schematic grid of another village, which stays until that village's grids are imported.
    OverlapsSchematic { feature: Feature, code: String, name: String, area_m2: f64 },
    /// Something that rarely has a good reason.
    Doubtful { problem: Problem },
    /// There are more of these.
    More { count: usize },
}

/// Why a file was refused.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Features in the file.
    pub features: usize,
    /// In the order of checks, at most [`Report::MOST_PROBLEMS`].
    pub problems: Vec<Problem>,
    /// Whether checking stopped because there were more problems.
    pub truncated: bool,
    pub warnings: Vec<Warning>,
}

impl Report {
    /// With this many problems, checking stops.
    pub const MOST_PROBLEMS: usize = 500;
    /// As many warnings of one kind are said one by one.
    pub const MOST_WARNINGS: usize = 20;

    /// Adds a problem unless there are too many already.
    pub(super) fn add(&mut self, feature: Option<Feature>, position: Option<LonLat>, reason: Reason) {
        if self.is_full() {
            self.truncated = true;
        } else {
            self.problems.push(Problem { feature, position, reason });
        }
    }

    pub(super) fn is_full(&self) -> bool {
        self.problems.len() >= Self::MOST_PROBLEMS
    }

    /// Warns of the largest of these, and says how many more there are.
    pub(super) fn warn_of(&mut self, mut found: Vec<(f64, Warning)>) {
        found.sort_by(|a, b| b.0.total_cmp(&a.0));
        let more = found.len().saturating_sub(Self::MOST_WARNINGS);
        self.warnings.extend(found.into_iter().take(Self::MOST_WARNINGS).map(|(_, warning)| warning));
        if more > 0 {
            self.warnings.push(Warning::More { count: more });
        }
    }
}
