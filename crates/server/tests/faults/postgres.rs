//! Databases on the PostgreSQL server of the tests, through `psql`: only the store may know a driver.

use std::process::Command;

/// The template that each test's database is copied from.
pub(crate) const TEMPLATE: &str = "yizhi_faults_template";

/// A database that is dropped with this.
#[derive(Debug)]
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    /// An empty one, in place of any of that name.
    pub(crate) fn empty(server: &str, name: &str) {
        sql(server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
        sql(server, &format!("CREATE DATABASE {name}"));
    }

    /// A copy of the template.
    pub(crate) fn copy(server: &str) -> Self {
        let name = format!("yizhi_faults_{:016x}", rand::random::<u64>());
        sql(server, &format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"));
        Self { server: server.to_owned(), name }
    }

    pub(crate) fn url(&self) -> String {
        url_of(&self.server, &self.name)
    }

    /// Ends every connection to it.
    pub(crate) fn disconnect(&self) {
        let of = format!("FROM pg_stat_activity WHERE datname = '{}'", self.name);
        sql(&self.server, &format!("SELECT pg_terminate_backend(pid) {of}"));
    }

    /// Lets nobody in, or everybody again.
    pub(crate) fn open(&self, open: bool) {
        sql(&self.server, &format!("ALTER DATABASE {} ALLOW_CONNECTIONS {open}", self.name));
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        sql(&self.server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

/// The same server, another database.
pub(crate) fn url_of(server: &str, name: &str) -> String {
    let (base, query) = server.split_once('?').map_or((server, String::new()), |(b, q)| (b, format!("?{q}")));
    let host = base.find("://").map_or(0, |i| i + 3);
    let end = base[host..].find('/').map_or(base.len(), |i| host + i);
    format!("{}/{name}{query}", &base[..end])
}

fn sql(server: &str, statement: &str) {
    let output =
        Command::new("psql").args([server, "--no-psqlrc", "--quiet", "--command", statement]).output().unwrap();
    assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
}
