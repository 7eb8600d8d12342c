//! Reads the change feed and passes it on to live readers. The feed is in the database, so changes made by other servers arrive too.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::app::App;

use super::pause;

const EVERY: Duration = Duration::from_millis(250);
const CHUNK: u64 = 1_000;

pub(super) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    let mut last = loop {
        match app.db().change_last().await {
            Ok(last) => break last,
            Err(error) => tracing::warn!(%error, "change feed"),
        }
        if pause(&mut stop, EVERY).await {
            return;
        }
    };
    loop {
        if pause(&mut stop, EVERY).await {
            return;
        }
        if app.live().receiver_count() == 0 {
            last = app.db().change_last().await.unwrap_or(last);
            continue;
        }
        match app.db().changes_after(last, CHUNK).await {
            Ok(changes) => {
                for change in changes {
                    last = change.seq;
                    let _ = app.live().send(Arc::new(change));
                }
            }
            Err(error) => tracing::warn!(%error, "change feed"),
        }
    }
}
