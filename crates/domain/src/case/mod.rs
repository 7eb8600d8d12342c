//! A case (案件): one matter going through its procedure, and the one function that changes it.

mod clocks;
mod form_words;
mod input;
mod intake;
mod outcome;
mod refusal;
mod step;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use clocks::{Alert, CaseClock, ClockState};
pub use input::{DESCRIPTION_MAX, NOTE_MAX, RESERVED, TITLE_MAX};
pub use intake::{Draft, report};
pub use outcome::{AccessChange, Effect, Outcome};
pub use refusal::Refusal;
pub use step::{Action, Actor, Context, MergeTarget, Target, allowed_actions, holds, step};

use crate::erasure::Field;
use crate::ids::{AttachmentId, CaseId, PersonId};
use crate::region::RegionPath;
use crate::slice::Subject;

/// A case as its procedure sees it: its facts, its clocks, and the assignments that are open.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    pub id: CaseId,
    /// County (6) – date – serial; given by the store on intake.
    pub number: String,
    pub matter: String,
    pub procedure: String,
    /// The catalog release this case is pinned to.
    pub release: String,
    pub state: String,
    /// Grows with every action that changes the work; a comment leaves it.
    pub version: u32,
    /// Path of the grid, or of the receiving region where the case has no place.
    pub path: RegionPath,
    pub grid: Option<String>,
    /// Longitude, latitude in degrees, WGS-84.
    pub location: Option<(f64, f64)>,
    pub department: Option<String>,
    pub confidential: bool,
    /// Simulated data, marked wherever it is shown.
    pub demo: bool,
    pub reporter: Option<PersonId>,
    pub occurred_at: DateTime<Utc>,
    pub recorded_at: DateTime<Utc>,
    pub closed_at: Option<DateTime<Utc>>,
    pub duplicate_of: Option<CaseId>,
    pub body: Body,
    pub assignments: Vec<Assignment>,
}

/// The part of a case that no list filters on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Body {
    pub title: String,
    pub description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<AttachmentId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<CaseClock>,
    /// Everybody who handled the case; none of them may check it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handlers: Vec<PersonId>,
    /// Number of assignments so far.
    #[serde(default)]
    pub assigned: u32,
    /// Number of timeline entries so far.
    #[serde(default)]
    pub entries: u32,
    /// Fields whose values were erased on request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub erased: Vec<Field>,
    /// The state that `back` leads to, while the case is paused or merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What a merge ended, while it can be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<Merged>,
    /// An operator has confirmed that the case is confidential.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub confirmed: bool,
}

/// What ended when a case was merged into another, so that it can go on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Merged {
    pub at: DateTime<Utc>,
    pub into: CaseId,
    /// Numbers of the assignments that were open.
    pub assignments: Vec<u32>,
    /// Names of the clocks that were not met.
    pub clocks: Vec<String>,
    /// Whether the reporter came to take part in the other case by it.
    pub joined: bool,
}

/// How an assignment takes part in its stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssignmentKind {
    Lead,
    Joint,
    Check,
}

impl AssignmentKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lead => "lead",
            Self::Joint => "joint",
            Self::Check => "check",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        [Self::Lead, Self::Joint, Self::Check].into_iter().find(|k| k.as_str() == text)
    }
}

/// Work held by the posts of a role at a region (and department), or by one person among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Serial within the case, from 1.
    pub n: u32,
    pub stage: String,
    pub kind: AssignmentKind,
    pub role: String,
    pub path: RegionPath,
    pub department: Option<String>,
    pub person: Option<PersonId>,
    pub opened: DateTime<Utc>,
    pub due: Option<DateTime<Utc>>,
    pub left: Option<DateTime<Utc>>,
    /// The action that ended it, [`SUPERSEDED`] where somebody else's did, or [`ENDED`] with the case.
    pub outcome: Option<String>,
    /// Who acted under it.
    pub left_by: Option<PersonId>,
    pub version: u32,
}

/// Why somebody takes part whose case was merged into this one.
pub const MERGED: &str = "merged";

/// The outcome of work that somebody else finished.
pub const SUPERSEDED: &str = "superseded";
/// The outcome of joint work that ended with the case.
pub const ENDED: &str = "closed";

impl Assignment {
    /// Ends the work.
    pub(crate) fn end(&mut self, at: DateTime<Utc>, outcome: &str, by: Option<PersonId>) {
        self.left = Some(at);
        self.outcome = Some(outcome.to_owned());
        self.left_by = by;
        self.version += 1;
    }

    /// Opens work again that was ended.
    pub(crate) fn reopen(&mut self, due: Option<DateTime<Utc>>) {
        (self.left, self.outcome, self.left_by, self.due) = (None, None, None, due);
        self.version += 1;
    }
}

impl Case {
    /// What a slice asks of this case.
    pub fn subject(&self) -> Subject<'_> {
        Subject { path: &self.path, department: self.department.as_deref(), confidential: self.confidential }
    }

    /// The deadline of the present stage: the earliest running stage clock.
    pub fn due_at(&self) -> Option<DateTime<Utc>> {
        self.body.clocks.iter().filter(|c| c.stage.is_some() && c.is_running()).map(|c| c.until).min()
    }

    /// The deadline of the whole case.
    pub fn overall_due_at(&self) -> Option<DateTime<Utc>> {
        self.body.clocks.iter().find(|c| c.name == "overall" && c.met_at.is_none()).map(|c| c.until)
    }

    /// When the SLA job must look at the case next: the next amber or red moment of a running clock.
    pub fn next_alert_at(&self) -> Option<DateTime<Utc>> {
        self.body.clocks.iter().filter(|c| c.is_running()).filter_map(CaseClock::next_alert_at).min()
    }

    /// The timer's action that is due at a moment: `overdue` when a running clock has passed its deadline, `warn` when one has used most of its limit,
    /// and that was not raised yet.
    pub fn timer_due(&self, now: DateTime<Utc>) -> Option<&'static str> {
        let running = self.body.clocks.iter().filter(|c| c.is_running() && self.closed_at.is_none());
        let rises = running.filter(|c| c.alert_due(now) > c.alert).map(|c| c.alert_due(now)).max()?;
        Some(if rises == Alert::Red { "overdue" } else { "warn" })
    }

    /// The worst alert among clocks that are not done.
    pub fn alert(&self) -> Alert {
        self.body.clocks.iter().filter(|c| c.met_at.is_none()).map(|c| c.alert).max().unwrap_or(Alert::None)
    }

    /// What was said about the case in forms, without what older cases keep among it for themselves.
    pub fn data_told(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.body.data.iter().filter(|(name, _)| name.as_str() != step::BEFORE_IN_DATA)
    }

    /// Whether somebody has to do with the case now: who reported it, and those who hold open work in it.
    pub fn takes_part(&self, actor: &Actor) -> bool {
        let reported = self.reporter.is_some() && self.reporter == actor.person;
        reported || self.open_assignments().any(|assignment| holds(assignment, actor))
    }

    pub fn open_assignments(&self) -> impl Iterator<Item = &Assignment> {
        self.assignments.iter().filter(|a| a.left.is_none())
    }
}
