//! The body of `add-checkpoint`: the size the log believes the witness knows, a consistency proof from there, the new checkpoint.

use std::fmt;

use crate::Hash;
use crate::note::{CheckpointError, SignedCheckpoint};
use crate::text::{decimal, hashes};

/// Most hashes a request may have.
const LONGEST_PROOF: usize = 63;

/// A request to cosign. Shown as the request's body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddCheckpoint {
    pub old_size: u64,
    pub proof: Vec<Hash>,
    pub checkpoint: SignedCheckpoint,
}

/// Why bytes are not a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    #[error("the request does not start with a line `old <size>`")]
    OldSize,
    #[error("the proof is not up to 63 lines of base64 of 32 bytes, with an empty line behind them")]
    Proof,
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl AddCheckpoint {
    /// Reads a body.
    ///
    /// # Errors
    /// When the bytes are not exactly a request; answer 400 then.
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let (head, checkpoint) = split_at_empty_line(body).ok_or(RequestError::Proof)?;
        let (old, proof) = head.split_once('\n').ok_or(RequestError::OldSize)?;
        let old_size = old.strip_prefix("old ").and_then(decimal).ok_or(RequestError::OldSize)?;
        let proof = hashes(proof, LONGEST_PROOF).ok_or(RequestError::Proof)?;
        Ok(Self { old_size, proof, checkpoint: SignedCheckpoint::parse(checkpoint)? })
    }
}

impl fmt::Display for AddCheckpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "old {}", self.old_size)?;
        self.proof.iter().try_for_each(|hash| writeln!(formatter, "{hash}"))?;
        write!(formatter, "\n{}", self.checkpoint)
    }
}

/// The lines before the first empty line, with their newlines, and what comes after it.
pub(crate) fn split_at_empty_line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.windows(2).position(|pair| pair == b"\n\n")?;
    Some((std::str::from_utf8(&bytes[..=end]).ok()?, &bytes[end + 2..]))
}
