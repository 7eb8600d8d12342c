//! A database of a test's own.

use std::path::Path;
use std::process::Command;

use yizhi_store::Db;

/// Names the PostgreSQL server on which tests make their databases, as a URL.
const SERVER: &str = "YIZHI_TEST_POSTGRES";

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// The databases there are: a complete run has both.
pub fn backends() -> Vec<Backend> {
    let postgres = std::env::var_os(SERVER).is_some();
    assert!(postgres || std::env::var_os("CI").is_none(), "CI needs {SERVER}");
    if postgres { vec![Backend::Sqlite, Backend::Postgres] } else { vec![Backend::Sqlite] }
}

/// An open database, removed with the test.
pub struct Database {
    pub db: Db,
    postgres: Option<(String, String)>,
}

impl Database {
    pub async fn open(backend: Backend, folder: &Path) -> Self {
        match backend {
            Backend::Sqlite => Self { db: Db::open_sqlite(&folder.join("yizhi.db")).await.unwrap(), postgres: None },
            Backend::Postgres => {
                let server = std::env::var(SERVER).unwrap();
                let name = format!("server_{}", uuid::Uuid::from_bytes(rand::random()).simple());
                psql(&server, &format!("CREATE DATABASE {name}"));
                let db = Db::open_postgres(&with_database(&server, &name)).await.unwrap();
                Self { db, postgres: Some((server, name)) }
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some((server, name)) = &self.postgres {
            psql(server, &format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

fn psql(server: &str, sql: &str) {
    let done = Command::new("psql").args([server, "--quiet", "--no-psqlrc", "--command", sql]).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success() || std::thread::panicking(), "{sql}: {said}");
}

/// The same server's URL with another database.
fn with_database(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, String::new()), |(b, q)| (b, format!("?{q}")));
    let host = base.find("://").map_or(0, |i| i + 3);
    let end = base[host..].find('/').map_or(base.len(), |i| host + i);
    format!("{}/{name}{query}", &base[..end])
}
