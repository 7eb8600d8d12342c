//! The ledger after faults: everything recorded fits it, and it continues every checkpoint that was ever published.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use yizhi_ledger::TreeHead;
use yizhi_ledger::merkle::verify_growth;
use yizhi_ledger::note::SignedCheckpoint;
use yizhi_ledger::tile::{TileId, prove_consistency};

use crate::ground::Ground;

const PUBLISHED_WITHIN: Duration = Duration::from_secs(90);

/// Trees that were published, as a witness would remember them.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Vec<TreeHead>);

impl Ledger {
    /// Remembers what is published now.
    pub(crate) fn keep(&mut self, ground: &Ground) {
        self.0.extend(published(ground));
    }

    /// Waits until something is published, and remembers it.
    pub(crate) async fn begin(&mut self, ground: &Ground) {
        let since = Instant::now();
        while self.0.is_empty() {
            assert!(since.elapsed() < PUBLISHED_WITHIN, "nothing is published");
            tokio::time::sleep(Duration::from_millis(100)).await;
            self.keep(ground);
        }
    }

    /// Waits until everything is published, and checks it. After a kill the log is taken over when the dead process's lease has run out.
    pub(crate) async fn holds(&self, ground: &Ground) {
        let since = Instant::now();
        loop {
            let verified = ground.installation.command(&["ledger", "verify"]).output().unwrap();
            let said = String::from_utf8_lossy(&verified.stdout) + String::from_utf8_lossy(&verified.stderr);
            if verified.status.success() && said.contains(" 0 wait for it") {
                break;
            }
            assert!(since.elapsed() < PUBLISHED_WITHIN, "{said}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let now = published(ground).unwrap();
        assert!(!self.0.is_empty(), "nothing was published before the last kill");
        let tile = |id: &TileId| {
            let folder = folder(ground);
            std::fs::read(folder.join(id.to_string())).or_else(|_| std::fs::read(folder.join(id.full().to_string())))
        };
        for before in &self.0 {
            let proof = if before.size == now.size {
                Vec::new()
            } else {
                prove_consistency(before.size, now.size, &tile).unwrap()
            };
            verify_growth(before, &now, &proof).unwrap();
        }
    }
}

fn folder(ground: &Ground) -> PathBuf {
    ground.installation.data.join("files/ledger")
}

fn published(ground: &Ground) -> Option<TreeHead> {
    let bytes = std::fs::read(folder(ground).join("checkpoint")).ok()?;
    Some(*SignedCheckpoint::parse(&bytes).unwrap().head())
}
