//! Private keys. Where they are kept and where their randomness comes from is the caller's business.

use std::fmt;

use ed25519_dalek::{Signer as _, SigningKey};

use super::signature::{Signature, is_name};
use super::verifier::{Algorithm, KeyError, VerifierKey, cosigned_text, hex};
use crate::text::{from_base64, to_base64};

const PREFIX: &str = "PRIVATE+KEY+";

/// The private key of a log or a witness. It is wiped from memory when dropped and never shown by `Debug`.
#[derive(Clone)]
pub struct SignerKey {
    verifier: VerifierKey,
    key: SigningKey,
}

impl SignerKey {
    /// A key from 32 random bytes.
    ///
    /// # Errors
    /// When the name is empty or holds spaces or plus signs.
    pub fn from_seed(name: &str, algorithm: Algorithm, seed: &[u8; 32]) -> Result<Self, KeyError> {
        if !is_name(name) {
            return Err(KeyError::Form);
        }
        let key = SigningKey::from_bytes(seed);
        Ok(Self { verifier: VerifierKey::new(name.to_owned(), algorithm, key.verifying_key()), key })
    }

    /// The same private key under another name: another key to everybody who checks, as names are part of a key's id.
    ///
    /// # Errors
    /// When the name is empty or holds spaces or plus signs.
    pub fn renamed(&self, name: &str) -> Result<Self, KeyError> {
        Self::from_seed(name, self.verifier.algorithm(), self.key.as_bytes())
    }

    /// Reads the text that [`Self::secret`] writes.
    ///
    /// # Errors
    /// When the text is not exactly such a key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.strip_prefix(PREFIX).ok_or(KeyError::Form)?.splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Form);
        };
        let bytes = from_base64(encoded).ok_or(KeyError::Form)?;
        let (byte, seed) = bytes.split_first().ok_or(KeyError::Form)?;
        let algorithm = Algorithm::of(*byte).ok_or(KeyError::Algorithm)?;
        let seed = seed.try_into().map_err(|_| KeyError::Algorithm)?;
        let key = Self::from_seed(name, algorithm, seed)?;
        if hex(key.verifier.id()) == id { Ok(key) } else { Err(KeyError::Id) }
    }

    /// The key as text, to be kept where only its owner reads it: `PRIVATE+KEY+<name>+<id>+<base64 of type and seed>`, as Go's
    /// `sumdb/note` writes it.
    pub fn secret(&self) -> String {
        let bytes = [&[self.verifier.algorithm().byte()], self.key.as_bytes().as_slice()].concat();
        format!("{PREFIX}{}+{}+{}", self.verifier.name(), hex(self.verifier.id()), to_base64(&bytes))
    }

    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// Signs a note's text. A witness's key signs it with `time`, in seconds since 1970; a log's key leaves the time out.
    pub fn sign(&self, text: &str, time: u64) -> Signature {
        let bytes = match self.verifier.algorithm() {
            Algorithm::Ed25519 => self.key.sign(text.as_bytes()).to_bytes().to_vec(),
            Algorithm::Cosignature => {
                let signature = self.key.sign(cosigned_text(text, time).as_bytes());
                [time.to_be_bytes().as_slice(), &signature.to_bytes()].concat()
            }
        };
        Signature { name: self.verifier.name().to_owned(), key_id: self.verifier.id(), bytes }
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("SignerKey").field(&self.verifier).finish_non_exhaustive()
    }
}
