//! Records: one entry of the trace, kept as exact bytes and committed to field by field, so that a field can later be shown or erased alone.
//!
//! # Format
//! The *canonical text* is the RFC 8785 (JCS) form of `{"fields": {…}, "kind": "…", "subject": "…"}`: no spaces, keys in the order of their
//! UTF-16 code units, numbers as ECMAScript writes them. Integers lie within ±(2⁵³ − 1) (RFC 7493, I-JSON); larger numbers travel as text.
//!
//! A record has one *leaf* for its kind, one for its subject and one for each field, in this order, fields in the order of the canonical text.
//! Each leaf has a random salt of 32 bytes; `salts` is their concatenation. With SHA-256 as `H`:
//!
//! ```text
//! leaf   = H(0x00 || salt || length || name || value)
//! node   = H(0x01 || left || right)
//! name   = "kind" | "subject" | "fields/" followed by the field's name, in UTF-8
//! length = the length of name in bytes, 4 bytes, big-endian
//! value  = the canonical text of the value
//! ```
//!
//! The *commitment* is the root of the RFC 6962 §2.1 Merkle tree of the leaves: a tree of n > 1 leaves has on its left as many as the largest
//! power of two below n.
//!
//! Erasing a field takes its value out of the text and names it in a member `erased` (names in order) instead; its 32 bytes of `salts` then hold
//! the leaf itself. The commitment, and every proof made from it, stay as they were, and nothing is left from which the value could be guessed.

mod disclosure;
mod jcs;
mod layout;
mod merkle;
mod seal;
mod state;

pub use disclosure::Disclosure;
pub use jcs::{UnsafeInteger, canonical_json};
pub use seal::{Record, RecordError, Sealed, verify};
pub use state::{ERASABLE, Gone, OTHERS, StateLeaves, StateValues};
