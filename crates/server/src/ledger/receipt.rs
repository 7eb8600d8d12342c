//! Receipts: a record's leaves that may be shown, and the proof from the log's files that the log holds the record.

use yizhi_ledger::merkle::ProofError;
use yizhi_ledger::note::SignedCheckpoint;
use yizhi_ledger::receipt::{Receipt, ReceiptError, RecordError, parts};
use yizhi_ledger::tile::{NotFetched, ProveError, inclusion_tiles, prove_inclusion};
use yizhi_store::RecordRow;

use super::files::{Files, FilesError};

/// Leaves of a case's step that no receipt shows: who acted, what the reporter told, and details that may name people. Their hashes stand for them.
pub const WITHHELD_OF_STEP: [&str; 6] =
    ["fields/actor", "fields/contact", "fields/description", "fields/details", "fields/location", "fields/title"];

/// Leaves of an erasure that no receipt shows: who proposed and decided it, and why.
pub const WITHHELD_OF_ERASURE: [&str; 4] =
    ["fields/confirmedBy", "fields/proposedBy", "fields/reason", "fields/refusedBy"];

/// Why a receipt cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptFault {
    #[error(transparent)]
    Files(#[from] FilesError),
    #[error(transparent)]
    Range(#[from] ProofError),
    #[error(transparent)]
    Proof(#[from] ProveError<NotFetched>),
    #[error(transparent)]
    Record(#[from] RecordError),
    #[error(transparent)]
    Form(#[from] ReceiptError),
}

/// The receipt of a record that a checkpoint covers.
///
/// # Errors
/// When the checkpoint does not cover it, or record or files are damaged.
pub async fn receipt(
    files: &Files,
    record: &RecordRow,
    withheld: &[&str],
    checkpoint: SignedCheckpoint,
) -> Result<Receipt, ReceiptFault> {
    let (index, size) = (u64::try_from(record.seq).unwrap_or(u64::MAX), checkpoint.head().size);
    let tiles = files.tiles(inclusion_tiles(index, size)?).await?;
    let proof = prove_inclusion(index, size, &tiles)?;
    let shown = parts(&record.canonical, &record.salts, |name| !withheld.contains(&name))?;
    Ok(Receipt::new(shown, index, proof, checkpoint)?)
}
