//! Five cases in two counties, and who sees which of them.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::StatusCode;
use chrono::TimeDelta;
use serde_json::{Value, json};
use yizhi_server::app::Config;
use yizhi_store::{AttachmentRow, RecordRow};

use crate::common::staff::STAFF;
use crate::common::{Client, Harness, on_both_with};

/// The cases. A: dispatched to city management. B: in the other county. C: confidential, told by a citizen. D: another village of A's township.
/// E: confidential, told by an operator. A, C and E are at one place.
const TOLD: &[(char, &str, &str, bool)] = &[
    ('A', "citizen", "350302001001001", false),
    ('B', "citizen-2", "350303001001001", false),
    ('C', "citizen", "350302001001001", true),
    ('D', "window_clerk", "350302001002001", false),
    ('E', "operator", "350302001001001", true),
];

/// Whom every case of the scene was told by, kept sealed.
pub(crate) const WHO_TOLD: &str = "陈大文";
pub(crate) const THEIR_PHONE: &str = "13900004321";

/// Who sees which cases. The three administrators are not here: they see none, and may not even ask.
pub(crate) const SEES: &[(&str, &str)] = &[
    ("operator", "ACDE"),
    ("dispatcher", "AD"),
    ("verifier", "ACDE"),
    ("grid_leader", "A"),
    ("grid_worker", "A"),
    ("grid_supervisor", "AD"),
    ("department_handler", "A"),
    ("department_handler-ecology", ""),
    ("window_clerk", "D"),
    ("leader", "AD"),
    ("citizen", "AC"),
    ("operator-2", "B"),
    ("dispatcher-2", "B"),
    ("verifier-2", "B"),
    ("department_handler-2", ""),
    ("citizen-2", "B"),
    ("leader-city", "ABD"),
    ("several", "ACDE"),
];

pub(crate) const ADMINISTRATORS: &[&str] =
    &["administrator", "security_officer", "auditor", "administrator-2", "administrator-city"];

/// A case as it was told.
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) grid: &'static str,
    pub(crate) photo: String,
}

pub(crate) struct Told {
    pub(crate) letter: char,
    pub(crate) case: Case,
}

pub(crate) struct Scene {
    pub(crate) h: Harness,
    pub(crate) cases: Vec<Told>,
    /// Started by the operator.
    pub(crate) job: String,
    /// Where the report of case A is in the ledger.
    pub(crate) leaf: i64,
    /// Where a look at case A is in the ledger.
    pub(crate) look: i64,
    people: BTreeMap<&'static str, Client>,
}

/// Runs a test on the scene, on every database there is.
pub(crate) async fn on_scene(test: impl AsyncFn(Scene)) {
    let configure = |config: &mut Config| {
        config.rate = 100_000;
        // No sequencer runs here, and time leaps.
        config.gate_restricted_reads = Some(false);
    };
    on_both_with(configure, async |h| test(Scene::lay(h).await).await).await;
}

impl Scene {
    async fn lay(h: Harness) -> Self {
        let mut people = BTreeMap::new();
        for (account, ..) in STAFF.iter().filter(|(account, ..)| *account != "administrator-new") {
            people.insert(*account, h.as_account(account).await);
        }
        let job = h.app.db().job_add("import.cases", &json!({}), h.person("operator"), h.app.now()).await.unwrap();
        let mut scene = Self { h, cases: Vec::new(), job: job.to_string(), leaf: 0, look: 0, people };
        for (letter, account, grid, confidential) in TOLD {
            let case = scene.tell(account, &format!("饭店油烟{letter}"), grid, *confidential).await;
            scene.cases.push(Told { letter: *letter, case });
        }
        scene.dispatch('A').await;
        scene.look_at('A').await;
        yizhi_server::ledger::Sequencer::new().turn(&scene.h.app).await.unwrap();
        let records = scene.h.app.db().records_from(0, 1_000).await.unwrap();
        let of_a = |record: &&RecordRow| record.subject.to_string() == scene.told('A').case.id;
        scene.leaf = records.iter().find(of_a).unwrap().seq;
        scene.look = records.iter().find(|record| record.kind == "look.unmask").unwrap().seq;
        scene
    }

