//! A note: a text, an empty line, signatures (C2SP signed-note).

use std::fmt;

use super::signature::{Signature, parse_signatures};

/// The longest note that is read, in bytes, and the most signatures it may have.
const LONGEST: usize = 1 << 20;
const MOST_SIGNATURES: usize = 64;

/// A text with signatures that are not yet checked. Shown as the note's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

/// Why bytes are not a note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoteError {
    #[error("the note is longer than 1 MiB or has more than 64 signatures")]
    TooLong,
    #[error("the note is not UTF-8, or holds control characters other than line ends")]
    Characters,
    #[error("the note's text does not end with a newline")]
    Text,
    #[error("no signature lines follow the last empty line of the note, or one of them is malformed")]
    Signatures,
}

impl Note {
    /// A note without signatures as yet.
    ///
    /// # Errors
    /// When the text does not end with a newline or holds control characters.
    pub fn new(text: String) -> Result<Self, NoteError> {
        if text.chars().any(|character| character < ' ' && character != '\n') {
            return Err(NoteError::Characters);
        }
        if text.ends_with('\n') { Ok(Self { text, signatures: Vec::new() }) } else { Err(NoteError::Text) }
    }

    /// Reads a note with at least one signature.
    ///
    /// # Errors
    /// When the bytes are not exactly a note.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        if bytes.len() > LONGEST {
            return Err(NoteError::TooLong);
        }
        let all = std::str::from_utf8(bytes).map_err(|_| NoteError::Characters)?;
        let end = all.rfind("\n\n").ok_or(NoteError::Signatures)?;
        let mut note = Self::new(all[..=end].to_owned())?;
        note.signatures = parse_signatures(&all[end + 2..]).ok_or(NoteError::Signatures)?;
        if note.signatures.len() > MOST_SIGNATURES { Err(NoteError::TooLong) } else { Ok(note) }
    }

    /// What is signed, with its last newline.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// Adds a signature. One by the same key takes the place of the older one.
    pub fn add(&mut self, signature: Signature) {
        let same = |other: &Signature| other.name == signature.name && other.key_id == signature.key_id;
        match self.signatures.iter().position(same) {
            Some(place) => self.signatures[place] = signature,
            None => self.signatures.push(signature),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.text)?;
        self.signatures.iter().try_for_each(|signature| writeln!(formatter, "{signature}"))
    }
}
