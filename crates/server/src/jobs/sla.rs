//! Deadlines: amber at four fifths of a limit, red when it is over; people are told and the level above joins. Nothing is overdue silently.
//!
//! Several servers may look at the same moment. What is due is decided again in the transaction that raises it, so that each alert is raised once.
//! A timer that the procedure refuses is shown to operators and tried again after a growing pause; it holds up no other.

use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use tokio::sync::watch;
use yizhi_domain::case::Actor;
use yizhi_domain::text::Text;
use yizhi_store::{ApplyError, Command, DueTimer, Error, Intent};

use crate::app::App;

use super::pause;

const EVERY: Duration = Duration::from_secs(5);
const CHUNK: u64 = 200;
/// Alerts raised side by side: they share the commits of the hot path.
const AT_ONCE: usize = 64;

pub(super) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    while !pause(&mut stop, EVERY).await {
        if let Err(error) = run_once(&app).await {
            tracing::error!(%error, "raising alerts");
        }
    }
}

/// Raises every alert whose time has come; returns how many this process raised.
///
/// # Errors
/// When the database cannot answer.
pub async fn run_once(app: &App) -> Result<usize, Error> {
    let now = app.now();
    let (mut raised, mut last) = (0, None);
    loop {
        let due = app.db().cases_to_alert(now, last.as_ref(), CHUNK).await?;
        let Some(end) = due.last().cloned() else { break };
        let raising = stream::iter(due).map(|timer| {
            let app = app.clone();
            async move { raise(&app, &timer).await }
        });
        let mut outcomes = raising.buffer_unordered(AT_ONCE);
        while let Some(outcome) = outcomes.next().await {
            raised += usize::from(outcome?);
        }
        last = Some(end);
    }
    app.db().timer_refusals_sweep(app.now()).await?;
    Ok(raised)
}

/// Whether this process raised it.
async fn raise(app: &App, timer: &DueTimer) -> Result<bool, Error> {
    let now = app.now();
    let intent = Intent::Alert { case: timer.case };
    let command = Command { intent, actor: Actor::system(), world: app.world(), now, idempotency: None };
    let (code, why) = match app.db().apply(command).await {
        Ok(applied) if applied.fresh && applied.case.timer_due(now).is_some() => ("not_raised", not_raised()),
        Ok(applied) => return Ok(applied.fresh),
        Err(ApplyError::Refused { refusal, .. }) => (refusal.code(), refusal.message()),
        Err(ApplyError::Store(error)) if matches!(&*error, Error::Corrupt(_) | Error::Record(_)) => {
            tracing::error!(case = %timer.number, %error, "the case cannot be read");
            ("damaged", damaged())
        }
        Err(error) => {
            tracing::warn!(case = %timer.number, %error, "alert not raised; it is tried again");
            return Ok(false);
        }
    };
    tracing::warn!(case = %timer.number, code, why = why.en, "alert refused");
    app.db().timer_refused(timer.case, code, &why, now).await?;
    Ok(false)
}

fn not_raised() -> Text {
    Text::new(
        "流程里的提醒动作没有升高预警级别，请检查事项目录中的流程。",
        "The procedure's timer does not raise the alert. Check the procedure in the catalog.",
    )
}

fn damaged() -> Text {
    Text::new(
        "案件数据读不出来，请管理员用 yizhi ledger verify 核对后从备份恢复。",
        "The case cannot be read. Ask the administrator to run `yizhi ledger verify` and restore it from a backup.",
    )
}
