//! Finding people.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Client, on_both};

async fn accounts(client: &Client, query: &str) -> Vec<String> {
    let (status, page) = client.get(&format!("/api/v1/people{query}")).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page["items"].as_array().unwrap().iter().map(|p| p["account"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn ones_own_region_in_order() {
    on_both(async |h| {
        let county = accounts(&h.as_role("administrator").await, "").await;
        assert!(county.is_sorted());
        for there in ["administrator", "operator", "grid_worker", "citizen", "without-post"] {
            assert!(county.iter().any(|a| a == there), "{there} in {county:?}");
        }
        for elsewhere in ["operator-2", "administrator-city", "leader-city", "several"] {
            assert!(!county.iter().any(|a| a == elsewhere), "{elsewhere} in {county:?}");
        }
        let city = accounts(&h.as_account("administrator-city").await, "").await;
        for there in ["operator", "operator-2", "several", "leader-city"] {
            assert!(city.iter().any(|a| a == there), "{there} in {city:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn by_region_and_by_name() {
    on_both(async |h| {
        let county = h.as_role("administrator").await;
        assert_eq!(
            accounts(&county, "?region=350302001000").await,
            ["grid_leader", "grid_supervisor", "grid_worker", "verifier"]
        );
        assert_eq!(accounts(&county, "?region=350302003000").await, Vec::<String>::new());
        assert_eq!(accounts(&county, "?q=Handler").await, ["department_handler", "department_handler-ecology"]);
        assert_eq!(accounts(&county, "?q=%E6%B5%8B%E8%AF%95oper").await, ["operator"], "by name");
        assert_eq!(accounts(&county, "?q=grid&region=350302001001").await, ["grid_leader", "grid_worker"]);
        for outside in ["350303000000", "350300000000", "999999000000"] {
            assert_eq!(county.get(&format!("/api/v1/people?region={outside}")).await.0, StatusCode::NOT_FOUND);
        }
    })
    .await;
}

#[tokio::test]
async fn page_by_page_nobody_is_lost_or_doubled() {
    on_both(async |h| {
        let county = h.as_role("administrator").await;
        let all = accounts(&county, "").await;
        let mut seen = Vec::new();
        let mut query = "?limit=4".to_owned();
        loop {
            let (_, page) = county.get(&format!("/api/v1/people{query}")).await;
            let items = page["items"].as_array().unwrap();
            assert!(items.len() <= 4);
            seen.extend(items.iter().map(|p| p["account"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            query = format!("?limit=4&cursor={next}");
        }
        assert_eq!(seen, all);
        for limit in ["0", "201"] {
            let (status, _) = county.get(&format!("/api/v1/people?limit={limit}")).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    })
    .await;
}

#[tokio::test]
async fn people_are_shown_with_posts_and_without_secrets() {
    on_both(async |h| {
        let (_, page) = h.as_role("administrator").await.get("/api/v1/people?q=auditor").await;
        let person = &page["items"][0];
        assert_eq!(person["name"], "测试auditor");
        assert_eq!(person["phone"], "138****0002");
        assert_eq!(
            (&person["locked"], &person["lockedUntil"], &person["totp"]),
            (&json!(false), &Value::Null, &json!(true))
        );
        assert_eq!(person["posts"][0]["role"], "auditor");
        assert_eq!(person["posts"][0]["regionName"], "城厢区");
        let keys: Vec<&String> = person.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["account", "active", "locked", "lockedUntil", "name", "phone", "posts", "tokens", "totp"]);
    })
    .await;
}
