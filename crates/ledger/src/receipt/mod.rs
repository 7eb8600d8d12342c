//! What a person keeps: a proof file with the record's disclosed fields in it, checked against keys they already have, without any network.
//!
//! # Receipt
//! A receipt is a C2SP tlog-proof file (usual ending `.tlog-proof`) whose `extra` line is the base64 of this JSON text:
//!
//! ```text
//! {"v":1,"fields":[{"name":"kind","value":"\"case.step\"","salt":"<base64, 32 bytes>"},{"digest":"<base64, 32 bytes>"},…]}
//! ```
//!
//! `fields` are the leaves of one record in their order: kind, subject, then the fields by the UTF-16 order of their names, which here begin
//! with `fields/`. A leaf is either disclosed, with its value as the exact canonical text that was hashed, or withheld, as its hash. The text has
//! no spaces, its members stand in this order, and strings are escaped as `JSON.stringify` does, so that each receipt has one form only.
//!
//! The extra line is not signed. It is checked by what it leads to: the leaf hashes give the record's commitment, the commitment is the log's
//! entry, the entry is led by the proof to the root that log and witnesses signed.

mod evidence;
mod file;
mod keys;
mod record;
mod sheet;

pub use evidence::{Cosigned, Evidence, PolicyError};
pub use file::{ProofFile, ProofFileError, VerifyError};
pub use keys::{KeyFileError, PinnedKeys};
pub use record::{Part, RecordError, commitment, parts};
pub use sheet::{Proven, Receipt, ReceiptError};
