//! What a record's text says that columns, cases and erasures repeat.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;
use uuid::Uuid;
use yizhi_domain::look::{Look, LookKind};

/// Kinds of records that are read: a step of a case, an erasure that was proposed, one that was carried out.
const STEP: &str = "case.step";
const PROPOSED: &str = "erasure.propose";
const DONE: &str = "erasure.done";
/// A case that something else changed; a file that was uploaded.
const CHANGED: &str = "case.change";
const UPLOADED: &str = "attachment.add";

/// Read from a text that leads to its commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said<'a> {
    pub(super) kind: &'a str,
    pub(super) subject: Uuid,
    /// Names of fields that have no value any more.
    pub(super) erased: Vec<String>,
    pub(super) step: Option<Step<'a>>,
    pub(super) erasing: Option<Erasing>,
    pub(super) look: Option<Box<Look>>,
    /// What it commits to of the state of its case.
    pub(super) stated: Option<Stated<'a>>,
    /// What it proves of rows of other tables.
    pub(super) proof: Option<Box<Proof>>,
}

/// The state of a case that a record commits to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Stated<'a> {
    /// The digest, in hexadecimal digits.
    pub(super) state: &'a str,
    /// What stood before, if that was not as committed to: a digest, or null where there was none. Empty where nothing is said.
    #[serde(borrow, default)]
    pub(super) before: Raw<'a>,
}

/// What a record proves of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Proof {
    /// Table, key, digest of the row (none: it is gone), and the checks of its columns.
    pub(super) proves: Vec<ProofRow>,
    pub(super) counties: Option<Counties>,
    /// Tables that are proven from here on.
    pub(super) begins: Vec<String>,
    /// The upload that the record is of.
    #[serde(skip)]
    pub(super) upload: Option<Upload>,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(super) enum ProofRow {
    Detailed(String, String, Option<String>, BTreeMap<String, String>),
    Whole(String, String, Option<String>),
}

/// The digests of a table's rows by county.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Counties {
    pub(super) table: String,
    pub(super) digests: BTreeMap<String, String>,
}

/// What the record of an upload says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Upload {
    /// `None` where it was erased.
    pub(super) uploader: Option<Uuid>,
    /// Canonical texts by name.
    pub(super) fields: BTreeMap<String, String>,
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
    #[serde(borrow)]
    pub(super) title: Option<Raw<'a>>,
    pub(super) description: Option<Raw<'a>>,
    pub(super) location: Option<Raw<'a>>,
    pub(super) contact: Option<Raw<'a>>,
    pub(super) actor: Option<Uuid>,
    pub(super) procedure: Option<&'a str>,
    pub(super) release: Option<&'a str>,
    details: Option<Raw<'a>>,
    state: Option<&'a str>,
    #[serde(default)]
    before: Raw<'a>,
}

/// A value as the text that was hashed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Raw<'a>(pub(super) &'a str);

/// An erasure, as far as it can be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Erasing {
    Proposed { erasure: Uuid, by: Uuid },
    Done(Done),
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Proposed {
    erasure: Uuid,
    proposed_by: Uuid,
}

/// Who carried an erasure out, and what it took away.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Done {
    pub(super) erasure: Uuid,
    pub(super) proposed_by: Uuid,
    pub(super) confirmed_by: Uuid,
    /// Fields of the case.
    pub(super) fields: Vec<String>,
    /// Parts of the case's row.
    pub(super) row: Vec<String>,
    pub(super) records: Vec<DoneRecord>,
    pub(super) attachments: Vec<Uuid>,
}

/// Fields of one record.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct DoneRecord {
    pub(super) seq: i64,
    pub(super) fields: Vec<String>,
}

#[derive(Deserialize)]
struct Head<'a> {
    kind: &'a str,
    subject: Uuid,
    #[serde(default)]
    erased: Vec<String>,
}

#[derive(Deserialize)]
struct Stepped<'a> {
    #[serde(borrow)]
    fields: Step<'a>,
    kind: &'a str,
    subject: Uuid,
    #[serde(default)]
    erased: Vec<String>,
}

#[derive(Deserialize)]
struct Fields<F> {
    fields: F,
}

