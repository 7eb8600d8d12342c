//! One line for each endpoint: who may call it, with a call that should work and the status of its answer. An endpoint without a line fails the test
//! `complete.rs`.

/// Who may call an endpoint.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Who {
    /// Anybody, without a session. `public.rs` keeps the list of these.
    Public,
    /// Whoever is signed in, also an administrator who has no second factor yet.
    Arriving,
    /// Whoever is signed in.
    SignedIn,
    /// Posts of these roles.
    Roles(&'static [&'static str]),
}

/// What a call leaves behind when it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trace {
    /// Nothing: it only reads.
    None,
    /// At least one record.
    Records,
    /// One look of this kind of record.
    Look(&'static str),
    /// One look, where the case is confidential and the reader takes no part in it.
    PartOfCase,
}

/// An endpoint.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) method: &'static str,
    /// As the description of the API has it.
    pub(crate) path: &'static str,
    pub(crate) who: Who,
    /// A call that works, with the names of `calls.rs` in it.
    pub(crate) ask: &'static str,
    pub(crate) body: &'static str,
    /// What those who may get.
    pub(crate) works: u16,
    /// Accounts whose post may, but to whom what the call names does not exist: 404.
    pub(crate) unseen: &'static [&'static str],
    /// Not with a program's token.
    pub(crate) in_person: bool,
    pub(crate) trace: Trace,
}

const fn line(method: &'static str, path: &'static str, who: Who) -> Line {
    Line { method, path, who, ask: path, body: "", works: 200, unseen: &[], in_person: false, trace: Trace::Records }
}

const fn get(path: &'static str, who: Who) -> Line {
    line("GET", path, who).leaves(Trace::None)
}

const fn post(path: &'static str, who: Who) -> Line {
    line("POST", path, who)
}

impl Line {
    const fn ask(mut self, ask: &'static str) -> Self {
        self.ask = ask;
        self
    }

    const fn body(mut self, body: &'static str) -> Self {
        self.body = body;
        self
    }

    const fn works(mut self, status: u16) -> Self {
        self.works = status;
        self
    }

    const fn unseen(mut self, accounts: &'static [&'static str]) -> Self {
        self.unseen = accounts;
        self
    }

    const fn leaves(mut self, trace: Trace) -> Self {
        self.trace = trace;
        self
    }

    const fn in_person(mut self) -> Self {
        self.in_person = true;
        self
    }
}

/// Roles that have to do with cases: all but the three administrators.
const CASES: Who = Who::Roles(&[
    "operator",
    "dispatcher",
    "verifier",
    "grid_leader",
    "grid_worker",
    "grid_supervisor",
    "department_handler",
    "window_clerk",
    "leader",
    "citizen",
]);

/// Roles that have the map.
pub(crate) const HAVE_MAP: &[&str] = &[
    "operator",
    "dispatcher",
    "verifier",
    "grid_leader",
    "grid_worker",
    "grid_supervisor",
    "department_handler",
    "leader",
];

const MAP: Who = Who::Roles(HAVE_MAP);

const COUNTERS: Who =
    Who::Roles(&["operator", "dispatcher", "grid_leader", "grid_supervisor", "department_handler", "leader"]);

const REPORT: Who =
    Who::Roles(&["operator", "verifier", "grid_leader", "grid_worker", "grid_supervisor", "window_clerk", "citizen"]);

const ATTACH: Who = Who::Roles(&[
    "operator",
    "dispatcher",
    "verifier",
    "grid_leader",
    "grid_worker",
    "department_handler",
    "window_clerk",
    "citizen",
]);

const OPERATOR: Who = Who::Roles(&["operator"]);

const SECURITY_OFFICER: Who = Who::Roles(&["security_officer"]);

/// Those who propose erasures and those who decide them.
const ERASURE: Who = Who::Roles(&["operator", "security_officer"]);
/// Who may claim the purpose `contact_reporter`.
const CONTACT: Who =
    Who::Roles(&["operator", "verifier", "grid_leader", "grid_worker", "department_handler", "window_clerk"]);

/// Who may claim the purpose `handle_cases`.
const HANDLE: Who =
    Who::Roles(&["operator", "dispatcher", "verifier", "grid_leader", "grid_supervisor", "department_handler"]);

