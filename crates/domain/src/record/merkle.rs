//! The Merkle tree of RFC 6962 §2.1 over digests of leaves.

use sha2::{Digest, Sha256};

pub(super) type Hash = [u8; 32];

/// The digest of one leaf; see the module's format.
pub(super) fn leaf(salt: &[u8], name: [&str; 2], value: &str) -> Hash {
    let length = u32::try_from(name[0].len() + name[1].len()).unwrap_or(u32::MAX);
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(salt);
    hasher.update(length.to_be_bytes());
    hasher.update(name[0]);
    hasher.update(name[1]);
    hasher.update(value);
    hasher.finalize().into()
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    Sha256::digest(bytes).into()
}

/// How many of `count` leaves stand on the left: the largest power of two below it.
fn left_of(count: usize) -> usize {
    count.next_power_of_two() / 2
}

/// The root of a tree; of no leaves, the digest of nothing.
pub(super) fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [only] => *only,
        _ => {
            let (left, right) = leaves.split_at(left_of(leaves.len()));
            node(&root(left), &root(right))
        }
    }
}

/// The siblings on the way from a leaf to the root, nearest first.
pub(super) fn path(leaves: &[Hash], index: usize) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(left_of(leaves.len()));
    let (mut below, sibling) = if index < left.len() {
        (path(left, index), root(right))
    } else {
        (path(right, index - left.len()), root(left))
    };
    below.push(sibling);
    below
}

/// The root that a leaf and its siblings lead to; `None` when there are too many or too few of them.
pub(super) fn root_from(leaf: Hash, index: usize, count: usize, path: &[Hash]) -> Option<Hash> {
    match (count, path.split_last()) {
        (1, None) => Some(leaf),
        (2.., Some((sibling, below))) => {
            let left = left_of(count);
            if index < left {
                Some(node(&root_from(leaf, index, left, below)?, sibling))
            } else {
                Some(node(sibling, &root_from(leaf, index - left, count - left, below)?))
            }
        }
        _ => None,
    }
}
