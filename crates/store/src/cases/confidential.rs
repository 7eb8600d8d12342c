//! That confidential cases exist: for those who answer for a county and must see that none is left lying. No title, text, reporter or place below the county
//! leaves here, and no slice is asked, for no case is shown.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;
use yizhi_domain::region::{Level, RegionPath};

use crate::case_row::{maybe_moment, micros, moment};
use crate::entity::cases;
use crate::slice_sql::in_region;
use crate::{Db, Error};

/// A confidential case from outside.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfidentialRow {
    pub number: String,
    /// The release that its matter's and states' names are in.
    pub release: String,
    pub matter: String,
    pub procedure: String,
    pub state: String,
    pub county: RegionPath,
    pub recorded_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub due_at: Option<DateTime<Utc>>,
    pub overall_due_at: Option<DateTime<Utc>>,
}

type Key = (i64, Uuid);

type Columns = (Uuid, String, String, String, String, String, String, i64, Option<i64>, Option<i64>, Option<i64>);

impl Db {
    /// One page of the confidential cases below a region, newest first, and the key to the next page.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn confidential_list(
        &self,
        below: &RegionPath,
        open: bool,
        after: Option<Key>,
        limit: u64,
    ) -> Result<(Vec<ConfidentialRow>, Option<Key>), Error> {
        let recorded = cases::Column::RecordedAt;
        let older = after.map(|(at, id)| {
            let beyond = Condition::any().add(recorded.lt(at)).add(cases::Column::Id.lt(id));
            Condition::all().add(recorded.lte(at)).add(beyond)
        });
        let columns = [
            cases::Column::Id,
            cases::Column::Number,
            cases::Column::Release,
            cases::Column::Matter,
            cases::Column::Procedure,
            cases::Column::State,
            cases::Column::Path,
            cases::Column::RecordedAt,
            cases::Column::ClosedAt,
            cases::Column::DueAt,
            cases::Column::OverallDueAt,
        ];
        let mut rows: Vec<Columns> = confidential(below, open)
            .filter(Condition::all().add_option(older))
            .order_by_desc(recorded)
            .order_by_desc(cases::Column::Id)
            .limit(limit + 1)
            .select_only()
            .columns(columns)
            .into_tuple()
            .all(self.read())
            .await?;
        let more = rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = rows.last().filter(|_| more).map(|row| (row.7, row.0));
        Ok((rows.into_iter().map(seen_from_outside).collect::<Result<_, _>>()?, next))
    }

    /// How many there are.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn confidential_count(&self, below: &RegionPath, open: bool) -> Result<u64, Error> {
        Ok(confidential(below, open).count(self.read()).await?)
    }

    /// How many of them are open and past their deadline.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn confidential_overdue(&self, below: &RegionPath, now: DateTime<Utc>) -> Result<u64, Error> {
        Ok(confidential(below, true).filter(cases::Column::DueAt.lt(micros(now))).count(self.read()).await?)
    }
}

/// The condition is written as in the partial indexes that serve it: the bare column.
fn confidential(below: &RegionPath, open: bool) -> Select<cases::Entity> {
    let is_open = open.then(|| cases::Column::ClosedAt.is_null());
    cases::Entity::find()
        .filter(Expr::col((cases::Entity, cases::Column::Confidential)))
        .filter(in_region(below))
        .filter(Condition::all().add_option(is_open))
}

fn seen_from_outside(row: Columns) -> Result<ConfidentialRow, Error> {
    let (_, number, release, matter, procedure, state, path, recorded_at, closed_at, due_at, overall_due_at) = row;
    let path = RegionPath::parse(&path).ok_or_else(|| Error::Corrupt(format!("case {number}: path")))?;
    Ok(ConfidentialRow {
        number,
        release,
        matter,
        procedure,
        state,
        county: path.at(Level::County),
        recorded_at: moment(recorded_at)?,
        closed_at: maybe_moment(closed_at)?,
        due_at: maybe_moment(due_at)?,
        overall_due_at: maybe_moment(overall_due_at)?,
    })
}
