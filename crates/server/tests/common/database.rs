//! A database of a test's own.

use std::path::{Path, PathBuf};
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
    /// Server and name, or the file.
    place: Place,
}

enum Place {
    File(PathBuf),
    Server { url: String, name: String },
}

impl Database {
    pub async fn open(backend: Backend, folder: &Path) -> Self {
        match backend {
            Backend::Sqlite => {
                let file = folder.join("yizhi.db");
                Self { db: Db::open_sqlite(&file).await.unwrap(), place: Place::File(file) }
            }
            Backend::Postgres => {
                let server = std::env::var(SERVER).unwrap();
                let name = format!("server_{}", uuid::Uuid::from_bytes(rand::random()).simple());
                psql(&server, &format!("CREATE DATABASE {name}"));
                let db = Db::open_postgres(&with_database(&server, &name)).await.unwrap();
                Self { db, place: Place::Server { url: server, name } }
            }
        }
    }
}

impl Database {
    /// Where another process finds it: the file, or the server's URL.
    pub fn address(&self) -> String {
        match &self.place {
            Place::File(file) => file.to_str().unwrap().to_owned(),
            Place::Server { url, name } => with_database(url, name),
        }
    }

    /// Opens what [`Self::address`] names.
    pub async fn open_at(address: &str) -> Db {
        if address.contains("://") {
            Db::open_postgres(address).await.unwrap()
        } else {
            Db::open_sqlite(Path::new(address)).await.unwrap()
        }
    }

    /// Carries a statement out as somebody with the database's password would.
    pub fn tamper(&self, sql: &str) {
        match &self.place {
            Place::File(file) => {
                rusqlite::Connection::open(file).unwrap().execute_batch(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
            }
            Place::Server { url, name } => psql(&with_database(url, name), sql),
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Place::Server { url, name } = &self.place {
            psql(url, &format!("DROP DATABASE {name} WITH (FORCE)"));
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
