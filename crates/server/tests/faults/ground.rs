//! An installation for each test: a copy of one made once, with the home county, its people, and no cases.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use tempfile::TempDir;

use crate::postgres::{self, Database, TEMPLATE};
use crate::support::crew::{Accounts, Crew, Installation, crews};

const COUNTY: &str = "350302";
/// Clients that work at once.
const CREWS: usize = 6;

/// A test's own installation, gone with this.
pub(crate) struct Ground {
    pub(crate) installation: Installation,
    pub(crate) crews: Vec<Crew>,
    /// Token of one who sees all cases.
    pub(crate) leader: String,
    pub(crate) database: Option<Database>,
    /// For what belongs to the test and not to the installation.
    pub(crate) folder: TempDir,
}

/// The code of the county in 12 digits.
pub(crate) fn county() -> String {
    format!("{COUNTY}000000")
}

struct Template {
    data: PathBuf,
    crews: Vec<Crew>,
    leader: String,
}

static SQLITE: LazyLock<Template> = LazyLock::new(|| Template::make("faults-sqlite", None));
static POSTGRES: LazyLock<Option<Template>> = LazyLock::new(|| {
    let server = server()?;
    Database::empty(&server, TEMPLATE);
    Some(Template::make("faults-postgres", Some(postgres::url_of(&server, TEMPLATE))))
});

fn server() -> Option<String> {
    std::env::var("YIZHI_TEST_POSTGRES").ok()
}

impl Template {
    /// Made anew by each run of the tests, in cargo's folder for such things.
    fn make(name: &str, database: Option<String>) -> Self {
        let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&data);
        let of = Installation { program: env!("CARGO_BIN_EXE_yizhi").into(), data, database };
        let made = of.command(&["demo", "--load-only", "--place", COUNTY, "--cases", "0"]).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let crews = crews(&of, CREWS).unwrap();
        let leader = Accounts::read(&of.data).unwrap().token(&of, "leader", &county(), None, 0).unwrap();
        Self { data: of.data, crews, leader }
    }
}

impl Ground {
    pub(crate) fn sqlite() -> Self {
        Self::of(&SQLITE, None)
    }

    /// `None` where there is no server, which CI does not accept.
    pub(crate) fn postgres() -> Option<Self> {
        let Some(template) = &*POSTGRES else {
            assert!(std::env::var_os("CI").is_none(), "CI needs YIZHI_TEST_POSTGRES");
            return None;
        };
        Some(Self::of(template, server().as_deref().map(Database::copy)))
    }

    fn of(template: &Template, database: Option<Database>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ground = Self {
            installation: Installation {
                program: env!("CARGO_BIN_EXE_yizhi").into(),
                data: folder.path().join("data"),
                database: database.as_ref().map(Database::url),
            },
            crews: template.crews.clone(),
            leader: template.leader.clone(),
            database,
            folder,
        };
        std::fs::create_dir(&ground.installation.data).unwrap();
        copy(&template.data, &ground.installation.data);
        ground
    }
}

/// Copies what a folder holds into another.
pub(crate) fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

pub(crate) fn block_on(test: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap().block_on(test);
}

/// Runs a test on SQLite and, where there is a server, on PostgreSQL.
pub(crate) fn on_both<F: Future<Output = ()>>(test: impl Fn(Arc<Ground>) -> F) {
    block_on(async {
        test(Arc::new(Ground::sqlite())).await;
        if let Some(ground) = Ground::postgres() {
            test(Arc::new(ground)).await;
        }
    });
}
