//! `GET /meta`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::procedure::Tone;

use crate::app::App;
use crate::uploads;
use crate::views::case::Named;
use crate::views::text::Text;

/// The base map.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct BaseMap {
    /// `none` or `tianditu`.
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

/// A state that cases may be in.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct StateView {
    code: String,
    name: Text,
    /// `waiting`, `active`, `paused`, `done` or `refused`.
    #[schema(value_type = String)]
    tone: Tone,
}

/// What uploads may be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UploadsView {
    /// Media types, for a picker of files.
    types: [&'static str; 5],
    /// Largest file.
    bytes_max: u64,
}

/// The installation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Meta {
    name: Text,
    version: &'static str,
    demo: bool,
    languages: [&'static str; 2],
    base_map: BaseMap,
    roles: Vec<Named>,
    states: Vec<StateView>,
    uploads: UploadsView,
}

/// What this installation is.
#[utoipa::path(get, path = "/api/v1/meta", tag = "meta", responses((status = 200, body = Meta)))]
pub(crate) async fn fetch(State(app): State<App>) -> Json<Meta> {
    let world = app.world();
    let key = app.config().tianditu_key.clone();
    let roles = world.catalog.roles().iter().map(|r| Named { code: r.code.clone(), name: (&r.name).into() });
    let states = world.catalog.procedures().flat_map(|p| p.states.values());
    Json(Meta {
        name: Text { zh: "易治".to_owned(), en: "Yizhi".to_owned() },
        version: env!("CARGO_PKG_VERSION"),
        demo: app.config().demo,
        languages: ["zh-CN", "en"],
        base_map: BaseMap { kind: if key.is_some() { "tianditu" } else { "none" }, key },
        roles: roles.collect(),
        states: states.map(|s| StateView { code: s.code.clone(), name: (&s.name).into(), tone: s.tone }).collect(),
        uploads: UploadsView { types: uploads::TAKEN, bytes_max: uploads::BYTES_MAX },
    })
}
