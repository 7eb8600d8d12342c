//! Whether a checkpoint is good enough for the keys a person trusts.

use super::PinnedKeys;
use crate::TreeHead;
use crate::note::{BadSignature, SignedCheckpoint, Verified, VerifierKey};

/// Why a checkpoint is not believed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("the checkpoint is of the log {found}, the pinned key is of {pinned}")]
    Origin { found: String, pinned: String },
    #[error(transparent)]
    Signature(#[from] BadSignature),
    #[error("the log's key did not sign this checkpoint")]
    Unsigned,
    #[error("{found} of the pinned witnesses signed this checkpoint; {needed} are needed")]
    Quorum { found: usize, needed: usize },
}

/// A witness that signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    pub name: String,
    /// When it says it saw the checkpoint, in seconds since 1970.
    pub time: u64,
}

/// A checkpoint that the pinned keys vouch for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub origin: String,
    pub head: TreeHead,
    /// Pinned witnesses that signed, in the order of the key file.
    pub cosigned: Vec<Cosigned>,
    /// How many were needed.
    pub quorum: usize,
}

impl Evidence {
    /// By when everything in the log existed, in seconds since 1970: the latest time among as many of the earliest cosignatures as the quorum
    /// asks for. It holds if at least one of those witnesses is honest. `None` when no witnesses are needed: a log alone proves no time.
    pub fn existed_by(&self) -> Option<u64> {
        let mut times: Vec<u64> = self.cosigned.iter().map(|cosigned| cosigned.time).collect();
        times.sort_unstable();
        times.get(self.quorum.checked_sub(1)?).copied()
    }
}

impl PinnedKeys {
    /// Checks a checkpoint: name and signature of the log, cosignatures of enough witnesses. Signatures of other keys are passed over.
    ///
    /// # Errors
    /// Says what is missing. One wrong signature in the name of a pinned key is enough to refuse the whole.
    pub fn check(&self, checkpoint: &SignedCheckpoint) -> Result<Evidence, PolicyError> {
        let origin = &checkpoint.checkpoint().origin;
        if origin != self.log().name() {
            return Err(PolicyError::Origin { found: origin.clone(), pinned: self.log().name().to_owned() });
        }
        signature_of(self.log(), checkpoint)?.ok_or(PolicyError::Unsigned)?;
        let mut cosigned = Vec::new();
        for witness in self.witnesses() {
            let time = signature_of(witness, checkpoint)?.and_then(|verified| verified.time);
            cosigned.extend(time.map(|time| Cosigned { name: witness.name().to_owned(), time }));
        }
        if cosigned.len() < self.quorum() {
            return Err(PolicyError::Quorum { found: cosigned.len(), needed: self.quorum() });
        }
        Ok(Evidence { origin: origin.clone(), head: *checkpoint.head(), cosigned, quorum: self.quorum() })
    }
}

/// The key's signature; of several the earliest.
fn signature_of(key: &VerifierKey, checkpoint: &SignedCheckpoint) -> Result<Option<Verified>, BadSignature> {
    let note = checkpoint.note();
    let checks = note.signatures().iter().map(|signature| key.verify(note.text(), signature));
    let verified: Vec<Option<Verified>> = checks.collect::<Result<_, _>>()?;
    Ok(verified.into_iter().flatten().min_by_key(|verified| verified.time))
}
