//! Makes the index of words anew after an upgrade that folds words otherwise, once for each database. Cases are found by their other words meanwhile.

use tokio::sync::watch;
use uuid::Uuid;
use yizhi_domain::search::FOLDING;
use yizhi_store::Error;

use crate::app::App;

use super::pause;

/// The folding that made the whole index, and the last case that the present one has come to.
const DONE: &str = "search_folding";
const REACHED: &str = "search_refolded";
/// Cases at a time: other writers wait for as long as these take.
const AT_ONCE: u64 = 500;

const AGAIN: std::time::Duration = std::time::Duration::from_mins(1);

pub(super) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        match run_once(&app, &stop).await {
            Ok(()) => return,
            Err(error) => tracing::warn!(%error, "making the index of words anew"),
        }
        if pause(&mut stop, AGAIN).await {
            return;
        }
    }
}

/// Goes on where it was stopped, until all is done or it is told to stop.
///
/// # Errors
/// When the database cannot answer.
pub async fn run_once(app: &App, stop: &watch::Receiver<bool>) -> Result<(), Error> {
    let db = app.db();
    let done = db.setting(DONE).await?.and_then(|text| text.parse::<u32>().ok());
    if done.is_some_and(|done| done >= FOLDING) {
        return Ok(());
    }
    let mut after: Option<Uuid> = db.setting(REACHED).await?.and_then(|text| text.parse().ok());
    while !*stop.borrow() {
        match db.search_refold(after, AT_ONCE, &app.world()).await? {
            Some(last) => {
                db.setting_note(REACHED, &last.to_string()).await?;
                after = Some(last);
            }
            None => return db.setting_note(DONE, &FOLDING.to_string()).await,
        }
        tokio::task::yield_now().await;
    }
    Ok(())
}
