//! Which parts of a tree a proof consists of. Where their hashes come from is the business of [`crate::tile`].

use super::ProofError;

/// Leaves `from..to` of a tree, where they form one node of it: `from` is a multiple of the first power of two that is not below their
/// number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: u64,
    pub to: u64,
}

impl Span {
    pub(crate) fn len(self) -> u64 {
        self.to - self.from
    }

    /// Where the left child ends: the largest power of two below the number of leaves (RFC 6962 §2.1).
    fn middle(self) -> u64 {
        self.from + (1 << (self.len() - 1).ilog2())
    }

    fn halves(self) -> (Self, Self) {
        let middle = self.middle();
        (Self { from: self.from, to: middle }, Self { from: middle, to: self.to })
    }

    /// The complete subtrees that the node consists of, from left to right.
    pub(crate) fn complete_parts(self) -> Vec<Self> {
        let mut parts = Vec::new();
        let mut rest = self;
        while !rest.len().is_power_of_two() {
            let (left, right) = rest.halves();
            parts.push(left);
            rest = right;
        }
        parts.push(rest);
        parts
    }
}

/// The nodes of an inclusion proof, from the leaf's sibling upwards (RFC 6962 §2.1.1).
///
/// # Errors
/// [`ProofError::Range`] when the index is not in the tree.
pub fn inclusion_spans(index: u64, size: u64) -> Result<Vec<Span>, ProofError> {
    if index >= size {
        return Err(ProofError::Range);
    }
    let mut spans = Vec::new();
    let mut node = Span { from: 0, to: size };
    while node.len() > 1 {
        let (left, right) = node.halves();
        let (inside, sibling) = if index < left.to { (left, right) } else { (right, left) };
        spans.push(sibling);
        node = inside;
    }
    spans.reverse();
    Ok(spans)
}

/// The nodes of a consistency proof (RFC 6962 §2.1.2); none when the sizes are equal.
///
/// # Errors
/// [`ProofError::Range`] when the old tree is empty or larger than the new one.
pub fn consistency_spans(old: u64, new: u64) -> Result<Vec<Span>, ProofError> {
    if old == 0 || old > new {
        return Err(ProofError::Range);
    }
    let mut spans = Vec::new();
    let mut node = Span { from: 0, to: new };
    while node.to != old {
        let (left, right) = node.halves();
        let (inside, sibling) = if old <= left.to { (left, right) } else { (right, left) };
        spans.push(sibling);
        node = inside;
    }
    // The old tree itself is known to the verifier; a part of it is not.
    if node.from > 0 {
        spans.push(node);
    }
    spans.reverse();
    Ok(spans)
}
