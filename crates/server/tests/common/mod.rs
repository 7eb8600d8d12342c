//! A server on a small, known world, for tests of its routes: two counties with grids, everybody's post, a clock that moves when told, on SQLite and,
//! where `YIZHI_TEST_POSTGRES` names a server that may be filled with databases, on PostgreSQL.
//!
//! A test's root declares `pub mod common;` (`pub`, so that what one test does not need is not called dead), then:
//!
//! ```ignore
//! #[tokio::test]
//! async fn regions_are_named() {
//!     on_both(async |h| {
//!         let (status, body) = h.as_role("operator").await.get("/api/v1/regions/350302000000").await;
//!         assert_eq!((status, &body["name"]), (StatusCode::OK, &json!("城厢区")));
//!     })
//!     .await;
//! }
//! ```

pub mod brittle;
pub mod client;
pub mod database;
pub mod ground;
pub mod log;
pub mod staff;

use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use object_store::local::LocalFileSystem;
use tempfile::TempDir;
use yizhi_domain::clock::{Clock as _, ManualClock};
use yizhi_domain::ids::{PersonId, PostId};
use yizhi_server::app::{App, Config};
use yizhi_server::auth::open_session;
use yizhi_server::keys::{Keys, new_token};
use yizhi_store::{ApiToken, SessionRow};

pub use client::{Answer, Client};
pub use database::{Backend, backends};

use brittle::Brittle;
use database::{Database, Row};

/// A server with its world, clock and database.
pub struct Harness {
    pub app: App,
    pub clock: Arc<ManualClock>,
    router: Router,
    /// Where its files are.
    pub brittle: Arc<Brittle>,
    database: Database,
    _data: TempDir,
}

/// When tests begin: a Friday at ten in the morning, China time.
pub fn start() -> DateTime<Utc> {
    "2026-11-20T10:00:00+08:00".parse().unwrap()
}

/// Runs a test on every database there is.
pub async fn on_both(test: impl AsyncFn(Harness)) {
    on_both_with(|_| (), test).await;
}

/// The same with another configuration.
pub async fn on_both_with(configure: impl Fn(&mut Config), test: impl AsyncFn(Harness)) {
    for backend in backends() {
        test(Harness::with(backend, &configure).await).await;
    }
}

/// The same in demo mode.
pub async fn on_both_demo(test: impl AsyncFn(Harness)) {
    on_both_with(|config| config.demo = true, test).await;
}

impl Harness {
    pub async fn new(backend: Backend) -> Self {
        Self::with(backend, &|_| ()).await
    }

    pub async fn with(backend: Backend, configure: &impl Fn(&mut Config)) -> Self {
        let data = tempfile::tempdir().unwrap();
        let database = Database::open(backend, data.path()).await;
        let clock = Arc::new(ManualClock::new(start()));
        let keys = Keys::open(data.path()).unwrap();
        database.db.tag_records(keys.record_tag());
        ground::lay(&database.db).await;
        staff::hire(&database.db, &keys).await;
        let (world, places) = yizhi_server::loading::load(&database.db, clock.now()).await.unwrap();
        let mut config = Config::new(data.path());
        data.path().clone_into(&mut config.files);
        configure(&mut config);
        let brittle = Arc::new(Brittle::new(LocalFileSystem::new_with_prefix(data.path()).unwrap()));
        let objects = brittle.clone();
        let app = App::new(config, database.db.clone(), clock.clone(), world, places, keys, objects).unwrap();
        let router = yizhi_server::router::router(app.clone());
        Self { app, clock, router, brittle, database, _data: data }
    }

    /// Another server on the same database, files and keys.
    pub async fn sibling(&self) -> App {
        self.sibling_with(self.app.config().clone()).await
    }

    /// The same with another configuration.
    pub async fn sibling_with(&self, config: Config) -> App {
        let db = Database::open_at(&self.database()).await;
        let keys = Keys::open(&config.data).unwrap();
        db.tag_records(keys.record_tag());
        let (world, places) = yizhi_server::loading::load(&db, self.clock.now()).await.unwrap();
        App::new(config, db, self.clock.clone(), world, places, keys, self.brittle.clone()).unwrap()
    }

