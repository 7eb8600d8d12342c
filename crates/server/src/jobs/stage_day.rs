//! The day's roll-up of stage facts: a job for each finished day in China's time, queued once.

use chrono::{NaiveDate, TimeDelta};
use serde_json::json;
use yizhi_domain::clock::china;
use yizhi_domain::text::Text;
use yizhi_store::Error;

use crate::app::App;

use super::worker::Progress;

pub(super) const KIND: &str = "stage_day";
/// The last day that is queued, so that the queue may forget what is done.
const QUEUED: &str = "stage_day.queued";
/// How long after midnight a day is over: steps under way and servers' clocks that differ are waited for.
const MARGIN: TimeDelta = TimeDelta::minutes(20);
/// Days queued at once, after a long pause or a clock that was far off.
const MOST: usize = 400;

/// Queues the finished days that are not queued yet; how many this process queued.
///
/// # Errors
/// When the database cannot answer.
pub async fn queue(app: &App) -> Result<usize, Error> {
    let db = app.db();
    let finished = (app.now() - MARGIN).with_timezone(&china()).date_naive().pred_opt();
    let queued = db.setting(QUEUED).await?.and_then(|day| day.parse::<NaiveDate>().ok());
    let first = match queued {
        Some(day) => day.succ_opt(),
        None => db.first_work_day().await?,
    };
    let (Some(first), Some(finished)) = (first, finished) else { return Ok(0) };
    let (mut added, mut last) = (0, None);
    for day in first.iter_days().take_while(|day| *day <= finished).take(MOST) {
        let job = json!({ "day": day });
        added += usize::from(db.job_add_once(&format!("{KIND}:{day}"), KIND, &job, app.now()).await?);
        last = Some(day);
    }
    if let Some(last) = last {
        db.setting_note(QUEUED, &last.to_string()).await?;
    }
    Ok(added)
}

/// Has all finished days counted anew, after work was added to days that are over: a demo's history is told in the past.
///
/// # Errors
/// When the database cannot be reached.
pub async fn queue_again(app: &App) -> Result<(), Error> {
    app.db().jobs_forget(KIND).await?;
    app.db().setting_note(QUEUED, "").await
}

/// Rolls up the day that a job names.
pub(super) async fn roll(app: &App, payload: &str, progress: &Progress) -> Result<(), Text> {
    #[derive(serde::Deserialize)]
    struct Payload {
        day: NaiveDate,
    }
    progress.tell(0, 1);
    let Payload { day } = serde_json::from_str(payload)
        .map_err(|_| Text::new("任务里没有写明是哪一天。", "The job does not say which day it is for."))?;
    let failed = |error: Error| {
        tracing::warn!(%day, %error, "rolling up a day");
        Text::new(
            format!("{day}的环节统计没有做完：数据库没有答复，或写不进去。请检查数据库和磁盘后重新发送。"),
            format!(
                "The stage facts of {day} are not done: the database did not answer or could not be written. Check database and disk, then send it again."
            ),
        )
    };
    app.db().stage_day_roll(day).await.map_err(failed)?;
    progress.tell(1, 1);
    Ok(())
}
