//! Cases that may be the same: near in place and time, of the same class family, with similar words. Found by the index of cells, or of grids where a
//! place is no more than a grid; not by a scan.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, Condition, QueryFilter, QuerySelect, Select};
use yizhi_domain::case::Case;
use yizhi_domain::ids::CaseId;
use yizhi_domain::region::RegionPath;
use yizhi_domain::search::Likeness;
use yizhi_domain::slice::Slice;

use crate::case_row::{CaseRow, cells_around, micros};
use crate::entity::cases;
use crate::slice_sql::{cases_in, in_region};
use crate::{Db, Error};

/// Radius in metres and span in hours within which reports may be of one thing (the defaults of city-management products: 50 m, 24 h).
const RADIUS_M: f64 = 50.0;
const SPAN_HOURS: i64 = 24;
const CANDIDATES: u64 = 200;
const SHOWN: usize = 5;

/// A report that others are compared with.
#[derive(Clone, Debug)]
pub struct Near {
    pub except: Option<CaseId>,
    pub family: String,
    pub text: String,
    /// Longitude, latitude in degrees, WGS-84; none where only the grid is known.
    pub place: Option<(f64, f64)>,
    /// Path of the grid. Where either of two places is no more than a grid, they are near if it is the same.
    pub grid: Option<RegionPath>,
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// A case that may be the same.
#[derive(Clone, Debug)]
pub struct Duplicate {
    pub case: Case,
    /// Metres between the two places, where both are points.
    pub distance: Option<f64>,
    pub same_grid: bool,
    /// Likeness of the words, 0 to 1.
    pub similarity: f64,
    /// Hours between the two events, by when they happened.
    pub hours_apart: f64,
}

impl Db {
    /// The likeliest duplicates in the slice, best first.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn case_duplicates(&self, slice: &Slice, near: &Near) -> Result<Vec<Duplicate>, Error> {
        let mut models = Vec::new();
        if let Some((lon, lat)) = near.place {
            let around = cases::Column::Cell.is_in(cells_around(lon, lat));
            models.extend(candidates(slice, near).filter(around).all(self.read()).await?);
        }
        if let Some(grid) = &near.grid {
            let known = near.place.map(|_| cases::Column::Cell.is_null());
            // What happened was recorded then or later; the index of regions knows when.
            let since = cases::Column::RecordedAt.gte(micros(near.at - TimeDelta::hours(SPAN_HOURS + 1)));
            let inside = in_region(grid).add_option(known).add(since);
            models.extend(candidates(slice, near).filter(inside).all(self.read()).await?);
        }
        let near = near.clone();
        let work = tokio::task::spawn_blocking(move || likeliest(models, &near));
        work.await.map_err(|e| Error::Corrupt(format!("comparing texts: {e}")))?
    }
}

fn candidates(slice: &Slice, near: &Near) -> Select<cases::Entity> {
    let span = TimeDelta::hours(SPAN_HOURS);
    let find = cases_in(slice)
        .filter(cases::Column::OccurredAt.gte(micros(near.at - span)))
        .filter(cases::Column::OccurredAt.lt(micros(near.at + span)))
        .filter(cases::Column::Family.eq(near.family.as_str()))
        .filter(cases::Column::ClosedAt.is_null());
    let other = near.except.map(|except| cases::Column::Id.ne(except.0));
    find.filter(Condition::all().add_option(other)).limit(CANDIDATES)
}

/// Compares texts, which takes time: not for the threads that answer requests.
fn likeliest(models: Vec<cases::Model>, near: &Near) -> Result<Vec<Duplicate>, Error> {
    let likeness = Likeness::of(&near.text);
    let mut found = Vec::new();
    for model in models {
        found.extend(compare(CaseRow::from(model).into_case(Vec::new())?, near, &likeness));
    }
    found.sort_by(|a, b| score(b).total_cmp(&score(a)));
    found.truncate(SHOWN);
    Ok(found)
}

fn compare(case: Case, near: &Near, likeness: &Likeness) -> Option<Duplicate> {
    let distance = case.location.zip(near.place).map(|(there, here)| distance_m(there, here));
    let same_grid = near.grid.as_ref() == Some(&case.path);
    let is_near = distance.map_or(same_grid, |metres| metres <= RADIUS_M);
    if !is_near {
        return None;
    }
    let text = format!("{} {}", case.body.title, case.body.description);
    #[expect(clippy::cast_precision_loss, reason = "minutes within two days")]
    let hours_apart = (case.occurred_at - near.at).num_minutes().abs() as f64 / 60.0;
    Some(Duplicate { similarity: likeness.to(&text), case, distance, same_grid, hours_apart })
}

fn score(d: &Duplicate) -> f64 {
    d.similarity + d.distance.map_or(0.0, |metres| 0.5 * (1.0 - metres / RADIUS_M))
}

/// Metres between two points given as longitude, latitude in degrees; flat within a few hundred metres.
fn distance_m(a: (f64, f64), b: (f64, f64)) -> f64 {
    const METRES_PER_DEGREE: f64 = 111_195.0;
    let dx = (a.0 - b.0) * a.1.to_radians().cos() * METRES_PER_DEGREE;
    let dy = (a.1 - b.1) * METRES_PER_DEGREE;
    dx.hypot(dy)
}
