//! Which keys a database belongs to. It holds a fingerprint of each, so that a program with others refuses before it writes; and it shows what can be tried
//! with keys where there are no fingerprints yet. All of that is read without changing anything, also before migrations.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use hmac::{Hmac, Mac};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseConnection, EntityTrait, SqlxPostgresConnector, SqlxSqliteConnector,
    Statement,
};
use sha2::Sha256;
use sqlx::Connection as _;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use uuid::Uuid;

use crate::case_row::micros;
use crate::db::{OPENED_WITHIN, postgres_pool, reach};
use crate::entity::key_fingerprint;
use crate::settings::LOG_NAME;
use crate::tags::Tags;
use crate::{Backend, Db, Error};

/// A key's fingerprint: a keyed digest that reveals nothing of a key of 32 random bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// The key's name, `seal`, `tag` or `log`.
    pub name: &'static str,
    pub digest: [u8; 32],
}

impl Fingerprint {
    /// The fingerprint of a secret key.
    pub fn of(name: &'static str, secret: &[u8]) -> Self {
        // An HMAC takes keys of any length.
        let mac = Hmac::<Sha256>::new_from_slice(secret)
            .map(|mac| mac.chain_update(b"yizhi key fingerprint v1 ").chain_update(name));
        Self { name, digest: mac.map_or([0; 32], |mac| mac.finalize().into_bytes().into()) }
    }
}

/// A record with its tag, to try a key on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tagged {
    id: Uuid,
    commitment: [u8; 32],
    tag: Vec<u8>,
}

impl Tagged {
    /// Whether a key of tags is the one it was written with.
    pub fn fits(&self, key: [u8; 32]) -> bool {
        let tags = Tags::default();
        tags.open(key);
        tags.fits(self.id, &self.commitment, &self.tag)
    }
}

/// What a database says about the keys it is used with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyStand {
    /// Digests by name; none before the first opening with keys that were found to fit.
    pub fingerprints: BTreeMap<String, Vec<u8>>,
    pub records: i64,
    /// The oldest records that have a tag, and the newest.
    pub oldest: Vec<Tagged>,
    pub newest: Vec<Tagged>,
    /// Some of the sealed values.
    pub sealed: Vec<Vec<u8>>,
    /// Whether the log has begun: something was integrated, or its name was chosen.
    pub log_begun: bool,
    /// Records below this number are said to be older than tags.
    pub untagged: i64,
    /// Whether that can be: no record below has a tag, and none of them came after the log had begun.
    pub border_sound: bool,
}

/// Records and sealed values that are tried.
const TRIED: usize = 32;

impl KeyStand {
    /// Of the embedded database in a file; `None` where there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn of_sqlite(file: &Path) -> Result<Option<Self>, Error> {
        if !file.exists() {
            return Ok(None);
        }
        let options =
            SqliteConnectOptions::new().filename(file).busy_timeout(crate::db::BUSY).pragma("query_only", "ON");
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        let read = Self::read(&SqlxSqliteConnector::from_sqlx_sqlite_pool(pool.clone()), Backend::Sqlite).await;
        pool.close().await;
        read
    }

    /// Of a database on PostgreSQL; `None` where it has no tables yet.
    ///
    /// # Errors
    /// When it cannot be reached.
    pub async fn of_postgres(url: &str) -> Result<Option<Self>, Error> {
        let options: PgConnectOptions = url.parse()?;
        reach(&options, OPENED_WITHIN).await?.close().await?;
        let pool = postgres_pool(1).connect_with(options).await?;
        let read = Self::read(&SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone()), Backend::Postgres).await;
        pool.close().await;
        read
    }

    async fn read(connection: &DatabaseConnection, backend: Backend) -> Result<Option<Self>, Error> {
        let look = Look { connection, backend };
        if !look.has_table("record").await? {
            return Ok(None);
        }
        let mut stand = Self {
            records: look.number("SELECT COUNT(*) AS n FROM (SELECT 1 FROM record LIMIT 1) AS newest").await?,
            ..Self::default()
        };
        if look.has_table("ledger").await? {
            let tagged = "SELECT id, commitment, tag FROM record WHERE tag IS NOT NULL ORDER BY seq";
            stand.oldest = look.tagged(&format!("{tagged} LIMIT {TRIED}")).await?;
            stand.newest = look.tagged(&format!("{tagged} DESC LIMIT {TRIED}")).await?;
            stand.untagged = look.number("SELECT untagged AS n FROM ledger WHERE id = 1").await?;
            let odd = "SELECT COUNT(*) AS n FROM ledger WHERE id = 1 AND (untagged > size AND size > 0 \
                 OR EXISTS (SELECT 1 FROM record WHERE record.seq < ledger.untagged AND record.tag IS NOT NULL))";
            stand.border_sound = look.number(odd).await? == 0;
            stand.log_begun = look.number("SELECT COUNT(*) AS n FROM ledger WHERE id = 1 AND size > 0").await? > 0;
        } else {
            stand.border_sound = true;
        }
        for sealed in ["phone AS sealed FROM person", "totp AS sealed FROM person", "contact AS sealed FROM cases"] {
            let column = sealed.split(' ').next().unwrap_or_default();
            stand
                .sealed
                .extend(look.sealed(&format!("SELECT {sealed} WHERE {column} IS NOT NULL LIMIT {TRIED}")).await?);
        }
        if look.has_table("setting").await? {
            let named = format!("SELECT COUNT(*) AS n FROM setting WHERE name = '{LOG_NAME}'");
            stand.log_begun = stand.log_begun || look.number(&named).await? > 0;
        }
        if look.has_table("key_fingerprint").await? {
            let rows = key_fingerprint::Entity::find().all(connection).await?;
            stand.fingerprints = rows.into_iter().map(|row| (row.name, row.digest)).collect();
        }
        Ok(Some(stand))
    }
}

