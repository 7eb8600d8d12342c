//! What `bench/ledger` measures, each as a command that prints one line of JSON: durable records, integration, how far the published log lags behind, what
//! the ledger costs the steps of cases, proofs out of a large log.

mod ledger;
mod lives;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Parser;
use ledger::{Failure, apply, durable, integrate, lag, proofs};
use object_store::local::LocalFileSystem;
use yizhi_server::app::Config;
use yizhi_server::cli::home::Home;
use yizhi_server::ledger::Files;

#[derive(Parser)]
enum Command {
    /// Writes records in transactions of some size, and the same bytes into a bare table
    Durable {
        #[command(flatten)]
        home: Home,
        #[arg(long)]
        records: usize,
        #[arg(long, default_value_t = 1_000)]
        group: usize,
    },
    /// Integrates all records that are not yet in the log
    Integrate {
        #[command(flatten)]
        home: Home,
    },
    /// Takes steps while the sequencer runs; from each commit to the checkpoint that covers it
    Lag {
        #[command(flatten)]
        home: Home,
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// Takes steps of cases at the store
    Apply {
        #[command(flatten)]
        home: Home,
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// With the sequencer at work beside them
        #[arg(long)]
        ledger: bool,
    },
    /// Proofs out of a log of many made-up leaves, from its files
    Proofs {
        #[arg(long)]
        folder: PathBuf,
        #[arg(long, default_value_t = 10_000_000)]
        leaves: u64,
        #[arg(long, default_value_t = 1_000)]
        proofs: u64,
    },
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    match Command::parse() {
        Command::Durable { home, records, group } => {
            print(&durable(&home.installation().await?.0, home.data(), records, group).await?)
        }
        Command::Integrate { home } => print(&integrate(&open(&home).await?).await?),
        Command::Lag { home, seconds } => print(&lag(open(&home).await?, seconds).await?),
        Command::Apply { home, seconds, ledger } => print(&apply(open(&home).await?, seconds, ledger).await?),
        Command::Proofs { folder, leaves, proofs: wanted } => {
            std::fs::create_dir_all(&folder)?;
            let files = LocalFileSystem::new_with_prefix(&folder)?;
            print(&proofs(&Files::new(Arc::new(files)), leaves, wanted).await?)
        }
    }
}

async fn open(home: &Home) -> Result<yizhi_server::app::App, Failure> {
    let (db, keys) = home.installation().await?;
    Ok(home.app(Config::new(home.data()), db, keys).await?)
}

#[expect(clippy::print_stdout, reason = "the result is the output")]
fn print(outcome: &serde_json::Value) -> Result<(), Failure> {
    println!("{outcome}");
    Ok(())
}
