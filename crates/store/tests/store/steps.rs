//! The hot path on both databases: whole lives, conflicts, repeats, many at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, LazyLock};

use crate::common::{Ground, on_both};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Map, json};
use uuid::Uuid;
use yizhi_domain::calendar;
use yizhi_domain::case::{Action, Actor, Case, Draft, Refusal, Target};
use yizhi_domain::catalog::{Catalog, Files};
use yizhi_domain::directory::Post;
use yizhi_domain::ids::{CaseId, PostId};
use yizhi_domain::procedure::scenario::{actor, small_world, village};
use yizhi_domain::region::RegionPath;
use yizhi_domain::search::Query;
use yizhi_domain::slice::Slice;
use yizhi_domain::world::World;
use yizhi_store::{Applied, ApplyError, CaseFilter, Command, CounterKey, Db, Idempotency, Intent};

static WORLD: LazyLock<Arc<World>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalog");
    let mut files = Files::new();
    for name in ["roles.yaml", "departments.yaml", "procedures/incident.yaml", "matters/incidents/event-0110.yaml"] {
        files.insert(name.to_owned(), std::fs::read_to_string(root.join(name)).unwrap());
    }
    let mut days = Vec::new();
    for name in ["cn-2024.yaml", "cn-2025.yaml", "cn-2026.yaml", "hours.yaml"] {
        days.push((name, std::fs::read_to_string(root.join("calendars").join(name)).unwrap()));
    }
    let named: Vec<(&str, &str)> = days.iter().map(|(n, t)| (*n, t.as_str())).collect();
    let catalog = Catalog::load(&files).unwrap();
    Arc::new(small_world(Arc::new(catalog), Arc::new(calendar::parse(&named).unwrap())))
});

fn start() -> DateTime<Utc> {
    "2026-03-02T09:00:00+08:00".parse().unwrap()
}

fn draft(id: u128) -> Draft {
    Draft {
        id: CaseId(Uuid::from_u128(id)),
        number: String::new(),
        release: String::new(),
        title: "垃圾没人清".to_owned(),
        description: "小区门口堆了三天".to_owned(),
        path: village().child("001"),
        grid: Some("350302001201001".to_owned()),
        location: Some((118.99, 25.43)),
        data: Map::new(),
        attachments: Vec::new(),
        condition: None,
        occurred_at: start(),
        reporter: actor("citizen").person,
        confidential: false,
        demo: false,
    }
}

fn slice_of(actor: &Actor, at: DateTime<Utc>) -> Slice {
    let post = Post {
        id: PostId(Uuid::nil()),
        person: actor.person.unwrap(),
        role: actor.role.clone(),
        path: actor.path.clone(),
        department: actor.department.clone(),
        from: DateTime::UNIX_EPOCH,
        until: None,
    };
    Slice::of_post(WORLD.catalog.roles().get(&actor.role).unwrap(), &post, at)
}

async fn report(db: &Db, id: u128, key: Option<Idempotency>) -> Result<Applied, ApplyError> {
    let intent = Intent::Report { matter: "event-0110".to_owned(), draft: Box::new(draft(id)), contact: None };
    let command = Command { intent, actor: actor("citizen"), world: WORLD.clone(), now: start(), idempotency: key };
    db.apply(command).await
}

async fn act(db: &Db, case: &Case, who: &str, code: &str, minutes: i64) -> Result<Applied, ApplyError> {
    let now = start() + TimeDelta::minutes(minutes);
    let who = actor(who);
    let mut action = Action::new(code);
    action.version = Some(case.version);
    "记录".clone_into(&mut action.note);
    if code == "dispatch" {
        action.to = Some(Target::Department("city_management".to_owned()));
    }
    if code == "verify" {
        action.data.insert("found".to_owned(), json!(true));
    }
    if code == "rate" {
        action.data.insert("score".to_owned(), json!(5));
    }
    let intent = Intent::Act { case: case.id, action, slice: Some(slice_of(&who, now)) };
    db.apply(Command { intent, actor: who, world: WORLD.clone(), now, idempotency: None }).await
}

const LIFE: &[(&str, &str, &str)] = &[
    ("grid_worker", "verify", "pending_register"),
    ("operator", "register", "pending_dispatch"),
    ("dispatcher", "dispatch", "pending_handle"),
    ("department_handler/city_management", "accept", "handling"),
    ("department_handler/city_management", "finish", "pending_check"),
    ("verifier", "check", "pending_close"),
    ("operator", "close", "closed"),
    ("citizen", "rate", "closed"),
];

