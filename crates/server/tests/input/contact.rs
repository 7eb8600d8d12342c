//! Name and phone of who told are two fields: neither says anything of the other, and each is masked by itself.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Harness, on_both};

async fn told(h: &Harness, reporter: Value) -> (StatusCode, Value) {
    let body = json!({
        "matter": "event-0194", "title": "来电反映", "location": { "grid": "350302001001001" }, "reporter": reporter,
    });
    h.as_role("operator").await.post("/api/v1/cases", body).await
}

async fn shown(h: &Harness, case: &Value) -> Value {
    let path = format!("/api/v1/cases/{}", case["id"].as_str().unwrap());
    h.as_role("operator").await.get(&path).await.1["reporter"].clone()
}

#[tokio::test]
async fn each_is_masked_by_itself() {
    on_both(async |h| {
        for (name, phone, masked) in [
            ("张三", "13800001234", ("张*", "138****1234")),
            ("欧阳小明", "+86 138-0000-1234", ("欧***", "138****1234")),
            ("张三", "0594-2345678", ("张*", "****")),
            ("张三", "05942345678", ("张*", "****")),
            ("张三", "12345", ("张*", "****")),
            ("张三", "0594 2345678转12", ("张*", "****")),
            ("", "13800001234", ("", "138****1234")),
            ("张三", "", ("张*", "")),
        ] {
            let (status, case) = told(&h, json!({ "name": name, "phone": phone })).await;
            assert_eq!(status, StatusCode::CREATED, "{case}");
            let shown = shown(&h, &case).await;
            assert_eq!(shown, json!({ "name": masked.0, "phone": masked.1 }), "{name} {phone}");
            let body = json!({ "fields": ["reporter.name", "reporter.phone"], "purpose": "contact_reporter" });
            let path = format!("/api/v1/cases/{}/unmask", case["id"].as_str().unwrap());
            let (_, clear) = h.as_role("operator").await.post(&path, body).await;
            assert_eq!(clear["fields"], json!({ "reporter.name": name, "reporter.phone": phone }));
        }
        let (_, nobody) = told(&h, json!({ "name": "\u{200b}", "phone": " " })).await;
        assert_eq!(shown(&h, &nobody).await, Value::Null);
    })
    .await;
}

#[tokio::test]
async fn what_is_no_name_or_no_phone_is_refused() {
    on_both(async |h| {
        for (name, phone, field) in [
            ("张\n三", "13800001234", "reporter.name"),
            ("三\n13800001234", "", "reporter.name"),
            (&*"长".repeat(51), "13800001234", "reporter.name"),
            ("张三", "138\n00001234", "reporter.phone"),
            ("张三", "1234", "reporter.phone"),
            ("张三", "电话见附件", "reporter.phone"),
            ("张三", "=HYPERLINK(12345)", "reporter.phone"),
            ("张三", &*"1".repeat(21), "reporter.phone"),
        ] {
            let (status, problem) = told(&h, json!({ "name": name, "phone": phone })).await;
            assert_eq!(
                (status, &problem["field"]),
                (StatusCode::UNPROCESSABLE_ENTITY, &json!(field)),
                "{name} {phone}"
            );
        }
    })
    .await;
}
