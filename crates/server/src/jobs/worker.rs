//! The worker of the job queue: claims a job, does it, notes how it ended. Told to stop it gives its job back; killed at any point, the claim lapses and
//! another worker begins again, which every kind of job must bear.

use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use tokio::sync::watch;
use yizhi_domain::text::Text;
use yizhi_store::{Error, JobRow};

use crate::app::App;

use super::{pause, stage_day};

const EVERY: Duration = Duration::from_secs(2);
/// How often progress is told; the claim is held by it.
const BEAT: Duration = Duration::from_secs(5);

/// The kinds of jobs that this program knows. Others wait for a program that does.
const KINDS: [&str; 1] = [stage_day::KIND];

/// How far a job is.
#[derive(Debug, Default)]
pub(super) struct Progress {
    done: AtomicI64,
    total: AtomicI64,
}

impl Progress {
    /// Tells how much of how much is done.
    pub(super) fn tell(&self, done: usize, total: usize) {
        self.done.store(i64::try_from(done).unwrap_or(i64::MAX), Ordering::Relaxed);
        self.total.store(i64::try_from(total).unwrap_or(i64::MAX), Ordering::Relaxed);
    }

    fn told(&self) -> (i64, i64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }
}

pub(super) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(error) = stage_day::queue(&app).await {
            tracing::warn!(%error, "queueing jobs");
        }
        while !*stop.borrow() {
            match work_one(&app, &mut stop).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::warn!(%error, "the job queue");
                    break;
                }
            }
        }
        if pause(&mut stop, EVERY).await {
            return;
        }
    }
}

/// Does all jobs that are due; how many.
///
/// # Errors
/// When the database cannot answer.
pub async fn run_once(app: &App) -> Result<usize, Error> {
    let (_go_on, mut stop) = watch::channel(false);
    let mut done = 0;
    while work_one(app, &mut stop).await? {
        done += 1;
    }
    Ok(done)
}

/// Does the next job that is due. `false`: there is none.
async fn work_one(app: &App, stop: &mut watch::Receiver<bool>) -> Result<bool, Error> {
    let Some(job) = app.db().job_claim(&KINDS, app.now()).await? else { return Ok(false) };
    let progress = Progress::default();
    let worked = AssertUnwindSafe(work(app, &job, &progress)).catch_unwind();
    tokio::select! {
        worked = worked => end(app, &job, &progress, worked.unwrap_or_else(|_| Err(broke_off()))).await?,
        () = lost(app, &job, &progress) => tracing::warn!(job = %job.id, kind = job.kind, "the claim was lost"),
        () = async { let _ = stop.wait_for(|stop| *stop).await; } => app.db().job_return(&job, app.now()).await?,
    }
    Ok(true)
}

async fn work(app: &App, job: &JobRow, progress: &Progress) -> Result<(), Text> {
    match job.kind.as_str() {
        stage_day::KIND => stage_day::roll(app, &job.payload, progress).await,
        other => Err(Text::new(
            format!("这个版本的程序不认识“{other}”类任务，请升级程序。"),
            format!("This program does not know jobs of the kind “{other}”; use a newer one."),
        )),
    }
}

async fn end(app: &App, job: &JobRow, progress: &Progress, outcome: Result<(), Text>) -> Result<(), Error> {
    if let Err(why) = &outcome {
        tracing::warn!(job = %job.id, kind = job.kind, attempt = job.attempts, why = why.en, "a job failed");
    }
    let (done, total) = progress.told();
    let now = app.now();
    let held = app.db().job_progress(job, done, total, now).await? && app.db().job_finish(job, outcome, now).await?;
    if !held {
        tracing::warn!(job = %job.id, kind = job.kind, "the claim was lost before the end");
    }
    Ok(())
}

/// Ends when another worker has the job.
async fn lost(app: &App, job: &JobRow, progress: &Progress) {
    let mut beat = tokio::time::interval(BEAT);
    beat.tick().await;
    loop {
        beat.tick().await;
        let (done, total) = progress.told();
        match app.db().job_progress(job, done, total, app.now()).await {
            Ok(true) => {}
            Ok(false) => return,
            // The claim holds for a while; the next beat may succeed.
            Err(error) => tracing::warn!(job = %job.id, %error, "a job's progress is not noted"),
        }
    }
}

fn broke_off() -> Text {
    Text::new(
        "程序在处理中出错，请把服务器日志发给维护人员。",
        "The program failed while it worked on this. Send the server's log to whoever maintains it.",
    )
}
