//! `GET /grids/search`: finding a place by name, without a map.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use yizhi_domain::region::{Level, RegionPath, RegionTree};
use yizhi_domain::search::{folded, name_query};

use crate::app::App;
use crate::auth::Who;
use crate::error::Problem;
use crate::places::{Grid, Places};
use crate::routes::address::Query;
use crate::routes::page::Page;
use crate::routes::regions::looking;
use crate::views::region::LonLat;

/// Words.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct SearchQuery {
    /// Name, code or pinyin initials of a grid, village or township.
    q: String,
    /// Only inside this region.
    region: Option<String>,
}

/// A place found.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlaceHit {
    /// `grid`, `village` or `township`.
    kind: &'static str,
    code: String,
    name: String,
    region_name: String,
    center: Option<LonLat>,
}

const REGIONS: usize = 10;
const HITS: usize = 40;

/// Grids, villages and townships by name; a village is followed by its grids.
#[utoipa::path(get, path = "/api/v1/grids/search", tag = "places", params(SearchQuery), responses((status = 200, body = Page<PlaceHit>)))]
pub(crate) async fn search(
    who: Who,
    State(app): State<App>,
    Query(query): Query<SearchQuery>,
) -> Result<Json<Page<PlaceHit>>, Problem> {
    let within = match &query.region {
        Some(code) => crate::routes::regions::path_of(&app, &who, code)?,
        None => who.post.path.at(Level::County),
    };
    let places = app.places();
    let named = name_query(&query.q).map_err(|fault| Problem::written("q", fault))?.unwrap_or_default();
    let found = looking(&who.world, move |world| found(&world.regions, &places, &named, &within));
    Ok(Json(Page::whole(found.await?)))
}

fn found(tree: &RegionTree, places: &Places, named: &str, within: &RegionPath) -> Vec<PlaceHit> {
    let mut hits = Vec::new();
    for region in tree.search(named, within, REGIONS).into_iter().filter(|r| r.level >= Level::Township) {
        hits.push(PlaceHit {
            kind: region.level.as_str(),
            code: region.code.to_owned(),
            name: region.name.to_owned(),
            region_name: tree.parent(&region).map(|r| r.name.to_owned()).unwrap_or_default(),
            center: region.center.map(Into::into),
        });
    }
    let villages: Vec<_> = hits.iter().filter(|h| h.kind == "village").map(|h| h.code.clone()).collect();
    let fits = |g: &Grid| {
        within.contains(&g.path)
            && (g.code.starts_with(named)
                || folded(&g.name).contains(named)
                || villages.iter().any(|v| g.code.starts_with(v)))
    };
    let mut grids: Vec<_> = places.iter().filter(|g| !named.is_empty() && fits(g)).collect();
    grids.sort_by(|a, b| a.code.cmp(&b.code));
    hits.extend(grids.into_iter().take(HITS).map(|g| PlaceHit {
        kind: "grid",
        code: g.code.clone(),
        name: g.name.clone(),
        region_name: tree.holding(&g.path).map(|r| r.name.to_owned()).unwrap_or_default(),
        center: Some(g.center.into()),
    }));
    hits
}
