//! Requests that contradict what was signed before. The log signed both, so the two checkpoints side by side show to anybody what it did.

use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use yizhi_ledger::TreeHead;
use yizhi_ledger::note::SignedCheckpoint;
use yizhi_ledger::witness::Answer;

use super::durable;

pub(super) const FOLDER: &str = "evidence";

/// Files that are kept; whoever repeats or varies a refused request must not fill the disk.
const MOST_FILES: usize = 2_000;

/// What a refusal shows of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// Two trees of one size: this is proof, whatever was sent with it.
    TwoTrees,
    /// A larger tree that was not shown to continue the known one. Anybody can send a checkpoint with a wrong proof, so this alone is none.
    Unproven,
}

impl Finding {
    pub(super) fn of(answer: Answer, new: &TreeHead, known: &TreeHead) -> Option<Self> {
        match answer {
            Answer::Conflict { .. } if new.size == known.size && new.root != known.root => Some(Self::TwoTrees),
            Answer::Unprocessable => Some(Self::Unproven),
            _ => None,
        }
    }

    /// Tells the witness's operator what it means.
    pub(super) fn say(self, checkpoint: &SignedCheckpoint, known: Option<&SignedCheckpoint>, evidence: &Path) {
        let origin = checkpoint.checkpoint().origin.as_str();
        let (size, known_size) = (checkpoint.head().size, known.map_or(0, |known| known.head().size));
        let evidence = evidence.display();
        match self {
            Self::TwoTrees => tracing::error!(
                origin,
                size,
                known_size,
                %evidence,
                "账本对同样多的条目签了两个不同的根：历史被改写，或给不同的人看不同的账本。未签字，证据已保存，请公开并告知其他见证方。 \
                 The log signed two different trees of one size: history was rewritten, or different people are shown different logs. Not \
                 cosigned; the evidence is kept. Publish it and tell the other witnesses."
            ),
            Self::Unproven => tracing::warn!(
                origin,
                size,
                known_size,
                %evidence,
                "账本的新检查点没有证明它接续已签过的历史：可能是改写，也可能只是证明有误或有人捣乱。未签字，请求已保存，请向账本的运营方索取证明。 \
                 A checkpoint the log signed is not shown to continue the history signed before: perhaps a rewrite, perhaps only a wrong proof, by \
                 whomever. Not cosigned; the request is kept. Ask the log's operator for a proof."
            ),
        }
    }
}

/// The folder of evidence.
#[derive(Debug)]
pub(super) struct Evidence(PathBuf);

impl Evidence {
    pub(super) fn in_folder(data: &Path) -> Self {
        Self(data.join(FOLDER))
    }

    /// Keeps a request as it came, and what was signed before in a file `.known` beside it; `None` when these two checkpoints are kept already,
    /// or the folder is full.
    pub(super) fn keep(
        &self,
        request: &[u8],
        checkpoint: &SignedCheckpoint,
        known: Option<&SignedCheckpoint>,
        at: DateTime<Utc>,
    ) -> std::io::Result<Option<PathBuf>> {
        durable::make_folder(&self.0)?;
        let known_text = known.map_or("", |known| known.note().text());
        let both = Sha256::new().chain_update(known_text).chain_update(checkpoint.note().text()).finalize();
        let end = format!("-{both:x}");
        let names: Vec<_> = std::fs::read_dir(&self.0)?.filter_map(|entry| Some(entry.ok()?.file_name())).collect();
        if names.len() >= MOST_FILES || names.iter().any(|name| name.to_string_lossy().ends_with(&end)) {
            return Ok(None);
        }
        let path = self.0.join(format!("{}{end}", at.format("%Y%m%dT%H%M%SZ")));
        if let Some(known) = known {
            durable::replace(&path.with_extension("known"), known.to_string().as_bytes())?;
        }
        durable::replace(&path, request)?;
        Ok(Some(path))
    }
}
