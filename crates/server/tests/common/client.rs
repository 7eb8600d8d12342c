//! Somebody who makes requests: with a session, a token, or nothing.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// Makes requests without a network.
#[derive(Clone)]
pub struct Client {
    router: Router,
    headers: Vec<(String, String)>,
    pub csrf: String,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
    /// Null if the body is no JSON.
    pub json: Value,
}

impl Answer {
    /// The code of a problem.
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// The token of the session that was opened.
    pub fn session_token(&self) -> String {
        let cookie = self.header("set-cookie").split(';').next().unwrap_or_default();
        cookie.trim_start_matches("__Host-").strip_prefix("yizhi_session=").unwrap_or_default().to_owned()
    }
}

impl Client {
    pub(super) fn new(router: Router) -> Self {
        Self { router, headers: Vec::new(), csrf: String::new() }
    }

    pub fn with_session(self, token: &str, csrf: &str) -> Self {
        let mut client = self.with("cookie", &format!("yizhi_session={token}"));
        csrf.clone_into(&mut client.csrf);
        client
    }

    /// The same person at another server.
    pub fn at(mut self, app: &yizhi_server::app::App) -> Self {
        self.router = yizhi_server::router::router(app.clone());
        self
    }

    /// With a header on every request from now on.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(held, _)| held != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub async fn get(&self, path: &str) -> (StatusCode, Value) {
        let answer = self.send("GET", path, &Value::Null).await;
        (answer.status, answer.json)
    }

    pub async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let answer = self.send("POST", path, &body).await;
        (answer.status, answer.json)
    }

    pub async fn put(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let answer = self.send("PUT", path, &body).await;
        (answer.status, answer.json)
    }

    pub async fn delete(&self, path: &str) -> (StatusCode, Value) {
        let answer = self.send("DELETE", path, &Value::Null).await;
        (answer.status, answer.json)
    }

    /// A request with a JSON body, or none for null, and all that came back.
    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let request = match body {
            Value::Null => request.body(Body::empty()),
            json => request.header(header::CONTENT_TYPE, "application/json").body(Body::from(json.to_string())),
        };
        self.call(request.unwrap()).await
    }

    /// Any request, with this client's headers added.
    /// Status and bytes of a file.
    pub async fn fetch(&self, path: &str) -> (StatusCode, Vec<u8>) {
        let response = self.begin(Request::get(path).body(Body::empty()).unwrap()).await;
        (response.status(), response.into_body().collect().await.unwrap().to_bytes().to_vec())
    }

    pub async fn call(&self, request: Request<Body>) -> Answer {
        let response = self.begin(request).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status, headers, bytes, json }
    }

    /// The same up to the body, which may have no end.
    pub async fn begin(&self, mut request: Request<Body>) -> Response<Body> {
        for (name, value) in &self.headers {
            request.headers_mut().append(header::HeaderName::try_from(name).unwrap(), value.parse().unwrap());
        }
        if request.uri().authority().is_none() {
            request.headers_mut().entry(header::HOST).or_insert(header::HeaderValue::from_static("localhost"));
        }
        self.router.clone().oneshot(request).await.unwrap()
    }
}
