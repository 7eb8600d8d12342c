//! Names in both languages, and what is shown in the place of what was erased.

use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::text::Language;

use crate::error::CURRENT_LANGUAGE;

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

/// In the place of a value that was erased, in the language of the request under way.
pub(crate) fn erased() -> String {
    let text = match CURRENT_LANGUAGE.try_with(|language| *language).unwrap_or_default() {
        Language::Chinese => "（已依法删除）",
        Language::English => "(erased on a lawful request)",
    };
    text.to_owned()
}