    /// Does something to the database behind the server's back.
    pub fn sql(&self, sql: &str) {
        self.database.tamper(sql);
    }

    /// What the database answers, a row a line, columns between bars.
    pub fn ask(&self, sql: &str) -> Vec<String> {
        self.database.ask(sql)
    }

    /// The columns of a table that are written; those the database makes of others are not among them.
    pub fn columns(&self, table: &str) -> Vec<String> {
        self.columns_typed(table).into_iter().map(|(name, _)| name).collect()
    }

    /// The same with their types as declared, in small letters.
    pub fn columns_typed(&self, table: &str) -> Vec<(String, String)> {
        let rows = self.ask(&match self.app.db().backend() {
            yizhi_store::Backend::Sqlite => {
                format!("SELECT name, lower(type) FROM pragma_table_xinfo('{table}') WHERE hidden = 0")
            }
            yizhi_store::Backend::Postgres => format!(
                "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() AND \
                 table_name = '{table}' AND is_generated = 'NEVER' ORDER BY ordinal_position"
            ),
        });
        rows.iter().filter_map(|row| row.split_once('|')).map(|(name, of)| (name.to_owned(), of.to_owned())).collect()
    }

    /// Every row of every table.
    pub fn dump(&self) -> Vec<Row> {
        self.database.dump()
    }

    /// Where another process finds the database.
    pub fn database(&self) -> String {
        self.database.address()
    }

    /// Somebody who has not signed in.
    pub fn stranger(&self) -> Client {
        Client::new(self.router.clone())
    }

    /// The account of that role in the first county, signed in.
    pub async fn as_role(&self, role: &str) -> Client {
        self.as_account(role).await
    }

    /// An account, signed in without asking for its password.
    pub async fn as_account(&self, account: &str) -> Client {
        let (token, row) = self.open(account).await;
        self.stranger().with_session(&token, &row.csrf)
    }

    /// A session of an account in its first post: the token and what is kept.
    pub async fn open(&self, account: &str) -> (String, SessionRow) {
        open_session(&self.app, self.person(account), self.first_post(account)).await.unwrap()
    }

    /// A program with a token of an account.
    pub async fn as_program(&self, account: &str) -> Client {
        let (token, digest) = new_token();
        let row = ApiToken { token: digest, person: self.person(account), post: self.first_post(account) };
        self.app.db().api_token_add(row, self.clock.now()).await.unwrap();
        self.stranger().with("authorization", &format!("Bearer {token}"))
    }

    pub fn person(&self, account: &str) -> PersonId {
        let world = self.app.world();
        world.directory.by_account(account).unwrap_or_else(|| panic!("no account {account}")).id
    }

    /// The post that an account has held longest.
    pub fn first_post(&self, account: &str) -> PostId {
        let world = self.app.world();
        let post = world.directory.posts_of(self.person(account), self.clock.now()).min_by_key(|p| (p.from, p.id));
        post.unwrap_or_else(|| panic!("{account} holds no post")).id
    }

    /// Lets time pass.
    pub fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
    }
}

/// One call that a test of authorization makes.
pub struct Call {
    pub method: &'static str,
    pub path: &'static str,
    pub body: serde_json::Value,
}

impl Harness {
    /// Asserts that a call is 401 to strangers, 403 to those roles whose posts may never make it.
    pub async fn refuses(&self, call: &Call, roles: &[&str]) {
        let request = |client: Client| async move { client.send(call.method, call.path, &call.body).await };
        let answer = request(self.stranger()).await;
        assert_eq!(
            (answer.status, answer.code()),
            (StatusCode::UNAUTHORIZED, "no_session"),
            "{} {}",
            call.method,
            call.path
        );
        for role in roles {
            let answer = request(self.as_role(role).await).await;
            let got = (answer.status, answer.code());
            assert_eq!(got, (StatusCode::FORBIDDEN, "forbidden"), "{role}: {} {}", call.method, call.path);
        }
    }
}
