//! Checks of a procedure as a whole: what is named exists, every state is reached, every open state has a way on.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::LazyLock;

use crate::expr::{Schema, Type};
use crate::role::Roles;

use super::model::Procedure;

/// A fault with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    pub line: u64,
    pub message: String,
}

type Named = (String, u64);

pub(super) struct References {
    pub(super) start: Named,
    pub(super) start_clocks: Vec<Named>,
    /// Name, whether it has a limit, line.
    pub(super) clocks: Vec<(String, bool, u64)>,
    pub(super) states: Vec<StateRef>,
    pub(super) actions: Vec<ActionRef>,
}

pub(super) struct StateRef {
    pub(super) code: String,
    pub(super) last: bool,
    pub(super) paused: bool,
    pub(super) clock: Option<String>,
    pub(super) holders: Vec<Named>,
    pub(super) line: u64,
}

pub(super) struct ActionRef {
    pub(super) code: String,
    pub(super) from: Vec<Named>,
    pub(super) to: Named,
    pub(super) roles: Vec<Named>,
    pub(super) needs_roles: bool,
    pub(super) clocks: Vec<Named>,
    pub(super) line: u64,
}

/// Facts that guards may speak of, with their types.
pub(super) fn guard_schema() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        let strings = Type::List(Box::new(Type::String));
        Schema::new([
            (
                "case",
                Type::object([
                    ("state", Type::String),
                    ("department", Type::String),
                    ("condition", Type::String),
                    ("handlers", strings),
                    ("reporter", Type::String),
                    ("confidential", Type::Bool),
                    ("confirmed", Type::Bool),
                    ("data", Type::Any),
                ]),
            ),
            ("actor", Type::object([("person", Type::String), ("role", Type::String), ("department", Type::String)])),
            ("data", Type::Any),
        ])
    });
    &SCHEMA
}

/// What the forms of a new release must not have: a field without a name in both languages, which people would see as a code; and an answer given
/// beforehand to a question of yes or no, which would be recorded as somebody's word. Releases that cases are pinned to may still have them.
pub fn form_flaws(procedure: &Procedure) -> Vec<String> {
    let forms =
        procedure.actions.iter().filter_map(|action| Some((action.code.as_str(), &action.form.as_ref()?.schema)));
    forms.flat_map(|(action, schema)| flaws_of(action, schema)).collect()
}

fn flaws_of(action: &str, schema: &serde_json::Value) -> Vec<String> {
    let properties = schema.get("properties").and_then(serde_json::Value::as_object);
    let mut flaws = Vec::new();
    for (name, property) in properties.into_iter().flatten() {
        let titled = ["zh", "en"].iter().all(|language| {
            let title =
                property.get("x-title").and_then(|title| title.get(language)).and_then(serde_json::Value::as_str);
            title.is_some_and(|title| !title.trim().is_empty())
        });
        if !titled {
            flaws.push(format!("action “{action}”: “{name}” has no x-title in both languages"));
        }
        let yes_or_no = property.get("type").and_then(serde_json::Value::as_str) == Some("boolean");
        if yes_or_no && property.get("default").is_some() {
            flaws.push(format!("action “{action}”: “{name}” is a question of yes or no; it takes no default"));
        }
    }
    flaws
}

pub(super) fn raw_flaws(refs: &References, roles: &Roles) -> Vec<Flaw> {
    let mut flaws = Vec::new();
    let mut say = |line: u64, message: String| flaws.push(Flaw { line, message });
    names(refs, roles, &mut say);
    reach(refs, &mut say);
    flaws
}

