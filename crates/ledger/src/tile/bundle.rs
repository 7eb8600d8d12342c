//! Entry bundles: the entries themselves, each behind its length.

use super::TileId;

/// An entry longer than a bundle can hold, 65,535 bytes. The ledger's own have 32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an entry of {0} bytes is longer than the 65,535 a bundle can hold")]
pub struct EntryTooLong(pub usize);

/// Bytes that are not the bundle they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{id} is not a bundle of {} entries", id.width())]
pub struct BundleError {
    pub id: TileId,
}

/// Writes an entry at the end of a bundle: its length as two bytes, big-endian, then its bytes.
///
/// # Errors
/// When the entry is too long; the bundle is then as it was.
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), EntryTooLong> {
    let length = u16::try_from(entry.len()).map_err(|_| EntryTooLong(entry.len()))?;
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}

/// The entries of a bundle, exactly as many as its name says.
///
/// # Errors
/// When there are more or fewer, or the last one is cut off.
pub fn parse_bundle<'a>(id: &TileId, bytes: &'a [u8]) -> Result<Vec<&'a [u8]>, BundleError> {
    split(bytes).filter(|entries| entries.len() == id.width()).ok_or(BundleError { id: *id })
}

/// The entries of a bundle of any width; `None` when the last one is cut off.
pub(super) fn split(bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    let mut rest = bytes;
    while let Some((length, after)) = rest.split_first_chunk::<2>() {
        let (entry, after) = after.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        entries.push(entry);
        rest = after;
    }
    rest.is_empty().then_some(entries)
}
