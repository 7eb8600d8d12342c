//! From a file as it was sent to an attachment: cleaned, put into the file store under a name of its own, and then named by a row, which only one of
//! several repeats gets to write. Whoever loses removes their own file and never another's.

use std::io::{Read, Seek};

use axum::http::StatusCode;
use bytes::Bytes;
use object_store::path::Path;
use object_store::{ObjectStoreExt as _, PutPayload};
use tokio::sync::oneshot;
use yizhi_domain::ids::{AttachmentId, PersonId};
use yizhi_store::{Asked, AttachmentRow, ContentDigests, Kept};
use yizhi_uploads::{Cleaned, Fault, clean, measure};

use crate::app::App;
use crate::error::Problem;

use super::form::Form;
use super::turns::Turn;
use super::{key, thumbnail_key, words};

/// A file as it will be kept: nothing changes its bytes any more. This is the one place where they are known whole before they are anywhere.
#[derive(Clone, Debug)]
pub struct Finished {
    pub cleaned: Cleaned,
    pub bytes: Bytes,
}

impl Finished {
    /// What is kept about the file.
    pub fn row(
        &self,
        file: AttachmentId,
        uploader: PersonId,
        name: &str,
        now: chrono::DateTime<chrono::Utc>,
    ) -> AttachmentRow {
        let size = |n: u32| i32::try_from(n).ok();
        AttachmentRow {
            id: file,
            case: None,
            uploader,
            name: name.to_owned(),
            media_type: self.cleaned.kind.media_type().to_owned(),
            bytes: i64::try_from(self.bytes.len()).unwrap_or(i64::MAX),
            width: size(self.cleaned.width),
            height: size(self.cleaned.height),
            place: self.cleaned.place,
            taken_at: self.cleaned.taken_at,
            erased: false,
            thumbnail: self.cleaned.thumbnail.is_some(),
            content: ContentDigests::of(&self.bytes, self.cleaned.thumbnail.as_deref()),
            file,
            created_at: now,
        }
    }
}

/// Cleans a file. Slow: not for the threads that answer requests.
///
/// # Errors
/// What is wrong with it.
pub fn finish(source: &mut (impl Read + Seek)) -> Result<Finished, Fault> {
    // Set aside at once: one that grows is there twice while it does. What stays empty of it takes no memory.
    let most = usize::try_from(measure(source)?.kept).map_err(|_| Fault::TooLarge)?;
    let mut bytes = Vec::with_capacity(most);
    let cleaned = clean(source, &mut bytes)?;
    Ok(Finished { cleaned, bytes: bytes.into() })
}

/// An upload that was received.
#[derive(Debug)]
pub(crate) struct Upload {
    pub(crate) uploader: PersonId,
    /// The key that the request names.
    pub(crate) key: Option<String>,
    pub(crate) form: Form,
    pub(crate) turn: Turn,
}

/// Keeps an upload, or finds what became of the same one before. Goes on to its end although nobody may wait for it any more.
///
/// # Errors
/// What is wrong with the file; 409 when its id or key was used for something else; 507 when the disk is full.
pub(crate) async fn keep(app: &App, upload: Upload) -> Result<(StatusCode, AttachmentRow), Problem> {
    let app = app.clone();
    tokio::spawn(async move { kept(&app, upload).await }).await.map_err(|e| Problem::internal(&e))?
}

async fn kept(app: &App, upload: Upload) -> Result<(StatusCode, AttachmentRow), Problem> {
    let Upload { uploader, key: request_key, form: Form { id, name, mut file, sent }, turn: _turn } = upload;
    let asked = Asked { uploader, id, key: request_key, sent };
    if let Some(before) = app.db().upload_before(&asked).await? {
        return answer(before, None);
    }
    let limits = app.uploads().limits();
    let unused = app.db().uploads_unused(uploader).await?;
    if unused.files >= limits.unused.files || unused.bytes >= limits.unused.bytes {
        return Err(words::too_many_unused(limits));
    }
    let (measured, mut file) = blocking(move || Ok((measure(&mut file)?, file))).await?;
    let memory = app.uploads().memory(measured.memory).await?;
    let cleaning = app.uploads().cleaning().await?;
    let finished = on_its_own_thread(move || finish(&mut file)).await?;
    drop(cleaning);
    let now = app.now();
    let file = AttachmentId::at(now, rand::random());
    let row = AttachmentRow { id: id.unwrap_or(file), ..finished.row(file, uploader, &name, now) };
    let done = match put(app, file, finished).await {
        Ok(()) => app.db().upload_keep(row.clone(), &asked, limits.unused).await.map_err(|error| match error {
            yizhi_store::Error::TooManyUnused => words::too_many_unused(limits),
            error => error.into(),
        }),
        Err(problem) => Err(problem),
    };
    drop(memory);
    if !matches!(done, Ok(Kept::New)) {
        discard(app, file).await;
    }
    answer(done?, Some(row))
}

/// Off the threads that answer requests.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Fault> + Send + 'static) -> Result<T, Problem> {
    let done = tokio::task::spawn_blocking(work).await.map_err(|e| Problem::internal(&e))?;
    done.map_err(|e| words::refused(&e))
}

/// On a thread that ends with the work: those that serve many would each keep, for the next time, as much memory as the largest file took.
async fn on_its_own_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Problem> {
    let (done, told) = oneshot::channel();
    let named = std::thread::Builder::new().name("cleaning".to_owned());
    named.spawn(move || done.send(work())).map_err(|e| Problem::internal(&e))?;
    told.await.map_err(|e| Problem::internal(&e))?.map_err(|e| words::refused(&e))
}

fn answer(kept: Kept, row: Option<AttachmentRow>) -> Result<(StatusCode, AttachmentRow), Problem> {
    match (kept, row) {
        (Kept::New, Some(row)) => Ok((StatusCode::CREATED, row)),
        (Kept::Before(row), _) => Ok((StatusCode::OK, *row)),
        (Kept::New | Kept::Clash, _) => Err(words::key_reused()),
    }
}

async fn put(app: &App, file: AttachmentId, finished: Finished) -> Result<(), Problem> {
    let Finished { cleaned, bytes } = finished;
    if let Some(small) = cleaned.thumbnail {
        put_one(app, &thumbnail_key(file), small.into()).await?;
    }
    put_one(app, &key(file), bytes).await
}

/// Whole or not at all.
async fn put_one(app: &App, path: &Path, bytes: Bytes) -> Result<(), Problem> {
    let done = app.objects().put(path, PutPayload::from_bytes(bytes)).await;
    done.map(|_| ()).map_err(|e| words::stored(&e))
}

/// Removes what an upload left that was not kept. Where the database cannot say whether it was, it stays for the sweep.
async fn discard(app: &App, file: AttachmentId) {
    match app.db().attachment_files_known(&[file]).await {
        Ok(known) if known.is_empty() => {}
        Ok(_) => return,
        Err(error) => return tracing::warn!(%file, %error, "an unused file stays"),
    }
    for path in [key(file), thumbnail_key(file)] {
        match app.objects().delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => tracing::warn!(%path, %error, "an unused file stays"),
        }
    }
}
