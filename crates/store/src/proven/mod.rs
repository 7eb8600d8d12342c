//! Tables whose rows are only what records say: each record that writes such rows says the digests of what it left there, and `yizhi ledger verify` compares.
//! Here is which tables those are, and why others are not; a test finds a table or column that is in neither list.
//!
//! A row's digest is the SHA-256 of the table's name, a newline, and the row's text (`state/mod.rs`): columns in order, nulls left out, so that a column added
//! later, null in older rows, changes nothing. Large tables that imports write are proven by county: the SHA-256 over the digests of the county's rows in
//! the order of their keys.

mod begin;
mod list;

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, Statement, Value as SqlValue};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;
use yizhi_domain::record::Record;

use crate::cells;
use crate::rows::{Cell, Kind, OnConflict, Table};
use crate::state::{cell_text, hex, row_text};
use crate::{Backend, Error, Tx};

pub use list::OTHERWISE;
pub(crate) use list::PROVEN;

/// How the rows of a table are proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Each by itself.
    Row,
    /// Each by itself; rows go without a record when their time is over.
    RowWhileThere,
    /// All of a county together; the column is the path.
    County(&'static str),
}

/// A table that records prove.
#[derive(Debug)]
pub(crate) struct Proven {
    pub(crate) table: Table,
    pub(crate) by: By,
    /// Columns that no record repeats, each with the reason.
    pub(crate) left_out: LeftOut,
    /// Keys of rows on which nothing rests.
    pub(crate) passed_over: &'static [&'static str],
}

const fn proven(
    name: &'static str,
    key: usize,
    columns: &'static [(&'static str, Kind)],
    by: By,
    left_out: LeftOut,
) -> Proven {
    Proven { table: Table { name, columns, key, on_conflict: OnConflict::Fail }, by, left_out, passed_over: &[] }
}

/// Rows that are read, or said by one record, at once.
const CHUNK: usize = 400;
/// Rows of a table proven by county that are read at once.
const COUNTY_CHUNK: usize = 5_000;
/// Records of more rows say only whole digests.
const DETAILED: usize = 20;
/// Held on PostgreSQL while the digests of counties are made, so that each import sees what those before it wrote.
const COUNTY_LOCK: i64 = 0x0079_697a_6870;

/// One row, as far as it is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
    pub table: &'static str,
    /// Its key as a text.
    pub key: String,
    pub digest: [u8; 32],
    /// By column, the beginning of the digest of its cell; for tables that are not proven by county.
    pub checks: Vec<(&'static str, String)>,
    /// The county that proves it, for tables proven by county.
    pub county: Option<String>,
}

/// The names of the tables that records prove, and how.
pub fn proven_tables() -> impl Iterator<Item = (&'static str, By)> {
    PROVEN.iter().map(|proven| (proven.table.name, proven.by))
}

/// Columns that are not compared, each with its reason.
pub type LeftOut = &'static [(&'static str, &'static str)];

/// Columns of a proven table that are compared, and those that are left out with their reasons.
pub fn proven_columns(table: &str) -> Option<(Vec<&'static str>, LeftOut)> {
    let proven = find(table)?;
    Some((proven.table.columns.iter().map(|(name, _)| *name).collect(), proven.left_out))
}

fn find(table: &str) -> Option<&'static Proven> {
    PROVEN.iter().find(|proven| proven.table.name == table)
}

impl Proven {
    /// Whether the row is compared at all.
    pub(crate) fn counts(&self, row: &TableRow) -> bool {
        !self.passed_over.contains(&row.key.as_str())
    }

    /// A row as it is compared.
    pub(crate) fn row(&self, cells: &[Cell]) -> TableRow {
        let table = &self.table;
        let text = row_text(table, cells, &[]);
        let digest = Sha256::new().chain_update(table.name).chain_update("\n").chain_update(text).finalize().into();
        // Of a county only all rows together are compared.
        let alone = !matches!(self.by, By::County(_));
        let said = table.columns.iter().zip(cells).filter(|(_, cell)| alone && **cell != Cell::Null);
        let checks = said.map(|((name, kind), cell)| (*name, check(name, &cell_text(*kind, cell)))).collect();
        TableRow { table: table.name, key: self.key(cells), digest, checks, county: self.county(cells) }
    }

    fn key(&self, cells: &[Cell]) -> String {
        let key = self.table.columns.iter().zip(cells).take(self.table.key);
        let texts: Vec<String> = key
            .map(|((_, kind), cell)| match cell {
                Cell::Text(text) if *kind == Kind::Text => text.clone(),
                other => cell_text(*kind, other).trim_matches('"').to_owned(),
            })
            .collect();
        texts.join(" ")
    }

