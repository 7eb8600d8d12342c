//! Who gets what falls into a grid: who is on duty there, the posts there, those of the village, and, where nobody is, somebody who is told why.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::path::Path;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, json};
use uuid::Uuid;
use yizhi_domain::calendar;
use yizhi_domain::case::{self, Action, Actor, Case, Draft, Effect, MergeTarget, Outcome, Refusal, holds, step};
use yizhi_domain::catalog::{Catalog, Files};
use yizhi_domain::directory::{Directory, GridDuty, Post};
use yizhi_domain::ids::{CaseId, PersonId, PostId};
use yizhi_domain::procedure::scenario::{small_world, village};
use yizhi_domain::region::{Level, RegionPath};
use yizhi_domain::slice::Principal;
use yizhi_domain::world::World;

static SHIPPED: LazyLock<World> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    let mut files = Files::new();
    for name in ["roles.yaml", "departments.yaml", "procedures/incident.yaml", "matters/incidents/event-0110.yaml"] {
        files.insert(name.to_owned(), std::fs::read_to_string(root.join(name)).unwrap());
    }
    let read = |name: &str| std::fs::read_to_string(root.join("calendars").join(name)).unwrap();
    let texts: Vec<(&str, String)> = ["cn-2026.yaml", "hours.yaml"].into_iter().map(|n| (n, read(n))).collect();
    let named: Vec<(&str, &str)> = texts.iter().map(|(n, t)| (*n, t.as_str())).collect();
    small_world(Arc::new(Catalog::load(&files).unwrap()), Arc::new(calendar::parse(&named).unwrap()))
});

const REPORTER: u128 = 1;
const WORKER: u128 = 2;
const OTHER: u128 = 3;
const OPERATOR: u128 = 4;
const VERIFIER: u128 = 5;

fn now() -> DateTime<Utc> {
    "2026-03-02T09:00:00+08:00".parse().unwrap()
}

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

fn grid(n: &str) -> RegionPath {
    village().child(n)
}

fn township() -> RegionPath {
    village().at(Level::Township)
}

fn post(n: u128, role: &str, path: RegionPath) -> Post {
    Post {
        id: PostId(Uuid::from_u128(n)),
        person: person(n),
        role: role.to_owned(),
        path,
        department: None,
        from: now() - TimeDelta::days(9),
        until: None,
    }
}

fn worker(n: u128, path: RegionPath) -> Post {
    post(n, "grid_worker", path)
}

fn duty(n: u128) -> GridDuty {
    GridDuty { person: person(n), role: "grid_worker".to_owned(), from: now() - TimeDelta::days(1), until: None }
}

/// The small place with an operator at the township and these workers, and who is on duty in the first grid.
fn place(workers: Vec<Post>, on_duty: Option<GridDuty>) -> World {
    let posts = workers.into_iter().chain([post(OPERATOR, "operator", township())]).collect();
    let duties = on_duty.map(|duty| (grid("001"), duty)).into_iter().collect();
    World { directory: Arc::new(Directory::new(Vec::new(), posts, duties)), ..SHIPPED.clone() }
}

fn report_in(world: &World, confidential: bool) -> Result<Outcome, Refusal> {
    report_at(world, grid("001"), confidential)
}

fn report_at(world: &World, path: RegionPath, confidential: bool) -> Result<Outcome, Refusal> {
    let cx = world.context_of(world.catalog.id(), "event-0110", &path, None, now()).unwrap();
    let draft = Draft {
        id: CaseId(Uuid::from_u128(7)),
        number: "350302-20260302-00001".to_owned(),
        release: world.catalog.id().to_owned(),
        title: "垃圾".to_owned(),
        description: String::new(),
        grid: (path.level() == Some(Level::Grid)).then(|| "350302001201001".to_owned()),
        path,
        location: None,
        data: Map::new(),
        attachments: Vec::new(),
        condition: None,
        occurred_at: now(),
        reporter: Some(person(REPORTER)),
        confidential,
        demo: false,
    };
    case::report(&cx, draft, &actor(REPORTER, "citizen", village()))
}

fn actor(n: u128, role: &str, path: RegionPath) -> Actor {
    Actor { person: Some(person(n)), role: role.to_owned(), path, department: None }
}

