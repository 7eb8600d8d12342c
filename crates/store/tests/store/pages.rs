//! Walking a list page by page shows each case once, in order, however many share a moment.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use uuid::Uuid;
use yizhi_domain::case::Case;
use yizhi_domain::ids::{CaseId, PersonId};
use yizhi_domain::slice::Slice;
use yizhi_store::{CaseFilter, Mine, Sort};

use crate::common::{Ground, on_both};
use crate::roles;

const CASES: u128 = 60;
const ME: PersonId = PersonId(Uuid::from_u128(7));

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_000, 0).unwrap()
}

/// Sixty cases at five moments, every third with one of four deadlines; some confidential, some elsewhere, some reported by me, twice granted.
async fn lay_out(ground: &Ground) {
    for n in 0..CASES {
        let id = ground.uuid(Uuid::from_u128(1_000 + n * 7919 % 61));
        let due = if n % 3 == 0 { (n % 4 * 10 + 500).to_string() } else { "NULL".to_owned() };
        let path = if n % 10 == 9 { "44.04.40.001.201.001." } else { "35.03.02.001.201.001." };
        let state = if n % 2 == 0 { "reported" } else { "closed" };
        ground
            .run(format!(
                "INSERT INTO cases (id, number, matter, family, procedure, release, state, version, path, confidential, demo, occurred_at, \
                 recorded_at, due_at, alert, paused, provisional, body) VALUES ({id}, 'n{n}', 'm{}', 'f', 'incident', 'r', '{state}', 1, '{path}', {}, \
                 FALSE, 0, {}, {due}, 0, FALSE, FALSE, '{{\"title\":\"t\",\"description\":\"\"}}')",
                n % 3,
                n % 7 == 0,
                n % 5,
            ))
            .await;
        if n % 4 == 0 {
            for since in [0, 1] {
                ground
                    .run(format!(
                        "INSERT INTO case_access (principal, case_id, since, until, why, recorded_at) SELECT 'p:{}', id, {since}, NULL, 'reporter', recorded_at FROM cases WHERE id = {id}",
                        ME.0
                    ))
                    .await;
            }
        }
    }
}

async fn pages(ground: &Ground, slice: &Slice, filter: &CaseFilter) -> Vec<Case> {
    let mut filter = filter.clone();
    let mut all = Vec::new();
    for _ in 0..=CASES {
        let (items, next) = ground.db.case_list(slice, &filter).await.unwrap();
        assert!(items.len() as u64 <= filter.limit);
        assert!(next.is_none() || items.len() as u64 == filter.limit, "only the last page may be short");
        all.extend(items);
        match next {
            None => return all,
            after => filter.after = after,
        }
    }
    panic!("the pages do not end");
}

/// What [`lay_out`] says, by the numbers of the cases.
fn expected(slice_of: &str, state: Option<&str>) -> BTreeSet<String> {
    let mine = |n: u128| n.is_multiple_of(4);
    let shown = |n: u128| n % 10 != 9 && !n.is_multiple_of(7);
    let seen = |n: &u128| match slice_of {
        "citizen" => mine(*n),
        _ => mine(*n) || shown(*n),
    };
    let of_state = |n: &u128| state.is_none_or(|s| (s == "reported") == n.is_multiple_of(2));
    (0..CASES).filter(seen).filter(of_state).map(|n| format!("n{n}")).collect()
}

async fn walk(ground: &Ground, role: &str, filter: &CaseFilter) {
    let slice = roles::slice(role, "35.03.02.", None, ME, now());
    let whole = pages(ground, &slice, &CaseFilter { limit: 200, ..filter.clone() }).await;
    let shown: Vec<CaseId> = whole.iter().map(|c| c.id).collect();
    let numbers: BTreeSet<String> = whole.iter().map(|c| c.number.clone()).collect();
    let state = filter.states.first().filter(|_| filter.states.len() == 1);
    assert_eq!(numbers.len(), whole.len(), "each once");
    assert_eq!(numbers, expected(role, state.map(String::as_str)), "{role} {filter:?}");
    assert_eq!(ground.db.case_count(&slice, filter).await.unwrap(), whole.len() as u64, "{role} {filter:?}");
    if filter.sort == Sort::Recent {
        assert!(whole.is_sorted_by_key(|c| std::cmp::Reverse((c.recorded_at, c.id))), "{role} {filter:?}");
    }
    for limit in [1, 3, 7, 20] {
        let paged = pages(ground, &slice, &CaseFilter { limit, ..filter.clone() }).await;
        assert_eq!(paged.iter().map(|c| c.id).collect::<Vec<_>>(), shown, "{role} by {limit}: {filter:?}");
    }
}

#[test]
fn pages_show_each_case_once() {
    on_both(|ground| async move {
        lay_out(&ground).await;
        let states = |states: &[&str]| states.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        for sort in [Sort::Recent, Sort::Due] {
            for role in ["operator", "citizen"] {
                for states in [states(&[]), states(&["closed"]), states(&["reported", "closed"])] {
                    walk(&ground, role, &CaseFilter { states, sort, ..CaseFilter::default() }).await;
                }
            }
        }
    });
}

#[test]
fn narrow_lists_have_pages_too() {
    on_both(|ground| async move {
        lay_out(&ground).await;
        ground.run(format!("UPDATE cases SET reporter = {} WHERE confidential", ground.uuid(ME.0))).await;
        let slice = roles::slice("operator", "35.03.02.", None, ME, now());
        for (sort, overdue_at, mine) in [
            (Sort::Recent, None, Some(Mine::Reported(ME))),
            (Sort::Due, None, Some(Mine::Reported(ME))),
            (Sort::Recent, Some(now()), None),
            (Sort::Due, Some(now()), None),
        ] {
            let filter = CaseFilter { sort, overdue_at, mine, limit: 200, ..CaseFilter::default() };
            let whole = pages(&ground, &slice, &filter).await;
            assert!(whole.len() > 2, "{filter:?}");
            for limit in [1, 2, 5] {
                assert_eq!(pages(&ground, &slice, &CaseFilter { limit, ..filter.clone() }).await, whole, "{filter:?}");
            }
        }
    });
}
