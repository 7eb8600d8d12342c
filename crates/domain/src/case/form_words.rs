//! What is wrong with a form, told in the words of the form and never in its keys.

use jsonschema::error::{ValidationError, ValidationErrorKind};
use serde_json::Value;

use super::Refusal;
use crate::text::Text;

pub(super) fn refusal(schema: &Value, error: &ValidationError<'_>) -> Refusal {
    let place = error.instance_path().as_str();
    let missing = match error.kind() {
        ValidationErrorKind::Required { property } => property.as_str(),
        _ => None,
    };
    let name = missing.or_else(|| place.trim_start_matches('/').split('/').next().filter(|name| !name.is_empty()));
    let label = name.map_or_else(|| Text::new("表单", "The form"), |name| title(schema, name));
    let (zh, en) = wrong(schema, name, error);
    let field = missing.map_or_else(|| format!("data{}", place.replace('/', ".")), |name| format!("data.{name}"));
    Refusal::Invalid {
        field, hint: Text::new(format!("“{}”{zh}。", label.zh), format!("“{}” {en}.", label.en))
    }
}

/// The name of a field as people read it.
fn title(schema: &Value, name: &str) -> Text {
    let title = schema.get("properties").and_then(|p| p.get(name)).and_then(|property| property.get("x-title"));
    let title = title.and_then(|title| serde_json::from_value(title.clone()).ok());
    title.unwrap_or_else(|| Text::new("这一项", "This field"))
}

/// What is wrong with a value, and what would be right.
fn wrong(schema: &Value, name: Option<&str>, error: &ValidationError<'_>) -> (String, String) {
    let property = name.and_then(|name| schema.get("properties").and_then(|p| p.get(name)));
    let kind = property.and_then(|property| property.get("type")).and_then(Value::as_str).unwrap_or_default();
    match error.kind() {
        ValidationErrorKind::Type { .. } => match kind {
            "boolean" => ("请选择“是”或“否”".to_owned(), "is answered by yes or no".to_owned()),
            "integer" => ("要填整数".to_owned(), "is a whole number".to_owned()),
            "number" => ("要填数字".to_owned(), "is a number".to_owned()),
            _ => ("要填文字".to_owned(), "is a text".to_owned()),
        },
        ValidationErrorKind::Required { .. } => ("还没有填写".to_owned(), "is not filled in".to_owned()),
        ValidationErrorKind::Minimum { limit } => (format!("不能小于{limit}"), format!("is at least {limit}")),
        ValidationErrorKind::Maximum { limit } => (format!("不能大于{limit}"), format!("is at most {limit}")),
        ValidationErrorKind::MaxLength { limit } => {
            (format!("太长，最多{limit}字"), format!("is too long: at most {limit} characters"))
        }
        ValidationErrorKind::MinLength { limit } => {
            (format!("太短，至少{limit}字"), format!("is too short: at least {limit} characters"))
        }
        ValidationErrorKind::AdditionalProperties { .. } => (
            "里有多余的内容，请刷新页面后重新填写".to_owned(),
            "has more than is asked for; reload and fill it in again".to_owned(),
        ),
        ValidationErrorKind::Enum { .. } | ValidationErrorKind::OneOfNotValid { .. } => {
            ("不在可选范围内，请重新选择".to_owned(), "is not one of the choices; choose again".to_owned())
        }
        _ => ("填写有误，请检查后重新填写".to_owned(), "is not right; check it and fill it in again".to_owned()),
    }
}
