//! Photos and clips as shown.

use serde::Serialize;
use utoipa::ToSchema;
use yizhi_store::AttachmentRow;

use super::region::LonLat;
use super::text::erased;
use super::time::{Shown, shown};

/// A photo or clip.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AttachmentView {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Erased on request: there is nothing at `url` any more.
    pub(crate) erased: bool,
    pub(crate) media_type: String,
    pub(crate) bytes: i64,
    pub(crate) width: Option<i32>,
    pub(crate) height: Option<i32>,
    /// Where it says it was taken.
    pub(crate) place: Option<LonLat>,
    pub(crate) taken_at: Option<Shown>,
    pub(crate) url: String,
    pub(crate) thumbnail_url: Option<String>,
}

impl From<AttachmentRow> for AttachmentView {
    fn from(a: AttachmentRow) -> Self {
        let url = format!("/api/v1/attachments/{}", a.id);
        Self {
            id: a.id.to_string(),
            name: if a.erased { erased() } else { a.name },
            erased: a.erased,
            media_type: a.media_type,
            bytes: a.bytes,
            width: a.width,
            height: a.height,
            place: a.place.map(Into::into),
            taken_at: a.taken_at.map(shown),
            thumbnail_url: a.thumbnail.then(|| format!("{url}/thumbnail")),
            url,
        }
    }
}
