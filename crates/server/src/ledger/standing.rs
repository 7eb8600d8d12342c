//! Whether evidence keeps up: what is recorded must be published, with enough witnesses, within a time. Found anew from database and checkpoint each
//! time it is asked, so that it holds for every process that serves, whichever of them has the log in its hand.

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use yizhi_ledger::TreeHead;
use yizhi_ledger::note::SignedCheckpoint;
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
    /// Why nothing that the log says can be relied on now, if so.
    pub fault: Option<String>,
}

/// Why a log older than its checkpoint says nothing.
const OLDER: &str =
    "the database is older than the published checkpoint, or records that wait for the ledger are missing";

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
    let published = published(app).await?;
    let next = signed(published.counted());
    let committed = app.db().records_committed().await?;
    let unpublished = app.db().recorded_from(next).await?;
    let noted = app.db().ledger_head().await?;
    let status = app.ledger().status();
    let since = [status.fault_since, noted.fault.as_ref().map(|fault| fault.since)].into_iter().flatten().min();
    let behind_since = [unpublished, since].into_iter().flatten().min();
    // Fewer records than are published, because the database is older than its log; or those that wait were taken away.
    let signed_for = signed(published.head.map_or(0, |head| head.size));
    let lost = committed < signed_for || noted.size < signed_for || committed > next && unpublished.is_none();
    let other = published.head.is_some_and(|head| noted.size == signed(head.size) && noted.root != root(&head));
    let late = behind_since.is_some_and(|since| app.now() - since > app.config().evidence_overdue);
    let fault = status.fault.or(noted.fault.map(|fault| fault.why)).or_else(|| published.unsound.clone());
    Ok(Standing {
        size: u64::try_from(noted.size).unwrap_or(0),
        published: published.counted(),
        cosigned: published.cosigned,
        behind_since,
        overdue: late || lost,
        fault: fault.or_else(|| (lost || other).then(|| OLDER.to_owned())),
    })
}

/// The checkpoint that lies there.
#[derive(Debug, Default)]
struct Published {
    /// What this log's key signed.
    head: Option<TreeHead>,
    /// Enough of today's witnesses signed it too; before that it publishes nothing.
    counts: bool,
    cosigned: Vec<Cosigned>,
    /// Why it is no checkpoint of this log.
    unsound: Option<String>,
}

impl Published {
    fn counted(&self) -> u64 {
        self.head.filter(|_| self.counts).map_or(0, |head| head.size)
    }
}

/// One that is damaged, or that this log's key did not sign, publishes nothing.
async fn published(app: &App) -> Result<Published, StandingError> {
    let unsound = |why: String| Published { unsound: Some(why), ..Published::default() };
    let checkpoint = match app.ledger().files().checkpoint().await {
        Ok(Some(checkpoint)) => checkpoint,
        Ok(None) => return Ok(Published::default()),
        Err(FilesError::Checkpoint(error)) => return Ok(unsound(error.to_string())),
        Err(error) => return Err(error.into()),
    };
    Ok(match app.ledger().keys().check(&checkpoint) {
        Ok(evidence) => {
            Published { head: Some(evidence.head), counts: true, cosigned: evidence.cosigned, unsound: None }
        }
        // The witnesses may have changed since it was published.
        Err(PolicyError::Quorum { .. }) => Published { head: Some(*checkpoint.head()), ..Published::default() },
        Err(error) => unsound(error.to_string()),
    })
}

fn signed(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

fn root(head: &TreeHead) -> Option<[u8; 32]> {
    (head.size > 0).then_some(head.root.0)
}

/// The published checkpoint, for proving something by it; `None` before the first.
///
/// # Errors
/// 503 while the log is not to be relied on, or too few of its witnesses have signed.
pub(crate) async fn provable(app: &App) -> Result<Option<SignedCheckpoint>, Problem> {
    if let Some(why) = standing(app).await?.fault {
        tracing::warn!(why, "no receipt is given");
        return Err(faulty());
    }
    let Some(checkpoint) = app.ledger().files().checkpoint().await.map_err(|e| Problem::internal(&e))? else {
        return Ok(None);
    };
    match app.ledger().keys().check(&checkpoint) {
        Ok(_) => Ok(Some(checkpoint)),
        Err(PolicyError::Quorum { .. }) => Err(not_cosigned()),
        Err(_) => Err(faulty()),
    }
}

/// The log is not to be relied on.
pub(crate) fn faulty() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "ledger_fault",
        "账本出了故障，暂不出具回执；办理照常进行。请联系系统管理员恢复账本后再试。",
        "The ledger is faulty, so no receipts are given; cases go on. Ask the system administrator to mend the ledger, then try again.",
    )
}

/// Too few witnesses have signed.
pub(crate) fn not_cosigned() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "not_cosigned",
        "账本最新的检查点还没有足够的见证方签名，暂不算公布。请稍后再试；一直这样请联系系统管理员。",
        "Too few witnesses have signed the ledger's newest checkpoint, so it does not count as published. Try again shortly; if it persists, tell the \
         system administrator.",
    )
    .with_retry_after(5)
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
