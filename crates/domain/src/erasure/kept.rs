//! What is kept of a case, and where in it a field's value lies.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Field, Refusal};
use crate::case::Case;
use crate::ids::AttachmentId;

/// A case with what is kept beside its row.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    pub case: &'a Case,
    /// Whether name and phone of who told are kept.
    pub contact: bool,
    /// Oldest first.
    pub steps: &'a [KeptStep],
    pub files: &'a [KeptFile],
}

/// A step as its record has it.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct KeptStep {
    fields: Map<String, Value>,
    #[serde(default)]
    erased: Vec<String>,
    /// Whether it was taken by a resident, not in office.
    #[serde(skip)]
    pub resident: bool,
}

/// A photo or clip.
#[derive(Clone, Copy, Debug)]
pub struct KeptFile {
    pub id: AttachmentId,
    pub erased: bool,
}

impl KeptStep {
    /// From a record's canonical text.
    pub fn read(canonical: &[u8]) -> Option<Self> {
        serde_json::from_value(crate::json::read_kept(canonical)?).ok()
    }

    /// The text of a field, if it has one.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name).and_then(Value::as_str)
    }

    fn seq(&self) -> Option<u64> {
        self.fields.get("seq").and_then(Value::as_u64)
    }

    /// Whether a field has a value.
    pub fn has(&self, name: &str) -> bool {
        self.fields.get(name).is_some_and(|value| !value.is_null())
    }

    /// The field of a report that holds a value. Older reports have it among their details, which are one field.
    fn of_report(&self, name: &'static str) -> Option<&'static str> {
        let among = || self.fields.get("details").and_then(|details| details.get(name)).is_some_and(|v| !v.is_null());
        if self.has(name) { Some(name) } else { among().then_some("details") }
    }
}

/// Whether a street or landmark is kept with how the position was got.
fn has_address(case: &Case) -> bool {
    case.body.data.get("position").is_some_and(|position| position.get("address").is_some())
}

impl Kept<'_> {
    /// Whether the reporter's account is that of a resident: who reports in office is named as every official is.
    pub fn by_resident(&self) -> bool {
        self.case.reporter.is_some() && self.steps.first().is_some_and(|report| report.resident)
    }

    /// Whether there is something to erase.
    ///
    /// # Errors
    /// [`Refusal::Erased`] or [`Refusal::Absent`].
    pub fn check(&self, field: Field) -> Result<(), Refusal> {
        let (there, erased) = match field {
            Field::Note(seq) => match self.step(seq) {
                Some(step) => {
                    (step.text("note").is_some_and(|n| !n.is_empty()), step.erased.iter().any(|n| n == "note"))
                }
                None => (false, false),
            },
            Field::Attachment(id) => match self.files.iter().find(|file| file.id == id) {
                Some(file) => (!file.erased, file.erased),
                None => (false, false),
            },
            field => (!self.columns(field).is_empty(), self.case.body.erased.contains(&field)),
        };
        match (there, erased) {
            (_, true) => Err(Refusal::Erased(field)),
            (false, false) => Err(Refusal::Absent(field)),
            (true, false) => Ok(()),
        }
    }

    /// The parts of the case's row that hold a field's value now.
    pub fn columns(&self, field: Field) -> Vec<&'static str> {
        let case = self.case;
        let columns: &[(&'static str, bool)] = match field {
            Field::Reporter => &[("contact", self.contact), ("reporter", self.by_resident())],
            Field::Title => &[("title", !case.body.title.is_empty())],
            Field::Description => &[("description", !case.body.description.is_empty())],
            Field::Location => &[("location", case.location.is_some() || has_address(case))],
            Field::Note(_) | Field::Attachment(_) => &[],
        };
        columns.iter().filter(|(_, there)| *there).map(|(name, _)| *name).collect()
    }

    /// The fields of a step's record that hold a field's value now.
    pub fn leaves(&self, field: Field, step: &KeptStep) -> Vec<&'static str> {
        let first = step.seq() == Some(1);
        let reported = |name| if first { step.of_report(name) } else { None };
        match field {
            Field::Title => reported("title").into_iter().collect(),
            Field::Description => reported("description").into_iter().collect(),
            Field::Location => reported("location").into_iter().collect(),
            Field::Reporter => {
                let own = step.resident && self.is_reporter(step.text("actor"));
                reported("contact").into_iter().chain(own.then_some("actor")).collect()
            }
            Field::Note(seq) if step.seq() == Some(seq.into()) && step.has("note") => vec!["note"],
            Field::Note(_) | Field::Attachment(_) => Vec::new(),
        }
    }

    /// What may not be repeated where the erasure is explained.
    pub fn value(&self, field: Field) -> Option<&str> {
        match field {
            Field::Title => Some(&self.case.body.title),
            Field::Description => Some(&self.case.body.description),
            Field::Note(seq) => self.step(seq)?.text("note"),
            Field::Reporter | Field::Location | Field::Attachment(_) => None,
        }
    }

    fn step(&self, seq: u32) -> Option<&KeptStep> {
        self.steps.iter().find(|step| step.seq() == Some(seq.into()))
    }

    fn is_reporter(&self, actor: Option<&str>) -> bool {
        actor.is_some() && actor == self.case.reporter.map(|person| person.to_string()).as_deref()
    }
}

impl Case {
    /// Takes a field's value out. What is not in the row (name and phone, notes, files) is for the store to take out.
    pub fn erase(&mut self, field: Field, by_resident: bool) {
        match field {
            Field::Title => self.body.title.clear(),
            Field::Description => self.body.description.clear(),
            Field::Location => {
                self.location = None;
                self.body.data.remove("position");
            }
            Field::Reporter if by_resident => self.reporter = None,
            Field::Reporter => {}
            Field::Note(_) | Field::Attachment(_) => return,
        }
        self.body.erased.push(field);
    }
}
