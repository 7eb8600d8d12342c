//! Why a command did not do its work. Said once, on standard error, by `run`.

use std::io::ErrorKind;
use std::net::SocketAddr;

use yizhi_domain::calendar::LimitError;
use yizhi_domain::text::Text;
use yizhi_store::Connecting;

use crate::audit::AuditError;
use crate::demo::DemoError;
use crate::keys::KeyError;
use crate::ledger::TrustError;
use crate::loading::LoadError;
use crate::unlock::KeyFault;

/// A command that failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    #[error(transparent)]
    Store(#[from] yizhi_store::Error),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error(transparent)]
    Keys(#[from] KeyError),
    #[error(transparent)]
    Unlock(#[from] KeyFault),
    #[error(transparent)]
    Demo(#[from] DemoError),
    #[error(transparent)]
    Limit(#[from] LimitError),
    #[error(transparent)]
    Audit(#[from] AuditError),
    #[error("账本的见证方不对 the ledger's witnesses are not right: {0}")]
    Ledger(#[from] yizhi_ledger::receipt::KeyFileError),
    #[error(transparent)]
    Trust(#[from] TrustError),
    #[error("{path}: 读写失败 cannot be read or written: {source}")]
    File { path: String, source: std::io::Error },
    /// A file that the command was given by name.
    #[error(
        "{path}: 读不了。请检查路径，以及运行本命令的用户能否读它。 It cannot be read. Check the path, and that the user of this command may read it. ({source})"
    )]
    Given { path: String, source: std::io::Error },
    #[error("文件存储打不开 the file store does not open: {0}")]
    Objects(#[from] object_store::Error),
    #[error("{address} 不能监听，可能已被占用 cannot listen there, perhaps it is in use: {source}")]
    Listen { address: SocketAddr, source: std::io::Error },
    #[error("服务中断 the server stopped: {0}")]
    Serve(std::io::Error),
    /// The command was called for something that is not there. In both languages already.
    #[error("{0}")]
    Usage(String),
    /// In both languages already.
    #[error("{0}")]
    Said(String),
    /// Everything was said; only the exit code is left.
    #[error("")]
    Findings,
}

impl CliError {
    /// The exit code: 2 when the command was called for something that is not there, else 1.
    pub(super) fn code(&self) -> u8 {
        if matches!(self, Self::Usage(_) | Self::Given { .. }) { 2 } else { 1 }
    }

    /// What to do about it, where that is not said yet.
    pub(super) fn hint(&self) -> Option<String> {
        let Text { zh, en } = match self.store() {
            Some(store) if store.is_full() => disk_full(),
            Some(store) if store.is_damaged() => damaged(),
            Some(store) if store.is_not_writable() => not_writable(),
            Some(store) if store.connecting().is_some() => store.connecting().map(connecting)?,
            Some(_) => return None,
            None => match self.file()?.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => disk_full(),
                ErrorKind::PermissionDenied => not_permitted(),
                _ => return None,
            },
        };
        Some(format!("{zh}\n{en}"))
    }

    fn store(&self) -> Option<&yizhi_store::Error> {
        match self {
            Self::Store(error)
            | Self::Load(LoadError::Store(error))
            | Self::Audit(AuditError::Store(error))
            | Self::Demo(DemoError::Store(error) | DemoError::Load(LoadError::Store(error))) => Some(error),
            _ => None,
        }
    }

    fn file(&self) -> Option<&std::io::Error> {
        match self {
            Self::File { source, .. } | Self::Demo(DemoError::File { source, .. }) => Some(source),
            _ => None,
        }
    }
}

fn disk_full() -> Text {
    Text::new(
        "磁盘满了，或到了配额，正在写的这一步没有存下，已存的都在。请腾出空间，再运行同一条命令。",
        "The disk or a quota is full: the step under way was not saved, what was saved before is there. Free some space and run the same command again.",
    )
}

fn damaged() -> Text {
    Text::new(
        "数据库文件已损坏，或不是数据库。请停掉服务，把现有的数据目录原样移到一旁留存，再从最近的备份恢复（见 docs/OPERATIONS.md 的 Backup and restore 一节）。",
        "The database's file is damaged, or no database. Stop the server, move the data folder aside as it is, and restore the last backup (see “Backup and restore” in docs/OPERATIONS.md).",
    )
}

fn not_writable() -> Text {
    Text::new(
        "数据库打不开或不能写：目录、文件或所在的盘是只读的，或者没有权限。请换成能写的用户；核对备份或只读介质上的数据时，先把数据目录复制到能写的地方，再对副本运行。",
        "The database cannot be opened or written: its folder, files or medium may only be read, or permission is missing. Use an account that may write; to verify a backup or a read-only medium, copy the data folder to a place that can be written and run this on the copy.",
    )
}

fn connecting(why: Connecting) -> Text {
    match why {
        Connecting::Address => Text::new(
            "PostgreSQL 地址写得不对。请检查 --database-url（或 YIZHI_DATABASE_URL），写成 postgres://用户:口令@主机:5432/库名，口令里的特殊字符要用 %XX 写。",
            "The address of PostgreSQL is not right. Check --database-url (or YIZHI_DATABASE_URL): postgres://user:password@host:5432/database, special characters as %XX.",
        ),
        Connecting::Tls => Text::new(
            "与 PostgreSQL 的加密连接没有建立。请检查服务器是否开了 TLS、证书是否可信，或地址里的 sslmode。",
            "No encrypted connection to PostgreSQL. Check that the server has TLS, its certificate, or sslmode in the address.",
        ),
        Connecting::Identity => Text::new(
            "PostgreSQL 不接受这个用户或口令。请检查 --database-url（或 YIZHI_DATABASE_URL）里的用户和口令，以及服务器的 pg_hba.conf。",
            "PostgreSQL does not accept this user or password. Check them in --database-url (or YIZHI_DATABASE_URL), and the server's pg_hba.conf.",
        ),
        Connecting::Database => Text::new(
            "PostgreSQL 上没有这个库。请检查地址里的库名，或先由管理员执行 CREATE DATABASE。",
            "There is no such database on the server. Check its name in the address, or have it made with CREATE DATABASE.",
        ),
        Connecting::Rights => Text::new(
            "PostgreSQL 的这个用户权限不够。请让它成为库的所有者，或由管理员授权。",
            "This user of PostgreSQL may not do that. Make it the owner of the database, or have it granted.",
        ),
    }
}

fn not_permitted() -> Text {
    Text::new(
        "运行本命令的用户没有读写它的权限。请换成运行服务的用户，例如 sudo -u yizhi yizhi …，或请管理员授权。",
        "The user of this command may not read or write it. Run it as the server's user, such as sudo -u yizhi yizhi …, or have access granted.",
    )
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    #[test]
    fn what_can_be_mended_says_how() {
        let file = |kind: ErrorKind| CliError::File { path: "x".to_owned(), source: io::Error::from(kind) };
        let sqlite = |code: i32| {
            let failure = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
            yizhi_store::Error::Sqlite(failure)
        };
        for (error, zh, en) in [
            (CliError::Store(sqlite(13)), "请腾出空间，再运行同一条命令", "run the same command again"),
            (CliError::Load(LoadError::Store(sqlite(13))), "腾出空间", "Free some space"),
            (CliError::Demo(DemoError::Store(sqlite(13))), "腾出空间", "Free some space"),
            (CliError::Store(sqlite(8)), "复制到能写的地方", "run this on the copy"),
            (CliError::Store(sqlite(14)), "复制到能写的地方", "run this on the copy"),
            (CliError::Store(sqlite(11)), "备份恢复", "restore the last backup"),
            (CliError::Audit(AuditError::Store(sqlite(26))), "备份恢复", "restore the last backup"),
            (file(ErrorKind::StorageFull), "腾出空间", "Free some space"),
            (file(ErrorKind::PermissionDenied), "没有读写它的权限", "may not read"),
        ] {
            let hint = error.hint().unwrap();
            assert!(hint.contains(zh) && hint.contains(en), "{error}: {hint}");
        }
        assert_eq!(file(ErrorKind::NotFound).hint(), None);
        assert_eq!(CliError::Findings.hint(), None);
    }
}
