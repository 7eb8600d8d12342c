//! The web interface: embedded files, and the page itself for every address that is not a file.

use std::borrow::Cow;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::assets::WebFiles;
use crate::error::Problem;
use crate::packed;

/// Files whose names carry a digest never change.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK: HeaderValue = HeaderValue::from_static("no-cache");

/// The program that checks receipts, as one file: its script is inside it, which the content policy of this server forbids, so it is only
/// kept and opened from a disk.
const CHECKER: &str = "verify.html";
const KEEP: HeaderValue = HeaderValue::from_static("attachment; filename=\"verify.html\"");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// Serves a file of the interface, or its page.
pub(crate) async fn serve(uri: Uri, asked: HeaderMap) -> Response {
    let path = uri.path().trim_start_matches('/');
    if path.starts_with("api/") && path != "api/docs" {
        return Problem::not_found().into_response();
    }
    let path = match path {
        "api/docs" => "api-docs/index.html",
        "verify" | "verify/" => "verify/index.html",
        path => path,
    };
    if let Some(response) = file(path, &asked) {
        return response;
    }
    if path.rsplit('/').next().is_some_and(|name| name.contains('.')) {
        return StatusCode::NOT_FOUND.into_response();
    }
    file("index.html", &asked).unwrap_or_else(|| {
        let note = "网页尚未构建：请运行 make build。The web interface is not built: run `make build`.";
        (StatusCode::NOT_FOUND, note).into_response()
    })
}

fn file(path: &str, asked: &HeaderMap) -> Option<Response> {
    let file = WebFiles::get(path)?;
    let kind = if path.ends_with(".sha256") { TEXT } else { HeaderValue::from_str(file.metadata.mimetype()).ok()? };
    let cache = if path.starts_with("assets/") { FOREVER } else { ASK };
    let bytes = match file.data {
        Cow::Borrowed(bytes) => Bytes::from_static(bytes),
        Cow::Owned(bytes) => Bytes::from(bytes),
    };
    let mut response = packed::answer(asked, file.metadata.sha256_hash(), &kind, bytes);
    response.headers_mut().insert(header::CACHE_CONTROL, cache);
    if path == CHECKER {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, KEEP);
    }
    Some(response)
}
