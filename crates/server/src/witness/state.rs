//! What a witness remembers of a log: the checkpoint it signed last. The file is that checkpoint as a note with the log's signature and our own, so
//! that damage to what was signed shows, and the file can be laid beside a checkpoint that contradicts it.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard};

use sha2::{Digest, Sha256};
use yizhi_ledger::TreeHead;
use yizhi_ledger::note::{Note, Signature, SignedCheckpoint, SignerKey, VerifierKey};
use yizhi_ledger::witness::KnownLog;

use super::durable;
use super::error::WitnessError;

/// By this many seconds the clock may go back, as clocks that are set right do; the time of the last signature is then used again.
const STEP_BACK: u64 = 60;

/// A log that is watched.
#[derive(Debug)]
pub(super) struct Log {
    origin: String,
    keys: Vec<VerifierKey>,
    path: PathBuf,
    last: Mutex<Option<Kept>>,
}

/// The checkpoint signed last.
#[derive(Debug)]
pub(super) struct Kept {
    /// With the signatures of the log's known keys and ours.
    pub(super) checkpoint: SignedCheckpoint,
    ours: Signature,
    /// Of our signature, in seconds since 1970.
    time: u64,
}

impl Log {
    /// Reads what was signed last, if anything was.
    pub(super) fn open(
        states: &Path,
        origin: &str,
        keys: Vec<VerifierKey>,
        own: &VerifierKey,
    ) -> Result<Self, WitnessError> {
        let path = states.join(format!("{:x}", Sha256::digest(origin)));
        let last = match std::fs::read(&path) {
            Ok(bytes) => Some(Kept::read(&bytes, origin, &keys, own).ok_or_else(|| WitnessError::Damaged {
                path: path.display().to_string(),
                origin: origin.to_owned(),
            })?),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(source) => return Err(WitnessError::file(&path)(source)),
        };
        Ok(Self { origin: origin.to_owned(), keys, path, last: Mutex::new(last) })
    }

    /// Held from the decision until what it led to is on the disk. A panic in between leaves open what was signed: no more is.
    pub(super) fn lock(&self) -> Result<MutexGuard<'_, Option<Kept>>, WitnessError> {
        self.last.lock().map_err(|_| WitnessError::Broken)
    }

    pub(super) fn known(&self, last: Option<&Kept>) -> KnownLog<'_> {
        KnownLog { keys: &self.keys, last: Kept::head(last) }
    }

    /// The size signed last.
    pub(super) fn size(&self) -> u64 {
        self.last.lock().map_or(0, |last| Kept::head(last.as_ref()).size)
    }

    /// Keeps a checkpoint that was decided to be right, then signs. The signature leaves this function only when the file is on the disk.
    pub(super) fn cosign(
        &self,
        last: &mut Option<Kept>,
        checkpoint: &SignedCheckpoint,
        own: &SignerKey,
        now: i64,
    ) -> Result<Signature, WitnessError> {
        let time = time(now, last.as_ref())?;
        if let Some(same) = last.as_ref().filter(|last| last.time == time && last.text() == checkpoint.note().text()) {
            return Ok(same.ours.clone());
        }
        let ours = own.sign(checkpoint.note().text(), time);
        let bytes = self.note(checkpoint, ours.clone())?.to_string();
        let kept =
            Kept::read(bytes.as_bytes(), &self.origin, &self.keys, own.verifier()).ok_or(WitnessError::Broken)?;
        durable::replace(&self.path, bytes.as_bytes()).map_err(WitnessError::file(&self.path))?;
        if last.is_none() {
            tracing::info!(
                origin = self.origin,
                size = kept.checkpoint.head().size,
                "首次签字 signed for the first time"
            );
        }
        *last = Some(kept);
        Ok(ours)
    }

    /// The checkpoint with what is known to be right of its signatures, and ours.
    fn note(&self, checkpoint: &SignedCheckpoint, ours: Signature) -> Result<Note, WitnessError> {
        let mut note = Note::new(checkpoint.note().text().to_owned()).map_err(|_| WitnessError::Broken)?;
        let signatures = checkpoint.note().signatures().iter();
        let by_log = signatures.filter(|signature| self.keys.iter().any(|key| key.claims(signature)));
        by_log.for_each(|signature| note.add(signature.clone()));
        note.add(ours);
        Ok(note)
    }
}

impl Kept {
    /// `None` unless the bytes are a checkpoint of this log that we signed.
    fn read(bytes: &[u8], origin: &str, keys: &[VerifierKey], own: &VerifierKey) -> Option<Self> {
        let checkpoint = SignedCheckpoint::parse(bytes).ok()?;
        let note = checkpoint.note();
        let mut signed = None;
        for signature in note.signatures() {
            for key in keys {
                key.verify(note.text(), signature).ok()?;
            }
            if let Some(verified) = own.verify(note.text(), signature).ok()? {
                signed = Some((signature.clone(), verified.time?));
            }
        }
        let (ours, time) = signed?;
        (checkpoint.checkpoint().origin == origin).then_some(Self { checkpoint, ours, time })
    }

    /// The tree signed last, the empty one before the first.
    pub(super) fn head(kept: Option<&Self>) -> TreeHead {
        kept.map_or_else(TreeHead::empty, |kept| *kept.checkpoint.head())
    }

    fn text(&self) -> &str {
        self.checkpoint.note().text()
    }
}

/// The time to sign with: a larger tree never carries an earlier time than a smaller one.
fn time(now: i64, last: Option<&Kept>) -> Result<u64, WitnessError> {
    let (now, last) = (u64::try_from(now).unwrap_or(0), last.map_or(0, |last| last.time));
    match last.saturating_sub(now) {
        0 => Ok(now),
        1..=STEP_BACK => Ok(last),
        seconds => Err(WitnessError::Clock { seconds }),
    }
}
