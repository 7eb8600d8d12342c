//! `GET /departments`.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;
use crate::routes::address::Query;
use crate::routes::page::Page;
use crate::views::text::Text;

/// Where.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(crate) struct DepartmentQuery {
    /// Code of a region; one's own if absent.
    region: Option<String>,
}

/// A department and how many handlers it has there.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DepartmentView {
    code: String,
    name: Text,
    people: usize,
}

/// The kinds of department, with their people at or above a region.
#[utoipa::path(get, path = "/api/v1/departments", tag = "catalog", params(DepartmentQuery), responses((status = 200, body = Page<DepartmentView>)))]
pub(crate) async fn list(
    who: Who,
    State(app): State<App>,
    Query(query): Query<DepartmentQuery>,
) -> Result<Json<Page<DepartmentView>>, Problem> {
    let path = match &query.region {
        Some(code) => crate::routes::regions::path_of(&app, &who, code)?,
        None => who.post.path.clone(),
    };
    let people = |code: &str| {
        let posts = who.world.directory.posts();
        posts
            .filter(|p| p.department.as_deref() == Some(code) && (p.path.contains(&path) || path.contains(&p.path)))
            .count()
    };
    let view = |d: &yizhi_domain::department::Department| DepartmentView {
        code: d.code.clone(),
        name: (&d.name).into(),
        people: people(&d.code),
    };
    Ok(Json(Page::whole(who.world.catalog.departments().map(view).collect())))
}
