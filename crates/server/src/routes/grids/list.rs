//! `GET /grids`: outlines of the grids of a region.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use yizhi_domain::region::Level;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Query;
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
) -> Result<Json<Value>, Problem> {
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
    let tree = &who.world.regions;
    let mut features = Vec::with_capacity(rows.len());
    for row in rows {
        let geometry: Value = serde_json::from_str(&row.geometry).map_err(|e| Problem::internal(&e))?;
        let village = yizhi_domain::region::RegionPath::parse(&row.path).map(|p| p.at(Level::Village));
        let village = village.and_then(|p| tree.by_path(&p));
        features.push(json!({
            "type": "Feature",
            "id": row.code,
            "properties": {
                "code": row.code,
                "name": row.name,
                "village": village.map(|v| v.code),
                "villageName": village.map(|v| v.name),
                "kind": row.kind,
                "schematic": row.schematic,
                "validFrom": shown(row.from),
                "version": row.version,
            },
            "geometry": geometry,
        }));
    }
    Ok(Json(json!({ "type": "FeatureCollection", "features": features })))
}