impl<'a> Said<'a> {
    /// `None` for what no program of ours writes. `kind` is what the record is likely to be.
    pub(super) fn read(canonical: &'a [u8], kind: &str) -> Option<Self> {
        // Most records are steps, and are read once.
        if kind == STEP
            && let Some(said) = Self::step(canonical)
        {
            return Some(said);
        }
        let Head { kind, subject, erased } = serde_json::from_slice(canonical).ok()?;
        let erasing = match kind {
            STEP => return Self::step(canonical),
            PROPOSED => {
                let Proposed { erasure, proposed_by: by } = fields(canonical)?;
                Some(Erasing::Proposed { erasure, by })
            }
            DONE => Some(Erasing::Done(fields(canonical)?)),
            _ => None,
        };
        let stated = match kind {
            DONE | CHANGED => borrowed(canonical),
            _ => None,
        };
        let (look, proof) = (look(canonical, kind, subject), proof(canonical, kind));
        Some(Self { kind, subject, erased, step: None, erasing, look, stated, proof })
    }

    fn step(canonical: &'a [u8]) -> Option<Self> {
        let Stepped { fields, kind, subject, erased } = serde_json::from_slice(canonical).ok()?;
        let stated = fields.state.map(|state| Stated { state, before: fields.before });
        let (step, erasing, look, proof) = (Some(fields), None, None, None);
        (kind == STEP).then_some(Self { kind, subject, erased, step, erasing, look, stated, proof })
    }
}

fn fields<F: DeserializeOwned>(canonical: &[u8]) -> Option<F> {
    serde_json::from_slice::<Fields<F>>(canonical).ok().map(|whole| whole.fields)
}

fn borrowed<'a, F: Deserialize<'a>>(canonical: &'a [u8]) -> Option<F> {
    serde_json::from_slice::<Fields<F>>(canonical).ok().map(|whole| whole.fields)
}

/// What a record proves of rows; most say nothing of them, which is seen without reading them.
fn proof(canonical: &[u8], kind: &str) -> Option<Box<Proof>> {
    let text = std::str::from_utf8(canonical).ok()?;
    let mut proof = None;
    if ["\"proves\":[", "\"counties\":{", "\"begins\":["].iter().any(|name| text.contains(name)) {
        proof = fields::<Proof>(canonical).map(Box::new);
    }
    if kind == UPLOADED {
        let fields: BTreeMap<String, &RawValue> = borrowed(canonical)?;
        let uploader = fields.get("uploader").and_then(|raw| serde_json::from_str(raw.get()).ok());
        let fields = fields.into_iter().map(|(name, raw)| (name, raw.get().to_owned())).collect();
        proof.get_or_insert_default().upload = Some(Upload { uploader, fields });
    }
    proof
}

/// The look that a record is of.
fn look(canonical: &[u8], kind: &str, subject: Uuid) -> Option<Box<Look>> {
    LookKind::of_record(kind)?;
    let whole: Value = serde_json::from_slice(canonical).ok()?;
    Look::read(kind, subject, whole.get("fields")?.as_object()?).map(Box::new)
}

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'a RawValue>::deserialize(deserializer).map(|raw| Self(raw.get()))
    }
}

impl<'a> Step<'a> {
    /// Microseconds since 1970.
    pub(super) fn micros(&self) -> Option<i64> {
        self.at.and_then(|at| DateTime::parse_from_rfc3339(at).ok()).map(|at| at.timestamp_micros())
    }

    /// The attachments that were shown with it.
    pub(super) fn attachments(&self) -> Vec<Uuid> {
        #[derive(Deserialize)]
        struct Details {
            attachments: Vec<Uuid>,
        }
        let some = self.details.filter(|details| details.0.contains("\"attachments\":[\""));
        let read = some.and_then(|details| serde_json::from_str::<Details>(details.0).ok());
        read.map(|details| details.attachments).unwrap_or_default()
    }

    /// The title, where an earlier version has put it.
    pub(super) fn title_in_details(&self) -> Option<Raw<'a>> {
        #[derive(Deserialize)]
        struct Details<'a> {
            #[serde(borrow)]
            title: Option<Raw<'a>>,
        }
        serde_json::from_str::<Details<'a>>(self.details?.0).ok()?.title
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

    /// Earlier versions recorded whatever data they were sent, deeper than JSON readers follow.
    #[test]
    fn a_step_with_deep_details_is_read() {
        let data = format!("{}1{}", "{\"a\":".repeat(125), "}".repeat(125));
        let text = text(&format!("\"action\":\"comment\",\"details\":{{\"data\":{data}}},\"seq\":2"), STEP);
        assert_eq!(Said::read(text.as_bytes(), STEP).and_then(|said| said.step?.seq), Some(2));
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
