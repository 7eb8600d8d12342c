//! `POST /attachments`: a photo or clip, before the report that uses it.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use utoipa::ToSchema;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::asked;
use crate::uploads::{self, Upload};
use crate::views::attachment::AttachmentView;

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
    let key = asked::key(request.headers())?;
    let uploader = who.person.id;
    let turn = app.uploads().take(uploader, uploads::announced(&request)?).await?;
    let form = uploads::receive(&app, request).await?;
    let (status, row) = uploads::keep(&app, Upload { uploader, key, form, turn }).await?;
    Ok((status, Json(row.into())))
}
