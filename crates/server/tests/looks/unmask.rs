//! Masked fields are shown to those who may claim a purpose, and each time is a record that names the fields and not what is in them.

use axum::http::StatusCode;
use serde_json::json;
use yizhi_domain::look::LookKind;

use crate::common::on_both;
use crate::scene::{NAME, PHONE, get, looks, only_look, told, unmask};

#[tokio::test]
async fn what_is_shown_is_recorded_by_name_only() {
    on_both(async |h| {
        let case = told(&h, "operator", false).await;
        let answer = unmask(&h, "grid_worker", &case, "contact_reporter").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        assert_eq!(answer.json, json!({ "fields": { "reporter.name": NAME, "reporter.phone": PHONE } }));
        let look = only_look(&h).await;
        assert_eq!((look.kind, look.person, look.at), (LookKind::Unmask, h.person("grid_worker"), h.app.now()));
        assert_eq!((look.post.role.as_str(), look.purpose.as_deref()), ("grid_worker", Some("contact_reporter")));
        assert_eq!(look.case.unwrap().0.to_string(), case);
        assert_eq!(look.fields, ["reporter.name", "reporter.phone"]);
        let (_, text) = looks(&h).await.remove(0);
        assert!(!text.contains(NAME) && !text.contains(PHONE), "{text}");
    })
    .await;
}

#[tokio::test]
async fn only_the_fields_asked_for_are_shown() {
    on_both(async |h| {
        let case = told(&h, "operator", false).await;
        let body = json!({ "fields": ["reporter.phone"], "purpose": "emergency" });
        let (status, shown) = h.as_role("leader").await.post(&format!("/api/v1/cases/{case}/unmask"), body).await;
        assert_eq!((status, shown), (StatusCode::OK, json!({ "fields": { "reporter.phone": PHONE } })));
        assert_eq!(only_look(&h).await.fields, ["reporter.phone"]);
    })
    .await;
}

/// Whatever is refused shows nothing, says how to mend it, and is no look.
#[tokio::test]
async fn without_a_purpose_of_ones_own_nothing_is_shown() {
    on_both(async |h| {
        let case = told(&h, "operator", false).await;
        h.sql("UPDATE cases SET contact = NULL");
        for (account, purpose, status, code, field) in [
            ("operator", "", 422, "invalid", "purpose"),
            ("operator", "curiosity", 422, "invalid", "purpose"),
            ("operator", "statistics", 403, "purpose_not_allowed", "purpose"),
            ("leader", "contact_reporter", 403, "purpose_not_allowed", "purpose"),
            ("citizen", "contact_reporter", 403, "purpose_not_allowed", "purpose"),
            ("operator-2", "contact_reporter", 404, "not_found", ""),
            ("operator", "contact_reporter", 422, "nothing_masked", "fields"),
        ] {
            let answer = unmask(&h, account, &case, purpose).await;
            assert_eq!((answer.status.as_u16(), answer.code()), (status, code), "{account} for “{purpose}”");
            assert_eq!(answer.json["field"].as_str().unwrap_or_default(), field, "{account} for “{purpose}”");
        }
        for fields in [json!([]), json!(["reporter.idNumber"]), json!(["reporter.name", "description"])] {
            let body = json!({ "fields": fields, "purpose": "contact_reporter" });
            let answer = h.as_role("operator").await.send("POST", &format!("/api/v1/cases/{case}/unmask"), &body).await;
            assert_eq!(
                (answer.status, answer.json["field"].as_str()),
                (StatusCode::UNPROCESSABLE_ENTITY, Some("fields"))
            );
        }
        assert_eq!(looks(&h).await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn purposes_are_those_of_the_post_with_their_law() {
    on_both(async |h| {
        let codes = async |account: &str| -> Vec<String> {
            let answer = get(&h, account, "/api/v1/purposes").await;
            let items = answer.json["items"].as_array().unwrap().clone();
            items.iter().map(|item| item["code"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(codes("grid_worker").await, ["contact_reporter", "emergency"]);
        assert_eq!(codes("leader").await, ["emergency", "statistics", "supervise"]);
        for account in ["citizen", "administrator", "security_officer", "auditor"] {
            assert!(codes(account).await.is_empty(), "{account}");
        }
        let first = &get(&h, "grid_worker", "/api/v1/purposes").await.json["items"][0];
        assert_eq!(first["basis"]["zh"], "《个人信息保护法》第三十四条");
        assert_eq!(first["kinds"], json!(["unmask"]));
    })
    .await;
}
