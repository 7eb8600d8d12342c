//! `GET /looks/{seq}/receipt`: the proof that a look is in the ledger.

use axum::extract::State;
use axum::response::Response;
use serde_json::Value;
use yizhi_domain::look::Look;
use yizhi_domain::role::Permission;
use yizhi_store::RecordRow;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;
use crate::routes::ledger::proof;

/// Who looked is withheld, as in the receipt of a step; the hash stands for it.
const WITHHELD: [&str; 1] = ["fields/actor"];

/// A look as a proof file (C2SP tlog-proof) that anybody can check without us: what was looked at, when, in which post, for which purpose.
#[utoipa::path(get, path = "/api/v1/looks/{seq}/receipt", tag = "looks", params(("seq" = u64, Path)),
    responses((status = 200, body = String, content_type = "text/plain"), (status = 404, body = ProblemBody), (status = 503, body = ProblemBody)))]
pub(crate) async fn receipt(who: Who, State(app): State<App>, Path(seq): Path<u64>) -> Result<Response, Problem> {
    who.must(Permission::ReadTrace)?;
    let place = i64::try_from(seq).map_err(|_| Problem::not_found())?;
    let record = app.db().record_at(place).await?.filter(|record| is_within(&who, record));
    let record = record.ok_or_else(Problem::not_found)?;
    proof::file(&app, &record, &WITHHELD, "look").await
}

/// Whether a record is a look of the auditor's region.
fn is_within(who: &Who, record: &RecordRow) -> bool {
    let whole: Value = serde_json::from_slice(&record.canonical).unwrap_or_default();
    let fields = whole.get("fields").and_then(Value::as_object);
    let look = fields.and_then(|fields| Look::read(&record.kind, record.subject, fields));
    look.is_some_and(|look| who.post.path.contains(look.region()))
}
