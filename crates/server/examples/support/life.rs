//! The life of a case, one request after another: a report and seven later steps, each by whoever it falls to.

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::crew::{Crew, MATTER};
use super::http::Ask;

/// The steps after the report, and the states they lead to.
pub(crate) const STEPS: [(&str, &str); 7] = [
    ("verify", "pending_register"),
    ("register", "pending_dispatch"),
    ("dispatch", "pending_handle"),
    ("accept", "handling"),
    ("finish", "pending_check"),
    ("check", "pending_close"),
    ("close", "closed"),
];

/// A request that can be repeated: the same case, key and words.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) case: Uuid,
    /// 0 for the report.
    pub(crate) step: usize,
    /// The state it leads to.
    pub(crate) state: &'static str,
    path: String,
    token: String,
    body: String,
}

impl Request {
    /// What to send. A report is known again by its id, a step by the version it saw; an `Idempotency-Key` may be added.
    pub(crate) fn ask(&self) -> Ask<'_> {
        Ask { method: "POST", path: &self.path, token: &self.token, key: None, body: &self.body }
    }
}

/// What an answer says of a case.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) id: Uuid,
    pub(crate) state: String,
    pub(crate) version: u32,
}

impl Seen {
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        serde_json::from_slice(body).ok()
    }
}

/// A case under way.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    case: Uuid,
    point: (f64, f64),
    /// Steps taken, the report included.
    done: usize,
    version: u32,
}

impl Life {
    pub(crate) fn new(case: Uuid, point: (f64, f64)) -> Self {
        Self { case, point, done: 0, version: 0 }
    }

    /// The next request; `None` when the case is closed.
    pub(crate) fn next(&self, crew: &Crew) -> Option<Request> {
        if self.done == 0 {
            return Some(self.request("/api/v1/cases".to_owned(), "reported", &crew.citizen, self.report()));
        }
        let (action, state) = *STEPS.get(self.done - 1)?;
        let token = match action {
            "verify" => &crew.worker,
            "register" | "close" => &crew.operator,
            "dispatch" => &crew.dispatcher,
            "check" => &crew.verifier,
            _ => &crew.handler,
        };
        let body = match action {
            "dispatch" => json!({ "version": self.version, "to": { "department": crew.department } }),
            "finish" => {
                json!({ "version": self.version, "note": "已组织人员清运，地面冲洗干净，并告知周边住户投放时间。" })
            }
            "verify" => json!({ "version": self.version, "note": "现场看过，属实。", "data": { "found": true } }),
            "check" => json!({ "version": self.version, "note": "现场复查，已清理。" }),
            _ => json!({ "version": self.version }),
        };
        Some(self.request(format!("/api/v1/cases/{}/actions/{action}", self.case), state, token, body))
    }

    /// Goes on from an answer.
    pub(crate) fn answered(&mut self, seen: &Seen) {
        self.done += 1;
        self.version = seen.version;
    }

    fn request(&self, path: String, state: &'static str, token: &str, body: Value) -> Request {
        Request { case: self.case, step: self.done, state, path, token: token.to_owned(), body: body.to_string() }
    }

    fn report(&self) -> Value {
        let door = self.case.as_u128() % 300;
        json!({
            "id": self.case,
            "matter": MATTER,
            "title": format!("{door}号楼前垃圾堆放多日没有清运"),
            "description": "楼道口和垃圾桶旁堆了好几袋生活垃圾，天热有异味，老人孩子进出不便，请尽快派人清运。",
            "location": { "lon": self.point.0, "lat": self.point.1 },
        })
    }
}
