//! Parameters that an address does not have.

use axum::http::StatusCode;

use crate::common::on_both;

/// Every operation that takes parameters, from the description.
#[tokio::test]
async fn a_parameter_that_is_misspelt_is_told() {
    let (_, description) = yizhi_server::router::api();
    let described = serde_json::to_value(&description).unwrap();
    let asks = |item: &serde_json::Value| {
        item["get"]["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["in"] == "query"))
    };
    let paths = described["paths"].as_object().unwrap().iter().filter(|(_, item)| asks(item));
    let asked: Vec<String> =
        paths.map(|(path, _)| path.replace("{code}", "350302000000").replace("{id}", "1")).collect();
    assert!(asked.len() > 15, "{asked:?}");
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        for path in &asked {
            let (status, problem) = operator.get(&format!("{path}?sinse=2026-11-26")).await;
            assert_eq!((status, &problem["field"]), (StatusCode::UNPROCESSABLE_ENTITY, &"sinse".into()), "{path}");
        }
        for (path, field) in [
            ("/api/v1/cases?state=closed&Limit=1", "Limit"),
            ("/api/v1/cases?limit=1&", ""),
            ("/api/v1/cases?limit=1&%20since=2026-11-26", " since"),
            ("/api/v1/cases?", ""),
            ("/api/v1/meta?v=1", ""),
        ] {
            let (status, problem) = operator.get(path).await;
            let wanted = if field.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
            assert_eq!(status, wanted, "{path}: {problem}");
            assert_eq!(problem["field"].as_str().unwrap_or_default().trim(), field.trim(), "{path}");
        }
    })
    .await;
}
