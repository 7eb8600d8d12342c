//! The data folder of an installation and what is opened from it.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use clap::Args;
use object_store::ObjectStore;
use object_store::local::LocalFileSystem;
use yizhi_domain::clock::Clock as _;
use yizhi_ledger::note::SignedCheckpoint;
use yizhi_store::{Db, Fingerprint, KeyStand};

use crate::app::{App, Config, SystemClock};
use crate::keys::{Found, Keys};
use crate::ledger::LogName;
use crate::private;
use crate::unlock::{KeyFault, Verdict, judge};

use super::{CliError, out};

/// Where an installation lives.
#[derive(Args, Clone, Debug)]
pub struct Home {
    /// 数据目录：内置数据库、文件、密钥 | Folder of the embedded database, files and keys
    #[arg(long, value_name = "DIR", env = "YIZHI_DATA", default_value = "data")]
    data: PathBuf,
    /// PostgreSQL 地址，缺省用数据目录里的内置数据库 | PostgreSQL instead of the embedded database: postgres://…
    #[arg(long, value_name = "URL", env = "YIZHI_DATABASE_URL", hide_env_values = true)]
    database_url: Option<String>,
}

const DATABASE: &str = "yizhi.db";
const FILES: &str = "files";
/// Held by the server that works on the embedded database.
const SERVING: &str = "serving.lock";

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

    /// Keeps other servers off the embedded database while this is held: each would answer from what it read at its start. The system frees it when the
    /// process ends, however it ends. Servers on one PostgreSQL tell each other what changes, so there nothing is held.
    ///
    /// # Errors
    /// When another server holds it, or the folder cannot be written.
    pub(crate) fn hold(&self) -> Result<Option<File>, CliError> {
        if self.database_url.is_some() {
            return Ok(None);
        }
        let path = self.data.join(SERVING);
        let fault = |source| CliError::File { path: path.display().to_string(), source };
        let mut open = OpenOptions::new();
        open.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut open, 0o600);
        let file = open.open(&path).map_err(fault)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(TryLockError::Error(source)) => Err(fault(source)),
            Err(TryLockError::WouldBlock) => {
                let data = self.data.display();
                Err(CliError::Said(format!(
                    "{data} 已有一个服务在运行，内置数据库只能由一个服务使用。请先停掉它，或用 --data 指向别的目录；要几台服务器一起用，请改用 PostgreSQL。\n\
                     A server works on {data} already, and the embedded database serves one. Stop that one first, or name another folder with --data; \
                     for several servers use PostgreSQL."
                )))
            }
        }
    }

    /// Opens database and keys after comparing them, both made on first use. Where they do not belong together nothing was written.
    ///
    /// # Errors
    /// When they do not belong together, or cannot be opened or reached.
    pub async fn installation(&self) -> Result<(Db, Keys), CliError> {
        let (stand, verdict) = self.judged().await?;
        self.folder(&self.data)?;
        let keys = Keys::open(&self.data)?;
        let db = self.open().await?;
        db.tag_records(keys.record_tag());
        let noted =
            |print: &Fingerprint| stand.as_ref().is_some_and(|stand| stand.fingerprints.contains_key(print.name));
        if !keys.fingerprints().iter().all(noted) {
            self.adopt(&db, &keys).await?;
        }
        // While a table is still empty this takes no time; after an import of a country it takes seconds.
        db.proofs_begin(now(&db).await?).await?;
        say_adopted(verdict);
        self.tidy();
        Ok((db, keys))
    }

    /// [`Self::installation`] for a server: its log gets the name asked for while it has not begun.
    ///
    /// # Errors
    /// When the log has another name for good; nothing was written then. Or as above.
    pub(crate) async fn named_installation(&self, name: Option<&LogName>) -> Result<(Db, Keys), CliError> {
        let Some(name) = name else { return self.installation().await };
        let (stand, verdict) = self.judged().await?;
        if verdict == Verdict::Make {
            self.folder(&self.data)?;
            Keys::open_named(&self.data, Some(name))?;
        }
        let keys = Keys::open(&self.data)?;
        let has = keys.log().verifier().name();
        if has == name.as_str() {
            return self.installation().await;
        }
        if stand.is_some_and(|stand| stand.log_begun) || self.published().is_some() {
            return Err(CliError::Said(format!(
                "账本已经叫“{has}”，不能改成“{name}”：核对回执和见证账本的人都按这个名称认它。请去掉 --log-name，或写原来的名称。什么都没有写入。\n\
                 The log is called “{has}” already and cannot become “{name}”: receipts and witnesses know it by its name. Leave --log-name out, or give \
                 the name it has. Nothing was written."
            )));
        }
        let (db, keys) = self.installation().await?;
        db.log_key_forget().await?;
        let keys = keys.rename_log(&self.data, name)?;
        self.adopt(&db, &keys).await?;
        Ok((db, keys))
    }

    /// The database of an installation that is there already, after its keys were compared with it.
    ///
    /// # Errors
    /// When there is none, its keys are others, or it cannot be opened or reached.
    pub async fn db(&self) -> Result<Db, CliError> {
        match self.stand().await? {
            Some(_) => Ok(self.installation().await?.0),
            None => Err(self.nothing_there()),
        }
    }

    /// Opens the database of an installation that is there already, for reading, with its keys where the folder holds them: an auditor's copy has none.
    /// Nothing is made.
    ///
    /// # Errors
    /// When it is not there, its keys are others, or it cannot be opened or reached.
    pub(crate) async fn existing(&self) -> Result<Db, CliError> {
        let found = Keys::find(&self.data)?;
        if self.stand().await?.is_none() {
            return Err(self.nothing_there());
        }
        if found.keys.is_some() {
            self.judged().await?;
        }
        let db = self.open().await?;
        if let Some(keys) = found.keys {
            db.tag_records(keys.record_tag());
        }
        Ok(db)
    }

    /// The database and whatever keys the folder holds, not compared: only for deciding what to do where they differ.
    ///
    /// # Errors
    /// When there is no database, or one of them cannot be opened.
    pub(crate) async fn apart(&self) -> Result<(Db, KeyStand, Found), CliError> {
        let found = Keys::find(&self.data)?;
        let stand = self.stand().await?.ok_or_else(|| self.nothing_there())?;
        Ok((self.open().await?, stand, found))
    }

    fn nothing_there(&self) -> CliError {
        let place = self.database_file().map_or_else(|| "PostgreSQL".to_owned(), |file| file.display().to_string());
        CliError::Usage(format!(
            "没有数据库：{place}。请用 --data 或 --database-url 指向已有的安装。\n\
             There is no database: {place}. Name an installation with --data or --database-url."
        ))
    }

    async fn stand(&self) -> Result<Option<KeyStand>, CliError> {
        Ok(match &self.database_url {
            Some(url) if is_postgres(url) => KeyStand::of_postgres(url).await?,
            Some(_) => return Err(no_postgres()),
            None => {
                let file = self.data.join(DATABASE);
                may_be_read(&file)?;
                KeyStand::of_sqlite(&file).await?
            }
        })
    }

    /// What keeps the installation from starting: a key that its database was written with and that the folder does not hold.
    ///
    /// # Errors
    /// When its keys are others, or it cannot be opened or reached.
    pub(crate) async fn lacking(&self) -> Result<Option<KeyFault>, CliError> {
        match self.judged().await {
            Err(CliError::Unlock(fault @ KeyFault::Missing { .. })) => Ok(Some(fault)),
            judged => judged.map(|_| None),
        }
    }

    /// What the database says about its keys, and whether those of the folder are they.
    async fn judged(&self) -> Result<(Option<KeyStand>, Verdict), CliError> {
        let stand = self.stand().await?;
        let found = Keys::find(&self.data)?;
        let verdict = judge(stand.as_ref(), &found, self.published().as_ref(), &self.data)?;
        Ok((stand, verdict))
    }

    /// The published checkpoint, if the folder has one that can be read.
    pub(crate) fn published(&self) -> Option<SignedCheckpoint> {
        let bytes = std::fs::read(self.log_files().join("checkpoint")).ok()?;
        SignedCheckpoint::parse(&bytes).ok()
    }

    /// Notes the keys' fingerprints. Another process with other keys may have been first.
    async fn adopt(&self, db: &Db, keys: &Keys) -> Result<(), CliError> {
        db.ledger_border_bind().await?;
        let noted = db.keys_note(keys.fingerprints(), SystemClock.now()).await?;
        let stand = KeyStand { fingerprints: noted, ..KeyStand::default() };
        let found = Found { keys: Some(keys.clone()), missing: Vec::new() };
        judge(Some(&stand), &found, None, &self.data)?;
        Ok(())
    }

    /// Narrows files that others can read, and removes what a crash left.
    fn tidy(&self) {
        // A server's log is read by programs, line by line.
        for said in private::narrow(&self.data) {
            tracing::warn!("{} {}", said.zh, said.en);
        }
        if let Err(error) = crate::keys::sweep_left(&self.data) {
            tracing::warn!(folder = %self.data.display(), %error, "清理残留文件失败 what a crash left is not removed");
        }
    }

    async fn open(&self) -> Result<Db, CliError> {
        match &self.database_url {
            Some(url) if is_postgres(url) => Ok(Db::open_postgres(url).await?),
            Some(_) => Err(no_postgres()),
            None => Ok(Db::open_sqlite(&self.data.join(DATABASE)).await?),
        }
    }

    /// Where the files of attachments are.
    ///
    /// # Errors
    /// When their folder cannot be opened.
    pub(crate) fn objects(&self) -> Result<Arc<dyn ObjectStore>, CliError> {
        let files = self.data.join(FILES);
        self.folder(&files)?;
        Ok(Arc::new(LocalFileSystem::new_with_prefix(&files)?.with_fsync(true)))
    }

    /// Everything a server works with.
    ///
    /// # Errors
    /// When something cannot be opened or read.
    pub async fn app(&self, config: Config, db: Db, keys: Keys) -> Result<App, CliError> {
        self.folder(&config.files)?;
        let objects = Arc::new(LocalFileSystem::new_with_prefix(&config.files)?.with_fsync(true));
        let now = if config.trust_clock { SystemClock.now() } else { now(&db).await? };
        let (world, places) = crate::loading::load(&db, now).await?;
        let app = App::new(config, db, Arc::new(SystemClock), world, places, keys, objects)?;
        app.clock().at_least(now);
        Ok(app)
    }

    fn folder(&self, path: &Path) -> Result<(), CliError> {
        let mut make = std::fs::DirBuilder::new();
        make.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
        make.create(path).map_err(|source| CliError::File { path: path.display().to_string(), source })
    }
}

