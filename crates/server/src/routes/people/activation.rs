//! One-time codes as they are shown to whoever hands them on: once, and never again.

use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;
use yizhi_store::NewCode;

use crate::auth::once::{Part, link, picture};
use crate::views::time::{Shown, shown};

/// A one-time code by which somebody sets a password of their own. It is told this once.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ActivationView {
    code: String,
    /// The page where it is used, where the server knows its own address.
    link: Option<String>,
    /// The link as a QR code, in SVG.
    qr: Option<String>,
    expires_at: Shown,
    /// `first` or `second` where two people each tell one half; absent: the code is whole.
    half: Option<&'static str>,
}

/// A code as told to whoever made it.
pub(crate) fn told(headers: &HeaderMap, code: String, kept: &NewCode, half: Option<Part>) -> ActivationView {
    let link = link(headers, &code, half.unwrap_or(Part::First));
    ActivationView {
        qr: link.as_deref().and_then(picture),
        link,
        code,
        expires_at: shown(kept.expires_at),
        half: half.map(|part| if part == Part::First { "first" } else { "second" }),
    }
}
