//! Whether the keys of a data folder are those of a database, decided before anything is written: a command in the wrong folder must not make new keys
//! and write with them. Pure.
//!
//! | the database | the keys | then |
//! |---|---|---|
//! | is new, or has neither records nor fingerprints | are missing | are made |
//! | has fingerprints | are those | are used |
//! | has records and no fingerprints (it is of an older program) | open what can be tried | are adopted: their fingerprints are noted |
//! | any other | | nothing is written, and it is said why |

use std::path::Path;

use yizhi_ledger::note::SignedCheckpoint;
use yizhi_ledger::receipt::{PinnedKeys, PolicyError};
use yizhi_store::KeyStand;

use crate::keys::{Found, Keys, LOG_KEY, SEAL_KEY};

/// What is to be done with keys that may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Make those that are missing: nothing was written with any yet.
    Make,
    /// They are the database's.
    Use,
    /// They fit, as far as can be tried.
    Adopt {
        /// Something was there to try them on.
        tried: bool,
        /// Some of the newest records were written with other keys.
        hurt: bool,
    },
}

/// Keys that are not those of the database. Nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    #[error(
        "缺少密钥 {file}：数据库里已有记录，目录 {folder} 里却没有这个文件。请用 --data 指向原来的数据目录，或从备份恢复 {file}。什么都没有写入。\n\
         The key {file} is missing: the database has records, and the folder {folder} does not hold the key they were written with. Name the right folder \
         with --data, or restore {file} from your backup. Nothing was written."
    )]
    Missing { file: &'static str, folder: String },
    #[error(
        "密钥不对：目录 {folder} 里的 {file} 不是这个数据库的密钥。请用 --data 指向原来的数据目录，或从备份恢复 {file}。什么都没有写入。\n\
         Wrong key: {file} in the folder {folder} is not the key of this database. Name the right folder with --data, or restore {file} from your backup. \
         Nothing was written."
    )]
    Other { file: &'static str, folder: String },
    #[error(
        "数据库是空的，目录 {folder} 里的账本却已公布 {size} 条。请检查 --data 和 --database-url，或先恢复数据库。什么都没有写入。\n\
         The database is empty, but the ledger in the folder {folder} has published {size} entries. Check --data and --database-url, or restore the database \
         first. Nothing was written."
    )]
    Empty { folder: String, size: u64 },
    #[error(
        "数据库里“无须标签的记录”的界限被改动过（ledger.untagged）。请先用 yizhi ledger verify 核对，从备份恢复。什么都没有写入。\n\
         The border of records that need no tag (ledger.untagged) was moved. Run `yizhi ledger verify` and restore from a backup first. Nothing was written."
    )]
    Border,
}

/// Compares a database, keys and published checkpoint with each other.
///
/// # Errors
/// When the keys are not the database's, or cannot be.
pub fn judge(
    stand: Option<&KeyStand>,
    found: &Found,
    published: Option<&SignedCheckpoint>,
    folder: &Path,
) -> Result<Verdict, KeyFault> {
    let folder = folder.display().to_string();
    let used = stand.filter(|stand| stand.records > 0 || !stand.fingerprints.is_empty());
    let Some(stand) = used else {
        // A log that was never signed by these keys is somebody else's business.
        let own = found.keys.as_ref().and_then(|keys| published.filter(|published| signed(keys, published)));
        return match own.map(|published| published.head().size).filter(|size| *size > 0) {
            Some(size) => Err(KeyFault::Empty { folder, size }),
            None => Ok(Verdict::Make),
        };
    };
    let Some(keys) = &found.keys else {
        return Err(KeyFault::Missing { file: found.missing.first().copied().unwrap_or(SEAL_KEY), folder });
    };
    if stand.fingerprints.is_empty() {
        return adopt(stand, keys, published, folder);
    }
    for print in keys.fingerprints() {
        let noted = stand.fingerprints.get(print.name);
        if noted.is_some_and(|noted| *noted != print.digest) {
            let file = if print.name == "log" { LOG_KEY } else { SEAL_KEY };
            return Err(KeyFault::Other { file, folder });
        }
    }
    // Forgotten while the log was given its name, or by somebody else.
    let log_unknown = !stand.fingerprints.contains_key("log");
    if log_unknown && published.is_some_and(|published| !signed(keys, published)) {
        return Err(KeyFault::Other { file: LOG_KEY, folder });
    }
    Ok(Verdict::Use)
}

fn adopt(
    stand: &KeyStand,
    keys: &Keys,
    published: Option<&SignedCheckpoint>,
    folder: String,
) -> Result<Verdict, KeyFault> {
    let tag = keys.record_tag();
    let opens = || stand.sealed.iter().any(|sealed| keys.open_text(sealed).is_some());
    // The oldest decide: a command with other keys has written the newest, if any.
    let seal_fits = if stand.oldest.is_empty() {
        stand.sealed.is_empty() || opens()
    } else {
        stand.oldest.iter().all(|t| t.fits(tag))
    };
    if !seal_fits {
        return Err(KeyFault::Other { file: SEAL_KEY, folder });
    }
    if published.is_some_and(|published| !signed(keys, published)) {
        return Err(KeyFault::Other { file: LOG_KEY, folder });
    }
    if !stand.border_sound {
        return Err(KeyFault::Border);
    }
    let tried = !stand.oldest.is_empty() || !stand.sealed.is_empty();
    Ok(Verdict::Adopt { tried, hurt: !stand.newest.iter().all(|t| t.fits(tag)) })
}

/// Whether the log's key of the folder signed a checkpoint.
fn signed(keys: &Keys, checkpoint: &SignedCheckpoint) -> bool {
    let own = PinnedKeys::new(keys.log().verifier().clone(), Vec::new(), 0);
    own.is_ok_and(|own| matches!(own.check(checkpoint), Ok(_) | Err(PolicyError::Quorum { .. })))
}
