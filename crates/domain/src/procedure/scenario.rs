//! Scenario tests of a procedure: stories in YAML beside it, played against the real `step` in a small place where every role has somebody.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Map, Value};
use serde_saphyr::Spanned;
use uuid::Uuid;

use crate::calendar::Calendars;
use crate::case::{self, Action, Actor, Case, Draft, MergeTarget, Refusal, Target};
use crate::catalog::Catalog;
use crate::directory::{Directory, GridDuty, PersonBrief, Post};
use crate::ids::{CaseId, PersonId, PostId};
use crate::region::{Level, Region, RegionPath, RegionTree};
use crate::role::Roles;
use crate::world::World;

use super::ParseError;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: String,
    matter: String,
    /// When the report comes in.
    at: DateTime<FixedOffset>,
    #[serde(default = "citizen")]
    reporter: String,
    #[serde(default)]
    condition: Option<String>,
    #[serde(default)]
    confidential: bool,
    steps: Vec<Spanned<Step>>,
}

fn citizen() -> String {
    "citizen".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    /// Minutes after the step before.
    #[serde(default)]
    after: i64,
    /// A role, `role/department` or `system`. `role+` is somebody of the role at the county.
    #[serde(rename = "as")]
    actor: String,
    #[serde(rename = "do")]
    action: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    to: Option<String>,
    #[serde(default)]
    data: Map<String, Value>,
    /// The state afterwards.
    #[serde(default)]
    state: Option<String>,
    /// The stage's deadline afterwards.
    #[serde(default)]
    due: Option<DateTime<FixedOffset>>,
    /// Who holds open work afterwards: their roles, in the order of the alphabet.
    #[serde(default)]
    holders: Option<Vec<String>>,
    /// The code of the refusal that is expected.
    #[serde(default)]
    refused: Option<String>,
}

/// Plays all scenarios of a file; returns how many there were.
///
/// # Errors
/// Every step that went otherwise than the file says, with its line.
pub fn play(
    file: &str,
    text: &str,
    catalog: Arc<Catalog>,
    calendars: Arc<Calendars>,
) -> Result<usize, Vec<ParseError>> {
    let fault = |line: u64, message: String| ParseError { file: file.to_owned(), line, message };
    let scenarios: Vec<Scenario> =
        serde_saphyr::from_str(text).map_err(|e| vec![fault(e.location().map_or(0, |l| l.line()), e.to_string())])?;
    let world = small_world(catalog, calendars);
    let mut faults = Vec::new();
    for scenario in &scenarios {
        if let Err((line, message)) = play_one(scenario, &world) {
            faults.push(fault(line, format!("{}: {message}", scenario.name)));
        }
    }
    if faults.is_empty() { Ok(scenarios.len()) } else { Err(faults) }
}

type Wrong = (u64, String);

fn play_one(scenario: &Scenario, world: &World) -> Result<(), Wrong> {
    let mut now = scenario.at.with_timezone(&Utc);
    let mut case = receive(scenario, world, now).map_err(|e| (0, format!("report refused: {e}")))?;
    for step in &scenario.steps {
        let (line, step) = (step.referenced.line(), &step.value);
        now += TimeDelta::minutes(step.after);
        match (take(step, &case, world, now), &step.refused) {
            (Ok(_), Some(code)) => {
                return Err((line, format!("“{}” went through; expected refusal {code}", step.action)));
            }
            (Ok(next), None) => case = next,
            (Err(refusal), Some(code)) if refusal.code() == code => continue,
            (Err(refusal), _) => {
                return Err((
                    line,
                    format!("“{}” refused: {} ({})", step.action, refusal.message().en, refusal.code()),
                ));
            }
        }
        expect(line, "state", step.state.as_ref(), &case.state)?;
        let due = case.due_at().unwrap_or_default();
        let mut holders: Vec<String> = case.open_assignments().map(|a| a.role.clone()).collect();
        holders.sort();
        holders.dedup();
        expect(line, "holders", step.holders.as_ref(), &holders)?;
        expect(line, "due", step.due.map(|d| d.with_timezone(&Utc)).as_ref(), &due)?;
    }
    Ok(())
}

fn expect<T: PartialEq + std::fmt::Debug>(line: u64, what: &str, wanted: Option<&T>, got: &T) -> Result<(), Wrong> {
    match wanted {
        Some(wanted) if wanted != got => Err((line, format!("{what}: expected {wanted:?}, got {got:?}"))),
        _ => Ok(()),
    }
}

