//! Matters (事项): what can be reported, with its conditions and their limits.

use serde::{Deserialize, Serialize};

use crate::calendar::Limit;
use crate::text::Text;

/// A matter of the catalog.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Matter {
    pub code: String,
    pub kind: MatterKind,
    pub name: Text,
    pub category: Category,
    /// Kind of department responsible by default.
    pub department: String,
    pub procedure: String,
    #[serde(default)]
    pub place: PlaceRule,
    #[serde(default)]
    pub scope: Reach,
    /// Standards, laws and lists that the content comes from.
    pub sources: Vec<String>,
    #[serde(default)]
    pub conditions: Vec<Condition>,
    #[serde(default)]
    pub default_condition: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatterKind {
    Event,
    Component,
}

/// Whether a case of the matter has a place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceRule {
    #[default]
    Required,
    Optional,
}

/// Whether the class is one of the standard or a place's extension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    #[default]
    National,
    Local,
}

/// The big class a matter belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    pub code: String,
    pub zh: String,
    pub en: String,
}

/// A condition for registering (立案条件), with the limit for handling and what must be true to close.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    pub id: String,
    pub name: Text,
    pub limit: Limit,
    pub closing: Text,
}

impl Matter {
    pub fn condition(&self, id: &str) -> Option<&Condition> {
        self.conditions.iter().find(|c| c.id == id)
    }

    /// The name of the big class.
    pub fn class_name(&self) -> Text {
        Text::new(&*self.category.zh, &*self.category.en)
    }

    /// The class family that duplicates are sought in: the big class.
    pub fn family(&self) -> &str {
        &self.category.code
    }
}
