//! The log by itself: who signed its checkpoint, and whether its files lead to the roots that checkpoint and database name.

use yizhi_ledger::note::SignedCheckpoint;
use yizhi_ledger::receipt::{Evidence, PinnedKeys};
use yizhi_ledger::tile;
use yizhi_ledger::{Hash, TreeHead};
use yizhi_store::ReplayHead;

use super::files::LogFiles;
use super::finding::{Finding, Findings};

/// What is known of the log before its files are read.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// The published checkpoint, if the pinned keys vouch for it.
    pub(super) published: Option<Evidence>,
    /// The trees that the files must hold, the smaller first.
    pub(super) heads: Vec<TreeHead>,
}

impl Known {
    /// From the published checkpoint and the ledger's row. Without keys nothing is believed that needs a signature.
    pub(super) fn new(
        checkpoint: Result<Option<SignedCheckpoint>, Finding>,
        head: &ReplayHead,
        keys: Option<&PinnedKeys>,
        findings: &mut Findings,
    ) -> Self {
        let noted = noted(head).map_err(|finding| findings.add(finding)).ok();
        let published = match checkpoint {
            Ok(checkpoint) => believed(checkpoint, head, keys),
            Err(finding) => Err(finding),
        };
        let published = published.map_err(|finding| findings.add(finding)).ok().flatten();
        if let (Some(published), Some(noted)) = (&published, &noted)
            && (noted.size < published.head.size || noted.size == published.head.size && *noted != published.head)
        {
            findings.add(Finding::Ledger { said: shown(noted), found: shown(&published.head) });
        }
        let mut heads: Vec<TreeHead> = published.iter().map(|published| published.head).chain(noted).collect();
        heads.sort_by_key(|head| head.size);
        heads.dedup_by_key(|head| head.size);
        Self { published, heads }
    }

    /// How many entries there must be.
    pub(super) fn size(&self) -> u64 {
        self.heads.last().map_or(0, |head| head.size)
    }
}

/// The tree that the ledger's row names.
fn noted(head: &ReplayHead) -> Result<TreeHead, Finding> {
    let wrong = |found: String| Finding::Ledger { said: format!("size {}", head.size), found };
    let size = u64::try_from(head.size).map_err(|_| wrong("size ≥ 0".to_owned()))?;
    if head.size > head.records.max(head.rows) {
        return Err(wrong(format!("size ≤ {}", head.records.max(head.rows))));
    }
    match head.root.as_deref().map(<[u8; 32]>::try_from) {
        Some(Ok(root)) => Ok(TreeHead { size, root: Hash(root) }),
        None if size == 0 => Ok(TreeHead::empty()),
        _ => Err(wrong("a root of 32 bytes".to_owned())),
    }
}

fn believed(
    checkpoint: Option<SignedCheckpoint>,
    head: &ReplayHead,
    keys: Option<&PinnedKeys>,
) -> Result<Option<Evidence>, Finding> {
    match (checkpoint, keys) {
        (None, _) if head.size == 0 => Ok(None),
        (None, _) => Err(Finding::Checkpoint { why: format!("none is published for {} entries", head.size) }),
        (Some(_), None) => Err(Finding::Signature { why: "there is no key to check it with".to_owned() }),
        (Some(checkpoint), Some(keys)) => {
            keys.check(&checkpoint).map(Some).map_err(|error| Finding::Signature { why: error.to_string() })
        }
    }
}

fn shown(head: &TreeHead) -> String {
    format!("size {} root {}", head.size, head.root)
}

/// Follows the files from their entries to each root.
pub(super) fn follow(heads: &[TreeHead], files: &LogFiles) -> Findings {
    let mut findings = Findings::default();
    for head in heads {
        if let Err(error) = tile::audit(head, files, |_, _| ()) {
            findings.add(Finding::Log { size: head.size, why: error.to_string() });
        }
    }
    findings
}
