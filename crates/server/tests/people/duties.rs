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
            (json!({ "grid": GRID, "role": "grid_worker", "account": "grid_worker", "until": "2500-01-01T00:00:00+08:00" }), "until"),
            (json!({ "grid": GRID, "role": "grid_leader", "account": "grid_leader", "from": "2001-02-03T00:00:00+08:00" }), "from"),
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

fn lines(answer: &Value) -> Vec<(u64, String)> {
    let faults = answer["faults"].as_array().unwrap().iter();
    faults.map(|f| (f["line"].as_u64().unwrap(), f["message"].as_str().unwrap().to_owned())).collect()
}

#[tokio::test]
async fn a_table_as_spreadsheets_write_it_is_read() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        for csv in [
            format!("网格编码,角色,账号,开始日期,结束日期,\r\n,,,,,\r\n\"\t{GRID}\",网格长,grid_leader,2027年1月1日,2027/12/31 0:00:00,\r\n , ,,,,\r\n"),
            format!("Grid,ROLE,account,from,until\n'{GRID},网格长,\u{200b}grid_leader,2027.1.1,2027-12-31\n,,,,\n"),
            format!("grid,role,account,from,until\n=\"{GRID}\",网格长,grid_leader\t,２０２７－０１－０１,2027/12/31\n"),
            "grid,role,account,from,until\n３５０３０２００１００１００１,网格长,grid_leader,2027/1/1,2027年12月31日\n".to_owned(),
        ] {
            let (status, answer) = operator.post("/api/v1/duties/import", json!({ "csv": csv, "check": true })).await;
            assert_eq!((status, &answer["added"]), (StatusCode::OK, &json!(1)), "{csv:?}: {answer}");
        }
    })
    .await;
}

#[tokio::test]
async fn every_fault_of_a_line_is_told_and_shows_what_stands_there() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        let name =
            operator.get("/api/v1/duties?region=350302001001").await.1["items"][0]["duties"][0]["person"]["name"]
                .as_str()
                .unwrap()
                .to_owned();
        for (line, says) in [
            ("3.50302E+14,网格员,grid_worker,,".to_owned(), vec!["“3.50302E+14”已被表格软件变成了数字", "按文本保存"]),
            ("350302001001001.0,网格员,grid_worker,,".to_owned(), vec!["“350302001001001.0”已被表格软件变成了数字"]),
            (format!("{GRID},网格员,nobody,,"), vec!["没有账号“nobody”"]),
            (format!("{GRID},网格员,{name},,"), vec!["是姓名，这里要填登录账号", "grid_worker"]),
            (format!("{GRID},网格员,citizen,,"), vec!["账号“citizen”在网格所在的村（社区）没有网格员岗位"]),
            (format!("{GRID},网格长,grid_leader,2026-02-30,"), vec!["“from”列的“2026-02-30”不是日期"]),
            (format!("{GRID},网格长,grid_leader,,45992"), vec!["“until”列的“45992”像是 Excel 的日期序号"]),
            (format!("{GRID},网格长,grid_leader,2001-02-03,"), vec!["值守不能早于岗位"]),
            (
                "1,村长,nobody,2026-02-30,x".to_owned(),
                vec!["没有网格“1”", "角色“村长”", "没有账号“nobody”", "“2026-02-30”", "“x”"],
            ),
        ] {
            let csv = format!("grid,role,account,from,until\n{line}\n");
            let (_, answer) = operator.post("/api/v1/duties/import", json!({ "csv": csv })).await;
            let told = lines(&answer);
            assert_eq!((told.len(), told[0].0, &answer["faultCount"]), (1, 2, &json!(1)), "{line}: {answer}");
            for part in says {
                assert!(told[0].1.contains(part), "{part}: {answer}");
            }
        }
        let many = format!("grid,role,account\n{}1,2\n", "1,网格员,nobody\n".repeat(150));
        let (_, answer) = operator.post("/api/v1/duties/import", json!({ "csv": many })).await;
        assert_eq!((lines(&answer).len(), &answer["faultCount"]), (100, &json!(151)));
    })
    .await;
}

