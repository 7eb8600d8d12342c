//! Importing grids: those of a file take the place of their former versions, those that are to be retired end with the duties in them, all in one
//! transaction. Nothing else ends.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect};
use serde_json::json;
use uuid::Uuid;
use yizhi_domain::record::Record;
use yizhi_domain::region::RegionPath;

use crate::case_row::micros;
use crate::duties;
use crate::entity::{cases, grid, grid_duty, post};
use crate::rows::Cell;
use crate::{Db, Error, GridRow, Recorded, Tx};

/// What an import changes.
#[derive(Clone, Debug)]
pub struct GridImport {
    /// New versions of grids, or new ones. The version of a row counts for nothing; the next one of its code is taken.
    pub rows: Vec<GridRow>,
    /// Paths of current grids that end.
    pub retire: Vec<RegionPath>,
    /// Whether those may end in which something stands.
    pub occupied_too: bool,
    /// Where the rows came from.
    pub source: String,
}

/// What stands in a grid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Occupancy {
    /// Open cases.
    pub cases: u64,
    /// Duties in force, or to begin.
    pub duties: u64,
    /// Posts in force, or to begin.
    pub posts: u64,
}

const CHUNK: usize = 500;

impl Db {
    /// What stands in grids; those in which nothing does are left out.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn grids_occupied(
        &self,
        paths: &[RegionPath],
        now: DateTime<Utc>,
    ) -> Result<HashMap<String, Occupancy>, Error> {
        occupied(self.read(), paths, micros(now)).await
    }

    /// Imports grids, all or none.
    ///
    /// # Errors
    /// `Taken("grid")` when something stands in a grid that is to be retired and that is not allowed; or when they cannot be written. Nothing has
    /// changed then.
    pub async fn grids_import(&self, import: GridImport, now: DateTime<Utc>) -> Result<usize, Error> {
        self.write(now, |tx| Box::pin(grids_import(tx, import.clone()))).await
    }
}

async fn occupied(
    connection: &impl sea_orm::ConnectionTrait,
    paths: &[RegionPath],
    now: i64,
) -> Result<HashMap<String, Occupancy>, Error> {
    let mut found: HashMap<String, Occupancy> = HashMap::new();
    for chunk in paths.chunks(CHUNK) {
        let chunk: Vec<&str> = chunk.iter().map(RegionPath::as_str).collect();
        let open = cases::Entity::find()
            .select_only()
            .column(cases::Column::Path)
            .column_as(cases::Column::Id.count(), "n")
            .filter(cases::Column::Path.is_in(chunk.iter().copied()))
            .filter(cases::Column::ClosedAt.is_null())
            .group_by(cases::Column::Path);
        for (path, n) in open.into_tuple::<(String, i64)>().all(connection).await? {
            found.entry(path).or_default().cases = u64::try_from(n).unwrap_or(0);
        }
        let duties = grid_duty::Entity::find()
            .select_only()
            .column(grid_duty::Column::Path)
            .filter(grid_duty::Column::Path.is_in(chunk.iter().copied()))
            .filter(duties::not_ended(now));
        for path in duties.into_tuple::<String>().all(connection).await? {
            found.entry(path).or_default().duties += 1;
        }
        let in_force = Condition::any().add(post::Column::UntilAt.is_null()).add(post::Column::UntilAt.gt(now));
        let posts = post::Entity::find()
            .select_only()
            .column(post::Column::Path)
            .filter(post::Column::Path.is_in(chunk.iter().copied()))
            .filter(in_force);
        for path in posts.into_tuple::<String>().all(connection).await? {
            found.entry(path).or_default().posts += 1;
        }
    }
    Ok(found)
}

