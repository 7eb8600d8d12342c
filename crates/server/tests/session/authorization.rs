//! Who may call what.

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::common::{Call, on_both};

#[tokio::test]
async fn strangers_have_no_session_to_end_or_change() {
    on_both(async |h| {
        for (method, path, body) in
            [("DELETE", "/api/v1/session", Value::Null), ("PUT", "/api/v1/session/post", json!({ "post": "x" }))]
        {
            h.refuses(&Call { method, path, body }, &[]).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_programs_token_is_no_session() {
    on_both(async |h| {
        let program = h.as_program("operator").await;
        assert_eq!(program.get("/api/v1/me").await.0, StatusCode::OK);
        for (method, path, body) in
            [("DELETE", "/api/v1/session", Value::Null), ("PUT", "/api/v1/session/post", json!({ "post": "x" }))]
        {
            let answer = program.send(method, path, &body).await;
            assert_eq!((answer.status, answer.code()), (StatusCode::FORBIDDEN, "session_only"), "{path}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_token_made_up_or_used_the_wrong_way_is_no_session() {
    on_both(async |h| {
        for client in [
            h.stranger().with("cookie", "yizhi_session=0123456789abcdef"),
            h.stranger().with("cookie", "yizhi_session="),
            h.stranger().with("authorization", "Bearer 0123456789abcdef"),
            h.stranger().with("authorization", "Basic b3BlcmF0b3I6eA=="),
        ] {
            assert_eq!(client.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED);
        }
        let (token, _) = h.open("operator").await;
        let right = h.stranger().with("cookie", &format!("other=1; yizhi_session={token}"));
        let wrong = h.stranger().with("authorization", &format!("Bearer {token}"));
        assert_eq!(wrong.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED);
        assert_eq!(right.get("/api/v1/me").await.0, StatusCode::OK);
        assert_eq!(wrong.get("/api/v1/me").await.0, StatusCode::UNAUTHORIZED, "also while it is remembered");
    })
    .await;
}