    /// A report with a photo.
    pub(crate) async fn tell(&self, account: &str, title: &str, grid: &'static str, confidential: bool) -> Case {
        let photo = self.upload(account).await;
        let (lon, lat) = crate::common::ground::point_in(grid);
        let body = json!({
            "matter": "event-0194", "title": title, "description": "后门", "location": { "lon": lon, "lat": lat },
            "attachments": [photo], "confidential": confidential, "reporter": { "name": WHO_TOLD, "phone": THEIR_PHONE },
        });
        let (status, case) = self.who(account).post("/api/v1/cases", body).await;
        assert_eq!(status, StatusCode::CREATED, "{case}");
        self.h.pass(TimeDelta::seconds(1));
        let text = |name: &str| case[name].as_str().unwrap().to_owned();
        Case { id: text("id"), number: text("number"), title: title.to_owned(), grid, photo }
    }

    async fn upload(&self, account: &str) -> String {
        let (kind, bytes) = form();
        let request = axum::http::Request::post("/api/v1/attachments").header("content-type", kind);
        let answer = self.who(account).call(request.body(bytes.into()).unwrap()).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
        answer.json["id"].as_str().unwrap().to_owned()
    }

    async fn dispatch(&self, letter: char) {
        let case = &self.told(letter).case.id;
        let seen = json!({ "note": "看过", "data": { "found": true } });
        for (account, action, more) in [
            ("grid_worker", "verify", seen),
            ("operator", "register", json!({})),
            ("dispatcher", "dispatch", json!({})),
        ] {
            self.take(account, case, action, more).await;
        }
    }

    async fn look_at(&self, letter: char) {
        let case = &self.told(letter).case.id;
        let body = json!({ "fields": ["reporter.name"], "purpose": "contact_reporter" });
        let (status, shown) = self.who("operator").post(&format!("/api/v1/cases/{case}/unmask"), body).await;
        assert_eq!((status, &shown["fields"]["reporter.name"]), (StatusCode::OK, &json!(WHO_TOLD)), "{shown}");
    }

    /// Takes an action that must work.
    pub(crate) async fn take(&self, account: &str, case: &str, action: &str, more: Value) -> Value {
        let (_, seen) = self.who(account).get(&format!("/api/v1/cases/{case}")).await;
        let mut body = json!({ "version": seen["version"] });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, after) = self.who(account).post(&format!("/api/v1/cases/{case}/actions/{action}"), body).await;
        assert_eq!(status, StatusCode::OK, "{account} {action}: {after}");
        self.h.pass(TimeDelta::seconds(1));
        after
    }

    pub(crate) fn told(&self, letter: char) -> &Told {
        self.cases.iter().find(|told| told.letter == letter).unwrap()
    }

    /// Somebody's session.
    pub(crate) fn who(&self, account: &str) -> &Client {
        &self.people[account]
    }

    /// The letters of the cases that `ids` name.
    pub(crate) fn letters<'a>(&self, ids: impl IntoIterator<Item = &'a Value>) -> String {
        let letter = |id: &Value| {
            let told = self.cases.iter().find(|told| id == &told.case.id);
            told.unwrap_or_else(|| panic!("{id} is no case of the scene")).letter
        };
        ids.into_iter().map(letter).collect::<BTreeSet<_>>().into_iter().collect()
    }
}

/// Those letters of `all` that are also in `some`.
pub(crate) fn both(all: &str, some: &str) -> String {
    all.chars().filter(|letter| some.contains(*letter)).collect()
}

/// A form with a small photo: its content type and its bytes.
pub(crate) fn form() -> (&'static str, Vec<u8>) {
    let mut photo = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(8, 8, image::Rgb([90, 90, 90])).write_to(&mut photo, image::ImageFormat::Jpeg).unwrap();
    let head = b"--boundary\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n";
    let bytes = [head.as_slice(), &photo.into_inner(), b"\r\n--boundary--\r\n"].concat();
    ("multipart/form-data; boundary=boundary", bytes)
}

/// An upload that no case uses yet.
pub(crate) async fn unused_photo(scene: &Scene, account: &str) -> AttachmentRow {
    let id = scene.upload(account).await.parse().unwrap();
    scene.h.app.db().attachment(id).await.unwrap().unwrap()
}