/// Reading before one knows what is there.
struct Look<'a> {
    connection: &'a DatabaseConnection,
    backend: Backend,
}

impl Look<'_> {
    async fn all(&self, sql: &str) -> Result<Vec<sea_orm::QueryResult>, Error> {
        let query = Statement::from_string(self.connection.get_database_backend(), sql);
        Ok(self.connection.query_all_raw(query).await?)
    }

    async fn number(&self, sql: &str) -> Result<i64, Error> {
        let rows = self.all(sql).await?;
        Ok(rows.first().map(|row| row.try_get("", "n")).transpose()?.unwrap_or(0))
    }

    async fn has_table(&self, name: &str) -> Result<bool, Error> {
        let sql = match self.backend {
            Backend::Sqlite => {
                format!("SELECT COUNT(*) AS n FROM sqlite_master WHERE type = 'table' AND name = '{name}'")
            }
            Backend::Postgres => format!("SELECT COUNT(to_regclass('{name}')) AS n"),
        };
        Ok(self.number(&sql).await? > 0)
    }

    async fn tagged(&self, sql: &str) -> Result<Vec<Tagged>, Error> {
        let tagged = |row: &sea_orm::QueryResult| {
            let commitment: Vec<u8> = row.try_get("", "commitment")?;
            // One of another length fits no key, as it should.
            let commitment = commitment.try_into().unwrap_or([0; 32]);
            Ok(Tagged { id: row.try_get("", "id")?, commitment, tag: row.try_get("", "tag")? })
        };
        self.all(sql).await?.iter().map(tagged).collect()
    }

    async fn sealed(&self, sql: &str) -> Result<Vec<Vec<u8>>, Error> {
        self.all(sql).await?.iter().map(|row| Ok(row.try_get("", "sealed")?)).collect()
    }
}

impl Db {
    /// Notes the fingerprints of this installation's keys, and binds the border of untagged records to the key of tags, where neither was done before.
    /// What was noted before stays; the fingerprints that hold are returned, for another process may have been first.
    ///
    /// # Errors
    /// When they cannot be written.
    pub async fn keys_note(
        &self,
        fingerprints: &[Fingerprint],
        now: DateTime<Utc>,
    ) -> Result<BTreeMap<String, Vec<u8>>, Error> {
        let rows = fingerprints.iter().map(|print| key_fingerprint::ActiveModel {
            name: Set(print.name.to_owned()),
            digest: Set(print.digest.to_vec()),
            at: Set(micros(now)),
        });
        let there = OnConflict::new().do_nothing().to_owned();
        let touch = self.touch().await?;
        key_fingerprint::Entity::insert_many(rows).on_conflict(there).exec_without_returning(touch.connection).await?;
        let rows = key_fingerprint::Entity::find().all(touch.connection).await?;
        Ok(rows.into_iter().map(|row| (row.name, row.digest)).collect())
    }

    /// Forgets the fingerprint of the log's key, so that the same key is noted anew under another name. A process that dies in between leaves a database
    /// that takes either.
    ///
    /// # Errors
    /// `Taken("log")` when the log has begun, or when it cannot be written.
    pub async fn log_key_forget(&self) -> Result<(), Error> {
        if self.ledger_row().await?.size > 0 || self.setting(LOG_NAME).await?.is_some() {
            return Err(Error::Taken("log"));
        }
        let touch = self.touch().await?;
        key_fingerprint::Entity::delete_by_id("log").exec(touch.connection).await?;
        Ok(())
    }

    /// Binds the border of untagged records to the key of tags.
    ///
    /// # Errors
    /// When it cannot be written.
    pub async fn ledger_border_bind(&self) -> Result<(), Error> {
        let untagged = self.ledger_row().await?.untagged;
        let Some(tag) = self.tags().border(untagged) else { return Ok(()) };
        let sql = "UPDATE ledger SET untagged_tag = $1 WHERE id = 1 AND untagged = $2";
        let touch = self.touch().await?;
        let backend = touch.connection.get_database_backend();
        touch
            .connection
            .execute_raw(Statement::from_sql_and_values(backend, sql, [tag.into(), untagged.into()]))
            .await?;
        Ok(())
    }
}
