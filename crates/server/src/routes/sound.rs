//! What no request may have in it: the character U+0000, which PostgreSQL refuses in every text and SQLite cuts texts at.

use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::error::Problem;

/// Refuses addresses with U+0000 in path or query. Bodies are looked at where they are read, and headers cannot have it.
pub(crate) async fn sound(request: Request, next: Next) -> Response {
    if has_nul(request.uri()) {
        return Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid",
            "地址里含有不能用的空字符（U+0000），请去掉后再试。",
            "The address has the character U+0000 in it; remove it.",
        )
        .into_response();
    }
    next.run(request).await
}

fn has_nul(uri: &Uri) -> bool {
    uri.path().contains("%00") || uri.query().is_some_and(|query| query.contains("%00"))
}
