//! Rows as cells, read from either database by the columns of their table. SQLite keeps what it is given: a value of another type is given as it is, for
//! the reader to refuse or to name.

use rusqlite::types::ValueRef;
use sqlx::Row as _;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::Error;
use crate::rows::{Cell, Kind, Table};

impl Table {
    /// The columns, for a query.
    pub(crate) fn list(&self) -> String {
        self.columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
    }
}

/// The cells of a row that was asked for by [`Table::list`].
pub(crate) fn of_sqlite(row: &rusqlite::Row<'_>, table: &Table) -> rusqlite::Result<Vec<Cell>> {
    let mut cells = Vec::with_capacity(table.columns.len());
    for (at, (_, kind)) in table.columns.iter().enumerate() {
        cells.push(sqlite_cell(row.get_ref(at)?, *kind));
    }
    Ok(cells)
}

fn sqlite_cell(value: ValueRef<'_>, kind: Kind) -> Cell {
    match value {
        ValueRef::Null => Cell::Null,
        ValueRef::Integer(n @ (0 | 1)) if kind == Kind::Bool => Cell::Bool(n == 1),
        ValueRef::Integer(n) => Cell::Int(n),
        ValueRef::Real(x) => Cell::Real(x),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Cell::Text(text.to_owned()),
            Err(_) => Cell::Blob(text.to_vec()),
        },
        ValueRef::Blob(bytes) if kind == Kind::Uuid => {
            Uuid::from_slice(bytes).map_or_else(|_| Cell::Blob(bytes.to_vec()), Cell::Uuid)
        }
        ValueRef::Blob(bytes) => Cell::Blob(bytes.to_vec()),
    }
}

/// The same from PostgreSQL.
pub(crate) fn of_postgres(row: &PgRow, table: &Table) -> Result<Vec<Cell>, sqlx::Error> {
    let mut cells = Vec::with_capacity(table.columns.len());
    for (at, (_, kind)) in table.columns.iter().enumerate() {
        cells.push(postgres_cell(row, at, *kind)?);
    }
    Ok(cells)
}

fn postgres_cell(row: &PgRow, at: usize, kind: Kind) -> Result<Cell, sqlx::Error> {
    Ok(match kind {
        Kind::Int => row.try_get::<Option<i32>, _>(at)?.map(i64::from).into(),
        Kind::Small => row.try_get::<Option<i16>, _>(at)?.map(i64::from).into(),
        Kind::Big => row.try_get::<Option<i64>, _>(at)?.into(),
        Kind::Real => row.try_get::<Option<f64>, _>(at)?.into(),
        Kind::Text => row.try_get::<Option<String>, _>(at)?.into(),
        Kind::Blob => row.try_get::<Option<Vec<u8>>, _>(at)?.into(),
        Kind::Uuid => row.try_get::<Option<Uuid>, _>(at)?.into(),
        Kind::Bool => row.try_get::<Option<bool>, _>(at)?.into(),
    })
}

/// The same from a write under way.
pub(crate) fn of_query(row: &sea_orm::QueryResult, table: &Table) -> Result<Vec<Cell>, Error> {
    let columns = table.columns.iter().enumerate();
    columns.map(|(at, (_, kind))| query_cell(row, at, *kind)).collect()
}

fn query_cell(row: &sea_orm::QueryResult, at: usize, kind: Kind) -> Result<Cell, Error> {
    Ok(match kind {
        Kind::Int => row.try_get_by_index::<Option<i32>>(at)?.map(i64::from).into(),
        Kind::Small => row.try_get_by_index::<Option<i16>>(at)?.map(i64::from).into(),
        Kind::Big => row.try_get_by_index::<Option<i64>>(at)?.into(),
        Kind::Real => row.try_get_by_index::<Option<f64>>(at)?.into(),
        Kind::Text => row.try_get_by_index::<Option<String>>(at)?.into(),
        Kind::Blob => row.try_get_by_index::<Option<Vec<u8>>>(at)?.into(),
        Kind::Uuid => row.try_get_by_index::<Option<Uuid>>(at)?.into(),
        Kind::Bool => row.try_get_by_index::<Option<bool>>(at)?.into(),
    })
}

impl Cell {
    /// The number, if it is one.
    pub(crate) fn int(&self) -> Option<i64> {
        if let Self::Int(n) = self { Some(*n) } else { None }
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// The id, if it is one.
    pub(crate) fn uuid(&self) -> Option<Uuid> {
        if let Self::Uuid(id) = self { Some(*id) } else { None }
    }
}

/// Reads the cells of a row as columns of their types; what a cell is not is said with the column's name.
pub(crate) struct Reader<'a> {
    cells: std::slice::Iter<'a, Cell>,
    columns: std::slice::Iter<'static, (&'static str, Kind)>,
    name: &'static str,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(table: &Table, cells: &'a [Cell]) -> Self {
        Self { cells: cells.iter(), columns: table.columns.iter(), name: "" }
    }

    fn next(&mut self) -> &'a Cell {
        self.name = self.columns.next().map_or("", |(name, _)| name);
        self.cells.next().unwrap_or(&Cell::Null)
    }

    fn wrong(&self) -> Error {
        Error::Corrupt(format!("column {}", self.name))
    }

    /// Passes over columns.
    pub(crate) fn skip(&mut self, columns: usize) {
        for _ in 0..columns {
            let _passed = self.next();
        }
    }

    pub(crate) fn uuid(&mut self) -> Result<Uuid, Error> {
        self.next().uuid().ok_or_else(|| self.wrong())
    }

    pub(crate) fn text(&mut self) -> Result<String, Error> {
        self.next().text().map(str::to_owned).ok_or_else(|| self.wrong())
    }

    pub(crate) fn int(&mut self) -> Result<i64, Error> {
        self.next().int().ok_or_else(|| self.wrong())
    }

    pub(crate) fn small(&mut self) -> Result<i32, Error> {
        let n = self.int()?;
        i32::try_from(n).map_err(|_| self.wrong())
    }

    pub(crate) fn bool(&mut self) -> Result<bool, Error> {
        if let Cell::Bool(b) = self.next() { Ok(*b) } else { Err(self.wrong()) }
    }

    fn maybe<T>(&mut self, read: impl FnOnce(&Cell) -> Option<T>) -> Result<Option<T>, Error> {
        match self.next() {
            Cell::Null => Ok(None),
            cell => read(cell).map(Some).ok_or_else(|| self.wrong()),
        }
    }

    pub(crate) fn maybe_uuid(&mut self) -> Result<Option<Uuid>, Error> {
        self.maybe(Cell::uuid)
    }

    pub(crate) fn maybe_text(&mut self) -> Result<Option<String>, Error> {
        self.maybe(|cell| cell.text().map(str::to_owned))
    }

    pub(crate) fn maybe_int(&mut self) -> Result<Option<i64>, Error> {
        self.maybe(Cell::int)
    }

    pub(crate) fn maybe_real(&mut self) -> Result<Option<f64>, Error> {
        self.maybe(|cell| if let Cell::Real(x) = cell { Some(*x) } else { None })
    }
}