fn verify(world: &World, case: &Case, by: &Actor) -> Result<Outcome, Refusal> {
    let mut action = Action::new("verify");
    action.version = Some(case.version);
    action.note = "看过".to_owned();
    action.data.insert("found".to_owned(), json!(true));
    step(&world.context(case, None, now()).unwrap(), case, &action, by)
}

fn held(case: &Case) -> Vec<(&str, &RegionPath, Option<PersonId>)> {
    case.open_assignments().map(|a| (a.role.as_str(), &a.path, a.person)).collect()
}

fn told(outcome: &Outcome) -> Vec<(&Principal, &str)> {
    let notices = outcome.effects.iter().filter_map(|effect| match effect {
        Effect::Notify { to, text } => Some((to, text.zh.as_str())),
        Effect::Job { .. } => None,
    });
    notices.collect()
}

#[test]
fn a_post_in_the_grid_holds_what_falls_into_it() {
    let world = place(vec![worker(WORKER, grid("001"))], None);
    let outcome = report_in(&world, false).unwrap();
    assert_eq!(held(&outcome.case), [("grid_worker", &grid("001"), None)]);
    assert_eq!(told(&outcome), [], "somebody is there");
    assert!(verify(&world, &outcome.case, &actor(WORKER, "grid_worker", grid("001"))).is_ok());
}

#[test]
fn who_is_on_duty_may_act_wherever_in_the_village_the_post_stands() {
    for at in [grid("001"), grid("002"), village()] {
        let world = place(vec![worker(WORKER, at.clone()), worker(OTHER, village())], Some(duty(WORKER)));
        let outcome = report_in(&world, false).unwrap();
        assert_eq!(held(&outcome.case), [("grid_worker", &at, Some(person(WORKER)))]);
        assert_eq!(told(&outcome), []);
        let sees_by_part = outcome.access.iter().any(|change| format!("{change:?}").contains("\"duty\""));
        assert_eq!(sees_by_part, at == grid("002"), "the post of another grid does not show the case");
        let done = verify(&world, &outcome.case, &actor(WORKER, "grid_worker", at.clone())).unwrap();
        assert_eq!(done.case.assignments[0].left_by, Some(person(WORKER)));
        let helped = verify(&world, &outcome.case, &actor(OTHER, "grid_worker", village())).unwrap();
        assert_eq!(helped.case.assignments[0].left_by, Some(person(OTHER)), "who stands in is who did it");
    }
}

#[test]
fn work_of_the_village_that_names_a_worker_of_a_grid_is_theirs() {
    let world = place(vec![worker(WORKER, village())], Some(duty(WORKER)));
    let case = report_in(&world, false).unwrap().case;
    let assignment = &case.assignments[0];
    assert!(holds(assignment, &actor(WORKER, "grid_worker", grid("001"))), "named");
    assert!(holds(assignment, &actor(OTHER, "grid_worker", grid("002"))), "of the same village");
    assert!(!holds(assignment, &actor(WORKER, "grid_leader", grid("001"))), "another role");
    assert!(!holds(assignment, &actor(OTHER, "grid_worker", township().child("202"))), "of another village");
}

