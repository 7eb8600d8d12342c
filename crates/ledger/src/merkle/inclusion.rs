//! Checking that a leaf stands at an index of a tree.

use super::{Hash, ProofError, TreeHead, node_hash};

/// The root that a leaf and its proof lead to (RFC 9162 §2.1.3.2).
///
/// `leaf` is a leaf hash, `proof` its siblings from the leaf upwards.
///
/// # Errors
/// [`ProofError::Range`] when the index is not in the tree, [`ProofError::Length`] when the proof does not have one hash for each level.
pub fn root_of_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash]) -> Result<Hash, ProofError> {
    if index >= size {
        return Err(ProofError::Range);
    }
    let (mut node, mut last) = (index, size - 1);
    let mut root = *leaf;
    for sibling in proof {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            root = node_hash(sibling, &root);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            root = node_hash(&root, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 { Ok(root) } else { Err(ProofError::Length) }
}

/// Whether a leaf hash stands at `index` of a tree (RFC 9162 §2.1.3.2).
///
/// # Errors
/// As [`root_of_inclusion`], and [`ProofError::Root`] when the proof leads elsewhere.
pub fn verify_inclusion(leaf: &Hash, index: u64, tree: &TreeHead, proof: &[Hash]) -> Result<(), ProofError> {
    let root = root_of_inclusion(leaf, index, tree.size, proof)?;
    if root == tree.root { Ok(()) } else { Err(ProofError::Root) }
}
