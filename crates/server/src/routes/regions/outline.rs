//! `GET /regions/{code}/outline`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Path;

#[derive(Serialize)]
pub(crate) struct Feature {
    r#type: &'static str,
    properties: Value,
    /// As it is kept.
    geometry: Box<RawValue>,
}

/// The outline of a region as a GeoJSON feature; 404 where none is known.
#[utoipa::path(get, path = "/api/v1/regions/{code}/outline", tag = "places", params(("code" = String, Path, description = "12 digits")),
    responses((status = 200, body = Object), (status = 404, body = ProblemBody)))]
pub(crate) async fn outline(
    who: Who,
    State(app): State<App>,
    Path(code): Path<String>,
) -> Result<Json<Feature>, Problem> {
    let path = super::path_of(&app, &who, &code).map_err(|_| Problem::not_found())?;
    let region = who.world.regions.by_path(&path).ok_or_else(Problem::not_found)?;
    let text = app.db().region_outline(&path).await?.ok_or_else(Problem::not_found)?;
    let geometry = RawValue::from_string(text).map_err(|e| Problem::internal(&e))?;
    let properties = json!({ "code": region.code, "name": region.name, "level": region.level.as_str() });
    Ok(Json(Feature { r#type: "Feature", properties, geometry }))
}
