//! The Merkle tree of RFC 6962 and the proofs over it, without knowing where hashes are kept.

mod consistency;
mod hash;
mod inclusion;
mod span;

pub use consistency::{verify_consistency, verify_growth};
pub use hash::{Hash, TreeHead, leaf_hash, node_hash};
pub use inclusion::{root_of_inclusion, verify_inclusion};
pub use span::{Span, consistency_spans, inclusion_spans};

pub(crate) use hash::{fold, root};

/// Most hashes a proof can have: one for each doubling of a tree whose size fits 64 bits.
pub const LONGEST_PROOF: usize = 64;

/// Why a proof does not prove what it should.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    #[error("index or sizes lie outside of what can be proven")]
    Range,
    #[error("the proof has too many or too few hashes")]
    Length,
    #[error("the proof leads to another root")]
    Root,
}
