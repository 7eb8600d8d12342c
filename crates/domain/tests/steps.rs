//! Whatever people try, a case stays sound: random walks through the shipped incident procedure.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use serde_json::{Map, json};
use uuid::Uuid;
use yizhi_domain::calendar;
use yizhi_domain::case::{
    self, AccessChange, Action, AssignmentKind, Case, ClockState, Draft, Effect, MergeTarget, Outcome, SUPERSEDED,
    Target, allowed_actions, step,
};
use yizhi_domain::catalog::{Catalog, Files};
use yizhi_domain::ids::{AttachmentId, CaseId};
use yizhi_domain::procedure::Tone;
use yizhi_domain::procedure::scenario::{actor, small_world, village};
use yizhi_domain::region::Level;
use yizhi_domain::slice::Principal;
use yizhi_domain::world::World;

const PEOPLE: &[&str] = &[
    "citizen",
    "grid_worker",
    "grid_leader",
    "verifier",
    "operator",
    "operator+",
    "dispatcher",
    "leader",
    "system",
    "window_clerk",
    "department_handler/city_management",
    "department_handler/water",
    "administrator",
];
const ACTIONS: &[&str] = &[
    "verify",
    "register",
    "reject",
    "merge",
    "dispatch",
    "return",
    "accept",
    "finish",
    "extend",
    "suspend",
    "resume",
    "check",
    "rework",
    "close",
    "escalate",
    "overdue",
    "warn",
    "supervise",
    "reopen",
    "rate",
    "comment",
    "unmerge",
    "confirm_confidential",
    "make_confidential",
    "lift_confidential",
    "nonsense",
];

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    let mut files = Files::new();
    for name in ["roles.yaml", "departments.yaml", "procedures/incident.yaml", "matters/incidents/event-0110.yaml"] {
        files.insert(name.to_owned(), std::fs::read_to_string(root.join(name)).unwrap());
    }
    let read = |name: &str| std::fs::read_to_string(root.join("calendars").join(name)).unwrap();
    let texts: Vec<(&str, String)> =
        ["cn-2024.yaml", "cn-2025.yaml", "cn-2026.yaml", "hours.yaml"].into_iter().map(|n| (n, read(n))).collect();
    let named: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (*n, t.as_str())).collect();
    small_world(Arc::new(Catalog::load(&files).unwrap()), Arc::new(calendar::parse(&named).unwrap()))
});

fn start() -> DateTime<Utc> {
    "2026-09-29T16:30:00+08:00".parse().unwrap()
}

fn received() -> Case {
    received_as(false).case
}

fn received_as(confidential: bool) -> Outcome {
    let path = village().child("001");
    let cx = WORLD.context_of(WORLD.catalog.id(), "event-0110", &path, None, start()).unwrap();
    let draft = Draft {
        id: CaseId(Uuid::from_u128(7)),
        number: "350302-20260929-00001".to_owned(),
        release: WORLD.catalog.id().to_owned(),
        title: "垃圾".to_owned(),
        description: String::new(),
        path,
        grid: None,
        location: None,
        data: Map::new(),
        attachments: Vec::new(),
        condition: None,
        occurred_at: start(),
        reporter: actor("citizen").person,
        confidential,
        demo: false,
    };
    case::report(&cx, draft, &actor("citizen")).unwrap()
}

#[derive(Clone, Debug)]
struct Try {
    who: &'static str,
    action: &'static str,
    department: Option<&'static str>,
    value: i64,
    minutes: i64,
    /// Prefer an action that is allowed, so that walks get far.
    guided: bool,
}

fn tries() -> impl Strategy<Value = Try> {
    let department = prop::option::of(prop::sample::select(&["city_management", "water", "nowhere"][..]));
    (
        prop::sample::select(PEOPLE),
        prop::sample::select(ACTIONS),
        department,
        -1i64..70,
        0i64..4_000,
        prop::bool::weighted(0.8),
    )
        .prop_map(|(who, action, department, value, minutes, guided)| Try {
            who,
            action,
            department,
            value,
            minutes,
            guided,
        })
}

