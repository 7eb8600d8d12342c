//! Opening the database, and the write door for everything that is not a case command.

use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, EntityTrait, SqliteTransactionMode,
    SqlxPostgresConnector, SqlxSqliteConnector, Statement, TransactionOptions, TransactionTrait,
};
use sqlx::Connection as _;
use sqlx::SqliteConnection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use tokio::sync::Mutex;
use yizhi_domain::case::Case;
use yizhi_domain::ids::CaseId;
use yizhi_domain::record::Record;

use crate::bulk::BulkReader;
use crate::case_row::micros;
use crate::cores::half_of_the_cores;
use crate::entity::change_feed;
use crate::gathered::Gathered;
use crate::hot::{self, Queue};
use crate::schema;
use crate::tags::Tags;
use crate::unreadable::Unreadable;
use crate::{Applied, ApplyError, Command, Error};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// The operational database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db(Arc<Inner>, Haste);

/// How a question may be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Haste {
    /// As soon as can be: somebody waits in front of a page.
    Now,
    /// Out of the way of the others.
    Calm,
}

#[derive(Debug)]
struct Inner {
    backend: Backend,
    read: DatabaseConnection,
    /// The same on SQLite.
    read_calmly: DatabaseConnection,
    write: DatabaseConnection,
    queue: Queue,
    /// Held by whichever door writes on SQLite, which has one writer.
    gate: Arc<Mutex<()>>,
    tags: Tags,
    /// On SQLite.
    bulk: Option<BulkReader>,
    unreadable: Unreadable,
    /// On PostgreSQL.
    pulse: Option<PgConnectOptions>,
}

/// Feels whether the database lives.
#[derive(Clone, Debug)]
pub struct Pulse(PgConnectOptions);

impl Pulse {
    /// Connects and asks until the database does not answer in time; returns then.
    ///
    /// # Errors
    /// Why it could not be reached.
    pub async fn lost(&self, every: Duration) -> Error {
        let mut connection = match reach(&self.0, REACHED_WITHIN).await {
            Ok(connection) => connection,
            Err(error) => return error,
        };
        loop {
            match tokio::time::timeout(REACHED_WITHIN, connection.ping()).await {
                Ok(Ok(())) => tokio::time::sleep(every).await,
                Ok(Err(error)) => return error.into(),
                Err(_) => return sqlx::Error::PoolTimedOut.into(),
            }
        }
    }

    /// Whether the database can be reached now.
    ///
    /// # Errors
    /// Why it could not be.
    pub async fn found(&self) -> Result<(), Error> {
        reach(&self.0, REACHED_WITHIN).await.map(drop)
    }
}

/// Connections by use: how many there are, how many are idle.
#[derive(Clone, Copy, Debug)]
pub struct Connections {
    pub read: (u32, usize),
    pub write: (u32, usize),
    /// Case commands that wait for their turn.
    pub queued: usize,
}

const READERS: u32 = 4;
/// What each of them keeps of the file, in KiB below zero; the system keeps the rest for all of them.
const READER_CACHE: &str = "-8192";
const POSTGRES_CONNECTIONS: u32 = 16;
const POSTGRES_READERS: u32 = 8;
/// How long a statement of a reader may take at most: nobody's question keeps a connection from others for longer.
const READ_MOST: Duration = Duration::from_secs(60);
/// Steps of SQLite's machine between two looks at the clock: some milliseconds.
const STEPS_UNLOOKED: i32 = 100_000;
pub(crate) const BUSY: Duration = Duration::from_secs(30);
const TRIES: u32 = 5;
/// How long PostgreSQL may give no sign of life while a server runs: whoever waits for it is told within two seconds.
const REACHED_WITHIN: Duration = Duration::from_millis(1_500);
/// How long a program that starts waits for it: a busy machine is not a dead one.
pub(crate) const OPENED_WITHIN: Duration = Duration::from_secs(10);
/// Key of the advisory lock held while migrating.
const MIGRATION_LOCK: i64 = 0x0079_697a_6869;

