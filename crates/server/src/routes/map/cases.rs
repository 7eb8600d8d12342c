//! `GET /map/cases`: open cases as points or clusters.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use yizhi_domain::role::Permission;
use yizhi_store::PlacePoint;

use crate::app::App;
use crate::auth::Who;
use crate::error::{Problem, ProblemBody};
use crate::routes::address::Query;
use crate::routes::cases::listed;
use crate::views::case::item;

/// The view.
#[derive(Debug, Deserialize, IntoParams)]
pub(crate) struct MapQuery {
    /// `west,south,east,north` in degrees.
    bbox: String,
    /// States, comma-separated; all open ones if absent.
    state: Option<String>,
}

/// Open cases of one's slice inside a view: one by one, or in clusters where there are many.
#[utoipa::path(get, path = "/api/v1/map/cases", tag = "map", params(MapQuery),
    responses((status = 200, body = Object), (status = 422, body = ProblemBody)))]
pub(crate) async fn cases(
    who: Who,
    State(app): State<App>,
    Query(query): Query<MapQuery>,
) -> Result<Json<Value>, Problem> {
    who.must(Permission::ReadMap)?;
    let bbox = bbox(&query.bbox)?;
    let states = listed("state", query.state.as_deref())?;
    let points = app.db().case_places(&who.slice, bbox, &states).await?;
    let features: Vec<Value> = points.iter().filter_map(|p| feature(&who, p)).collect();
    Ok(Json(json!({ "type": "FeatureCollection", "features": features })))
}

fn bbox(text: &str) -> Result<[f64; 4], Problem> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|n| n.trim().parse().ok()).collect();
    let sides: Option<[f64; 4]> = numbers.and_then(|numbers| numbers.try_into().ok());
    // A map that is zoomed far out shows the earth more than once, side by side.
    let on_earth = |[w, s, e, n]: &[f64; 4]| -540.0 <= *w && w < e && *e <= 540.0 && -90.0 <= *s && s < n && *n <= 90.0;
    sides.filter(on_earth).ok_or_else(|| {
        Problem::invalid(
            "bbox",
            "bbox 是“西,南,东,北”四个数（度），西小于东，南小于北。",
            "bbox is four numbers in degrees: west,south,east,north; west before east, south before north.",
        )
    })
}

fn feature(who: &Who, point: &PlacePoint) -> Option<Value> {
    let (coordinates, properties) = match point {
        PlacePoint::Cluster { lon, lat, count } => ([*lon, *lat], json!({ "cluster": true, "count": count })),
        PlacePoint::Case(case) => {
            let (lon, lat) = case.location?;
            let shown = item(&who.world, case);
            let properties = json!({
                "id": shown.id,
                "number": shown.number,
                "state": shown.state,
                "stateName": shown.state_name,
                "matter": shown.matter.name,
                "alert": shown.alert,
                "title": shown.title,
                "demo": shown.demo,
            });
            ([lon, lat], properties)
        }
    };
    Some(json!({
        "type": "Feature",
        "properties": properties,
        "geometry": { "type": "Point", "coordinates": coordinates },
    }))
}
