//! `yizhi-verify FILE [--keys KEYFILE] [--lang zh|en]`: checks a receipt offline, against keys its holder already has, and says in plain words
//! what is proven and what is not. Small on purpose: it links nothing but the ledger's verifier, and asks no network.

mod args;
mod moment;
mod report;
mod words;

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use args::{Command, Options};
use words::{Lang, Refusal};
use yizhi_ledger::receipt::{PinnedKeys, Receipt};

/// The receipt holds.
const HOLDS: u8 = 0;
/// It does not, or could not be checked.
const REFUSED: u8 = 1;
/// The command line was not understood.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let lang = Lang::of_environment(|name| std::env::var(name).ok());
    let (text, code) = match args::read(std::env::args().skip(1), lang) {
        Ok(Command::Help(lang)) => (words::usage(lang).to_owned(), HOLDS),
        Ok(Command::Version) => (format!("yizhi-verify {}\n", env!("CARGO_PKG_VERSION")), HOLDS),
        Ok(Command::Check(options)) => match check(&options) {
            Ok(report) => (report, HOLDS),
            Err(refusal) => (words::refused(&refusal, options.lang), REFUSED),
        },
        Err(lang) => (words::usage(lang).to_owned(), USAGE),
    };
    let written = io::stdout().lock().write_all(text.as_bytes());
    ExitCode::from(if written.is_ok() { code } else { REFUSED })
}

fn check(options: &Options) -> Result<String, Refusal> {
    let path = options.keys.clone().or_else(args::usual_keys).ok_or(Refusal::NoKeys)?;
    let keys = String::from_utf8(read(&path)?).map_err(|_| Refusal::Unreadable(path.clone()))?;
    let keys = PinnedKeys::parse(&keys).map_err(|error| Refusal::Keys(path.clone(), error))?;
    let receipt = Receipt::parse(&read(&options.file)?).map_err(Refusal::Form)?;
    let proven = receipt.verify(&keys).map_err(Refusal::Proof)?;
    Ok(report::text(&receipt, &proven, &path, options.lang))
}

fn read(path: &Path) -> Result<Vec<u8>, Refusal> {
    fs::read(path).map_err(|_| Refusal::Unreadable(path.to_owned()))
}
