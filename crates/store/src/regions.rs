//! Current regions from the database into memory: a country has two thirds of a million, so a row is copied once, from the database's buffer to the tree.

use rusqlite::types::ValueRef;
use sqlx::postgres::PgRow;
use sqlx::{Executor as _, Row as _};
use yizhi_domain::region::{Level, Region, RegionFault, RegionTree, RegionTreeBuilder};

use crate::bulk::blocking;
use crate::unreadable::Damaged;
use crate::{Db, Error};

const COLUMNS: &str = "path, version, code, name, pinyin, initials, lon, lat";
/// Rows that PostgreSQL hands over at once.
const CHUNK: usize = 20_000;

/// Regions and what could not be read on the way.
struct Reading {
    regions: RegionTreeBuilder,
    damaged: Damaged,
}

impl Reading {
    fn new() -> Self {
        Self { regions: RegionTreeBuilder::default(), damaged: Damaged::new("region") }
    }

    /// Takes a row; `texts` are path, code, name, pinyin and initials, `degrees` longitude and latitude.
    fn take(
        &mut self,
        texts: [Result<&str, Error>; 5],
        degrees: [Result<Option<f64>, Error>; 2],
        key: impl FnOnce() -> String,
    ) {
        if let Err(error) = read(texts, degrees).and_then(|region| Ok(self.regions.add(&region)?)) {
            self.damaged.add(key(), &error);
        }
    }
}

impl From<RegionFault> for Error {
    fn from(fault: RegionFault) -> Self {
        Self::Corrupt(fault.to_string())
    }
}

fn read<'r>(texts: [Result<&'r str, Error>; 5], degrees: [Result<Option<f64>, Error>; 2]) -> Result<Region<'r>, Error> {
    let [key, code, name, pinyin, initials] = texts;
    let [lon, lat] = degrees;
    let (key, lon, lat) = (key?, lon?, lat?);
    let level = Level::of_key(key).ok_or(RegionFault::Path)?;
    if [lon, lat].into_iter().flatten().any(|degrees| !degrees.is_finite()) {
        return Err(Error::Corrupt("columns lon, lat".to_owned()));
    }
    Ok(Region { level, key, code: code?, name: name?, pinyin: pinyin?, initials: initials?, center: lon.zip(lat) })
}

impl Db {
    /// Current regions as they are kept in memory; those that cannot be read are left out and noted.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn region_tree(&self) -> Result<RegionTree, Error> {
        let reading = match self.bulk() {
            Some(bulk) => {
                let connection = bulk.another().await?;
                blocking(move || of_sqlite(&connection)).await?
            }
            None => self.of_postgres().await?,
        };
        self.note_damaged(reading.damaged);
        blocking(move || Ok(reading.regions.build())).await
    }

    /// On a connection of its own, whose transaction ends with it.
    async fn of_postgres(&self) -> Result<Reading, Error> {
        let mut connection = self.read().get_postgres_connection_pool().acquire().await?.detach();
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        let sql = format!(
            "SELECT {COLUMNS} FROM region WHERE until_at IS NULL AND (path, version) > ($1, $2) ORDER BY path, version LIMIT {CHUNK}"
        );
        let mut reading = Reading::new();
        let mut after = (String::new(), i32::MIN);
        loop {
            let query = sqlx::query(sqlx::AssertSqlSafe(sql.as_str())).bind(&after.0).bind(after.1);
            let rows = query.fetch_all(&mut connection).await?;
            rows.iter().for_each(|row| of_row(&mut reading, row));
            match rows.last().filter(|_| rows.len() == CHUNK) {
                Some(last) => after = (last.try_get(0)?, last.try_get(1)?),
                None => return Ok(reading),
            }
        }
    }
}

fn of_row(reading: &mut Reading, row: &PgRow) {
    let texts = [0, 2, 3, 4, 5].map(|at| row.try_get::<&str, _>(at).map_err(Error::from));
    let degrees = [6, 7].map(|at| row.try_get::<Option<f64>, _>(at).map_err(Error::from));
    reading.take(texts, degrees, || {
        let key: (Option<&str>, Option<i32>) = (row.try_get(0).ok(), row.try_get(1).ok());
        format!("{} {}", key.0.unwrap_or("?"), key.1.unwrap_or_default())
    });
}

fn of_sqlite(connection: &rusqlite::Connection) -> Result<Reading, Error> {
    let mut find = connection.prepare(&format!("SELECT {COLUMNS} FROM region WHERE until_at IS NULL"))?;
    let mut rows = find.query([])?;
    let mut reading = Reading::new();
    while let Some(row) = rows.next()? {
        let cells: [ValueRef<'_>; 8] = cells(row)?;
        let texts = [(0, "path"), (2, "code"), (3, "name"), (4, "pinyin"), (5, "initials")];
        let texts = texts.map(|(at, name)| cells[at].as_str().map_err(|_| Error::Corrupt(format!("column {name}"))));
        let degrees = [degrees(cells[6], "lon"), degrees(cells[7], "lat")];
        reading.take(texts, degrees, || format!("{} {}", shown(cells[0]), shown(cells[1])));
    }
    Ok(reading)
}

fn cells<'r, const N: usize>(row: &'r rusqlite::Row<'_>) -> rusqlite::Result<[ValueRef<'r>; N]> {
    let mut cells = [ValueRef::Null; N];
    for (at, cell) in cells.iter_mut().enumerate() {
        *cell = row.get_ref(at)?;
    }
    Ok(cells)
}

fn degrees(cell: ValueRef<'_>, name: &str) -> Result<Option<f64>, Error> {
    match cell {
        ValueRef::Null => Ok(None),
        ValueRef::Real(x) => Ok(Some(x)),
        _ => Err(Error::Corrupt(format!("column {name}"))),
    }
}

/// A cell of a key, whatever it has become.
fn shown(cell: ValueRef<'_>) -> String {
    match cell {
        ValueRef::Null => "?".to_owned(),
        ValueRef::Integer(n) => n.to_string(),
        ValueRef::Real(x) => x.to_string(),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}
