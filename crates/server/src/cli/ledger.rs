//! `yizhi ledger verify` and `accept`. The first checks the database against the log, for an auditor with a copy of the data folder as for whoever runs it.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use yizhi_ledger::note::SignerKey;
use yizhi_ledger::receipt::PinnedKeys;

use crate::audit::{Audit, Contents, Findings, LogFiles, Report, TOLERANCE};
use crate::demo;
use crate::keys::LOG_KEY;
use crate::unlock::KeyFault;

use super::home::Home;
use super::{CliError, accept, given, out};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// 用账本核对数据库，指出每一处不符 | Check the database against the ledger; everything that does not fit is named
    Verify {
        #[command(flatten)]
        home: Home,
        /// 密钥文件：账本和见证方的公钥，缺省用数据目录里账本自己的 | Key file: public keys of log and witnesses; the log's own by default
        #[arg(long, value_name = "FILE")]
        keys: Option<PathBuf>,
        /// 账本文件所在目录，例如自己留存的副本，缺省是数据目录里的 | Folder of the log's files, such as a copy of your own; those of the data folder by default
        #[arg(long, value_name = "DIR")]
        log: Option<PathBuf>,
        /// 同时读出每一个附件文件，与上传时的内容核对 | Read every file of an attachment, too, and compare it with what was uploaded
        #[arg(long)]
        files: bool,
    },
    /// 密钥用错过或遗失后，列出受影响的记录，确认后继续记账 | After keys were mixed up or lost: names the records, asks, and lets the ledger go on
    Accept {
        #[command(flatten)]
        home: Home,
        #[command(flatten)]
        accepting: accept::Accepting,
    },
}

/// Findings that are printed. The rest is counted.
const LINES: usize = 100;
/// Work that takes no longer shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);
const BAR: &str = "{msg} {wide_bar:.cyan/dim} {pos}/{len} {elapsed:>4}";

pub(super) async fn run(command: Command) -> Result<(), CliError> {
    match command {
        Command::Verify { home, keys, log, files } => verify(&home, keys.as_deref(), log, files).await,
        Command::Accept { home, accepting } => accept::run(&home, &accepting).await,
    }
}

async fn verify(home: &Home, pinned_keys: Option<&Path>, log: Option<PathBuf>, contents: bool) -> Result<(), CliError> {
    let keys = pinned(home.data(), pinned_keys)?;
    // A name that is mistyped would read as a log that was never published.
    log.as_deref().map_or(Ok(()), given::folder)?;
    let db = home.existing().await?;
    let simulated = demo::is_demo(&db).await?;
    let files = LogFiles::at(log.unwrap_or_else(|| home.log_files()));
    let contents = contents.then(|| home.objects()).transpose()?.map(Contents::new);
    let audit = Audit { db: db.clone(), files, keys, simulated, contents };
    let mut bar = Bar::new();
    let report = audit.run(&mut |done, total| bar.show(done, total)).await?;
    bar.end();
    db.close().await?;
    tell(&report.findings);
    // Who brings public keys has an auditor's copy; else this is an installation, which cannot start without its own.
    let lacking = if pinned_keys.is_none() { home.lacking().await? } else { None };
    sum_up(&report, simulated, lacking.as_ref());
    if report.findings.is_empty() && lacking.is_none() { Ok(()) } else { Err(CliError::Findings) }
}

/// The keys that must have signed; `None` where no log was begun.
fn pinned(data: &Path, file: Option<&Path>) -> Result<Option<PinnedKeys>, CliError> {
    let unusable = |path: &Path, error: &dyn std::fmt::Display| {
        let path = path.display();
        CliError::Usage(format!("{path} 不是可用的密钥文件 is no usable key file: {error}"))
    };
    if let Some(file) = file {
        return PinnedKeys::parse(&given::pages(file)?).map(Some).map_err(|error| unusable(file, &error));
    }
    let own = data.join(LOG_KEY);
    if !own.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&own).map_err(|error| unusable(&own, &error))?;
    let key = SignerKey::parse(text.trim_end()).map_err(|error| unusable(&own, &error))?;
    let keys = PinnedKeys::new(key.verifier().clone(), Vec::new(), 0);
    keys.map(Some).map_err(|error| unusable(&own, &error))
}

