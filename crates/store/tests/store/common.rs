//! A database for each test: SQLite in a temporary folder, and PostgreSQL where `YIZHI_TEST_POSTGRES` names a server that may be filled with
//! databases.

use std::future::Future;
use std::sync::Arc;

use sqlx::{AnyPool, AssertSqlSafe, Executor};
use tempfile::TempDir;
use yizhi_store::Db;

/// An open database, and a plain connection to it for laying out rows that no public call would make.
pub(crate) struct Ground {
    pub(crate) db: Db,
    pub(crate) plain: AnyPool,
    pub(crate) postgres: bool,
    _folder: Option<TempDir>,
}

impl Ground {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("yizhi.db");
        let db = Db::open_sqlite(&file).await.unwrap();
        sqlx::any::install_default_drivers();
        let plain = AnyPool::connect(&format!("sqlite://{}", file.display())).await.unwrap();
        Self { db, plain, postgres: false, _folder: Some(folder) }
    }

    pub(crate) async fn postgres(server: &str) -> Self {
        sqlx::any::install_default_drivers();
        let name = format!("store_{}", uuid::Uuid::new_v4().simple());
        let admin = AnyPool::connect(server).await.unwrap();
        admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
        let url = with_database(server, &name);
        let db = Db::open_postgres(&url).await.unwrap();
        let plain = AnyPool::connect(&url).await.unwrap();
        Self { db, plain, postgres: true, _folder: None }
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
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        test(Arc::new(Ground::sqlite().await)).await;
        match std::env::var("YIZHI_TEST_POSTGRES") {
            Ok(server) => test(Arc::new(Ground::postgres(&server).await)).await,
            Err(_) => assert!(std::env::var_os("CI").is_none(), "CI needs YIZHI_TEST_POSTGRES"),
        }
    });
}
