//! A resident's case with everything that can be erased in it, and a closed case in which the request was decided.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chrono::TimeDelta;
use serde_json::{Value, json};
use yizhi_server::jobs::finish_erasures;
use yizhi_server::ledger::Sequencer;

use crate::common::ground::point_in;
use crate::common::{Client, Harness, on_both};

/// Texts that stand nowhere but in the case. Each ends with a word that a file would show.
pub(crate) const TITLE: &str = "老王家门口堵车 qz7titleword";
pub(crate) const DESCRIPTION: &str = "他常和邻居争吵 wk8descriptionword";
pub(crate) const NOTE: &str = "老王电话里说的 vj9noteword";
const NAME: &str = "王xu5nameword";
pub(crate) const PHONE: &str = "13900112233";
pub(crate) const FILE: &str = "hb4fileword.jpg";

const GRID: &str = "350302001001001";
/// From a report to the decision.
const LIFE: &[(&str, &str, &str)] = &[
    ("grid_worker", "verify", r#"{"note": "看过", "data": {"found": true}}"#),
    ("operator", "register", "{}"),
    ("dispatcher", "dispatch", r#"{"to": {"department": "city_management"}}"#),
    ("department_handler", "accept", "{}"),
    ("department_handler", "finish", r#"{"note": "核实身份，同意删除"}"#),
    ("verifier", "check", r#"{"note": "合格"}"#),
    ("operator", "close", "{}"),
];

pub(crate) struct Scene {
    pub(crate) h: Harness,
    /// Id and number of the case.
    pub(crate) case: (String, String),
    pub(crate) photo: String,
    /// Id and number of the case that authorises.
    pub(crate) authority: (String, String),
}

/// Runs a test on every database there is.
pub(crate) async fn on_scene(test: impl AsyncFn(Scene)) {
    on_both(async |h| test(Scene::lay(h).await).await).await;
}

impl Scene {
    async fn lay(h: Harness) -> Self {
        let citizen = h.as_account("citizen").await;
        let photo = upload(&citizen).await;
        let (lon, lat) = point_in(GRID);
        let body = json!({
            "matter": "event-0194", "title": TITLE, "description": DESCRIPTION, "attachments": [photo],
            "location": { "lon": lon, "lat": lat, "accuracy": 8.5 }, "reporter": { "name": NAME, "phone": PHONE },
        });
        let case = told(&citizen.clone().with("idempotency-key", "the-report"), body).await;
        h.pass(TimeDelta::seconds(1));
        let authority = json!({ "matter": "event-0194", "title": "请求删除个人信息", "location": { "grid": GRID } });
        let authority = told(&h.as_account("window_clerk").await, authority).await;
        let scene = Self { h, case, photo, authority };
        for (account, action, body) in LIFE {
            scene.act(account, &scene.authority.0, action, body).await;
        }
        scene.act("citizen", &scene.case.0, "comment", &json!({ "note": NOTE }).to_string()).await;
        scene
    }

    pub(crate) async fn act(&self, account: &str, case: &str, action: &str, body: &str) {
        let client = self.h.as_account(account).await.with("idempotency-key", &format!("{case}-{action}"));
        let (_, seen) = client.get(&format!("/api/v1/cases/{case}")).await;
        let mut body: Value = serde_json::from_str(body).unwrap();
        body["version"] = seen["version"].clone();
        let (status, after) = client.post(&format!("/api/v1/cases/{case}/actions/{action}"), body).await;
        assert_eq!(status, StatusCode::OK, "{account} {action}: {after}");
        self.h.pass(TimeDelta::seconds(1));
    }

    /// Proposes as the operator.
    pub(crate) async fn propose(&self, fields: &[&str]) -> (StatusCode, Value) {
        let body = json!({ "fields": fields, "authorisedBy": self.authority.1, "reason": "本人依法申请" });
        self.propose_as("operator", body).await
    }

    pub(crate) async fn propose_as(&self, account: &str, body: Value) -> (StatusCode, Value) {
        self.h.as_account(account).await.post(&format!("/api/v1/cases/{}/erasures", self.case.0), body).await
    }

    /// Decides as the security officer: `confirm` or `refuse`.
    pub(crate) async fn decide(&self, erasure: &Value, how: &str) -> (StatusCode, Value) {
        let path = format!("/api/v1/erasures/{}/{how}", erasure["id"].as_str().unwrap());
        let body = if how == "refuse" { json!({ "note": "不属于应当删除的情形" }) } else { Value::Null };
        self.h.as_role("security_officer").await.post(&path, body).await
    }

    /// Erases, with all that follows.
    pub(crate) async fn erase(&self, fields: &[&str]) -> Value {
        let (status, proposed) = self.propose(fields).await;
        assert_eq!(status, StatusCode::CREATED, "{proposed}");
        self.h.pass(TimeDelta::seconds(1));
        let (status, done) = self.decide(&proposed, "confirm").await;
        assert_eq!((status, &done["state"]), (StatusCode::OK, &json!("done")), "{done}");
        self.h.pass(TimeDelta::seconds(1));
        assert_eq!(finish_erasures(&self.h.app).await.unwrap(), 0, "everything is done");
        done
    }

    pub(crate) fn photo_field(&self) -> String {
        format!("attachment:{}", self.photo)
    }

    /// The case as the operator sees it.
    pub(crate) async fn seen(&self) -> Value {
        let (status, case) = self.h.as_role("operator").await.get(&format!("/api/v1/cases/{}", self.case.0)).await;
        assert_eq!(status, StatusCode::OK, "{case}");
        case
    }

    pub(crate) async fn timeline(&self) -> Vec<Value> {
        let path = format!("/api/v1/cases/{}/timeline", self.case.0);
        let (status, page) = self.h.as_role("operator").await.get(&path).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        page["items"].as_array().unwrap().clone()
    }

    /// Brings the log up to date.
    pub(crate) async fn turn(&self) {
        self.h.pass(TimeDelta::minutes(1));
        Sequencer::new().turn(&self.h.app).await.unwrap();
    }

    /// A session of somebody in one of their posts, with a second factor.
    pub(crate) async fn in_post(&self, account: &str, role: &str) -> Client {
        let (person, now) = (self.h.person(account), self.h.app.now());
        self.h.sql(&format!(
            "UPDATE person SET totp = (SELECT totp FROM person WHERE account = 'auditor') WHERE account = '{account}'"
        ));
        let world = self.h.app.world();
        let post = world.directory.posts_of(person, now).find(|post| post.role == role).unwrap().id;
        let (token, row) = yizhi_server::auth::open_session(&self.h.app, person, post).await.unwrap();
        self.h.stranger().with_session(&token, &row.csrf)
    }
}

/// Id and number of a case that somebody reports.
async fn told(client: &Client, body: Value) -> (String, String) {
    let (status, case) = client.post("/api/v1/cases", body).await;
    assert_eq!(status, StatusCode::CREATED, "{case}");
    (case["id"].as_str().unwrap().to_owned(), case["number"].as_str().unwrap().to_owned())
}

async fn upload(client: &Client) -> String {
    let mut photo = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(400, 300, image::Rgb([90, 90, 90]));
    picture.write_to(&mut photo, image::ImageFormat::Jpeg).unwrap();
    let head = format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{FILE}\"\r\n\r\n");
    let bytes = [head.as_bytes(), &photo.into_inner(), b"\r\n--b--\r\n"].concat();
    let request = Request::post("/api/v1/attachments").header("content-type", "multipart/form-data; boundary=b");
    let answer = client.call(request.body(Body::from(bytes)).unwrap()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
    answer.json["id"].as_str().unwrap().to_owned()
}