/// A change that has its record: the only thing a write may hand back.
#[derive(Debug)]
pub struct Recorded<T>(T);

impl<T> Recorded<T> {
    pub(crate) fn value(&self) -> &T {
        &self.0
    }
}

/// A write under way.
pub struct Tx {
    tx: DatabaseTransaction,
    tags: Tags,
    now: DateTime<Utc>,
    gathered: Gathered,
}

impl Tx {
    pub(crate) fn connection(&self) -> &DatabaseTransaction {
        &self.tx
    }

    pub(crate) fn tags(&self) -> &Tags {
        &self.tags
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    pub(crate) fn now_micros(&self) -> i64 {
        micros(self.now)
    }

    pub(crate) fn backend(&self) -> Backend {
        match self.tx.get_database_backend() {
            sea_orm::DbBackend::Sqlite => Backend::Sqlite,
            _ => Backend::Postgres,
        }
    }

    /// Tells the feed that a case is not as it was. Other writers wait for the feed's head from here until the commit.
    pub(crate) async fn change(&self, case: &Case) -> Result<(), Error> {
        use sea_orm::ActiveValue::Set;
        let sql = "UPDATE feed_head SET seq = seq + 1 WHERE id = 1 RETURNING seq";
        let head = self.tx.query_one_raw(Statement::from_string(self.tx.get_database_backend(), sql)).await?;
        let head = head.ok_or_else(|| Error::Corrupt("the head of the feed is missing".to_owned()))?;
        let row = change_feed::ActiveModel {
            seq: Set(head.try_get("", "seq")?),
            kind: Set("case".to_owned()),
            id: Set(case.id.0),
            version: Set(i32::try_from(case.version).unwrap_or(i32::MAX)),
            state: Set(case.state.clone()),
            path: Set(case.path.as_str().to_owned()),
            department: Set(case.department.clone()),
            confidential: Set(case.confidential),
            at: Set(self.now_micros()),
        };
        change_feed::Entity::insert(row).exec_without_returning(&self.tx).await?;
        Ok(())
    }

    /// Writes the record of what this transaction did, and releases its result.
    ///
    /// # Errors
    /// When the record cannot be written; nothing is saved then.
    pub async fn record<T>(&self, record: Record, value: T) -> Result<Recorded<T>, Error> {
        self.gathered.add(record, self.now, &self.tags)?;
        Ok(Recorded(value))
    }

    /// The same, where the result is the record's place in the ledger.
    ///
    /// # Errors
    /// When the record cannot be written; nothing is saved then.
    pub(crate) async fn record_placed(&self, record: Record) -> Result<Recorded<i64>, Error> {
        self.gathered.add(record, self.now, &self.tags)?;
        let place = self.gathered.write(&self.tx).await?;
        place.map(Recorded).ok_or_else(|| Error::Corrupt("a record was lost on its way".to_owned()))
    }
}

/// A boxed future of a write's body.
pub type Write<'a, T> = Pin<Box<dyn Future<Output = Result<Recorded<T>, Error>> + Send + 'a>>;

impl Db {
    /// Opens SQLite in a file, made if missing.
    ///
    /// # Errors
    /// When the file cannot be opened, or is newer than this program.
    pub async fn open_sqlite(file: &Path) -> Result<Self, Error> {
        make_private(file)?;
        let options = SqliteConnectOptions::new()
            .filename(file)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .pragma("cache_size", "-32768")
            .pragma("wal_autocheckpoint", hot::CHECKPOINT_PAGES.to_string());
        // What this door deletes is overwritten with zeros.
        let wiping = options.clone().pragma("secure_delete", "ON");
        let writer =
            SqlitePoolOptions::new().max_connections(1).after_release(|connection, _| Box::pin(ended(connection)));
        let writer = writer.connect_with(wiping).await?;
        let write = SqlxSqliteConnector::from_sqlx_sqlite_pool(writer);
        migrate(&write, Backend::Sqlite).await?;
        let readers = bounded(SqlitePoolOptions::new().max_connections(READERS));
        let readers =
            readers.connect_with(options.pragma("query_only", "ON").pragma("cache_size", READER_CACHE)).await?;
        let gate = Arc::new(Mutex::new(()));
        let tags = Tags::default();
        let queue = hot::spawn_sqlite(file, gate.clone(), tags.clone())?;
        let read = SqlxSqliteConnector::from_sqlx_sqlite_pool(readers);
        let bulk = Some(BulkReader::new(file));
        let unreadable = Unreadable::default();
        let inner = Arc::new(Inner {
            backend: Backend::Sqlite,
            read_calmly: read.clone(),
            read,
            write,
            queue,
            gate,
            tags,
            bulk,
            unreadable,
            pulse: None,
        });
        Ok(Self(inner, Haste::Now))
    }

