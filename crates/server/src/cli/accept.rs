//! `yizhi ledger accept`: the way out where keys were mixed up or lost. It names the records that were written with other keys, says what cannot be read
//! any more, asks, and writes the decision as a record. Nobody can do this with the database's password alone: it takes the keys of the folder.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use clap::Args;
use tempfile::TempDir;
use yizhi_domain::clock::Clock as _;
use yizhi_domain::text::Text;
use yizhi_domain::written;
use yizhi_store::{Acceptance, Db, Fingerprint, KeyStand, LOG_NAME, Misfit};

use crate::app::SystemClock;
use crate::keys::{APART, Keys, LOG_KEY, SEAL_KEY, sync};
use crate::ledger::LogName;
use crate::unlock::judge;

use super::home::Home;
use super::{CliError, out};

#[derive(Args, Debug)]
pub(super) struct Accepting {
    /// 为什么接受，写进记录 | Why, for the record
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// 原来的密钥已找不回：改用目录里的，缺的重新生成 | The right keys are lost for good: use those of the folder, and make what is missing
    #[arg(long)]
    new_keys: bool,
    /// 新账本的名称，缺省为随机的 yizhi.local/… | Name of the new log; a random yizhi.local/… unless given
    #[arg(long, value_name = "NAME", requires = "new_keys")]
    log_name: Option<LogName>,
    /// 不再询问 | Do not ask
    #[arg(long)]
    yes: bool,
}

/// Records that are named one by one; the rest is counted.
const LINES: usize = 100;
const WORD: &str = "accept";
const REASON_MAX: usize = 200;

pub(super) async fn run(home: &Home, accepting: &Accepting) -> Result<(), CliError> {
    let (db, stand, found) = home.apart().await?;
    let fits = judge(Some(&stand), &found, home.published().as_ref(), home.data());
    if let (Err(fault), false) = (&fits, accepting.new_keys) {
        out::note(
            "原来的密钥确实找不回时，再加 --new-keys。 Only if the right keys are lost for good, add --new-keys.",
        );
        return Err(fault.clone().into());
    }
    let missing = found.missing.clone();
    let name = accepting.log_name.as_ref();
    if let Some(name) = name {
        may_be_named(&db, name, &missing).await?;
    }
    // What is made for want of a key lies apart until everything is checked and confirmed: a refusal leaves the folder as it was.
    let (keys, made) = match found.keys {
        Some(keys) => (keys, None),
        None => {
            let apart = Apart::beside(home.data())?;
            (Keys::open_named(apart.folder(), name)?, Some(apart))
        }
    };
    db.tag_records(keys.record_tag());
    let other = |print: &&Fingerprint| match stand.fingerprints.get(print.name) {
        Some(noted) => *noted != print.digest,
        None => fits.is_err() && missing.contains(&if print.name == "log" { LOG_KEY } else { SEAL_KEY }),
    };
    let changed: Vec<_> = keys.fingerprints().iter().filter(other).cloned().collect();
    let is_changed = |name: &str| changed.iter().any(|print| print.name == name);
    let new_log = is_changed("log");
    if new_log && home.published().is_some() {
        return Err(CliError::Said(format!(
            "{} 里还有原账本的检查点，新密钥不能接着签。请先把这个目录移走并留存，再重试。\n\
             The old ledger's checkpoint is still in {}, and a new key cannot go on with it. Move that folder away, keep it, and try again.",
            home.log_files().display(),
            home.log_files().display()
        )));
    }
    let waiting = if new_log { 0 } else { db.ledger_head().await?.size };
    let all = db.ledger_misfits(if is_changed("tag") { 0 } else { waiting }).await?;
    let (logged, named): (Vec<_>, Vec<_>) = all.into_iter().partition(|misfit| misfit.seq < waiting);
    if named.is_empty() && changed.is_empty() {
        out::line(
            "没有需要接受的：密钥与数据库相符，待入账的记录标签都对。 There is nothing to accept: keys and tags fit.",
        );
        return Ok(());
    }
    tell(&named, &changed.iter().map(|print| print.name).collect::<Vec<_>>(), &stand, &keys);
    if let Some(damaged) = named.iter().find(|misfit| !misfit.sound) {
        return Err(CliError::Said(format!(
            "记录 {seq} 的内容与它自己的承诺值不符，不能接受：请从备份恢复这一行，并查明谁改过数据库。\n\
             Record {seq} does not say what its commitment says and cannot be accepted: restore the row from a backup, and find out who changed it.",
            seq = damaged.seq
        )));
    }
    let Some(reason) = &accepting.reason else {
        return Err(CliError::Usage(
            "请用 --reason 写明原因，它会写进记录。 Say why with --reason; it is written into the record.".to_owned(),
        ));
    };
    let reason = written::line(reason, REASON_MAX).map_err(|fault| {
        let Text { zh, en } = fault.hint();
        CliError::Usage(format!("--reason：{zh} --reason: {en}"))
    })?;
    if !accepting.yes {
        confirm()?;
    }
    if let Some(made) = made {
        made.put(&missing)?;
    }
    let retagged = logged.into_iter().filter(|misfit| misfit.sound).collect();
    let decision = Acceptance { misfits: named, retagged, keys: changed, new_log, reason };
    db.ledger_accept(decision, SystemClock.now()).await?;
    db.close().await?;
    out::line(
        "已接受并写入记录；账本会继续。请重启正在运行的服务。 Accepted, and recorded. The ledger goes on; restart running servers.",
    );
    Ok(())
}

