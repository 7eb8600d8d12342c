//! What a slice shows, on both databases, against an oracle written from the table of roles: random regions, posts, participations and cases.

use std::collections::BTreeSet;

use crate::common::{Ground, on_both};
use chrono::{DateTime, Utc};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use uuid::Uuid;
use yizhi_domain::directory::Post;
use yizhi_domain::ids::{CaseId, PersonId, PostId};
use yizhi_domain::region::RegionPath;
use yizhi_domain::role::Role;
use yizhi_domain::slice::{Access, Principal, Slice, Subject};
use yizhi_store::CaseFilter;

const REGIONS: &[&str] = &[
    "35.",
    "35.03.",
    "35.03.02.",
    "35.03.020.",
    "35.03.02.001.",
    "35.03.02.001.201.",
    "35.03.02.001.201.001.",
    "35.03.02.001.201.002.",
    "35.03.02.001.202.",
    "35.03.02.002.",
    "35.03.02.002.201.001.",
    "35.03.03.001.201.001.",
    "44.",
];
const DEPARTMENTS: &[Option<&str>] = &[None, Some("water"), Some("waters")];
const ROLES: &[&str] = &[
    "administrator",
    "security_officer",
    "auditor",
    "operator",
    "dispatcher",
    "verifier",
    "grid_leader",
    "grid_worker",
    "grid_supervisor",
    "department_handler",
    "window_clerk",
    "leader",
    "citizen",
];
const PEOPLE: u8 = 3;
/// The moment of asking, in seconds; accesses begin and end around it.
const NOW: i64 = 100;

#[derive(Clone, Debug)]
struct PostPlan {
    role: &'static str,
    region: &'static str,
    department: Option<&'static str>,
    person: u8,
}

#[derive(Clone, Debug)]
enum Part {
    Person(u8),
    Department(&'static str, &'static str),
    Role(&'static str, &'static str),
}

#[derive(Clone, Debug)]
struct CasePlan {
    region: &'static str,
    department: Option<&'static str>,
    confidential: bool,
    parts: Vec<(Part, i64, Option<i64>)>,
}

fn region() -> impl Strategy<Value = &'static str> {
    prop::sample::select(REGIONS)
}

fn department() -> impl Strategy<Value = Option<&'static str>> {
    prop::sample::select(DEPARTMENTS)
}

fn post() -> impl Strategy<Value = PostPlan> {
    (prop::sample::select(ROLES), region(), department(), 0..PEOPLE)
        .prop_map(|(role, region, department, person)| PostPlan { role, region, department, person })
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        (0..PEOPLE).prop_map(Part::Person),
        (prop::sample::select(&["water", "waters"][..]), region()).prop_map(|(d, r)| Part::Department(d, r)),
        (prop::sample::select(ROLES), region()).prop_map(|(role, r)| Part::Role(role, r)),
    ]
}

fn case() -> impl Strategy<Value = CasePlan> {
    let span = (
        prop::sample::select(&[50, 99, 100, 101][..]),
        prop::option::of(prop::sample::select(&[60, 100, 101, 150][..])),
    );
    let parts = prop::collection::vec((part(), span).prop_map(|(p, (since, until))| (p, since, until)), 0..3);
    (region(), department(), prop::bool::weighted(0.3), parts).prop_map(
        |(region, department, confidential, mut parts)| {
            // A principal takes part once from one moment on; the table has no second row of it.
            let mut begun = BTreeSet::new();
            parts.retain(|(part, since, _)| begun.insert((principal(part).to_string(), *since)));
            CasePlan { region, department, confidential, parts }
        },
    )
}

/// What roles.yaml and DESIGN §4 say, in words: administrators see nothing; a citizen and a window clerk what they take part in; a handler what its
/// department leads in its region; everybody else their region. Confidential cases: participants only. Taking part: the person, the department at
/// the very region of the post, or the role at the very region, from when it was granted, whatever a clock says, to until (excluded).
fn oracle(post: &PostPlan, case: &CasePlan) -> bool {
    if ["administrator", "security_officer", "auditor"].contains(&post.role) {
        return false;
    }
    let takes_part = case.parts.iter().any(|(part, _, until)| {
        let now_within = match until {
            Some(end) => NOW < *end,
            None => true,
        };
        now_within
            && match part {
                Part::Person(person) => *person == post.person,
                Part::Department(code, region) => post.department == Some(code) && post.region == *region,
                Part::Role(role, region) => post.role == *role && post.region == *region,
            }
    });
    if takes_part {
        return true;
    }
    if case.confidential || ["citizen", "window_clerk"].contains(&post.role) {
        return false;
    }
    let below = case.region.starts_with(post.region);
    if post.role == "department_handler" {
        return below && post.department.is_some() && post.department == case.department;
    }
    below
}

/// Who answers for a county or more, leader or operator, knows the numbers of the confidential cases below, and nobody else does.
fn supervises(post: &PostPlan) -> bool {
    ["leader", "operator"].contains(&post.role) && post.region.matches('.').count() <= 3
}

fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn person(n: u8) -> PersonId {
    PersonId(Uuid::from_u128(u128::from(n) + 1))
}

fn path(text: &str) -> RegionPath {
    RegionPath::parse(text).unwrap()
}

fn principal(part: &Part) -> Principal {
    match part {
        Part::Person(n) => Principal::Person(person(*n)),
        Part::Department(code, region) => Principal::Department { code: (*code).to_owned(), path: path(region) },
        Part::Role(role, region) => Principal::Role { role: (*role).to_owned(), path: path(region) },
    }
}

