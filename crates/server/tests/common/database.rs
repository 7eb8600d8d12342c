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

impl Database {
    /// What the database answers, a row a line, columns between bars.
    pub fn ask(&self, sql: &str) -> Vec<String> {
        match &self.place {
            Place::File(file) => ask_file(file, sql),
            Place::Server { url, name } => asked(&with_database(url, name), sql).lines().map(str::to_owned).collect(),
        }
    }
}

fn ask_file(file: &Path, sql: &str) -> Vec<String> {
    use rusqlite::types::ValueRef;
    let connection = rusqlite::Connection::open(file).unwrap();
    let mut find = connection.prepare(sql).unwrap_or_else(|e| panic!("{sql}: {e}"));
    let columns = find.column_count();
    let mut rows = find.query([]).unwrap();
    let mut out = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let cells = (0..columns).map(|column| match row.get_ref(column).unwrap() {
            ValueRef::Null => String::new(),
            ValueRef::Integer(n) => n.to_string(),
            ValueRef::Real(x) => x.to_string(),
            ValueRef::Text(bytes) | ValueRef::Blob(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        });
        out.push(cells.collect::<Vec<_>>().join("|"));
    }
    out
}

/// A row with all it holds as text: ids with hyphens, bytes both as they are and in hexadecimal digits.
#[derive(Clone, Debug)]
pub struct Row {
    pub table: String,
    pub text: String,
}

impl Database {
    /// Every row of every table, what the database keeps for itself included.
    pub fn dump(&self) -> Vec<Row> {
        match &self.place {
            Place::File(file) => dump_file(file),
            Place::Server { url, name } => dump_server(&with_database(url, name)),
        }
    }
}

pub fn dump_file(file: &Path) -> Vec<Row> {
    use rusqlite::types::ValueRef;
    let connection = rusqlite::Connection::open(file).unwrap();
    let mut tables = connection.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").unwrap();
    let tables: Vec<String> = tables.query_map([], |r| r.get(0)).unwrap().map(Result::unwrap).collect();
    let mut out = Vec::new();
    for table in tables {
        let mut find = connection.prepare(&format!("SELECT * FROM \"{table}\"")).unwrap();
        let columns = find.column_count();
        let mut rows = find.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let mut text = String::new();
            for column in 0..columns {
                text += &match row.get_ref(column).unwrap() {
                    ValueRef::Null => String::new(),
                    ValueRef::Integer(n) => n.to_string(),
                    ValueRef::Real(x) => x.to_string(),
                    ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                    ValueRef::Blob(bytes) => bytes_as_text(bytes),
                };
                text.push(' ');
            }
            out.push(Row { table: table.clone(), text });
        }
    }
    out
}

fn bytes_as_text(bytes: &[u8]) -> String {
    let id = uuid::Uuid::from_slice(bytes).map(|id| id.to_string()).unwrap_or_default();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{id} {hex} {}", String::from_utf8_lossy(bytes))
}

fn dump_server(database: &str) -> Vec<Row> {
    let tables = asked(database, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'");
    let mut out = Vec::new();
    // Statistics quote values.
    for table in tables.lines().chain(["pg_stats"]) {
        let row = if table == "pg_stats" { "t::text" } else { "to_jsonb(t)" };
        for row in asked(database, &format!("SELECT {row} FROM {table} AS t")).lines() {
            let mut text = row.to_owned();
            for part in row.split("\\x").skip(1) {
                let digits: Vec<u8> = part.bytes().take_while(u8::is_ascii_hexdigit).collect();
                let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
                text += &String::from_utf8_lossy(&digits.chunks_exact(2).map(byte).collect::<Vec<_>>());
            }
            out.push(Row { table: table.to_owned(), text });
        }
    }
    out
}

/// What the server answers, a row a line.
fn asked(database: &str, sql: &str) -> String {
    let options = ["--quiet", "--no-psqlrc", "--tuples-only", "--no-align", "--command", sql];
    let done = Command::new("psql").arg(database).args(options).output().unwrap();
    assert!(done.status.success(), "{sql}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
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
