//! A log that a test can grow, and rewrite.

use yizhi_ledger::TreeHead;
use yizhi_ledger::note::{Algorithm, Checkpoint, SignedCheckpoint, SignerKey};
use yizhi_ledger::tile::{Appender, Batch, TileMap, prove_consistency};
use yizhi_ledger::witness::AddCheckpoint;

pub(crate) const ORIGIN: &str = "county.example/ledger";

#[derive(Clone)]
pub(crate) struct TestLog {
    key: SignerKey,
    entries: Vec<Vec<u8>>,
}

impl TestLog {
    pub(crate) fn new(size: u64) -> Self {
        Self::named(ORIGIN, size)
    }

    pub(crate) fn named(origin: &str, size: u64) -> Self {
        let key = SignerKey::from_seed(origin, Algorithm::Ed25519, &[1; 32]).unwrap();
        Self { key, entries: (0..size).map(|number| number.to_be_bytes().to_vec()).collect() }
    }

    pub(crate) fn vkey(&self) -> String {
        self.key.verifier().to_string()
    }

    /// The same log with another entry in one place, signed by the same key.
    pub(crate) fn rewritten(&self, at: usize) -> Self {
        let mut other = self.clone();
        other.entries[at].push(1);
        other
    }

    /// The same entries under another key of the same name.
    pub(crate) fn forged(&self) -> Self {
        let key = SignerKey::from_seed(self.key.verifier().name(), Algorithm::Ed25519, &[9; 32]).unwrap();
        Self { key, entries: self.entries.clone() }
    }

    pub(crate) fn push(&mut self, entry: &str) {
        self.entries.push(entry.as_bytes().to_vec());
    }

    pub(crate) fn size(&self) -> u64 {
        self.entries.len() as u64
    }

    pub(crate) fn head(&self, size: u64) -> TreeHead {
        self.batch(size).head
    }

    pub(crate) fn checkpoint(&self, size: u64) -> SignedCheckpoint {
        let origin = self.key.verifier().name().to_owned();
        Checkpoint { origin, head: self.head(size), extensions: Vec::new() }.sign(&self.key).unwrap()
    }

    /// What the log would send a witness who knows `old`.
    pub(crate) fn request(&self, old: u64, new: u64) -> AddCheckpoint {
        let tiles: TileMap = self.batch(new).tiles.into_iter().collect();
        let proof = if old == 0 || old >= new { Vec::new() } else { prove_consistency(old, new, &tiles).unwrap() };
        AddCheckpoint { old_size: old, proof, checkpoint: self.checkpoint(new) }
    }

    fn batch(&self, size: u64) -> Batch {
        Appender::empty().append(self.entries.iter().take(usize::try_from(size).unwrap())).unwrap()
    }
}
