//! What can be erased, and how it is written: `reporter`, `title`, `description`, `location`, `note:3`, `attachment:<id>`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::Refusal;
use crate::ids::AttachmentId;

/// A field of a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Field {
    /// Name and phone of who told, and the account of a resident who reported.
    Reporter,
    Title,
    Description,
    /// The point, and street or landmark. Grid and region stay: without them nobody would be responsible.
    Location,
    /// What was said with a step, by the step's number in its case.
    Note(u32),
    /// A photo or clip.
    Attachment(AttachmentId),
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reporter => f.write_str("reporter"),
            Self::Title => f.write_str("title"),
            Self::Description => f.write_str("description"),
            Self::Location => f.write_str("location"),
            Self::Note(seq) => write!(f, "note:{seq}"),
            Self::Attachment(id) => write!(f, "attachment:{id}"),
        }
    }
}

impl FromStr for Field {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let unknown = || Refusal::Unknown(text.to_owned());
        match text.split_once(':') {
            Some(("note", seq)) => seq.parse().map(Self::Note).map_err(|_| unknown()),
            Some(("attachment", id)) => id.parse().map(Self::Attachment).map_err(|_| unknown()),
            Some(_) => Err(unknown()),
            None => match text {
                "reporter" => Ok(Self::Reporter),
                "title" => Ok(Self::Title),
                "description" => Ok(Self::Description),
                "location" => Ok(Self::Location),
                _ => Err(unknown()),
            },
        }
    }
}

impl From<Field> for String {
    fn from(field: Field) -> Self {
        field.to_string()
    }
}

impl TryFrom<String> for Field {
    type Error = Refusal;

    fn try_from(text: String) -> Result<Self, Refusal> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_they_are_written() {
        let id = "01930000-0000-7000-8000-000000000001";
        for text in ["reporter", "title", "description", "location", "note:12", &format!("attachment:{id}")] {
            assert_eq!(text.parse::<Field>().unwrap().to_string(), text);
        }
        for text in ["", "note", "note:", "note:x", "note:-1", "attachment:1", "data", "title:1", "reporter:name"] {
            assert_eq!(text.parse::<Field>(), Err(Refusal::Unknown(text.to_owned())));
        }
    }
}
