//! Who is on duty in which grid: set, ended and read from a table by those who answer for the region, and what falls into the grid is theirs.

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use uuid::Uuid;
use yizhi_domain::ids::{PersonId, PostId};
use yizhi_store::{PersonRow, PostRow};

use crate::common::staff::PASSWORD;
use crate::common::{Client, Harness, ground, on_both};

const VILLAGE: &str = "350302001001";
const GRID: &str = "350302001001001";
const OTHER_GRID: &str = "350302001001002";

async fn list(client: &Client) -> Vec<Value> {
    let (status, page) = client.get(&format!("/api/v1/duties?region={VILLAGE}")).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page["items"].as_array().unwrap().clone()
}

async fn on_duty(client: &Client, grid: &str) -> Vec<String> {
    let grids = list(client).await;
    let found = grids.iter().find(|one| one["grid"] == json!(grid)).unwrap();
    let duties = found["duties"].as_array().unwrap().iter();
    duties
        .map(|duty| format!("{} {}", duty["role"].as_str().unwrap(), duty["person"]["account"].as_str().unwrap()))
        .collect()
}

/// A new account with a post as grid worker in a grid.
async fn worker_of(h: &Harness, account: &str, grid: &str) {
    let id = PersonId(Uuid::from_bytes(rand::random()));
    let person = PersonRow {
        id,
        account: account.to_owned(),
        name: "网格员".to_owned(),
        phone: None,
        password: yizhi_server::auth::password::hash(PASSWORD),
        created_at: h.app.now(),
        disabled_at: None,
        demo: true,
    };
    let post = PostRow {
        id: PostId(Uuid::from_bytes(rand::random())),
        person: id,
        role: "grid_worker".to_owned(),
        path: ground::path(VILLAGE).child(&grid[12..]).as_str().to_owned(),
        department: None,
        from: h.app.now(),
        until: None,
    };
    h.app.db().people_add(vec![person], vec![post], None, h.app.now()).await.unwrap();
    h.app.reload().await.unwrap();
}

async fn report(h: &Harness, grid: &str) -> Value {
    let body = json!({ "matter": "event-0110", "title": "路边垃圾", "location": { "grid": grid } });
    let (status, case) = h.as_role("citizen").await.post("/api/v1/cases", body).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    case
}

fn kinds(records: &[yizhi_store::RecordRow]) -> Vec<&str> {
    records.iter().map(|record| record.kind.as_str()).filter(|kind| kind.starts_with("duty.")).collect()
}

#[tokio::test]
async fn a_worker_of_a_grid_gets_what_falls_into_it() {
    on_both(async |h| {
        worker_of(&h, "worker-here", GRID).await;
        worker_of(&h, "worker-there", OTHER_GRID).await;
        let operator = h.as_role("operator").await;
        let (status, _) = operator.delete(&format!("/api/v1/duties/{GRID}/grid_worker/grid_worker")).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        for (account, on_duty, told) in [("worker-here", None, false), ("worker-there", Some("worker-there"), false)] {
            if let Some(account) = on_duty {
                let duty = json!({ "grid": GRID, "role": "grid_worker", "account": account });
                let (status, given) = operator.post("/api/v1/duties", duty).await;
                assert_eq!((status, &given["person"]["account"]), (StatusCode::CREATED, &json!(account)), "{given}");
            }
            let case = report(&h, GRID).await;
            let id = case["id"].as_str().unwrap();
            let worker = h.as_account(account).await;
            let (_, mine) = worker.get("/api/v1/cases?mine=true").await;
            let listed = mine["items"].as_array().unwrap().iter().any(|item| item["id"] == case["id"]);
            assert!(listed, "{account}: {mine}");
            let body = json!({ "version": case["version"], "note": "看过", "data": { "found": true } });
            let (status, after) = worker.post(&format!("/api/v1/cases/{id}/actions/verify"), body).await;
            assert_eq!((status, &after["state"]), (StatusCode::OK, &json!("pending_register")), "{account}: {after}");
            let done: Vec<&Value> =
                after["assignments"].as_array().unwrap().iter().filter(|a| a["outcome"] == "verify").collect();
            assert_eq!(done.len(), 1, "who finished it is who did it: {after}");
            assert_eq!(done[0]["leftBy"]["account"], json!(account));
            let others = after["assignments"].as_array().unwrap().iter().filter(|a| a["outcome"] == "superseded");
            for other in others {
                assert_eq!((&other["leftBy"], &other["outcomeName"]["zh"]), (&Value::Null, &json!("由他人办结")));
            }
            let (_, notices) = worker.get("/api/v1/me/notices").await;
            assert_eq!(!notices["items"].as_array().unwrap().is_empty(), told, "{account}");
            h.pass(TimeDelta::seconds(1));
        }
    })
    .await;
}