/// The time of an installation: the machine's, but never before what was recorded last.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn now(db: &Db) -> Result<DateTime<Utc>, CliError> {
    let machine = SystemClock.now();
    Ok(db.last_moment().await?.map_or(machine, |recorded| recorded.max(machine)))
}

/// Tells a file that may not be read from one that is not there.
fn may_be_read(file: &Path) -> Result<(), CliError> {
    match File::open(file) {
        Err(source) if source.kind() == ErrorKind::PermissionDenied => {
            Err(CliError::File { path: file.display().to_string(), source })
        }
        _ => Ok(()),
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

fn no_postgres() -> CliError {
    CliError::Said(
        "数据库地址要以 postgres:// 开头；不写则使用数据目录里的内置数据库。\n\
         A database URL begins with postgres://; leave it out to use the embedded database."
            .to_owned(),
    )
}

fn say_adopted(verdict: Verdict) {
    let Verdict::Adopt { tried, hurt } = verdict else { return };
    if tried {
        out::note(
            "已核对这个目录的密钥与数据库相符，并记下了密钥的指纹。\n\
             The keys of this folder fit the database; their fingerprints are now noted in it.",
        );
    } else {
        out::note(
            "数据库里没有可用来核对密钥的内容；已把这个目录的密钥记作它的密钥。\n\
             The database holds nothing to try the keys on; those of this folder are now noted as its own.",
        );
    }
    if hurt {
        out::note(
            "有些记录是用别的密钥写的，账本会停在那里。请执行 yizhi ledger accept 查看并决定。\n\
             Some records were written with other keys, and the ledger stops there. Run `yizhi ledger accept` to see them and decide.",
        );
    }
}