/// Somebody who may do something now, starting the search at a random person.
fn guided(case: &Case, now: DateTime<Utc>, first: &Try) -> (&'static str, String) {
    let cx = WORLD.context(case, None, now).unwrap();
    let offset = PEOPLE.iter().position(|p| *p == first.who).unwrap();
    for who in PEOPLE.iter().cycle().skip(offset).take(PEOPLE.len()) {
        let actor = actor(who);
        let codes: Vec<String> = allowed_actions(&cx, case, &actor)
            .map(|a| a.code.clone())
            .filter(|c| c != "comment" && c != "reject")
            .collect();
        if !codes.is_empty() {
            let pick = usize::try_from(first.value.unsigned_abs()).unwrap() % codes.len();
            return (who, codes[pick].clone());
        }
    }
    (first.who, first.action.to_owned())
}

#[test]
fn what_an_actor_shows_stays_with_the_case_and_its_trace() {
    let (case, now) = (received(), start());
    let photo = AttachmentId(Uuid::from_u128(9));
    let mut action = Action::new("verify");
    action.data.insert("found".to_owned(), json!(true));
    action.attachments = vec![photo, photo];
    let cx = WORLD.context(&case, None, now).unwrap();
    let outcome = step(&cx, &case, &action, &actor("grid_worker")).unwrap();
    assert_eq!(outcome.case.body.attachments, [photo], "once, however often it is named");
    assert_eq!(outcome.record.fields["details"]["attachments"], json!([photo]));
    action.attachments.clear();
    action.note = "看过".to_owned();
    let without = step(&cx, &case, &action, &actor("grid_worker")).unwrap();
    assert!(without.case.body.attachments.is_empty());
    assert_eq!(without.record.fields["details"].get("attachments"), None);
}

fn check_sound(case: &Case, now: DateTime<Utc>) -> Result<(), TestCaseError> {
    let procedure = WORLD.catalog.procedure("incident").unwrap();
    let state = procedure.state(&case.state).expect("a state of the procedure");
    let open: Vec<_> = case.open_assignments().collect();
    let running: Vec<_> = case.body.clocks.iter().filter(|c| c.is_running()).collect();
    if state.last {
        prop_assert!(
            open.is_empty() && running.is_empty() && case.closed_at.is_some(),
            "nothing is left open: {}",
            case.state
        );
    } else {
        prop_assert!(case.closed_at.is_none());
        prop_assert!(open.iter().any(|a| a.kind != AssignmentKind::Joint), "somebody holds {}", case.state);
        if state.tone == Tone::Paused {
            prop_assert!(running.is_empty(), "no clock runs while suspended");
        } else {
            prop_assert!(case.due_at().is_some(), "no deadline in {}", case.state);
        }
    }
    for clock in &case.body.clocks {
        let paused = clock.pauses.iter().filter(|p| p.until.is_some());
        for pause in paused {
            let inside = pause.from < clock.until && pause.until.is_some_and(|end| clock.until < end);
            prop_assert!(!inside, "{} ends inside a pause", clock.name);
        }
        prop_assert!(clock.amber_at <= clock.until && clock.from <= clock.until);
        prop_assert!(clock.state(now) != ClockState::Met || clock.met_at.is_some());
    }
    let mut numbers: Vec<u32> = case.assignments.iter().map(|a| a.n).collect();
    numbers.dedup();
    prop_assert_eq!(numbers.len(), case.assignments.len());
    Ok(())
}

/// Who takes part in the case after these changes.
fn take_part<'a>(parts: &'a mut BTreeSet<Principal>, case: &Case, changes: &[AccessChange]) -> &'a BTreeSet<Principal> {
    for change in changes {
        match change {
            AccessChange::Grant { case: of, principal, .. } if *of == case.id => {
                parts.insert(principal.clone());
            }
            AccessChange::End { case: of, principal, .. } if *of == case.id => {
                parts.remove(principal);
            }
            _ => {}
        }
    }
    parts
}

