//! Signature lines: `— <name> <base64 of key id and signature>`.

use std::fmt;

use crate::text::{from_base64, to_base64};

/// One signature of a note, not yet checked. Shown as its line, without the newline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    pub name: String,
    /// Tells keys of one name apart; see [`super::VerifierKey::id`].
    pub key_id: [u8; 4],
    /// What the key's algorithm made; for a cosignature the time stands before it.
    pub bytes: Vec<u8>,
}

impl Signature {
    /// A line without its newline; `None` unless [`fmt::Display`] would write that same line.
    pub fn parse(line: &str) -> Option<Self> {
        let (name, encoded) = line.strip_prefix("— ")?.split_once(' ')?;
        let bytes = from_base64(encoded)?;
        let (key_id, bytes) = bytes.split_first_chunk::<4>()?;
        let valid = is_name(name) && !bytes.is_empty();
        valid.then(|| Self { name: name.to_owned(), key_id: *key_id, bytes: bytes.to_vec() })
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [&self.key_id, self.bytes.as_slice()].concat();
        write!(formatter, "— {} {}", self.name, to_base64(&bytes))
    }
}

/// Signature lines alone, as a witness answers them (C2SP tlog-witness): one or more, each ending with a newline.
pub fn parse_signatures(text: &str) -> Option<Vec<Signature>> {
    text.strip_suffix('\n')?.split('\n').map(Signature::parse).collect()
}

/// Names are not empty and hold neither spaces nor plus signs (C2SP signed-note), nor control characters.
pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty()
        && !name.contains(|character: char| character.is_whitespace() || character == '+' || character < ' ')
}