async fn grids_import(tx: &Tx, import: GridImport) -> Result<Recorded<usize>, Error> {
    let GridImport { rows, retire, occupied_too, source } = import;
    let now = tx.now_micros();
    if !occupied_too && !occupied(tx.connection(), &retire, now).await?.is_empty() {
        return Err(Error::Taken("grid"));
    }
    let retired = retire_grids(tx, &retire, now).await?;
    let ended = end_duties(tx, &retire, now).await?;
    let count = rows.len();
    let paths: Vec<String> =
        rows.iter().map(|row| row.path.clone()).chain(retire.iter().map(RegionPath::to_string)).collect();
    renew(tx, rows, now).await?;
    let fields = json!({ "count": count, "source": source, "retired": retired, "dutiesEnded": ended.len() });
    let mut record = Record::new("grid.import", Uuid::nil(), fields.as_object().cloned().unwrap_or_default());
    tx.prove_counties(&mut record, "grid", paths.iter().map(String::as_str)).await?;
    tx.prove(&mut record, "grid_duty", &ended).await?;
    tx.record(record, count).await
}

/// Ends current grids; answers with their codes.
async fn retire_grids(tx: &Tx, paths: &[RegionPath], now: i64) -> Result<Vec<String>, Error> {
    let mut codes = Vec::new();
    for chunk in paths.chunks(CHUNK) {
        let these = Condition::all()
            .add(grid::Column::Path.is_in(chunk.iter().map(RegionPath::as_str)))
            .add(grid::Column::UntilAt.is_null());
        let current = grid::Entity::find().select_only().column(grid::Column::Code).filter(these.clone());
        codes.extend(current.into_tuple::<String>().all(tx.connection()).await?);
        end(tx, these, now).await?;
    }
    Ok(codes)
}

/// Ends the duties in grids that are no more; answers with their keys.
async fn end_duties(tx: &Tx, paths: &[RegionPath], now: i64) -> Result<Vec<Vec<Cell>>, Error> {
    let mut keys = Vec::new();
    for chunk in paths.chunks(CHUNK) {
        let these = Condition::all()
            .add(grid_duty::Column::Path.is_in(chunk.iter().map(RegionPath::as_str)))
            .add(duties::not_ended(now));
        let held = grid_duty::Entity::find().filter(these.clone()).all(tx.connection()).await?;
        keys.extend(held.iter().map(|duty| duties::key_of(&duty.path, &duty.role, duty.person, duty.from_at)));
        grid_duty::Entity::update_many()
            .col_expr(grid_duty::Column::UntilAt, Expr::value(now))
            .filter(these)
            .exec(tx.connection())
            .await?;
    }
    Ok(keys)
}

/// Ends the current versions of the rows' codes and begins the next.
async fn renew(tx: &Tx, rows: Vec<GridRow>, now: i64) -> Result<(), Error> {
    for chunk in rows.chunks(CHUNK) {
        let codes: Vec<&str> = chunk.iter().map(|row| row.code.as_str()).collect();
        let newest = grid::Entity::find()
            .select_only()
            .column(grid::Column::Code)
            .column_as(grid::Column::Version.max(), "newest")
            .filter(grid::Column::Code.is_in(codes.iter().copied()))
            .group_by(grid::Column::Code);
        let newest: HashMap<String, i32> =
            newest.into_tuple::<(String, i32)>().all(tx.connection()).await?.into_iter().collect();
        let current =
            Condition::all().add(grid::Column::Code.is_in(codes.iter().copied())).add(grid::Column::UntilAt.is_null());
        end(tx, current, now).await?;
        let models = chunk.iter().map(|row| grid::ActiveModel {
            code: Set(row.code.clone()),
            version: Set(newest.get(&row.code).map_or(1, |newest| newest + 1)),
            path: Set(row.path.clone()),
            name: Set(row.name.clone()),
            kind: Set(row.kind.clone()),
            schematic: Set(row.schematic),
            geometry: Set(row.geometry.clone()),
            lon: Set(row.center.0),
            lat: Set(row.center.1),
            from_at: Set(micros(row.from)),
            until_at: Set(None),
        });
        grid::Entity::insert_many(models).exec_without_returning(tx.connection()).await?;
    }
    Ok(())
}

async fn end(tx: &Tx, these: Condition, now: i64) -> Result<(), Error> {
    grid::Entity::update_many()
        .col_expr(grid::Column::UntilAt, Expr::value(now))
        .filter(these)
        .exec(tx.connection())
        .await?;
    Ok(())
}
