//! Public keys, and whether a signature is theirs.

use std::fmt;

use ed25519_dalek::VerifyingKey;
use sha2::{Digest, Sha256};

use super::signature::{Signature, is_name};
use crate::text::{from_base64, to_base64};

/// The longest time a cosignature may carry.
const LATEST: u64 = i64::MAX as u64;

/// What a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// The text itself, with Ed25519: type 0x01 of C2SP signed-note. A log signs its checkpoints so.
    Ed25519,
    /// The text with the time it was seen at, with Ed25519: type 0x04, `cosignature/v1` of C2SP tlog-cosignature. Witnesses sign so.
    Cosignature,
}

impl Algorithm {
    pub(super) fn byte(self) -> u8 {
        match self {
            Self::Ed25519 => 0x01,
            Self::Cosignature => 0x04,
        }
    }

    pub(super) fn of(byte: u8) -> Option<Self> {
        [Self::Ed25519, Self::Cosignature].into_iter().find(|algorithm| algorithm.byte() == byte)
    }
}

/// The key of a log or a witness. Shown as a C2SP vkey: `<name>+<id, 8 hexadecimal digits>+<base64 of type and key>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    algorithm: Algorithm,
    key: VerifyingKey,
}

/// Why a text is not a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error("a key is written <name>+<8 hexadecimal digits>+<base64>")]
    Form,
    #[error("only Ed25519 keys are known, of type 1 (logs) or 4 (witnesses)")]
    Algorithm,
    #[error("the key's digits do not match its name and its bytes: it was mistyped or changed")]
    Id,
}

/// A signature by a known key that does not belong to the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature of {name} does not belong to this text")]
pub struct BadSignature {
    pub name: String,
}

/// A signature that is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Of a cosignature: when the witness says it made it, in seconds since 1970 (POSIX).
    pub time: Option<u64>,
}

impl VerifierKey {
    pub(super) fn new(name: String, algorithm: Algorithm, key: VerifyingKey) -> Self {
        Self { name, algorithm, key }
    }

    /// Reads a vkey.
    ///
    /// # Errors
    /// When the text is not exactly one, or its digits do not fit.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let (name, rest) = text.split_once('+').ok_or(KeyError::Form)?;
        let (id, encoded) = rest.split_once('+').ok_or(KeyError::Form)?;
        let bytes = from_base64(encoded).ok_or(KeyError::Form)?;
        let (byte, key) = bytes.split_first().ok_or(KeyError::Form)?;
        if !is_name(name) {
            return Err(KeyError::Form);
        }
        let algorithm = Algorithm::of(*byte).ok_or(KeyError::Algorithm)?;
        let key = key.try_into().map_err(|_| KeyError::Algorithm)?;
        let key = VerifyingKey::from_bytes(key).map_err(|_| KeyError::Algorithm)?;
        let key = Self::new(name.to_owned(), algorithm, key);
        if hex(key.id()) == id { Ok(key) } else { Err(KeyError::Id) }
    }

    /// The name of the log or the witness.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The Ed25519 public key.
    pub fn public(&self) -> [u8; 32] {
        self.key.to_bytes()
    }

    /// The first four bytes of `SHA-256(name || 0x0A || type || key)`.
    pub fn id(&self) -> [u8; 4] {
        key_id(&self.name, self.algorithm, self.key.as_bytes())
    }

    /// Whether a line claims to be by this key.
    pub fn claims(&self, signature: &Signature) -> bool {
        signature.name == self.name && signature.key_id == self.id()
    }

    /// Checks a signature over a note's text; `None` when it is not by this key at all.
    ///
    /// # Errors
    /// When it claims to be by this key and is not right.
    pub fn verify(&self, text: &str, signature: &Signature) -> Result<Option<Verified>, BadSignature> {
        if !self.claims(signature) {
            return Ok(None);
        }
        let verified = match self.algorithm {
            Algorithm::Ed25519 => self.holds(text, &signature.bytes).then_some(Verified { time: None }),
            Algorithm::Cosignature => self.cosigned(text, &signature.bytes),
        };
        verified.map(Some).ok_or_else(|| BadSignature { name: self.name.clone() })
    }

    fn cosigned(&self, text: &str, bytes: &[u8]) -> Option<Verified> {
        let (time, bytes) = bytes.split_first_chunk::<8>()?;
        let time = u64::from_be_bytes(*time);
        (time <= LATEST && self.holds(&cosigned_text(text, time), bytes)).then_some(Verified { time: Some(time) })
    }

    fn holds(&self, text: &str, bytes: &[u8]) -> bool {
        let signature = ed25519_dalek::Signature::from_slice(bytes);
        signature.is_ok_and(|signature| self.key.verify_strict(text.as_bytes(), &signature).is_ok())
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&[self.algorithm.byte()], self.key.as_bytes().as_slice()].concat();
        write!(formatter, "{}+{}+{}", self.name, hex(self.id()), to_base64(&bytes))
    }
}

pub(super) fn hex(id: [u8; 4]) -> String {
    format!("{:08x}", u32::from_be_bytes(id))
}

pub(super) fn key_id(name: &str, algorithm: Algorithm, public: &[u8; 32]) -> [u8; 4] {
    let hash = Sha256::new().chain_update(name).chain_update([b'\n', algorithm.byte()]).chain_update(public).finalize();
    [hash[0], hash[1], hash[2], hash[3]]
}

/// What a witness signs (C2SP tlog-cosignature, Ed25519 signed message).
pub(super) fn cosigned_text(text: &str, time: u64) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}
