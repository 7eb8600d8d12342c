//! Work that nobody waits for: telling live readers of changes, raising alerts, cleaning up, unused uploads, finishing erasures, growing the
//! ledger, and the queue of jobs.

mod erasure;
mod feed;
mod refold;
mod sla;
mod stage_day;
mod sweep;
mod uploads;
mod worker;

use std::pin::Pin;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::App;
use crate::vital;

pub use erasure::run_once as finish_erasures;
pub use feed::pass_on as pass_changes_on;
pub use refold::run_once as refold_words;
pub use sla::run_once as raise_alerts;
pub use stage_day::{queue as queue_stage_days, queue_again as queue_stage_days_again};
pub use sweep::{run_once as sweep, sweep_left};
pub use uploads::{expire as expire_uploads, orphans as remove_orphans};
pub use worker::run_once as work_jobs;

/// A job at work.
type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Starts all jobs; they end when `stop` turns true.
pub fn spawn(app: &App, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    let mut work = |job: fn(App, watch::Receiver<bool>) -> Work| {
        let (app, stop) = (app.clone(), stop.clone());
        jobs.spawn(vital::alive(app.clone(), move || job(app.clone(), stop.clone())));
    };
    work(|app, stop| Box::pin(feed::run(app, stop)));
    work(|app, stop| Box::pin(refold::run(app, stop)));
    work(|app, stop| Box::pin(erasure::run(app, stop)));
    work(|app, stop| Box::pin(sla::run(app, stop)));
    work(|app, stop| Box::pin(sweep::run(app, stop)));
    work(|app, stop| Box::pin(uploads::run(app, stop)));
    work(|app, stop| Box::pin(worker::run(app, stop)));
    work(|app, stop| Box::pin(crate::ledger::run(app, stop)));
    jobs.spawn(vital::run(app.clone(), stop.clone()));
    jobs
}

/// Waits, or returns `true` when it is time to stop.
pub(crate) async fn pause(stop: &mut watch::Receiver<bool>, length: std::time::Duration) -> bool {
    tokio::select! {
        () = tokio::time::sleep(length) => *stop.borrow(),
        changed = stop.changed() => changed.is_err() || *stop.borrow(),
    }
}