fn slice(plan: &PostPlan, roles: &[Role]) -> Slice {
    let role = roles.iter().find(|r| r.code == plan.role).unwrap();
    let post = Post {
        id: PostId(Uuid::nil()),
        person: person(plan.person),
        role: plan.role.to_owned(),
        path: path(plan.region),
        department: plan.department.map(str::to_owned),
        from: moment(0),
        until: None,
    };
    Slice::of_post(role, &post, moment(NOW))
}

async fn lay_out(ground: &Ground, cases: &[CasePlan]) -> Vec<CaseId> {
    for table in ["case_access", "cases"] {
        ground.run(format!("DELETE FROM {table}")).await;
    }
    let mut ids = Vec::new();
    for (i, case) in cases.iter().enumerate() {
        let id = Uuid::from_u128(1_000 + i as u128);
        let department = case.department.map_or("NULL".to_owned(), |d| format!("'{d}'"));
        ground
            .run(format!(
                "INSERT INTO cases (id, number, matter, family, procedure, release, state, version, path, lon, lat, department, confidential, demo, \
                 occurred_at, recorded_at, alert, paused, provisional, body) VALUES ({}, 'n{i}', 'm', 'f', 'incident', 'r', 'reported', 1, '{}', \
                 118.9, 25.4, {department}, {}, FALSE, 0, {i}, 0, FALSE, FALSE, '{{\"title\":\"t\",\"description\":\"\"}}')",
                ground.uuid(id),
                case.region,
                case.confidential,
            ))
            .await;
        for (n, (part, since, until)) in case.parts.iter().enumerate() {
            let until = until.map_or("NULL".to_owned(), |u| (u * 1_000_000).to_string());
            ground
                .run(format!(
                    "INSERT INTO case_access (principal, case_id, since, until, why, recorded_at) VALUES ('{}', {}, {}, {until}, 'w{n}', {i})",
                    principal(part),
                    ground.uuid(id),
                    since * 1_000_000,
                ))
                .await;
        }
        ids.push(CaseId(id));
    }
    ids
}

async fn compare(
    ground: &Ground,
    post: &PostPlan,
    cases: &[CasePlan],
    ids: &[CaseId],
    roles: &[Role],
) -> Result<(), TestCaseError> {
    let slice = slice(post, roles);
    let expected: BTreeSet<CaseId> =
        cases.iter().zip(ids).filter(|(c, _)| oracle(post, c)).map(|(_, id)| *id).collect();
    let filter = CaseFilter { limit: 200, ..CaseFilter::default() };
    let (listed, _) = ground.db.case_list(&slice, &filter).await.unwrap();
    prop_assert_eq!(listed.iter().map(|c| c.id).collect::<BTreeSet<_>>(), expected.clone(), "list of {:?}", post);
    prop_assert_eq!(ground.db.case_count(&slice, &filter).await.unwrap(), expected.len() as u64, "count");
    let places = ground.db.case_places(&slice, [118.0, 25.0, 119.0, 26.0], &[]).await.unwrap();
    prop_assert_eq!(places.len(), expected.len(), "map");
    let near = yizhi_store::Near {
        except: None,
        family: "f".to_owned(),
        text: "t".to_owned(),
        place: Some((118.9, 25.4)),
        grid: None,
        at: moment(0),
    };
    let twins = ground.db.case_duplicates(&slice, &near).await.unwrap();
    prop_assert!(twins.iter().all(|d| expected.contains(&d.case.id)), "duplicates");
    if supervises(post) {
        let below = path(post.region);
        let numbered = cases.iter().enumerate().filter(|(_, c)| c.confidential && c.region.starts_with(post.region));
        let known: BTreeSet<String> = numbered.map(|(i, _)| format!("n{i}")).collect();
        let (rows, next) = ground.db.confidential_list(&below, true, None, 200).await.unwrap();
        let county = |path: &RegionPath| path.depth() <= 3;
        prop_assert!(rows.iter().all(|row| county(&row.county)) && next.is_none(), "no place below the county");
        prop_assert_eq!(rows.into_iter().map(|row| row.number).collect::<BTreeSet<_>>(), known.clone(), "supervision");
        prop_assert_eq!(ground.db.confidential_count(&below, true).await.unwrap(), known.len() as u64, "their count");
    }
    for (case, id) in cases.iter().zip(ids) {
        let seen = ground.db.case_fetch(*id, &slice).await.unwrap().is_some();
        prop_assert_eq!(seen, expected.contains(id), "single read");
        let region = path(case.region);
        let subject = Subject { path: &region, department: case.department, confidential: case.confidential };
        let accesses: Vec<Access> = case
            .parts
            .iter()
            .map(|(p, since, until)| Access {
                principal: principal(p),
                since: moment(*since),
                until: until.map(moment),
            })
            .collect();
        prop_assert_eq!(slice.admits(subject, &accesses), expected.contains(id), "admits, for live events");
    }
    Ok(())
}

#[test]
fn slices_show_what_the_table_of_roles_says() {
    let roles = crate::roles::all();
    on_both(|ground| {
        let roles = roles.clone();
        async move {
            let cases = if ground.postgres { 24 } else { 48 };
            let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
            let strategy = (prop::collection::vec(case(), 1..12), prop::collection::vec(post(), 1..8));
            let handle = tokio::runtime::Handle::current();
            tokio::task::block_in_place(|| {
                runner.run(&strategy, |(cases, posts)| {
                    handle.block_on(async {
                        let ids = lay_out(&ground, &cases).await;
                        for post in &posts {
                            compare(&ground, post, &cases, &ids, &roles).await?;
                        }
                        Ok(())
                    })
                })
            })
            .unwrap();
        }
    });
}