fn names(refs: &References, roles: &Roles, say: &mut impl FnMut(u64, String)) {
    let states: HashSet<&str> = refs.states.iter().map(|s| s.code.as_str()).collect();
    let clocks: HashSet<&str> = refs.clocks.iter().map(|(name, ..)| name.as_str()).collect();
    let mut seen = HashSet::new();
    for state in refs.states.iter().filter(|s| !seen.insert(s.code.as_str())) {
        say(state.line, format!("state “{}” is defined twice", state.code));
    }
    let mut seen = HashSet::new();
    for action in refs.actions.iter().filter(|a| !seen.insert(a.code.as_str())) {
        say(action.line, format!("action “{}” is defined twice", action.code));
    }
    for (name, limited, line) in &refs.clocks {
        if !limited {
            say(*line, format!("clock “{name}” has no limit: give `limit` or `limit_of: condition`"));
        }
    }
    if !states.contains(refs.start.0.as_str()) {
        say(refs.start.1, format!("start: no state “{}”", refs.start.0));
    }
    let named_clocks = refs.start_clocks.iter().chain(refs.actions.iter().flat_map(|a| &a.clocks));
    for (name, line) in named_clocks.filter(|(name, _)| !clocks.contains(name.as_str())) {
        say(*line, format!("no clock “{name}”"));
    }
    for state in &refs.states {
        if let Some(clock) = state.clock.as_ref().filter(|c| !clocks.contains(c.as_str())) {
            say(state.line, format!("state “{}”: no clock “{clock}”", state.code));
        }
        for (role, line) in state.holders.iter().filter(|(role, _)| roles.get(role).is_none()) {
            say(*line, format!("state “{}”: no role “{role}”", state.code));
        }
        if !state.last && !state.paused && state.clock.is_none() {
            say(state.line, format!("state “{}” has no clock: every open stage has a limit", state.code));
        }
    }
    for action in &refs.actions {
        for (role, line) in action.roles.iter().filter(|(role, _)| roles.get(role).is_none()) {
            say(*line, format!("action “{}”: no role “{role}”", action.code));
        }
        if action.needs_roles && action.roles.is_empty() {
            say(action.line, format!("action “{}” has no roles", action.code));
        }
        for (state, line) in action.from.iter().filter(|(s, _)| !states.contains(s.as_str())) {
            say(*line, format!("action “{}”: no state “{state}”", action.code));
        }
        let (to, line) = &action.to;
        if !matches!(to.as_str(), "stay" | "back") && !states.contains(to.as_str()) {
            say(*line, format!("action “{}”: no state “{to}”", action.code));
        }
    }
}

fn reach(refs: &References, say: &mut impl FnMut(u64, String)) {
    let mut edges: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for action in &refs.actions {
        for (from, _) in &action.from {
            match action.to.0.as_str() {
                "stay" => {}
                "back" => {
                    let into_pause = refs.actions.iter().filter(|a| a.to.0 == *from);
                    edges.entry(from).or_default().extend(into_pause.flat_map(|a| &a.from).map(|(s, _)| s.as_str()));
                }
                to => {
                    edges.entry(from).or_default().insert(to);
                }
            }
        }
    }
    let reached = closure(&edges, [refs.start.0.as_str()]);
    for state in &refs.states {
        if !reached.contains(state.code.as_str()) {
            say(state.line, format!("state “{}” is never reached from “{}”", state.code, refs.start.0));
        }
        let onward = closure(&edges, [state.code.as_str()]);
        let ends = refs.states.iter().any(|s| s.last && onward.contains(s.code.as_str()));
        if !state.last && !ends {
            say(state.line, format!("state “{}” is a dead end: no way leads from it to a last state", state.code));
        }
    }
}

fn closure<'a>(edges: &HashMap<&'a str, BTreeSet<&'a str>>, from: [&'a str; 1]) -> HashSet<&'a str> {
    let mut seen: HashSet<&str> = from.into_iter().collect();
    let mut queue: VecDeque<&str> = from.into_iter().collect();
    while let Some(state) = queue.pop_front() {
        for next in edges.get(state).into_iter().flatten() {
            if seen.insert(next) {
                queue.push_back(next);
            }
        }
    }
    seen
}
