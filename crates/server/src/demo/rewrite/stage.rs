//! Where the rewrite is played: a copy of a demo in a folder of its own, which is removed at the end, with two new witnesses. The original is only
//! read.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use yizhi_ledger::note::SignedCheckpoint;
use yizhi_ledger::receipt::{Evidence, PinnedKeys};
use yizhi_store::DbCopy;

use crate::app::{App, Config};
use crate::cli::CliError;
use crate::cli::home::Home;
use crate::demo::witnesses::Witnesses;
use crate::demo::{DemoError, Request, is_demo};
use crate::ledger::{Policy, Sequencer};

/// Cases of a demo that is made for the play alone.
const CASES: usize = 60;
const KEYS: [&str; 2] = ["seal.key", "ledger.key"];

/// The copied installation at work.
pub(super) struct Stage {
    pub(super) app: App,
    pub(super) copy: DbCopy,
    pub(super) home: Home,
    /// Keys that people pinned before anything happened.
    pub(super) pinned: PinnedKeys,
    /// Holds the copy's log.
    sequencer: Sequencer,
    witnesses: Witnesses,
    folder: Folder,
}

impl Stage {
    /// Copies the demo, or one made for this alone where there is none.
    ///
    /// # Errors
    /// When the folder is a real installation's, or something cannot be copied or started.
    pub(super) async fn set(request: &Request) -> Result<Self, CliError> {
        let folder = Folder::make()?;
        let original = original(request, &folder).await?;
        let home = Home::embedded(folder.0.join("copy"));
        fs::create_dir(home.data()).map_err(fault(home.data()))?;
        let copy = copy(&original, &home)?;
        let (db, keys) = home.installation().await?;
        let witnesses = Witnesses::start(home.data(), keys.log().verifier(), "off").await?;
        let config = Config { demo: true, ledger: witnesses.policy(), ..Config::new(home.data()) };
        let app = home.app(config, db, keys).await?;
        let pinned = app.ledger().keys().clone();
        Ok(Self { app, copy, home, pinned, sequencer: Sequencer::new(), witnesses, folder })
    }

    /// Whoever must sign.
    pub(super) fn policy(&self) -> Policy {
        self.witnesses.policy()
    }

    /// Lets the program do its work with the log: integrate, sign, ask the witnesses, publish.
    ///
    /// # Errors
    /// Why it does not.
    pub(super) async fn sequence(&mut self) -> Result<(), crate::ledger::SequencerError> {
        self.sequencer.turn(&self.app).await
    }

    /// The published checkpoint, and what the pinned keys say to it.
    ///
    /// # Errors
    /// When there is none, or the pinned keys do not vouch for it.
    pub(super) async fn published(&self) -> Result<(SignedCheckpoint, Evidence), DemoError> {
        let checkpoint = self.app.ledger().files().checkpoint().await.map_err(broken)?;
        let checkpoint = checkpoint.ok_or_else(|| {
            let heard = self.app.ledger().status().witnesses.into_iter();
            let refusals: Vec<String> = heard.filter_map(|heard| heard.refusal).collect();
            DemoError::Rewrite(format!("没有检查点 no checkpoint {}", refusals.join("; ")))
        })?;
        let evidence = self.pinned.check(&checkpoint).map_err(broken)?;
        Ok((checkpoint, evidence))
    }

    /// A copy of the public log, as anybody may keep one.
    ///
    /// # Errors
    /// When a file cannot be copied.
    pub(super) fn mirror(&self) -> Result<PathBuf, CliError> {
        let mirror = self.folder.0.join("mirror");
        copy_all(&self.home.log_files(), &mirror)?;
        Ok(mirror)
    }

    /// A file beside the copy.
    pub(super) fn beside(&self, name: &str) -> PathBuf {
        self.folder.0.join(name)
    }

    /// Contradictions that a witness has kept.
    pub(super) fn evidence(&self) -> usize {
        let folders = self.policy().witnesses.into_iter().filter_map(|witness| {
            let name = witness.key().name().rsplit('/').next()?.to_owned();
            fs::read_dir(self.home.data().join(name).join("evidence")).ok()
        });
        let known = |path: &Path| path.extension().is_some_and(|ending| ending == "known");
        folders.flatten().flatten().filter(|file| !known(&file.path())).count()
    }

    /// # Errors
    /// When the copy's database does not close.
    pub(super) async fn strike(self) -> Result<(), CliError> {
        Ok(self.app.db().close().await?)
    }
}

/// The data folder to copy from.
async fn original(request: &Request, folder: &Folder) -> Result<Home, CliError> {
    if request.home.database_file().is_some_and(|file| file.exists()) {
        let db = request.home.existing().await?;
        let demo = is_demo(&db).await?;
        db.close().await?;
        return if demo {
            Ok(request.home.clone())
        } else {
            Err(CliError::Said(
                "这个数据目录里是正式的数据，改写只在演示数据的副本上演；请换一个目录。\n\
                 This folder holds a real installation; a rewrite is only played on a copy of a demo. Name another folder."
                    .to_owned(),
            ))
        };
    }
    let home = Home::embedded(folder.0.join("demo"));
    let config = Config::new(home.data());
    let of_its_own = Request {
        home: home.clone(),
        listen: request.listen,
        log_name: None,
        places: Vec::new(),
        cases: CASES,
        load_only: true,
        config,
    };
    crate::demo::run(of_its_own).await?;
    Ok(home)
}

/// Database, keys and log; not the checkpoint, which other witnesses have signed.
fn copy(original: &Home, home: &Home) -> Result<DbCopy, CliError> {
    let from = |home: &Home| {
        let none = || CliError::Demo(DemoError::Rewrite("没有内置数据库 no embedded database".to_owned()));
        home.database_file().ok_or_else(none)
    };
    let (database, copied) = (from(original)?, from(home)?);
    let copy = tokio::task::block_in_place(|| DbCopy::of(&database, &copied))?;
    for key in KEYS {
        let file = original.data().join(key);
        fs::copy(&file, home.data().join(key)).map_err(fault(&file))?;
    }
    copy_all(&original.log_files(), &home.log_files())?;
    match fs::remove_file(home.log_files().join("checkpoint")) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(fault(&home.log_files())(error)),
        _ => Ok(copy),
    }
}

/// Copies a folder, if it is there. A file that goes meanwhile is left out: the log replaces partial tiles by full ones.
fn copy_all(from: &Path, to: &Path) -> Result<(), CliError> {
    let entries = match fs::read_dir(from) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries.map_err(fault(from))?,
    };
    fs::create_dir_all(to).map_err(fault(to))?;
    for entry in entries {
        let entry = entry.map_err(fault(from))?;
        let (file, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().map_err(fault(&file))?.is_dir() {
            copy_all(&file, &target)?;
            continue;
        }
        match fs::copy(&file, &target) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(fault(&file)(error)),
            _ => {}
        }
    }
    Ok(())
}

pub(super) fn broken(error: impl std::fmt::Display) -> DemoError {
    DemoError::Rewrite(error.to_string())
}

pub(super) fn fault(path: &Path) -> impl FnOnce(io::Error) -> CliError {
    let path = path.display().to_string();
    move |source| CliError::File { path, source }
}

/// A new folder that only its owner can read, removed with this.
struct Folder(PathBuf);

impl Folder {
    fn make() -> Result<Self, CliError> {
        let path = std::env::temp_dir().join(format!("yizhi-rewrite-{:016x}", rand::random::<u64>()));
        let mut make = fs::DirBuilder::new();
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
        make.create(&path).map_err(fault(&path))?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
