//! `POST /attachments`: a photo or clip, before the report that uses it.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use utoipa::ToSchema;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::uploads::{self, Upload};
use crate::views::attachment::AttachmentView;

/// Longest key of a request.
const KEY_MAX: usize = 200;

/// The form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes the form; the parts are read one by one")]
pub(crate) struct UploadForm {
    /// JPEG, PNG, WebP, MP4 or MOV (kept as MP4), at most 50 MB.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// UUIDv7 made by the client: repeating the upload gives the first answer again.
    id: Option<uuid::Uuid>,
}

/// Takes a photo or clip. Where and when it was taken is read, then all that is not picture or sound is removed from the file. What no report or action
/// uses within a day is removed.
#[utoipa::path(post, path = "/api/v1/attachments", tag = "attachments",
    params(("Idempotency-Key" = Option<String>, Header, description = "instead of a client's id")),
    request_body(content = UploadForm, content_type = "multipart/form-data"),
    responses((status = 201, body = AttachmentView), (status = 200, body = AttachmentView, description = "already received"),
              (status = 408, body = ProblemBody), (status = 409, body = ProblemBody), (status = 413, body = ProblemBody),
              (status = 415, body = ProblemBody), (status = 422, body = ProblemBody), (status = 503, body = ProblemBody),
              (status = 507, body = ProblemBody)))]
pub(crate) async fn upload(
    who: Who,
    State(app): State<App>,
    request: Request,
) -> Result<(StatusCode, Json<AttachmentView>), Problem> {
    who.must(Permission::Attach)?;
    let key = request_key(request.headers())?;
    let uploader = who.person.id;
    let turn = app.uploads().take(uploader, uploads::announced(&request)?).await?;
    let form = uploads::receive(&app, request).await?;
    let (status, row) = uploads::keep(&app, Upload { uploader, key, form, turn }).await?;
    Ok((status, Json(row.into())))
}

fn request_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().ok().filter(|key| !key.trim().is_empty() && key.len() <= KEY_MAX);
    let key = key.ok_or_else(|| {
        Problem::invalid(
            "Idempotency-Key",
            format!("请求头 Idempotency-Key 应为1到{KEY_MAX}个英文字母、数字或符号。"),
            format!("The header Idempotency-Key must be 1 to {KEY_MAX} letters, digits or signs of ASCII."),
        )
    })?;
    Ok(Some(key.to_owned()))
}
