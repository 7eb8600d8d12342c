//! Who is on duty in which grid, in which role, from when until when.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use yizhi_domain::directory::overlap;
use yizhi_domain::ids::PersonId;
use yizhi_domain::record::Record;
use yizhi_domain::region::RegionPath;

use crate::case_row::{maybe_moment, micros, moment};
use crate::entity::grid_duty;
use crate::rows::Cell;
use crate::slice_sql::within;
use crate::{Db, Error, Recorded, Tx};

/// A duty in a grid.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DutyRow {
    /// Path of the grid.
    pub path: String,
    pub role: String,
    pub person: PersonId,
    pub from: DateTime<Utc>,
    pub until: Option<DateTime<Utc>>,
}

const CHUNK: usize = 500;

impl Db {
    /// All duties that have not ended, the longest held first.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn duties(&self, now: DateTime<Utc>) -> Result<Vec<DutyRow>, Error> {
        self.duties_below(&RegionPath::root(), now).await
    }

    /// Those below a region.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn duties_below(&self, region: &RegionPath, now: DateTime<Utc>) -> Result<Vec<DutyRow>, Error> {
        let rows = grid_duty::Entity::find()
            .filter(within(grid_duty::Column::Path, region))
            .filter(not_ended(micros(now)))
            .order_by_asc(grid_duty::Column::Path)
            .order_by_asc(grid_duty::Column::FromAt)
            .order_by_asc(grid_duty::Column::Person)
            .all(self.read())
            .await?;
        Ok(self.readable("grid_duty", rows, |d| format!("{} {} {}", d.path, d.role, d.person), duty_row))
    }

    /// Adds duties, all or none.
    ///
    /// # Errors
    /// `Taken("duty")` when somebody already has one of them at that time.
    pub async fn duties_add(
        &self,
        rows: Vec<DutyRow>,
        by: Option<PersonId>,
        now: DateTime<Utc>,
    ) -> Result<usize, Error> {
        self.write(now, |tx| Box::pin(duties_add(tx, rows.clone(), by))).await
    }

    /// Ends what somebody has of a duty in a grid, now; what has not begun yet never begins.
    ///
    /// # Errors
    /// `Missing` when there is none.
    pub async fn duty_end(
        &self,
        path: &RegionPath,
        role: &str,
        person: PersonId,
        by: PersonId,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        let (path, role) = (path.clone(), role.to_owned());
        self.write(now, |tx| Box::pin(duty_end(tx, path.clone(), role.clone(), person, by))).await
    }
}

pub(crate) fn not_ended(now: i64) -> Condition {
    Condition::any().add(grid_duty::Column::UntilAt.is_null()).add(grid_duty::Column::UntilAt.gt(now))
}

async fn duties_add(tx: &Tx, rows: Vec<DutyRow>, by: Option<PersonId>) -> Result<Recorded<usize>, Error> {
    let paths: HashSet<&str> = rows.iter().map(|row| row.path.as_str()).collect();
    let mut held: HashMap<(String, String, PersonId), Vec<DutyRow>> = HashMap::new();
    let key = |row: &DutyRow| (row.path.clone(), row.role.clone(), row.person);
    for chunk in paths.into_iter().collect::<Vec<_>>().chunks(CHUNK) {
        let there = grid_duty::Entity::find().filter(grid_duty::Column::Path.is_in(chunk.iter().copied()));
        for row in there.filter(not_ended(tx.now_micros())).all(tx.connection()).await? {
            let row = duty_row(row)?;
            held.entry(key(&row)).or_default().push(row);
        }
    }
    for row in &rows {
        let same = held.entry(key(row)).or_default();
        // Two people may share a duty; one person has it once at a time.
        if same.iter().any(|other| overlap((other.from, other.until), (row.from, row.until))) {
            return Err(Error::Taken("duty"));
        }
        same.push(row.clone());
    }
    let models: Vec<grid_duty::ActiveModel> = rows.iter().map(duty_model).collect();
    for chunk in models.chunks(CHUNK) {
        grid_duty::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx.connection()).await?;
    }
    let mut last = None;
    for row in &rows {
        let fields = json!({
            "by": by, "grid": row.path, "role": row.role, "from": micros(row.from), "until": row.until.map(micros),
        });
        let mut record = entry("duty.add", row.person, fields);
        let key = key_of(&row.path, &row.role, row.person.0, micros(row.from));
        tx.prove(&mut record, "grid_duty", &[key]).await?;
        last = Some(tx.record(record, rows.len()).await?);
    }
    match last {
        Some(recorded) => Ok(recorded),
        None => tx.record(entry("duty.add", PersonId(uuid::Uuid::nil()), json!({ "by": by })), 0).await,
    }
}

async fn duty_end(
    tx: &Tx,
    path: RegionPath,
    role: String,
    person: PersonId,
    by: PersonId,
) -> Result<Recorded<()>, Error> {
    let now = tx.now_micros();
    let theirs = Condition::all()
        .add(grid_duty::Column::Path.eq(path.as_str()))
        .add(grid_duty::Column::Role.eq(role.as_str()))
        .add(grid_duty::Column::Person.eq(person.0))
        .add(not_ended(now));
    let held = grid_duty::Entity::find().filter(theirs.clone()).all(tx.connection()).await?;
    if held.is_empty() {
        return Err(Error::Missing("duty"));
    }
    grid_duty::Entity::update_many()
        .col_expr(grid_duty::Column::UntilAt, Expr::value(now))
        .filter(theirs)
        .exec(tx.connection())
        .await?;
    let mut record = entry("duty.end", person, json!({ "by": by, "grid": path, "role": role }));
    let keys: Vec<Vec<Cell>> = held.iter().map(|d| key_of(&d.path, &d.role, d.person, d.from_at)).collect();
    tx.prove(&mut record, "grid_duty", &keys).await?;
    tx.record(record, ()).await
}

fn entry(kind: &str, person: PersonId, fields: serde_json::Value) -> Record {
    let serde_json::Value::Object(fields) = fields else { unreachable!("a literal object") };
    Record::new(kind, person.0, fields)
}

fn duty_model(d: &DutyRow) -> grid_duty::ActiveModel {
    grid_duty::ActiveModel {
        path: Set(d.path.clone()),
        role: Set(d.role.clone()),
        person: Set(d.person.0),
        from_at: Set(micros(d.from)),
        until_at: Set(d.until.map(micros)),
    }
}

fn duty_row(d: grid_duty::Model) -> Result<DutyRow, Error> {
    RegionPath::parse(&d.path).ok_or_else(|| Error::Corrupt(format!("duty in {}: path", d.path)))?;
    Ok(DutyRow {
        path: d.path,
        role: d.role,
        person: PersonId(d.person),
        from: moment(d.from_at)?,
        until: maybe_moment(d.until_at)?,
    })
}

/// The key of a row, as the proven tables have it.
pub(crate) fn key_of(path: &str, role: &str, person: uuid::Uuid, from: i64) -> Vec<Cell> {
    vec![path.into(), role.into(), person.into(), from.into()]
}
