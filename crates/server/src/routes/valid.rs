//! JSON bodies, read within the bounds of `yizhi_domain::json`, whose faults are told as problems that name the field.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use serde_json::Value;
use yizhi_domain::json::{self, JsonFault, JsonFaultKind};
use yizhi_domain::text::Text;

use crate::error::Problem;

use super::as_described::AsDescribed;

/// A JSON body that could be read.
pub(crate) struct Valid<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Valid<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        parsed(body(request, state).await?).map(Self)
    }
}

/// Most bytes of a body with a table in it: ten thousand lines, each several times as long as its codes and names.
pub(crate) const TABLE_MAX: usize = 4 * 1024 * 1024;

/// A JSON body with a table in it, which is longer than texts are elsewhere; the size of the body bounds it.
pub(crate) struct WithTable<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for WithTable<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let bytes = sent(request, state, table_not_whole).await?;
        parsed(json::read_tables(&bytes).map_err(|fault| out_of_bounds(&fault))?).map(Self)
    }
}

fn not_whole(status: StatusCode) -> Problem {
    Problem::new(
        status,
        "too_large",
        "请求内容太大，或没有传完。请减少内容后再试。",
        "The request is too large, or was cut off; send less, or send it again.",
    )
}

fn table_not_whole(status: StatusCode) -> Problem {
    if status != StatusCode::PAYLOAD_TOO_LARGE {
        return not_whole(status);
    }
    let most = TABLE_MAX >> 20;
    Problem::new(
        status,
        "too_large",
        format!("表格太大：一次最多 {most} MB。请把文件分成几个，分别导入；用不到的列可以删去。"),
        format!(
            "The table is too large: at most {most} MB at once. Split the file and import the parts; columns that are not needed may go."
        ),
    )
}

/// The body of a request as a value.
///
/// # Errors
/// 400, 413, 415 or 422, as its fault is.
pub(super) async fn body<S: Send + Sync>(request: Request, state: &S) -> Result<Value, Problem> {
    let bytes = sent(request, state, not_whole).await?;
    json::read(&bytes).map_err(|fault| out_of_bounds(&fault))
}

async fn sent<S: Send + Sync>(
    request: Request,
    state: &S,
    not_whole: fn(StatusCode) -> Problem,
) -> Result<Bytes, Problem> {
    if !is_json(request.headers()) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not_json",
            "请求头 Content-Type 应为 application/json。",
            "Send the header Content-Type: application/json.",
        ));
    }
    Bytes::from_request(request, state).await.map_err(|rejection| not_whole(rejection.status()))
}

/// The value as the type that an endpoint takes.
///
/// # Errors
/// 422 names the field.
pub(super) fn parsed<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_path_to_error::deserialize(AsDescribed(value)).map_err(|error| {
        let path = error.path().to_string();
        let said = error.into_inner().to_string();
        let named = said.split('`').nth(1).filter(|_| said.starts_with("missing field"));
        let unknown = said.split('`').nth(1).filter(|_| said.starts_with("unknown field"));
        if let Some(name) = unknown {
            // The path ends in the member that is not known.
            let field = if path == "." { name.to_owned() } else { path };
            return Problem::invalid(
                &*field,
                format!("这里不接受“{field}”，请去掉。"),
                format!("“{field}” is not taken here; leave it out."),
            );
        }
        match named {
            Some(name) => {
                let field = if path == "." { name.to_owned() } else { format!("{path}.{name}") };
                Problem::invalid(&*field, format!("请填写“{field}”。"), format!("Give “{field}”."))
            }
            None => {
                let field = if path == "." { "body".to_owned() } else { path };
                match super::address::moment_words(&said) {
                    Some(Text { zh, en }) => {
                        Problem::invalid(&*field, format!("“{field}”{zh}"), format!("“{field}” {en}"))
                    }
                    None => Problem::invalid(
                        &*field,
                        format!("“{field}”填写有误，请检查它的类型和写法。"),
                        format!("“{field}” is not right: {said}"),
                    ),
                }
            }
        }
    })
}

fn is_json(headers: &HeaderMap) -> bool {
    let named = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let kind = named.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

fn out_of_bounds(fault: &JsonFault) -> Problem {
    let hint = fault.hint();
    match fault.kind {
        JsonFaultKind::Syntax { .. } => Problem::new(StatusCode::BAD_REQUEST, "not_json", hint.zh, hint.en),
        _ if fault.field.is_empty() => Problem::invalid("body", hint.zh, hint.en),
        _ => Problem::invalid(&*fault.field, hint.zh, hint.en),
    }
}
