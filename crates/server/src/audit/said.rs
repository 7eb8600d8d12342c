//! What a record's text says that columns and cases repeat.

use chrono::DateTime;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;
use yizhi_domain::look::{Look, LookKind};

/// The kind of a record that is a step of a case.
const STEP: &str = "case.step";

/// Read from a text that leads to its commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said<'a> {
    pub(super) kind: &'a str,
    pub(super) subject: Uuid,
    pub(super) step: Option<Step<'a>>,
    pub(super) look: Option<Box<Look>>,
}

/// The fields of a step. What is erased is missing here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Step<'a> {
    /// Which entry of its case it is, from one.
    pub(super) seq: Option<u32>,
    pub(super) action: Option<&'a str>,
    pub(super) number: Option<&'a str>,
    at: Option<&'a str>,
    pub(super) from: Option<&'a str>,
    pub(super) to: Option<&'a str>,
}

#[derive(Deserialize)]
struct Head<'a> {
    kind: &'a str,
    subject: Uuid,
}

#[derive(Deserialize)]
struct Whole<'a> {
    #[serde(borrow)]
    fields: Step<'a>,
    kind: &'a str,
    subject: Uuid,
}

impl<'a> Said<'a> {
    /// `None` for what no program of ours writes. `kind` is what the record is likely to be.
    pub(super) fn read(canonical: &'a [u8], kind: &str) -> Option<Self> {
        if kind != STEP {
            let Head { kind, subject } = serde_json::from_slice(canonical).ok()?;
            if kind != STEP {
                return Some(Self { kind, subject, step: None, look: look(canonical, kind, subject) });
            }
        }
        match serde_json::from_slice(canonical) {
            Ok(Whole { fields, kind: STEP, subject }) => Some(Self { kind: STEP, subject, step: Some(fields), look: None }),
            // Another kind may have fields of these names with other values.
            _ if kind == STEP => Self::read(canonical, "").filter(|said| said.kind != STEP),
            _ => None,
        }
    }
}

/// The look that a record is of.
fn look(canonical: &[u8], kind: &str, subject: Uuid) -> Option<Box<Look>> {
    LookKind::of_record(kind)?;
    let whole: Value = serde_json::from_slice(canonical).ok()?;
    Look::read(kind, subject, whole.get("fields")?.as_object()?).map(Box::new)
}

impl Step<'_> {
    /// Microseconds since 1970.
    pub(super) fn micros(&self) -> Option<i64> {
        self.at.and_then(|at| DateTime::parse_from_rfc3339(at).ok()).map(|at| at.timestamp_micros())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUBJECT: &str = "01930000-0000-7000-8000-000000000001";

    fn text(fields: &str, kind: &str) -> String {
        format!("{{\"fields\":{{{fields}}},\"kind\":\"{kind}\",\"subject\":\"{SUBJECT}\"}}")
    }

    #[test]
    fn a_step_is_read_whatever_the_column_says() {
        let text = text("\"action\":\"report\",\"at\":\"2026-11-20T02:00:00.000001Z\",\"from\":null,\"seq\":1", STEP);
        for column in [STEP, "session.open"] {
            let said = Said::read(text.as_bytes(), column).unwrap();
            assert_eq!((said.kind, said.subject.to_string().as_str()), (STEP, SUBJECT));
            let step = said.step.unwrap();
            assert_eq!((step.seq, step.action, step.from, step.to), (Some(1), Some("report"), None, None));
            assert_eq!(step.micros(), Some(1_795_140_000_000_001));
        }
    }

    #[test]
    fn fields_of_other_kinds_are_their_own() {
        let text = text("\"seq\":\"first\",\"to\":[]", "post.add");
        for column in [STEP, "post.add"] {
            assert_eq!(
                Said::read(text.as_bytes(), column).map(|said| (said.kind, said.step)),
                Some(("post.add", None))
            );
        }
        assert_eq!(Said::read(b"{}", "post.add"), None);
    }

    #[test]
    fn a_step_with_fields_that_no_step_has_is_not_read() {
        assert_eq!(Said::read(text("\"seq\":\"first\"", STEP).as_bytes(), STEP), None);
        assert_eq!(Said::read(text("\"seq\":\"first\"", STEP).as_bytes(), "post.add"), None);
    }
}
