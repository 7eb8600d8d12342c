//! What the address of a request asks: parameters of its path and of its query. What cannot be read is a problem in the reader's language that
//! names the parameter. Routes take these instead of axum's own, which answer in English and as plain text.

use axum::extract::path::ErrorKind;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::Uri;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use yizhi_domain::text::Text;

use crate::error::Problem;

/// Parameters of the query.
pub(crate) struct Query<T>(pub(crate) T);

/// Parameters of the path.
pub(crate) struct Path<T>(pub(crate) T);

/// Longest value of a parameter, in bytes.
const VALUE_MAX: usize = 2_000;

/// The names of a query's parameters; `None` where it cannot be read.
pub(crate) fn parameters(uri: &Uri) -> Option<Vec<String>> {
    let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri).ok()?;
    Some(pairs.0.into_iter().map(|(name, _)| name).collect())
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let axum::extract::Query(pairs) = pairs.map_err(|e| query_problem(&e))?;
        for (name, value) in &pairs {
            legible(name, name)?;
            legible(name, value)?;
        }
        let read = axum::extract::Query::<T>::try_from_uri(&parts.uri);
        read.map(|axum::extract::Query(query)| Self(query)).map_err(|e| query_problem(&e))
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let mut names = Vec::new();
        if let Ok(raw) = RawPathParams::from_request_parts(parts, state).await {
            for (name, value) in &raw {
                legible(name, value)?;
                names.push(name.to_owned());
            }
        }
        let read = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        read.map(|axum::extract::Path(path)| Self(path)).map_err(|e| path_problem(&e, &names))
    }
}

/// Refuses what no name, code or word has in it: control characters, and bytes that are no UTF-8.
fn legible(name: &str, value: &str) -> Result<(), Problem> {
    let field: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
    if value.len() > VALUE_MAX {
        return Err(Problem::invalid(
            field,
            "内容太长了，请缩短后再试。",
            format!("The parameter is too long; it has at most {VALUE_MAX} bytes."),
        ));
    }
    if value.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
        return Err(Problem::invalid(
            field,
            "参数里有不能用的字符，请去掉后再试（文字要用 UTF-8 编码）。",
            "The parameter has characters that cannot be used; remove them (text is in UTF-8).",
        ));
    }
    Ok(())
}

fn query_problem(rejection: &QueryRejection) -> Problem {
    let said = rejection.body_text();
    let said = said.strip_prefix("Failed to deserialize query string: ").unwrap_or(&said);
    let named = said.split('`').nth(1).filter(|_| said.contains("field `"));
    let (field, fault) = match (named, said.split_once(": ")) {
        (Some(field), _) => (field, said),
        (None, Some((field, fault))) => (field, fault),
        (None, None) => ("query", said),
    };
    wrong(field, fault)
}

fn path_problem(rejection: &PathRejection, names: &[String]) -> Problem {
    let PathRejection::FailedToDeserializePathParams(failed) = rejection else {
        return Problem::not_found();
    };
    let at = |index: usize| names.get(index).map_or("path", String::as_str);
    match failed.kind() {
        ErrorKind::ParseErrorAtKey { key, expected_type, .. } => wrong(key, expected_type),
        ErrorKind::InvalidUtf8InPathParam { key } => wrong(key, "utf-8"),
        ErrorKind::ParseErrorAtIndex { index, expected_type, .. } => wrong(at(*index), expected_type),
        ErrorKind::ParseError { expected_type, .. } => wrong(at(0), expected_type),
        ErrorKind::DeserializeError { key, message, .. } => wrong(key, message),
        _ => Problem::not_found(),
    }
}

fn wrong(field: &str, fault: &str) -> Problem {
    let Text { zh, en } = words(fault);
    Problem::invalid(field, format!("参数 {field} {zh}"), format!("The parameter {field} {en}"))
}

/// What a reader of numbers, choices or moments said, in words that tell how to mend it.
pub(crate) fn words(fault: &str) -> Text {
    const NUMBER: [&str; 8] = ["invalid digit", "too large", "too small", "i64", "u64", "i32", "u32", "integer"];
    let any = |signs: &[&str]| signs.iter().any(|sign| fault.contains(sign));
    if let Some(words) = moment_words(fault) {
        words
    } else if any(&["missing field"]) {
        Text::new("没有给出，请补上。", "is missing; give it.")
    } else if any(&["duplicate field"]) {
        Text::new("给了不止一次，请只留一个。", "is given more than once; keep one.")
    } else if any(&["float"]) {
        Text::new("要是一个数，如“119.01”。", "is a number such as 119.01.")
    } else if any(&["`true`", "bool"]) {
        Text::new("只能是 true 或 false。", "is true or false.")
    } else if any(&NUMBER) {
        Text::new("要是一个大小合适的整数。", "is a whole number of a fitting size.")
    } else {
        Text::new("的值不对，请检查。", "has a value that does not fit; check it.")
    }
}

/// What the reader of moments and days said, in words; `None` when another said it.
pub(super) fn moment_words(fault: &str) -> Option<Text> {
    if fault.contains(super::moment::NOT_A_MOMENT) {
        Some(Text::new(
            "要写成“2026-11-20T10:00:00+08:00”这样带时区的时间，年份在1900到2199之间。",
            "is a moment with its offset such as 2026-11-20T10:00:00+08:00, of the years 1900 to 2199.",
        ))
    } else if fault.contains(super::moment::NOT_A_DAY) {
        Some(Text::new(
            "要写成“2026-11-20”这样的日期，或“2026-11-20T10:00:00+08:00”这样带时区的时间，年份在1900到2199之间。",
            "is a day such as 2026-11-20, or a moment with its offset such as 2026-11-20T10:00:00+08:00, of the years 1900 to 2199.",
        ))
    } else {
        None
    }
}
