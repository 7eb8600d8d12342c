//! The proof vectors of transparency-dev/merkle: those that hold are accepted, the many that must not are refused.

#![expect(clippy::unwrap_used, reason = "tests")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};
use yizhi_ledger::merkle::{verify_consistency, verify_inclusion};
use yizhi_ledger::{Hash, TreeHead};

/// Some vectors put a few words where a root should be, only to say that two roots are equal or not; these become their hash. Nothing at
/// all stays nothing.
fn hash(value: &Value) -> Option<Hash> {
    let bytes = STANDARD.decode(value.as_str().unwrap()).unwrap();
    match bytes.len() {
        0 => None,
        32 => bytes.try_into().ok().map(Hash),
        _ => Some(Hash(Sha256::digest(bytes).into())),
    }
}

/// `None` when an item is no hash at all, which our types cannot hold: refused before anything is computed.
fn proof(value: &Value) -> Option<Vec<Hash>> {
    let Some(items) = value.as_array() else { return Some(vec![]) };
    let bytes = |item: &Value| STANDARD.decode(item.as_str().unwrap()).unwrap();
    items.iter().map(|item| bytes(item).try_into().ok().map(Hash)).collect()
}

fn size(value: &Value) -> u64 {
    value.as_u64().unwrap()
}

fn included(vector: &Value) -> Option<()> {
    let tree = TreeHead { size: size(&vector["treeSize"]), root: hash(&vector["root"])? };
    let leaf = hash(&vector["leafHash"])?;
    verify_inclusion(&leaf, size(&vector["leafIdx"]), &tree, &proof(&vector["proof"])?).ok()
}

fn consistent(vector: &Value) -> Option<()> {
    let head =
        |size_of: &str, root_of: &str| Some(TreeHead { size: size(&vector[size_of]), root: hash(&vector[root_of])? });
    verify_consistency(&head("size1", "root1")?, &head("size2", "root2")?, &proof(&vector["proof"])?).ok()
}

fn run(text: &str, holds: fn(&Value) -> Option<()>, must_hold: usize, must_fail: usize) {
    let vectors: Vec<Value> = serde_json::from_str(text).unwrap();
    let mut counts = [0, 0];
    for vector in &vectors {
        let refused = vector["wantErr"].as_bool().unwrap();
        assert_eq!(holds(vector).is_none(), refused, "{}: {}", vector["file"], vector["desc"]);
        counts[usize::from(refused)] += 1;
    }
    assert_eq!(counts, [must_hold, must_fail]);
}

#[test]
fn inclusion() {
    run(include_str!("vectors/inclusion.json"), included, INCLUSION[0], INCLUSION[1]);
}

#[test]
fn consistency() {
    run(include_str!("vectors/consistency.json"), consistent, CONSISTENCY[0], CONSISTENCY[1]);
}

const INCLUSION: [usize; 2] = [6, 92];
const CONSISTENCY: [usize; 2] = [6, 92];
