//! `DELETE /session`.

use axum::extract::State;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::AppendHeaders;

use crate::app::App;
use crate::auth::{Arriving, session_cookie};
use crate::error::{Problem, ProblemBody};

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session",
    responses((status = 204), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody)))]
pub(crate) async fn sign_out(
    Arriving(who): Arriving,
    State(app): State<App>,
) -> Result<(StatusCode, AppendHeaders<[(HeaderName, String); 1]>), Problem> {
    who.must_be_in_person()?;
    app.db().session_close(&who.digest, who.person.id, who.now).await?;
    app.sessions().remove(&who.digest);
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(header::SET_COOKIE, session_cookie(&app, ""))])))
}
