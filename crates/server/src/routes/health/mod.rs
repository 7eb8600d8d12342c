//! Whether the process lives, whether it is ready, how it fares.

use std::sync::LazyLock;
use std::time::Instant;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus::{
    Encoder, HistogramVec, IntGauge, IntGaugeVec, TextEncoder, register_histogram_vec, register_int_gauge,
    register_int_gauge_vec,
};

use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::auth::ClientAddress;
use crate::ledger::standing;
use crate::packed;

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

/// How far the machine's clock is behind what was recorded.
static CLOCK_BEHIND: LazyLock<Option<IntGauge>> = LazyLock::new(|| {
    register_int_gauge!(
        "yizhi_clock_behind_seconds",
        "Seconds by which the clock is behind what was recorded last; 0 when it is not"
    )
    .ok()
});

/// Connections to the database by use and kind, and commands that wait for it.
static DATABASE: LazyLock<Option<IntGaugeVec>> = LazyLock::new(|| {
    register_int_gauge_vec!(
        "yizhi_database",
        "The database: connections to read and to write (open, idle), case commands that wait (queued), whether it answers (up)",
        &["what"]
    )
    .ok()
});

/// Routes outside the API, and the API's description.
pub(crate) fn routes(description: utoipa::openapi::OpenApi) -> Router<App> {
    let text = Bytes::from(serde_json::to_vec(&description).unwrap_or_default());
    let digest = Sha256::digest(&text).into();
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/api/openapi.json", get(move |headers: HeaderMap| async move { described(&headers, digest, text) }))
}

/// The API's description, written once: anybody may ask for it, as often as they like.
fn described(asked: &HeaderMap, digest: [u8; 32], text: Bytes) -> Response {
    packed::answer(asked, digest, &HeaderValue::from_static("application/json"), text)
}

async fn ready(State(app): State<App>) -> Response {
    if !app.vital().lives() {
        return (StatusCode::SERVICE_UNAVAILABLE, "database not reachable").into_response();
    }
    match app.db().ping().await {
        Ok(()) => match (app.clock().behind().num_seconds(), app.db().unreadable().len()) {
            (0, 0) => "ready".into_response(),
            (0, rows) => format!("ready; {rows} stored rows cannot be read, see the log\n").into_response(),
            (seconds, 0) => format!("ready; clock behind by {seconds} s\n").into_response(),
            (seconds, rows) => {
                format!("ready; clock behind by {seconds} s; {rows} stored rows cannot be read, see the log\n")
                    .into_response()
            }
        },
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
    database(&app);
    if app.vital().lives() {
        gauge(&app).await;
    }
    let mut out = Vec::new();
    match TextEncoder::new().encode(&prometheus::gather(), &mut out) {
        Ok(()) => ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], out).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn database(app: &App) {
    let Some(gauges) = &*DATABASE else { return };
    let connections = app.db().connections();
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    for (what, value) in [
        ("read_open", i64::from(connections.read.0)),
        ("read_idle", number(connections.read.1)),
        ("write_open", i64::from(connections.write.0)),
        ("write_idle", number(connections.write.1)),
        ("queued", number(connections.queued)),
        ("up", i64::from(app.vital().lives())),
    ] {
        gauges.with_label_values(&[what]).set(value);
    }
}

/// Looks at the ledger. Where that fails, the last numbers stay: a scrape has to answer.
async fn gauge(app: &App) {
    if let Some(behind) = &*CLOCK_BEHIND {
        behind.set(app.clock().behind().num_seconds());
    }
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

/// A request that is timed, by method and route.
pub(crate) struct Timed {
    method: &'static str,
    route: Option<MatchedPath>,
    started: Instant,
}

impl Timed {
    pub(crate) fn start(request: &Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        Self { method: known(request.method()), route, started: Instant::now() }
    }

    pub(crate) fn answered(self, status: StatusCode) {
        let route = self.route.as_ref().map_or("-", MatchedPath::as_str);
        if let Some(requests) = &*REQUESTS {
            let seconds = self.started.elapsed().as_secs_f64();
            requests.with_label_values(&[self.method, route, status.as_str()]).observe(seconds);
        }
    }
}

/// A method as a label: anybody can make up others, and each label is kept for good.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
