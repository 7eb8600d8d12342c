//! Names in both languages.

use serde::Serialize;
use utoipa::ToSchema;

/// A name in Chinese and English.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Text {
    pub(crate) zh: String,
    pub(crate) en: String,
}

impl From<yizhi_domain::text::Text> for Text {
    fn from(text: yizhi_domain::text::Text) -> Self {
        Self { zh: text.zh, en: text.en }
    }
}

impl From<&yizhi_domain::text::Text> for Text {
    fn from(text: &yizhi_domain::text::Text) -> Self {
        text.clone().into()
    }
}
