//! Errors of the store. Callers see whether the disk is full, whether trying again helps, or that stored data is not what it should be.

use sea_orm::{DbErr, RuntimeErr};

/// What can go wrong in the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("数据库 database: {0}")]
    SeaOrm(#[from] DbErr),
    #[error("数据库 database: {0}")]
    Sqlx(#[from] sqlx::Error),
    #[error("数据库 database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    #[error("记录有问题 record: {0}")]
    Record(#[from] yizhi_domain::record::RecordError),
    /// An erasure that is not proposed or decided so.
    #[error("不能这样删除 erasure: {0}")]
    Erasure(#[from] yizhi_domain::erasure::Refusal),
    #[error("存储的数据已损坏 stored data is damaged: {0}")]
    Corrupt(String),
    #[error(
        "数据库的结构版本是{found}，本程序只认识到{known}，请换用更新的程序 \
         the database has schema version {found}, this program knows {known}: use a newer program"
    )]
    TooNew { found: i64, known: i64 },
    /// Nobody answers at the database's address, or not to us.
    #[error("数据库连不上 the database cannot be reached at {address}: {cause}")]
    Unreachable { address: String, cause: String },
    #[error("数据库已关闭 the store is closed")]
    Closed,
    #[error("无法启动 cannot start: {0}")]
    Start(String),
    /// What takes two people was tried by one, or by two who are not two.
    #[error("须由两个人办理 it takes two people: {0:?}")]
    TwoPeople(crate::TwoPeople),
    /// Something of that name is there already.
    #[error("已有同样的 {0}，请另取一个 {0} is taken")]
    Taken(&'static str),
    #[error("没有这个 {0} no such {0}")]
    Missing(&'static str),
    /// A person has uploaded more than may wait for a case to use it.
    #[error("没有案件用到的上传太多 too many uploads that no case uses")]
    TooManyUnused,
}

/// Why a database's server did not let somebody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connecting {
    /// The address has something in it that cannot be used.
    Address,
    Tls,
    /// Name or password, or `pg_hba.conf`.
    Identity,
    /// There is no database of that name.
    Database,
    /// The account may not do what is needed.
    Rights,
}

impl Error {
    /// Whether the disk was full: nothing was saved, and it may work again later.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(e, _)) => {
                e.code == rusqlite::ErrorCode::DiskFull || e.extended_code == rusqlite::ffi::SQLITE_IOERR_WRITE
            }
            _ => self.sqlx().is_some_and(sqlx_full),
        }
    }

    /// Whether the database's file is damaged, or is no database.
    pub fn is_damaged(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(e, _)) => {
                matches!(e.code, rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase)
            }
            _ => self.sqlx().is_some_and(sqlx_damaged),
        }
    }

    /// Whether the database took too long and was stopped.
    pub fn is_too_slow(&self) -> bool {
        let stopped = |e: &sqlx::Error| {
            let code = e.as_database_error().and_then(sqlx::error::DatabaseError::code);
            code.is_some_and(|c| matches!(c.as_ref(), "57014" | "9"))
        };
        self.sqlx().is_some_and(stopped)
    }

    /// Whether the database did not answer: it is not there, cut the connection, or has no connection free in time.
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::SeaOrm(DbErr::ConnectionAcquire(_)) => true,
            _ => self.sqlx().is_some_and(sqlx_unreachable),
        }
    }

    /// Whether the database may not be written: its file, its folder or their medium may only be read. SQLite writes beside the file to read it, too.
    pub fn is_not_writable(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(e, _)) => {
                matches!(e.code, rusqlite::ErrorCode::ReadOnly | rusqlite::ErrorCode::CannotOpen)
            }
            _ => self.sqlx().is_some_and(sqlx_not_writable),
        }
    }

    /// What the database's server has against whoever connects, if that is why it does not work.
    pub fn connecting(&self) -> Option<Connecting> {
        match self.sqlx()? {
            sqlx::Error::Configuration(_) | sqlx::Error::InvalidArgument(_) => Some(Connecting::Address),
            sqlx::Error::Tls(_) => Some(Connecting::Tls),
            sqlx::Error::Database(e) => match e.code()?.as_ref() {
                "28P01" | "28000" => Some(Connecting::Identity),
                "3D000" => Some(Connecting::Database),
                "42501" => Some(Connecting::Rights),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether another transaction was in the way.
    pub(crate) fn is_conflict(&self) -> bool {
        let busy = |e: &sqlx::Error| {
            let code = e.as_database_error().and_then(sqlx::error::DatabaseError::code);
            code.is_some_and(|c| matches!(c.as_ref(), "40001" | "40P01" | "5"))
        };
        self.sqlx().is_some_and(busy)
    }

    /// Whether a row with the same key is there already.
    pub(crate) fn is_unique(&self) -> bool {
        matches!(self, Self::SeaOrm(e) if matches!(e.sql_err(), Some(sea_orm::SqlErr::UniqueConstraintViolation(_))))
    }

    fn sqlx(&self) -> Option<&sqlx::Error> {
        match self {
            Self::Sqlx(e) => Some(e),
            Self::SeaOrm(
                DbErr::Query(RuntimeErr::SqlxError(e))
                | DbErr::Exec(RuntimeErr::SqlxError(e))
                | DbErr::Conn(RuntimeErr::SqlxError(e)),
            ) => Some(e),
            _ => None,
        }
    }
}

/// SQLITE_FULL (13) for a full disk, SQLITE_IOERR_WRITE (778) for a quota or a limit on files, or PostgreSQL's disk_full (53100).
fn sqlx_full(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|c| matches!(c.as_ref(), "13" | "778" | "53100"))
}

/// SQLITE_CORRUPT (11) with its extended codes, SQLITE_NOTADB (26), or PostgreSQL's data_corrupted and index_corrupted.
fn sqlx_damaged(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|c| matches!(c.as_ref(), "11" | "267" | "523" | "779" | "26" | "XX001" | "XX002"))
}

/// SQLITE_READONLY (8) and SQLITE_CANTOPEN (14) with their extended codes, or PostgreSQL's read_only_sql_transaction.
fn sqlx_not_writable(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let of_sqlite = |code: u32| code < 10_000 && matches!(code & 0xff, 8 | 14);
    code.is_some_and(|c| c == "25006" || c.parse().is_ok_and(of_sqlite))
}

/// No connection, or one that broke; or the server ends (57P01 to 57P03), takes no more (53300), or lets nobody in (55000).
fn sqlx_unreachable(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Io(_)
        | sqlx::Error::Tls(_) => true,
        sqlx::Error::Database(e) => e.code().is_some_and(|c| {
            matches!(c.as_ref(), "57P01" | "57P02" | "57P03" | "53300" | "55000") || c.starts_with("08")
        }),
        _ => false,
    }
}
