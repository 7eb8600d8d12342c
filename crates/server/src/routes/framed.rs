//! Refusals that no handler has made (no such route, another method, a body that is too large) as problems in the reader's language, like all others.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::described::PROBLEM;
use crate::error::Problem;

/// Answers of the API that are a failure are problems, whoever has made them.
pub(crate) fn as_problem(response: Response) -> Response {
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_problem(response.headers()) {
        return response;
    }
    let mut framed = problem(status).into_response();
    for (name, value) in response.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            framed.headers_mut().append(name, value.clone());
        }
    }
    framed
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == PROBLEM)
}

fn problem(status: StatusCode) -> Problem {
    let (code, zh, en) = match status {
        StatusCode::NOT_FOUND => return Problem::not_found(),
        StatusCode::UNAUTHORIZED => return Problem::no_session(),
        StatusCode::FORBIDDEN => return Problem::forbidden(),
        StatusCode::METHOD_NOT_ALLOWED => (
            "method_not_allowed",
            "这个地址不支持这种请求方法，可用的方法见响应头 Allow。",
            "This address does not take that method; the header Allow names those it takes.",
        ),
        StatusCode::REQUEST_TIMEOUT => (
            "too_slow",
            "请求没有在限定时间内传完，请检查网络后重试。",
            "The request did not arrive in time; check the network and try again.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => {
            ("too_large", "请求内容太大，请减少后再试。", "The request is too large; send less at once.")
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => (
            "unsupported_media",
            "不支持这种内容类型，请检查请求头 Content-Type。",
            "That type of content is not taken; check the header Content-Type.",
        ),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            ("busy", "服务正忙，请稍后再试。", "The service is busy; try again shortly.")
        }
        status if status.is_server_error() => {
            ("internal", "服务出错了，请稍后再试。", "Something failed here; try again later.")
        }
        _ => ("bad_request", "请求有误，服务看不懂，请检查后再试。", "The request cannot be read; check it."),
    };
    Problem::new(status, code, zh, en)
}