const AUDITOR: Who = Who::Roles(&["auditor"]);

/// Those who say who is on duty.
const DUTIES: Who = Who::Roles(&["administrator", "operator"]);

const ADMINISTRATOR: Who = Who::Roles(&["administrator"]);

/// The three administrators, who confirm what another of them proposed.
const THREE: Who = Who::Roles(&["administrator", "security_officer", "auditor"]);

/// Those who may start a new activation for somebody.
const RESET: Who = Who::Roles(&["administrator", "security_officer"]);

const ALL_BUT_ADMINISTRATORS: Who = CASES;

/// Those who do not see the case that the calls name: another county, another department, or only what they take part in.
const APART: &[&str] = &[
    "department_handler-ecology",
    "department_handler-2",
    "window_clerk",
    "operator-2",
    "dispatcher-2",
    "verifier-2",
    "citizen-2",
];

/// Everybody but the operator who started the job.
const NOT_THE_OPERATOR: &[&str] = &[
    "administrator",
    "security_officer",
    "auditor",
    "dispatcher",
    "verifier",
    "grid_leader",
    "grid_worker",
    "grid_supervisor",
    "department_handler",
    "department_handler-ecology",
    "window_clerk",
    "leader",
    "citizen",
    "administrator-2",
    "operator-2",
    "dispatcher-2",
    "verifier-2",
    "department_handler-2",
    "citizen-2",
    "administrator-city",
    "leader-city",
];

/// An operator of the other county sees no case of the first.
const OTHER_OPERATOR: &[&str] = &["operator-2"];

/// Nobody of the other county sets duties in the first.
const OTHER_COUNTY_STAFF: &[&str] = &["administrator-2", "operator-2"];

/// An administrator of the other county manages nobody in the first.
const OTHER_COUNTY: &[&str] = &["administrator-2"];

const REPORTED: &str = r#"{"matter": "event-0110", "title": "垃圾", "location": {"grid": "350302001001001"}}"#;
const DRAFTED: &str = r#"{"matter": "event-0194", "title": "油烟", "location": {"grid": "350302001001001"}}"#;
const COMMENTED: &str = r#"{"version": 1, "note": "说明"}"#;
const UNMASKED: &str = r#"{"fields": ["reporter.name", "reporter.phone"], "purpose": "contact_reporter"}"#;
const TOKEN: &str = r#"{"name": "x", "readOnly": true, "permissions": ["read_cases"], "days": 0, "current": "x"}"#;
const WEAK: &str = r#"{"current": "x", "password": "weak"}"#;
const NEWCOMER: &str = r#"{"account": "newcomer-$n", "name": "新人"}"#;

