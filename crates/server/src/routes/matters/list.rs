//! `GET /matters`: search by code, name, pinyin.

use axum::Json;
use serde::Deserialize;
use utoipa::IntoParams;
use yizhi_domain::search::name_query;

use crate::auth::Who;
use crate::error::Problem;
use crate::routes::address::Query;
use crate::routes::page::{Page, PageQuery};
use crate::views::matter::{MatterView, matter};

/// What to look for.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(crate) struct MatterQuery {
    /// Code, name, pinyin or its initials. Signs alone find nothing.
    q: Option<String>,
    /// Code of a category, such as `event-01`.
    category: Option<String>,
    cursor: Option<String>,
    limit: Option<u64>,
}

/// Matters in the order of their codes.
#[utoipa::path(get, path = "/api/v1/matters", tag = "catalog", params(MatterQuery), responses((status = 200, body = Page<MatterView>)))]
pub(crate) async fn list(who: Who, Query(query): Query<MatterQuery>) -> Result<Json<Page<MatterView>>, Problem> {
    let catalog = &who.world.catalog;
    let limit = usize::try_from(PageQuery { cursor: None, limit: query.limit }.limit()?).unwrap_or(usize::MAX);
    let named = name_query(query.q.as_deref().unwrap_or_default()).map_err(|fault| Problem::written("q", fault))?;
    let mut found: Vec<MatterView> = catalog
        .search_matters(named)
        .filter(|m| query.category.as_ref().is_none_or(|c| m.category.code == *c))
        .filter(|m| query.cursor.as_ref().is_none_or(|after| m.code > *after))
        .take(limit + 1)
        .map(|m| matter(catalog, m))
        .collect();
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|m| m.code.clone());
    Ok(Json(Page { items: found, next, total: None }))
}
