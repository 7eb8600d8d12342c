//! `GET /people`.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yizhi_domain::region::RegionPath;
use yizhi_domain::role::Permission;
use yizhi_domain::search::{folded, name_query};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Query;
use crate::routes::page::{Page, PageQuery};

use super::managed::{self, Managed};
use super::view::{ManagedPerson, people};

/// Which people.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(crate) struct PeopleQuery {
    /// Code of a region: those with a post in it or below.
    region: Option<String>,
    /// Part of the account or name. Signs alone find nobody.
    q: Option<String>,
    cursor: Option<String>,
    /// 1 to 200, 50 if absent.
    limit: Option<u64>,
}

/// For the three administrators: people whose posts all lie in one's own region, in the order of their accounts.
#[utoipa::path(get, path = "/api/v1/people", tag = "people", params(PeopleQuery),
    responses((status = 200, body = Page<ManagedPerson>), (status = 403, body = ProblemBody), (status = 404, body = ProblemBody)))]
pub(crate) async fn list(
    who: Who,
    State(app): State<App>,
    Query(query): Query<PeopleQuery>,
) -> Result<Json<Page<ManagedPerson>>, Problem> {
    if !who.role.permissions.contains(&Permission::ConfirmPeople) {
        who.must(Permission::ManagePeople)?;
    }
    let limit = usize::try_from(PageQuery { cursor: None, limit: query.limit }.limit()?).unwrap_or(usize::MAX);
    let below = query.region.as_deref().map(|code| region(&who, code)).transpose()?;
    let words = name_query(query.q.as_deref().unwrap_or_default()).map_err(|fault| Problem::written("q", fault))?;
    let mut found: Vec<Managed<'_>> = managed::all(&who)
        .into_iter()
        .filter(|m| query.cursor.as_ref().is_none_or(|after| m.person.account > *after))
        .filter(|m| below.as_ref().is_none_or(|path| m.posts.iter().any(|p| path.contains(&p.path))))
        .filter(|m| is_named(m, words.as_deref()))
        .take(limit + 1)
        .collect();
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|m| m.person.account.clone());
    Ok(Json(Page { items: people(&app, &who, &found).await?, next, total: None }))
}

fn region(who: &Who, code: &str) -> Result<RegionPath, Problem> {
    let found = who.world.regions.by_code(code).map(|r| r.path());
    found.filter(|path| who.post.path.contains(path)).ok_or_else(Problem::not_found)
}

fn is_named(managed: &Managed<'_>, words: Option<&str>) -> bool {
    let Some(words) = words else { return true };
    let named = [&managed.person.account, &managed.person.name];
    !words.is_empty() && named.iter().any(|name| folded(name).contains(words))
}
