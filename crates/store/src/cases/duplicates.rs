//! Cases that may be the same: near in place and time, of the same class family, with similar words. Found by the index of cells, not by a scan.

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect};
use yizhi_domain::case::Case;
use yizhi_domain::ids::CaseId;
use yizhi_domain::search::similarity;
use yizhi_domain::slice::Slice;

use crate::case_row::{CaseRow, cells_around, micros};
use crate::entity::cases;
use crate::slice_sql::cases_in;
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
    /// Longitude, latitude in degrees, WGS-84.
    pub place: (f64, f64),
    /// When it happened.
    pub at: DateTime<Utc>,
}

/// A case that may be the same.
#[derive(Clone, Debug)]
pub struct Duplicate {
    pub case: Case,
    /// Metres between the two places.
    pub distance: f64,
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
        let span = TimeDelta::hours(SPAN_HOURS);
        let mut find = cases_in(slice)
            .filter(cases::Column::Cell.is_in(cells_around(near.place.0, near.place.1)))
            .filter(cases::Column::OccurredAt.gte(micros(near.at - span)))
            .filter(cases::Column::OccurredAt.lt(micros(near.at + span)))
            .filter(cases::Column::Family.eq(near.family.as_str()))
            .filter(cases::Column::ClosedAt.is_null());
        if let Some(except) = near.except {
            find = find.filter(cases::Column::Id.ne(except.0));
        }
        let models = find.limit(CANDIDATES).all(self.read()).await?;
        let mut found = Vec::new();
        for model in models {
            found.extend(compare(CaseRow::from(model).into_case(Vec::new())?, near));
        }
        found.sort_by(|a, b| score(b).total_cmp(&score(a)));
        found.truncate(SHOWN);
        Ok(found)
    }
}

fn compare(case: Case, near: &Near) -> Option<Duplicate> {
    let distance = distance_m(case.location?, near.place);
    if distance > RADIUS_M {
        return None;
    }
    let text = format!("{} {}", case.body.title, case.body.description);
    #[expect(clippy::cast_precision_loss, reason = "minutes within two days")]
    let hours_apart = (case.occurred_at - near.at).num_minutes().abs() as f64 / 60.0;
    Some(Duplicate { similarity: similarity(&text, &near.text), case, distance, hours_apart })
}

fn score(d: &Duplicate) -> f64 {
    d.similarity + 0.5 * (1.0 - d.distance / RADIUS_M)
}

/// Metres between two points given as longitude, latitude in degrees; flat within a few hundred metres.
fn distance_m(a: (f64, f64), b: (f64, f64)) -> f64 {
    const METRES_PER_DEGREE: f64 = 111_195.0;
    let dx = (a.0 - b.0) * a.1.to_radians().cos() * METRES_PER_DEGREE;
    let dy = (a.1 - b.1) * METRES_PER_DEGREE;
    dx.hypot(dy)
}
