//! `GET /looks`: the auditor's list, itself a look.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use yizhi_domain::ids::{CaseId, PersonId};
use yizhi_domain::look::LookKind;
use yizhi_domain::role::Permission;
use yizhi_store::LookFilter;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::looks::{self, Sight};
use crate::routes::address::Query;
use crate::routes::moment::{Since, Until, written};
use crate::routes::page::{PageQuery, cursor};

use super::view::{LookView, views};

/// What an auditor looks for; absent ones do not filter.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
pub(crate) struct LooksQuery {
    /// At or after: a moment, or a day from its beginning.
    #[param(value_type = Option<String>, example = "2026-11-01")]
    from: Option<Since>,
    /// Before a moment, or until a day is over.
    #[param(value_type = Option<String>, example = "2026-11-30")]
    to: Option<Until>,
    /// Who looked.
    account: Option<String>,
    /// `unmask`, `export`, `read` or `looks`.
    kind: Option<String>,
    /// Id or number of the case.
    case: Option<String>,
    cursor: Option<String>,
    limit: Option<u64>,
}

/// A page of looks.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LookPage {
    items: Vec<LookView>,
    /// Pass it back as `cursor` for the next page; absent on the last.
    next: Option<String>,
    /// Months that these records are kept at least.
    kept_until_months: u32,
}

/// Names of what these lists show, as the record of such a look has them.
pub(super) const FIELDS: [&str; 8] = ["at", "kind", "actor", "post", "purpose", "case", "fields", "filter"];

/// Looks in the region of the auditor's post, the newest first: at cases there, and lists taken by posts there.
#[utoipa::path(get, path = "/api/v1/looks", tag = "looks", params(LooksQuery),
    responses((status = 200, body = LookPage), (status = 403, body = ProblemBody), (status = 422, body = ProblemBody)))]
pub(crate) async fn list(
    who: Who,
    State(app): State<App>,
    Query(query): Query<LooksQuery>,
) -> Result<Json<LookPage>, Problem> {
    who.must(Permission::ReadTrace)?;
    let filter = filter(&app, &who, &query).await?;
    let (found, next) = app.db().looks(&filter).await?;
    let page = LookPage {
        items: views(&app, &who, &found).await?,
        next: next.map(cursor),
        kept_until_months: who.world.catalog.retention().looks.as_ref().map_or(0, |term| term.months),
    };
    let rows = page.items.len() as u64;
    Ok(Json(looks::shown(&app, &who, LookKind::Looks, sight(&query, rows), page).await?))
}

/// A look at looks.
pub(super) fn sight(query: &LooksQuery, rows: u64) -> Sight<'static> {
    let fields = FIELDS.map(str::to_owned).to_vec();
    Sight { fields, rows: Some(rows), filter: said(query), ..Sight::default() }
}

fn said(query: &LooksQuery) -> Option<String> {
    let said = [
        query.from.map(|Since(at)| format!("from={}", written(at))),
        query.to.map(|Until(at)| format!("to={}", written(at))),
        query.account.as_ref().map(|account| format!("account={account}")),
        query.kind.as_ref().map(|kind| format!("kind={kind}")),
        query.case.as_ref().map(|case| format!("case={case}")),
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join("&"))
}

pub(super) async fn filter(app: &App, who: &Who, query: &LooksQuery) -> Result<LookFilter, Problem> {
    let page = PageQuery { cursor: query.cursor.clone(), limit: query.limit };
    Ok(LookFilter {
        region: who.post.path.clone(),
        from: query.from.map(|Since(at)| at),
        to: query.to.map(|Until(at)| at),
        person: person(app, query.account.as_deref()).await?,
        kind: query.kind.as_deref().map(kind).transpose()?,
        case: case(app, query.case.as_deref()).await?,
        after: page.after()?,
        limit: page.limit()?,
    })
}

async fn person(app: &App, account: Option<&str>) -> Result<Option<PersonId>, Problem> {
    let Some(account) = account else { return Ok(None) };
    let found = app.db().person_of_account(account).await?;
    found.map(Some).ok_or_else(|| {
        let (zh, en) = (format!("没有账号“{account}”，请检查。"), format!("There is no account “{account}”."));
        Problem::invalid("account", zh, en)
    })
}

async fn case(app: &App, name: Option<&str>) -> Result<Option<CaseId>, Problem> {
    let Some(name) = name else { return Ok(None) };
    let found = match name.parse() {
        Ok(id) => Some(id),
        Err(_) => app.db().look_case(name).await?,
    };
    found.map(Some).ok_or_else(|| {
        let (zh, en) = (format!("没有编号为“{name}”的案件，请检查。"), format!("There is no case “{name}”."));
        Problem::invalid("case", zh, en)
    })
}

fn kind(text: &str) -> Result<LookKind, Problem> {
    LookKind::parse(text).ok_or_else(|| {
        Problem::invalid(
            "kind",
            "kind 只能是 unmask、export、read 或 looks。",
            "kind is unmask, export, read or looks.",
        )
    })
}
