//! The keys a person trusts, pinned in a file of theirs: the log's, its witnesses', and how many of these must have signed.
//!
//! ```text
//! # comment
//! log.example+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx
//! witness.example/a+…
//! witness.example/b+…
//! quorum 1
//! ```

use std::fmt;

use crate::note::{Algorithm, KeyError, VerifierKey};
use crate::text::decimal;

/// Keys to check against. Shown as the text of a key file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinnedKeys {
    log: VerifierKey,
    witnesses: Vec<VerifierKey>,
    quorum: usize,
}

/// Why a key file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    #[error("line {line} of the key file: {error}")]
    Key { line: usize, error: KeyError },
    #[error("the key file names no log: its first key must be a log's (type 1)")]
    Log,
    #[error("{0} is not the key of a witness (type 4)")]
    Witness(String),
    #[error("{0} has the same name or key as another line of the key file")]
    Twice(String),
    #[error(
        "the key file must end with `quorum <n>`: how many of its witnesses must have signed, 1 or more and no more than there are"
    )]
    Quorum,
}

impl PinnedKeys {
    /// # Errors
    /// When a key is of the wrong type or there twice, or the quorum does not fit the witnesses. Without witnesses it is 0.
    pub fn new(log: VerifierKey, witnesses: Vec<VerifierKey>, quorum: usize) -> Result<Self, KeyFileError> {
        if log.algorithm() != Algorithm::Ed25519 {
            return Err(KeyFileError::Log);
        }
        for (place, witness) in witnesses.iter().enumerate() {
            if witness.algorithm() != Algorithm::Cosignature {
                return Err(KeyFileError::Witness(witness.name().to_owned()));
            }
            let others = witnesses[..place].iter().chain([&log]);
            if others.into_iter().any(|other| other.public() == witness.public() || other.name() == witness.name()) {
                return Err(KeyFileError::Twice(witness.name().to_owned()));
            }
        }
        let fits = if witnesses.is_empty() { quorum == 0 } else { (1..=witnesses.len()).contains(&quorum) };
        if fits { Ok(Self { log, witnesses, quorum }) } else { Err(KeyFileError::Quorum) }
    }

    /// Reads a key file: one vkey a line, the log's first, then `quorum <n>` if there are witnesses. Empty lines and lines that start with
    /// `#` are passed over, and so are spaces around a line: people edit these files by hand.
    ///
    /// # Errors
    /// Says which line is wrong, or what is missing.
    pub fn parse(text: &str) -> Result<Self, KeyFileError> {
        let mut keys = Vec::new();
        let mut quorum = None;
        let lines = text.lines().map(str::trim).enumerate().map(|(number, line)| (number + 1, line));
        for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            if quorum.is_some() {
                return Err(KeyFileError::Quorum);
            }
            match line.strip_prefix("quorum ") {
                Some(count) => quorum = Some(decimal(count).ok_or(KeyFileError::Quorum)?),
                None => keys.push(VerifierKey::parse(line).map_err(|error| KeyFileError::Key { line: number, error })?),
            }
        }
        let quorum = quorum.unwrap_or(0).try_into().map_err(|_| KeyFileError::Quorum)?;
        let mut keys = keys.into_iter();
        Self::new(keys.next().ok_or(KeyFileError::Log)?, keys.collect(), quorum)
    }

    pub fn log(&self) -> &VerifierKey {
        &self.log
    }

    pub fn witnesses(&self) -> &[VerifierKey] {
        &self.witnesses
    }

    /// How many of the witnesses must have signed.
    pub fn quorum(&self) -> usize {
        self.quorum
    }
}

impl fmt::Display for PinnedKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{}", self.log)?;
        self.witnesses.iter().try_for_each(|witness| writeln!(formatter, "{witness}"))?;
        if self.witnesses.is_empty() { Ok(()) } else { writeln!(formatter, "quorum {}", self.quorum) }
    }
}
