//! Keys of this installation, kept in a file that only its owner can read: sealing personal data (XChaCha20-Poly1305) and digests of tokens.

use std::io::Write as _;
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::RngCore;
use sha2::{Digest, Sha256};

const KEY: usize = 32;
const NONCE: usize = 24;

/// Keys in memory.
#[derive(Clone)]
pub struct Keys {
    seal: XChaCha20Poly1305,
}

/// Keys that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("{path}: {source}")]
    File { path: String, source: std::io::Error },
    #[error("{path} does not hold a key of 32 bytes; restore it from your backup, or personal data stays unreadable")]
    Damaged { path: String },
}

impl Keys {
    /// Reads the keys of a data folder, made on first use with mode 0600.
    ///
    /// # Errors
    /// When the file cannot be read or written, or is damaged.
    pub fn open(data: &Path) -> Result<Self, KeyError> {
        let path = data.join("seal.key");
        let shown = path.display().to_string();
        let fault = |source| KeyError::File { path: shown.clone(), source };
        if !path.exists() {
            let mut key = [0; KEY];
            rand::rng().fill_bytes(&mut key);
            write_private(&path, &key).map_err(fault)?;
        }
        let key = std::fs::read(&path).map_err(fault)?;
        let seal = XChaCha20Poly1305::new_from_slice(&key).map_err(|_| KeyError::Damaged { path: shown.clone() })?;
        Ok(Self { seal })
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
    file.write_all(bytes)?;
    file.sync_all()
}

/// A new secret token and the digest under which it is kept.
pub fn new_token() -> (String, Vec<u8>) {
    let mut bytes = [0; KEY];
    rand::rng().fill_bytes(&mut bytes);
    let token = bytes.iter().fold(String::new(), |mut out, b| {
        use std::fmt::Write as _;
        let _ = write!(out, "{b:02x}");
        out
    });
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
