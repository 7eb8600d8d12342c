//! Every action in every state, tried by everybody who sees the case and by some who do not.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::scene::{Scene, on_scene};

/// States in the order of a case's life, with who moves it on and how.
const LIFE: &[(&str, &str, &str, &str)] = &[
    ("reported", "grid_worker", "verify", r#"{"note": "看过", "data": {"found": true}}"#),
    ("pending_register", "operator", "register", "{}"),
    ("pending_dispatch", "dispatcher", "dispatch", r#"{"to": {"department": "city_management"}}"#),
    ("pending_handle", "department_handler", "accept", "{}"),
    ("handling", "dispatcher", "suspend", r#"{"note": "等设备"}"#),
    ("suspended", "dispatcher", "resume", "{}"),
    ("handling", "department_handler", "finish", r#"{"note": "已清洗"}"#),
    ("pending_check", "verifier", "check", r#"{"note": "合格"}"#),
    ("pending_close", "operator", "close", "{}"),
    ("closed", "citizen", "rate", r#"{"data": {"score": 5}}"#),
];

const OPEN: &[&str] = &[
    "reported",
    "pending_register",
    "pending_dispatch",
    "pending_handle",
    "handling",
    "suspended",
    "pending_check",
    "pending_close",
];

/// Actions, the states in which they can be taken, and by whom among those who see the case.
const ACTIONS: &[(&str, &[&str], &[&str])] = &[
    ("verify", &["reported"], &["grid_worker", "verifier"]),
    ("register", &["pending_register"], &["operator", "several"]),
    ("reject", &["reported", "pending_register"], &["operator", "several"]),
    ("merge", &["reported", "pending_register"], &["operator", "several"]),
    ("dispatch", &["pending_dispatch"], &["dispatcher"]),
    ("accept", &["pending_handle"], &["department_handler"]),
    ("return", &["pending_handle", "handling"], &["department_handler"]),
    ("finish", &["handling"], &["department_handler"]),
    ("extend", &["pending_handle", "handling"], &["dispatcher", "operator", "several"]),
    ("suspend", &["pending_handle", "handling"], &["dispatcher", "operator", "several"]),
    ("resume", &["suspended"], &["dispatcher", "operator", "several"]),
    ("check", &["pending_check"], &["grid_worker", "verifier"]),
    ("rework", &["pending_check"], &["grid_worker", "verifier"]),
    ("rework", &["pending_close"], &["operator", "several"]),
    ("close", &["pending_close"], &["operator", "several"]),
    (
        "escalate",
        OPEN,
        &["operator", "several", "dispatcher", "grid_leader", "grid_supervisor", "leader", "leader-city"],
    ),
    ("supervise", OPEN, &["operator", "several", "leader", "leader-city"]),
    ("reopen", &["closed"], &["operator", "several"]),
    ("rate", &["closed"], &["citizen"]),
    ("unmerge", &["merged"], &["operator", "several"]),
    ("make_confidential", OPEN, &["operator", "several"]),
    ("confirm_confidential", OPEN, &["operator", "several"]),
    ("lift_confidential", OPEN, &["operator", "several"]),
    ("lift_confidential", &["closed"], &["operator", "several"]),
    ("warn", &[], &[]),
    ("overdue", &[], &[]),
];

/// Of these the guard says no, for the case is not confidential: they are not offered.
const GUARDED: &[&str] = &["confirm_confidential", "lift_confidential"];

/// See the case in all its states.
const SEEING: &[&str] = &[
    "operator",
    "several",
    "dispatcher",
    "verifier",
    "grid_leader",
    "grid_worker",
    "grid_supervisor",
    "leader",
    "leader-city",
    "citizen",
];

/// Never see it.
const APART: &[&str] = &[
    "department_handler-ecology",
    "department_handler-2",
    "window_clerk",
    "operator-2",
    "dispatcher-2",
    "verifier-2",
    "citizen-2",
];

fn may(account: &str, action: &str, state: &str) -> bool {
    ACTIONS.iter().any(|(a, states, accounts)| *a == action && states.contains(&state) && accounts.contains(&account))
}

/// Tries an action on a version that never was: whoever may take it is told of the conflict, and nothing happens.
async fn code_of(scene: &Scene, account: &str, case: &str, action: &str) -> (StatusCode, String) {
    let step = json!({ "version": 9_999, "note": "试一试" });
    let path = format!("/api/v1/cases/{case}/actions/{action}");
    let answer = scene.who(account).send("POST", &path, &step).await;
    (answer.status, answer.code().to_owned())
}

async fn check_state(scene: &Scene, case: &str, state: &str) {
    let handled =
        ["pending_handle", "handling", "suspended", "pending_check", "pending_close", "closed"].contains(&state);
    let names: std::collections::BTreeSet<&str> = ACTIONS.iter().map(|(action, ..)| *action).collect();
    for action in names {
        for account in SEEING.iter().chain(handled.then_some(&"department_handler")) {
            let (status, code) = code_of(scene, account, case, action).await;
            let what = format!("{account} tries {action} in {state}: {status} {code}");
            if may(account, action, state) {
                assert_eq!((status, code.as_str()), (StatusCode::CONFLICT, "version_conflict"), "{what}");
            } else {
                assert!(["role_may_not", "not_yours", "not_possible_now"].contains(&code.as_str()), "{what}");
            }
        }
        for account in APART.iter().chain((!handled).then_some(&"department_handler")) {
            let (status, code) = code_of(scene, account, case, action).await;
            assert_eq!((status, code.as_str()), (StatusCode::NOT_FOUND, "not_found"), "{account}: {action} in {state}");
        }
        for account in ["administrator", "security_officer", "auditor"] {
            let (status, code) = code_of(scene, account, case, action).await;
            assert_eq!((status, code.as_str()), (StatusCode::FORBIDDEN, "forbidden"), "{account}: {action} in {state}");
        }
    }
    check_offered(scene, case, state, handled).await;
}

/// What is offered is what may be done.
async fn check_offered(scene: &Scene, case: &str, state: &str, handled: bool) {
    for account in SEEING.iter().chain(handled.then_some(&"department_handler")) {
        let (_, seen) = scene.who(account).get(&format!("/api/v1/cases/{case}")).await;
        assert_eq!(seen["state"], state);
        let offered = seen["actions"].as_array().unwrap().iter().map(|a| a["code"].as_str().unwrap());
        let mut offered: Vec<&str> = offered.filter(|code| *code != "comment").collect();
        let open = ACTIONS.iter().map(|(a, ..)| *a).filter(|a| !GUARDED.contains(a));
        let mut wanted: Vec<&str> = open.filter(|a| may(account, a, state)).collect();
        offered.sort_unstable();
        wanted.sort_unstable();
        wanted.dedup();
        assert_eq!(offered, wanted, "{account} in {state}");
    }
}

#[tokio::test]
async fn each_step_is_for_those_whom_the_procedure_names() {
    on_scene(async |scene| {
        let case = scene.tell("citizen", "从头到尾", "350302001001002", false).await;
        for (state, account, action, input) in LIFE {
            check_state(&scene, &case.id, state).await;
            let input: Value = serde_json::from_str(input).unwrap();
            scene.take(account, &case.id, action, input).await;
        }
    })
    .await;
}

/// Every action of the catalog is in this test's table, so that a new one is thought about.
#[tokio::test]
async fn every_action_of_the_catalog_is_tried() {
    on_scene(async |scene| {
        let world = scene.h.app.world();
        let mut known: Vec<&str> = ACTIONS.iter().map(|(action, ..)| *action).chain(["comment"]).collect();
        known.sort_unstable();
        known.dedup();
        let mut there: Vec<&str> =
            world.catalog.procedures().flat_map(|p| p.actions.iter()).map(|action| action.code.as_str()).collect();
        there.sort_unstable();
        there.dedup();
        assert_eq!(there, known, "say in steps.rs who may take a new action");
    })
    .await;
}

#[tokio::test]
async fn an_action_that_is_not_there_is_not_found() {
    on_scene(async |scene| {
        let case = &scene.told('A').case.id;
        let (status, code) = code_of(&scene, "operator", case, "delete").await;
        assert_eq!((status, code.as_str()), (StatusCode::NOT_FOUND, "unknown_action"));
    })
    .await;
}

/// A department that was asked before, or in another county, has no say.
#[tokio::test]
async fn another_departments_handler_has_no_say() {
    on_scene(async |scene| {
        let case = &scene.told('A').case.id;
        for account in ["department_handler-ecology", "department_handler-2"] {
            for action in ["accept", "return", "finish", "comment"] {
                let (status, code) = code_of(&scene, account, case, action).await;
                assert_eq!((status, code.as_str()), (StatusCode::NOT_FOUND, "not_found"), "{account}: {action}");
            }
        }
        scene.take("department_handler", case, "return", json!({ "note": "退回" })).await;
        scene.take("dispatcher", case, "dispatch", json!({ "to": { "department": "ecology_environment" } })).await;
        let (status, _) = code_of(&scene, "department_handler", case, "accept").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "the former one");
        let (_, code) = code_of(&scene, "department_handler-ecology", case, "accept").await;
        assert_eq!(code, "version_conflict", "the present one");
    })
    .await;
}
