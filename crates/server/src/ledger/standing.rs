//! Whether evidence keeps up: what is recorded must be published, with enough witnesses, within a time. Found anew from database and checkpoint each
//! time it is asked, so that it holds for every process that serves, whichever of them has the log in its hand.

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use yizhi_ledger::receipt::{Cosigned, PolicyError};

use crate::app::App;
use crate::error::Problem;

use super::FilesError;

/// How the log stands to the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Entries integrated.
    pub size: u64,
    /// Entries of the published checkpoint.
    pub published: u64,
    /// Who cosigned it.
    pub cosigned: Vec<Cosigned>,
    /// Since when something is recorded, and not published.
    pub behind_since: Option<DateTime<Utc>>,
    /// That is longer than it may be.
    pub overdue: bool,
}

/// What cannot be found out.
#[derive(Debug, thiserror::Error)]
pub enum StandingError {
    #[error(transparent)]
    Store(#[from] yizhi_store::Error),
    #[error(transparent)]
    Files(#[from] FilesError),
}

impl From<StandingError> for Problem {
    fn from(error: StandingError) -> Self {
        Self::internal(&error)
    }
}

/// How the log stands now.
///
/// # Errors
/// When database or files cannot be read.
pub async fn standing(app: &App) -> Result<Standing, StandingError> {
    // In this order: what is published was committed before, and what is committed is there to be read.
    let (published, cosigned) = published(app).await?;
    let next = i64::try_from(published).unwrap_or(i64::MAX);
    let committed = app.db().records_committed().await?;
    let unpublished = app.db().recorded_from(next).await?;
    let faulty = app.ledger().status().fault_since;
    let behind_since = [unpublished, faulty].into_iter().flatten().min();
    // Fewer records than are published, because the database is older than its log; or those that wait were taken away.
    let lost = committed < next || committed > next && unpublished.is_none();
    let late = behind_since.is_some_and(|since| app.now() - since > app.config().evidence_overdue);
    Ok(Standing {
        size: u64::try_from(app.db().ledger_head().await?.size).unwrap_or(0),
        published,
        cosigned,
        behind_since,
        overdue: late || lost,
    })
}

/// The size of the published checkpoint and who cosigned it. One that is damaged, or that this log's key did not sign, publishes nothing.
async fn published(app: &App) -> Result<(u64, Vec<Cosigned>), StandingError> {
    let checkpoint = match app.ledger().files().checkpoint().await {
        Ok(Some(checkpoint)) => checkpoint,
        Ok(None) | Err(FilesError::Checkpoint(_)) => return Ok((0, Vec::new())),
        Err(error) => return Err(error.into()),
    };
    Ok(match app.ledger().keys().check(&checkpoint) {
        Ok(evidence) => (evidence.head.size, evidence.cosigned),
        // The witnesses may have changed since it was published.
        Err(PolicyError::Quorum { .. }) => (checkpoint.head().size, Vec::new()),
        Err(_) => (0, Vec::new()),
    })
}

/// Lets restricted reads through only while evidence keeps up, where this installation asks for that.
///
/// # Errors
/// 503 while it does not.
pub(crate) async fn gate(app: &App) -> Result<(), Problem> {
    if !app.config().gates() || !standing(app).await?.overdue {
        return Ok(());
    }
    let (zh, en) = in_words(app.config().evidence_overdue);
    Err(Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "evidence_overdue",
        format!(
            "账本的检查点已超过{zh}没有跟上，暂停查看隐去的信息和导出；其他功能照常。请联系系统管理员恢复账本后再试。"
        ),
        format!(
            "The ledger has published nothing new for more than {en}, so masked fields and exports are closed; all else works. \
             Ask the system administrator to mend the ledger, then try again."
        ),
    ))
}

fn in_words(length: TimeDelta) -> (String, String) {
    match length.num_minutes() {
        0 => (format!("{}秒", length.num_seconds()), format!("{} s", length.num_seconds())),
        minutes => (format!("{minutes}分钟"), format!("{minutes} min")),
    }
}
