//! `GET /cases/{id}/receipts/{seq}`: the proof that a step of a case, or an erasure in it, is in the ledger.

use axum::extract::State;
use axum::response::Response;
use yizhi_domain::role::Permission;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::ledger::{WITHHELD_OF_ERASURE, WITHHELD_OF_STEP};
use crate::looks;
use crate::routes::address::Path;
use crate::routes::ledger::proof;

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
    let withheld = withheld(&record.kind).ok_or_else(Problem::not_found)?;
    let file = proof::file(&app, &record, withheld, &found.case.number).await?;
    looks::read(&app, &who, &found.case, "receipt", None).await?;
    Ok(file)
}

/// What no receipt of a kind of records shows. Records of looks are about the case too; they are the auditor's.
fn withheld(kind: &str) -> Option<&'static [&'static str]> {
    match kind {
        "case.step" => Some(&WITHHELD_OF_STEP),
        "erasure.propose" | "erasure.done" | "erasure.refuse" => Some(&WITHHELD_OF_ERASURE),
        _ => None,
    }
}
