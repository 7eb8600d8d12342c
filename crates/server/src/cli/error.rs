//! Why a command did not do its work. Said once, on standard error, by `run`.

use std::net::SocketAddr;

use yizhi_domain::calendar::LimitError;

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
