//! The model of a procedure after reading and checking.

use std::collections::BTreeMap;

use crate::calendar::Limit;
use crate::case::AssignmentKind;
use crate::expr::Expr;
use crate::region::Level;
use crate::text::Text;

/// A checked procedure.
#[derive(Debug)]
pub struct Procedure {
    pub code: String,
    pub name: Text,
    pub start: String,
    pub states: BTreeMap<String, State>,
    /// In the order of the file, which is the order of buttons.
    pub actions: Vec<Action>,
    pub clocks: BTreeMap<String, ClockRule>,
    /// Clocks that start when the case is received.
    pub start_clocks: Vec<String>,
}

impl Procedure {
    pub fn state(&self, code: &str) -> Option<&State> {
        self.states.get(code)
    }

    pub fn action(&self, code: &str) -> Option<&Action> {
        self.actions.iter().find(|a| a.code == code)
    }

    /// The name of a state, or its code where the procedure no longer has it.
    pub fn state_name(&self, code: &str) -> Text {
        self.state(code).map_or_else(|| Text::new(code, code), |s| s.name.clone())
    }
}

/// A state of the case.
#[derive(Debug)]
pub struct State {
    pub code: String,
    pub name: Text,
    pub tone: Tone,
    pub last: bool,
    /// The stage's own clock while the case is in this state.
    pub clock: Option<String>,
    /// Who works here. Entering the state opens these, unless the action hands the work to somebody.
    pub holders: Vec<Holder>,
}

/// How a state looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Waiting,
    Active,
    Paused,
    Done,
    Refused,
}

/// Who holds a stage: the posts of a role at the nearest region at or above `at`.
#[derive(Debug)]
pub struct Holder {
    pub role: String,
    pub at: Level,
    pub kind: AssignmentKind,
    /// Only posts of the case's department.
    pub department: bool,
    /// Not an error when nobody has the role here.
    pub optional: bool,
    /// The cases that these hold.
    pub when: HolderCases,
    /// Only where none of those named before could be found.
    pub fallback: bool,
}

/// Which cases a holder is for. Who must see nothing of a confidential case is named as a holder of open ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HolderCases {
    #[default]
    Always,
    Open,
    Confidential,
}

impl HolderCases {
    /// Whether a case is one of these.
    pub fn holds(self, confidential: bool) -> bool {
        match self {
            Self::Always => true,
            Self::Open => !confidential,
            Self::Confidential => confidential,
        }
    }
}

/// A named clock.
#[derive(Debug)]
pub struct ClockRule {
    pub name: String,
    pub label: Text,
    /// `None`: the limit of the case's condition.
    pub limit: Option<Limit>,
}

/// What may be handed over with an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    None,
    Department,
}

/// Where an action leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goes {
    /// The state stays; assignments stay.
    Stay,
    To(String),
    /// Back to the state before the pause or the merge.
    Back,
}

/// Which posts of the roles may act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Any post of the roles in whose region the case is. A quiet action, which decides nothing, is also for posts elsewhere that take part.
    Anyone,
    /// Only posts that hold an open assignment of the stage.
    Holder,
    /// Only the person who reported the case.
    Reporter,
    /// Only the platform itself.
    System,
}

/// An action of the procedure.
#[derive(Debug)]
pub struct Action {
    pub code: String,
    pub name: Text,
    pub tone: ActionTone,
    pub from: Vec<String>,
    pub goes: Goes,
    pub roles: Vec<String>,
    pub by: By,
    pub note_required: bool,
    pub evidence: Evidence,
    pub recipient: Recipient,
    /// JSON Schema 2020-12 of `data`, and its compiled form.
    pub form: Option<Form>,
    pub guard: Option<Guard>,
    pub effects: Vec<EffectRule>,
    /// Leaves the version alone: a comment does not conflict with an action.
    pub quiet: bool,
    /// What whoever takes it must know before, such as who sees the case then.
    pub caution: Option<Text>,
}

/// What an action must show of what was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    #[default]
    None,
    /// A photo or clip, or words.
    PhotoOrNote,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionTone {
    Primary,
    #[default]
    Neutral,
    Danger,
}

/// The form of an action.
pub struct Form {
    pub schema: serde_json::Value,
    pub validator: jsonschema::Validator,
}

impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.schema.fmt(f)
    }
}

/// A condition of an action over `case`, `data` and `actor`, with what to say when it fails.
#[derive(Debug)]
pub struct Guard {
    pub expr: Expr,
    pub message: Text,
}

/// What an action does beyond changing the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EffectRule {
    /// Fix the condition from `data.condition`, or the matter's default.
    FixCondition,
    /// The department loses its part in the case.
    DropDepartment,
    /// The actor is remembered as a handler.
    RememberHandler,
    /// All data of the action becomes part of the case's data.
    KeepData,
    /// The next stage with this clock starts it afresh.
    RestartClock(String),
    MeetClock(String),
    PauseClocks,
    ResumeClocks,
    /// Lengthen the named clock by `data.value` of its own unit.
    ExtendClock(String),
    /// Close this case into the one named by `data.into`.
    MergeInto,
    /// Take back a merge of at most so many days ago: state, work, clocks and participation stand as before it.
    Unmerge {
        within_days: u32,
    },
    /// The case is confidential from now on, or no longer; who may not hold it then gives it up.
    SetConfidential(bool),
    /// Open a joint assignment for a role at the level above the highest that already has one.
    RaiseTo(String),
    /// Open a joint assignment for a role at a level.
    Involve {
        role: String,
        at: Level,
    },
    /// Raise clocks whose time has come to amber or red.
    RaiseAlerts,
    Notify {
        who: Audience,
        text: Text,
    },
}

/// Who is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Reporter,
    Department,
    Holders,
}
