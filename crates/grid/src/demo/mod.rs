//! Schematic grids for a county whose true village borders are not published: villages are laid out inside the county's
//! outline, grouped by township, and each is cut into grids. The borders are invented and must be shown as 示意
//! (schematic); codes, names and counts are real.
//!
//! All borders come from one triangulation of the outline and the Voronoi diagram of the grids' centres, so shared
//! borders have the same vertices on both sides and nothing overlaps and nothing is left out.

mod dissolve;
mod layout;
mod mesh;
mod names;
mod plane;

use std::collections::BTreeMap;

use crate::crs::LonLat;
use crate::shape::{GridShape, MultiPolygon, center};
use plane::Plane;

/// A village (村 or 社区) that needs a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VillageSeed {
    /// 12 digits.
    pub code: String,
    pub name: String,
    /// Code of the township it belongs to; villages of one township lie together.
    pub township: String,
}

/// A generated grid.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoGrid {
    /// 15 digits: the village's code and a serial from 001, in rows from north to south, each from west to east.
    pub code: String,
    /// Code of the village, 12 digits.
    pub village: String,
    /// Like 澜石社区第一网格.
    pub name: String,
    /// Vertices in degrees, rounded to 1e-7. Small islands belong to a nearby grid, which then has several parts.
    pub area: MultiPolygon<f64>,
    /// A point inside, for labels.
    pub center: LonLat,
}

impl DemoGrid {
    /// The part that [`GridIndex`](crate::GridIndex) needs.
    pub fn shape(&self) -> GridShape {
        GridShape { code: self.code.clone(), area: self.area.clone() }
    }
}

/// The dissolved area of a village or township.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoArea {
    pub code: String,
    pub area: MultiPolygon<f64>,
    /// A point inside, for labels.
    pub center: LonLat,
}

/// Everything generated for one county.
#[derive(Clone, Debug, PartialEq)]
pub struct DemoPlace {
    /// By code.
    pub grids: Vec<DemoGrid>,
    /// By code.
    pub villages: Vec<DemoArea>,
    /// By code.
    pub townships: Vec<DemoArea>,
}

/// Why no grids could be generated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DemoError {
    #[error("there are no villages to place")]
    NoVillages,
    #[error("{villages} villages need at least one grid each, but only {grids} grids are wanted")]
    TooFewGrids { villages: usize, grids: usize },
    #[error("a village can have at most 999 grids, and {village} would have {grids}")]
    TooManyGrids { village: String, grids: usize },
    #[error("the village code {0:?} appears twice")]
    RepeatedVillage(String),
    #[error("the outline encloses no area, or its borders cross")]
    BadOutline,
}

/// Generates exactly `total_grids` grids inside `outline` (degrees), at least one for every village. The same
/// arguments always give the same result; another `seed` gives another layout.
pub fn generate(
    outline: &MultiPolygon<f64>,
    villages: &[VillageSeed],
    total_grids: usize,
    seed: u64,
) -> Result<DemoPlace, DemoError> {
    let villages = in_order(villages)?;
    let shares = layout::shares(&villages, total_grids, seed)?;
    let plane = Plane::around(outline).ok_or(DemoError::BadOutline)?;
    let outline = plane.snap(outline);
    let sites = layout::sites(&outline, &villages, &shares, seed).ok_or(DemoError::BadOutline)?;
    let points: Vec<plane::Point> = sites.iter().map(|site| site.at).collect();
    let mesh = mesh::Mesh::build(&outline, &points).ok_or(DemoError::BadOutline)?;
    let village_of: Vec<usize> = sites.iter().map(|site| site.village).collect();
    let owners = mesh.assign(&points, &village_of);
    let assemble = Assemble { plane: &plane, mesh: &mesh, owners: &owners, villages: &villages };
    let place = DemoPlace {
        grids: assemble.grids(&sites)?,
        villages: assemble.areas(|village| village.code.as_str(), &village_of)?,
        townships: assemble.areas(|village| village.township.as_str(), &village_of)?,
    };
    Ok(place)
}

/// Villages by township and code, the order in which they are laid out.
fn in_order(villages: &[VillageSeed]) -> Result<Vec<&VillageSeed>, DemoError> {
    let mut sorted: Vec<&VillageSeed> = villages.iter().collect();
    sorted.sort_by(|a, b| (&a.township, &a.code).cmp(&(&b.township, &b.code)));
    let mut codes: Vec<&str> = villages.iter().map(|v| v.code.as_str()).collect();
    codes.sort_unstable();
    if let Some(pair) = codes.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(DemoError::RepeatedVillage(pair[0].to_owned()));
    }
    if sorted.is_empty() { Err(DemoError::NoVillages) } else { Ok(sorted) }
}

/// Turns owners of triangles into named areas.
struct Assemble<'a> {
    plane: &'a Plane,
    mesh: &'a mesh::Mesh,
    owners: &'a [Option<usize>],
    villages: &'a [&'a VillageSeed],
}

impl Assemble<'_> {
    fn grids(&self, sites: &[layout::Site]) -> Result<Vec<DemoGrid>, DemoError> {
        let areas = self.dissolve(sites.len(), |site| site);
        let serials = layout::serials(sites, self.villages.len());
        let built = std::iter::zip(sites, areas).zip(serials).map(|((site, area), serial)| {
            let village = self.villages[site.village];
            Ok(DemoGrid {
                code: format!("{}{serial:03}", village.code),
                village: village.code.clone(),
                name: names::grid(&village.name, serial),
                center: center(&area).ok_or(DemoError::BadOutline)?,
                area,
            })
        });
        let mut grids: Vec<DemoGrid> = built.collect::<Result<_, DemoError>>()?;
        grids.sort_by(|a, b| a.code.cmp(&b.code));
        Ok(grids)
    }

    /// Areas of all sites whose villages share a key.
    fn areas(&self, key: impl Fn(&VillageSeed) -> &str, village_of: &[usize]) -> Result<Vec<DemoArea>, DemoError> {
        let mut numbers: BTreeMap<&str, usize> = self.villages.iter().map(|v| (key(v), 0)).collect();
        numbers.values_mut().enumerate().for_each(|(i, number)| *number = i);
        let areas = self.dissolve(numbers.len(), |site| numbers[key(self.villages[village_of[site]])]);
        let named = std::iter::zip(numbers.keys(), areas);
        let built = named.map(|(code, area)| {
            let center = center(&area).ok_or(DemoError::BadOutline)?;
            Ok(DemoArea { code: (*code).to_owned(), area, center })
        });
        built.collect()
    }

    fn dissolve(&self, groups: usize, group_of: impl Fn(usize) -> usize) -> Vec<MultiPolygon<f64>> {
        let labels: Vec<Option<usize>> = self.owners.iter().map(|owner| owner.map(&group_of)).collect();
        dissolve::areas(self.mesh, &labels, groups).into_iter().map(|area| self.plane.unsnap(&area)).collect()
    }
}
