//! Tags of records: until a record is in the ledger, only this installation can write one that will be taken into it. Whoever changes a commitment in the
//! database before that does not know the key.

use std::sync::{Arc, OnceLock};

use hmac::{Hmac, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// What tells tags of states from those of records.
const STATE: &[u8] = b"state";
/// Bytes of the tag of a state.
const STATE_TAG: usize = 16;

/// The key of tags, once the installation has given it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tags(Arc<OnceLock<[u8; 32]>>);

impl Tags {
    /// Gives the key; a second call changes nothing.
    pub(crate) fn open(&self, key: [u8; 32]) {
        let _ = self.0.set(key);
    }

    /// The tag of a record, 32 bytes; `None` without a key.
    pub(crate) fn tag(&self, id: Uuid, commitment: &[u8; 32]) -> Option<Vec<u8>> {
        Some(self.mac(id, commitment)?.finalize().into_bytes().to_vec())
    }

    /// Whether a tag is that of the record. Without a key nothing is.
    pub(crate) fn fits(&self, id: Uuid, commitment: &[u8; 32], tag: &[u8]) -> bool {
        self.mac(id, commitment).is_some_and(|mac| mac.verify_slice(tag).is_ok())
    }

    /// The tag of what was committed to of a case, kept with its leaves; nothing without a key.
    pub(crate) fn tag_state(&self, case: Uuid, digest: &[u8; 32]) -> Vec<u8> {
        let tag = self.mac(case, digest).map(|mac| mac.chain_update(STATE).finalize().into_bytes());
        tag.map(|tag| tag[..STATE_TAG].to_vec()).unwrap_or_default()
    }

    /// Whether this installation committed to the digest. Without a key nothing can be said against it.
    pub(crate) fn fits_state(&self, case: Uuid, digest: &[u8; 32], tag: &[u8]) -> bool {
        let mac = self.mac(case, digest).map(|mac| mac.chain_update(STATE));
        mac.is_none_or(|mac| tag.len() == STATE_TAG && mac.verify_truncated_left(tag).is_ok())
    }

    /// The tag of the border below which records are older than tags; `None` without a key. No record's tag is of so few bytes.
    pub(crate) fn border(&self, untagged: i64) -> Option<Vec<u8>> {
        Some(self.border_mac(untagged)?.finalize().into_bytes().to_vec())
    }

    /// Whether a tag is that of the border; `None` without a key.
    pub(crate) fn border_fits(&self, untagged: i64, tag: Option<&[u8]>) -> Option<bool> {
        let mac = self.border_mac(untagged)?;
        Some(tag.is_some_and(|tag| mac.verify_slice(tag).is_ok()))
    }

    fn border_mac(&self, untagged: i64) -> Option<Hmac<Sha256>> {
        let mac = Hmac::<Sha256>::new_from_slice(self.0.get()?).ok()?;
        Some(mac.chain_update(b"yizhi untagged v1").chain_update(untagged.to_be_bytes()))
    }

    fn mac(&self, id: Uuid, commitment: &[u8; 32]) -> Option<Hmac<Sha256>> {
        let mac = Hmac::<Sha256>::new_from_slice(self.0.get()?).ok()?;
        Some(mac.chain_update(id.as_bytes()).chain_update(commitment))
    }
}