fn receive(scenario: &Scenario, world: &World, now: DateTime<Utc>) -> Result<Case, Refusal> {
    let path = village().child("001");
    let cx = world.context_of(world.catalog.id(), &scenario.matter, &path, None, now)?;
    let actor = actor(&scenario.reporter);
    let draft = Draft {
        id: CaseId(id_of(&scenario.name)),
        number: "350302-20260101-00001".to_owned(),
        release: world.catalog.id().to_owned(),
        title: scenario.name.clone(),
        description: String::new(),
        path,
        grid: Some("350302001201001".to_owned()),
        location: None,
        data: Map::new(),
        attachments: Vec::new(),
        condition: scenario.condition.clone(),
        occurred_at: now,
        reporter: actor.person,
        confidential: scenario.confidential,
        demo: false,
    };
    case::report(&cx, draft, &actor).map(|outcome| outcome.case)
}

fn take(step: &Step, case: &Case, world: &World, now: DateTime<Utc>) -> Result<Case, Refusal> {
    let into = step.data.get("into").and_then(Value::as_str);
    let target = into.map(|number| MergeTarget {
        id: CaseId(id_of(number)),
        number: number.to_owned(),
        open: true,
        reporter: None,
    });
    let cx = world.context(case, target, now)?;
    let action = Action {
        code: step.action.clone(),
        version: Some(case.version).filter(|_| step.actor != "system"),
        note: step.note.clone(),
        to: step.to.clone().map(Target::Department),
        data: step.data.clone(),
        attachments: Vec::new(),
    };
    case::step(&cx, case, &action, &actor(&step.actor)).map(|outcome| outcome.case)
}

/// The village of the small place.
pub fn village() -> RegionPath {
    ["35", "03", "02", "001", "201"].iter().fold(RegionPath::root(), |path, segment| path.child(segment))
}

/// A stable id for a name.
fn id_of(name: &str) -> Uuid {
    use sha2::{Digest, Sha256};
    let digest = Sha256::digest(name.as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::from_bytes(bytes)
}

/// Somebody of the small place: `role`, `role/department`, `role+` for one at the county, `system`.
pub fn actor(name: &str) -> Actor {
    if name == "system" {
        return Actor::system();
    }
    let (role, department) = name.split_once('/').map_or((name, None), |(r, d)| (r, Some(d.to_owned())));
    let plain = role.trim_end_matches('+');
    let path = if plain.len() < role.len() { village().at(Level::County) } else { seat(plain) };
    Actor { person: Some(PersonId(id_of(name))), path, role: plain.to_owned(), department }
}

/// Where the roles of the small place sit.
fn seat(role: &str) -> RegionPath {
    let level = match role {
        "grid_worker" | "grid_leader" => Level::Village,
        "verifier" | "operator" | "dispatcher" | "grid_supervisor" => Level::Township,
        _ => Level::County,
    };
    village().at(level)
}

/// A village with its township and county, where every role has somebody: for scenarios, tests and benchmarks.
pub fn small_world(catalog: Arc<Catalog>, calendars: Arc<Calendars>) -> World {
    let names = names(catalog.roles(), &catalog);
    let people = names.iter().map(|n| PersonBrief { id: PersonId(id_of(n)), account: n.clone(), name: n.clone() });
    let posts = names.iter().map(|name| {
        let actor = actor(name);
        Post {
            id: PostId(id_of(&format!("post {name}"))),
            person: PersonId(id_of(name)),
            role: actor.role,
            path: actor.path,
            department: actor.department,
            from: DateTime::UNIX_EPOCH,
            until: None,
        }
    });
    let duty = GridDuty {
        person: PersonId(id_of("grid_worker")),
        role: "grid_worker".to_owned(),
        from: DateTime::UNIX_EPOCH,
        until: None,
    };
    let directory = Directory::new(people.collect(), posts.collect(), vec![(village().child("001"), duty)]);
    let codes = ["350000000000", "350300000000", "350302000000", "350302001000", "350302001201"];
    let keys: Vec<String> = Level::ALL.iter().map(|level| village().at(*level).to_string()).collect();
    let regions = Level::ALL.iter().zip(keys.iter().zip(codes)).map(|(level, (key, code))| Region {
        level: *level,
        key,
        code,
        name: code,
        pinyin: "",
        initials: "",
        center: None,
    });
    World {
        catalog,
        pinned: Arc::new(BTreeMap::new()),
        calendars,
        regions: Arc::new(RegionTree::of(regions)),
        directory: Arc::new(directory),
    }
}

fn names(roles: &Roles, catalog: &Catalog) -> Vec<String> {
    let plain = roles.iter().filter(|r| !r.department).flat_map(|r| [r.code.clone(), format!("{}+", r.code)]);
    let handlers = catalog.departments().map(|d| format!("department_handler/{}", d.code));
    plain.chain(handlers).collect()
}