#[test]
fn where_nobody_is_on_duty_somebody_is_told_why() {
    let ended = Post { until: Some(now()), ..worker(WORKER, grid("001")) };
    let late = GridDuty { from: now() + TimeDelta::hours(1), ..duty(WORKER) };
    let over = GridDuty { until: Some(now()), ..duty(WORKER) };
    let village_worker = || worker(WORKER, village());
    let of_village = Principal::Role { role: "grid_worker".to_owned(), path: village() };
    let of_township = |role: &str| Principal::Role { role: role.to_owned(), path: township() };
    let verifier = || post(VERIFIER, "verifier", township());
    let stories = [
        ("no duty", vec![village_worker()], None, vec![of_village.clone()], "网格员"),
        ("a duty that has not begun", vec![village_worker()], Some(late), vec![of_village.clone()], "网格员"),
        ("a duty that is over", vec![village_worker()], Some(over), vec![of_village], "网格员"),
        ("a post that has ended", vec![ended.clone()], None, vec![of_township("operator")], "受理员"),
        ("duty of a post that has ended", vec![ended], Some(duty(WORKER)), vec![of_township("operator")], "受理员"),
        (
            "another grid's worker",
            vec![worker(OTHER, grid("002")), verifier()],
            None,
            vec![of_township("verifier")],
            "核查员",
        ),
        ("nobody", vec![], None, vec![of_township("operator")], "受理员"),
    ];
    for (story, workers, on_duty, expected, name) in stories {
        let world = place(workers, on_duty);
        let outcome = report_in(&world, false).unwrap_or_else(|refusal| panic!("{story}: {}", refusal.message().en));
        let text = format!("案件所在地无人值守，转由{name}办理，请及时处理。");
        let to: Vec<_> = expected.iter().map(|to| (to, text.as_str())).collect();
        assert_eq!(told(&outcome), to, "{story}");
        assert_eq!(outcome.record.fields["details"]["unattended"], json!("grid_worker"), "{story}");
    }
}

#[test]
fn a_village_without_grids_is_nobodys_only_where_nobody_in_it_has_the_role() {
    let unattended = |outcome: &Outcome| outcome.record.fields["details"].get("unattended").cloned();
    let alone = report_at(&place(vec![post(VERIFIER, "verifier", township())], None), village(), false).unwrap();
    assert_eq!(unattended(&alone), Some(json!("grid_worker")));
    let verifiers = Principal::Role { role: "verifier".to_owned(), path: township() };
    assert_eq!(told(&alone), [(&verifiers, "案件所在地无人值守，转由核查员办理，请及时处理。")]);
    let worked = report_at(&place(vec![worker(WORKER, village())], None), village(), false).unwrap();
    assert_eq!((unattended(&worked), told(&worked)), (None, vec![]));
}

#[test]
fn a_confidential_case_asks_nobody_of_the_grid() {
    let world = place(vec![worker(WORKER, grid("001"))], Some(duty(WORKER)));
    let outcome = report_in(&world, true).unwrap();
    assert_eq!(held(&outcome.case), [("operator", &township(), None)]);
    assert_eq!(told(&outcome), []);
    assert_eq!(outcome.record.fields["details"].get("unattended"), None);
    assert!(verify(&world, &outcome.case, &actor(WORKER, "grid_worker", grid("001"))).is_err());
}

#[test]
fn a_merge_that_is_taken_back_leaves_nothing_of_it() {
    let world = place(vec![worker(WORKER, grid("001"))], Some(duty(WORKER)));
    let case = report_in(&world, false).unwrap().case;
    let operator = actor(OPERATOR, "operator", township());
    let target =
        |reporter| MergeTarget { id: CaseId(Uuid::from_u128(8)), number: "x".to_owned(), open: true, reporter };
    for (reporter, joins) in [(None, true), (Some(person(OTHER)), true), (Some(person(REPORTER)), false)] {
        let mut action = Action::new("merge");
        action.data.insert("into".to_owned(), json!("x"));
        let cx = world.context(&case, Some(target(reporter)), now()).unwrap();
        let merged = step(&cx, &case, &action, &operator).unwrap();
        assert_eq!(merged.access.len(), usize::from(joins), "who reported both takes part in both already");
        let later = now() + TimeDelta::hours(2);
        let mut action = Action::new("unmerge");
        action.note = "不是一件事".to_owned();
        let undone =
            step(&world.context(&merged.case, None, later).unwrap(), &merged.case, &action, &operator).unwrap();
        assert_eq!(undone.access.len(), usize::from(joins), "the part that the merge gave ends");
        let after = &undone.case;
        assert_eq!((&after.state, after.closed_at, after.duplicate_of), (&case.state, None, None));
        assert_eq!(held(after), held(&case));
        assert_eq!(after.assignments.len(), case.assignments.len());
        for (now_running, before) in after.body.clocks.iter().zip(&case.body.clocks) {
            assert!(
                now_running.is_running() && now_running.until >= before.until + TimeDelta::hours(2),
                "{}",
                before.name
            );
        }
        assert_eq!((&after.body.merged, &after.body.before), (&None, &None));
    }
}
