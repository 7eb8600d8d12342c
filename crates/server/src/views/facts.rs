//! What was said in forms, in the words of the forms: keys and codes are for programs.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use yizhi_domain::case::Case;
use yizhi_domain::procedure::Procedure;
use yizhi_domain::text;

use super::text::Text;

/// An answer to a question of a form.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Fact {
    pub(crate) name: Text,
    pub(crate) value: Text,
}

/// What the forms of a procedure asked and the case has an answer to. What no form asked has no name, and is not shown.
pub(crate) fn facts(procedure: Option<&Procedure>, case: &Case) -> Vec<Fact> {
    let told = case.data_told().filter(|(_, value)| !value.is_null());
    told.filter_map(|(key, value)| {
        let property = property(procedure?, key)?;
        let title: text::Text = serde_json::from_value(property.get("x-title")?.clone()).ok()?;
        Some(Fact { name: (&title).into(), value: said(property, value)? })
    })
    .collect()
}

fn property<'p>(procedure: &'p Procedure, key: &str) -> Option<&'p Value> {
    let schemas = procedure.actions.iter().filter_map(|action| action.form.as_ref());
    schemas.filter_map(|form| form.schema.get("properties")?.get(key)).next()
}

fn said(property: &Value, value: &Value) -> Option<Text> {
    let plain = |text: String| Text { zh: text.clone(), en: text };
    match value {
        Value::Bool(true) => Some(Text { zh: "是".to_owned(), en: "Yes".to_owned() }),
        Value::Bool(false) => Some(Text { zh: "否".to_owned(), en: "No".to_owned() }),
        Value::Number(number) => Some(plain(number.to_string())),
        Value::String(text) => Some(choice(property, value).unwrap_or_else(|| plain(text.clone()))),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The name of what was chosen.
fn choice(property: &Value, value: &Value) -> Option<Text> {
    let choices = property.get("oneOf")?.as_array()?;
    let chosen = choices.iter().find(|choice| choice.get("const") == Some(value))?;
    let title: text::Text =
        serde_json::from_value(chosen.get("x-title").or_else(|| chosen.get("title"))?.clone()).ok()?;
    Some((&title).into())
}
