//! `GET /regions`: children of a region, or a search.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use yizhi_domain::region::{Region, RegionPath, RegionTree};
use yizhi_domain::search::name_query;
use yizhi_domain::world::World;

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;
use crate::routes::address::Query;
use crate::routes::page::Page;
use crate::views::region::{RegionView, region};

/// What to list.
#[derive(Debug, Default, Deserialize, IntoParams)]
pub(crate) struct RegionQuery {
    /// Code of the region whose children are wanted.
    parent: Option<String>,
    /// Name, code or pinyin initials.
    q: Option<String>,
}

const HITS: usize = 50;

/// Children of a region in the order of their codes; a search; or, without both, the top of one's own slice.
#[utoipa::path(get, path = "/api/v1/regions", tag = "places", params(RegionQuery), responses((status = 200, body = Page<RegionView>)))]
pub(crate) async fn list(
    who: Who,
    State(app): State<App>,
    Query(query): Query<RegionQuery>,
) -> Result<Json<Page<RegionView>>, Problem> {
    let tree = &who.world.regions;
    let named = query.q.as_deref().map(name_query).transpose().map_err(|fault| Problem::written("q", fault))?;
    let named = named.map(Option::unwrap_or_default);
    let parent = query.parent.as_deref().filter(|p| !p.is_empty());
    let parent = parent.map(|code| super::path_of(&app, &who, code)).transpose()?;
    let found = match (parent, named) {
        (parent, Some(named)) => {
            let within = parent.unwrap_or_else(RegionPath::root);
            let search = move |world: &World| shown(&world.regions, world.regions.search(&named, &within, HITS));
            super::looking(&who.world, search).await?
        }
        (Some(parent), None) => shown(tree, tree.children(&parent)),
        (None, None) => shown(tree, tree.by_path(&super::top(&who))),
    };
    Ok(Json(Page::whole(found)))
}

fn shown<'t>(tree: &'t RegionTree, found: impl IntoIterator<Item = Region<'t>>) -> Vec<RegionView> {
    found.into_iter().map(|r| region(tree, &r)).collect()
}
