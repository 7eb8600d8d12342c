//! Files that survive a power cut: whole and old or whole and new, never in between.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;

use crate::keys::{sync, write_private};

/// How names of files end that are still being written.
pub(super) const UNFINISHED: &str = "tmp";

/// Puts a file in the place of an older one. When this returns, the new one is on the disk.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension(UNFINISHED);
    write_private(&new, bytes)?;
    std::fs::rename(&new, path)?;
    path.parent().map_or(Ok(()), sync)
}

/// Makes a folder that only its owner can read, unless it is there.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut make = DirBuilder::new();
    make.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
    make.create(path)?;
    path.parent().map_or(Ok(()), sync)
}
