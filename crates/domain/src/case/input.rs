//! What people put into a case and its steps: texts that are written, the data that a form asks for, and nothing else. Records keep it for ever.

use serde_json::{Map, Value};

use super::{Action, Draft, Refusal, form_words};
use crate::procedure::{self, Evidence, Form};
use crate::text::Text;
use crate::written::{self, WrittenFault};

/// Longest title, in characters.
pub const TITLE_MAX: usize = 120;
/// Longest description, in characters.
pub const DESCRIPTION_MAX: usize = 5_000;
/// Longest note with a step, and longest text in a form, in characters.
pub const NOTE_MAX: usize = 2_000;

/// Names in a case's data that the platform itself fills in; no form has them.
pub const RESERVED: [&str; 2] = ["position", "stateBeforePause"];
/// What a report's data may hold: how its place was found.
const OF_REPORT: &str = "position";

/// A draft whose texts are written ones.
pub(super) fn of_report(mut draft: Draft) -> Result<Draft, Refusal> {
    draft.title = written::line(&draft.title, TITLE_MAX).map_err(|fault| match fault {
        WrittenFault::Empty => Refusal::Missing {
            field: "title",
            hint: Text::new("请填写标题，一句话说明是什么事。", "Give a title: what is it, in one sentence."),
        },
        fault => invalid("title", fault),
    })?;
    draft.description =
        written::optional_lines(&draft.description, DESCRIPTION_MAX).map_err(|fault| invalid("description", fault))?;
    match draft.data.keys().find(|name| *name != OF_REPORT) {
        None => Ok(draft),
        Some(name) => Err(no_such_field(name)),
    }
}

/// An action whose texts are written ones, with data only where its form asks for it.
pub(super) fn of_step(rule: &procedure::Action, action: &Action) -> Result<Action, Refusal> {
    let note = written::optional_lines(&action.note, NOTE_MAX).map_err(|fault| invalid("note", fault))?;
    if rule.note_required && note.is_empty() {
        return Err(Refusal::Missing {
            field: "note",
            hint: Text::new(format!("“{}”需要填写说明。", rule.name.zh), format!("“{}” needs a note.", rule.name.en)),
        });
    }
    if rule.evidence == Evidence::PhotoOrNote && note.is_empty() && action.attachments.is_empty() {
        return Err(Refusal::Missing {
            field: "note",
            hint: Text::new(
                format!("“{}”要有依据：请附上现场照片，或者填写说明。", rule.name.zh),
                format!(
                    "“{}” needs evidence: add a photo from the place, or say in a note what you found.",
                    rule.name.en
                ),
            ),
        });
    }
    let data = match &rule.form {
        Some(form) => of_form(form, action.data.clone())?,
        None => match action.data.keys().next() {
            None => Map::new(),
            Some(name) => return Err(no_such_field(name)),
        },
    };
    Ok(Action { note, data, ..action.clone() })
}

fn of_form(form: &Form, mut data: Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let asked = form.schema.get("properties").and_then(Value::as_object);
    let unasked =
        |name: &&String| RESERVED.contains(&name.as_str()) || !asked.is_some_and(|a| a.contains_key(name.as_str()));
    if let Some(name) = data.keys().find(unasked) {
        return Err(no_such_field(name));
    }
    for (name, value) in &mut data {
        write(value).map_err(|fault| invalid(&format!("data.{name}"), fault))?;
    }
    let data = Value::Object(data);
    if let Some(error) = form.validator.iter_errors(&data).next() {
        return Err(form_words::refusal(&form.schema, &error));
    }
    match data {
        Value::Object(data) => Ok(data),
        _ => Ok(Map::new()),
    }
}

/// Makes every text of a value a written one.
fn write(value: &mut Value) -> Result<(), WrittenFault> {
    match value {
        Value::String(text) => {
            *text = written::optional_lines(text, NOTE_MAX)?;
            Ok(())
        }
        Value::Array(items) => items.iter_mut().try_for_each(write),
        Value::Object(members) => members.values_mut().try_for_each(write),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}

fn invalid(field: &str, fault: WrittenFault) -> Refusal {
    Refusal::Invalid { field: field.to_owned(), hint: fault.hint() }
}

fn no_such_field(name: &str) -> Refusal {
    let shown: String = written::line_cut(name, 40);
    Refusal::Invalid {
        hint: Text::new(
            format!("这里没有“{shown}”这一项，请去掉后再提交。"),
            format!("There is no field “{shown}” here; leave it out."),
        ),
        field: format!("data.{shown}"),
    }
}
