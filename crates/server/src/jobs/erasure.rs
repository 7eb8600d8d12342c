//! Finishes erasures: deletes the files of erased attachments and clears the database's pages. What fails is tried again, also after a restart.

use std::time::Duration;

use object_store::ObjectStoreExt as _;
use tokio::sync::watch;
use yizhi_domain::ids::AttachmentId;
use yizhi_store::Rest;

use crate::app::App;
use crate::uploads;

use super::pause;

const EVERY: Duration = Duration::from_secs(5);

pub(super) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    loop {
        if let Err(error) = run_once(&app).await {
            tracing::warn!(%error, "finishing erasures");
        }
        if pause(&mut stop, EVERY).await {
            return;
        }
    }
}

/// Does what erasures have left to do; returns how much is still left.
///
/// # Errors
/// When the database cannot answer.
pub async fn run_once(app: &App) -> Result<usize, yizhi_store::Error> {
    let mut left = 0;
    for rest in app.db().erasure_rest().await? {
        let done = match rest {
            // Its row stays, and says under which name the bytes lie.
            Rest::File(id) => match app.db().attachment(id).await? {
                Some(row) if row.erased => delete(app, row.file).await,
                _ => {
                    tracing::error!(attachment = %id, "a file is to be deleted that no erasure names; it is kept");
                    false
                }
            },
            Rest::Pages(_) => app.db().erasure_clear().await?,
        };
        if done {
            app.db().erasure_rest_done(rest).await?;
        } else {
            left += 1;
        }
    }
    Ok(left)
}

async fn delete(app: &App, file: AttachmentId) -> bool {
    let mut done = true;
    for path in [uploads::key(file), uploads::thumbnail_key(file)] {
        match app.objects().delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => {
                tracing::warn!(%path, %error, "an erased file is not deleted yet");
                done = false;
            }
        }
    }
    done
}
