//! Removes uploads that no report or action used, and files that nobody knows: what a process left that died between putting a file and noting it.

use std::path::Path as Folder;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt as _;
use object_store::path::Path;
use object_store::{ObjectMeta, ObjectStoreExt as _};
use tokio::sync::watch;
use yizhi_domain::ids::AttachmentId;

use crate::app::App;
use crate::uploads::{FOLDER, THUMBNAIL, key, thumbnail_key};

use super::pause;

const EVERY: Duration = Duration::from_mins(10);
/// Turns between two walks through all files.
const TURNS_BETWEEN_WALKS: u32 = 144;
/// How long an upload waits for a case that uses it: a day, and an hour for whoever is still writing.
const UNUSED: TimeDelta = TimeDelta::hours(25);
/// How old a file must be before nobody can still be about to note it.
const UNKNOWN: TimeDelta = TimeDelta::hours(1);
/// Files asked for at once.
const CHUNK: usize = 500;

pub(super) async fn run(app: App, mut stop: watch::Receiver<bool>) {
    for turn in (0..TURNS_BETWEEN_WALKS).cycle() {
        if let Err(error) = expire(&app).await {
            tracing::warn!(%error, "removing unused uploads");
        }
        if turn == 0
            && let Err(error) = orphans(&app).await
        {
            tracing::warn!(%error, "removing files that nobody knows");
        }
        if pause(&mut stop, EVERY).await {
            return;
        }
    }
}

/// What keeps orphans from being removed.
#[derive(Debug, thiserror::Error)]
pub enum OrphanError {
    #[error(transparent)]
    Store(#[from] yizhi_store::Error),
    #[error(transparent)]
    Objects(#[from] object_store::Error),
    #[error(transparent)]
    Folder(#[from] std::io::Error),
    #[error(transparent)]
    Log(#[from] crate::ledger::FilesError),
}

/// Removes uploads that no case has used in time; returns how many.
///
/// # Errors
/// When the database cannot answer.
pub async fn expire(app: &App) -> Result<usize, yizhi_store::Error> {
    let mut removed = 0;
    loop {
        let now = app.now();
        let files = app.db().uploads_expire(now - UNUSED, now).await?;
        if files.is_empty() {
            return Ok(removed);
        }
        removed += files.len();
        for file in files {
            // What cannot be deleted now is nobody's, and found as such later.
            delete(app, &[key(file), thumbnail_key(file)]).await;
        }
    }
}

/// Removes files of attachments that no row names, and pieces that were never finished; returns how many. While the database may be older than its
/// files, as after a restore, all stay.
///
/// # Errors
/// When database or files cannot be read.
pub async fn orphans(app: &App) -> Result<usize, OrphanError> {
    if is_behind(app).await? {
        tracing::warn!("the database is older than its log: files that it does not know stay");
        return Ok(0);
    }
    let mut removed = 0;
    let files = app.objects().list(Some(&Path::from(FOLDER)));
    let mut chunks = std::pin::pin!(files.try_chunks(CHUNK));
    while let Some(files) = chunks.try_next().await.map_err(|e| e.1)? {
        removed += delete(app, &unknown(app, &files).await?).await;
    }
    let before = app.now() - UNKNOWN;
    let (files, incoming) = (app.config().files.join(FOLDER), app.config().data.join("incoming"));
    let work = tokio::task::spawn_blocking(move || -> std::io::Result<usize> {
        // The file store writes under a name with a number behind a hash until a file is whole.
        Ok(leftovers(&files, before, |name| name.contains('#'))? + leftovers(&incoming, before, |_| true)?)
    });
    Ok(removed + work.await.map_err(std::io::Error::other)??)
}

/// Whether the log has published more than the database has recorded, or has stopped for a fault.
async fn is_behind(app: &App) -> Result<bool, OrphanError> {
    if app.ledger().status().fault_since.is_some() {
        return Ok(true);
    }
    let published = app.ledger().files().checkpoint().await?.map_or(0, |checkpoint| checkpoint.head().size);
    let committed = app.db().records_committed().await?;
    Ok(u64::try_from(committed).unwrap_or(0) < published)
}

/// Those that no row names and that are old enough.
async fn unknown(app: &App, files: &[ObjectMeta]) -> Result<Vec<Path>, yizhi_store::Error> {
    let before = app.now() - UNKNOWN;
    let old: Vec<_> = files.iter().filter_map(named).filter(|(.., at)| *at < before).collect();
    let names: Vec<AttachmentId> = old.iter().map(|(_, file, _)| *file).collect();
    let known = app.db().attachment_files_known(&names).await?;
    Ok(old.into_iter().filter(|(_, file, _)| !known.contains(file)).map(|(path, ..)| path).collect())
}

/// A file of ours: its path, its name, and when it was made: the name of a new one says it, by the same clock that is asked now.
fn named(meta: &ObjectMeta) -> Option<(Path, AttachmentId, DateTime<Utc>)> {
    let name = meta.location.filename()?;
    let id: AttachmentId = name.strip_suffix(THUMBNAIL).unwrap_or(name).parse().ok()?;
    let told = id.0.get_timestamp().filter(|_| id.0.get_version_num() == 7).map(|at| at.to_unix());
    let told = told.and_then(|(seconds, nanos)| DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos));
    Some((meta.location.clone(), id, told.unwrap_or(meta.last_modified)))
}

async fn delete(app: &App, paths: &[Path]) -> usize {
    let mut deleted = 0;
    for path in paths {
        match app.objects().delete(path).await {
            Ok(()) => deleted += 1,
            Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => tracing::warn!(%path, %error, "an unused file stays"),
        }
    }
    deleted
}

/// Removes files of a folder that were last written before a moment.
fn leftovers(folder: &Folder, before: DateTime<Utc>, is: impl Fn(&str) -> bool) -> std::io::Result<usize> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) => {
            return Ok(0);
        }
        entries => entries?,
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        let about = entry.metadata()?;
        let old = about.is_file() && DateTime::<Utc>::from(about.modified()?) < before;
        if old && entry.file_name().to_str().is_some_and(&is) {
            std::fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}
