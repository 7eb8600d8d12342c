//! Removes what is over: sessions past their end, failed tries that are forgotten, keys of requests that nobody repeats any more.

use std::time::Duration;

use tokio::sync::watch;

use crate::app::App;

use super::pause;

const EVERY: Duration = Duration::from_mins(1);

pub(super) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    while !pause(&mut stop, EVERY).await {
        if let Err(error) = app.db().sessions_sweep(app.now()).await {
            tracing::warn!(%error, "sweeping sessions");
        }
        if let Err(error) = app.db().guard_sweep(app.now()).await {
            tracing::warn!(%error, "sweeping failed tries");
        }
        if let Err(error) = app.db().requests_sweep(app.now()).await {
            tracing::warn!(%error, "sweeping keys of requests");
        }
    }
}
