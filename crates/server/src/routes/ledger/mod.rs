//! The log's files, open to everybody (C2SP tlog-tiles): there is no personal data in them, and who cannot read them cannot check us.

pub(crate) mod proof;
pub(crate) mod status;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use yizhi_ledger::note::SignedCheckpoint;
use yizhi_ledger::receipt::PolicyError;
use yizhi_ledger::tile::TileId;

use crate::app::App;
use crate::error::Problem;
use crate::ledger::{faulty, not_cosigned};
use crate::routes::address::Path;

const TEXT: &str = "text/plain; charset=utf-8";
/// A tile never changes; a partial one may be collected, but never differ.
const FOREVER: &str = "public, max-age=31536000, immutable";

/// Routes outside the API.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/ledger/checkpoint", get(checkpoint))
        .route("/ledger/tile/{*path}", get(tile))
        .route("/ledger/vkeys", get(vkeys))
}

async fn checkpoint(State(app): State<App>) -> Result<Response, Problem> {
    let found = app.ledger().files().checkpoint_bytes().await.map_err(|e| Problem::internal(&e))?;
    let bytes = found.ok_or_else(Problem::not_found)?;
    // What lacks its witnesses is not published, and what is not this log's was never so.
    let checkpoint = SignedCheckpoint::parse(&bytes).map_err(|_| faulty())?;
    match app.ledger().keys().check(&checkpoint) {
        Ok(_) => {}
        Err(PolicyError::Quorum { .. }) => return Err(not_cosigned()),
        Err(_) => return Err(faulty()),
    }
    Ok(([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, "no-cache")], bytes).into_response())
}

async fn tile(State(app): State<App>, Path(path): Path<String>) -> Result<Response, Problem> {
    let Some(id) = TileId::parse(&format!("tile/{path}")) else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let exact = app.ledger().files().exact(&id).await.map_err(|e| Problem::internal(&e))?;
    let bytes = exact.ok_or_else(Problem::not_found)?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(FOREVER));
    Ok(response)
}

/// The keys to pin: whoever fetches them from us trusts us for that moment. The log's first, its witnesses', how many must sign.
async fn vkeys(State(app): State<App>) -> Response {
    ([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, "no-cache")], app.ledger().keys().to_string())
        .into_response()
}
