//! Stage facts by day: how much work began and ended in each village, stage, role and department, and whether in time. Rolled up from assignments by a job
//! once a day is over; rolling a day up again replaces it, so that it may be done as often as one likes.
//!
//! Work counts on the day it began as entered, and on the day it ended as left, late if that was after its deadline: a case that closes late or is
//! reopened counts where it happened. Work in confidential cases counts at the county and not at the village, where it would tell of them.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    Statement,
};
use yizhi_domain::clock::china;
use yizhi_domain::region::RegionPath;

use crate::case_row::{micros, moment};
use crate::entity::stage_day;
use crate::slice_sql::within;
use crate::{Db, Error};

/// What happened on a day, in China's time, in a place, stage, role and department.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StageDay {
    pub day: NaiveDate,
    /// Path of the village; of the county for confidential cases.
    pub place: RegionPath,
    pub stage: String,
    pub role: String,
    /// Empty where the role has none.
    pub department: String,
    pub entered: i64,
    pub left_in_time: i64,
    pub left_late: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    place: String,
    stage: String,
    role: String,
    department: String,
}

#[derive(FromQueryResult)]
struct Row {
    place: String,
    stage: String,
    role: String,
    department: String,
    n: i64,
    late: i64,
}

/// What began, or ended, in a range of time; `{at}` is the column of that moment.
const COUNT: &str = "SELECT CASE WHEN cases.confidential THEN cases.county ELSE assignment.village END AS place, assignment.stage, assignment.role, \
     COALESCE(assignment.department, '') AS department, CAST(COUNT(*) AS BIGINT) AS n, \
     CAST(SUM(CASE WHEN assignment.left_at > assignment.due_at THEN 1 ELSE 0 END) AS BIGINT) AS late \
     FROM assignment INNER JOIN cases ON cases.id = assignment.case_id WHERE assignment.{at} >= $1 AND assignment.{at} < $2 GROUP BY 1, 2, 3, 4";

/// The moments between which a day lies in China: from the first, before the second.
pub fn day_range(day: NaiveDate) -> (DateTime<Utc>, DateTime<Utc>) {
    // China's clock has no gaps.
    let midnight = china().from_local_datetime(&day.and_time(NaiveTime::MIN)).single();
    let start = midnight.map_or(DateTime::<Utc>::MIN_UTC, |at| at.to_utc());
    (start, start + TimeDelta::days(1))
}

impl Db {
    /// The day, in China's time, on which work was first begun; `None` before there was any.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn first_work_day(&self) -> Result<Option<NaiveDate>, Error> {
        let sql = "SELECT MIN(opened_at) AS at FROM assignment";
        let row = self.read().query_one_raw(Statement::from_string(self.read().get_database_backend(), sql)).await?;
        let first: Option<i64> = row.map(|row| row.try_get("", "at")).transpose()?.flatten();
        first.map(|at| Ok(moment(at)?.with_timezone(&china()).date_naive())).transpose()
    }

    /// Counts a day's work anew and puts it in the place of what was there; how many rows the day has.
    ///
    /// # Errors
    /// When the database cannot be reached; what was there stays then.
    pub async fn stage_day_roll(&self, day: NaiveDate) -> Result<usize, Error> {
        let mut counted: BTreeMap<Key, (i64, i64, i64)> = BTreeMap::new();
        for row in self.work_counted("opened_at", day).await? {
            let n = row.n;
            counted.entry(row.key()).or_default().0 += n;
        }
        for row in self.work_counted("left_at", day).await? {
            let (n, late) = (row.n, row.late);
            let of_key = counted.entry(row.key()).or_default();
            *of_key = (of_key.0, of_key.1 + n - late, of_key.2 + late);
        }
        let rows: Vec<_> = counted.into_iter().map(|(key, counts)| active(day, key, counts)).collect();
        let len = rows.len();
        self.stage_day_replace(day, rows).await?;
        Ok(len)
    }

    async fn work_counted(&self, at: &str, day: NaiveDate) -> Result<Vec<Row>, Error> {
        let (from, to) = day_range(day);
        let (backend, sql) = (self.read().get_database_backend(), COUNT.replace("{at}", at));
        let query = Statement::from_sql_and_values(backend, sql, [micros(from).into(), micros(to).into()]);
        Ok(Row::find_by_statement(query).all(self.read()).await?)
    }

    async fn stage_day_replace(&self, day: NaiveDate, rows: Vec<stage_day::ActiveModel>) -> Result<(), Error> {
        const CHUNK: usize = 500;
        let touch = self.touch().await?;
        let tx = touch.begin().await?;
        stage_day::Entity::delete_many().filter(stage_day::Column::Day.eq(day.to_string())).exec(&tx).await?;
        for chunk in rows.chunks(CHUNK) {
            // Another server may roll up the same day at this moment, and says the same.
            use stage_day::Column::{Day, Department, Entered, LeftInTime, LeftLate, Role, Stage, Village};
            let same = OnConflict::columns([Day, Village, Stage, Role, Department])
                .update_columns([Entered, LeftInTime, LeftLate])
                .to_owned();
            stage_day::Entity::insert_many(chunk.to_vec()).on_conflict(same).exec_without_returning(&tx).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The facts of a region from one day to another, both included, in the order of days and places.
    ///
    /// # Errors
    /// When the database cannot answer, or a row is damaged.
    pub async fn stage_days(
        &self,
        region: &RegionPath,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<Vec<StageDay>, Error> {
        let days = Condition::all()
            .add(stage_day::Column::Day.gte(from.to_string()))
            .add(stage_day::Column::Day.lte(to.to_string()));
        let rows = stage_day::Entity::find()
            .filter(days)
            .filter(within(stage_day::Column::Village, region))
            .order_by_asc(stage_day::Column::Day)
            .order_by_asc(stage_day::Column::Village)
            .order_by_asc(stage_day::Column::Stage)
            .order_by_asc(stage_day::Column::Role)
            .order_by_asc(stage_day::Column::Department)
            .all(self.read())
            .await?;
        rows.into_iter().map(fact).collect()
    }
}

impl Row {
    fn key(self) -> Key {
        Key { place: self.place, stage: self.stage, role: self.role, department: self.department }
    }
}

fn active(day: NaiveDate, key: Key, (entered, in_time, late): (i64, i64, i64)) -> stage_day::ActiveModel {
    stage_day::ActiveModel {
        day: Set(day.to_string()),
        village: Set(key.place),
        stage: Set(key.stage),
        role: Set(key.role),
        department: Set(key.department),
        entered: Set(entered),
        left_in_time: Set(in_time),
        left_late: Set(late),
    }
}

fn fact(row: stage_day::Model) -> Result<StageDay, Error> {
    let corrupt = || Error::Corrupt(format!("stage_day {} {}", row.day, row.village));
    Ok(StageDay {
        day: row.day.parse().map_err(|_| corrupt())?,
        place: RegionPath::parse(&row.village).ok_or_else(corrupt)?,
        stage: row.stage,
        role: row.role,
        department: row.department,
        entered: row.entered,
        left_in_time: row.left_in_time,
        left_late: row.left_late,
    })
}
