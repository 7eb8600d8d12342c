//! `GET /grids`: outlines of the grids of a region.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};
use utoipa::IntoParams;
use yizhi_domain::region::{Level, RegionPath, RegionTree};
use yizhi_store::GridRow;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Query;
use crate::routes::regions::looking;
use crate::views::time::shown;

/// Which grids.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct GridQuery {
    /// Code of a county, township, village or grid; one's own region if absent.
    region: Option<String>,
}

/// The grids below a region as a GeoJSON FeatureCollection; `properties.code` has 15 digits.
#[utoipa::path(get, path = "/api/v1/grids", tag = "places", params(GridQuery),
    responses((status = 200, body = Object), (status = 422, body = ProblemBody)))]
pub(crate) async fn list(
    who: Who,
    State(app): State<App>,
    Query(query): Query<GridQuery>,
) -> Result<Response, Problem> {
    let path = match &query.region {
        Some(code) => crate::routes::regions::path_of(&app, &who, code)?,
        None => who.post.path.clone(),
    };
    if path.depth() < Level::County.depth() {
        return Err(Problem::invalid(
            "region",
            "网格太多，请选到县区或以下。",
            "Too many grids; choose a county or below.",
        ));
    }
    let rows = app.db().grids(&path).await?;
    let text = looking(&who.world, move |world| collection(&world.regions, &rows)).await?;
    let text = text.map_err(|e| Problem::internal(&e))?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

#[derive(Serialize)]
struct Collection<'a> {
    r#type: &'static str,
    features: Vec<Feature<'a>>,
}

#[derive(Serialize)]
struct Feature<'a> {
    r#type: &'static str,
    id: &'a str,
    properties: Value,
    /// As it is kept.
    geometry: &'a RawValue,
}

fn collection(regions: &RegionTree, rows: &[GridRow]) -> serde_json::Result<Vec<u8>> {
    let features: serde_json::Result<Vec<Feature<'_>>> = rows.iter().map(|row| feature(regions, row)).collect();
    serde_json::to_vec(&Collection { r#type: "FeatureCollection", features: features? })
}

fn feature<'a>(regions: &RegionTree, row: &'a GridRow) -> serde_json::Result<Feature<'a>> {
    let village = RegionPath::parse(&row.path).and_then(|path| regions.by_path(&path.at(Level::Village)));
    Ok(Feature {
        r#type: "Feature",
        id: &row.code,
        properties: json!({
            "code": row.code,
            "name": row.name,
            "village": village.map(|v| v.code),
            "villageName": village.map(|v| v.name),
            "kind": row.kind,
            "schematic": row.schematic,
            "validFrom": shown(row.from),
            "version": row.version,
        }),
        geometry: serde_json::from_str(&row.geometry)?,
    })
}
