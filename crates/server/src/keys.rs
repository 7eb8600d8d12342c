//! Keys of this installation, kept in files that only their owner can read: sealing personal data (XChaCha20-Poly1305), tags of records, the
//! ledger's signature. Digests of tokens.

use std::io::Write as _;
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::RngCore;
use sha2::{Digest, Sha256};
use yizhi_ledger::note::{Algorithm, SignerKey};
use yizhi_store::Fingerprint;

use crate::ledger::LogName;

/// The files of the keys in a data folder.
pub const SEAL_KEY: &str = "seal.key";
pub const LOG_KEY: &str = "ledger.key";

const KEY: usize = 32;
const NONCE: usize = 24;

/// What the key of records' tags is made for, so that it is no other key.
const TAG: &[u8] = b"yizhi record tag v1";

/// What the key of digests of requests is made for.
const REQUEST: &[u8] = b"yizhi request digest v1";

/// Keys in memory.
#[derive(Clone)]
pub struct Keys {
    seal: XChaCha20Poly1305,
    tag: [u8; KEY],
    log: SignerKey,
    fingerprints: [Fingerprint; 3],
}

/// The keys that a data folder holds.
#[derive(Clone)]
pub struct Found {
    /// If all are there.
    pub keys: Option<Keys>,
    /// Files that are not.
    pub missing: Vec<&'static str>,
}

/// Keys that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{path}: 读写失败 cannot be read or written: {source}")]
    File { path: String, source: std::io::Error },
    #[error(
        "{path} 里不是32字节的密钥，请从备份恢复，否则个人信息无法读出 \
         {path} does not hold a key of 32 bytes; restore it from your backup, or personal data stays unreadable"
    )]
    Damaged { path: String },
    #[error(
        "{path} 里不是账本密钥，请从备份恢复，否则没有人能核对它签过的账本 \
         {path} does not hold the ledger's key ({source}); restore it from your backup, or nobody can check what it signed with the log"
    )]
    Log { path: String, source: yizhi_ledger::note::KeyError },
}

impl Keys {
    /// Reads the keys of a data folder without making any.
    ///
    /// # Errors
    /// When a file cannot be read, or is damaged.
    pub fn find(data: &Path) -> Result<Found, KeyError> {
        let missing: Vec<_> = [SEAL_KEY, LOG_KEY].into_iter().filter(|file| !data.join(file).exists()).collect();
        let keys = if missing.is_empty() { Some(Self::open(data)?) } else { None };
        Ok(Found { keys, missing })
    }

    /// Reads the keys of a data folder; those that are missing are made, with mode 0600. Whether that is right is for [`crate::unlock`] to say.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is damaged.
    pub fn open(data: &Path) -> Result<Self, KeyError> {
        Self::open_named(data, None)
    }

    /// The same; a log's key that is made gets this name.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_named(data: &Path, name: Option<&LogName>) -> Result<Self, KeyError> {
        let path = data.join(SEAL_KEY);
        let key = made_once(&path, || random().to_vec())?;
        let seal = XChaCha20Poly1305::new_from_slice(&key)
            .map_err(|_| KeyError::Damaged { path: path.display().to_string() })?;
        let tag: [u8; KEY] = Sha256::new().chain_update(TAG).chain_update(&key).finalize().into();
        let log = log_key(&data.join(LOG_KEY), name)?;
        let fingerprints = [
            Fingerprint::of("seal", &key),
            Fingerprint::of("tag", &tag),
            Fingerprint::of("log", log.secret().as_bytes()),
        ];
        Ok(Self { seal, tag, log, fingerprints })
    }

    /// Gives the log's key of a data folder another name; the keys as they are then. Only for a log that has not begun: who has pinned the old key cannot
    /// check what the new one signs.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn rename_log(&self, data: &Path, name: &LogName) -> Result<Self, KeyError> {
        let path = data.join(LOG_KEY);
        let fault = |source| KeyError::File { path: path.display().to_string(), source };
        let renamed = self.log.renamed(name.as_str());
        let renamed = renamed.map_err(|source| KeyError::Log { path: path.display().to_string(), source })?;
        let new = path.with_extension(format!("key.{}", hex::encode(&random()[..4])));
        write_private(&new, renamed.secret().as_bytes()).map_err(fault)?;
        std::fs::rename(&new, &path).map_err(fault)?;
        path.parent().map_or(Ok(()), sync).map_err(fault)?;
        Self::open(data)
    }

    /// What the database knows these keys by.
    pub fn fingerprints(&self) -> &[Fingerprint; 3] {
        &self.fingerprints
    }

    /// The key of records' tags, which follows from `seal.key`.
    pub fn record_tag(&self) -> [u8; KEY] {
        self.tag
    }

    /// The key of digests of requests, which follows from `seal.key` too.
    pub fn request(&self) -> [u8; KEY] {
        Sha256::new().chain_update(REQUEST).chain_update(self.tag).finalize().into()
    }

    /// The key that signs the ledger's checkpoints.
    pub fn log(&self) -> &SignerKey {
        &self.log
    }

    /// Seals a text; the nonce stands before the ciphertext. `None` only when memory is exhausted.
    pub fn seal(&self, text: &str) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let sealed = self.seal.encrypt(XNonce::from_slice(&nonce), text.as_bytes()).ok()?;
        Some(nonce.into_iter().chain(sealed).collect())
    }

    /// Opens what was sealed with these keys.
    pub fn open_text(&self, sealed: &[u8]) -> Option<String> {
        let (nonce, rest) = sealed.split_at_checked(NONCE)?;
        let opened = self.seal.decrypt(XNonce::from_slice(nonce), rest).ok()?;
        String::from_utf8(opened).ok()
    }
}

