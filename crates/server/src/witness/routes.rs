//! The calls of a witness: `POST /add-checkpoint` as C2SP tlog-witness has it, `GET /vkey`, `GET /healthz`.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use yizhi_ledger::witness::Answer;

use super::{Reply, Witness};

/// A request has 63 hashes and some signatures: a few thousand bytes, more only with signatures of many witnesses.
const BODY_MAX: usize = 256 * 1024;

/// A body that takes longer is not waited for.
const BODY_WITHIN: Duration = Duration::from_secs(10);

/// Everything a witness answers.
pub fn router(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .route("/vkey", get(vkey))
        .route("/healthz", get(|| async { "ok" }))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .with_state(witness)
}

async fn vkey(State(witness): State<Arc<Witness>>) -> String {
    format!("{}\n", witness.key())
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, request: Request) -> Response {
    let body = match tokio::time::timeout(BODY_WITHIN, Bytes::from_request(request, &())).await {
        Ok(Ok(body)) => body,
        Ok(Err(rejection)) => return rejection.into_response(),
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    match tokio::task::spawn_blocking(move || witness.add_checkpoint(&body)).await {
        Ok(Ok(reply)) => response(&reply),
        Ok(Err(error)) => failed(&error),
        Err(error) => failed(&error),
    }
}

fn response(reply: &Reply) -> Response {
    match reply {
        Reply::Cosigned(signature) => format!("{signature}\n").into_response(),
        Reply::Malformed(error) => {
            (StatusCode::BAD_REQUEST, format!("请求格式有误 malformed request: {error}\n")).into_response()
        }
        Reply::Refused(answer) => refusal(*answer),
    }
}

fn refusal(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = match answer {
        Answer::Conflict { size } => {
            return (status, [(header::CONTENT_TYPE, "text/x.tlog.size")], format!("{size}\n")).into_response();
        }
        Answer::NotFound => "不见证这个账本 this log is not watched here\n",
        Answer::Forbidden => "没有该账本的有效签名 no valid signature of a known key of the log\n",
        Answer::BadRequest => "旧条目数大于新条目数 the old size is larger than the new one\n",
        Answer::Unprocessable => {
            "未证明新检查点接续已见证的历史 the checkpoint is not shown to continue the one cosigned last\n"
        }
        Answer::Cosign(_) => "",
    };
    (status, text).into_response()
}

/// The caller learns nothing but that it was not signed.
fn failed(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "未签字 not cosigned");
    (StatusCode::INTERNAL_SERVER_ERROR, "见证方故障，未签字 the witness has a fault and has not cosigned\n")
        .into_response()
}
