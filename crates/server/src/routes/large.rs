//! Large JSON answers: a case in full is some kilobytes, which a buffer that grows from nothing would copy several times.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::error::Problem;

/// JSON of several kilobytes.
pub(crate) struct Large<T>(pub(crate) T);

const USUAL: usize = 16 * 1024;

impl<T: Serialize> IntoResponse for Large<T> {
    fn into_response(self) -> Response {
        let mut body = Vec::with_capacity(USUAL);
        match serde_json::to_writer(&mut body, &self.0) {
            Ok(()) => ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response(),
            Err(error) => Problem::internal(&error).into_response(),
        }
    }
}