#[tokio::test]
async fn a_table_of_ten_thousand_lines_is_taken_and_a_larger_one_is_to_be_split() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        let line = format!("{GRID},网格员,nobody,2027-01-01,2027-12-31,{}\n", "备注".repeat(20));
        let csv = format!("grid,role,account,from,until,备注\n{}", line.repeat(10_000));
        assert!(csv.len() > 1 << 20, "more than other requests");
        let (status, answer) = operator.post("/api/v1/duties/import", json!({ "csv": csv })).await;
        assert_eq!((status, &answer["faultCount"]), (StatusCode::OK, &json!(10_000)));
        let (status, problem) = operator.post("/api/v1/duties/import", json!({ "csv": csv.repeat(4) })).await;
        assert_eq!((status, &problem["code"]), (StatusCode::PAYLOAD_TOO_LARGE, &json!("too_large")));
        let told = problem.to_string();
        assert!(told.contains("4 MB") && told.contains("分成几个"), "{told}");
    })
    .await;
}

#[tokio::test]
async fn who_was_on_duty_is_not_written_anew() {
    on_both(async |h| {
        let path = format!("/api/v1/duties/{GRID}/grid_worker/grid_worker");
        let began = h.app.now();
        h.pass(TimeDelta::days(3));
        assert_eq!(h.as_role("operator").await.delete(&path).await.0, StatusCode::NO_CONTENT);
        h.pass(TimeDelta::days(60));
        h.app.reload().await.unwrap();
        let operator = h.as_role("operator").await;
        let set = async |from: Value, until: Value| {
            let duty =
                json!({ "grid": GRID, "role": "grid_worker", "account": "grid_worker", "from": from, "until": until });
            operator.post("/api/v1/duties", duty).await
        };
        let table = async |from: &str, until: &str, check: bool| {
            let csv = format!("grid,role,account,from,until\n{GRID},网格员,grid_worker,{from},{until}\n");
            operator.post("/api/v1/duties/import", json!({ "csv": csv, "check": check })).await.1
        };

        // It ended long ago; what is recorded stays.
        let (status, problem) = set(json!(began), Value::Null).await;
        assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("already_held")), "{problem}");
        assert!(problem.to_string().contains("已经结束"), "{problem}");
        let day = began.format("%Y-%m-%d").to_string();
        for check in [true, false] {
            let answer = table(&day, "", check).await;
            assert!(answer["added"] == json!(0) && lines(&answer)[0].1.contains("已经结束"), "{answer}");
        }

        // After its end, and for what has not begun, everything is as before.
        let next = h.app.now() + TimeDelta::days(30);
        let (status, given) = set(json!(next), json!(next + TimeDelta::days(30))).await;
        assert_eq!(status, StatusCode::CREATED, "{given}");
        let (status, problem) = set(json!(next), Value::Null).await;
        assert!(status == StatusCode::CONFLICT && !problem.to_string().contains("已经结束"), "{problem}");
        assert_eq!(operator.delete(&path).await.0, StatusCode::NO_CONTENT);
        let (status, given) = set(json!(next), json!(next + TimeDelta::days(60))).await;
        assert_eq!(
            status,
            StatusCode::CREATED,
            "one taken back before it began is given anew from the same day: {given}"
        );
        assert_eq!(operator.delete(&path).await.0, StatusCode::NO_CONTENT);
        let (status, given) = set(Value::Null, Value::Null).await;
        assert_eq!(status, StatusCode::CREATED, "{given}");
        assert_eq!(operator.delete(&path).await.0, StatusCode::NO_CONTENT);
        let (status, given) = set(Value::Null, Value::Null).await;
        assert_eq!(status, StatusCode::CREATED, "at the same moment: {given}");
    })
    .await;
}
