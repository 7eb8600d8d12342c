//! Matters as shown.

use serde::Serialize;
use utoipa::ToSchema;
use yizhi_domain::calendar::Limit;
use yizhi_domain::catalog::Catalog;
use yizhi_domain::matter::{Condition, Matter, MatterKind, PlaceRule, Reach};

use super::text::Text;

/// A matter in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MatterView {
    pub(crate) code: String,
    /// `event` or `component`.
    pub(crate) kind: &'static str,
    pub(crate) name: Text,
    pub(crate) category: Text,
    pub(crate) category_code: String,
    pub(crate) department: String,
    pub(crate) department_name: Text,
    pub(crate) sources: Vec<String>,
    /// `national` or `local`.
    pub(crate) scope: &'static str,
    /// Whether a case must have a place.
    pub(crate) place: bool,
    /// Id of the catalog release.
    pub(crate) released_as: String,
}

/// A limit.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct LimitView {
    pub(crate) value: u32,
    /// `clock_hours`, `working_hours`, `working_days` or `calendar_days`.
    #[schema(value_type = String)]
    pub(crate) unit: yizhi_domain::calendar::LimitUnit,
    /// `same_time` or `end_of_day`.
    #[schema(value_type = String)]
    pub(crate) counting: yizhi_domain::calendar::Counting,
    pub(crate) source: String,
}

impl From<&Limit> for LimitView {
    fn from(limit: &Limit) -> Self {
        Self { value: limit.value, unit: limit.unit, counting: limit.counting, source: limit.source.clone() }
    }
}

/// A condition for registering.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ConditionView {
    pub(crate) id: String,
    pub(crate) name: Text,
    pub(crate) limit: LimitView,
    pub(crate) closing: Text,
}

impl From<&Condition> for ConditionView {
    fn from(c: &Condition) -> Self {
        Self { id: c.id.clone(), name: (&c.name).into(), limit: (&c.limit).into(), closing: (&c.closing).into() }
    }
}

/// A matter in full.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MatterDetail {
    #[serde(flatten)]
    pub(crate) matter: MatterView,
    pub(crate) procedure: String,
    pub(crate) conditions: Vec<ConditionView>,
    pub(crate) default_condition: Option<String>,
}

pub(crate) fn matter(catalog: &Catalog, m: &Matter) -> MatterView {
    MatterView {
        code: m.code.clone(),
        kind: match m.kind {
            MatterKind::Event => "event",
            MatterKind::Component => "component",
        },
        name: (&m.name).into(),
        category: Text { zh: m.category.zh.clone(), en: m.category.en.clone() },
        category_code: m.category.code.clone(),
        department: m.department.clone(),
        department_name: catalog.department_name(&m.department).into(),
        sources: m.sources.clone(),
        scope: match m.scope {
            Reach::National => "national",
            Reach::Local => "local",
        },
        place: m.place == PlaceRule::Required,
        released_as: catalog.id().to_owned(),
    }
}

pub(crate) fn matter_detail(catalog: &Catalog, m: &Matter) -> MatterDetail {
    MatterDetail {
        matter: matter(catalog, m),
        procedure: m.procedure.clone(),
        conditions: m.conditions.iter().map(Into::into).collect(),
        default_condition: m.default_condition.clone(),
    }
}
