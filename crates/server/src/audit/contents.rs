//! The bytes of files as they lie in the object store, against the digests that the rows of their attachments name.

use std::sync::Arc;

use object_store::{ObjectStore, ObjectStoreExt as _};
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;
use yizhi_domain::ids::AttachmentId;
use yizhi_store::FileStand;

use crate::uploads;

use super::AuditError;
use super::finding::{Finding, Findings, RowFault};
use super::walk::Counts;

/// Files that are read at once.
const AT_ONCE: usize = 4;
/// Bytes that are read at once of each.
const PIECE: u64 = 4 << 20;

/// Where files lie.
#[derive(Clone, Debug)]
pub struct Contents(Arc<dyn ObjectStore>);

/// What is to be compared.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    files: Vec<(object_store::path::Path, [u8; 32])>,
    older: u64,
}

impl Wanted {
    pub(super) fn add(&mut self, row: &FileStand) {
        if row.erased {
            return;
        }
        let id = AttachmentId(row.file.unwrap_or(row.id));
        match row.digest {
            Some(digest) => self.files.push((uploads::key(id), digest)),
            None => self.older += 1,
        }
        self.files.extend(row.thumbnail_digest.map(|digest| (uploads::thumbnail_key(id), digest)));
    }
}

impl Contents {
    pub fn new(objects: Arc<dyn ObjectStore>) -> Self {
        Self(objects)
    }

    /// Reads every file, several at once.
    pub(super) async fn check(
        &self,
        wanted: Wanted,
        counts: &mut Counts,
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Findings, AuditError> {
        counts.older = wanted.older;
        let total = wanted.files.len() as u64;
        let mut findings = Findings::default();
        let mut left = wanted.files.into_iter();
        let mut reading = JoinSet::new();
        loop {
            while reading.len() < AT_ONCE {
                let Some((path, digest)) = left.next() else { break };
                let objects = self.0.clone();
                reading.spawn(async move {
                    let read = read(objects.as_ref(), &path).await;
                    (path, digest, read)
                });
            }
            let Some(done) = reading.join_next().await else { return Ok(findings) };
            let (path, digest, read) = done?;
            counts.files += 1;
            progress(counts.files, total);
            let file = path.to_string();
            match read {
                Ok((found, bytes)) => {
                    counts.bytes += bytes;
                    if found != digest {
                        findings.add(Finding::Row(RowFault::Bytes { file }));
                    }
                }
                Err(error) => findings.add(Finding::Row(RowFault::File { file, why: error.to_string() })),
            }
        }
    }
}

/// The digest of a file and its length, read in pieces.
async fn read(objects: &dyn ObjectStore, path: &object_store::path::Path) -> object_store::Result<([u8; 32], u64)> {
    let size = objects.head(path).await?.size;
    let (mut at, mut sum) = (0, Sha256::new());
    while at < size {
        let end = (at + PIECE).min(size);
        sum.update(&objects.get_range(path, at..end).await?);
        at = end;
    }
    Ok((sum.finalize().into(), size))
}
