//! `GET /cases/{id}/receipts/{seq}`: the proof that a step of a case is in the ledger.

use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use yizhi_domain::role::Permission;
use yizhi_ledger::receipt::{Receipt, parts};
use yizhi_ledger::tile::{inclusion_tiles, prove_inclusion};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};

/// Leaves that no receipt shows: who acted, who decided an erasure and why, and what was told, which may name people.
const WITHHELD: [&str; 10] = [
    "fields/actor",
    "fields/confirmedBy",
    "fields/contact",
    "fields/description",
    "fields/details",
    "fields/location",
    "fields/proposedBy",
    "fields/reason",
    "fields/refusedBy",
    "fields/title",
];

/// A step of a case as a proof file (C2SP tlog-proof) that anybody can check without us: what was done, when, by which post, up to which state. Who did it
/// and details are withheld; their hashes stand for them, as they do for what was erased.
#[utoipa::path(get, path = "/api/v1/cases/{id}/receipts/{seq}", tag = "ledger",
    params(("id" = String, Path), ("seq" = u64, Path, description = "The step's `ledger` in the timeline")),
    responses((status = 200, body = String, content_type = "text/plain"), (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(crate) async fn receipt(
    who: Who,
    State(app): State<App>,
    Path((name, seq)): Path<(String, u64)>,
) -> Result<Response, Problem> {
    who.must(Permission::ReadCases)?;
    let found = super::found::find(&app, &who, &name).await?;
    let place = i64::try_from(seq).map_err(|_| Problem::not_found())?;
    let record = app.db().record_at(place).await?.filter(|record| record.subject == found.case.id.0);
    let record = record.ok_or_else(Problem::not_found)?;
    let checkpoint = app.ledger().files().checkpoint().await.map_err(|e| Problem::internal(&e))?;
    let checkpoint = checkpoint.filter(|c| seq < c.head().size).ok_or_else(not_yet)?;
    let size = checkpoint.head().size;
    let tiles = inclusion_tiles(seq, size).map_err(|e| Problem::internal(&e))?;
    let tiles = app.ledger().files().tiles(tiles).await.map_err(|e| Problem::internal(&e))?;
    let proof = prove_inclusion(seq, size, &tiles).map_err(|e| Problem::internal(&e))?;
    let shown = parts(&record.canonical, &record.salts, |name| !WITHHELD.contains(&name));
    let shown = shown.map_err(|e| Problem::internal(&e))?;
    let receipt = Receipt::new(shown, seq, proof, checkpoint).map_err(|e| Problem::internal(&e))?;
    let name = format!("attachment; filename=\"{}-{seq}.tlog-proof\"", found.case.number);
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, receipt.to_string()).into_response())
}

fn not_yet() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "not_in_ledger_yet",
        "这一步还没有写进账本，通常只要一秒。请稍后再试。",
        "This step is not in the ledger yet; it takes about a second. Try again shortly.",
    )
    .with_retry_after(1)
}
