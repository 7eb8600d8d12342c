//! Texts signed by named keys, and the two texts the ledger signs: a checkpoint by the log, the same checkpoint with a time by a witness.

mod checkpoint;
mod signature;
mod signed;
mod signer;
mod verifier;

pub use checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
pub use signature::{Signature, parse_signatures};
pub use signed::{Note, NoteError};
pub use signer::SignerKey;
pub use verifier::{Algorithm, BadSignature, KeyError, Verified, VerifierKey};