    /// Opens PostgreSQL at a URL.
    ///
    /// # Errors
    /// When it cannot be reached, or is newer than this program.
    pub async fn open_postgres(url: &str) -> Result<Self, Error> {
        let options: PgConnectOptions = url.parse()?;
        reach(&options, OPENED_WITHIN).await?.close().await?;
        let pool = postgres_pool(POSTGRES_CONNECTIONS).connect_with(options.clone()).await?;
        let write = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
        migrate(&write, Backend::Postgres).await?;
        let reading = planned_each_time(&options);
        let readers = postgres_pool(POSTGRES_READERS).connect_lazy_with(reading.clone());
        let calm = postgres_pool(calm_readers()).connect_lazy_with(on_one_core(&reading));
        let tags = Tags::default();
        let inner = Arc::new(Inner {
            backend: Backend::Postgres,
            read: SqlxPostgresConnector::from_sqlx_postgres_pool(readers),
            read_calmly: SqlxPostgresConnector::from_sqlx_postgres_pool(calm),
            write,
            queue: hot::spawn_postgres(&options, tags.clone()),
            gate: Arc::new(Mutex::new(())),
            tags,
            bulk: None,
            unreadable: Unreadable::default(),
            pulse: Some(options),
        });
        Ok(Self(inner, Haste::Now))
    }

    pub fn backend(&self) -> Backend {
        self.0.backend
    }

    pub(crate) fn tags(&self) -> &Tags {
        &self.0.tags
    }

    pub(crate) fn noted(&self) -> &Unreadable {
        &self.0.unreadable
    }

    /// What reads many rows at once, on SQLite.
    pub(crate) fn bulk(&self) -> Option<&BulkReader> {
        self.0.bulk.as_ref()
    }

    pub(crate) fn read(&self) -> &DatabaseConnection {
        match self.1 {
            Haste::Now => &self.0.read,
            Haste::Calm => &self.0.read_calmly,
        }
    }

    /// The same database, for questions that take long and can wait: on PostgreSQL on few connections of their own, each on one core.
    #[must_use]
    pub fn calmly(&self) -> Self {
        Self(self.0.clone(), Haste::Calm)
    }

    /// Lets go of what is kept in memory of a case.
    pub(crate) fn forget(&self, case: CaseId) {
        self.0.queue.forget(case);
    }

    /// Carries out a case command. When this returns, the change is durable.
    ///
    /// # Errors
    /// [`ApplyError`] says why nothing was saved.
    pub async fn apply(&self, command: Command) -> Result<Applied, ApplyError> {
        self.0.queue.apply(command).await
    }

    /// Writes in one transaction; the body may run again after a conflict, and hands back only what was recorded.
    ///
    /// # Errors
    /// Those of the body, or of the database; nothing is saved then.
    pub async fn write<T, F>(&self, now: DateTime<Utc>, body: F) -> Result<T, Error>
    where
        F: for<'a> Fn(&'a Tx) -> Write<'a, T> + Send,
    {
        let mut tried = 1;
        loop {
            match self.write_once(now, &body).await {
                Err(error) if tried < TRIES && error.is_conflict() => tried += 1,
                outcome => return outcome,
            }
        }
    }

