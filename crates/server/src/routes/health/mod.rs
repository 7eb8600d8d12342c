//! Whether the process lives, whether it is ready, how it fares.

use std::sync::LazyLock;
use std::time::Instant;

use axum::Json;
use axum::Router;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus::{Encoder, HistogramVec, IntGaugeVec, TextEncoder, register_histogram_vec, register_int_gauge_vec};

use crate::app::App;
use crate::auth::ClientAddress;
use crate::ledger::standing;

static REQUESTS: LazyLock<Option<HistogramVec>> = LazyLock::new(|| {
    register_histogram_vec!(
        "yizhi_request_seconds",
        "Time to answer requests, by method, route and status",
        &["method", "route", "status"],
        vec![0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0]
    )
    .ok()
});

/// How the ledger does, by what is counted of it.
static LEDGER: LazyLock<Option<IntGaugeVec>> = LazyLock::new(|| {
    register_int_gauge_vec!(
        "yizhi_ledger",
        "The ledger: entries integrated (size) and published, seconds that something waits to be published (behind), whether too long (overdue)",
        &["what"]
    )
    .ok()
});

/// Routes outside the API, and the API's description.
pub(crate) fn routes(description: utoipa::openapi::OpenApi) -> Router<App> {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/api/openapi.json", get(move || async move { Json(description) }))
}

async fn ready(State(app): State<App>) -> Response {
    match app.db().ping().await {
        Ok(()) => "ready".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "database not reachable").into_response()
        }
    }
}

async fn metrics(State(app): State<App>, request: Request) -> Response {
    let ClientAddress(client) = ClientAddress::of(&app, request.extensions(), request.headers());
    if !app.config().public_metrics && !client.is_some_and(|client| client.is_loopback()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    gauge(&app).await;
    let mut out = Vec::new();
    match TextEncoder::new().encode(&prometheus::gather(), &mut out) {
        Ok(()) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], out).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Looks at the ledger. Where that fails, the last numbers stay: a scrape has to answer.
async fn gauge(app: &App) {
    let Some(gauges) = &*LEDGER else { return };
    match standing(app).await {
        Ok(standing) => {
            let behind = standing.behind_since.map_or(0, |since| (app.now() - since).num_seconds());
            let entries = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
            for (what, value) in [
                ("size", entries(standing.size)),
                ("published", entries(standing.published)),
                ("behind", behind),
                ("overdue", i64::from(standing.overdue)),
            ] {
                gauges.with_label_values(&[what]).set(value);
            }
        }
        Err(error) => tracing::warn!(%error, "the ledger's standing is not known"),
    }
}

/// Times every request.
pub(crate) async fn measure(State(_): State<App>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "-".to_owned(), |p| p.as_str().to_owned());
    let started = Instant::now();
    let response = next.run(request).await;
    if let Some(requests) = &*REQUESTS {
        let status = response.status();
        requests
            .with_label_values(&[method.as_str(), &route, status.as_str()])
            .observe(started.elapsed().as_secs_f64());
    }
    response
}
