//! Open cases on the map: points when there are few, clusters when there are many.

use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, FromQueryResult, QueryFilter, QuerySelect, Select};
use yizhi_domain::case::Case;
use yizhi_domain::slice::Slice;

use crate::case_row::CaseRow;
use crate::entity::cases;
use crate::slice_sql::cases_in;
use crate::{Db, Error};

/// A point or a cluster on the map.
#[derive(Clone, Debug)]
pub enum PlacePoint {
    Case(Box<Case>),
    /// Longitude, latitude of the middle, and how many.
    Cluster {
        lon: f64,
        lat: f64,
        count: i64,
    },
}

#[derive(FromQueryResult)]
struct ClusterRow {
    lon: f64,
    lat: f64,
    n: i64,
}

/// Most points drawn one by one.
const POINTS: u64 = 500;
/// Cells across the view when clustering.
const CELLS: f64 = 24.0;

impl Db {
    /// Open cases of the slice inside `[west, south, east, north]` degrees, in any of the states given.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn case_places(
        &self,
        slice: &Slice,
        bbox: [f64; 4],
        states: &[String],
    ) -> Result<Vec<PlacePoint>, Error> {
        let find = inside(slice, bbox, states);
        let models = find.clone().limit(POINTS + 1).all(self.read()).await?;
        if u64::try_from(models.len()).unwrap_or(u64::MAX) <= POINTS {
            let points = models.into_iter().map(|m| CaseRow::from(m).into_case(Vec::new()));
            return points.map(|c| Ok(PlacePoint::Case(Box::new(c?)))).collect();
        }
        let side = ((bbox[2] - bbox[0]) / CELLS).max(1e-6);
        let key = |column: &str| Expr::cust(format!("CAST(cases.{column} / {side:.9} AS BIGINT)"));
        let rows = find
            .select_only()
            .column_as(Expr::cust("AVG(cases.lon)"), "lon")
            .column_as(Expr::cust("AVG(cases.lat)"), "lat")
            .column_as(cases::Column::Id.count(), "n")
            .group_by(key("lon"))
            .group_by(key("lat"))
            .into_model::<ClusterRow>()
            .all(self.read())
            .await?;
        Ok(rows.into_iter().map(|r| PlacePoint::Cluster { lon: r.lon, lat: r.lat, count: r.n }).collect())
    }
}

fn inside(slice: &Slice, [west, south, east, north]: [f64; 4], states: &[String]) -> Select<cases::Entity> {
    let find = cases_in(slice)
        .filter(cases::Column::ClosedAt.is_null())
        .filter(cases::Column::Lat.between(south, north))
        .filter(cases::Column::Lon.between(west, east));
    if states.is_empty() { find } else { find.filter(cases::Column::State.is_in(states.to_vec())) }
}