    async fn write_once<T, F>(&self, now: DateTime<Utc>, body: &F) -> Result<T, Error>
    where
        F: for<'a> Fn(&'a Tx) -> Write<'a, T> + Send,
    {
        let _held = self.sqlite_gate().await;
        let tx = Tx { tx: self.begin().await?, tags: self.0.tags.clone(), now, gathered: Gathered::default() };
        let done = async {
            let Recorded(value) = body(&tx).await?;
            tx.gathered.write(&tx.tx).await?;
            Ok(value)
        };
        match done.await {
            Ok(value) => {
                tx.tx.commit().await?;
                Ok(value)
            }
            Err(error) => {
                tx.tx.rollback().await?;
                Err(error)
            }
        }
    }

    /// Operational traces that are no change of anybody's data (a session's last use, a job's lease) are written without a record.
    pub(crate) async fn touch(&self) -> Result<Touch<'_>, Error> {
        let held = self.sqlite_gate().await;
        Ok(Touch { connection: &self.0.write, _held: held })
    }

    async fn sqlite_gate(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        match self.0.backend {
            Backend::Sqlite => Some(self.0.gate.lock().await),
            Backend::Postgres => None,
        }
    }

    async fn begin(&self) -> Result<DatabaseTransaction, Error> {
        begin(&self.0.write).await
    }

    /// Whether the database answers, and soon.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), Error> {
        match tokio::time::timeout(REACHED_WITHIN, self.0.read.ping()).await {
            Ok(answered) => Ok(answered?),
            Err(_) => Err(sqlx::Error::PoolTimedOut.into()),
        }
    }

    /// What looks whether the database lives, on a connection of its own; `None` on SQLite, which is part of this process.
    pub fn pulse(&self) -> Option<Pulse> {
        self.0.pulse.clone().map(Pulse)
    }

    /// How many connections to read and to write there are, and how many of each are idle.
    pub fn connections(&self) -> Connections {
        let of = |connection: &DatabaseConnection| match self.0.backend {
            Backend::Sqlite => {
                let pool = connection.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            }
            Backend::Postgres => {
                let pool = connection.get_postgres_connection_pool();
                (pool.size(), pool.num_idle())
            }
        };
        Connections { read: of(&self.0.read), write: of(&self.0.write), queued: self.0.queue.waiting() }
    }

    /// Lets go of the database: folds the write-ahead log into the file.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn close(&self) -> Result<(), Error> {
        if self.0.backend == Backend::Sqlite {
            let _held = self.sqlite_gate().await;
            self.0.write.execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }

    /// Gathers the statistics that plans are made from.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn analyze(&self) -> Result<(), Error> {
        let _held = self.sqlite_gate().await;
        self.0.write.execute_unprepared("ANALYZE").await?;
        Ok(())
    }
}

/// The write connection, held for an unrecorded touch.
pub(crate) struct Touch<'a> {
    pub(crate) connection: &'a DatabaseConnection,
    _held: Option<tokio::sync::MutexGuard<'a, ()>>,
}

/// A pool whose users wait for their turn: that the database is gone is found by its [`Pulse`], not by a wait.
pub(crate) fn postgres_pool(connections: u32) -> PgPoolOptions {
    let pool = PgPoolOptions::new().max_connections(connections).acquire_timeout(BUSY);
    // Given back while the database is silent, a connection would keep its place in the pool for good.
    pool.after_release(|connection, _| {
        Box::pin(async move {
            let ended = tokio::time::timeout(REACHED_WITHIN, ended(connection)).await;
            ended.unwrap_or(Err(sqlx::Error::PoolTimedOut))
        })
    })
}

/// Whether a connection that is given back has ended its transaction. On a full disk SQLite may refuse the commit and the rollback, too; what is written on
/// such a connection afterwards would only be a part of that transaction, and never be saved.
async fn ended<C: sqlx::Connection>(connection: &mut C) -> Result<bool, sqlx::Error> {
    // A rollback that was begun is done when this is answered.
    connection.ping().await?;
    Ok(!connection.is_in_transaction())
}

