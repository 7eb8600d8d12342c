//! What every answer says to browsers, and to whom the server answers at all.

use axum::http::StatusCode;
use serde_json::Value;

use crate::common::{on_both, on_both_demo, on_both_with};

#[tokio::test]
async fn nothing_of_the_api_stays_in_a_cache() {
    on_both(async |h| {
        let operator = h.as_role("operator").await;
        for path in
            ["/api/v1/me", "/api/v1/cases", "/api/v1/regions", "/api/v1/meta", "/api/v1/nothing", "/api/v1/people"]
        {
            let answer = operator.send("GET", path, &Value::Null).await;
            assert_eq!(answer.header("cache-control"), "no-store", "{path}: {}", answer.status);
            assert_eq!(answer.header("strict-transport-security"), "", "{path}");
        }
    })
    .await;
    on_both_with(
        |config| config.secure_cookies = true,
        async |h| {
            let answer = h.stranger().send("GET", "/api/v1/meta", &Value::Null).await;
            assert_eq!(answer.header("strict-transport-security"), "max-age=31536000");
        },
    )
    .await;
}

#[tokio::test]
async fn a_demonstration_answers_to_this_machine_only() {
    on_both_demo(async |h| {
        for (host, status) in [
            ("127.0.0.1:8080", StatusCode::OK),
            ("localhost", StatusCode::OK),
            ("LOCALHOST:9000", StatusCode::OK),
            ("[::1]:8080", StatusCode::OK),
            ("evil.example", StatusCode::MISDIRECTED_REQUEST),
            ("localhost.evil.example:8080", StatusCode::MISDIRECTED_REQUEST),
            ("127.0.0.1.evil.example", StatusCode::MISDIRECTED_REQUEST),
            ("192.0.2.1:8080", StatusCode::MISDIRECTED_REQUEST),
            ("", StatusCode::MISDIRECTED_REQUEST),
        ] {
            let client = h.stranger().with("host", host);
            let answer = client.send("GET", "/api/v1/meta", &Value::Null).await;
            assert_eq!(answer.status, status, "{host}");
            let body = serde_json::json!({ "account": "operator" });
            let switched = client.send("POST", "/api/v1/session/demo", &body).await;
            assert_eq!(switched.status == StatusCode::CREATED, status == StatusCode::OK, "{host}");
        }
        let twice = h.stranger().with("host", "localhost").with("host", "evil.example");
        let stranger = h.stranger();
        for (client, method, address) in [
            (&twice, "GET", "/api/v1/meta"),
            (&stranger, "GET", "http://evil.example/api/v1/meta"),
            (&stranger, "CONNECT", "evil.example:80"),
            (&stranger, "CONNECT", "localhost:80"),
        ] {
            let answer = client.send(method, address, &Value::Null).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{method} {address}");
        }
        let whole = stranger.send("GET", "http://localhost/api/v1/meta", &Value::Null).await;
        assert_eq!(whole.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn elsewhere_the_names_given_are_answered() {
    on_both_with(
        |config| config.hosts = vec!["yizhi.example".to_owned()],
        async |h| {
            for (host, status) in [("yizhi.example", 200), ("Yizhi.Example:443", 200), ("other.example", 421)] {
                let answer = h.stranger().with("host", host).send("GET", "/api/v1/meta", &Value::Null).await;
                assert_eq!(answer.status.as_u16(), status, "{host}");
            }
            for method in ["GET", "HEAD"] {
                let answer = h.stranger().with("host", "10.0.0.7").send(method, "/healthz", &Value::Null).await;
                assert_eq!(answer.status, StatusCode::OK, "a balancer asks by address: {method}");
            }
        },
    )
    .await;
    on_both(async |h| {
        let answer = h.stranger().with("host", "any.example").send("GET", "/api/v1/meta", &Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK);
    })
    .await;
}