#[tokio::test]
async fn with_nobody_on_duty_somebody_is_told_why() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        operator.delete(&format!("/api/v1/duties/{GRID}/grid_worker/grid_worker")).await;
        let case = report(&h, GRID).await;
        let (_, notices) = h.as_role("grid_worker").await.get("/api/v1/me/notices").await;
        let text = notices["items"][0]["text"]["zh"].as_str().unwrap();
        assert!(text.contains("无人值守，转由网格员、核查员办理"), "{text}");
        let (_, trace) = operator.get(&format!("/api/v1/cases/{}/timeline", case["number"].as_str().unwrap())).await;
        assert_eq!(trace["items"][0]["unattended"]["zh"], "案件所在地没有网格员值守，转由他人办理。");
    })
    .await;
}

#[tokio::test]
async fn a_duty_is_set_once_and_ended_once_and_each_is_a_record() {
    on_both(async |h| {
        let administrator = h.as_account("administrator").await;
        let before = h.app.db().records_committed().await.unwrap();
        assert_eq!(on_duty(&administrator, GRID).await, ["grid_worker grid_worker"]);
        let duty = json!({ "grid": GRID, "role": "grid_leader", "account": "grid_leader" });
        assert_eq!(administrator.post("/api/v1/duties", duty.clone()).await.0, StatusCode::CREATED);
        let (status, again) = administrator.post("/api/v1/duties", duty).await;
        assert_eq!((status, &again["code"]), (StatusCode::CONFLICT, &json!("already_held")));
        assert_eq!(on_duty(&administrator, GRID).await, ["grid_worker grid_worker", "grid_leader grid_leader"]);
        let path = format!("/api/v1/duties/{GRID}/grid_leader/grid_leader");
        assert_eq!(administrator.delete(&path).await.0, StatusCode::NO_CONTENT);
        assert_eq!(administrator.delete(&path).await.0, StatusCode::NOT_FOUND);
        assert_eq!(on_duty(&administrator, GRID).await, ["grid_worker grid_worker"]);
        let records = h.app.db().records_from(before, 1_000).await.unwrap();
        assert_eq!(kinds(&records), ["duty.add", "duty.end"]);
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_is_refused_by_its_field() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        for (duty, field) in [
            (json!({ "grid": "350303001001001", "role": "grid_worker", "account": "grid_worker" }), "grid"),
            (json!({ "grid": "x\u{0}", "role": "grid_worker", "account": "grid_worker" }), "grid"),
            (json!({ "grid": GRID, "role": "operator", "account": "operator" }), "role"),
            (json!({ "grid": GRID, "role": "grid_worker", "account": "nobody" }), "account"),
            (json!({ "grid": GRID, "role": "grid_worker", "account": "citizen" }), "account"),
            (json!({ "grid": "350302001002001", "role": "grid_worker", "account": "grid_worker" }), "account"),
            (json!({ "grid": GRID, "role": "grid_worker", "account": "grid_worker", "until": "2020-01-01T00:00:00+08:00" }), "until"),
        ] {
            let (status, problem) = operator.post("/api/v1/duties", duty.clone()).await;
            assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)), "{duty}: {problem}");
        }
        let (status, problem) = operator.get("/api/v1/duties?region=350302000000").await;
        assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("region")));
    })
    .await;
}

