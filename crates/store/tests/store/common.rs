//! A database for each test: SQLite in a temporary folder, and PostgreSQL where `YIZHI_TEST_POSTGRES` names a server that may be filled with
//! databases.

use std::future::Future;
use std::sync::Arc;

use sqlx::{AnyPool, AssertSqlSafe, Executor};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use yizhi_store::Db;

/// An open database, and a plain connection to it for laying out rows that no public call would make.
pub(crate) struct Ground {
    pub(crate) db: Db,
    pub(crate) plain: AnyPool,
    pub(crate) postgres: bool,
    /// Where a further connection leads.
    pub(crate) url: String,
    _folder: Option<TempDir>,
}

impl Ground {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("yizhi.db");
        let db = Db::open_sqlite(&file).await.unwrap();
        sqlx::any::install_default_drivers();
        let url = format!("sqlite://{}", file.display());
        let plain = AnyPool::connect(&url).await.unwrap();
        Self { db, plain, postgres: false, url, _folder: Some(folder) }
    }

    /// `settings` are those of the connections of `db`, as parameters of its URL.
    pub(crate) async fn postgres(server: &str, settings: &str) -> Self {
        sqlx::any::install_default_drivers();
        let name = format!("store_{}", uuid::Uuid::new_v4().simple());
        let admin = AnyPool::connect(server).await.unwrap();
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let url = with_database(server, &name);
        let separator = if url.contains('?') { '&' } else { '?' };
        let db = Db::open_postgres(&format!("{url}{separator}{settings}")).await.unwrap();
        let plain = AnyPool::connect(&url).await.unwrap();
        Self { db, plain, postgres: true, url, _folder: None }
    }

    /// Removes a database of PostgreSQL that is too large to stay; a temporary folder goes by itself.
    pub(crate) async fn remove(self, server: &str) {
        let name = self.url.rsplit('/').next().and_then(|rest| rest.split('?').next()).unwrap().to_owned();
        drop(self);
        let admin = AnyPool::connect(server).await.unwrap();
        admin.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
    }

    /// Runs a statement as it is.
    pub(crate) async fn run(&self, sql: String) {
        self.plain.execute(AssertSqlSafe(sql.clone())).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// A UUID as this database writes it in SQL.
    pub(crate) fn uuid(&self, id: uuid::Uuid) -> String {
        if self.postgres { format!("'{id}'::uuid") } else { format!("X'{}'", id.simple()) }
    }
}

fn with_database(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, String::new()), |(b, q)| (b, format!("?{q}")));
    let scheme = base.find("://").map_or(0, |i| i + 3);
    let end = base[scheme..].find('/').map_or(base.len(), |i| scheme + i);
    format!("{}/{name}{query}", &base[..end])
}

/// Runs a test on SQLite and, where there is one, on PostgreSQL. The ground is shared, so that its folder outlives whatever the test takes of it.
pub(crate) fn on_both<F: Future<Output = ()>>(test: impl Fn(Arc<Ground>) -> F) {
    runtime().block_on(async {
        test(Arc::new(Ground::sqlite().await)).await;
        if let Some(server) = postgres_server() {
            test(Arc::new(Ground::postgres(&server, "").await)).await;
        }
    });
}

pub(crate) fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// The PostgreSQL for tests, which may only be missing on a developer's machine.
pub(crate) fn postgres_server() -> Option<String> {
    let server = std::env::var("YIZHI_TEST_POSTGRES").ok();
    assert!(server.is_some() || std::env::var_os("CI").is_none(), "CI needs YIZHI_TEST_POSTGRES");
    server
}
