//! The ledger's side of the database: records in the order in which they are committed, and how far they are integrated.

use chrono::{DateTime, Utc};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement, Value};
use sqlx::Row as _;
use uuid::Uuid;

use crate::case_row::{micros, moment};
use crate::entity::{ledger, record};
use crate::{Db, Error};

/// Records among which the newest moment is looked for.
const LATEST: u64 = 100;

/// How far the ledger is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerHead {
    /// Records below this number are integrated.
    pub size: i64,
    /// The root of that many; `None` for none.
    pub root: Option<[u8; 32]>,
    /// What the process that has the log found wrong with it.
    pub fault: Option<LedgerFault>,
}

/// A record as the ledger takes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Its place in the ledger, from zero.
    pub seq: i64,
    pub record: Uuid,
    pub commitment: [u8; 32],
}

/// Why records cannot be taken into the ledger. Somebody has to look.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LeafFault {
    #[error("记录{expected}不见了 record {expected} is missing; the next one there is {found:?}")]
    Gap { expected: i64, found: Option<i64> },
    #[error("记录{seq}写入后被改过 record {seq} ({record}) was changed after it was written: its tag does not fit")]
    Tag { seq: i64, record: Uuid },
    #[error("记录{seq}没有32字节的承诺值 record {seq} ({record}) has no commitment of 32 bytes")]
    Commitment { seq: i64, record: Uuid },
    #[error(
        "the database says that records below {untagged} need no tag, which this installation's key has not confirmed"
    )]
    Border { untagged: i64 },
}

/// Why the log does not grow, as the process that has it noted, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerFault {
    pub why: String,
    pub since: DateTime<Utc>,
}

/// A record with all that is needed to check it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordRow {
    pub seq: i64,
    pub id: Uuid,
    pub kind: String,
    pub subject: Uuid,
    /// Canonical text, RFC 8785.
    pub canonical: Vec<u8>,
    /// 32 bytes for each leaf of the record.
    pub salts: Vec<u8>,
    pub commitment: Vec<u8>,
}

impl Db {
    /// Gives the key of tags, 32 bytes that stay the same for the life of the installation. Records written before have no tag.
    pub fn tag_records(&self, key: [u8; 32]) {
        self.tags().open(key);
    }

