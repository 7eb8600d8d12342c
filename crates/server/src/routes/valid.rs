//! JSON bodies whose faults are told as problems that name the field.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use crate::error::Problem;

/// A JSON body that could be read.
pub(crate) struct Valid<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Valid<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        Json::<T>::from_request(request, state).await.map(|Json(body)| Self(body)).map_err(|e| problem(&e))
    }
}

fn problem(rejection: &JsonRejection) -> Problem {
    match rejection {
        JsonRejection::JsonDataError(e) => {
            let said = e.body_text();
            let field = said.split('`').nth(1).unwrap_or("body").to_owned();
            Problem::invalid(
                field,
                format!("请求内容有误：{said}"),
                format!("The request's content is not right: {said}"),
            )
        }
        JsonRejection::JsonSyntaxError(e) => Problem::new(
            StatusCode::BAD_REQUEST,
            "not_json",
            format!("请求不是有效的 JSON：{}", e.body_text()),
            format!("The request is not valid JSON: {}", e.body_text()),
        ),
        JsonRejection::MissingJsonContentType(_) => Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            "请求头 Content-Type 应为 application/json。",
            "Send the header Content-Type: application/json.",
        ),
        other => Problem::new(
            other.status(),
            "too_large",
            "请求内容太大。",
            format!("The request could not be read: {}", other.body_text()),
        ),
    }
}
