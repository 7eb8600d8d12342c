//! Removes what is over: sessions past their end, failed tries that are forgotten, keys of requests that nobody repeats any more, jobs that were done
//! long ago, files that a crash left half written beside the ledger's. Doing it twice, or on two servers at once, removes nothing else.

use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use crate::app::App;

use super::pause;

const EVERY: Duration = Duration::from_mins(1);
/// How long jobs that are done can still be looked up.
const KEPT: TimeDelta = TimeDelta::days(30);
/// No write of one file takes so long: what is older was left behind.
const WRITING: TimeDelta = TimeDelta::hours(1);

pub(super) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(error) = run_once(&app).await {
            tracing::warn!(%error, "sweeping");
        }
        if pause(&mut stop, EVERY).await {
            return;
        }
    }
}

/// Sweeps once.
///
/// # Errors
/// When the database cannot answer.
pub async fn run_once(app: &App) -> Result<(), yizhi_store::Error> {
    let now = app.now();
    app.db().sessions_sweep(now).await?;
    app.db().guard_sweep(now).await?;
    app.db().requests_sweep(now).await?;
    app.db().jobs_sweep(now - KEPT).await?;
    let folder = app.config().data.join("files").join("ledger");
    let swept = tokio::task::spawn_blocking(move || sweep_left(&folder, now - WRITING)).await;
    match swept {
        Ok(Ok(0)) => {}
        Ok(Ok(n)) => tracing::info!(files = n, "files that a crash left half written are removed"),
        Ok(Err(error)) => tracing::warn!(%error, "sweeping the ledger's folder"),
        Err(error) => tracing::warn!(%error, "sweeping the ledger's folder"),
    }
    Ok(())
}

/// Removes files below a folder that were staged for a write which never ended (a name that ends in `#` and digits), and partial tiles beside the full
/// one that replaces them, if they are older than a moment; how many.
///
/// # Errors
/// When a folder cannot be read or a file not removed.
pub fn sweep_left(folder: &Path, before: DateTime<Utc>) -> std::io::Result<usize> {
    let mut removed = 0;
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            removed += sweep_left(&path, before)?;
            continue;
        }
        let old = DateTime::<Utc>::from(entry.metadata()?.modified()?) < before;
        if old && (is_staged(&path) || is_replaced(&path)) {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => removed += 1,
            }
        }
    }
    Ok(removed)
}

/// As the object store names what it has not finished.
fn is_staged(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let number = name.rsplit_once('#').map(|(_, number)| number);
    number.is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
}

/// A partial tile, `tile/0/000.p/7`, whose full one is there.
fn is_replaced(path: &Path) -> bool {
    let folder = path.parent().and_then(Path::to_str).and_then(|folder| folder.strip_suffix(".p"));
    folder.is_some_and(|full| Path::new(full).is_file())
}
