//! Counts for a slice. Villages keep counters that change with each step; upper levels sum a range of them.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::ExprTrait;
use sea_orm::{ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QuerySelect};
use yizhi_domain::region::RegionPath;
use yizhi_domain::slice::{Scope, Slice};

use crate::case_row::micros;
use crate::entity::{cases, counter};
use crate::slice_sql::{by_part, cases_in, in_region, narrower, within};
use crate::{Db, Error};

/// What counts are grouped by, besides the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CounterKey {
    State,
    Matter,
    Department,
    /// Path of the village (or of the grid where the slice is counted case by case).
    Village,
}

/// How many cases have a key and a state.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Counted {
    pub key: Option<String>,
    pub state: String,
    pub n: i64,
}

impl Db {
    /// Counts of the slice's cases below a region. Posts that see a region are served from the villages' counters, without confidential cases;
    /// posts that see what they take part in are counted case by case.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn case_counters(
        &self,
        slice: &Slice,
        region: &RegionPath,
        key: CounterKey,
    ) -> Result<Vec<Counted>, Error> {
        let (path, department) = match slice.scope() {
            Scope::Nothing => {
                let own = cases::Entity::find().filter(by_part(slice)).filter(in_region(region));
                return self.count_cases(own, key).await;
            }
            Scope::Region(path) => (path, None),
            Scope::Department { path, department } => (path, Some(department)),
        };
        let Some(narrow) = narrower(path, region) else {
            return Ok(Vec::new());
        };
        let column = match key {
            CounterKey::State => counter::Column::State,
            CounterKey::Matter => counter::Column::Matter,
            CounterKey::Department => counter::Column::Department,
            CounterKey::Village => counter::Column::Village,
        };
        let of_department = department.map(|d| counter::Column::Department.eq(d.as_str()));
        let rows = counter::Entity::find()
            .select_only()
            .column_as(column, "key")
            .column(counter::Column::State)
            .column_as(counter::Column::N.sum().cast_as("BIGINT"), "n")
            .filter(Condition::all().add(within(counter::Column::Village, narrow)).add_option(of_department))
            .group_by(column)
            .group_by(counter::Column::State)
            .into_model::<Counted>()
            .all(self.read())
            .await?;
        Ok(rows.into_iter().filter(|r| r.n > 0).collect())
    }

    /// Open cases of the slice past their deadline, below a region.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn case_overdue(
        &self,
        slice: &Slice,
        region: &RegionPath,
        key: CounterKey,
        now: DateTime<Utc>,
    ) -> Result<Vec<Counted>, Error> {
        let overdue = cases_in(slice).filter(in_region(region)).filter(cases::Column::DueAt.lt(micros(now)));
        self.count_cases(overdue, key).await
    }

    async fn count_cases(&self, find: sea_orm::Select<cases::Entity>, key: CounterKey) -> Result<Vec<Counted>, Error> {
        let column = match key {
            CounterKey::State => cases::Column::State,
            CounterKey::Matter => cases::Column::Matter,
            CounterKey::Department => cases::Column::Department,
            CounterKey::Village => cases::Column::Path,
        };
        let rows = find
            .select_only()
            .column_as(column, "key")
            .column(cases::Column::State)
            .column_as(cases::Column::Id.count(), "n")
            .group_by(column)
            .group_by(cases::Column::State)
            .into_model::<Counted>()
            .all(self.read())
            .await?;
        Ok(rows)
    }
}