/// Of a confidential case the posts of the village have no work, no part and no word.
fn check_village_learns_nothing(
    case: &Case,
    effects: &[Effect],
    parts: &BTreeSet<Principal>,
) -> Result<(), TestCaseError> {
    if !case.confidential {
        return Ok(());
    }
    let of_village = |principal: &Principal| match principal {
        Principal::Person(person) => ["grid_worker", "grid_leader"].iter().any(|p| actor(p).person == Some(*person)),
        Principal::Department { path, .. } | Principal::Role { path, .. } => path.depth() >= Level::Village.depth(),
    };
    prop_assert!(!parts.iter().any(of_village), "the village takes part in {}: {parts:?}", case.state);
    for effect in effects {
        if let Effect::Notify { to, .. } = effect {
            prop_assert!(!of_village(to), "the village is told of {}", case.state);
        }
    }
    for work in case.open_assignments() {
        prop_assert!(
            work.path.depth() < Level::Village.depth(),
            "{} at {} has work in {}",
            work.role,
            work.path,
            case.state
        );
    }
    Ok(())
}

/// Of the work that ended with a step at most one piece is done, by who took the step; the others are superseded.
fn check_who_did_it(
    before: &Case,
    after: &Case,
    by: &yizhi_domain::case::Actor,
    code: &str,
    now: DateTime<Utc>,
) -> Result<(), TestCaseError> {
    let open: BTreeSet<u32> = before.open_assignments().map(|a| a.n).collect();
    let ended = after.assignments.iter().filter(|a| open.contains(&a.n) && a.left.is_some());
    let ended: Vec<_> = ended.filter(|a| a.kind != AssignmentKind::Joint).collect();
    let done: Vec<_> = ended.iter().filter(|a| a.outcome.as_deref() == Some(code)).collect();
    prop_assert!(done.len() <= 1, "{code} was done once");
    prop_assert!(ended.iter().all(|a| a.left == Some(now)));
    for work in &ended {
        let mine = work.outcome.as_deref() == Some(code);
        prop_assert!(mine || work.outcome.as_deref() == Some(SUPERSEDED), "{:?}", work.outcome);
        prop_assert_eq!(work.left_by, by.person.filter(|_| mine));
        prop_assert!(!mine || case::holds(work, by), "who did it held it");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_case_stays_sound(tries in prop::collection::vec(tries(), 1..40), confidential in prop::bool::ANY) {
        let Outcome { mut case, access, effects, .. } = received_as(confidential);
        let mut now = start();
        let mut parts = BTreeSet::new();
        check_sound(&case, now)?;
        check_village_learns_nothing(&case, &effects, take_part(&mut parts, &case, &access))?;
        for attempt in tries {
            now += TimeDelta::minutes(attempt.minutes);
            let (who, code) = if attempt.guided { guided(&case, now, &attempt) } else { (attempt.who, attempt.action.to_owned()) };
            let mut action = Action::new(&code);
            action.version = Some(case.version).filter(|_| who != "system");
            action.note = "说明".to_owned();
            action.to = attempt.department.map(|d| Target::Department(d.to_owned()));
            match code.as_str() {
                "extend" => { action.data.insert("value".to_owned(), json!(attempt.value)); }
                "rate" => { action.data.insert("score".to_owned(), json!(attempt.value)); }
                "verify" => { action.data.insert("found".to_owned(), json!(attempt.value > 20)); }
                "merge" => { action.data.insert("into".to_owned(), json!("x")); }
                _ => {}
            }
            let target = MergeTarget { id: CaseId(Uuid::from_u128(8)), number: "x".to_owned(), open: attempt.value > 10, reporter: None };
            let cx = WORLD.context(&case, Some(target), now).unwrap();
            let by = actor(who);
            let Ok(outcome) = step(&cx, &case, &action, &by) else { continue };
            let rule = cx.procedure.action(&code).unwrap();
            prop_assert!(rule.from.contains(&case.state));
            prop_assert_eq!(outcome.case.version, case.version + u32::from(!rule.quiet));
            prop_assert_eq!(outcome.case.body.entries, case.body.entries + 1);
            if ["check", "rework"].contains(&code.as_str()) {
                prop_assert!(!case.body.handlers.contains(&by.person.unwrap()), "a handler checked its own work");
            }
            prop_assert!(outcome.record.clone().seal(&mut || [7; 32]).is_ok());
            let again = step(&cx, &case, &action, &by).unwrap();
            prop_assert_eq!(&again.case, &outcome.case, "the same step gives the same case");
            check_who_did_it(&case, &outcome.case, &by, &code, now)?;
            case = outcome.case;
            check_sound(&case, now)?;
            check_village_learns_nothing(&case, &outcome.effects, take_part(&mut parts, &case, &outcome.access))?;
        }
    }
}