/// Keys in a folder of their own beside those that are there, until they are wanted. What is not put in place goes with it.
struct Apart<'a> {
    folder: TempDir,
    data: &'a Path,
}

impl<'a> Apart<'a> {
    /// With copies of the keys that are there.
    fn beside(data: &'a Path) -> Result<Self, CliError> {
        let fault = |source| CliError::File { path: data.display().to_string(), source };
        let folder = tempfile::Builder::new().prefix(APART).tempdir_in(data).map_err(fault)?;
        for key in [SEAL_KEY, LOG_KEY].into_iter().filter(|key| data.join(key).exists()) {
            std::fs::copy(data.join(key), folder.path().join(key)).map_err(fault)?;
        }
        Ok(Self { folder, data })
    }

    fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Moves the keys that were missing to where they belong; one that has come there meanwhile stays.
    fn put(self, missing: &[&str]) -> Result<(), CliError> {
        for key in missing {
            let (from, to) = (self.folder.path().join(key), self.data.join(key));
            let fault = |source| CliError::File { path: to.display().to_string(), source };
            std::fs::hard_link(&from, &to).map_err(fault)?;
        }
        sync(self.data).map_err(|source| CliError::File { path: self.data.display().to_string(), source })
    }
}

/// A new log needs a new name: nobody could tell its checkpoints from those of the old one.
async fn may_be_named(db: &Db, name: &LogName, missing: &[&str]) -> Result<(), CliError> {
    if !missing.contains(&LOG_KEY) {
        return Err(CliError::Usage(
            "目录里有账本密钥，它的名称不能改。 The folder holds a log's key, whose name stays; leave --log-name out."
                .to_owned(),
        ));
    }
    if db.setting(LOG_NAME).await?.is_some_and(|old| old == name.as_str()) {
        return Err(CliError::Usage(format!(
            "“{name}”是原账本的名称，请另取一个。 The old log is called “{name}”; choose another name."
        )));
    }
    Ok(())
}

fn tell(named: &[Misfit], changed: &[&str], stand: &KeyStand, keys: &Keys) {
    for misfit in named.iter().take(LINES) {
        let Misfit { seq, id, kind, at, .. } = misfit;
        out::line(format_args!("记录 record {seq}  {id}  {kind}  {}", at.to_rfc3339()));
    }
    if named.len() > LINES {
        let more = named.len() - LINES;
        out::line(format_args!("……另有 {more} 条。 And {more} more."));
    }
    out::line(format_args!(
        "{n} 条待入账的记录，标签不是这个目录的密钥所作。 {n} records wait for the ledger with a tag of another key.",
        n = named.len()
    ));
    if changed.contains(&"seal") {
        let (tried, lost) = (stand.sealed.len(), stand.sealed.iter().filter(|s| keys.open_text(s).is_none()).count());
        out::line(format_args!(
            "封存密钥换了：试了 {tried} 个封存的值，{lost} 个再也打不开（电话、姓名、第二因素）。\n\
             The sealing key is another: of {tried} sealed values tried, {lost} can never be opened again (phones, names, second factors)."
        ));
    }
    if changed.contains(&"log") {
        out::line(
            "账本密钥换了：原账本到此为止，全部记录进入一个新账本；请继续公布并留存原账本和它的公钥。\n\
             The ledger's key is another: the old ledger ends here, and all records go into a new one. Keep and publish the old one and its key.",
        );
    }
}

/// Asks on the terminal; anything but the word is no.
fn confirm() -> Result<(), CliError> {
    let no = || CliError::Said("没有接受，什么都没有改。 Not accepted; nothing was changed.".to_owned());
    if !std::io::stdin().is_terminal() {
        return Err(CliError::Usage(
            "请在终端里执行并确认，或加 --yes。 Run this on a terminal to confirm it, or add --yes.".to_owned(),
        ));
    }
    let mut said = std::io::stderr();
    let _ = write!(said, "确认请输入 {WORD}，其他输入为放弃。 Type {WORD} to go on; anything else stops: ");
    let _ = said.flush();
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|_| no())?;
    if answer.trim() == WORD { Ok(()) } else { Err(no()) }
}
