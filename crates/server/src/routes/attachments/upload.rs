//! `POST /attachments`: a photo or clip, before the report that uses it.

use axum::Json;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{Multipart, State};
use axum::http::StatusCode;
use bytes::Bytes;
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use yizhi_domain::ids::AttachmentId;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::media::{self, BYTES_MAX, MediaError, Processed};
use crate::views::attachment::AttachmentView;

use super::files;

/// Largest request: a file and the form around it.
pub(crate) const BODY_MAX: usize = BYTES_MAX + 64 * 1024;

/// Files decoded at the same time: each may take as much memory as its picture has pixels.
static DECODING: Semaphore = Semaphore::const_new(2);

/// The form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; the parts are read one by one")]
pub(crate) struct UploadForm {
    /// JPEG, PNG, WebP or MP4, at most 50 MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// UUIDv7 made by the client: repeating the upload gives the first answer again.
    id: Option<uuid::Uuid>,
}

struct Form {
    id: Option<AttachmentId>,
    name: String,
    bytes: Bytes,
}

/// Takes a photo or clip. Where and when it was taken is read and then removed from the file.
#[utoipa::path(post, path = "/api/v1/attachments", tag = "attachments",
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = AttachmentView), (status = 200, body = AttachmentView, description = "already received"),
              (status = 413, body = ProblemBody), (status = 415, body = ProblemBody), (status = 422, body = ProblemBody),
              (status = 507, body = ProblemBody)))]
pub(crate) async fn upload(
    who: Who,
    State(app): State<App>,
    multipart: Multipart,
) -> Result<(StatusCode, Json<AttachmentView>), Problem> {
    who.must(Permission::Attach)?;
    let Form { id, name, bytes } = read(multipart).await?;
    if let Some(row) = match id {
        Some(id) => app.db().attachment(id).await?,
        None => None,
    } {
        return if row.uploader == who.person.id { Ok((StatusCode::OK, Json(row.into()))) } else { Err(taken()) };
    }
    let id = id.unwrap_or_else(|| AttachmentId::at(who.now, rand::random()));
    let done = process(bytes, name).await?;
    let row = done.row(id, who.person.id, who.now);
    if let Err(problem) = keep(&app, id, done, row.clone()).await {
        files::discard(&app, &media::key(id)).await;
        files::discard(&app, &media::thumbnail_key(id)).await;
        return Err(problem);
    }
    Ok((StatusCode::CREATED, Json(row.into())))
}

async fn keep(app: &App, id: AttachmentId, done: Processed, row: yizhi_store::AttachmentRow) -> Result<(), Problem> {
    if let Some(small) = done.thumbnail {
        files::keep(app, &media::thumbnail_key(id), small).await?;
    }
    files::keep(app, &media::key(id), done.bytes).await?;
    Ok(app.db().attachment_add(row).await?)
}

async fn process(bytes: Bytes, name: String) -> Result<Processed, Problem> {
    let _turn = DECODING.acquire().await.map_err(|e| Problem::internal(&e))?;
    let work = tokio::task::spawn_blocking(move || media::process(bytes, &name));
    work.await.map_err(|e| Problem::internal(&e))?.map_err(|e| refused(&e))
}

async fn read(mut multipart: Multipart) -> Result<Form, Problem> {
    let (mut id, mut file) = (None, None);
    while let Some(field) = multipart.next_field().await.map_err(|e| unreadable(&e))? {
        match field.name() {
            Some("id") => id = Some(read_id(field).await?),
            Some("file") => {
                let name = field.file_name().unwrap_or_default().to_owned();
                file = Some((name, field.bytes().await.map_err(|e| unreadable(&e))?));
            }
            _ => {}
        }
    }
    let (name, bytes) = file.ok_or_else(|| {
        Problem::invalid("file", "请选择要上传的文件。", "Choose a file: it goes into the part `file` of the form.")
    })?;
    Ok(Form { id, name, bytes })
}

async fn read_id(field: Field<'_>) -> Result<AttachmentId, Problem> {
    let text = field.text().await.map_err(|e| unreadable(&e))?;
    text.trim().parse().map_err(|_| Problem::invalid("id", "编号要是 UUID。", "The id must be a UUID."))
}

fn unreadable(error: &MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return refused(&MediaError::TooLarge);
    }
    Problem::invalid(
        "file",
        "上传中断或表单不完整，请重试。",
        "The upload was cut off or the form is incomplete; try again.",
    )
}

fn refused(error: &MediaError) -> Problem {
    let (status, code) = match error {
        MediaError::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too_large"),
        MediaError::Unsupported(_) => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media"),
        MediaError::Empty | MediaError::Damaged | MediaError::TooManyPixels => {
            (StatusCode::UNPROCESSABLE_ENTITY, "invalid")
        }
    };
    let text = error.message();
    Problem::new(status, code, text.zh, text.en).with_field("file")
}

fn taken() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "key_reused",
        "这个编号已用于另一个文件，请换一个新的。",
        "This id was used for another file; take a new one.",
    )
}
