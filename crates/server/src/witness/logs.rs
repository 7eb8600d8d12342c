//! Which logs a witness watches: verifier keys from the command line and from the file `logs`. A log's origin is the name of its keys.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use yizhi_ledger::note::{Algorithm, VerifierKey};

use super::error::WitnessError;

const FILE: &str = "logs";

/// The keys of each log by its origin; a log may have several while it changes its key.
pub(super) fn known(given: &[String], data: &Path) -> Result<BTreeMap<String, Vec<VerifierKey>>, WitnessError> {
    let path = data.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
        Err(source) => return Err(WitnessError::file(&path)(source)),
    };
    let lines = text.lines().enumerate().map(|(at, line)| (format!("{}:{}", path.display(), at + 1), line.trim()));
    let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let given = given.iter().map(|key| ("--log".to_owned(), key.trim()));
    let mut logs: BTreeMap<String, Vec<VerifierKey>> = BTreeMap::new();
    for (place, text) in given.chain(lines) {
        let key = log_key(place, text)?;
        let keys = logs.entry(key.name().to_owned()).or_default();
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    if logs.is_empty() { Err(WitnessError::NoLogs { path: path.display().to_string() }) } else { Ok(logs) }
}

fn log_key(place: String, text: &str) -> Result<VerifierKey, WitnessError> {
    match VerifierKey::parse(text) {
        Ok(key) if key.algorithm() == Algorithm::Ed25519 => Ok(key),
        Ok(_) => Err(WitnessError::NotALog { place }),
        Err(source) => Err(WitnessError::Log { place, source }),
    }
}
