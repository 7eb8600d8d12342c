//! `yizhi witness`: a witness for the ledger of others, with its own key in its own folder.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Subcommand;
use tokio::sync::{oneshot, watch};

use crate::app::SystemClock;
use crate::connections::{self, Bounds};
use crate::private;
use crate::witness::{self, Witness, WitnessError};

use super::{CliError, out, serve};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// 显示见证方的公钥；首次运行时生成密钥，此后不变 | Print the witness's public key; the first run makes the key, which then stays
    Key {
        /// 见证方自己的目录 | The witness's own folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// 名称，用自己的域名，如 court.example/witness；随密钥不变 | Name, from a domain of yours; it stays with the key
        #[arg(long)]
        name: Option<String>,
    },
    /// 启动见证服务 | Run the witness
    Serve {
        /// 见证方自己的目录 | The witness's own folder
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// 监听地址 | Address to listen on
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8090")]
        listen: SocketAddr,
        /// 所见证账本的公钥，可重复；也可写在目录的 logs 文件里，每行一个 | Key of a log to watch, repeatable; or one a line in the folder's file `logs`
        #[arg(long = "log", value_name = "VKEY")]
        logs: Vec<String>,
        /// 标准输入结束时停止，供启动它的程序使用 | End when standard input does, for a program that starts it
        #[arg(long, hide = true)]
        attached: bool,
    },
}

impl Command {
    pub(super) fn serves(&self) -> bool {
        matches!(self, Self::Serve { .. })
    }
}

pub(super) async fn run(command: Command) -> Result<(), CliError> {
    match command {
        Command::Key { data, name } => key(&data, name.as_deref()),
        Command::Serve { data, listen, logs, attached } => serve(&data, listen, &logs, attached).await,
    }
}

fn key(data: &Path, name: Option<&str>) -> Result<(), CliError> {
    let key = witness::key(data, name).map_err(said)?;
    say_wide(data);
    out::line(key.verifier());
    out::note(
        "请把这一行公钥交给账本的运营方；私钥留在目录里，不要复制给别人。\n\
         Give this line to the log's operator. The private key stays in the folder; give it to nobody.",
    );
    Ok(())
}

async fn serve(data: &Path, address: SocketAddr, logs: &[String], attached: bool) -> Result<(), CliError> {
    let witness = Arc::new(Witness::open(data, logs, Arc::new(SystemClock)).map_err(said)?);
    say_wide(data);
    let listener = serve::listen(address).await?;
    let address = listener.local_addr().map_err(CliError::Serve)?;
    tracing::info!(%address, key = %witness.key(), "见证方已启动 witnessing");
    for (origin, size) in witness.logs() {
        tracing::info!(origin, size, "见证账本 watching a log");
    }
    let (stop, stopped) = watch::channel(false);
    let mut late = stopped.clone();
    let serving = connections::serve(listener, witness::router(witness), Bounds::default(), stopped);
    let watcher = tokio::spawn(async move {
        tokio::select! {
            () = serve::told_to_stop() => {}
            () = input_ended(), if attached => {}
        }
        let _ = stop.send(true);
    });
    tokio::select! {
        () = serving => {}
        () = async { let _ = late.wait_for(|stop| *stop).await; tokio::time::sleep(serve::GRACE).await } => {}
    }
    tracing::info!("停止 stopping");
    watcher.abort();
    Ok(())
}

/// Waits until the process that holds the other end of standard input is gone, even if it was killed.
async fn input_ended() {
    let (ended, waiting) = oneshot::channel();
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ = ended.send(());
    });
    let _ = waiting.await;
}

/// Narrows a key that others can read, and says what is open to them.
fn say_wide(data: &Path) {
    for said in private::narrow(data) {
        tracing::warn!("{} {}", said.zh, said.en);
    }
}

fn said(error: WitnessError) -> CliError {
    CliError::Said(error.to_string())
}