/// The log's key, made on first use. Where no name was chosen it gets a random one: a log is known by its name, and no two may share one.
fn log_key(path: &Path, name: Option<&LogName>) -> Result<SignerKey, KeyError> {
    let fault = |source| KeyError::Log { path: path.display().to_string(), source };
    let text = made_once(path, || {
        let seed = random();
        let name = name.map_or_else(|| format!("yizhi.local/{}", hex::encode(&random()[..4])), LogName::to_string);
        let key = SignerKey::from_seed(&name, Algorithm::Ed25519, &seed);
        key.map(|key| key.secret()).unwrap_or_default().into_bytes()
    })?;
    SignerKey::parse(String::from_utf8_lossy(&text).trim_end()).map_err(fault)
}

/// The bytes of a file, made with mode 0600 if it is not there. Of two processes that make it at once the first one's stays, and a crash leaves no part
/// of it behind under its name.
fn made_once(path: &Path, make: impl FnOnce() -> Vec<u8>) -> Result<Vec<u8>, KeyError> {
    let fault = |source| KeyError::File { path: path.display().to_string(), source };
    if !path.exists() {
        let new = path.with_extension(format!("key.{}", hex::encode(&random()[..4])));
        write_private(&new, &make()).map_err(fault)?;
        let linked = std::fs::hard_link(&new, path);
        std::fs::remove_file(&new).map_err(fault)?;
        match linked {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(fault(error)),
            _ => path.parent().map_or(Ok(()), sync).map_err(fault)?,
        }
    }
    std::fs::read(path).map_err(fault)
}

/// Makes the names in a folder durable.
#[cfg(unix)]
pub(crate) fn sync(folder: &Path) -> std::io::Result<()> {
    let here = Path::new(".");
    std::fs::File::open(if folder.as_os_str().is_empty() { here } else { folder })?.sync_all()
}

/// Elsewhere a folder cannot be opened as a file; the system keeps its names itself.
#[cfg(not(unix))]
pub(crate) fn sync(_: &Path) -> std::io::Result<()> {
    Ok(())
}

/// What the names of folders begin with in which keys wait for a decision.
pub(crate) const APART: &str = ".accept-";

/// Removes what a crash left of keys that were being made, once the keys are there.
///
/// # Errors
/// When the folder cannot be read or a file not removed.
pub fn sweep_left(data: &Path) -> std::io::Result<()> {
    let half_made = |name: &str| {
        let rest = [SEAL_KEY, LOG_KEY].into_iter().find_map(|key| name.strip_prefix(key)?.strip_prefix('.'));
        rest.is_some_and(|rest| rest.len() == 8 && rest.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    for entry in std::fs::read_dir(data)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_str().is_some_and(half_made) {
            std::fs::remove_file(entry.path())?;
        } else if name.to_str().is_some_and(|name| name.starts_with(APART)) && entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

fn random() -> [u8; KEY] {
    let mut bytes = [0; KEY];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

/// Writes a file that only its owner can read.
///
/// # Errors
/// When the file cannot be written.
pub fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    // One that was there keeps its mode otherwise.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// A new secret token and the digest under which it is kept.
pub fn new_token() -> (String, Vec<u8>) {
    let token = hex::encode(random());
    let digest = token_digest(&token);
    (token, digest)
}

/// The digest of a token, for look-up: the token has 256 random bits, so a plain hash is enough.
pub fn token_digest(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// Random bytes for an id.
pub(crate) fn random10() -> [u8; 10] {
    let mut bytes = [0; 10];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}