    fn county(&self, cells: &[Cell]) -> Option<String> {
        let By::County(column) = self.by else { return None };
        let at = self.table.columns.iter().position(|(name, _)| *name == column)?;
        Some(county_of(cells.get(at).and_then(Cell::text).unwrap_or_default()).to_owned())
    }
}

fn check(name: &str, text: &str) -> String {
    let digest = Sha256::new().chain_update(name).chain_update(":").chain_update(text).finalize();
    hex(&digest[..4])
}

/// The path of the county that a path is in; a path above counties by itself.
fn county_of(path: &str) -> &str {
    let end = path.match_indices('.').nth(2).map_or(path.len(), |(at, _)| at + 1);
    &path[..end]
}

impl Tx {
    /// Says in a record what rows of a proven table are now; a row that is gone is said to be.
    pub(crate) async fn prove(&self, record: &mut Record, table: &str, keys: &[Vec<Cell>]) -> Result<(), Error> {
        let proven = find(table).ok_or_else(|| Error::Corrupt(format!("{table} is not proven")))?;
        let detailed = keys.len() <= DETAILED;
        let mut said = Vec::with_capacity(keys.len());
        for keys in keys.chunks(CHUNK / 4) {
            let rows = self.rows_of(proven, keys).await?;
            let mut found: BTreeMap<String, TableRow> = rows.into_iter().map(|row| (row.key.clone(), row)).collect();
            for key in keys {
                let key = proven.key(key);
                said.push(match found.remove(&key) {
                    Some(row) => entry(&row, detailed),
                    None => json!([table, key, null]),
                });
            }
        }
        say(record, said);
        Ok(())
    }

    async fn rows_of(&self, proven: &Proven, keys: &[Vec<Cell>]) -> Result<Vec<TableRow>, Error> {
        let table = &proven.table;
        let mut values: Vec<SqlValue> = Vec::new();
        let mut places = Vec::with_capacity(keys.len());
        for key in keys {
            let mut equal = Vec::with_capacity(table.key);
            for ((name, _), cell) in table.columns.iter().zip(key).take(table.key) {
                values.push(sql_value(cell));
                equal.push(format!("{name} = ${}", values.len()));
            }
            places.push(format!("({})", equal.join(" AND ")));
        }
        let sql = format!("SELECT {} FROM {} WHERE {}", table.list(), table.name, places.join(" OR "));
        let query = Statement::from_sql_and_values(self.connection().get_database_backend(), sql, values);
        let found = self.connection().query_all_raw(query).await?;
        found.iter().map(|row| Ok(proven.row(&cells::of_query(row, table)?))).collect()
    }

    /// The same of all rows that name an id in a column.
    pub(crate) async fn prove_of(&self, record: &mut Record, table: &str, column: &str, id: Uuid) -> Result<(), Error> {
        let proven = find(table).ok_or_else(|| Error::Corrupt(format!("{table} is not proven")))?;
        let sql = format!("SELECT {} FROM {table} WHERE {column} = $1", proven.table.list());
        let query = Statement::from_sql_and_values(self.connection().get_database_backend(), sql, [id.into()]);
        let found = self.connection().query_all_raw(query).await?;
        let mut said = Vec::with_capacity(found.len());
        for row in &found {
            said.push(entry(&proven.row(&cells::of_query(row, &proven.table)?), true));
        }
        say(record, said);
        Ok(())
    }

