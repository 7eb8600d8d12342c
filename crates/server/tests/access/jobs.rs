//! Dead letters are for the administrators of whoever started them.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::calls::dead_job;
use crate::common::{Client, Harness, on_both};

async fn listed(client: &Client) -> Vec<String> {
    let (status, page) = client.get("/api/v1/admin/jobs?state=dead").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page["items"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap().to_owned()).collect()
}

async fn resend(h: &Harness, account: &str, id: &str) -> StatusCode {
    let client = h.as_account(account).await;
    client.post(&format!("/api/v1/admin/jobs/{id}/resend"), Value::Null).await.0
}

#[tokio::test]
async fn dead_letters_of_another_region_do_not_exist() {
    on_both(async |h| {
        let (here, there) = (dead_job(&h, "operator").await, dead_job(&h, "operator-2").await);
        let (both_counties, city) = (dead_job(&h, "several").await, dead_job(&h, "leader-city").await);
        for (account, wanted) in [
            ("administrator", vec![&here]),
            ("administrator-2", vec![&there]),
            ("administrator-city", vec![&city, &both_counties, &there, &here]),
        ] {
            let shown = listed(&h.as_account(account).await).await;
            assert_eq!(shown.iter().collect::<Vec<_>>(), wanted, "{account}, newest first");
        }
        for (account, id) in [("administrator", &there), ("administrator-2", &here), ("administrator", &both_counties)]
        {
            assert_eq!(resend(&h, account, id).await, StatusCode::NOT_FOUND, "{account}");
        }
        assert_eq!(resend(&h, "administrator-2", &there).await, StatusCode::NO_CONTENT);
        assert_eq!(resend(&h, "administrator-city", &both_counties).await, StatusCode::NO_CONTENT);
        let queued = h.as_account("administrator").await.get("/api/v1/admin/jobs?state=queued").await.1;
        assert_eq!(queued["items"], json!([]), "nor in another state");
    })
    .await;
}

/// A page holds as many as were asked for, however many others there are.
#[tokio::test]
async fn others_letters_take_no_room() {
    on_both(async |h| {
        let own = dead_job(&h, "operator-2").await;
        for _ in 0..3 {
            dead_job(&h, "operator").await;
        }
        let (_, page) = h.as_account("administrator-2").await.get("/api/v1/admin/jobs?limit=1").await;
        assert_eq!(page["items"][0]["id"], json!(own));
    })
    .await;
}

/// Posts that are over do not count: whoever holds none is everybody's.
#[tokio::test]
async fn who_left_leaves_letters_to_whoever_manages_them() {
    on_both(async |h| {
        let id = dead_job(&h, "operator-2").await;
        let city = h.as_account("administrator-city").await;
        let post = h.first_post("operator-2");
        let (status, _) = city.delete(&format!("/api/v1/people/operator-2/posts/{post}")).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        assert_eq!(listed(&h.as_account("administrator").await).await, [id]);
    })
    .await;
}