#[test]
fn a_whole_life_is_kept_with_its_trace() {
    on_both(|ground| async move {
        let db = &ground.db;
        let mut case = report(db, 1, None).await.unwrap().case;
        assert_eq!(case.number, "350302-20260302-00001");
        for (i, (who, action, state)) in LIFE.iter().enumerate() {
            case =
                act(db, &case, who, action, 10 * (i as i64 + 1)).await.unwrap_or_else(|e| panic!("{action}: {e}")).case;
            assert_eq!(case.state, *state);
        }
        let citizen = slice_of(&actor("citizen"), start() + TimeDelta::days(1));
        let kept = db.case_fetch(case.id, &citizen).await.unwrap().unwrap();
        assert_eq!(kept.case, *case, "what is read is what was answered");
        let trace = db.case_trace(&kept).await.unwrap();
        let actions: Vec<&str> = trace.iter().map(|t| t.fields["action"].as_str().unwrap()).collect();
        let expected: Vec<&str> = std::iter::once("report").chain(LIFE.iter().map(|l| l.1)).collect();
        assert_eq!(actions, expected);
        assert_eq!(trace[1].fields["seq"], 2);
        let leader = slice_of(&actor("leader"), start());
        let counted = db.case_counters(&leader, &RegionPath::root(), CounterKey::State).await.unwrap();
        assert_eq!(counted.iter().map(|c| (c.state.as_str(), c.n)).collect::<Vec<_>>(), [("closed", 1)]);
        let words = CaseFilter { query: Query::read("门口堆").unwrap(), limit: 10, ..CaseFilter::default() };
        assert_eq!(db.case_list(&leader, &words).await.unwrap().0.len(), 1);
        let absent = CaseFilter { query: Query::read("堆口").unwrap(), limit: 10, ..CaseFilter::default() };
        assert_eq!(db.case_list(&leader, &absent).await.unwrap().0.len(), 0);
    });
}

#[test]
fn a_department_sees_a_case_while_it_is_theirs() {
    on_both(|ground| async move {
        let db = &ground.db;
        let mut case = report(db, 2, None).await.unwrap().case;
        let handler = actor("department_handler/city_management");
        let sees = async |minutes: i64, id: CaseId| {
            let slice = slice_of(&handler, start() + TimeDelta::minutes(minutes));
            db.case_fetch(id, &slice).await.unwrap().is_some()
        };
        for (i, (who, action, _)) in LIFE[..3].iter().enumerate() {
            assert!(!sees(i as i64, case.id).await);
            case = act(db, &case, who, action, i as i64 + 1).await.unwrap().case;
        }
        assert!(sees(4, case.id).await);
        let other = act(db, &case, "department_handler/water", "accept", 5).await;
        assert!(matches!(other, Err(ApplyError::NotFound)), "another department cannot tell that it exists");
        case = act(db, &case, "department_handler/city_management", "return", 6).await.unwrap().case;
        assert!(!sees(7, case.id).await, "returned work is no longer theirs");
    });
}

#[test]
fn of_two_who_saw_the_same_version_one_acts() {
    on_both(|ground| async move {
        let case = report(&ground.db, 3, None).await.unwrap().case;
        let (a, b) = tokio::join!(
            act(&ground.db, &case, "grid_worker", "verify", 1),
            act(&ground.db, &case, "verifier", "verify", 1)
        );
        let refused = [a, b].into_iter().filter_map(Result::err).collect::<Vec<_>>();
        assert_eq!(refused.len(), 1);
        assert!(
            matches!(&refused[0], ApplyError::Refused { refusal: Refusal::NotPossibleNow { .. }, current: Some(now) } if now.version == 2),
            "{refused:?}"
        );
        let stale = act(&ground.db, &case, "operator", "escalate", 2).await;
        assert!(
            matches!(stale, Err(ApplyError::Refused { refusal: Refusal::VersionConflict { current: 2 }, .. })),
            "{stale:?}"
        );
        act(&ground.db, &case, "operator", "comment", 3).await.expect("a comment conflicts with nothing");
    });
}

#[test]
fn repeats_give_the_first_answer_again() {
    on_both(|ground| async move {
        let db = &ground.db;
        let first = report(db, 4, None).await.unwrap();
        let again = report(db, 4, None).await.unwrap();
        assert!(first.fresh && !again.fresh);
        assert_eq!(first.case, again.case);
        let key = |digest: u8| {
            Some(Idempotency { principal: "p".to_owned(), key: Some("k".to_owned()), digest: vec![digest] })
        };
        let first = report(db, 5, key(1)).await.unwrap();
        let again = report(db, 6, key(1)).await.unwrap();
        assert_eq!((again.fresh, again.case.id), (false, first.case.id));
        assert!(matches!(report(db, 7, key(2)).await, Err(ApplyError::KeyReused)));
        assert_eq!(count(&ground, "cases").await, 2);
    });
}

/// Many ask for different things under one id at once: one is received, and the others are told so.
#[test]
fn an_id_is_of_one_request() {
    on_both(|ground| async move {
        let asked = |digest: u8| Some(Idempotency { principal: "p".to_owned(), key: None, digest: vec![digest] });
        let mut tasks = tokio::task::JoinSet::new();
        for digest in 0..40 {
            let db = ground.db.clone();
            tasks.spawn(async move { (digest % 4, report(&db, 9, asked(digest % 4)).await) });
        }
        let (mut received, mut refused) = (BTreeSet::new(), BTreeSet::new());
        while let Some(done) = tasks.join_next().await {
            match done.unwrap() {
                (digest, Ok(applied)) => {
                    received.insert((digest, applied.case.number.clone()));
                }
                (digest, Err(ApplyError::KeyReused)) => {
                    refused.insert(digest);
                }
                (_, Err(other)) => unreachable!("{other}"),
            }
        }
        assert_eq!((received.len(), refused.len()), (1, 3), "{received:?}");
        assert_eq!(count(&ground, "cases").await, 1);
        assert!(matches!(report(&ground.db, 9, None).await, Ok(again) if !again.fresh), "the platform knows its own");
    });
}

