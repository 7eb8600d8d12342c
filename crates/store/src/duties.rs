//! Who is on duty in which grid, in which role, from when until when.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
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

impl DutyRow {
    /// Ended before it began, so that it never was.
    fn never_was(&self) -> bool {
        self.until.is_some_and(|until| until <= self.from)
    }
}

/// A duty that somebody has already, or had, at some of the time of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// Now, or later.
    Still,
    /// It has ended.
    Until(DateTime<Utc>),
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

    /// For each of these duties, whether the same person has or had it at some of that time.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn duties_held(&self, rows: &[DutyRow], now: DateTime<Utc>) -> Result<Vec<Option<Held>>, Error> {
        let there = recorded(self.read(), rows).await?;
        Ok(rows.iter().map(|row| held_at(there.get(&key(row))?, row, now)).collect())
    }

    /// Adds duties, all or none.
    ///
    /// # Errors
    /// `Taken("duty")` when somebody already has one of them at that time, `Taken("ended duty")` when they had it.
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

/// Duties of one person in one grid and role, in whatever order.
type Recordings = HashMap<(String, String, PersonId), Vec<DutyRow>>;

fn key(row: &DutyRow) -> (String, String, PersonId) {
    (row.path.clone(), row.role.clone(), row.person)
}

/// All that is recorded of the grids of these duties, ended ones too: who was on duty when is history, and not written twice.
async fn recorded<C: ConnectionTrait>(connection: &C, rows: &[DutyRow]) -> Result<Recordings, Error> {
    let paths: HashSet<&str> = rows.iter().map(|row| row.path.as_str()).collect();
    let mut there = Recordings::new();
    for chunk in paths.into_iter().collect::<Vec<_>>().chunks(CHUNK) {
        let of_grids = grid_duty::Entity::find().filter(grid_duty::Column::Path.is_in(chunk.iter().copied()));
        for row in of_grids.all(connection).await? {
            let row = duty_row(row)?;
            there.entry(key(&row)).or_default().push(row);
        }
    }
    Ok(there)
}

/// Two people may share a duty; one person has it once at a time.
fn held_at(same: &[DutyRow], row: &DutyRow, now: DateTime<Utc>) -> Option<Held> {
    let at_that_time = |other: &&DutyRow| overlap((other.from, other.until), (row.from, row.until));
    let held = |other: &DutyRow| match other.until {
        Some(until) if until <= now => Held::Until(until),
        _ => Held::Still,
    };
    let found = same.iter().filter(|other| !other.never_was()).filter(at_that_time).map(held);
    found.max_by_key(|held| match held {
        Held::Still => DateTime::<Utc>::MAX_UTC,
        Held::Until(until) => *until,
    })
}

async fn duties_add(tx: &Tx, mut rows: Vec<DutyRow>, by: Option<PersonId>) -> Result<Recorded<usize>, Error> {
    let mut there = recorded(tx.connection(), &rows).await?;
    for row in &mut rows {
        let same = there.entry(key(row)).or_default();
        match held_at(same, row, tx.now()) {
            Some(Held::Still) => return Err(Error::Taken("duty")),
            Some(Held::Until(_)) => return Err(Error::Taken("ended duty")),
            None => {}
        }
        // One that was taken back before it began keeps its key, of which the beginning is a part.
        while same.iter().any(|other| micros(other.from) == micros(row.from)) {
            row.from += TimeDelta::microseconds(1);
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
