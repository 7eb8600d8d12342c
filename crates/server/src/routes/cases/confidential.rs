//! `GET /cases/confidential`: that confidential cases exist, for those who answer for a county. Who sees one here cannot open it: nothing but the number
//! leads to it, and the number answers 404 to who takes no part in the case.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use yizhi_domain::region::Level;
use yizhi_domain::role::Permission;
use yizhi_store::ConfidentialRow;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Query;
use crate::routes::page::{PageQuery, cursor};
use crate::views::case::{CaseRegion, case_region};
use crate::views::text::Text;
use crate::views::time::{Shown, shown};

/// Which of them.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(crate) struct ConfidentialQuery {
    /// Also those that are closed.
    closed: Option<bool>,
    cursor: Option<String>,
    limit: Option<u64>,
}

/// A confidential case from outside: no title, text, reporter, or place below the county.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConfidentialItem {
    number: String,
    /// The class of its matter, not the matter.
    class: Text,
    state_name: Text,
    county: CaseRegion,
    recorded_at: Shown,
    closed_at: Option<Shown>,
    /// Full days since it was recorded, until it was closed.
    age_days: i64,
    /// The present stage's deadline.
    due_at: Option<Shown>,
    overall_due_at: Option<Shown>,
    overdue: bool,
}

/// A page of them, and how many there are.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConfidentialPage {
    items: Vec<ConfidentialItem>,
    /// Pass it back as `cursor` for the next page; absent on the last.
    next: Option<String>,
    total: u64,
    /// Open and past the present deadline.
    overdue: u64,
}

/// Whether a post stands high enough to know of confidential cases: at a county or above it.
pub(crate) fn answers_for(who: &Who) -> bool {
    who.post.path.level().is_some_and(|level| level <= Level::County)
}

/// The confidential cases of one's county, city or province, as far as anybody may know of them who takes no part.
#[utoipa::path(get, path = "/api/v1/cases/confidential", tag = "cases", params(ConfidentialQuery),
    responses((status = 200, body = ConfidentialPage), (status = 401, body = ProblemBody), (status = 403, body = ProblemBody),
              (status = 422, body = ProblemBody)))]
pub(crate) async fn confidential(
    who: Who,
    State(app): State<App>,
    Query(query): Query<ConfidentialQuery>,
) -> Result<Json<ConfidentialPage>, Problem> {
    who.must(Permission::SuperviseConfidential)?;
    if !answers_for(&who) {
        return Err(Problem::forbidden());
    }
    let page = PageQuery { cursor: query.cursor.clone(), limit: query.limit };
    let open = !query.closed.unwrap_or(false);
    let below = &who.post.path;
    let (rows, next) = app.db().confidential_list(below, open, page.after::<Uuid>()?, page.limit()?).await?;
    Ok(Json(ConfidentialPage {
        items: rows.iter().map(|row| item(&who, row)).collect(),
        next: next.map(cursor),
        total: app.db().confidential_count(below, open).await?,
        overdue: app.db().confidential_overdue(below, who.now).await?,
    }))
}

fn item(who: &Who, row: &ConfidentialRow) -> ConfidentialItem {
    let world = &who.world;
    let catalog = world.release(&row.release).unwrap_or(&world.catalog);
    let class = catalog.matter(&row.matter).map(|matter| matter.class_name());
    let state = catalog.procedure(&row.procedure).map(|procedure| procedure.state_name(&row.state));
    let unknown = || yizhi_domain::text::Text::new("其他", "Other");
    ConfidentialItem {
        number: row.number.clone(),
        class: class.unwrap_or_else(unknown).into(),
        state_name: state.unwrap_or_else(unknown).into(),
        county: case_region(world, &row.county),
        recorded_at: shown(row.recorded_at),
        closed_at: row.closed_at.map(shown),
        age_days: (row.closed_at.unwrap_or(who.now) - row.recorded_at).num_days(),
        due_at: row.due_at.map(shown),
        overall_due_at: row.overall_due_at.filter(|_| row.closed_at.is_none()).map(shown),
        overdue: row.due_at.is_some_and(|due| due < who.now),
    }
}
