//! Work that nobody waits for: telling live readers of changes, raising alerts, cleaning up, finishing erasures, growing the
//! ledger, and the queue of jobs.

mod erasure;
mod feed;
mod sla;
mod stage_day;
mod sweep;
mod worker;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::App;

pub use erasure::run_once as finish_erasures;
pub use sla::run_once as raise_alerts;
pub use stage_day::{queue as queue_stage_days, queue_again as queue_stage_days_again};
pub use sweep::{run_once as sweep, sweep_left};
pub use worker::run_once as work_jobs;

/// Starts all jobs; they end when `stop` turns true.
pub fn spawn(app: &App, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    jobs.spawn(feed::run(app.clone(), stop.clone()));
    jobs.spawn(erasure::run(app.clone(), stop.clone()));
    jobs.spawn(sla::run(app.clone(), stop.clone()));
    jobs.spawn(sweep::run(app.clone(), stop.clone()));
    jobs.spawn(worker::run(app.clone(), stop.clone()));
    jobs.spawn(crate::ledger::run(app.clone(), stop.clone()));
    jobs
}

/// Waits, or returns `true` when it is time to stop.
pub(crate) async fn pause(stop: &mut watch::Receiver<bool>, length: std::time::Duration) -> bool {
    tokio::select! {
        () = tokio::time::sleep(length) => *stop.borrow(),
        changed = stop.changed() => changed.is_err() || *stop.borrow(),
    }
}