fn tell(findings: &Findings) {
    findings.kept().iter().take(LINES).for_each(out::line);
    let more = findings.total().saturating_sub(LINES as u64);
    if more > 0 {
        let counted: Vec<String> = findings.counted().iter().map(|(name, n)| format!("{name} {n}")).collect();
        out::line(format_args!("……另有 {more} 处。 And {more} more. {}", counted.join(", ")));
    }
}

fn sum_up(report: &Report, simulated: bool, lacking: Option<&KeyFault>) {
    let counts = report.counts;
    let (records, logged, pending, tagged, cases) =
        (counts.records, counts.logged, counts.pending, counts.tagged, counts.cases);
    out::line(format_args!(
        "查了 {records} 条记录：{logged} 条与账本一致，{pending} 条待入账，{tagged} 条标签相符；{cases} 个案件。\n\
         Checked {records} records: {logged} are as in the log, {pending} wait for it, {tagged} have the right tag; {cases} cases."
    ));
    if counts.files + counts.older > 0 {
        let (files, megabytes, older) = (counts.files, counts.bytes >> 20, counts.older);
        out::line(format_args!(
            "读了 {files} 个文件，{megabytes} MB；{older} 个早于内容摘要，无从核对。\n\
             Read {files} files, {megabytes} MB; {older} are older than content hashes and were not compared."
        ));
    }
    match &report.published {
        None => out::line("没有可信的检查点。 There is no checkpoint to rely on."),
        Some(evidence) => out::line(format_args!(
            "检查点：{size} 条，{signed} 个见证方签名（需 {quorum} 个）。 Checkpoint of {size} entries, signed by {signed} witnesses ({quorum} needed).",
            size = evidence.head.size,
            signed = evidence.cosigned.len(),
            quorum = evidence.quorum,
        )),
    }
    if counts.tagged == 0 && records > 0 {
        out::line(
            "没有核对标签：缺密钥，或记录早于标签。 No tags were checked: their key is missing, or the records are older.",
        );
    }
    if simulated {
        out::line("演示数据：模拟历史的时间先后只在同一案件内核对。 Demo: times were compared within each case only.");
    } else {
        let minutes = TOLERANCE.num_minutes();
        out::line(format_args!(
            "相邻记录的时间容许倒退 {minutes} 分钟。 Times of neighbouring records may go back by {minutes} minutes."
        ));
    }
    if let Some(fault) = lacking {
        out::line(fault);
    }
    match report.findings.total() {
        0 if lacking.is_some() => {
            out::line("其余核对无误，补齐密钥后再核对一次。 The rest fits; put the keys in place and check again.");
        }
        0 => out::line("核对无误。 Everything fits."),
        n => out::line(format_args!("发现 {n} 处不符。 {n} things do not fit.")),
    }
}

/// Progress where somebody watches and waits.
struct Bar {
    began: Instant,
    bar: Option<ProgressBar>,
}

impl Bar {
    fn new() -> Self {
        Self { began: Instant::now(), bar: None }
    }

    fn show(&mut self, done: u64, total: u64) {
        if self.bar.is_none() && self.began.elapsed() > PATIENCE && std::io::stderr().is_terminal() {
            let style = ProgressStyle::with_template(BAR).unwrap_or_else(|_| ProgressStyle::default_bar());
            self.bar = Some(ProgressBar::new(total).with_style(style).with_message("核对记录 Checking records"));
        }
        if let Some(bar) = &self.bar {
            bar.set_position(done);
        }
    }

    fn end(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
