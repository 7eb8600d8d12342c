//! Why an erasure is not proposed or not decided, in both languages.

use super::Field;
use crate::text::Text;

/// Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().en)]
pub enum Refusal {
    /// No field is named, or too many.
    Number,
    /// Not the name of a field.
    Unknown(String),
    /// The case holds nothing there.
    Absent(Field),
    Erased(Field),
    /// Somebody else has proposed it, and it is not decided.
    Proposed(Field),
    /// The authorising case is the case itself.
    SameCase,
    /// The authorising case is not closed, or was closed without a decision for the request.
    Undecided,
    ReasonMissing,
    TooLong(&'static str),
    /// The reason repeats what is to be erased.
    ReasonTells,
    NoteMissing,
    /// The note has a number as long as a phone's.
    NoteTells,
    /// The erasure is done or refused already.
    Decided,
    SamePerson,
}

/// Whose mistake it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What was asked for is wrong.
    Input,
    /// Something is not as the asker believed.
    Conflict,
    /// Somebody else has to do it.
    Forbidden,
}

impl Refusal {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Erased(_) | Self::Proposed(_) | Self::Decided => Kind::Conflict,
            Self::SamePerson => Kind::Forbidden,
            _ => Kind::Input,
        }
    }

    /// Stable, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Absent(_) => "nothing_there",
            Self::Erased(_) => "erased_already",
            Self::Proposed(_) => "proposed_already",
            Self::SameCase | Self::Undecided => "not_authorised",
            Self::ReasonTells | Self::NoteTells => "reason_tells",
            Self::Decided => "decided_already",
            Self::SamePerson => "own_proposal",
            _ => "invalid",
        }
    }

    /// The place in the request that it is about.
    pub fn field(&self) -> Option<&'static str> {
        match self {
            Self::Number | Self::Unknown(_) | Self::Absent(_) | Self::Erased(_) | Self::Proposed(_) => Some("fields"),
            Self::SameCase | Self::Undecided => Some("authorisedBy"),
            Self::ReasonMissing | Self::ReasonTells => Some("reason"),
            Self::TooLong(name) => Some(name),
            Self::NoteMissing | Self::NoteTells => Some("note"),
            Self::Decided | Self::SamePerson => None,
        }
    }

    /// What is wrong and how to mend it.
    pub fn message(&self) -> Text {
        match self {
            Self::Number => {
                Text::new("请选择要删除的内容，每次最多50项。", "Choose what to erase, at most 50 fields at a time.")
            }
            Self::Unknown(name) => Text::new(
                format!(
                    "“{name}”不是可以删除的字段。可以删除：reporter、title、description、location、note:步骤号、attachment:附件号。"
                ),
                format!(
                    "“{name}” is no field that can be erased. Those are: reporter, title, description, location, note:SEQ, attachment:ID."
                ),
            ),
            Self::Absent(field) => Text::new(
                format!("案件里没有“{field}”的内容，请核对后重选。"),
                format!("The case has nothing in “{field}”; check and choose again."),
            ),
            Self::Erased(field) => {
                Text::new(format!("“{field}”已经删除过了。"), format!("“{field}” is erased already."))
            }
            Self::Proposed(field) => Text::new(
                format!("“{field}”已有人申请删除，正等待确认。"),
                format!("The erasure of “{field}” has been proposed and waits for a decision."),
            ),
            Self::SameCase => Text::new(
                "依据案件不能是本案，请填写办理删除请求的那件案件。",
                "A case does not authorise its own erasure; name the case in which the request was decided.",
            ),
            Self::Undecided => Text::new(
                "依据案件还没有办结，或没有支持该请求。请等它结案，或换一件。",
                "The authorising case is not closed, or not in favour of the request. Wait until it is, or name another.",
            ),
            Self::ReasonMissing => Text::new("请填写删除理由。", "Give the reason for the erasure."),
            Self::TooLong(_) => Text::new("太长了，最多500个字。", "Too long: at most 500 characters."),
            Self::ReasonTells => Text::new(
                "理由里写出了要删除的内容。理由会永久保存，请改写，不要引用原文、姓名或电话。",
                "The reason repeats what is to be erased. It is kept for ever: write it without quoting text, name or phone.",
            ),
            Self::NoteMissing => Text::new("请填写不予删除的理由。", "Say why it is refused."),
            Self::NoteTells => Text::new(
                "理由里有像电话号码的一串数字。理由会永久保存，请改写，不要写电话。",
                "The note has a number like a phone's. It is kept for ever: write it without one.",
            ),
            Self::Decided => Text::new("这项删除已经有决定了。", "This erasure has been decided."),
            Self::SamePerson => Text::new(
                "删除须由两个人办理：申请人不能自己确认，请由另一位安全管理员决定。",
                "An erasure takes two people: who proposed it does not decide it. Ask another security officer.",
            ),
        }
    }
}
