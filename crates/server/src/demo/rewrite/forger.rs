//! What somebody does who has everything: the database, the files, the keys of tags and of the log.

use serde::Deserialize;
use serde_json::{Map, Value};
use yizhi_domain::record::Record;
use yizhi_ledger::TreeHead;
use yizhi_ledger::note::{Checkpoint, SignedCheckpoint};
use yizhi_store::{Db, RecordRow};

use crate::demo::DemoError;
use crate::ledger::{Refusal, rebuild};

use super::stage::{Stage, broken};

/// The step that is rewritten: a department says what it did.
const ACTION: &str = "finish";
const FIELD: &str = "note";
/// What it says afterwards.
pub(super) const LIE: &str = "经现场查看未发现所述问题，无需处理。";

/// Records that are looked through at once.
const CHUNK: u64 = 4_096;

/// A step of an old case.
pub(super) struct Target {
    pub(super) record: RecordRow,
    pub(super) number: String,
    pub(super) note: String,
    fields: Map<String, Value>,
}

#[derive(Deserialize)]
struct Text {
    fields: Map<String, Value>,
}

impl Target {
    /// The oldest one in the log.
    ///
    /// # Errors
    /// When no case has come so far.
    pub(super) async fn oldest(db: &Db) -> Result<Self, DemoError> {
        let mut from = 0;
        loop {
            let records = db.records_from(from, CHUNK).await?;
            let Some(last) = records.last() else {
                return Err(DemoError::Rewrite("还没有处置完的案件 no case has been finished yet".to_owned()));
            };
            from = last.seq + 1;
            if let Some(found) = records.into_iter().find_map(Self::of) {
                return Ok(found);
            }
        }
    }

    fn of(record: RecordRow) -> Option<Self> {
        let Text { fields } = serde_json::from_slice(&record.canonical).ok()?;
        let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let (number, note) = (text("number")?.to_owned(), text(FIELD)?.to_owned());
        (text("action") == Some(ACTION)).then_some(Self { record, number, note, fields })
    }
}

/// A history other than the one that was published.
pub(super) struct Forged {
    /// The record in its new form.
    pub(super) record: RecordRow,
    /// Signed with the log's key: as many entries as published, and one more.
    pub(super) same: SignedCheckpoint,
    pub(super) longer: SignedCheckpoint,
}

/// Changes the record in the database, as if it had never been otherwise: text, salts, commitment, tag.
///
/// # Errors
/// When the copy cannot be written.
pub(super) async fn change(stage: &Stage, target: &Target) -> Result<RecordRow, DemoError> {
    let RecordRow { id, kind, subject, seq, .. } = target.record.clone();
    let mut fields = target.fields.clone();
    fields.insert(FIELD.to_owned(), LIE.into());
    let sealed = Record::new(kind, subject, fields).seal(&mut rand::random).map_err(broken)?;
    let tag_key = stage.app.keys().record_tag();
    tokio::task::block_in_place(|| stage.copy.forge(id, &sealed, tag_key))?;
    let record = stage.app.db().record_at(seq).await?;
    record.ok_or_else(|| DemoError::Rewrite(format!("第 {seq} 号记录不见了 record {seq} is gone")))
}

/// Computes the log anew from the changed records: hashes, tiles, root; notes the root and signs.
///
/// # Errors
/// When a file cannot be written.
pub(super) async fn recompute(stage: &Stage, record: RecordRow, size: u64) -> Result<Forged, DemoError> {
    let mut appender = rebuild(&stage.app, size).await.map_err(broken)?;
    let same = appender.head();
    tokio::task::block_in_place(|| stage.copy.forge_root(same.root.0))?;
    let batch = appender.append([rand::random::<[u8; 32]>()]).map_err(broken)?;
    stage.app.ledger().files().write(batch.tiles).await.map_err(broken)?;
    Ok(Forged { record, same: sign(stage, same)?, longer: sign(stage, batch.head)? })
}

/// With the log's own private key.
fn sign(stage: &Stage, head: TreeHead) -> Result<SignedCheckpoint, DemoError> {
    let key = stage.app.keys().log();
    let origin = key.verifier().name().to_owned();
    Checkpoint { origin, head, extensions: Vec::new() }.sign(key).map_err(broken)
}

/// Asks both witnesses; their answers by name, all of them refusals with this status.
///
/// # Errors
/// When one has signed, or gave another answer.
pub(super) async fn ask(
    stage: &Stage,
    checkpoint: &SignedCheckpoint,
    expected: u16,
) -> Result<Vec<(String, String)>, DemoError> {
    let mut answers = Vec::new();
    for witness in stage.policy().witnesses {
        let name = witness.key().name().to_owned();
        match witness.cosign(stage.app.ledger().files(), checkpoint).await {
            Ok(_) => {
                return Err(DemoError::NotRefused(format!("{name} 签了改写的历史 has signed a rewritten history")));
            }
            Err(Refusal::Refused { status, text }) if status == expected => {
                answers.push((name, format!("{status} {text}")));
            }
            Err(other) => return Err(DemoError::Rewrite(format!("{name}: {other}"))),
        }
    }
    Ok(answers)
}
