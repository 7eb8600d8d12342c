//! Receipts: a proof file whose extra line shows what of the record its holder may show; see the format in [`super`].

use std::fmt;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::record::in_order;
use super::{Evidence, Part, PinnedKeys, ProofFile, ProofFileError, VerifyError, commitment};
use crate::Hash;
use crate::note::SignedCheckpoint;
use crate::text::{hash, to_base64};

const VERSION: u32 = 1;

/// A record's leaves and the proof that the log holds their commitment; not yet checked. Shown as the file's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    parts: Vec<Part>,
    file: ProofFile,
}

/// Why bytes are not a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    #[error(transparent)]
    File(#[from] ProofFileError),
    #[error("the file proves an entry of a log, but says nothing of a record")]
    NoFields,
    #[error("the disclosed fields are not written as receipts of version 1 write them")]
    Fields,
}

/// What a receipt proves once it is checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The record's commitment, which is the log's entry.
    pub commitment: Hash,
    /// Its place in the log, from 0.
    pub index: u64,
    pub evidence: Evidence,
}

impl Receipt {
    /// A receipt to hand out.
    ///
    /// # Errors
    /// [`ReceiptError::Fields`] when the parts are not those of a record in their order.
    pub fn new(
        parts: Vec<Part>,
        index: u64,
        proof: Vec<Hash>,
        checkpoint: SignedCheckpoint,
    ) -> Result<Self, ReceiptError> {
        if !is_record(&parts) {
            return Err(ReceiptError::Fields);
        }
        let extra = write_parts(&parts).ok_or(ReceiptError::Fields)?;
        Ok(Self { parts, file: ProofFile { extra: Some(extra.into_bytes()), index, proof, checkpoint } })
    }

    /// Reads a receipt file.
    ///
    /// # Errors
    /// When the bytes are not exactly one.
    pub fn parse(bytes: &[u8]) -> Result<Self, ReceiptError> {
        let file = ProofFile::parse(bytes)?;
        let extra = file.extra.as_deref().ok_or(ReceiptError::NoFields)?;
        let parts = read_parts(extra).ok_or(ReceiptError::Fields)?;
        Ok(Self { parts, file })
    }

    /// The record's leaves. Believe them after [`Self::verify`] only.
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    pub fn file(&self) -> &ProofFile {
        &self.file
    }

    /// Checks the whole chain: disclosed fields, commitment, place in the log, signatures of log and witnesses.
    ///
    /// What is shown is then part of a record that the log held at [`Evidence::existed_by`]. How many leaves are withheld is *not* proven:
    /// one withheld hash may stand for several.
    ///
    /// # Errors
    /// Says which link is broken.
    pub fn verify(&self, keys: &PinnedKeys) -> Result<Proven, VerifyError> {
        let commitment = commitment(&self.parts);
        let evidence = self.file.verify(&commitment.0, keys)?;
        Ok(Proven { commitment, index: self.file.index, evidence })
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.file.fmt(formatter)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra {
    v: u32,
    fields: Vec<Leaf>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Leaf {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
}

fn write_parts(parts: &[Part]) -> Option<String> {
    let fields = parts.iter().map(|part| match part {
        Part::Shown { name, value, salt } => {
            Leaf { name: Some(name.clone()), value: Some(value.clone()), salt: Some(to_base64(salt)), digest: None }
        }
        Part::Withheld { digest } => Leaf { name: None, value: None, salt: None, digest: Some(digest.to_string()) },
    });
    serde_json::to_string(&Extra { v: VERSION, fields: fields.collect() }).ok()
}

fn read_parts(extra: &[u8]) -> Option<Vec<Part>> {
    let read: Extra = serde_json::from_slice(extra).ok()?;
    let parts: Vec<Part> = read.fields.into_iter().map(part_of).collect::<Option<_>>()?;
    let exact = read.v == VERSION && write_parts(&parts)?.as_bytes() == extra;
    (exact && is_record(&parts)).then_some(parts)
}

fn part_of(leaf: Leaf) -> Option<Part> {
    match leaf {
        Leaf { name: Some(name), value: Some(value), salt: Some(salt), digest: None } => {
            Some(Part::Shown { name, value, salt: hash(&salt)?.0 })
        }
        Leaf { name: None, value: None, salt: None, digest: Some(digest) } => {
            Some(Part::Withheld { digest: hash(&digest)? })
        }
        _ => None,
    }
}

/// Kind and subject at least, names in their order, values that are JSON.
fn is_record(parts: &[Part]) -> bool {
    parts.len() >= 2
        && parts.iter().filter_map(shown).all(|(_, value)| serde_json::from_str::<IgnoredAny>(value).is_ok())
        && in_order(parts.iter().map(|part| shown(part).map(|(name, _)| name)))
}

fn shown(part: &Part) -> Option<(&str, &str)> {
    match part {
        Part::Shown { name, value, .. } => Some((name, value)),
        Part::Withheld { .. } => None,
    }
}
