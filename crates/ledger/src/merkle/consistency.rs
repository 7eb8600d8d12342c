//! Checking that a tree continues an older one: nothing removed, changed or put in between.

use super::{Hash, ProofError, TreeHead, node_hash};

/// Whether `new` continues `old` (RFC 9162 §2.1.4.2). Trees of one size need an empty proof and equal roots.
///
/// # Errors
/// [`ProofError::Range`] when the old tree is empty (nothing could be proven of it) or larger than the new one, [`ProofError::Length`]
/// when the proof has a hash too many or too few, [`ProofError::Root`] when it leads to another old or new root.
pub fn verify_consistency(old: &TreeHead, new: &TreeHead, proof: &[Hash]) -> Result<(), ProofError> {
    if old.size == 0 || old.size > new.size {
        return Err(ProofError::Range);
    }
    if old.size == new.size {
        return match (proof, old.root == new.root) {
            ([], true) => Ok(()),
            ([], false) => Err(ProofError::Root),
            _ => Err(ProofError::Length),
        };
    }
    let (first, rest) = first_and_rest(old, proof)?;
    let (old_root, new_root) = roots(old.size, new.size, first, rest)?;
    if old_root == old.root && new_root == new.root { Ok(()) } else { Err(ProofError::Root) }
}

/// As [`verify_consistency`], but of an empty old tree every tree is a continuation; the proof must then be empty, and so must
/// `new` when its root says so (C2SP tlog-witness).
///
/// # Errors
/// As [`verify_consistency`], except that an old tree may be empty.
pub fn verify_growth(old: &TreeHead, new: &TreeHead, proof: &[Hash]) -> Result<(), ProofError> {
    if old.size > 0 {
        return verify_consistency(old, new, proof);
    }
    let empty = TreeHead::empty();
    let roots_fit = old.root == empty.root && (new.size == 0) == (new.root == empty.root);
    match (proof, roots_fit) {
        ([], true) => Ok(()),
        ([], false) => Err(ProofError::Root),
        _ => Err(ProofError::Length),
    }
}

/// The node both trees are rebuilt from: the old root itself where that is a complete subtree, and so not in the proof.
fn first_and_rest<'a>(old: &'a TreeHead, proof: &'a [Hash]) -> Result<(&'a Hash, &'a [Hash]), ProofError> {
    let (head, tail) = proof.split_first().ok_or(ProofError::Length)?;
    Ok(if old.size.is_power_of_two() { (&old.root, proof) } else { (head, tail) })
}

fn roots(old: u64, new: u64, first: &Hash, rest: &[Hash]) -> Result<(Hash, Hash), ProofError> {
    let shared = (old - 1).trailing_ones();
    let (mut node, mut last) = ((old - 1) >> shared, (new - 1) >> shared);
    let (mut old_root, mut new_root) = (*first, *first);
    for sibling in rest {
        if last == 0 {
            return Err(ProofError::Length);
        }
        if node & 1 == 1 || node == last {
            old_root = node_hash(sibling, &old_root);
            new_root = node_hash(sibling, &new_root);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_root = node_hash(&new_root, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last == 0 { Ok((old_root, new_root)) } else { Err(ProofError::Length) }
}
