//! Reads the change feed and passes it on to live readers. The feed is in the database, so changes made by other servers arrive too.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::watch;

use crate::app::App;
use crate::live;

use super::pause;

const EVERY: Duration = Duration::from_millis(250);
const CHUNK: u64 = 1_000;
/// How far another server's clock may be ahead for its changes to move our time.
const SKEW: TimeDelta = TimeDelta::minutes(5);

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
    while !pause(&mut stop, EVERY).await {
        if let Err(error) = pass_on(&app, &mut last).await {
            tracing::warn!(%error, "change feed");
        }
    }
}

/// Passes on all that came after a number, which moves with it. After a failure the same call goes on where this one stopped.
///
/// # Errors
/// When the database cannot answer.
pub async fn pass_on(app: &App, last: &mut i64) -> Result<(), yizhi_store::Error> {
    let Some((newest, at)) = app.db().change_newest(*last).await? else { return Ok(()) };
    if at - app.now() < SKEW {
        app.clock().at_least(at);
    }
    // Whoever comes now reads in the database what was missed.
    if app.live().readers() == 0 {
        *last = newest;
    }
    while *last < newest {
        let changes = app.db().changes_after(*last, CHUNK).await?;
        let Some(read) = changes.last().map(|change| change.seq) else { return Ok(()) };
        live::tell(app, changes).await?;
        *last = read;
    }
    Ok(())
}
