//! How long evidence is kept at least, as data (`catalog/retention.yaml`), with the law that asks for it.

use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::procedure::ParseError;
use crate::purpose::Basis;

/// What is kept how long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Records of looks; `None` in a release that says nothing of them.
    pub looks: Option<Term>,
}

/// How long something is kept at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub months: u32,
    /// The law that asks for it.
    pub basis: Basis,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    looks: RawTerm,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTerm {
    months: Spanned<u32>,
    least: Least,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Least {
    months: u32,
    basis: Basis,
}

/// Reads the file of terms.
///
/// # Errors
/// Names the line of a term that is shorter than its law asks for, or of what cannot be read.
pub fn parse(file: &str, text: &str) -> Result<Retention, ParseError> {
    let fault = |line: u64, message: String| ParseError { file: file.to_owned(), line, message };
    let raw: Raw =
        serde_saphyr::from_str(text).map_err(|e| fault(e.location().map_or(0, |l| l.line()), e.to_string()))?;
    let RawTerm { months, least: Least { months: least, basis } } = raw.looks;
    if months.value < least {
        let message = format!("looks are kept {} months, but {} asks for {least}", months.value, basis.law.en);
        return Err(fault(months.referenced.line(), message));
    }
    Ok(Retention { looks: Some(Term { months: months.value, basis }) })
}