    /// How many records are committed.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn records_committed(&self) -> Result<i64, Error> {
        let query =
            Statement::from_string(self.read().get_database_backend(), "SELECT records FROM feed_head WHERE id = 1");
        let row = self.read().query_one_raw(query).await?;
        Ok(row.map(|r| r.try_get("", "records")).transpose()?.unwrap_or(0))
    }

    /// # Errors
    /// When the database cannot answer.
    pub async fn ledger_head(&self) -> Result<LedgerHead, Error> {
        let row = self.ledger_row().await?;
        let root = row.root.map(|root| root.try_into().map_err(|_| Error::Corrupt("the ledger's root".to_owned())));
        let since = moment(row.fault_at.unwrap_or_default())?;
        let fault = row.fault.map(|why| LedgerFault { why, since });
        Ok(LedgerHead { size: row.size, root: root.transpose()?, fault })
    }

    /// Notes what is wrong with the log, or that nothing is. One that was there before keeps its time.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn ledger_fault_note(&self, why: Option<&str>, now: DateTime<Utc>) -> Result<(), Error> {
        let (sql, values): (_, Vec<Value>) = match why {
            Some(why) => (
                "UPDATE ledger SET fault = $1, fault_at = COALESCE(fault_at, $2) WHERE id = 1",
                vec![why.into(), micros(now).into()],
            ),
            None => ("UPDATE ledger SET fault = NULL, fault_at = NULL WHERE id = 1", Vec::new()),
        };
        let touch = self.touch().await?;
        let statement = Statement::from_sql_and_values(touch.connection.get_database_backend(), sql, values);
        touch.connection.execute_raw(statement).await?;
        Ok(())
    }

    pub(crate) async fn ledger_row(&self) -> Result<ledger::Model, Error> {
        let row = ledger::Entity::find_by_id(1_i16).one(self.read()).await?;
        row.ok_or_else(|| Error::Corrupt("the ledger's row is missing".to_owned()))
    }

    /// The next records from a number on, at most `limit`, checked against their tags.
    ///
    /// # Errors
    /// When the database cannot answer; inside, what is wrong with the first record that cannot be taken.
    pub async fn ledger_leaves(&self, from: i64, limit: u64) -> Result<Result<Vec<Leaf>, LeafFault>, Error> {
        let row = self.ledger_row().await?;
        let untagged = row.untagged;
        let bound = || self.tags().border_fits(untagged, row.untagged_tag.as_deref()) == Some(true);
        if from < untagged && !bound() {
            return Ok(Err(LeafFault::Border { untagged }));
        }
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = match self.bulk() {
            Some(bulk) => bulk.with(move |connection| leaves_sqlite(connection, from, limit)).await?,
            None => leaves_postgres(self.read().get_postgres_connection_pool(), from, limit).await?,
        };
        let mut leaves = Vec::with_capacity(rows.len());
        for (expected, row) in (from..).zip(rows) {
            match self.leaf(expected, row, untagged) {
                Ok(leaf) => leaves.push(leaf),
                Err(fault) => return Ok(Err(fault)),
            }
        }
        Ok(Ok(leaves))
    }

    fn leaf(&self, expected: i64, row: LeafRow, untagged: i64) -> Result<Leaf, LeafFault> {
        let LeafRow { seq, record, commitment, tag } = row;
        if seq != Some(expected) {
            return Err(LeafFault::Gap { expected, found: seq });
        }
        let seq = expected;
        let Some(commitment) = commitment else {
            return Err(LeafFault::Commitment { seq, record });
        };
        let fits = seq < untagged || tag.is_some_and(|tag| self.tags().fits(record, &commitment, &tag));
        if fits { Ok(Leaf { seq, record, commitment }) } else { Err(LeafFault::Tag { seq, record }) }
    }

    /// The newest moment that was recorded. Records stand in the order of commits; where a clock has jumped, the newest moment is not the last.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn last_moment(&self) -> Result<Option<DateTime<Utc>>, Error> {
        let latest = record::Entity::find()
            .select_only()
            .column(record::Column::RecordedAt)
            .filter(record::Column::Seq.is_not_null())
            .order_by_desc(record::Column::Seq)
            .limit(LATEST);
        let moments: Vec<i64> = latest.into_tuple().all(self.read()).await?;
        moments.into_iter().max().map(moment).transpose()
    }

    /// Notes that the ledger has grown from one size to another. `false`: another sequencer was there first, and nothing was changed.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn ledger_advance(&self, from: i64, to: i64, root: [u8; 32]) -> Result<bool, Error> {
        let values: [Value; 3] = [to.into(), root.to_vec().into(), from.into()];
        let sql = "UPDATE ledger SET size = $1, root = $2 WHERE id = 1 AND size = $3";
        let touch = self.touch().await?;
        let statement = Statement::from_sql_and_values(touch.connection.get_database_backend(), sql, values);
        Ok(touch.connection.execute_raw(statement).await?.rows_affected() == 1)
    }

    /// Takes or keeps the right to integrate until a moment. `false`: another process has it.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn ledger_lease(&self, holder: Uuid, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<bool, Error> {
        let holder = holder.to_string();
        let values: [Value; 3] = [holder.into(), micros(until).into(), micros(now).into()];
        let sql = "UPDATE ledger SET holder = $1, held_until = $2 WHERE id = 1 AND (holder = $1 OR held_until IS NULL OR held_until < $3)";
        let touch = self.touch().await?;
        let statement = Statement::from_sql_and_values(touch.connection.get_database_backend(), sql, values);
        Ok(touch.connection.execute_raw(statement).await?.rows_affected() == 1)
    }

    /// When the first record from a number on was written; `None` where there is none yet.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn recorded_from(&self, from: i64) -> Result<Option<DateTime<Utc>>, Error> {
        let find = record::Entity::find().select_only().column(record::Column::RecordedAt);
        let find = find.filter(record::Column::Seq.gte(from)).order_by_asc(record::Column::Seq);
        let at: Option<i64> = find.into_tuple().one(self.read()).await?;
        at.map(moment).transpose()
    }

    /// The records from a number on, at most `limit`, with their bytes.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn records_from(&self, from: i64, limit: u64) -> Result<Vec<RecordRow>, Error> {
        let find = record::Entity::find().filter(record::Column::Seq.gte(from)).order_by_asc(record::Column::Seq);
        Ok(find.limit(limit).all(self.read()).await?.into_iter().filter_map(row).collect())
    }

    /// One record by its place in the ledger, and whether it is of a subject is for the caller to see.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn record_at(&self, seq: i64) -> Result<Option<RecordRow>, Error> {
        Ok(record::Entity::find().filter(record::Column::Seq.eq(seq)).one(self.read()).await?.and_then(row))
    }
}