async fn count(ground: &Ground, table: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    sqlx::query_scalar(sql).fetch_one(&ground.plain).await.unwrap()
}

#[test]
fn many_at_once_lose_nothing_and_double_nothing() {
    on_both(|ground| async move {
        const CASES: u128 = 150;
        let db = ground.db.clone();
        let mut tasks = tokio::task::JoinSet::new();
        for id in 0..CASES {
            for _ in 0..2 {
                let db = db.clone();
                tasks.spawn(async move { (id, report(&db, 100 + id, None).await.unwrap()) });
            }
        }
        let mut numbers: BTreeMap<u128, BTreeSet<String>> = BTreeMap::new();
        let mut fresh = 0;
        while let Some(done) = tasks.join_next().await {
            let (id, applied) = done.unwrap();
            fresh += usize::from(applied.fresh);
            numbers.entry(id).or_default().insert(applied.case.number.clone());
        }
        assert_eq!(fresh, CASES as usize);
        assert!(numbers.values().all(|n| n.len() == 1));
        assert_eq!(numbers.values().flatten().collect::<BTreeSet<_>>().len(), CASES as usize, "numbers are unique");
        for table in ["cases", "record", "change_feed"] {
            assert_eq!(count(&ground, table).await, CASES as i64, "{table}");
        }
        let changes = db.changes_after(0, 1_000).await.unwrap();
        assert!(changes.iter().map(|c| c.seq).eq(1..=CASES as i64), "the feed has no gap");
        let leader = slice_of(&actor("leader"), start());
        let counted = db.case_counters(&leader, &RegionPath::root(), CounterKey::Village).await.unwrap();
        assert_eq!(counted.iter().map(|c| c.n).sum::<i64>(), CASES as i64);
    });
}

/// Confidentiality, who did it, and what a merge gave and took back are kept as they were answered.
#[test]
fn what_changes_besides_the_state_is_kept_too() {
    on_both(|ground| async move {
        let db = &ground.db;
        let target = report(db, 40, None).await.unwrap().case;
        let case = report(db, 41, None).await.unwrap().case;
        let count = async || {
            let leader = slice_of(&actor("leader"), start());
            let counted = db.case_counters(&leader, &RegionPath::root(), CounterKey::State).await.unwrap();
            counted.iter().map(|c| c.n).sum::<i64>()
        };
        assert_eq!(count().await, 2);
        let hidden = act(db, &case, "operator", "make_confidential", 1).await.unwrap().case;
        assert_eq!((hidden.confidential, count().await), (true, 1));
        let operator = slice_of(&actor("operator"), start() + TimeDelta::days(1));
        let kept = db.case_fetch(case.id, &operator).await.unwrap().unwrap();
        assert_eq!(kept.case, *hidden, "the operator takes part");
        let worker = slice_of(&actor("grid_worker"), start() + TimeDelta::days(1));
        assert!(db.case_fetch(case.id, &worker).await.unwrap().is_none(), "the village does not");
        let open = act(db, &hidden, "operator", "lift_confidential", 2).await.unwrap().case;
        assert_eq!((open.confidential, count().await), (false, 2));
        assert!(db.case_fetch(case.id, &worker).await.unwrap().is_some());

        let mut merge = Action::new("merge");
        merge.version = Some(open.version);
        merge.data.insert("into".to_owned(), json!(target.number));
        let who = actor("operator");
        let now = start() + TimeDelta::minutes(3);
        let intent = Intent::Act { case: case.id, action: merge, slice: Some(slice_of(&who, now)) };
        let command = Command { intent, actor: who, world: WORLD.clone(), now, idempotency: None };
        let merged = db.apply(command).await.unwrap().case;
        assert_eq!(merged.duplicate_of, Some(target.id));
        let undone = act(db, &merged, "operator", "unmerge", 4).await.unwrap().case;
        assert_eq!((undone.state.as_str(), undone.duplicate_of, undone.closed_at), ("reported", None, None));
        let kept = db.case_fetch(case.id, &worker).await.unwrap().unwrap();
        assert_eq!(kept.case, *undone);
        let done = act(db, &undone, "grid_worker", "verify", 5).await.unwrap().case;
        let by = done.assignments.iter().filter(|a| a.outcome.as_deref() == Some("verify"));
        assert_eq!(by.map(|a| a.left_by).collect::<Vec<_>>(), [actor("grid_worker").person]);
        assert_eq!(db.case_fetch(case.id, &worker).await.unwrap().unwrap().case, *done);
        let citizen = slice_of(&actor("citizen"), start() + TimeDelta::days(1));
        assert!(db.case_fetch(target.id, &citizen).await.unwrap().is_some(), "who reported both still sees both");
    });
}
