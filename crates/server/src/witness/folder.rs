//! A witness's folder, which one process at a time may work in: two with the same key could sign two histories.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use super::error::WitnessError;
use super::{durable, evidence};

const LOCK: &str = "lock";
const STATES: &str = "state";

/// A folder that is ours until this is dropped; the system frees it too when the process dies.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    lock: File,
}

impl Folder {
    pub(super) fn hold(path: &Path) -> Result<Self, WitnessError> {
        durable::make_folder(path).map_err(WitnessError::file(path))?;
        let file = path.join(LOCK);
        let fault = WitnessError::file(&file);
        let lock = OpenOptions::new().write(true).create(true).truncate(false).open(&file).map_err(&fault)?;
        match lock.try_lock() {
            Ok(()) => {
                let folder = Self { path: path.to_owned(), lock };
                folder.sweep_left().map_err(WitnessError::file(path))?;
                Ok(folder)
            }
            Err(TryLockError::WouldBlock) => Err(WitnessError::InUse { folder: path.display().to_string() }),
            Err(TryLockError::Error(source)) => Err(fault(source)),
        }
    }

    /// Removes what a crash left of files that were being written: nobody else writes here.
    fn sweep_left(&self) -> std::io::Result<()> {
        let folders = [self.path.clone(), self.path.join(STATES), self.path.join(evidence::FOLDER)];
        for folder in folders.into_iter().filter(|folder| folder.is_dir()) {
            for entry in std::fs::read_dir(folder)? {
                let path = entry?.path();
                if path.is_file() && path.extension().is_some_and(|extension| extension == durable::UNFINISHED) {
                    std::fs::remove_file(path)?;
                }
            }
        }
        Ok(())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of states. It is made before the key, so that a key without it is one whose states were lost.
    pub(super) fn states(&self) -> Result<PathBuf, WitnessError> {
        let states = self.path.join(STATES);
        if states.is_dir() {
            Ok(states)
        } else {
            Err(WitnessError::NoStates { folder: self.path.display().to_string() })
        }
    }

    /// For a new key: an empty folder of states.
    pub(super) fn make_states(&self) -> Result<(), WitnessError> {
        let states = self.path.join(STATES);
        let fault = WitnessError::file(&states);
        durable::make_folder(&states).map_err(&fault)?;
        match std::fs::read_dir(&states).map_err(&fault)?.next() {
            None => Ok(()),
            Some(_) => Err(WitnessError::OtherStates { folder: self.path.display().to_string() }),
        }
    }
}

/// Said at once, since a program that is just being started may still have a copy of the open file.
impl Drop for Folder {
    fn drop(&mut self) {
        let _ = self.lock.unlock();
    }
}