/// Every endpoint of the API.
pub(crate) const TABLE: &[Line] = &[
    get("/api/v1/meta", Who::Public),
    post("/api/v1/session", Who::Public).body(r#"{"account": "nobody", "password": "x"}"#).works(401),
    post("/api/v1/session/activation", Who::Public).body(r#"{"code": "x"}"#).works(401),
    post("/api/v1/session/link", Who::Public).body(r#"{"token": "x"}"#).works(401),
    post("/api/v1/session/demo", Who::Public).body(r#"{"account": "operator"}"#).works(404),
    line("DELETE", "/api/v1/session", Who::Arriving).works(204).in_person(),
    line("PUT", "/api/v1/session/post", Who::Arriving).body(r#"{"post": "$post"}"#).in_person(),
    get("/api/v1/me", Who::Arriving),
    get("/api/v1/me/notices", Who::SignedIn),
    get("/api/v1/me/notices/unread", Who::SignedIn),
    post("/api/v1/me/notices/read", Who::SignedIn).body(r#"{"all": true}"#).works(204).leaves(Trace::None),
    get("/api/v1/duties", DUTIES).ask("/api/v1/duties?region=350302001001").unseen(OTHER_COUNTY_STAFF),
    post("/api/v1/duties", DUTIES)
        .body(r#"{"grid": "350302001001001", "role": "emperor", "account": "grid_worker"}"#)
        .works(422)
        .leaves(Trace::None),
    post("/api/v1/duties/import", DUTIES)
        .body(r#"{"csv": "grid,role,account\n350302001001001,emperor,grid_worker"}"#)
        .leaves(Trace::None),
    line("DELETE", "/api/v1/duties/{grid}/{role}/{account}", DUTIES)
        .ask("/api/v1/duties/350302001001001/grid_worker/citizen")
        .works(404),
    post("/api/v1/me/password", Who::SignedIn).body(WEAK).works(422).in_person(),
    line("PUT", "/api/v1/me/totp", Who::Arriving).body(r#"{"code": "000000"}"#).works(409).in_person(),
    post("/api/v1/me/totp", Who::Arriving).body(r#"{"what": 1}"#).works(422),
    post("/api/v1/me/totp/remove", ALL_BUT_ADMINISTRATORS).body("{}").works(409).in_person(),
    get("/api/v1/me/tokens", Who::SignedIn),
    post("/api/v1/me/tokens", ALL_BUT_ADMINISTRATORS).body(TOKEN).works(422).in_person(),
    line("DELETE", "/api/v1/me/tokens/{id}", Who::SignedIn).ask("/api/v1/me/tokens/x").works(404).in_person(),
    get("/api/v1/people", THREE),
    post("/api/v1/people", ADMINISTRATOR).body(NEWCOMER).works(201),
    post("/api/v1/people/{account}/posts", ADMINISTRATOR)
        .ask("/api/v1/people/citizen/posts")
        .body(r#"{"role": "emperor", "region": "350302000000"}"#)
        .works(422)
        .unseen(OTHER_COUNTY),
    line("DELETE", "/api/v1/people/{account}/posts/{id}", ADMINISTRATOR)
        .ask("/api/v1/people/$hired/posts/$hired-post")
        .works(204)
        .unseen(OTHER_COUNTY),
    post("/api/v1/people/{account}/unlock", ADMINISTRATOR)
        .ask("/api/v1/people/citizen/unlock")
        .works(204)
        .unseen(OTHER_COUNTY),
    post("/api/v1/people/{account}/reset", RESET)
        .ask("/api/v1/people/citizen/reset")
        .body(r#"{"reason": ""}"#)
        .works(422)
        .unseen(OTHER_COUNTY),
    line("DELETE", "/api/v1/people/{account}/tokens", ADMINISTRATOR)
        .ask("/api/v1/people/without-post/tokens")
        .works(404),
    get("/api/v1/administrations", THREE),
    line("PUT", "/api/v1/administrations", ADMINISTRATOR).body(r#"{"region": "999999000000"}"#).works(422),
    get("/api/v1/proposals", THREE),
    post("/api/v1/proposals/{id}/confirm", THREE)
        .ask("/api/v1/proposals/01980000-0000-7000-8000-000000000000/confirm")
        .works(404),
    post("/api/v1/proposals/{id}/refuse", THREE)
        .ask("/api/v1/proposals/01980000-0000-7000-8000-000000000000/refuse")
        .body(r#"{"note": "不符合条件"}"#)
        .works(404),
    get("/api/v1/jobs/{id}", Who::SignedIn).ask("/api/v1/jobs/$job").unseen(NOT_THE_OPERATOR),
    get("/api/v1/admin/jobs", ADMINISTRATOR),
    post("/api/v1/admin/jobs/{id}/resend", ADMINISTRATOR)
        .ask("/api/v1/admin/jobs/$dead/resend")
        .works(204)
        .unseen(OTHER_COUNTY),
    get("/api/v1/timers/refused", COUNTERS),
    get("/api/v1/admin/timers", ADMINISTRATOR),
    get("/api/v1/regions", Who::SignedIn),
    get("/api/v1/regions/{code}", Who::SignedIn).ask("/api/v1/regions/350302001000"),
    get("/api/v1/regions/{code}/outline", Who::SignedIn).ask("/api/v1/regions/350302001000/outline").works(404),
    get("/api/v1/grids", Who::SignedIn).ask("/api/v1/grids?region=350302001001"),
    get("/api/v1/grids/locate", Who::SignedIn).ask("/api/v1/grids/locate?lon=119.005&lat=25.41"),
    get("/api/v1/grids/search", Who::SignedIn).ask("/api/v1/grids/search?q=xa"),
    get("/api/v1/matters", Who::SignedIn),
    get("/api/v1/matters/{code}", Who::SignedIn).ask("/api/v1/matters/event-0110"),
    get("/api/v1/departments", Who::SignedIn),
    get("/api/v1/calendar/due", Who::SignedIn)
        .ask("/api/v1/calendar/due?from=2026-11-20T10:00:00%2B08:00&limit=3%20working%20days"),
    get("/api/v1/cases", CASES),
    post("/api/v1/cases", REPORT).body(REPORTED).works(201),
    post("/api/v1/cases/duplicates", REPORT).body(DRAFTED).leaves(Trace::None),
    get("/api/v1/cases/confidential", Who::Roles(&["operator", "leader"])),
    get("/api/v1/cases/export", HANDLE)
        .ask("/api/v1/cases/export?purpose=handle_cases")
        .leaves(Trace::Look("look.export")),
    get("/api/v1/cases/{id}", CASES).ask("/api/v1/cases/$case").unseen(APART).leaves(Trace::PartOfCase),
    get("/api/v1/cases/{id}/timeline", CASES)
        .ask("/api/v1/cases/$case/timeline")
        .unseen(APART)
        .leaves(Trace::PartOfCase),
    get("/api/v1/cases/{id}/receipts/{seq}", CASES)
        .ask("/api/v1/cases/$case/receipts/$leaf")
        .unseen(APART)
        .leaves(Trace::PartOfCase),
    post("/api/v1/cases/{id}/unmask", CONTACT)
        .ask("/api/v1/cases/$case/unmask")
        .body(UNMASKED)
        .unseen(APART)
        .leaves(Trace::Look("look.unmask")),
    get("/api/v1/cases/{id}/duplicates", CASES).ask("/api/v1/cases/$case/duplicates").unseen(APART),
    post("/api/v1/cases/{id}/actions/{action}", CASES)
        .ask("/api/v1/cases/$case/actions/comment")
        .body(COMMENTED)
        .unseen(APART),
    get("/api/v1/cases/{id}/erasures", ERASURE).ask("/api/v1/cases/$case/erasures").unseen(OTHER_OPERATOR),
    post("/api/v1/cases/{id}/erasures", OPERATOR)
        .ask("/api/v1/cases/$case/erasures")
        .body(r#"{"fields": ["title"], "authorisedBy": "$case", "reason": "本人申请删除"}"#)
        .works(422)
        .unseen(OTHER_OPERATOR),
    get("/api/v1/erasures", ERASURE).ask("/api/v1/erasures?state=proposed"),
    post("/api/v1/erasures/{id}/confirm", SECURITY_OFFICER)
        .ask("/api/v1/erasures/01980000-0000-7000-8000-000000000000/confirm")
        .works(404),
    post("/api/v1/erasures/{id}/refuse", SECURITY_OFFICER)
        .ask("/api/v1/erasures/01980000-0000-7000-8000-000000000000/refuse")
        .body(r#"{"note": "不符合条件"}"#)
        .works(404),
    post("/api/v1/attachments", ATTACH).body("$file").works(201),
    get("/api/v1/attachments/{id}", CASES).ask("/api/v1/attachments/$photo").unseen(APART).leaves(Trace::PartOfCase),
    get("/api/v1/attachments/{id}/thumbnail", CASES)
        .ask("/api/v1/attachments/$photo/thumbnail")
        .unseen(APART)
        .leaves(Trace::PartOfCase),
    get("/api/v1/purposes", Who::SignedIn),
    get("/api/v1/looks", AUDITOR).leaves(Trace::Look("look.list")),
    get("/api/v1/looks/export", AUDITOR).leaves(Trace::Look("look.list")),
    get("/api/v1/looks/{seq}/receipt", AUDITOR).ask("/api/v1/looks/$look/receipt"),
    get("/api/v1/ledger", Who::SignedIn),
    get("/api/v1/counters", COUNTERS),
    get("/api/v1/map/cases", MAP).ask("/api/v1/map/cases?bbox=118,25,121,27"),
    get("/api/v1/live", CASES),
];
