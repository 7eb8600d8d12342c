//! `yizhi demo --play rewrite`: somebody with the database, the files and the log's private key rewrites a step of an old case, in vain. Played on a
//! copy, with real witnesses as processes of their own; it succeeds only if everything that must be refused is.

mod checks;
mod forger;
mod stage;

use chrono::DateTime;
use yizhi_domain::clock::china;
use yizhi_ledger::TreeHead;
use yizhi_ledger::receipt::Receipt;

use crate::cli::serve::told_to_stop;
use crate::cli::{CliError, out};
use crate::ledger;

use super::{DemoError, Request};
use forger::Target;
use stage::{Stage, broken};

const ACTS: usize = 8;

/// Plays it, and removes the copy, also when told to stop on the way.
///
/// # Errors
/// When it cannot be staged, or something went through that must be refused.
pub(crate) async fn run(request: Request) -> Result<(), CliError> {
    tokio::select! {
        played = play(&request) => played,
        () = told_to_stop() => Err(CliError::Said("已中断，副本已删除。 Stopped; the copy is removed.".to_owned())),
    }
}

async fn play(request: &Request) -> Result<(), CliError> {
    let mut stage = Stage::set(request).await?;
    out::line("改写历史：有了全部权限也办不到。 A rewrite of history: every access is not enough.");
    out::line(format_args!(
        "全程在副本上演，结束时删除；演示数据不变。 All of it on a copy, removed at the end; the demo itself stays as it is: {}",
        stage.home.data().display()
    ));
    let head = published(&mut stage).await?;
    let target = Target::oldest(stage.app.db()).await?;
    let receipt = kept(&stage, &target).await?;
    let mirror = stage.mirror()?;

    act(3, "改数据库", "The database is changed");
    who("有数据库密码、服务器和全部私钥的人", "somebody with the database, the server and every private key");
    let record = forger::change(&stage, &target).await?;
    say(format_args!("案件 case {} · 第 {} 号记录 record {}", target.number, record.seq, record.seq));
    say(format_args!("原文 before：{}", target.note));
    say(format_args!("改成 after：{}", forger::LIE));
    result(
        "盐、承诺、标签重新计算，数据库里看不出破绽",
        "salts, commitment and tag made anew; the database shows nothing",
    );

    act(4, "改账本", "The log is changed");
    let forged = forger::recompute(&stage, record, head.size).await?;
    say(format_args!("{} 条的哈希、瓦片和根全部重算 all hashes, tiles and the root computed anew", head.size));
    say(format_args!("根 root {} → {}", head.root, forged.same.head().root));
    result("检查点用账本的真私钥签名", "the checkpoint is signed with the log's real key");

    act(5, "请见证方签名", "The witnesses are asked to sign");
    refused(&forger::ask(&stage, &forged.same, 409).await?);
    result("同样多的条目，另一个根：不签", "as many entries, another root: not signed");
    say("再加一条，说成是增长 with one entry more, as if the log had grown：");
    refused(&forger::ask(&stage, &forged.longer, 422).await?);
    result("证明接不上签过的历史：不签", "the proof does not continue what they signed: not signed");
    say(format_args!("见证方留下的证据 pieces of evidence the witnesses keep：{}", stage.evidence()));

    act(6, "不经见证方发布", "Publishing without them");
    checks::unpublishable(&mut stage, &forged.same).await?;

    act(7, "核对", "The check");
    who("审计员，用早先留存的一份公开账本", "an auditor, with a copy of the public log kept from before");
    checks::verify(&stage, &mirror, &forged.record).await?;

    act(8, "居民的回执", "The citizen's receipt");
    checks::receipts(&stage, &receipt, &forged).await?;

    stage.strike().await?;
    out::line("\n改写没有成功：每一处都被拒绝或指出。副本已删除。");
    out::line("The rewrite failed: each attempt was refused or found. The copy is removed.");
    Ok(())
}

/// The log before anything happened.
async fn published(stage: &mut Stage) -> Result<TreeHead, CliError> {
    act(1, "账本发布", "The log is published");
    stage.sequence().await.map_err(broken)?;
    let (_, evidence) = stage.published().await?;
    say(format_args!("账本 log {}：{} 条 entries", evidence.origin, evidence.head.size));
    say(format_args!("根 root {}", evidence.head.root));
    for witness in &evidence.cosigned {
        let time = DateTime::from_timestamp(witness.time.try_into().unwrap_or_default(), 0).unwrap_or_default();
        let time = time.with_timezone(&china()).format("%Y-%m-%d %H:%M:%S");
        say(format_args!("见证方 witness {}：{time} 签名 signed", witness.name));
    }
    result(
        "公钥和见证方的公钥已在各人手里",
        "people have pinned the keys of log and witnesses, and need nobody's word from here on",
    );
    Ok(evidence.head)
}

/// What the citizen takes home.
async fn kept(stage: &Stage, target: &Target) -> Result<Receipt, CliError> {
    act(2, "居民留存回执", "A citizen keeps a receipt");
    let (checkpoint, _) = stage.published().await?;
    let files = stage.app.ledger().files();
    let receipt = ledger::receipt(files, &target.record, &ledger::WITHHELD_OF_STEP, checkpoint).await;
    let receipt = receipt.map_err(broken)?;
    who("当时的举报人", "who reported the case");
    say(format_args!("案件 case {} · 部门处置完成 the department has finished", target.number));
    say(format_args!("“{}”", target.note));
    let proven = receipt.verify(&stage.pinned).map_err(broken)?;
    let place = proven.index + 1;
    say(format_args!("账本第 {place} 条 entry {place} of the log"));
    result("回执离线核验成立", "the receipt holds, checked offline");
    Ok(receipt)
}

fn refused(answers: &[(String, String)]) {
    for (name, answer) in answers {
        say(format_args!("{name}：{answer}"));
    }
}

fn act(n: usize, zh: &str, en: &str) {
    out::line(format_args!("\n[{n}/{ACTS}] {zh} {en}"));
}

fn who(zh: &str, en: &str) {
    out::line(format_args!("      {zh} {en}"));
}

fn say(what: impl std::fmt::Display) {
    out::line(format_args!("      {what}"));
}

fn result(zh: &str, en: &str) {
    out::line(format_args!("      → {zh} {en}"));
}

/// Something went through that must be refused.
fn unrefused(what: &str) -> CliError {
    DemoError::NotRefused(what.to_owned()).into()
}
