//! The data folder of an installation and what is opened from it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use object_store::local::LocalFileSystem;
use yizhi_domain::clock::Clock as _;
use yizhi_store::Db;

use crate::app::{App, Config, SystemClock};
use crate::keys::Keys;

use super::CliError;

/// Where an installation lives.
#[derive(Args, Clone, Debug)]
pub struct Home {
    /// 数据目录：内置数据库、文件、密钥 | Folder of the embedded database, files and keys
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,
    /// PostgreSQL 地址，缺省用数据目录里的内置数据库 | PostgreSQL instead of the embedded database: postgres://…
    #[arg(long, value_name = "URL", env = "YIZHI_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

const DATABASE: &str = "yizhi.db";
const FILES: &str = "files";

impl Home {
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// With the embedded database in a folder.
    pub(crate) fn embedded(data: PathBuf) -> Self {
        Self { data, database_url: None }
    }

    /// The file of the embedded database, if that is the one used.
    pub(crate) fn database_file(&self) -> Option<PathBuf> {
        self.database_url.is_none().then(|| self.data.join(DATABASE))
    }

    /// Where the log's files are.
    pub(crate) fn log_files(&self) -> PathBuf {
        self.data.join(FILES).join("ledger")
    }

    /// Opens the database, made on first use.
    ///
    /// # Errors
    /// When it cannot be opened or reached.
    pub async fn db(&self) -> Result<Db, CliError> {
        self.folder(&self.data)?;
        let db = self.open().await?;
        db.tag_records(self.keys()?.record_tag());
        Ok(db)
    }

    /// Opens the database of an installation that is there already, for reading. Nothing is made.
    ///
    /// # Errors
    /// When it is not there, or cannot be opened or reached.
    pub(crate) async fn existing(&self) -> Result<Db, CliError> {
        let file = self.data.join(DATABASE);
        if self.database_url.is_none() && !file.exists() {
            return Err(CliError::Usage(format!("没有数据库 there is no database: {}", file.display())));
        }
        self.open().await
    }

    async fn open(&self) -> Result<Db, CliError> {
        match &self.database_url {
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Ok(Db::open_postgres(url).await?)
            }
            Some(_) => Err(CliError::Said(
                "数据库地址要以 postgres:// 开头；不写则使用数据目录里的内置数据库。\n\
                 A database URL begins with postgres://; leave it out to use the embedded database."
                    .to_owned(),
            )),
            None => Ok(Db::open_sqlite(&self.data.join(DATABASE)).await?),
        }
    }

    /// Opens the keys, made on first use.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn keys(&self) -> Result<Keys, CliError> {
        self.folder(&self.data)?;
        Ok(Keys::open(&self.data)?)
    }

    /// Everything a server works with.
    ///
    /// # Errors
    /// When something cannot be opened or read.
    pub async fn app(&self, config: Config, db: Db, keys: Keys) -> Result<App, CliError> {
        self.folder(&config.files)?;
        let objects = LocalFileSystem::new_with_prefix(&config.files)?.with_fsync(true);
        let (world, places) = crate::loading::load(&db, SystemClock.now()).await?;
        Ok(App::new(config, db, Arc::new(SystemClock), world, places, keys, Arc::new(objects))?)
    }

    fn folder(&self, path: &Path) -> Result<(), CliError> {
        let mut make = std::fs::DirBuilder::new();
        make.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
        make.create(path).map_err(|source| CliError::File { path: path.display().to_string(), source })
    }
}
