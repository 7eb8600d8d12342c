//! A copy of an embedded database, for showing on it what somebody with the database's password can do. Only a copy made here can be changed like
//! this, so that no mistake reaches the original.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};
use uuid::Uuid;
use yizhi_domain::record::Sealed;

use crate::Error;
use crate::tags::Tags;

/// A copied database file.
#[derive(Clone, Debug)]
pub struct DbCopy(PathBuf);

impl DbCopy {
    /// Copies a database as it stands, also while a server works on it. Blocks.
    ///
    /// # Errors
    /// When one cannot be read or the other is there already.
    pub fn of(original: &Path, copy: &Path) -> Result<Self, Error> {
        let name = copy.to_str().ok_or_else(|| Error::Start(format!("{}: not UTF-8", copy.display())))?;
        Connection::open(original)?.execute("VACUUM INTO ?1", [name])?;
        let copy = Self(copy.to_owned());
        // The sequencer of the original holds the original's log, not the copy's.
        copy.open()?.execute("UPDATE ledger SET holder = NULL, held_until = NULL", [])?;
        Ok(copy)
    }

    /// Puts other bytes in the place of a record's, with the tag they need. Blocks.
    ///
    /// # Errors
    /// When the database cannot be written, or has no such record.
    pub fn forge(&self, record: Uuid, sealed: &Sealed, tag_key: [u8; 32]) -> Result<(), Error> {
        let tags = Tags::default();
        tags.open(tag_key);
        let tag = tags.tag(record, &sealed.commitment);
        let sql = "UPDATE record SET canonical = ?1, salts = ?2, commitment = ?3, tag = ?4 WHERE id = ?5";
        let changed =
            self.open()?.execute(sql, params![sealed.canonical, sealed.salts, sealed.commitment, tag, record])?;
        if changed == 1 { Ok(()) } else { Err(Error::Corrupt(format!("{changed} records have the id {record}"))) }
    }

    /// Notes another root of the ledger. Blocks.
    ///
    /// # Errors
    /// When the database cannot be written.
    pub fn forge_root(&self, root: [u8; 32]) -> Result<(), Error> {
        self.open()?.execute("UPDATE ledger SET root = ?1", [root])?;
        Ok(())
    }

    fn open(&self) -> Result<Connection, Error> {
        let open = Connection::open(&self.0)?;
        open.busy_timeout(std::time::Duration::from_secs(30))?;
        Ok(open)
    }
}
