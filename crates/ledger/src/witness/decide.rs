//! The decision: a witness vouches only for a tree that continues the last one it vouched for.

use super::AddCheckpoint;
use crate::TreeHead;
use crate::merkle::verify_growth;
use crate::note::VerifierKey;

/// What a witness knows of one log.
#[derive(Clone, Copy, Debug)]
pub struct KnownLog<'a> {
    /// Keys the log may sign with.
    pub keys: &'a [VerifierKey],
    /// The last checkpoint cosigned; [`TreeHead::empty`] before the first.
    pub last: TreeHead,
}

/// What to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Keep this head as the log's last one, durably; only then answer with a cosignature.
    Cosign(TreeHead),
    /// The old size is larger than the new one.
    BadRequest,
    /// No known key of the log signed this, or one did so wrongly.
    Forbidden,
    /// The witness does not watch this log.
    NotFound,
    /// The witness knows another size, or another root at this size.
    Conflict { size: u64 },
    /// The new tree is not shown to continue the old one. If the log itself signed it, this may be evidence of a rewrite: keep it.
    Unprocessable,
}

impl Answer {
    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Self::Cosign(_) => 200,
            Self::BadRequest => 400,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::Conflict { .. } => 409,
            Self::Unprocessable => 422,
        }
    }
}

/// Decides over a request, given what the witness knows of the log of that origin.
///
/// Between reading `known.last` and keeping the answer's head nothing else may change that log's entry: hold a lock over both.
pub fn decide(request: &AddCheckpoint, known: Option<KnownLog<'_>>) -> Answer {
    let Some(known) = known else { return Answer::NotFound };
    if !signed_by(request, known.keys) {
        return Answer::Forbidden;
    }
    let new = request.checkpoint.head();
    if request.old_size > new.size {
        return Answer::BadRequest;
    }
    if request.old_size != known.last.size || (new.size == known.last.size && new.root != known.last.root) {
        return Answer::Conflict { size: known.last.size };
    }
    match verify_growth(&known.last, new, &request.proof) {
        Ok(()) => Answer::Cosign(*new),
        Err(_) => Answer::Unprocessable,
    }
}

/// Whether a known key of the log signed, and none of them wrongly.
fn signed_by(request: &AddCheckpoint, keys: &[VerifierKey]) -> bool {
    let note = request.checkpoint.note();
    let pairs = note.signatures().iter().flat_map(|signature| keys.iter().map(move |key| (key, signature)));
    let checks: Result<Vec<_>, _> = pairs.map(|(key, signature)| key.verify(note.text(), signature)).collect();
    checks.is_ok_and(|checks| checks.iter().flatten().next().is_some())
}
