//! A resident who reports can be called by those who handle it: on the phone left with the report, else on the account's own.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Harness, on_both};
use crate::scene::{NAME, PHONE, get, unmask};

/// Reports with what is said about who told; the case.
async fn report(h: &Harness, account: &str, reporter: Option<Value>) -> Value {
    let mut body = json!({ "matter": "event-0194", "title": "楼道堆物", "location": { "grid": "350302001001001" } });
    if let Some(reporter) = reporter {
        body["reporter"] = reporter;
    }
    let (status, case) = h.as_account(account).await.post("/api/v1/cases", body).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    case
}

/// Name and phone in clear, as the grid worker is shown them.
async fn called(h: &Harness, case: &Value) -> Value {
    let answer = unmask(h, "grid_worker", case["id"].as_str().unwrap(), "contact_reporter").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
    answer.json["fields"].clone()
}

#[tokio::test]
async fn residents_are_called_on_their_accounts_phone() {
    on_both(async |h| {
        let me = get(&h, "citizen", "/api/v1/me").await.json;
        assert_eq!(
            (&me["resident"], &get(&h, "operator", "/api/v1/me").await.json["resident"]),
            (&json!(true), &json!(false))
        );
        let name = me["name"].clone();
        let sealed = h.app.db().sealed_phone(h.person("citizen")).await.unwrap().unwrap();
        let phone = h.app.keys().open_text(&sealed).unwrap();
        assert_ne!(me["phone"].as_str().unwrap(), phone, "masked to oneself too");
        for reporter in [None, Some(json!({ "name": "", "phone": " " }))] {
            let case = report(&h, "citizen", reporter).await;
            let seen = get(&h, "grid_worker", &format!("/api/v1/cases/{}", case["id"].as_str().unwrap())).await.json;
            assert_eq!(seen["reporter"]["phone"], me["phone"], "masked until a purpose is claimed");
            assert_eq!(called(&h, &case).await, json!({ "reporter.name": name, "reporter.phone": phone }));
        }
        let case = report(&h, "citizen", Some(json!({ "phone": PHONE }))).await;
        assert_eq!(called(&h, &case).await, json!({ "reporter.name": name, "reporter.phone": PHONE }));
        let case = report(&h, "citizen", Some(json!({ "name": NAME, "phone": PHONE }))).await;
        assert_eq!(called(&h, &case).await, json!({ "reporter.name": NAME, "reporter.phone": PHONE }));
    })
    .await;
}

#[tokio::test]
async fn what_somebody_in_office_reports_holds_no_phone_of_theirs() {
    on_both(async |h| {
        assert_eq!(report(&h, "operator", None).await["reporter"], Value::Null);
        let case = report(&h, "operator", Some(json!({ "name": NAME }))).await;
        assert_eq!(called(&h, &case).await, json!({ "reporter.name": NAME, "reporter.phone": "" }));
    })
    .await;
}