    /// Says in a record what the rows of counties are now, of a table proven by county; `paths` are those that were written.
    pub(crate) async fn prove_counties<'p>(
        &self,
        record: &mut Record,
        table: &str,
        paths: impl IntoIterator<Item = &'p str>,
    ) -> Result<(), Error> {
        let counties: BTreeSet<String> = paths.into_iter().map(|path| county_of(path).to_owned()).collect();
        if self.backend() == Backend::Postgres {
            let sql = format!("SELECT pg_advisory_xact_lock({COUNTY_LOCK})");
            self.connection().execute_unprepared(&sql).await?;
        }
        let mut digests = self.counties(table, &counties).await?;
        for county in counties {
            digests.entry(county).or_insert_with(|| hex(Sha256::digest([])));
        }
        record.fields.insert("counties".to_owned(), json!({ "table": table, "digests": digests }));
        Ok(())
    }

    /// The digests of the counties that are asked for, as far as they have rows.
    async fn counties(&self, table: &str, wanted: &BTreeSet<String>) -> Result<BTreeMap<String, String>, Error> {
        let mut sums = BTreeMap::new();
        for county in wanted {
            // Below a county are the paths that begin with its own; a path above counties is alone.
            let above = county.matches('.').count() < 3;
            let end = if above { format!("{county}\u{1}") } else { format!("{}/", county.trim_end_matches('.')) };
            self.sum_counties(table, Some([county, &end]), &mut sums).await?;
        }
        Ok(sums.into_iter().map(|(county, sum)| (county, hex(sum.finalize()))).collect())
    }

    /// The digests of all counties.
    async fn all_counties(&self, table: &str) -> Result<BTreeMap<String, String>, Error> {
        let mut sums = BTreeMap::new();
        self.sum_counties(table, None, &mut sums).await?;
        Ok(sums.into_iter().map(|(county, sum)| (county, hex(sum.finalize()))).collect())
    }

    /// Adds the rows of a table to the sums of their counties: those from one path up to another, or all.
    async fn sum_counties(
        &self,
        table: &str,
        range: Option<[&str; 2]>,
        sums: &mut BTreeMap<String, Sha256>,
    ) -> Result<(), Error> {
        let proven = find(table).ok_or_else(|| Error::Corrupt(format!("{table} is not proven")))?;
        let By::County(column) = proven.by else { return Ok(()) };
        let mut after: Option<Vec<Cell>> = None;
        loop {
            let mut values: Vec<SqlValue> = Vec::new();
            let mut conditions = Vec::new();
            if let Some(range) = range {
                values.extend(range.map(Into::into));
                conditions.push(format!("{column} >= $1 AND {column} < $2"));
            }
            conditions.extend(after.as_deref().map(|key| {
                values.extend(key.iter().map(sql_value));
                let first = values.len() - key.len() + 1;
                let marks: Vec<String> = (first..first + key.len()).map(|n| format!("${n}")).collect();
                let names: Vec<&str> = proven.table.columns.iter().take(key.len()).map(|(name, _)| *name).collect();
                format!("({}) > ({})", names.join(", "), marks.join(", "))
            }));
            let conditions = if conditions.is_empty() { "1 = 1".to_owned() } else { conditions.join(" AND ") };
            let sql = proven.in_order(&conditions, COUNTY_CHUNK);
            let query = Statement::from_sql_and_values(self.connection().get_database_backend(), sql, values);
            let found = self.connection().query_all_raw(query).await?;
            for row in &found {
                let cells = cells::of_query(row, &proven.table)?;
                let row = proven.row(&cells);
                sums.entry(row.county.unwrap_or_default()).or_default().update(row.digest);
                after = Some(cells.into_iter().take(proven.table.key).collect());
            }
            if found.len() < COUNTY_CHUNK {
                return Ok(());
            }
        }
    }
}

impl Proven {
    /// The next rows in the order of their keys.
    fn in_order(&self, condition: &str, limit: usize) -> String {
        let table = &self.table;
        let key: Vec<&str> = table.columns.iter().take(table.key).map(|(name, _)| *name).collect();
        format!(
            "SELECT {} FROM {} WHERE {condition} ORDER BY {} LIMIT {limit}",
            table.list(),
            table.name,
            key.join(", ")
        )
    }
}

/// Adds entries to what a record says of rows.
fn say(record: &mut Record, said: Vec<Value>) {
    match record.fields.get_mut("proves").and_then(Value::as_array_mut) {
        Some(before) => before.extend(said),
        None => {
            record.fields.insert("proves".to_owned(), said.into());
        }
    }
}

fn entry(row: &TableRow, detailed: bool) -> Value {
    let digest = hex(row.digest);
    if detailed {
        let checks: serde_json::Map<String, Value> =
            row.checks.iter().map(|(name, check)| ((*name).to_owned(), check.as_str().into())).collect();
        json!([row.table, row.key, digest, checks])
    } else {
        json!([row.table, row.key, digest])
    }
}

fn sql_value(cell: &Cell) -> SqlValue {
    match cell {
        Cell::Null => SqlValue::BigInt(None),
        Cell::Int(n) => i32::try_from(*n).map_or_else(|_| (*n).into(), Into::into),
        Cell::Real(x) => (*x).into(),
        Cell::Text(text) => text.clone().into(),
        Cell::Blob(bytes) => bytes.clone().into(),
        Cell::Uuid(id) => (*id).into(),
        Cell::Bool(b) => (*b).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_proven_with_its_county() {
        for (path, county) in
            [("35.03.02.001.002.", "35.03.02."), ("35.03.02.", "35.03.02."), ("35.03.", "35.03."), ("", "")]
        {
            assert_eq!(county_of(path), county);
        }
    }

    #[test]
    fn a_null_column_changes_no_digest() {
        let setting = find("setting").unwrap();
        let cells: Vec<Cell> = vec!["a".into(), "b".into()];
        let more: Vec<Cell> = vec!["a".into(), "b".into(), Cell::Null];
        assert_eq!(setting.row(&cells).digest, setting.row(&more).digest);
        assert_ne!(setting.row(&cells).digest, setting.row(&["a".into(), "c".into()]).digest);
    }
}
