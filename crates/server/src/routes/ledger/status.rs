//! `GET /ledger`: how the ledger is doing.

use axum::Json;
use axum::extract::State;
use chrono::DateTime;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;
use crate::ledger::{Standing, Status, standing};
use crate::views::time::{Shown, shown};

/// A witness, and what it said last.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WitnessView {
    name: String,
    /// When it last cosigned.
    cosigned_at: Option<Shown>,
    /// Why it did not cosign the newest checkpoint.
    refusal: Option<String>,
}

/// How the ledger is doing.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LedgerView {
    /// Entries integrated.
    size: u64,
    /// Entries of the published checkpoint.
    published: u64,
    /// When that was published, as far as is known.
    published_at: Option<Shown>,
    /// Since when something recorded waits to be published.
    behind_since: Option<Shown>,
    /// It has waited longer than it may.
    overdue: bool,
    overdue_after_seconds: i64,
    /// Whether restricted reads are refused while evidence is overdue.
    gates: bool,
    /// How many witnesses must sign.
    quorum: usize,
    origin: String,
    witnesses: Vec<WitnessView>,
    /// By how many seconds the server's clock is behind what was recorded; 0 when it is not.
    clock_behind_seconds: i64,
    /// Why nothing is integrated or signed, and no receipt is given.
    fault: Option<String>,
}

/// Size, last checkpoint, witnesses, and whether evidence keeps up.
#[utoipa::path(get, path = "/api/v1/ledger", tag = "ledger", responses((status = 200, body = LedgerView)))]
pub(crate) async fn status(_: Who, State(app): State<App>) -> Result<Json<LedgerView>, Problem> {
    let standing = standing(&app).await?;
    let status = app.ledger().status();
    let config = app.config();
    Ok(Json(LedgerView {
        size: standing.size,
        published: standing.published,
        published_at: published_at(&standing, &status),
        behind_since: standing.behind_since.map(shown),
        overdue: standing.overdue,
        overdue_after_seconds: config.evidence_overdue.num_seconds(),
        gates: config.gates(),
        quorum: app.ledger().policy().quorum,
        origin: app.ledger().keys().log().name().to_owned(),
        witnesses: witnesses(&app, &standing, &status),
        clock_behind_seconds: app.clock().behind().num_seconds(),
        fault: standing.fault,
    }))
}

/// As this process saw it; else the last of the witnesses' times.
fn published_at(standing: &Standing, status: &Status) -> Option<Shown> {
    let seen = status.published_at.filter(|_| status.published == standing.published);
    let last = standing.cosigned.iter().map(|cosigned| cosigned.time).max();
    seen.or_else(|| last.and_then(moment)).map(shown)
}

fn witnesses(app: &App, standing: &Standing, status: &Status) -> Vec<WitnessView> {
    let view = |name: &str| {
        let heard = status.witnesses.iter().find(|heard| heard.name == name);
        let signed = standing.cosigned.iter().find(|cosigned| cosigned.name == name);
        let at =
            heard.and_then(|heard| heard.cosigned_at).or_else(|| signed.and_then(|cosigned| moment(cosigned.time)));
        WitnessView {
            name: name.to_owned(),
            cosigned_at: at.map(shown),
            refusal: heard.and_then(|heard| heard.refusal.clone()),
        }
    };
    app.ledger().policy().witnesses.iter().map(|witness| view(witness.key().name())).collect()
}

fn moment(seconds: u64) -> Option<DateTime<chrono::Utc>> {
    i64::try_from(seconds).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0))
}
