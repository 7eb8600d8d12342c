//! `GET /attachments/{id}`.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::uploads;

use super::files;

/// A photo or clip as it was cleaned.
#[utoipa::path(get, path = "/api/v1/attachments/{id}", tag = "attachments", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, content(([u8] = "image/jpeg"), ([u8] = "image/png"), ([u8] = "image/webp"), ([u8] = "video/mp4"))), (status = 404, body = ProblemBody), (status = 410, body = ProblemBody)))]
pub(crate) async fn fetch(who: Who, State(app): State<App>, Path(id): Path<String>) -> Result<Response<Body>, Problem> {
    let row = files::visible(&app, &who, &id).await?;
    files::send(&app, &uploads::key(row.file), &row.media_type, Some(&row.name)).await
}