/// One connection by itself: a pool would try again and again, and then only say that it took too long.
pub(crate) async fn reach(options: &PgConnectOptions, within: Duration) -> Result<PgConnection, Error> {
    let unreachable = |cause: String| {
        let address = format!("{}:{}", options.get_host(), options.get_port());
        Error::Unreachable { address, cause }
    };
    match tokio::time::timeout(within, PgConnection::connect_with(options)).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(sqlx::Error::Io(error))) => Err(unreachable(error.to_string())),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(unreachable("没有应答 no answer".to_owned())),
    }
}

impl Touch<'_> {
    /// Begins a transaction, where several statements belong together.
    pub(crate) async fn begin(&self) -> Result<DatabaseTransaction, Error> {
        begin(self.connection).await
    }
}

/// Begins a transaction that may read and then write.
async fn begin(connection: &DatabaseConnection) -> Result<DatabaseTransaction, Error> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    Ok(connection.begin_with_options(options).await?)
}

/// Makes the file of a new database so that only its owner can read it: what SQLite lays beside it gets the same mode.
fn make_private(file: &Path) -> Result<(), Error> {
    let mut make = std::fs::OpenOptions::new();
    make.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut make, 0o600);
    match make.open(file) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            Err(Error::Start(format!("{}: {error}", file.display())))
        }
        _ => Ok(()),
    }
}

/// How readers connect to PostgreSQL: a list's best plan depends on its values (a county or a hamlet, a common word or a rare one), so a plan made for
/// no values in particular is never used. None is compiled first either: that takes a core for longer than most of them do.
fn planned_each_time(options: &PgConnectOptions) -> PgConnectOptions {
    let most = READ_MOST.as_millis().to_string();
    options.clone().options([
        ("plan_cache_mode", "force_custom_plan"),
        ("statement_timeout", most.as_str()),
        ("jit", "off"),
    ])
}

/// How many readers take their time at once: the other half of the cores is for who waits in front of a page. The database has about as many as we have.
fn calm_readers() -> u32 {
    u32::try_from(half_of_the_cores(POSTGRES_READERS as usize)).unwrap_or(POSTGRES_READERS)
}

fn on_one_core(options: &PgConnectOptions) -> PgConnectOptions {
    options.clone().options([("max_parallel_workers_per_gather", "0")])
}

/// SQLite has no time limit: a connection looks at the clock from time to time since it was taken from the pool.
fn bounded(pool: SqlitePoolOptions) -> SqlitePoolOptions {
    pool.after_connect(|connection, _| Box::pin(stop_in_time(connection))).before_acquire(|connection, _| {
        Box::pin(async move {
            stop_in_time(connection).await?;
            Ok(true)
        })
    })
}

async fn stop_in_time(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let end = Instant::now() + READ_MOST;
    let mut handle = connection.lock_handle().await?;
    handle.set_progress_handler(STEPS_UNLOOKED, move || Instant::now() < end);
    Ok(())
}

async fn migrate(connection: &DatabaseConnection, backend: Backend) -> Result<(), Error> {
    let tx = begin(connection).await?;
    if backend == Backend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
    }
    tx.execute_unprepared("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)").await?;
    let query = Statement::from_string(tx.get_database_backend(), "SELECT MAX(version) AS version FROM schema_version");
    let row = tx.query_one_raw(query).await?;
    let current = row.map(|r| r.try_get::<Option<i64>>("", "version")).transpose()?.flatten().unwrap_or(0);
    if current > schema::newest() {
        return Err(Error::TooNew { found: current, known: schema::newest() });
    }
    for (version, statements) in schema::pending(current, backend) {
        for statement in statements {
            tx.execute_unprepared(&statement).await?;
        }
        tx.execute_unprepared(&format!("INSERT INTO schema_version (version) VALUES ({version})")).await?;
    }
    tx.commit().await?;
    Ok(())
}
