//! What no request may have in it: the character U+0000, which PostgreSQL refuses in every text and SQLite cuts texts at.

use axum::http::{StatusCode, Uri};

use crate::error::Problem;

/// What is wrong with an address that has U+0000 in path or query. Bodies are looked at where they are read, and headers cannot have it.
pub(crate) fn unsound(uri: &Uri) -> Option<Problem> {
    has_nul(uri).then(|| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid",
            "地址里含有不能用的空字符（U+0000），请去掉后再试。",
            "The address has the character U+0000 in it; remove it.",
        )
    })
}

fn has_nul(uri: &Uri) -> bool {
    uri.path().contains("%00") || uri.query().is_some_and(|query| query.contains("%00"))
}
