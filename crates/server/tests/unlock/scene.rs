//! An installation made by the program itself: the divisions of one county, an administrator, on either database.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::common::database::{Database, Row};
use crate::common::{Backend, backends};

pub(crate) struct Scene {
    pub(crate) folder: TempDir,
    /// Of PostgreSQL; `None` where the database is in the data folder.
    database: Option<Database>,
}

const LISTS: [(&str, &str); 5] = [
    ("provinces.csv", "code,name\n35,福建省\n"),
    ("cities.csv", "code,name\n3503,莆田市\n"),
    ("areas.csv", "code,name\n350302,城厢区\n"),
    ("streets.csv", "code,name\n350302100,甲镇\n"),
    ("villages.csv", "code,name\n350302100201,乙村委会\n"),
];

/// Runs a test on every database there is.
pub(crate) async fn on_both(test: impl AsyncFn(Scene)) {
    for backend in backends() {
        test(Scene::lay(backend).await).await;
    }
}

impl Scene {
    async fn lay(backend: Backend) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lists = folder.path().join("lists");
        std::fs::create_dir(&lists).unwrap();
        for (name, text) in LISTS {
            std::fs::write(lists.join(name), text).unwrap();
        }
        let database = match backend {
            Backend::Sqlite => None,
            Backend::Postgres => Some(Database::open(backend, folder.path()).await),
        };
        let scene = Self { folder, database };
        scene.works(&scene.import(&scene.data()));
        scene.works(&scene.create("first", &scene.data()));
        scene
    }

    /// The installation's own folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder in which somebody has put nothing, or the database alone.
    pub(crate) fn elsewhere(&self) -> PathBuf {
        let other = self.folder.path().join("elsewhere");
        if self.database.is_none() {
            std::fs::create_dir_all(&other).unwrap();
            for file in ["yizhi.db", "yizhi.db-wal"] {
                let _ = std::fs::copy(self.data().join(file), other.join(file));
            }
        }
        other
    }

    /// The address of the database that a folder's commands use.
    pub(crate) fn url(&self) -> Option<String> {
        self.database.as_ref().map(Database::address)
    }

    /// Does something to the database of a folder behind the program's back.
    pub(crate) fn sql(&self, data: &Path, sql: &str) {
        match &self.database {
            Some(database) => database.tamper(sql),
            None => rusqlite::Connection::open(data.join("yizhi.db")).unwrap().execute_batch(sql).unwrap(),
        }
    }

    /// Every row of the database of a folder.
    pub(crate) async fn rows(&self, data: &Path) -> Vec<String> {
        let rows: Vec<Row> = match &self.database {
            Some(database) => database.dump(),
            None => crate::common::database::dump_file(&data.join("yizhi.db")),
        };
        rows.into_iter()
            .filter(|row| !row.table.starts_with("sqlite_") && row.table != "pg_stats")
            .map(|row| row.table + " " + &row.text)
            .collect()
    }

    pub(crate) fn yizhi(&self, data: &Path, args: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_yizhi"));
        command.args(args).arg("--data").arg(data).stdin(Stdio::null()).env_remove("YIZHI_DATABASE_URL");
        if let Some(url) = self.url() {
            command.env("YIZHI_DATABASE_URL", url);
        }
        command.output().unwrap()
    }

    pub(crate) fn import(&self, data: &Path) -> Output {
        self.yizhi(data, &["region", "import", self.folder.path().join("lists").to_str().unwrap()])
    }

    pub(crate) fn create(&self, account: &str, data: &Path) -> Output {
        let args = ["person", "create", "--account", account, "--name", "张三", "--region", "350302000000"];
        self.yizhi(data, &args)
    }

    pub(crate) fn works(&self, done: &Output) {
        assert!(done.status.success(), "{}", said(done));
    }
}

pub(crate) fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}
