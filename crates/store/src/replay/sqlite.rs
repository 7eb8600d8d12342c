//! The view on SQLite: a connection of its own with a read transaction, which the write-ahead log keeps unmoved.

use std::collections::BTreeMap;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::bulk::blocking;
use crate::cells;
use crate::rows::{self, Cell, Table};
use crate::state::CaseRows;
use crate::{Db, Error};

use super::schema::{Definitions, OF_SQLITE, definition};
use super::{HEAD, LOOK, LookStand, RECORD, RecordChunk, RecordView, ReplayHead, add_part, headless};

pub(super) struct View(Option<Connection>);

impl View {
    pub(super) async fn open(db: &Db) -> Result<Self, Error> {
        let connection = db.bulk().ok_or(Error::Closed)?.another().await?;
        let begun = blocking(move || {
            connection.pragma_update(None, "cache_size", -65_536)?;
            connection.execute_batch("BEGIN")?;
            Ok(connection)
        });
        Ok(Self(Some(begun.await?)))
    }

    /// Works on the connection in a thread that may wait for the disk.
    async fn with<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Connection) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let connection = self.0.take().ok_or(Error::Closed)?;
        let (connection, done) = blocking(move || {
            let done = work(&connection);
            Ok((connection, done))
        })
        .await?;
        self.0 = Some(connection);
        done
    }

    pub(super) async fn head(&mut self) -> Result<ReplayHead, Error> {
        self.with(|connection| {
            let read = |r: &Row<'_>| {
                Ok(ReplayHead {
                    size: r.get(0)?,
                    root: r.get_ref(1)?.as_bytes_or_null()?.map(<[u8]>::to_vec),
                    untagged: r.get(2)?,
                    records: r.get(3)?,
                    rows: r.get(4)?,
                    cases: r.get(5)?,
                    untagged_tag: r.get_ref(6)?.as_bytes_or_null().ok().flatten().map(<[u8]>::to_vec),
                })
            };
            connection.query_row(HEAD, [], read).map_err(|error| match error {
                rusqlite::Error::QueryReturnedNoRows => headless(),
                other => other.into(),
            })
        })
        .await
    }

    pub(super) async fn records(&mut self, seq: i64, id: Uuid, limit: u32) -> Result<RecordChunk, Error> {
        self.with(move |connection| {
            let sql = format!(
                "SELECT {RECORD} FROM record WHERE seq >= ?1 AND (seq > ?1 OR id > ?2) ORDER BY seq, id LIMIT ?3"
            );
            let mut find = connection.prepare_cached(&sql)?;
            chunk(find.query(params![seq, id, limit])?, limit)
        })
        .await
    }

    pub(super) async fn unnumbered(&mut self, limit: u32) -> Result<RecordChunk, Error> {
        self.with(move |connection| {
            let sql = format!("SELECT {RECORD} FROM record WHERE seq IS NULL ORDER BY id LIMIT ?1");
            chunk(connection.prepare(&sql)?.query([limit])?, limit)
        })
        .await
    }

    pub(super) async fn cases(&mut self, after: Option<Uuid>, limit: u32) -> Result<Vec<CaseRows>, Error> {
        self.with(move |connection| {
            // Every id is greater than no bytes.
            let after = after.map(Uuid::into_bytes);
            let after = after.as_ref().map_or(&[][..], |id| &id[..]);
            let sql = format!("SELECT {} FROM cases WHERE id > ?1 ORDER BY id LIMIT ?2", rows::CASES.list());
            let mut find = connection.prepare_cached(&sql)?;
            let cases = find.query_map(params![after, limit], |r| cells::of_sqlite(r, &rows::CASES))?;
            let mut all = BTreeMap::new();
            for case in cases {
                let case = case?;
                let id = case.first().and_then(Cell::uuid).unwrap_or_default();
                all.insert(id, CaseRows::new(case));
            }
            let Some(last) = all.keys().next_back().copied() else { return Ok(Vec::new()) };
            for table in [&rows::ASSIGNMENT, &rows::ACCESS] {
                let sql = format!("SELECT {} FROM {} WHERE case_id > ?1 AND case_id <= ?2", table.list(), table.name);
                let mut find = connection.prepare_cached(&sql)?;
                let found = find.query_map(params![after, last], |r| cells::of_sqlite(r, table))?;
                for cells in found {
                    add_part(&mut all, table, cells?);
                }
            }
            Ok(all.into_values().collect())
        })
        .await
    }

    pub(super) async fn rows(
        &mut self,
        table: &'static Table,
        after: Option<Vec<Cell>>,
        limit: u32,
    ) -> Result<Vec<Vec<Cell>>, Error> {
        self.with(move |connection| {
            let sql = table.after(after.is_some(), "?", limit);
            let mut find = connection.prepare_cached(&sql)?;
            let values = rusqlite::params_from_iter(after.into_iter().flatten());
            let rows = find.query_map(values, |r| cells::of_sqlite(r, table))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    pub(super) async fn definitions(&mut self) -> Result<Definitions, Error> {
        self.with(|connection| {
            let mut read = connection.prepare(OF_SQLITE)?;
            let rows = read.query_map([], |r| {
                let how: String = r.get(2)?;
                Ok(definition(r.get(0)?, r.get(1)?, &how))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    pub(super) async fn ids(&mut self, sql: String) -> Result<Vec<Uuid>, Error> {
        self.with(move |connection| {
            let mut find = connection.prepare(&sql)?;
            let rows = find.query_map([], |r| uuid(r, 0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    pub(super) async fn looks(&mut self, after: i64, limit: u32) -> Result<Vec<LookStand>, Error> {
        self.with(move |connection| {
            let sql = format!("SELECT {LOOK} FROM look WHERE seq > ?1 ORDER BY seq LIMIT ?2");
            let mut find = connection.prepare_cached(&sql)?;
            let rows = find.query_map(params![after, limit], look)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }
}

fn look(r: &Row<'_>) -> rusqlite::Result<LookStand> {
    let case = r.get_ref(4)?.as_bytes_or_null().unwrap_or_default();
    Ok(LookStand {
        seq: r.get(0)?,
        at: r.get(1)?,
        kind: r.get(2)?,
        person: uuid(r, 3)?,
        case: case.map(|bytes| Uuid::from_slice(bytes).unwrap_or_default()),
        region: [r.get(5)?, r.get(6)?, r.get(7)?],
    })
}

fn chunk(mut rows: rusqlite::Rows<'_>, limit: u32) -> Result<RecordChunk, Error> {
    let mut chunk = RecordChunk::with_capacity(limit);
    while let Some(r) = rows.next()? {
        chunk.push(&RecordView {
            seq: if let ValueRef::Integer(seq) = r.get_ref(0)? { Some(seq) } else { None },
            id: uuid(r, 1)?,
            kind: std::str::from_utf8(bytes(r, 2)?).unwrap_or_default(),
            subject: uuid(r, 3)?,
            recorded_at: r.get(4)?,
            canonical: bytes(r, 5)?,
            salts: bytes(r, 6)?,
            commitment: bytes(r, 7)?,
            tag: r.get_ref(8)?.as_bytes_or_null().unwrap_or_default(),
        });
    }
    Ok(chunk)
}

/// SQLite keeps what it is given: bytes may have become a text, or a number that has none.
fn bytes<'r>(r: &'r Row<'_>, column: usize) -> rusqlite::Result<&'r [u8]> {
    Ok(r.get_ref(column)?.as_bytes().unwrap_or_default())
}

fn uuid(r: &Row<'_>, column: usize) -> rusqlite::Result<Uuid> {
    Ok(Uuid::from_slice(bytes(r, column)?).unwrap_or_default())
}
