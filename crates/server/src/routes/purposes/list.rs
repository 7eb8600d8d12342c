//! `GET /purposes`.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::purpose::{Purpose, PurposeKind};

use crate::auth::Who;
use crate::routes::page::Page;
use crate::views::text::Text;

/// A purpose that the present post may claim.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PurposeView {
    code: String,
    name: Text,
    /// Law and article it rests on.
    basis: Text,
    /// `unmask`, `export` or `read`.
    #[schema(value_type = Vec<String>)]
    kinds: Vec<PurposeKind>,
}

/// Purposes that the present post may claim; none for most.
#[utoipa::path(get, path = "/api/v1/purposes", tag = "catalog", responses((status = 200, body = Page<PurposeView>)))]
pub(crate) async fn list(who: Who) -> Json<Page<PurposeView>> {
    let own = who.world.catalog.purposes().filter(|purpose| purpose.roles.contains(&who.role.code));
    Json(Page::whole(own.map(view).collect()))
}

fn view(purpose: &Purpose) -> PurposeView {
    PurposeView {
        code: purpose.code.clone(),
        name: (&purpose.name).into(),
        basis: purpose.basis.shown().into(),
        kinds: purpose.kinds.iter().copied().collect(),
    }
}
