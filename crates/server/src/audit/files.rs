//! The log's files in the data folder, read one after another.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;

use yizhi_ledger::note::SignedCheckpoint;
use yizhi_ledger::tile::{Kind, TileId, TileSource, WIDTH};

use super::finding::{Finding, Findings};

/// An entry of the log: a record's commitment.
pub(super) type Entry = [u8; 32];

/// Where the log's files lie.
#[derive(Clone, Debug)]
pub struct LogFiles(PathBuf);

impl LogFiles {
    /// Those in a folder.
    pub fn at(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// The published checkpoint; `None` where none was ever published.
    pub(super) fn checkpoint(&self) -> Result<Option<SignedCheckpoint>, Finding> {
        match fs::read(self.0.join("checkpoint")) {
            Ok(bytes) => {
                SignedCheckpoint::parse(&bytes).map(Some).map_err(|e| Finding::Checkpoint { why: e.to_string() })
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Finding::Checkpoint { why: error.to_string() }),
        }
    }
}

impl TileSource for LogFiles {
    type Error = String;

    /// A partial tile, or the full one that has replaced it.
    fn tile(&self, id: &TileId) -> Result<Vec<u8>, String> {
        let read = |id: &TileId| fs::read(self.0.join(id.to_string()));
        let found = match read(id) {
            Err(error) if error.kind() == ErrorKind::NotFound && !id.is_full() => read(&id.full()),
            found => found,
        };
        found.map_err(|error| error.to_string())
    }
}

/// The entries of a log of some size, read a bundle at a time.
#[derive(Debug)]
pub(super) struct Entries {
    files: LogFiles,
    size: u64,
    bundle: Option<(u64, Vec<Entry>)>,
}

impl Entries {
    pub(super) fn new(files: LogFiles, size: u64) -> Self {
        Self { files, size, bundle: None }
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The entry at a place; `None` beyond the log, or where its bundle cannot be read, which is said once.
    pub(super) fn at(&mut self, place: u64, findings: &mut Findings) -> Option<Entry> {
        let index = place / WIDTH;
        if self.bundle.as_ref().is_none_or(|(held, _)| *held != index) {
            let id = TileId::in_tree(Kind::Entries, index, self.size)?;
            let entries = self.read(&id).unwrap_or_else(|why| {
                findings.add(Finding::File { file: id.to_string(), why });
                Vec::new()
            });
            self.bundle = Some((index, entries));
        }
        let (_, entries) = self.bundle.as_ref()?;
        entries.get(usize::try_from(place % WIDTH).ok()?).copied()
    }

    fn read(&self, id: &TileId) -> Result<Vec<Entry>, String> {
        /// A commitment behind its length.
        const LONG: usize = 2 + size_of::<Entry>();
        let bytes = self.files.tile(id)?;
        let (entries, rest) = bytes.as_chunks::<LONG>();
        if !rest.is_empty() || !(id.width()..=WIDTH as usize).contains(&entries.len()) {
            return Err(format!("{} bytes, which are not {} entries", bytes.len(), id.width()));
        }
        let entry = |bytes: &[u8; LONG]| match bytes {
            [0, 32, entry @ ..] => Ok(*entry),
            [a, b, ..] => Err(format!("an entry of {} bytes", u16::from_be_bytes([*a, *b]))),
        };
        entries[..id.width()].iter().map(entry).collect()
    }

    /// The hash that the tiles of level 0 have for a place.
    pub(super) fn leaf(&self, place: u64) -> Option<Entry> {
        let id = TileId::in_tree(Kind::Hashes(0), place / WIDTH, self.size)?;
        let bytes = self.files.tile(&id).ok()?;
        bytes.as_chunks::<32>().0.get(usize::try_from(place % WIDTH).ok()?).copied()
    }

    /// The name of the bundle that holds a place.
    pub(super) fn file(&self, place: u64) -> String {
        TileId::in_tree(Kind::Entries, place / WIDTH, self.size).map(|id| id.to_string()).unwrap_or_default()
    }
}
