//! Reading a procedure file. Every fault is named with its file and line.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use serde_saphyr::Spanned;

use crate::calendar::Limit;
use crate::case::AssignmentKind;
use crate::expr::Expr;
use crate::region::Level;
use crate::role::Roles;
use crate::text::Text;

use super::check::{self, Flaw};
use super::model::*;

/// A procedure file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct ParseError {
    pub file: String,
    pub line: u64,
    pub message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawProcedure {
    code: String,
    name: Text,
    start: Spanned<String>,
    #[serde(default)]
    start_clocks: Vec<Spanned<String>>,
    clocks: BTreeMap<String, Spanned<RawClock>>,
    states: Vec<Spanned<RawState>>,
    actions: Vec<Spanned<RawAction>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClock {
    label: Text,
    #[serde(default)]
    limit: Option<Limit>,
    /// `condition`: the limit of the case's condition.
    #[serde(default)]
    limit_of: Option<LimitOf>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum LimitOf {
    Condition,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawState {
    code: String,
    name: Text,
    tone: Tone,
    #[serde(default)]
    last: bool,
    #[serde(default)]
    clock: Option<Spanned<String>>,
    #[serde(default)]
    holders: Vec<Spanned<RawHolder>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHolder {
    role: String,
    at: Level,
    #[serde(default = "lead")]
    kind: AssignmentKind,
    #[serde(default)]
    department: bool,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    when: HolderCases,
    #[serde(default)]
    fallback: bool,
}

fn lead() -> AssignmentKind {
    AssignmentKind::Lead
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAction {
    code: String,
    name: Text,
    #[serde(default)]
    tone: ActionTone,
    from: Vec<Spanned<String>>,
    /// A state, `stay` or `back`.
    to: Spanned<String>,
    #[serde(default)]
    roles: Vec<Spanned<String>>,
    #[serde(default)]
    by: RawBy,
    #[serde(default)]
    note: RawNote,
    #[serde(default)]
    evidence: Evidence,
    #[serde(default)]
    recipient: RawRecipient,
    #[serde(default)]
    form: Option<Spanned<Value>>,
    #[serde(default)]
    guard: Option<RawGuard>,
    #[serde(default)]
    effects: Vec<Spanned<RawEffect>>,
    #[serde(default)]
    quiet: bool,
    #[serde(default)]
    caution: Option<Text>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum RawBy {
    #[default]
    Holder,
    Anyone,
    Reporter,
    System,
}

#[derive(Deserialize, Default, PartialEq)]
#[serde(rename_all = "snake_case")]
enum RawNote {
    #[default]
    Optional,
    Required,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "snake_case")]
enum RawRecipient {
    #[default]
    None,
    Department,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawGuard {
    when: Spanned<String>,
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawNotify {
    who: RawAudience,
    zh: String,
    en: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawAudience {
    Reporter,
    Department,
    Holders,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInvolve {
    role: String,
    at: Level,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUnmerge {
    within_days: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum RawEffect {
    FixCondition,
    DropDepartment,
    RememberHandler,
    KeepData,
    RestartClock(String),
    MeetClock(String),
    PauseClocks,
    ResumeClocks,
    ExtendClock(String),
    MergeInto,
    Unmerge(RawUnmerge),
    SetConfidential(bool),
    RaiseTo(String),
    Involve(RawInvolve),
    RaiseAlerts,
    Notify(RawNotify),
}

/// Reads and checks a procedure.
///
/// # Errors
/// Every fault found, in the order of their lines: syntax, unknown states, roles and clocks, unreachable states, dead ends, missing limits,
/// ill-typed guards and forms.
pub fn parse(file: &str, text: &str, roles: &Roles) -> Result<Procedure, Vec<ParseError>> {
    let raw: RawProcedure = serde_saphyr::from_str(text).map_err(|e| {
        let line = e.location().map_or(0, |l| l.line());
        vec![ParseError { file: file.to_owned(), line, message: e.to_string() }]
    })?;
    let mut flaws = check::raw_flaws(&references(&raw), roles);
    let procedure = build(raw, &mut flaws);
    if flaws.is_empty() {
        return Ok(procedure);
    }
    flaws.sort_by_key(|flaw| flaw.line);
    Err(flaws.into_iter().map(|f| ParseError { file: file.to_owned(), line: f.line, message: f.message }).collect())
}

/// What the file names, with lines, for the checks of the whole.
fn references(raw: &RawProcedure) -> check::References {
    let line = |at: &serde_saphyr::Location| at.line();
    check::References {
        start: (raw.start.value.clone(), line(&raw.start.referenced)),
        start_clocks: raw.start_clocks.iter().map(|c| (c.value.clone(), line(&c.referenced))).collect(),
        clocks: raw
            .clocks
            .iter()
            .map(|(name, c)| (name.clone(), c.value.limit.is_some() || c.value.limit_of.is_some(), line(&c.referenced)))
            .collect(),
        states: raw
            .states
            .iter()
            .map(|s| check::StateRef {
                code: s.value.code.clone(),
                last: s.value.last,
                paused: s.value.tone == Tone::Paused,
                clock: s.value.clock.as_ref().map(|c| c.value.clone()),
                holders: s.value.holders.iter().map(|h| (h.value.role.clone(), line(&h.referenced))).collect(),
                line: line(&s.referenced),
            })
            .collect(),
        actions: raw
            .actions
            .iter()
            .map(|a| check::ActionRef {
                code: a.value.code.clone(),
                from: a.value.from.iter().map(|f| (f.value.clone(), line(&f.referenced))).collect(),
                to: (a.value.to.value.clone(), line(&a.value.to.referenced)),
                roles: a.value.roles.iter().map(|r| (r.value.clone(), line(&r.referenced))).collect(),
                needs_roles: matches!(a.value.by, RawBy::Holder | RawBy::Anyone),
                clocks: a
                    .value
                    .effects
                    .iter()
                    .filter_map(|e| clock_of(&e.value).map(|c| (c, line(&e.referenced))))
                    .collect(),
                line: line(&a.referenced),
            })
            .collect(),
    }
}

fn clock_of(effect: &RawEffect) -> Option<String> {
    match effect {
        RawEffect::RestartClock(name) | RawEffect::MeetClock(name) | RawEffect::ExtendClock(name) => Some(name.clone()),
        _ => None,
    }
}

fn build(raw: RawProcedure, flaws: &mut Vec<Flaw>) -> Procedure {
    let clocks = raw
        .clocks
        .into_iter()
        .map(|(name, c)| (name.clone(), ClockRule { name, label: c.value.label, limit: c.value.limit }))
        .collect();
    let states = raw.states.into_iter().map(|s| (s.value.code.clone(), state(s.value))).collect();
    let actions = raw.actions.into_iter().map(|a| action(a.value, flaws)).collect();
    Procedure {
        code: raw.code,
        name: raw.name,
        start: raw.start.value,
        states,
        actions,
        clocks,
        start_clocks: raw.start_clocks.into_iter().map(|c| c.value).collect(),
    }
}

fn state(raw: RawState) -> State {
    let holders = raw.holders.into_iter().map(|h| h.value);
    State {
        code: raw.code,
        name: raw.name,
        tone: raw.tone,
        last: raw.last,
        clock: raw.clock.map(|c| c.value),
        holders: holders
            .map(|h| Holder {
                role: h.role,
                at: h.at,
                kind: h.kind,
                department: h.department,
                optional: h.optional,
                when: h.when,
                fallback: h.fallback,
            })
            .collect(),
    }
}

fn action(raw: RawAction, flaws: &mut Vec<Flaw>) -> Action {
    Action {
        code: raw.code,
        name: raw.name,
        tone: raw.tone,
        from: raw.from.into_iter().map(|f| f.value).collect(),
        goes: match raw.to.value.as_str() {
            "stay" => Goes::Stay,
            "back" => Goes::Back,
            state => Goes::To(state.to_owned()),
        },
        roles: raw.roles.into_iter().map(|r| r.value).collect(),
        by: match raw.by {
            RawBy::Holder => By::Holder,
            RawBy::Anyone => By::Anyone,
            RawBy::Reporter => By::Reporter,
            RawBy::System => By::System,
        },
        note_required: raw.note == RawNote::Required,
        evidence: raw.evidence,
        recipient: match raw.recipient {
            RawRecipient::None => Recipient::None,
            RawRecipient::Department => Recipient::Department,
        },
        form: raw.form.and_then(|f| form(f, flaws)),
        guard: raw.guard.and_then(|g| guard(g, flaws)),
        effects: raw.effects.into_iter().map(|e| effect(e.value)).collect(),
        quiet: raw.quiet,
        caution: raw.caution,
    }
}

fn form(raw: Spanned<Value>, flaws: &mut Vec<Flaw>) -> Option<Form> {
    match jsonschema::draft202012::new(&raw.value) {
        Ok(validator) => Some(Form { schema: raw.value, validator }),
        Err(e) => {
            flaws.push(Flaw { line: raw.referenced.line(), message: format!("form is not a JSON Schema: {e}") });
            None
        }
    }
}

fn guard(raw: RawGuard, flaws: &mut Vec<Flaw>) -> Option<Guard> {
    match Expr::parse(&raw.when.value, check::guard_schema()) {
        Ok(expr) => Some(Guard { expr, message: Text::new(raw.zh, raw.en) }),
        Err(e) => {
            flaws.push(Flaw { line: raw.when.referenced.line(), message: format!("guard: {e}") });
            None
        }
    }
}

fn effect(raw: RawEffect) -> EffectRule {
    match raw {
        RawEffect::FixCondition => EffectRule::FixCondition,
        RawEffect::DropDepartment => EffectRule::DropDepartment,
        RawEffect::RememberHandler => EffectRule::RememberHandler,
        RawEffect::KeepData => EffectRule::KeepData,
        RawEffect::RestartClock(name) => EffectRule::RestartClock(name),
        RawEffect::MeetClock(name) => EffectRule::MeetClock(name),
        RawEffect::PauseClocks => EffectRule::PauseClocks,
        RawEffect::ResumeClocks => EffectRule::ResumeClocks,
        RawEffect::ExtendClock(name) => EffectRule::ExtendClock(name),
        RawEffect::MergeInto => EffectRule::MergeInto,
        RawEffect::Unmerge(raw) => EffectRule::Unmerge { within_days: raw.within_days },
        RawEffect::SetConfidential(on) => EffectRule::SetConfidential(on),
        RawEffect::RaiseTo(role) => EffectRule::RaiseTo(role),
        RawEffect::Involve(raw) => EffectRule::Involve { role: raw.role, at: raw.at },
        RawEffect::RaiseAlerts => EffectRule::RaiseAlerts,
        RawEffect::Notify(raw) => EffectRule::Notify {
            who: match raw.who {
                RawAudience::Reporter => Audience::Reporter,
                RawAudience::Department => Audience::Department,
                RawAudience::Holders => Audience::Holders,
            },
            text: Text::new(raw.zh, raw.en),
        },
    }
}
