//! What the tests share: a naive tree written from the recursive definitions of RFC 6962 §2.1, keys, a small log with two witnesses.

#![expect(clippy::unwrap_used, reason = "tests")]

use sha2::{Digest, Sha256};
use yizhi_ledger::note::{Algorithm, Checkpoint, SignedCheckpoint, SignerKey};
use yizhi_ledger::receipt::{Part, PinnedKeys, Receipt, commitment};
use yizhi_ledger::tile::{Appender, TileMap, prove_inclusion};
use yizhi_ledger::{Hash, TreeHead};

pub fn sha(parts: &[&[u8]]) -> Hash {
    Hash(Sha256::digest(parts.concat()).into())
}

/// The largest power of two smaller than `n`.
fn k(n: usize) -> usize {
    let mut k = 1;
    while 2 * k < n {
        k *= 2;
    }
    k
}

/// `MTH(D[n])`, over entries.
pub fn mth(entries: &[Vec<u8>]) -> Hash {
    match entries.len() {
        0 => sha(&[]),
        1 => sha(&[&[0], &entries[0]]),
        n => sha(&[&[1], &mth(&entries[..k(n)]).0, &mth(&entries[k(n)..]).0]),
    }
}

/// `PATH(m, D[n])`.
pub fn path(m: usize, entries: &[Vec<u8>]) -> Vec<Hash> {
    let n = entries.len();
    if n == 1 {
        return vec![];
    }
    let (left, right) = entries.split_at(k(n));
    let (mut proof, sibling) = if m < k(n) { (path(m, left), mth(right)) } else { (path(m - k(n), right), mth(left)) };
    proof.push(sibling);
    proof
}

/// `SUBPROOF(m, D[n], b)`.
pub fn subproof(m: usize, entries: &[Vec<u8>], b: bool) -> Vec<Hash> {
    let n = entries.len();
    if m == n {
        return if b { vec![] } else { vec![mth(entries)] };
    }
    let (left, right) = entries.split_at(k(n));
    let (mut proof, sibling) =
        if m <= k(n) { (subproof(m, left, b), mth(right)) } else { (subproof(m - k(n), right, false), mth(left)) };
    proof.push(sibling);
    proof
}

pub fn entries(count: usize) -> Vec<Vec<u8>> {
    (0..count as u64).map(|number| Sha256::digest(number.to_be_bytes()).to_vec()).collect()
}

pub const ORIGIN: &str = "county.example/ledger";
pub const TIMES: [u64; 2] = [1_795_000_000, 1_795_000_060];

pub fn log_key() -> SignerKey {
    SignerKey::from_seed(ORIGIN, Algorithm::Ed25519, &[1; 32]).unwrap()
}

pub fn witness_keys() -> [SignerKey; 2] {
    [("court.example/witness", 2), ("school.example/witness", 3)]
        .map(|(name, seed)| SignerKey::from_seed(name, Algorithm::Cosignature, &[seed; 32]).unwrap())
}

pub fn pinned(quorum: usize) -> PinnedKeys {
    let witnesses = witness_keys().iter().map(|key| key.verifier().clone()).collect();
    PinnedKeys::new(log_key().verifier().clone(), witnesses, quorum).unwrap()
}

pub fn checkpoint(head: TreeHead) -> SignedCheckpoint {
    Checkpoint { origin: ORIGIN.into(), head, extensions: vec![] }.sign(&log_key()).unwrap()
}

/// Signed by the log and both witnesses.
pub fn cosigned(head: TreeHead) -> SignedCheckpoint {
    let mut checkpoint = checkpoint(head);
    for (key, time) in witness_keys().iter().zip(TIMES) {
        let signature = key.sign(checkpoint.note().text(), time);
        checkpoint.add(signature);
    }
    checkpoint
}

/// A record of which kind and result are shown, subject and a field withheld.
pub fn parts() -> Vec<Part> {
    let shown =
        |name: &str, value: &str, salt| Part::Shown { name: name.into(), value: value.into(), salt: [salt; 32] };
    vec![
        shown("kind", "\"case.step\"", 10),
        Part::Withheld { digest: Hash([11; 32]) },
        shown("fields/at", "\"2026-11-20T09:30:00.000000Z\"", 12),
        Part::Withheld { digest: Hash([13; 32]) },
        shown("fields/result", "{\"zh\":\"已清理\\n“后门”\"}", 14),
    ]
}

/// A receipt for [`parts`] in a log of 300 entries, at index 257.
pub fn receipt() -> Receipt {
    let mut all = entries(300);
    all[257] = commitment(&parts()).0.to_vec();
    let mut log = Appender::empty();
    let batch = log.append(&all).unwrap();
    let tiles: TileMap = batch.tiles.into_iter().collect();
    let proof = prove_inclusion(257, 300, &tiles).unwrap();
    Receipt::new(parts(), 257, proof, cosigned(batch.head)).unwrap()
}

/// Texts that differ from this one in one place: a byte changed in one bit, left out, or doubled.
pub fn tampered(text: &str) -> impl Iterator<Item = Vec<u8>> {
    let bytes = text.as_bytes().to_vec();
    (0..bytes.len()).flat_map(move |place| {
        let mut changed = bytes.clone();
        changed[place] ^= 1 << (place % 8);
        let mut shorter = bytes.clone();
        shorter.remove(place);
        let mut longer = bytes.clone();
        longer.insert(place, bytes[place]);
        [changed, shorter, longer]
    })
}
