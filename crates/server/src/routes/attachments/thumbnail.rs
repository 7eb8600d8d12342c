//! `GET /attachments/{id}/thumbnail`.

use axum::body::Body;
use axum::extract::State;
use axum::http::Response;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::uploads;

use super::files;

/// A photo small enough for lists; clips have none.
#[utoipa::path(get, path = "/api/v1/attachments/{id}/thumbnail", tag = "attachments", params(("id" = uuid::Uuid, Path)),
    responses((status = 200, content_type = "image/jpeg", body = [u8]), (status = 404, body = ProblemBody), (status = 410, body = ProblemBody)))]
pub(crate) async fn thumbnail(
    who: Who,
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response<Body>, Problem> {
    let row = files::visible(&app, &who, &id).await?;
    if !row.thumbnail {
        return Err(Problem::not_found());
    }
    files::send(&app, &uploads::thumbnail_key(row.file), "image/jpeg", None).await
}
