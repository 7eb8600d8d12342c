//! The witness's own key: made once, never replaced, in a file that only its owner can read.

use std::io::ErrorKind;
use std::path::Path;

use rand::RngCore;
use yizhi_ledger::note::{Algorithm, KeyError, SignerKey};

use super::durable;
use super::error::WitnessError;
use super::folder::Folder;

const FILE: &str = "witness.key";

/// The key of a folder, made on first use under a name that stays; without one it is named `witness-` and eight random digits.
///
/// # Errors
/// When the key has another name, or cannot be read or made.
pub fn make_or_read(data: &Path, name: Option<&str>) -> Result<SignerKey, WitnessError> {
    if let Some(key) = read(data)? {
        return named(key, name);
    }
    let folder = Folder::hold(data)?;
    match read(data)? {
        Some(key) => named(key, name),
        None => make(&folder, name),
    }
}

/// The key, if there is one.
pub(super) fn read(data: &Path) -> Result<Option<SignerKey>, WitnessError> {
    let path = data.join(FILE);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(WitnessError::file(&path)(source)),
    };
    let damaged = |source| WitnessError::Key { path: path.display().to_string(), source };
    let key = SignerKey::parse(text.trim_end_matches('\n')).map_err(damaged)?;
    match key.verifier().algorithm() {
        Algorithm::Cosignature => Ok(Some(key)),
        Algorithm::Ed25519 => Err(damaged(KeyError::Algorithm)),
    }
}

fn named(key: SignerKey, name: Option<&str>) -> Result<SignerKey, WitnessError> {
    let held = key.verifier().name();
    if name.is_none_or(|name| name == held) { Ok(key) } else { Err(WitnessError::Named { name: held.to_owned() }) }
}

fn make(folder: &Folder, name: Option<&str>) -> Result<SignerKey, WitnessError> {
    let mut seed = [0; 32];
    rand::rng().fill_bytes(&mut seed);
    let name = name.map_or_else(|| format!("witness-{:08x}", rand::rng().next_u32()), str::to_owned);
    let key = SignerKey::from_seed(&name, Algorithm::Cosignature, &seed).map_err(|_| WitnessError::Name { name })?;
    folder.make_states()?;
    let path = folder.path().join(FILE);
    durable::replace(&path, format!("{}\n", key.secret()).as_bytes()).map_err(WitnessError::file(&path))?;
    Ok(key)
}
