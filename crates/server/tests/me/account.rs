//! Who one is and what is open to one's post.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Call, on_both, on_both_demo};

#[tokio::test]
async fn strangers_have_no_account() {
    on_both(async |h| {
        for (method, path, body) in [
            ("GET", "/api/v1/me", Value::Null),
            ("GET", "/api/v1/me/notices", Value::Null),
            ("POST", "/api/v1/me/password", json!({ "current": "x", "password": "y" })),
            ("POST", "/api/v1/me/totp", json!({})),
            ("PUT", "/api/v1/me/totp", json!({ "code": "000000" })),
            ("POST", "/api/v1/me/totp/remove", json!({})),
        ] {
            h.refuses(&Call { method, path, body }, &[]).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_programs_token_does_not_change_how_its_owner_signs_in() {
    on_both(async |h| {
        let program = h.as_program("operator").await;
        for (method, path, body) in [
            ("POST", "/api/v1/me/password", json!({ "current": "x", "password": "y" })),
            ("POST", "/api/v1/me/totp", json!({})),
            ("PUT", "/api/v1/me/totp", json!({ "code": "000000" })),
            ("POST", "/api/v1/me/totp/remove", json!({})),
        ] {
            let answer = program.send(method, path, &body).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "session_only"), "{method} {path}");
        }
        let (_, me) = program.get("/api/v1/me").await;
        assert_eq!((&me["csrfToken"], &me["expiresAt"]), (&json!(""), &json!("2027-11-20T10:00:00+08:00")));
    })
    .await;
}

#[tokio::test]
async fn permissions_are_the_roles() {
    const ALL: [&str; 15] = [
        "report",
        "matterRead",
        "readCases",
        "readMap",
        "readCounters",
        "attach",
        "managePeople",
        "manageDuties",
        "superviseConfidential",
        "confirmPeople",
        "manageJobs",
        "manageSecurity",
        "readTrace",
        "proposeErasure",
        "decideErasure",
    ];
    on_both(async |h| {
        for (role, open) in [
            ("administrator", &["matterRead", "managePeople", "manageDuties", "confirmPeople", "manageJobs"][..]),
            ("security_officer", &["matterRead", "confirmPeople", "manageSecurity", "decideErasure"]),
            ("auditor", &["matterRead", "confirmPeople", "readTrace"]),
            (
                "operator",
                &[
                    "report",
                    "matterRead",
                    "readCases",
                    "readMap",
                    "readCounters",
                    "attach",
                    "proposeErasure",
                    "manageDuties",
                    "superviseConfidential",
                ],
            ),
            ("dispatcher", &["matterRead", "readCases", "readMap", "readCounters", "attach"]),
            ("grid_supervisor", &["report", "matterRead", "readCases", "readMap", "readCounters"]),
            ("leader", &["matterRead", "readCases", "readMap", "readCounters", "superviseConfidential"]),
            ("citizen", &["report", "matterRead", "readCases", "attach"]),
        ] {
            let (status, me) = h.as_role(role).await.get("/api/v1/me").await;
            assert_eq!(status, StatusCode::OK);
            let expected: Value = ALL
                .iter()
                .map(|p| ((*p).to_owned(), json!(open.contains(p))))
                .collect::<serde_json::Map<_, _>>()
                .into();
            assert_eq!(me["permissions"], expected, "{role}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_department_is_named_with_the_post() {
    on_both(async |h| {
        let (_, me) = h.as_role("department_handler").await.get("/api/v1/me").await;
        assert_eq!(me["post"]["department"], "city_management");
        assert_eq!(me["post"]["departmentName"]["zh"], "城市管理局");
        assert_eq!((&me["post"]["grid"], &me["post"]["until"]), (&Value::Null, &Value::Null));
        assert_eq!(me["demoAccounts"], Value::Null);
    })
    .await;
}

#[tokio::test]
async fn a_demonstration_names_one_account_for_each_part() {
    on_both_demo(async |h| {
        let (_, me) = h.as_role("operator").await.get("/api/v1/me").await;
        let accounts: Vec<&str> =
            me["demoAccounts"].as_array().unwrap().iter().map(|a| a["account"].as_str().unwrap()).collect();
        for wanted in [
            "administrator",
            "operator",
            "operator-2",
            "grid_worker",
            "department_handler",
            "department_handler-ecology",
            "leader-city",
        ] {
            assert!(accounts.contains(&wanted), "{wanted} in {accounts:?}");
        }
        for doubled in ["administrator-new", "several", "leader", "without-post"] {
            assert!(!accounts.contains(&doubled), "{doubled} in {accounts:?}");
        }
        let worker = me["demoAccounts"].as_array().unwrap().iter().find(|a| a["account"] == "grid_worker").unwrap();
        assert_eq!(worker["regionName"], "兴安社区");
        assert_eq!(worker["roleName"]["zh"], "网格员");
    })
    .await;
}

#[tokio::test]
async fn whoever_is_there_is_in_the_list_of_the_demonstration() {
    on_both_demo(async |h| {
        let (_, me) = h.as_account("several").await.get("/api/v1/me").await;
        assert_eq!(me["demoAccounts"][0]["account"], "several");
    })
    .await;
}
