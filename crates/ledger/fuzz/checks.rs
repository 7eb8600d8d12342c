//! What must hold for any bytes, one function a parser: it does not panic, and what it accepts is written back as it was. The fuzz targets
//! call these, and so does `tests/corpus.rs` on every seed.

use yizhi_ledger::note::{Checkpoint, Note, SignedCheckpoint, SignerKey, VerifierKey, parse_signatures};
use yizhi_ledger::receipt::{Part, PinnedKeys, ProofFile, Receipt, commitment, parts};
use yizhi_ledger::tile::{Kind, TileId, parse_bundle, push_entry};
use yizhi_ledger::witness::AddCheckpoint;

/// Says whether it accepted the bytes.
pub(crate) type Check = fn(&[u8]) -> bool;

pub(crate) const TARGETS: &[(&str, Check)] = &[
    ("tile_path", tile_path),
    ("bundle", bundle),
    ("note", note),
    ("signatures", signatures),
    ("checkpoint", checkpoint),
    ("verifier_key", verifier_key),
    ("signer_key", signer_key),
    ("key_file", key_file),
    ("proof_file", proof_file),
    ("receipt", receipt),
    ("add_checkpoint", add_checkpoint),
    ("record", record),
];

pub(crate) fn run(target: &str, bytes: &[u8]) -> bool {
    TARGETS.iter().any(|(name, check)| *name == target && check(bytes))
}

fn written_back<T: ToString>(read: Option<T>, bytes: &[u8]) -> bool {
    let Some(read) = read else { return false };
    assert_eq!(read.to_string().as_bytes(), bytes);
    true
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}

fn tile_path(bytes: &[u8]) -> bool {
    written_back(TileId::parse(text(bytes)), bytes)
}

/// The first byte is the width less one.
fn bundle(bytes: &[u8]) -> bool {
    let Some((width, bytes)) = bytes.split_first() else { return false };
    let Some(id) = TileId::in_tree(Kind::Entries, 0, u64::from(*width) + 1) else { return false };
    let Ok(entries) = parse_bundle(&id, bytes) else { return false };
    let mut again = Vec::new();
    for entry in entries {
        assert_eq!(push_entry(&mut again, entry), Ok(()));
    }
    assert_eq!(again, bytes);
    true
}

fn note(bytes: &[u8]) -> bool {
    written_back(Note::parse(bytes).ok(), bytes)
}

fn signatures(bytes: &[u8]) -> bool {
    let lines = parse_signatures(text(bytes));
    written_back(lines.map(|lines| lines.iter().map(|line| format!("{line}\n")).collect::<String>()), bytes)
}

fn checkpoint(bytes: &[u8]) -> bool {
    let bare = Checkpoint::parse(text(bytes)).ok();
    written_back(bare, bytes) || written_back(SignedCheckpoint::parse(bytes).ok(), bytes)
}

fn verifier_key(bytes: &[u8]) -> bool {
    written_back(VerifierKey::parse(text(bytes)).ok(), bytes)
}

fn signer_key(bytes: &[u8]) -> bool {
    written_back(SignerKey::parse(text(bytes)).ok().map(|key| key.secret()), bytes)
}

/// People may write comments and spaces; what is read is written without them, and read again as the same.
fn key_file(bytes: &[u8]) -> bool {
    let Ok(keys) = PinnedKeys::parse(text(bytes)) else { return false };
    assert_eq!(PinnedKeys::parse(&keys.to_string()), Ok(keys));
    true
}

fn proof_file(bytes: &[u8]) -> bool {
    written_back(ProofFile::parse(bytes).ok(), bytes)
}

fn receipt(bytes: &[u8]) -> bool {
    let Ok(receipt) = Receipt::parse(bytes) else { return false };
    let file = receipt.file().clone();
    let again = Receipt::new(receipt.parts().to_vec(), file.index, file.proof, file.checkpoint);
    assert_eq!(again, Ok(receipt.clone()));
    written_back(Some(receipt), bytes)
}

fn add_checkpoint(bytes: &[u8]) -> bool {
    written_back(AddCheckpoint::parse(bytes).ok(), bytes)
}

/// The text of a record with as many salts as it has leaves: hiding parts never changes the commitment.
fn record(bytes: &[u8]) -> bool {
    let Some(all) = (2..64).find_map(|leaves| parts(bytes, &vec![7; 32 * leaves], |_| true).ok()) else { return false };
    let hidden: Vec<Part> = all.iter().map(|part| Part::Withheld { digest: part.digest() }).collect();
    assert_eq!(commitment(&all), commitment(&hidden));
    true
}
