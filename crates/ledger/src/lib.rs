//! The ledger: a transparency log by the C2SP specifications, as functions without input or output, so that an auditor can build and read
//! this crate alone and so that log, witness and verifier share one reading of every format.
//!
//! | module | idea | specification |
//! |---|---|---|
//! | [`merkle`] | hashes of the tree, proofs and their checks | RFC 6962 §2.1, RFC 9162 §2.1.3 and §2.1.4 |
//! | [`tile`] | the tree as files; adding entries, making proofs from files | C2SP tlog-tiles |
//! | [`note`] | signed notes, keys, checkpoints, cosignatures | C2SP signed-note, tlog-checkpoint, tlog-cosignature |
//! | [`witness`] | what a witness answers | C2SP tlog-witness |
//! | [`receipt`] | proof files, pinned keys, records, receipts | C2SP tlog-proof, and our own; see `docs/ledger-format.md` |
//!
//! An entry of the log is the 32-byte commitment of a record and nothing else: no kind, no subject, no time.
//!
//! Every parser is strict: what it accepts is written back byte for byte as it was. Numbers have no leading zeros, base64 is padded and
//! canonical, nothing may follow.

pub mod merkle;
pub mod note;
pub mod receipt;
pub mod tile;
pub mod witness;

mod text;

pub use merkle::{Hash, TreeHead};
