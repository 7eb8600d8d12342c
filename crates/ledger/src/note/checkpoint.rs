//! Checkpoints: what a log says of itself, as the text of a note (C2SP tlog-checkpoint).

use std::fmt;

use super::signed::{Note, NoteError};
use super::signer::SignerKey;
use crate::TreeHead;
use crate::text::{decimal, hash};

/// Name, size and root of a log. Shown as the text that is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name; the name of its key is the same.
    pub origin: String,
    pub head: TreeHead,
    /// Further lines, without their newlines. Ours has none; nobody can audit them.
    pub extensions: Vec<String>,
}

/// Why bytes are not a signed checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    #[error(transparent)]
    Note(#[from] NoteError),
    #[error("the text is not a checkpoint: origin, size and root, each on its line, and no empty lines")]
    Text,
}

impl Checkpoint {
    /// Reads a note's text.
    ///
    /// # Errors
    /// [`CheckpointError::Text`] unless [`fmt::Display`] would write that same text.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        Self::read(text).ok_or(CheckpointError::Text)
    }

    fn read(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.strip_suffix('\n')?.split('\n').collect();
        let [origin, size, root, extensions @ ..] = lines.as_slice() else { return None };
        if origin.is_empty() || extensions.iter().any(|line| line.is_empty()) {
            return None;
        }
        Some(Self {
            origin: (*origin).to_owned(),
            head: TreeHead { size: decimal(size)?, root: hash(root)? },
            extensions: extensions.iter().map(|line| (*line).to_owned()).collect(),
        })
    }

    /// Signs the checkpoint with the log's key.
    ///
    /// # Errors
    /// When origin or extensions are empty lines or hold line ends or control characters.
    pub fn sign(self, key: &SignerKey) -> Result<SignedCheckpoint, CheckpointError> {
        let text = self.to_string();
        if Self::parse(&text)? != self {
            return Err(CheckpointError::Text);
        }
        let mut note = Note::new(text)?;
        note.add(key.sign(note.text(), 0));
        Ok(SignedCheckpoint { note, checkpoint: self })
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}\n{}\n{}", self.origin, self.head.size, self.head.root)?;
        self.extensions.iter().try_for_each(|line| writeln!(formatter, "{line}"))
    }
}

/// A checkpoint with signatures, not yet checked against any key. Shown as its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedCheckpoint {
    note: Note,
    checkpoint: Checkpoint,
}

impl SignedCheckpoint {
    /// Reads a checkpoint file.
    ///
    /// # Errors
    /// When the bytes are not exactly one.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        let checkpoint = Checkpoint::parse(note.text())?;
        Ok(Self { note, checkpoint })
    }

    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    pub fn head(&self) -> &TreeHead {
        &self.checkpoint.head
    }

    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Adds a signature, such as a witness's; see [`Note::add`].
    pub fn add(&mut self, signature: super::Signature) {
        self.note.add(signature);
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(formatter)
    }
}
