//! What a step leaves behind; one transaction saves all of it.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::ids::CaseId;
use crate::record::Record;
use crate::slice::Principal;
use crate::text::Text;

use super::Case;

/// The new case and everything that follows from the step.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// State before; `None` on intake.
    pub from: Option<String>,
    pub was_overdue: bool,
    /// The case after the step, with the assignments that were opened or left in it.
    pub case: Case,
    pub access: Vec<AccessChange>,
    pub record: Record,
    pub effects: Vec<Effect>,
}

/// A change in who takes part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccessChange {
    Grant {
        case: CaseId,
        principal: Principal,
        why: &'static str,
    },
    /// Ends every access of the principal to the case that is open; with `since`, only the one of that moment.
    End {
        case: CaseId,
        principal: Principal,
        since: Option<DateTime<Utc>>,
    },
    /// Ends every access to the case that is open and was given for this reason.
    EndAll {
        case: CaseId,
        why: &'static str,
    },
}

impl AccessChange {
    /// The case in which somebody's part changes.
    pub fn case(&self) -> CaseId {
        match self {
            Self::Grant { case, .. } | Self::End { case, .. } | Self::EndAll { case, .. } => *case,
        }
    }
}

/// What happens outside the case, after the transaction or as rows of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Notify { to: Principal, text: Text },
    Job { kind: &'static str, payload: Value },
}