#[tokio::test]
async fn a_table_is_set_whole_or_not_at_all_and_its_faults_have_lines() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        let before = h.app.db().records_committed().await.unwrap();
        let faulty = format!("\u{feff}网格编码,角色,账号,开始日期,结束日期\r\n{GRID},网格长,grid_leader,,\r\n\r\n{GRID},网格员,nobody,,\r\n1,网格员,grid_worker,,\r\n{GRID},网格长,grid_leader,,\r\n{OTHER_GRID},网格长,grid_leader,9999-99-99,\r\n");
        let (status, answer) = operator.post("/api/v1/duties/import", json!({ "csv": faulty })).await;
        assert_eq!((status, &answer["added"]), (StatusCode::OK, &json!(0)), "{answer}");
        let lines: Vec<u64> = answer["faults"].as_array().unwrap().iter().map(|f| f["line"].as_u64().unwrap()).collect();
        assert_eq!(lines, [4, 5, 6, 7], "{answer}");
        assert_eq!(kinds(&h.app.db().records_from(before, 1_000).await.unwrap()), [] as [&str; 0], "nothing was set");
        let lines = |answer: &Value| -> Vec<u64> {
            answer["faults"].as_array().unwrap().iter().map(|f| f["line"].as_u64().unwrap()).collect()
        };
        for (csv, faulty) in [
            ("grid,role\n", 1),
            ("grid,role,account\n\"a", 2),
            ("", 1),
            ("grid,grid,role,account\r1,1,网格员,nobody\r", 1),
            ("grid|role|account\n", 1),
            ("grid;role;account\n1;网格员;nobody\n", 2),
            (&*format!("grid,role,account,from,until\n{OTHER_GRID},网格长,grid_leader,2027-01-01,2027-03-01\n{OTHER_GRID},网格长,grid_leader,2027-02-01,\n"), 3),
        ] {
            let (status, answer) = operator.post("/api/v1/duties/import", json!({ "csv": csv })).await;
            assert_eq!((status, &answer["added"]), (StatusCode::OK, &json!(0)), "{csv:?}");
            assert_eq!(lines(&answer).first(), Some(&faulty), "{csv:?}: {answer}");
        }
        let many = format!("grid,role,account\n{}", "350302001001999,网格员,nobody\n".repeat(3_138));
        let (status, answer) = operator.post("/api/v1/duties/import", json!({ "csv": many })).await;
        assert_eq!((status, lines(&answer).len()), (StatusCode::OK, 100), "a county's duties are one file: {answer}");
        let right = format!("grid,role,account,until\n{GRID},grid_leader,grid_leader,2027-12-31\n\"{OTHER_GRID}\",网格长,grid_leader,\n");
        let only_look = json!({ "csv": right, "check": true });
        let (_, answer) = operator.post("/api/v1/duties/import", only_look).await;
        assert_eq!((&answer["added"], on_duty(&operator, GRID).await.len()), (&json!(2), 1));
        let (status, answer) = operator.post("/api/v1/duties/import", json!({ "csv": right })).await;
        assert_eq!((status, &answer["added"], &answer["faults"]), (StatusCode::OK, &json!(2), &json!([])));
        assert_eq!(on_duty(&operator, GRID).await.len(), 2);
        for check in [true, false] {
            let again = json!({ "csv": right.replace('\n', "\r"), "check": check });
            let (_, answer) = operator.post("/api/v1/duties/import", again).await;
            assert_eq!((&answer["added"], lines(&answer)), (&json!(0), vec![2, 3]), "held already: {answer}");
        }
    })
    .await;
}
