//! Proof files (C2SP tlog-proof): index, inclusion proof and checkpoint in one text.

use std::fmt;

use super::{Evidence, PinnedKeys, PolicyError};
use crate::Hash;
use crate::merkle::{LONGEST_PROOF, ProofError, leaf_hash, verify_inclusion};
use crate::note::{CheckpointError, SignedCheckpoint};
use crate::text::{decimal, from_base64, hashes, to_base64};
use crate::witness::split_at_empty_line;

const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1\n";

/// A proof that an entry is in a log, not yet checked. Shown as the file's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofFile {
    /// Bytes that nobody signed, with a meaning of the application's; not empty.
    pub extra: Option<Vec<u8>>,
    /// The entry's place in the log, from 0.
    pub index: u64,
    /// Siblings from the leaf upwards.
    pub proof: Vec<Hash>,
    pub checkpoint: SignedCheckpoint,
}

/// Why bytes are not a proof file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofFileError {
    #[error("the file does not start with c2sp.org/tlog-proof@v1: it is no receipt, or of another version")]
    Version,
    #[error("the line `extra` is not base64 of one byte or more")]
    Extra,
    #[error("the line `index <number>` is missing or malformed")]
    Index,
    #[error("the proof is not up to 64 lines of base64 of 32 bytes, with an empty line behind them")]
    Proof,
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

/// Why a proof does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    #[error(transparent)]
    Policy(#[from] PolicyError),
    #[error("the entry is not at this place of the log: {0}")]
    Inclusion(#[from] ProofError),
}

impl ProofFile {
    /// Reads a proof file.
    ///
    /// # Errors
    /// When the bytes are not exactly one.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofFileError> {
        let rest = bytes.strip_prefix(FIRST_LINE.as_bytes()).ok_or(ProofFileError::Version)?;
        let (head, checkpoint) = split_at_empty_line(rest).ok_or(ProofFileError::Proof)?;
        let (extra, head) = match head.strip_prefix("extra ") {
            None => (None, head),
            Some(rest) => {
                let (extra, head) = rest.split_once('\n').ok_or(ProofFileError::Index)?;
                let extra = from_base64(extra).filter(|extra| !extra.is_empty()).ok_or(ProofFileError::Extra)?;
                (Some(extra), head)
            }
        };
        let (index, proof) = head.split_once('\n').ok_or(ProofFileError::Index)?;
        let index = index.strip_prefix("index ").and_then(decimal).ok_or(ProofFileError::Index)?;
        let proof = hashes(proof, LONGEST_PROOF).ok_or(ProofFileError::Proof)?;
        Ok(Self { extra, index, proof, checkpoint: SignedCheckpoint::parse(checkpoint)? })
    }

    /// Checks that the log has this entry at the index, and that the checkpoint is good enough.
    ///
    /// # Errors
    /// Says which of the two fails, and how.
    pub fn verify(&self, entry: &[u8], keys: &PinnedKeys) -> Result<Evidence, VerifyError> {
        verify_inclusion(&leaf_hash(entry), self.index, self.checkpoint.head(), &self.proof)?;
        Ok(keys.check(&self.checkpoint)?)
    }
}

impl fmt::Display for ProofFile {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(FIRST_LINE)?;
        if let Some(extra) = &self.extra {
            writeln!(formatter, "extra {}", to_base64(extra))?;
        }
        writeln!(formatter, "index {}", self.index)?;
        self.proof.iter().try_for_each(|hash| writeln!(formatter, "{hash}"))?;
        write!(formatter, "\n{}", self.checkpoint)
    }
}
