//! Work that nobody waits for: telling live readers of changes, raising alerts, cleaning up, unused uploads, finishing erasures, growing the
//! ledger.

mod erasure;
mod feed;
mod sla;
mod sweep;
mod uploads;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::app::App;

pub use erasure::run_once as finish_erasures;
pub use sla::run_once as raise_alerts;
pub use uploads::{expire as expire_uploads, orphans as remove_orphans};

/// Starts all jobs; they end when `stop` turns true.
pub fn spawn(app: &App, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut jobs = JoinSet::new();
    jobs.spawn(feed::run(app.clone(), stop.clone()));
    jobs.spawn(erasure::run(app.clone(), stop.clone()));
    jobs.spawn(sla::run(app.clone(), stop.clone()));
    jobs.spawn(sweep::run(app.clone(), stop.clone()));
    jobs.spawn(uploads::run(app.clone(), stop.clone()));
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
