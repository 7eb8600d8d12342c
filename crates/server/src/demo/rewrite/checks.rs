//! What others find when they look at the rewritten log: the program itself, whoever pinned the keys, the auditor, the citizen.

use std::path::Path;
use std::process::{Command, Stdio};

use yizhi_ledger::note::SignedCheckpoint;
use yizhi_ledger::receipt::{Part, PolicyError, Receipt, VerifyError, parts};
use yizhi_store::RecordRow;

use crate::cli::CliError;
use crate::ledger::{SequencerError, WITHHELD_OF_STEP, receipt};

use super::forger::Forged;
use super::stage::{Stage, broken, fault};
use super::{result, say, unrefused, who};

/// Neither the program nor anybody with the pinned keys takes the rewritten log.
///
/// # Errors
/// When one of them does.
pub(super) async fn unpublishable(stage: &mut Stage, forged: &SignedCheckpoint) -> Result<(), CliError> {
    who("账本程序", "the program that keeps the log");
    match stage.sequence().await {
        Err(error @ SequencerError::Rewritten { .. }) => say(format_args!("记录推出的根不是签过的那个 {error}")),
        Err(other) => return Err(broken(other).into()),
        Ok(()) => return Err(unrefused("账本程序接着改写的历史往下记 the program continues the rewritten history")),
    }
    result("停止签发，等人来查", "it signs nothing more until somebody has looked");
    who("钉住公钥的任何人", "anybody who pinned the keys");
    match stage.pinned.check(forged) {
        Err(error) => said(&error),
        Ok(_) => return Err(unrefused("没有见证方的检查点被接受 a checkpoint without witnesses is accepted")),
    }
    result("没有见证方签名的检查点不算数", "a checkpoint without the witnesses counts for nothing");
    Ok(())
}

fn said(error: &PolicyError) {
    match error {
        PolicyError::Quorum { found, needed } => {
            say(format_args!("要有 {needed} 个见证方的签名，它有 {found} 个 {error}"));
        }
        other => say(other),
    }
}

/// `yizhi ledger verify` names the changed record.
///
/// # Errors
/// When it does not.
pub(super) async fn verify(stage: &Stage, mirror: &Path, record: &RecordRow) -> Result<(), CliError> {
    let keys = stage.beside("pinned.keys");
    std::fs::write(&keys, stage.pinned.to_string()).map_err(fault(&keys))?;
    let program = std::env::current_exe().map_err(fault(Path::new("yizhi")))?;
    let mut command = Command::new(&program);
    command.args(["ledger", "verify", "--data"]).arg(stage.home.data());
    command.arg("--keys").arg(&keys).arg("--log").arg(mirror).env_remove("YIZHI_DATABASE_URL").stdin(Stdio::null());
    say(format_args!(
        "$ yizhi ledger verify --data {} --keys {} --log {}",
        stage.home.data().display(),
        keys.display(),
        mirror.display()
    ));
    let done = tokio::task::spawn_blocking(move || command.output()).await.map_err(broken)?.map_err(fault(&program))?;
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    said.lines().for_each(say);
    let names_it =
        |line: &str| line.starts_with("[record.unlogged]") && line.contains(&format!("record {} ", record.seq));
    match done.status.code() {
        Some(1) if said.lines().any(names_it) => {}
        Some(0 | 1) => return Err(unrefused("被改的记录没有指出来 the changed record is not named")),
        _ => return Err(broken(String::from_utf8_lossy(&done.stderr)).into()),
    }
    result("被改的那一条被指名", "the changed record is named");
    Ok(())
}

/// The receipt from before still holds, and no receipt of the changed record does.
///
/// # Errors
/// When it is the other way round.
pub(super) async fn receipts(stage: &Stage, kept: &Receipt, forged: &Forged) -> Result<(), CliError> {
    who("当时的举报人，不经过我们", "who reported the case, without asking us");
    let kept = Receipt::parse(kept.to_string().as_bytes()).map_err(broken)?;
    let proven = kept.verify(&stage.pinned).map_err(broken)?;
    let note = kept.parts().iter().find_map(|part| match part {
        Part::Shown { name, value, .. } if name == "fields/note" => Some(value.as_str()),
        _ => None,
    });
    say(format_args!("旧回执 the receipt from before：{}", note.unwrap_or_default()));
    if proven.commitment.0.as_slice() == forged.record.commitment {
        return Err(unrefused("改写的账本里还是原来的记录 the rewritten log has the record as it was"));
    }
    result(
        "仍然成立：两个见证方当时签过。改写的账本在同一位置是另一条，被揭穿的是它",
        "it still holds, both witnesses signed it then; the rewritten log has another entry there and stands refuted",
    );
    let files = stage.app.ledger().files();
    let of_forged = receipt(files, &forged.record, &WITHHELD_OF_STEP, forged.same.clone()).await.map_err(broken)?;
    say("改写后的回执 a receipt of the rewritten record：");
    fails(stage, &of_forged)?;
    say("同一条，换上真检查点和真证明 the same with the true checkpoint and proof：");
    let shown = parts(&forged.record.canonical, &forged.record.salts, |name| !WITHHELD_OF_STEP.contains(&name));
    let file = kept.file();
    let pasted = Receipt::new(shown.map_err(broken)?, file.index, file.proof.clone(), file.checkpoint.clone());
    fails(stage, &pasted.map_err(broken)?)
}

fn fails(stage: &Stage, receipt: &Receipt) -> Result<(), CliError> {
    match receipt.verify(&stage.pinned) {
        Err(VerifyError::Policy(error)) => said(&error),
        Err(error @ VerifyError::Inclusion(_)) => say(format_args!("算不到见证方签过的根 {error}")),
        Ok(_) => return Err(unrefused("改写的回执核验成立 a forged receipt holds")),
    }
    result("不成立", "it does not hold");
    Ok(())
}
