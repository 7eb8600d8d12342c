//! Files that survive a power cut: whole and old or whole and new, never in between.

use std::fs::DirBuilder;
use std::io;
use std::path::Path;

use crate::keys::write_private;

/// Puts a file in the place of an older one. When this returns, the new one is on the disk.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let new = path.with_extension("tmp");
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

/// Makes the names in a folder durable.
#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    let here = Path::new(".");
    std::fs::File::open(if folder.as_os_str().is_empty() { here } else { folder })?.sync_all()
}

/// Elsewhere a folder cannot be opened as a file; the system keeps its names itself.
#[cfg(not(unix))]
fn sync(_: &Path) -> io::Result<()> {
    Ok(())
}