/// A record's row as it lies there; what is not 32 bytes is `None`.
struct LeafRow {
    seq: Option<i64>,
    record: Uuid,
    commitment: Option<[u8; 32]>,
    tag: Option<[u8; 32]>,
}

/// For how many room is made at once.
const LEAVES_USUAL: usize = 4_096;

const LEAVES: &str = "SELECT seq, id, commitment, tag FROM record WHERE seq >= $1 ORDER BY seq LIMIT $2";

fn leaves_sqlite(connection: &rusqlite::Connection, from: i64, limit: i64) -> Result<Vec<LeafRow>, Error> {
    // SQLite keeps what it is given: a column may hold another type than its own.
    let bytes = |r: &rusqlite::Row<'_>, column| {
        Ok::<_, rusqlite::Error>(r.get_ref(column)?.as_bytes_or_null().ok().flatten().and_then(|b| b.try_into().ok()))
    };
    let mut find = connection.prepare_cached(LEAVES)?;
    let mut rows = find.query(rusqlite::params![from, limit])?;
    // So many as there are, mostly: the sequencer knows how many records wait.
    let mut leaves = Vec::with_capacity(usize::try_from(limit).unwrap_or(0).min(LEAVES_USUAL));
    while let Some(r) = rows.next()? {
        let id = r.get_ref(1)?.as_bytes().unwrap_or_default();
        leaves.push(LeafRow {
            seq: r.get_ref(0)?.as_i64_or_null().ok().flatten(),
            record: Uuid::from_slice(id).unwrap_or_default(),
            commitment: bytes(r, 2)?,
            tag: bytes(r, 3)?,
        });
    }
    Ok(leaves)
}

async fn leaves_postgres(pool: &sqlx::PgPool, from: i64, limit: i64) -> Result<Vec<LeafRow>, Error> {
    let rows = sqlx::query(LEAVES).bind(from).bind(limit).fetch_all(pool).await?;
    let read = |r: &sqlx::postgres::PgRow| {
        let bytes =
            |column| Ok::<_, sqlx::Error>(r.try_get::<Option<&[u8]>, _>(column)?.and_then(|b| b.try_into().ok()));
        Ok(LeafRow { seq: r.try_get(0)?, record: r.try_get(1)?, commitment: bytes(2)?, tag: bytes(3)? })
    };
    rows.iter().map(read).collect()
}

fn row(model: record::Model) -> Option<RecordRow> {
    let record::Model { id, kind, subject, canonical, salts, commitment, seq, .. } = model;
    Some(RecordRow { seq: seq?, id, kind, subject, canonical, salts, commitment })
}
